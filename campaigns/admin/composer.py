"""What a campaign's page shows while it is written: the text on a phone, who gets it, and when."""

from collections.abc import Iterator
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.contrib.admin import ModelAdmin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from unfold.widgets import UnfoldAdminTextareaWidget

from campaigns import composing, departing, reaching, templating
from campaigns.admin import event_rules
from campaigns.models import Campaign, MessageTemplate
from compliance.models import Originator, Program
from compliance.reasons import SENTENCES
from contacts import attributes, segments
from contacts.models import Segment

SAVED = "sendpoint-saved"  # a cookie that config/composer.js reads
DEPARTURES = "campaigns/departures.html"
HOURS, PLACES = 36, 8  # lines
# What decides who gets a text and when.
NEEDED = (
    *("segment", "program", "originator", "message_class", "messages_per_second"),
    *("timing", "first_day", "clock", "zone", "everyones_own", "ends_at", "expires_after_hours"),
    *("window_start", "window_end"),
    "body",
)


class TextWidget(UnfoldAdminTextareaWidget):
    """A text with its merge fields and its preview."""

    template_name = "campaigns/text_widget.html"

    class Media:
        js = ("config/composer.js",)

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Offer the fields of the catalogue, those that people fill in first."""
        context: dict[str, Any] = super().get_context(name, value, attrs)
        paths = attributes.merge_field_paths()
        own = sorted(path for path in paths if path not in attributes.FIXED_FIELDS)
        context["templates"] = MessageTemplate.objects.values_list("name", "body")
        context["merge_fields"] = [*own, *sorted(attributes.FIXED_FIELDS)]
        return context


def saved(response: HttpResponse) -> HttpResponse:
    """Let the page's script forget what it kept."""
    response.set_cookie(SAVED, "1", max_age=3600, samesite="Lax")
    return response


def urls(model_admin: "ModelAdmin[Campaign]") -> list[URLPattern]:
    """Return the addresses of what is shown beside the form."""
    pieces = {
        "preview": ("campaigns/phone.html", _phone),
        "departures": (DEPARTURES, _departures),
        "event_rules": ("campaigns/event_rules.html", event_rules.edited),
    }

    def address(name: str) -> URLPattern:
        template, context = pieces[name]

        def piece(request: HttpRequest) -> HttpResponse:
            writes = model_admin.has_add_permission(request)
            if not writes and not model_admin.has_change_permission(request):
                raise PermissionDenied
            return render(request, template, context(request))

        view = model_admin.admin_site.admin_view(require_POST(piece))
        return path(f"{name.replace('_', '-')}/", view, name=f"campaigns_campaign_{name}")

    return [address(name) for name in pieces]


def _phone(request: HttpRequest) -> dict[str, Any]:
    body, chosen = request.POST.get("body", ""), request.POST.get("segment", "")
    if not body.strip():
        return {"hint": _("Write the text, and see here what people get.")}
    segment = Segment.objects.filter(pk=chosen).first() if chosen.isdecimal() else None
    if segment is None:
        try:
            templating.check(body, attributes.merge_field_paths())
        except templating.TemplateProblem as problem:
            return {"preview": {"problem": str(problem)}}
        return {"hint": _("Choose a segment, and see here what its people get.")}
    return {"preview": composing.preview(body, segment.rules), "segment": segment}


def _departures(request: HttpRequest) -> dict[str, Any]:
    typed = forms.modelform_factory(Campaign, fields=NEEDED)(request.POST)
    wrong = typed.errors
    campaign = typed.instance
    if "segment" in wrong or "program" in wrong or "originator" in wrong:
        said = _("Choose segment, program and number, and see here who can be texted.")
        return {"hint": said, "first": list(_needed_first())}
    timed = campaign.timing not in {Campaign.Timing.NOW, Campaign.Timing.EVENT}
    if timed and not (campaign.first_day and campaign.clock):
        return {"hint": _("Choose a day and a time, and see here when the texts leave.")}
    if campaign.zone and campaign.zone not in available_timezones():
        return {"hint": _("Write a time zone such as America/Chicago.")}
    return {"composing": True, "number": _number(campaign), **leaving(campaign)}


def _number(campaign: Campaign) -> list[str]:
    """Say what keeps the chosen number from texting these people."""
    try:
        people = reaching.countries_of(segments.matching(campaign.segment.rules))
    except segments.RuleError:
        return []
    found = reaching.whom_not(campaign.originator, campaign.message_class, people)
    return [reaching.in_words(one, people) for one in found]


def _needed_first() -> Iterator[tuple[str, str]]:
    """Yield what a campaign cannot do without and nobody has made yet, with the page to go to."""
    if not Segment.objects.exists():
        yield _("There is no segment yet: build one."), reverse("admin:contacts_segment_add")
    if not Program.objects.exists():
        yield (
            _("There is no program yet that people could say yes to."),
            reverse("admin:compliance_program_changelist"),
        )
    if not Originator.objects.filter(active=True).exists():
        yield (
            _("There is no active number to send from."),
            reverse("admin:compliance_originator_changelist"),
        )


def leaving(campaign: Campaign) -> dict[str, Any]:
    """Return whom a campaign would reach and when its texts would leave, for the page."""
    try:
        shown = departing.departing(campaign, timezone.now())
    except segments.RuleError as problem:
        return {"problem": str(problem)}
    rest = shown.found.kept.most_common()
    return {
        "campaign": campaign,
        "shown": shown,
        "hours": [(hour, texts, 100 * texts / shown.most) for hour, texts in shown.hours[:HOURS]],
        "more_hours": len(shown.hours[HOURS:]),
        "places": shown.places[:PLACES],
        "more_places": len(shown.places[PLACES:]),
        "rest": [(SENTENCES[reason], count) for reason, count in rest],
        "for_events": campaign.timing == Campaign.Timing.EVENT,
    }
