"""What one campaign came to as a whole, whatever its dashboard is filtered by."""

from typing import Any

from django.db.models import Sum
from django.urls import reverse
from django.utils.translation import gettext as _

from analytics import kpis
from analytics.figures import Card, dollars, number, percent
from analytics.panels import Cell, Column, Kind, Panel
from analytics.scope import Scope
from campaigns import runs
from campaigns.models import Campaign, Message, Run

ENDS = (
    Message.State.DELIVERED,
    Message.State.FAILED,
    Message.State.BLOCKED,
    Message.State.EXPIRED,
    Message.State.CANCELLED,
    Message.State.UNKNOWN,
)
MOST_RUNS = 366  # the last ones


def address(campaign_id: int) -> str:
    """Return where a campaign's dashboard is, over all its days."""
    return f"{reverse('dashboard', args=['campaign'])}?campaign={campaign_id}"


def head(scope: Scope) -> dict[str, Any]:
    """Return what stands above the panels of a campaign; nothing where none is chosen."""
    campaign = scope.filters.get("campaign")
    if campaign is None:
        return {}
    audience = campaign.runs.aggregate(people=Sum("audience"))["people"]
    return {"campaign": campaign, "cards": cards(campaign, audience) if audience else []}


def cards(campaign: Campaign, audience: int) -> list[Card]:
    """Return the figures of a campaign that matter most, as the last rollup counted them."""
    of = kpis.totals(kpis.facts(campaign_id=campaign.pk))
    return [
        Card(
            "delivered",
            _("Delivered"),
            number(of.delivered),
            _("of {} in the audience").format(number(audience)),
        ),
        Card(
            "delivery-rate",
            _("Delivery rate"),
            percent(of.delivery_rate),
            _("of {} handed to AWS").format(number(of.sent)),
        ),
        Card(
            "opt-outs",
            _("Opt-outs"),
            number(of.opt_outs),
            _("{} answered in all").format(number(of.replies)),
        ),
        Card(
            "spend",
            _("Spent"),
            dollars(of.spend),
            _("for {} message parts").format(number(of.parts)),
        ),
    ]


def stands(scope: Scope) -> Panel:
    """Where each text stands: the states add up to the audience, always."""
    campaign = scope.filters.get("campaign")
    counts = runs.totals([campaign.pk])[0] if campaign else {"audience": 0}
    rows: list[list[Cell]] = []
    if counts["audience"]:
        rows = [[str(state.label).capitalize(), counts[state]] for state in ENDS]
        rows += [[_("Still open"), counts["open"]], [_("Audience"), counts["audience"]]]
    columns = [Column(_("State"), Kind.WORDS), Column(_("Texts"), drawn=True)]
    title, note = _("Where each text stands"), _("All of it at this moment, whatever is filtered.")
    return Panel("stands", title, columns, rows, note=note, nothing=_nothing(campaign))


def launches(scope: Scope) -> Panel:
    """When a campaign was launched, by whom, and to how many."""
    campaign = scope.filters.get("campaign")
    of = Run.objects.filter(campaign=campaign).select_related("launched_by") if campaign else None
    found = list(of.order_by("-number")[:MOST_RUNS]) if of else []

    def when(moment: Any) -> str:
        return f"{moment.astimezone(scope.zone):%Y-%m-%d %H:%M}" if moment else _("not yet")

    rows: list[list[Cell]] = [
        [
            *(str(run.number), run.audience, when(run.launched_at), when(run.finished_at)),
            str(run.launched_by or ""),
        ]
        for run in reversed(found)
    ]
    columns = [
        Column(_("Run"), Kind.WORDS),
        Column(_("Audience"), drawn=True),
        Column(_("Launched"), Kind.WORDS),
        Column(_("Finished"), Kind.WORDS),
        Column(_("By"), Kind.WORDS),
    ]
    nothing = _nothing(campaign)
    return Panel("runs", _("Runs"), columns, rows, upright=True, nothing=nothing)


def choose() -> str:
    """Say what is missing."""
    return _("Choose a campaign that was launched.")


def _nothing(campaign: Campaign | None) -> str:
    return _("This campaign has not been sent yet.") if campaign else choose()
