"""Everybody's own page of how they see things: the time zone."""

from typing import Any, cast
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminTextInputWidget

from config.models import OwnSettings
from config.time_zones import choose_zone


class OwnSettingsForm(forms.Form):
    """A zone by its name; the browser suggests those that there are."""

    zone = forms.CharField(
        label=gettext_lazy("Time zone"),
        max_length=64,
        required=False,
        widget=UnfoldAdminTextInputWidget(attrs={"list": "zones", "autocomplete": "off"}),
        help_text=gettext_lazy("Such as Europe/Paris. Empty: the installation's."),
    )

    def clean_zone(self) -> str:
        """Look the name up, however it is capitalised."""
        typed = str(self.cleaned_data["zone"]).strip().replace(" ", "_")
        known = {name.casefold(): name for name in available_timezones()}
        if typed and typed.casefold() not in known:
            raise forms.ValidationError(_("There is no such time zone. Choose one of the list."))
        return known.get(typed.casefold(), "")


def page(request: HttpRequest) -> HttpResponse:
    """Show somebody's own settings, and keep what they choose."""
    user = cast(User, request.user)
    stored = OwnSettings.objects.filter(user=user).first()
    form = OwnSettingsForm(request.POST or None, initial={"zone": stored.zone if stored else ""})
    if request.method == "POST" and form.is_valid():
        choose_zone(user, form.cleaned_data["zone"])
        messages.success(request, _("Saved. Every page shows its times in this zone."))
        return redirect("own_settings")
    context: dict[str, Any] = {
        **admin.site.each_context(request),
        "title": _("My settings"),
        "form": form,
        "zones": sorted(name for name in available_timezones() if "/" in name),
        "installation": settings.TIME_ZONE,
    }
    return render(request, "config/own_settings.html", context)
