"""Calls of the interface pass none of what pages need: sessions, cookies, policies for browsers."""

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from config.pinpoint_api.door import door

PREFIX = "/v1/"


class AnswerFirst:
    """Middleware: answer what begins with /v1/ at once. What stands before it is for all."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer, or go on."""
        if not request.path_info.startswith(PREFIX):
            return self._get_response(request)
        request.get_host()  # refuses names that are not ours
        return door(request, request.path_info.removeprefix(PREFIX))
