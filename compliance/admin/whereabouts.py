"""The page that tells what holds for a number now: places, zones, rules, and when a text may go."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.contrib.admin import site
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import dateformat, timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from compliance.addresses import Address
from compliance.locations import Location, locate
from compliance.models import Policy, Program
from compliance.models.policy import ELSEWHERE, EVERYWHERE
from compliance.policies import rulebook
from compliance.policies.hours import Window, clock
from compliance.policies.places import name_of
from compliance.reach import reach
from compliance.reasons import SENTENCES
from contacts import national
from contacts.models import Contact
from contacts.phones import BadPhone


class NumberForm(forms.Form):
    """A number, and the program whose own hours hold besides the rules."""

    number = forms.CharField(
        label=gettext_lazy("Phone number"),
        max_length=40,
        widget=UnfoldAdminTextInputWidget(attrs={"autofocus": True, "inputmode": "tel"}),
        help_text=gettext_lazy(
            "In any format. Of a contact, the time zone and the address on record count as well."
        ),
    )
    program = forms.ModelChoiceField(
        Program.objects.all(),
        required=False,
        label=gettext_lazy("Program"),
        empty_label=gettext_lazy("any: only the rules count"),
        widget=UnfoldAdminSelectWidget,
    )

    def clean_number(self) -> str:
        """Turn it into E.164."""
        try:
            return national.read(self.cleaned_data["number"]).e164
        except BadPhone as problem:
            raise forms.ValidationError(str(problem)) from problem


def check_number(request: HttpRequest) -> HttpResponse:
    """Show the form, and the answer for a number. It comes by POST and so stays out of logs."""
    if not request.user.has_perm("compliance.view_policy"):
        raise PermissionDenied
    form = NumberForm(request.POST or None)
    context = {**site.each_context(request), "title": _("What holds for a number"), "form": form}
    if request.method == "POST" and form.is_valid():
        program = form.cleaned_data["program"]
        context |= _answer(form.cleaned_data["number"], program, timezone.now())
    return render(request, "compliance/rules_check.html", context)


def _answer(phone: str, program: Program | None, now: datetime) -> dict[str, Any]:
    contact = Contact.objects.filter(phone=phone).first()
    location = locate(
        phone,
        contact.timezone if contact else "",
        Address(contact.country, contact.region, contact.city, contact.postal_code)
        if contact
        else Address(),
    )
    own = _hours(program) if program else None
    book = rulebook.latest()
    margin = timedelta(seconds=settings.HAND_OFF_MARGIN_SECONDS)
    found = reach(book, location, now, own=own, margin=margin)
    return {
        "phone": phone,
        "contact": contact,
        "places": location.places,
        "names": {name: name_of(name) for name in location.jurisdictions},
        "zones": [(zone, _on_the_wall(now, zone.name)) for zone in location.zones],
        "reach": found,
        "sentence": SENTENCES[found.reason] if found.reason else "",
        "last_hand_off": found.valid_until - margin if found.valid_until else None,
        "next_local": _local(found.until, location),
        "rules": _rules(location),
        "days": _days(book.plan(location.jurisdictions, own), location, now),
        "version": book.version,
        "now": now,
    }


def _hours(program: Program) -> Window:
    start, end = program.window_start, program.window_end
    return start.hour * 60 + start.minute, end.hour * 60 + end.minute


def _local(moment: datetime | None, location: Location) -> list[tuple[str, str]]:
    if moment is None:
        return []
    return [(name, _on_the_wall(moment, name)) for name in sorted(location.zone_names)]


def _on_the_wall(moment: datetime, zone: str) -> str:
    """Write what a clock there shows; a template would turn it into the operator's own zone."""
    return dateformat.format(moment.astimezone(ZoneInfo(zone)), "l, H:i")


def _rules(location: Location) -> list[tuple[str, Policy]]:
    """Return the rules of every place, each with its place's name."""
    rows = list(
        Policy.objects.filter(jurisdiction__in=location.jurisdictions | {EVERYWHERE, ELSEWHERE})
    )
    countries = {name for name in location.jurisdictions if "-" not in name}
    if countries <= {row.jurisdiction for row in rows}:
        rows = [row for row in rows if row.jurisdiction != ELSEWHERE]
    return [(name_of(row.jurisdiction), row) for row in rows]


def _days(plan: rulebook.Plan, location: Location, now: datetime) -> list[tuple[Any, str]]:
    """Return the next week's dates, each with the hours that all rules leave open, or why none."""
    if not location.zone_names:
        return []
    first = min(now.astimezone(ZoneInfo(name)).date() for name in location.zone_names)
    found = []
    for offset in range(7):
        day = first + timedelta(days=offset)
        window = plan.day(day)
        said = f"{clock(window[0])}–{clock(window[1])}" if window else _closed(plan, day)
        found.append((day, said))
    return found


def _closed(plan: rulebook.Plan, day: Any) -> str:
    reason = plan.why_closed(day)
    return {"holiday": _("closed: a holiday"), "sunday": _("closed: Sunday")}.get(
        reason.value, _("closed")
    )
