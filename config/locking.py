"""Wrong passwords: after some of them a login is locked for a while (django-axes)."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import ngettext


def locked_out(
    request: HttpRequest, response: HttpResponse | None, credentials: Mapping[str, Any]
) -> HttpResponse:
    """Answer an attempt to log in that comes too soon, in words; axes calls this."""
    wait: timedelta = settings.AXES_COOLOFF_TIME
    minutes = int(wait.total_seconds() // 60)
    said = ngettext(
        "Too many wrong passwords. Try again in {} minute, or ask an administrator to unlock "
        "your login.",
        "Too many wrong passwords. Try again in {} minutes, or ask an administrator to unlock "
        "your login.",
        minutes,
    ).format(minutes)
    answer = render(request, "admin/locked_out.html", {"said": said}, status=429)
    answer["Retry-After"] = str(int(wait.total_seconds()))
    return answer
