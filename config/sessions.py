"""How long a login lasts: not beyond an idle time, nor beyond its hours, whatever a page polls."""

from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone

BEGAN, SEEN = "began", "seen"
NOTED_EVERY = 60  # seconds: the session is not written at each request


class EndSessions:
    """Middleware that logs out whoever was away for too long, or came in too long ago."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Look at the clock before anything else is done in somebody's name."""
        if request.user.is_authenticated:
            self._check(request)
        return self._get_response(request)

    def _check(self, request: HttpRequest) -> None:
        session, now = request.session, timezone.now().timestamp()
        began, seen = session.setdefault(BEGAN, now), session.setdefault(SEEN, now)
        idle = timedelta(minutes=settings.SESSION_IDLE_MINUTES).total_seconds()
        longest = timedelta(hours=settings.SESSION_HOURS).total_seconds()
        if now - seen > idle or now - began > longest:
            logout(request)
        elif now - seen > NOTED_EVERY and not _polls(request):
            session[SEEN] = now


def _polls(request: HttpRequest) -> bool:
    """Whether the page asks by itself: HTMX's GETs, which nobody has to sit in front of."""
    return request.method == "GET" and request.headers.get("HX-Request") == "true"
