"""The login in two steps: the password, then, for whoever turned it on, a code.

Between the two nobody is logged in. Wrong codes count as wrong passwords do (config/locking.py),
and the count begins anew only after both steps, so that a known password gives no more guesses.
"""

from typing import Any, TypedDict

from axes.handlers.proxy import AxesProxyHandler
from django.conf import settings
from django.contrib import admin
from django.contrib.auth import REDIRECT_FIELD_NAME, login
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.models import User
from django.contrib.auth.signals import user_login_failed
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from unfold.forms import AuthenticationForm as UnfoldAuthenticationForm

from config.locking import locked_out
from config.two_factor.actions import app_of, verify
from config.two_factor.codes import CodeForm

WAITING = "awaits_code"
SECONDS_TO_TYPE = 600


class Waiting(TypedDict):
    """Who gave the password and still owes the code; in the session."""

    user: int
    backend: str
    password: str  # a keyed hash: with another password the step begins anew
    since: float
    then: str


class PasswordStep(LoginView):
    """The admin's own login page, which stops halfway for whoever uses codes."""

    template_name = "admin/login.html"
    authentication_form = UnfoldAuthenticationForm

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Lead whoever is in to the home page."""
        if admin.site.has_permission(request):
            return redirect("admin:index")
        return super().get(request, *args, **kwargs)

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        """Log in, or ask for the code."""
        user = form.get_user()
        if app_of(user) is None:
            return super().form_valid(form)
        self.request.session.cycle_key()
        self.request.session[WAITING] = Waiting(
            user=user.pk,
            backend=getattr(user, "backend", settings.AUTHENTICATION_BACKENDS[-1]),
            password=user.get_session_auth_hash(),
            since=timezone.now().timestamp(),
            then=self.get_success_url(),
        )
        return redirect("sign_in_code")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Give Unfold's template what the admin's own view gives."""
        kept = {REDIRECT_FIELD_NAME: self.get_redirect_url() or reverse("admin:index")}
        return (
            super().get_context_data(**kwargs)
            | admin.site.each_context(self.request)
            | {"title": _("Log in"), "app_path": self.request.get_full_path()}
            | {"username": self.request.user.get_username()}
            | kept
        )


@never_cache
@sensitive_post_parameters()
def code_step(request: HttpRequest) -> HttpResponse:
    """Take the code of somebody whose password was right, and let them in."""
    waiting: Waiting | None = request.session.get(WAITING)
    user = _who(waiting)
    if waiting is None or user is None:
        request.session.pop(WAITING, None)
        return redirect("admin:login")
    credentials = {"username": user.get_username()}
    if not AxesProxyHandler.is_allowed(request, credentials):
        return locked_out(request, None, credentials)
    form = CodeForm(request.POST or None)
    if form.is_valid():
        if app := verify(user, form.cleaned_data["code"]):
            del request.session[WAITING]
            user.otp_device = app  # type: ignore[attr-defined]  # django-otp notes it in the session
            login(request, user, backend=waiting["backend"])
            return redirect(waiting["then"])
        user_login_failed.send(sender=__name__, credentials=credentials, request=request)
        form.refuse()
    title = _("Two-factor sign-in")
    context = admin.site.each_context(request) | {"form": form, "title": title}
    return render(request, "two_factor/code.html", context)


def _who(waiting: Waiting | None) -> User | None:
    if waiting is None or timezone.now().timestamp() - waiting["since"] > SECONDS_TO_TYPE:
        return None
    user = User.objects.filter(pk=waiting["user"], is_active=True).first()
    if user is None or not constant_time_compare(user.get_session_auth_hash(), waiting["password"]):
        return None
    return user
