"""Everybody's own page of their second factor: turn it on, make new recovery codes, turn it off."""

from typing import Any, cast

import segno
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django_otp import login as note_in_session

from config.models import AuthenticatorApp
from config.two_factor import actions
from config.two_factor.codes import CodeForm


@never_cache
@sensitive_post_parameters()
def page(request: HttpRequest) -> HttpResponse:
    """Show how it stands with somebody's second factor, and do what they ask for."""
    if request.method != "POST":
        return _show(request)
    wish = request.POST.get("wish")
    if wish == "begin":
        actions.begin(_person(request))
        return redirect("two_factor")
    form = CodeForm(request.POST)
    if not form.is_valid():
        return _show(request, form)
    answer = _carry_out(request, str(wish), form.cleaned_data["code"])
    if answer is None:
        form.refuse()
        return _show(request, form)
    return answer


def _carry_out(request: HttpRequest, wish: str, code: str) -> HttpResponse | None:
    """Do what takes a code; None where the code is wrong."""
    user = _person(request)
    if wish == "off":
        if settings.TWO_FACTOR_REQUIRED:
            messages.error(request, _("Everybody here signs in with two factors."))
        elif not actions.turn_off(user, code):
            return None
        else:
            messages.success(request, _("From now on you sign in with your password alone."))
        return redirect("two_factor")
    made = actions.confirm(user, code) if wish == "confirm" else actions.renew_codes(user, code)
    if made is None:
        return None
    note_in_session(request, actions.app_of(user))
    return _show(request, codes=made)


def _show(
    request: HttpRequest, form: CodeForm | None = None, codes: list[str] | None = None
) -> HttpResponse:
    user = _person(request)
    app = AuthenticatorApp.objects.filter(user=user).first()
    context: dict[str, Any] = {
        "title": _("Two-factor sign-in"),
        "form": form or CodeForm(),
        "app": app,
        "codes": codes,
        "required": settings.TWO_FACTOR_REQUIRED,
    }
    if app is not None and not app.confirmed and app.secret is not None:
        context["typed"] = actions.typed(app)
        context["picture"] = segno.make(actions.address(app)).png_data_uri(scale=5)
    return render(request, "two_factor/page.html", admin.site.each_context(request) | context)


def _person(request: HttpRequest) -> User:
    return cast(User, request.user)
