"""Where the installation asks for it, nobody works here without a second factor."""

from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.models import User
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django_otp import DEVICE_ID_SESSION_KEY

from config.two_factor.actions import app_of

OPEN = frozenset({"two_factor", "sign_in", "sign_in_code", "admin:logout", "admin:jsi18n"})


class DemandTwoFactor:
    """Middleware: somebody who signed in with a password alone sees the page where it is set up."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Go on."""
        return self._get_response(request)

    def process_view(self, request: HttpRequest, *args: object) -> HttpResponseBase | None:
        """Ask before each view, once it is known which one it is."""
        user, place = request.user, request.resolver_match
        if not settings.TWO_FACTOR_REQUIRED or not isinstance(user, User) or not user.is_staff:
            return None
        if DEVICE_ID_SESSION_KEY in request.session or (place and place.view_name in OPEN):
            return None
        if app_of(user):  # turned on since, in another browser
            logout(request)
            return redirect("admin:login")
        messages.warning(request, _("Everybody here signs in with two factors: set it up first."))
        return redirect("two_factor")
