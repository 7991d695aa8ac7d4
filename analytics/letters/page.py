"""The page on which a person chooses the reports that they are sent."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from unfold.widgets import (
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanWidget,
)

from analytics.letters import choosing
from analytics.letters.choosing import Wish
from analytics.models import ReportChoice
from campaigns.actions import Refused
from campaigns.actions.acting import key
from compliance.zones import is_zone


class ChoiceForm(forms.ModelForm[ReportChoice]):
    """What somebody wants, and when."""

    class Meta:
        model = ReportChoice
        fields = ("weekly", "weekday", "zone", "campaigns")
        widgets = {
            "weekly": UnfoldBooleanWidget,
            "weekday": UnfoldAdminSelectWidget,
            "zone": UnfoldAdminTextInputWidget,
            "campaigns": UnfoldAdminSelectWidget,
        }
        help_texts = {
            "weekday": _("At eight in the morning, over the seven days before."),
            "zone": _("Such as Europe/Paris. Its days make the week."),
            "campaigns": _("A campaign that repeats ends after its last run."),
        }

    def clean_zone(self) -> str:
        """Take the name of a zone that exists."""
        zone: str = self.cleaned_data["zone"]
        if not is_zone(zone):
            raise ValidationError(_("There is no such time zone."))
        return zone


@admin.site.admin_view
@permission_required("campaigns.view_campaign", raise_exception=True)
def report_choices(request: HttpRequest) -> HttpResponse:
    """Show what somebody gets, and change it."""
    if request.method == "POST" and "test" in request.POST:
        return _test(request)
    choice = ReportChoice.objects.filter(user_id=key(request.user)).first()
    usual = ReportChoice(zone=timezone.get_current_timezone_name())
    form = ChoiceForm(request.POST or None, instance=choice or usual)
    if request.method == "POST" and form.is_valid():
        choosing.choose(Wish(**form.cleaned_data), request.user)
        messages.success(request, _("Kept."))
        return redirect("report_choices")
    context: dict[str, Any] = {
        **admin.site.each_context(request),
        "title": _("Reports by e-mail"),
        "form": form,
        "address": getattr(request.user, "email", ""),
        "email_on": settings.EMAIL_ON,
    }
    return render(request, "analytics/report_choices.html", context)


def _test(request: HttpRequest) -> HttpResponse:
    try:
        address = choosing.send_test(request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        words = _("A test is on its way to {}. If it does not come, see System → E-mails.")
        messages.success(request, words.format(address))
    return redirect("report_choices")
