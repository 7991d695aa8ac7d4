"""The home page: how things stand, what moves, and what needs a person."""

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from analytics import breakdowns, kpis, waiting
from analytics.figures import Card, dollars, number, percent
from analytics.markup import Written, written
from analytics.scope import DAY, Scope
from campaigns import runs
from campaigns.models import Campaign, Event, Message
from compliance import verification
from compliance.models import AnswerReview
from contacts.models import Contact, Import, Segment

DAYS = 14


def context(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Add what the home page shows; unfold calls this for every request of it."""
    if not request.user.has_perm("campaigns.view_campaign"):
        return context
    today = timezone.localdate()
    zone = ZoneInfo(timezone.get_current_timezone_name())
    scope = Scope(today - (DAYS - 1) * DAY, today, zone, {})
    days = breakdowns.by_day(scope)
    return context | {
        "title": _("Home"),
        "zone": zone.key,
        "cards": _cards(scope, days[str(today)]),
        "panels": _panels(scope, days),
        "running": running(),
        "needs_you": needs_you(request),
        "first_steps": first_steps(request),
    }


def _panels(scope: Scope, days: Mapping[str, kpis.Totals]) -> list[Written]:
    """Write the tables of the last days, which dashboards hand out under the same names."""
    if all(totals == kpis.Totals() for totals in days.values()):
        return []
    title = _("Texts of the last {} days").format(DAYS)
    outcomes = breakdowns.delivery_panel("days", title, _("Day"), days, upright=True)
    title = _("Spent in the last {} days").format(DAYS)
    spend = breakdowns.money("spent", title, _("Day"), days, upright=True)
    query = scope.query()
    return [
        written(panel, f"{reverse('dashboard', args=[slug])}?{query}&csv={panel.name}")
        for panel, slug in ((outcomes, "overview"), (spend, "spend"))
    ]


def _cards(scope: Scope, now: kpis.Totals) -> list[Card]:
    recent = kpis.totals(scope.facts())
    month = kpis.totals(kpis.facts(kpis.midnight(scope.until.replace(day=1))))
    return [
        Card(
            "sent-today",
            _("Texts today"),
            number(now.sent),
            _("{} delivered").format(number(now.delivered)),
        ),
        Card(
            "delivery-rate",
            _("Delivery rate"),
            percent(recent.delivery_rate),
            _("of {} texts in {} days").format(number(recent.sent), DAYS),
        ),
        Card(
            "opt-out-rate",
            _("Opt-out rate"),
            percent(recent.opt_out_rate),
            _("{} answered STOP in {} days").format(number(recent.opt_outs), DAYS),
        ),
        Card(
            "spend",
            _("Spent this month"),
            dollars(month.spend),
            _("AWS {}, carriers {}").format(dollars(month.price), dollars(month.carrier_fee)),
        ),
    ]


def running() -> list[dict[str, Any]]:
    """Return the campaigns that are being sent or held, with their counts."""
    active = Campaign.objects.filter(
        status__in=[Campaign.Status.SENDING, Campaign.Status.PAUSED]
    ).order_by("-pk")
    ids = [campaign.pk for campaign in active]
    counts = {row["id"]: row for row in runs.totals(ids, latest=True)} if ids else {}
    return [
        {"campaign": campaign, "totals": counts[campaign.pk], "percent": _percent(counts, campaign)}
        for campaign in active
    ]


def _percent(counts: dict[int, dict[str, Any]], campaign: Campaign) -> int:
    row = counts[campaign.pk]
    return round(100 * (row["audience"] - row["open"]) / row["audience"]) if row["audience"] else 0


def needs_you(request: HttpRequest) -> list[dict[str, str]]:
    """Return what waits for a person, as sentences with links, for those who may look at it."""
    may = request.user.has_perm
    found = []
    if may("compliance.view_ledgercheck") and (check := verification.broken_check()):
        words = _("The consent ledger does not hold: {}").format(check.problem)
        found.append((words, reverse("admin:compliance_ledgercheck_changelist")))
    found += waiting.alerts(request)
    for campaign in Campaign.objects.filter(status=Campaign.Status.PAUSED).exclude(
        paused_because=""
    ):
        words = _("Sendpoint paused “{}”: {}").format(campaign, campaign.paused_because)
        found.append((words, _page_of(campaign)))
    if may("campaigns.approve_campaign"):
        found += [
            (_("“{}” waits for your review").format(campaign), _page_of(campaign))
            for campaign in Campaign.objects.filter(status=Campaign.Status.REVIEW).order_by("pk")
            if request.user.pk not in {campaign.created_by_id, campaign.edited_by_id}
        ]
    open_answers = {"status": AnswerReview.Status.OPEN}
    if may("compliance.view_answerreview") and (n := _count(AnswerReview, **open_answers)):
        words = ngettext(
            "{} answer may be an opt-out: read it", "{} answers may be opt-outs: read them", n
        ).format(n)
        found.append((words, _listing("compliance_answerreview", "status__exact=open")))
    if may("campaigns.view_message") and (n := _count(Message, state=Message.State.UNKNOWN)):
        words = ngettext(
            "Of {} text nobody knows whether it arrived",
            "Of {} texts nobody knows whether they arrived",
            n,
        ).format(n)
        found.append((words, _listing("campaigns_message", "state__exact=unknown")))
    if may("contacts.view_import") and (n := _count(Import, status=Import.Status.FAILED)):
        words = ngettext("{} import failed", "{} imports failed", n).format(n)
        found.append((words, _listing("contacts_import", "status__exact=failed")))
    if may("campaigns.view_event") and (n := _count(Event, status=Event.Status.BROKEN)):
        words = ngettext(
            "{} notification of AWS could not be read",
            "{} notifications of AWS could not be read",
            n,
        ).format(n)
        found.append((words, _listing("campaigns_event", "status__exact=broken")))
    for source in (waiting.registrations, waiting.numbers, waiting.rules, waiting.mails):
        found += source(request)
    return [{"words": words, "link": link} for words, link in found]


def _page_of(campaign: Campaign) -> str:
    return reverse("admin:campaigns_campaign_change", args=[campaign.pk])


def _count(model: Any, **state: str) -> int:
    return int(model.objects.filter(**state).count())


def _listing(name: str, query: str) -> str:
    return f"{reverse(f'admin:{name}_changelist')}?{query}"


def first_steps(request: HttpRequest) -> list[dict[str, Any]]:
    """Return the steps to a first campaign that this person may take; none once one was sent."""
    if Message.objects.exists():
        return []
    steps = (
        (_("Import the people who said yes"), "contacts_import_add", Contact),
        (_("Build a segment of them"), "contacts_segment_add", Segment),
        (_("Write a campaign and launch it"), "campaigns_campaign_add", Campaign),
    )
    return [
        {"words": words, "link": reverse(f"admin:{name}"), "done": model.objects.exists()}
        for words, name, model in steps
        if request.user.has_perm(_permission(name))
    ]


def _permission(page: str) -> str:
    """Return what a page of the admin asks for: contacts_import_add is contacts.add_import."""
    app, model, verb = page.split("_")
    return f"{app}.{verb}_{model}"
