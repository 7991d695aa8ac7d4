"""What one campaign came to."""

from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Max, Min, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from analytics import charts, kpis
from analytics.figures import Card, dollars, number, percent
from analytics.models import HourlyFact, RollupMark
from analytics.scope import DAY, MOST_DAYS
from campaigns import reasons, runs
from campaigns.models import Campaign, Message

MOST_HOURS = 72  # so that hours of the week do not come twice
STATES = ("delivered", "failed", "blocked", "expired", "cancelled", "unknown", "open")
WENT_NOWHERE = (
    Message.State.BLOCKED,
    Message.State.FAILED,
    Message.State.EXPIRED,
    Message.State.CANCELLED,
    Message.State.UNKNOWN,
)


def context(campaign: Campaign) -> dict[str, Any]:
    """Return what the report page shows.

    The counts by state are those of this moment; answers, money and hours are as the last
    rollup counted them, some seconds ago.
    """
    counts = runs.totals([campaign.pk])[0]
    facts = kpis.facts(campaign_id=campaign.pk)
    totals = kpis.totals(facts)
    mark = RollupMark.objects.first()
    return {
        "campaign": campaign,
        "counts": counts,
        "cards": _cards(counts, totals),
        "states": [(name, _(name), counts[name]) for name in STATES],
        "steps": _steps(counts["audience"], totals),
        "reasons": _reasons(campaign),
        "chart": charts.outcomes(_columns(facts)),
        "dashboard_query": _dashboard_query(campaign, facts),
        "runs": list(campaign.runs.select_related("launched_by").order_by("number")),
        "counted_until": mark.looked_until if mark else None,
    }


def _dashboard_query(campaign: Campaign, facts: QuerySet[HourlyFact]) -> str:
    """Return the address of the campaign's dashboard over its last days, a year at most."""
    ends = facts.aggregate(first=Min("hour"), last=Max("hour"))
    today = timezone.now()
    first, last = (timezone.localdate(ends[name] or today) for name in ("first", "last"))
    since = max(first, last - (MOST_DAYS - 1) * DAY)
    return urlencode({"campaign": campaign.pk, "from": since, "to": last})


def _cards(counts: dict[str, Any], totals: kpis.Totals) -> list[Card]:
    return [
        Card(
            "delivered",
            _("Delivered"),
            number(counts["delivered"]),
            _("of {} in the audience").format(number(counts["audience"])),
        ),
        Card(
            "delivery-rate",
            _("Delivery rate"),
            percent(totals.delivery_rate),
            _("of {} handed to AWS").format(number(totals.sent)),
        ),
        Card(
            "opt-outs",
            _("Opt-outs"),
            number(totals.opt_outs),
            _("{} answered in all").format(number(totals.replies)),
        ),
        Card(
            "spend",
            _("Spent"),
            dollars(totals.spend),
            _("for {} message parts").format(number(totals.parts)),
        ),
    ]


def _steps(audience: int, totals: kpis.Totals) -> list[dict[str, Any]]:
    steps = (
        (_("In the audience"), audience),
        (_("Handed to AWS"), totals.sent),
        (_("Delivered"), totals.delivered),
        (_("Answered"), totals.replies),
        (_("Opted out"), totals.opt_outs),
    )
    return [
        {"words": words, "count": count, "width": 100 * count / audience if audience else 0}
        for words, count in steps
    ]


def _reasons(campaign: Campaign) -> list[dict[str, Any]]:
    """Count why texts went nowhere, most frequent first, each with the list of its people."""
    rows = (
        Message.objects.filter(campaign=campaign, state__in=WENT_NOWHERE)
        .values("state", "reason")
        .annotate(count=Count("pk"))
        .order_by("-count", "state", "reason")
    )
    listing = reverse("admin:campaigns_message_changelist")
    return [
        {
            "state": Message.State(row["state"]).label,
            "words": reasons.in_words(row["reason"]),
            "count": row["count"],
            "link": f"{listing}?"
            + urlencode(
                {
                    "campaign__id__exact": campaign.pk,
                    "state__exact": row["state"],
                    "reason__exact": row["reason"],
                }
            ),
        }
        for row in rows
    ]


def _columns(facts: QuerySet[HourlyFact]) -> dict[str, kpis.Totals]:
    """Return totals by hour for a short campaign, by day for a long one."""
    hours = kpis.by_hour(facts)
    if len(hours) <= MOST_HOURS:
        return {f"{timezone.localtime(hour):%a %H:%M}": total for hour, total in hours.items()}
    first, last = (timezone.localdate(hour) for hour in (min(hours), max(hours)))
    days = kpis.by_day(facts, first, (last - first).days + 1)
    return {charts.day_label(day): total for day, total in days.items()}
