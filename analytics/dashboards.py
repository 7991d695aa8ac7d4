"""The dashboards: each a few panels over the hourly facts of what its address asks for."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db.models import F, QuerySet, Sum
from django.db.models.functions import TruncDate
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from analytics import delays, proportions
from analytics.kpis import SUMS, Totals, totals, totals_of
from analytics.panels import Cell, Column, Kind, Panel
from analytics.scope import Scope
from campaigns import progress, reasons, spend
from campaigns.models import Campaign, Message
from compliance.models import Originator

MOST_ROWS = 200  # of one table: the most frequent ones
RECENT = timedelta(days=7)  # whose spending is carried on to the end of the month
Panels = Callable[[Scope], list[Panel]]


@dataclass(frozen=True, slots=True)
class Dashboard:
    """A page of panels."""

    slug: str
    title: Any
    panels: Panels


def _grouped(scope: Scope, key: Any) -> dict[Any, Totals]:
    """Return the totals by something, what was handed over most often first. One query."""
    rows = scope.facts().annotate(key=key).values("key").annotate(**SUMS)
    found = {row["key"]: totals_of(row) for row in rows.order_by(F("attempted").desc(), "key")}
    return dict(list(found.items())[:MOST_ROWS])


def _by_day(scope: Scope) -> dict[str, Totals]:
    days = TruncDate("hour", tzinfo=scope.zone)
    rows = scope.facts().annotate(key=days).values("key").annotate(**SUMS)
    found = {row["key"]: totals_of(row) for row in rows}
    return {str(day): found.get(day, Totals()) for day in scope.days}


def _names(model: Any, keys: Sequence[Any]) -> Mapping[Any, str]:
    return {one.pk: str(one) for one in model.objects.filter(pk__in=[k for k in keys if k])}


def _delivery(found: Mapping[str, Totals]) -> list[list[Cell]]:
    """Return a row each: sent, delivered and failed, and between what the rate may well lie."""
    rows: list[list[Cell]] = []
    for name, of in found.items():
        low, high = proportions.wilson(of.delivered, of.sent) if of.sent else (None, None)
        counts: list[Cell] = [of.sent, of.delivered, of.failed, of.unknown, of.pending]
        rows.append([name, *counts, of.delivery_rate, low, high])
    return rows


def _delivery_columns(of: str) -> list[Column]:
    return [
        Column(of, Kind.WORDS),
        Column(_("Taken by AWS")),
        Column(_("Delivered"), drawn=True),
        Column(_("Failed"), drawn=True),
        Column(_("Fate unclear"), drawn=True),
        Column(_("Without a final word"), drawn=True),
        Column(_("Delivery rate"), Kind.RATE),
        Column(_("At least (95 %)"), Kind.RATE),
        Column(_("At most (95 %)"), Kind.RATE),
    ]


def _delivery_panel(
    name: str, title: str, of: str, found: Mapping[str, Totals], *, upright: bool = False
) -> Panel:
    return Panel(name, title, _delivery_columns(of), _delivery(found), upright)


def _days(scope: Scope) -> Panel:
    return _delivery_panel("days", _("Texts by day"), _("Day"), _by_day(scope), upright=True)


def _why(scope: Scope, state: str, name: str, title: str) -> Panel:
    rows = (
        scope.reasons()
        .filter(state=state)
        .values("reason")
        .annotate(count=Sum("texts"))
        .order_by("-count", "reason")[:MOST_ROWS]
    )
    columns = [
        Column(_("Reason"), Kind.WORDS),
        Column(_("Texts"), drawn=True),
        Column(_("In words"), Kind.WORDS),
    ]
    shown = [
        [row["reason"] or _("none told"), row["count"], str(reasons.in_words(row["reason"]))]
        for row in rows
    ]
    return Panel(name, title, columns, shown)


def _failures(scope: Scope) -> Panel:
    return _why(scope, Message.State.FAILED, "failures", _("Why texts failed"))


def _waits(found: QuerySet[Any], key: Any) -> dict[Any, list[int]]:
    """Return how many texts were delivered within each class of time, by something."""
    sums: dict[Any, list[int]] = {}
    for of, counts in found.annotate(key=key).values_list("key", "delays"):
        before = sums.get(of)
        sums[of] = [a + b for a, b in zip(before, counts, strict=True)] if before else counts
    return sums


def _latency(scope: Scope) -> Panel:
    found = _waits(scope.facts(), TruncDate("hour", tzinfo=scope.zone))
    nothing: list[int] = []
    rows: list[list[Cell]] = [
        [str(day), *(delays.percentile(found.get(day, nothing), part) for part in delays.PARTS)]
        for day in scope.days
    ]
    columns = [
        Column(_("Day"), Kind.WORDS),
        Column(_("Half within"), Kind.SECONDS, drawn=True),
        Column(_("90 % within"), Kind.SECONDS),
        Column(_("99 % within"), Kind.SECONDS),
    ]
    note = _("Times are counted in classes: each figure is the upper bound of its class.")
    return Panel("latency", _("Time to delivery"), columns, rows, upright=True, note=note)


def _answers(scope: Scope) -> Panel:
    columns = [
        Column(_("Day"), Kind.WORDS),
        Column(_("Opt-outs"), drawn=True),
        Column(_("Other answers"), drawn=True),
        Column(_("Opt-outs per delivered text"), Kind.RATE),
    ]
    rows: list[list[Cell]] = [
        [day, of.opt_outs, of.replies - of.opt_outs, of.opt_out_rate]
        for day, of in _by_day(scope).items()
    ]
    return Panel("answers", _("Answers by day"), columns, rows, upright=True)


def _named(scope: Scope, key: str, model: Any, nobody: str) -> dict[str, Totals]:
    found = _grouped(scope, F(key))
    names = _names(model, list(found))
    # Two may bear one name: both are told.
    return {
        nobody if pk is None else f"{names.get(pk, '')} (#{pk})": of for pk, of in found.items()
    }


def _campaigns(scope: Scope) -> Panel:
    found = _named(scope, "campaign", Campaign, _("Direct texts"))
    return _delivery_panel("campaigns", _("By campaign"), _("Campaign"), found)


def _carriers(scope: Scope) -> Panel:
    found = {key or _("not told"): of for key, of in _grouped(scope, F("carrier")).items()}
    return _delivery_panel("carriers", _("By carrier"), _("Carrier"), found)


def _countries(scope: Scope) -> Panel:
    found = {key or _("not told"): of for key, of in _grouped(scope, F("country")).items()}
    return _delivery_panel("countries", _("By country"), _("Country"), found)


def _originators(scope: Scope) -> Panel:
    found = _named(scope, "originator", Originator, _("none"))
    return _delivery_panel("originators", _("By originator"), _("Sent from"), found)


def _complaints(scope: Scope) -> Panel:
    found = _named(scope, "originator", Originator, _("none"))
    columns = [
        Column(_("Sent from"), Kind.WORDS),
        Column(_("Opt-outs per delivered text"), Kind.RATE, drawn=True),
        Column(_("Opt-outs")),
        Column(_("Answers")),
    ]
    rows: list[list[Cell]] = [
        [name, of.opt_out_rate, of.opt_outs, of.replies] for name, of in found.items()
    ]
    return Panel("complaints", _("Who is stopped most"), columns, rows)


def _money_row(name: str, of: Totals) -> list[Cell]:
    each = of.spend / of.delivered if of.delivered else None
    return [name, of.price, of.carrier_fee, of.awaited, of.parts, each]


def _money(name: str, title: str, of: str, found: Mapping[str, Totals], upright: bool) -> Panel:
    columns = [
        Column(of, Kind.WORDS),
        Column(_("AWS's price"), Kind.USD, drawn=True),
        Column(_("Carrier fees"), Kind.USD, drawn=True),
        Column(_("Price not told yet"), Kind.USD, drawn=True),
        Column(_("Message parts")),
        Column(_("Per delivered text"), Kind.USD),
    ]
    return Panel(name, title, columns, [_money_row(*one) for one in found.items()], upright)


def _money_days(scope: Scope) -> Panel:
    return _money("spent", _("Spent by day"), _("Day"), _by_day(scope), upright=True)


def _money_countries(scope: Scope) -> Panel:
    found = {key or _("not told"): of for key, of in _grouped(scope, F("country")).items()}
    return _money("where", _("Spent by country"), _("Country"), found, upright=False)


def _forecast(scope: Scope) -> Panel:
    """The month (UTC, as AWS bills it) to its end, at the pace of the last seven days."""
    now = timezone.now()
    month = spend.month(now)
    recent = totals(
        Scope((now - RECENT).date(), now.date(), scope.zone, {})
        .facts()
        .filter(hour__gte=now - RECENT)
    )
    ends = (spend.month_of(now) + timedelta(days=32)).replace(day=1)
    left = Decimal((ends - now.date()).days)
    coming = recent.expected_spend / RECENT.days * left
    rows: list[list[Cell]] = [
        [_("Spent so far"), month.spent],
        [_("At its end, at the pace of the last 7 days"), month.spent + coming],
        [_("Our budget"), month.budget],
        [_("AWS's limit, less the margin"), month.aws_limit],
    ]
    columns = [Column(_("This month"), Kind.WORDS), Column(_("US dollars"), Kind.USD, drawn=True)]
    note = _("Of all texts, whatever is filtered; months are those of UTC, in which AWS bills.")
    return Panel("forecast", _("This month against its budget"), columns, rows, note=note)


def _blocked(scope: Scope) -> Panel:
    return _why(scope, Message.State.BLOCKED, "blocked", _("Why texts were held back"))


def _engine(scope: Scope) -> Panel:
    now = timezone.now()
    columns = [
        Column(_("Campaign"), Kind.WORDS),
        Column(_("Parts a second"), Kind.COUNT, drawn=True),
        Column(_("May go a second"), Kind.COUNT, drawn=True),
        Column(_("Waiting")),
        Column(_("Waiting and due")),
        Column(_("Longest due"), Kind.SECONDS),
    ]
    rows: list[list[Cell]] = [
        [
            *(f"{one.campaign} (#{one.campaign_id})", one.parts_per_second, one.limit),
            *(one.backlog, one.due),
            round((now - one.oldest_due_at).total_seconds()) if one.oldest_due_at else None,
        ]
        for one in progress.standing(now)
    ]
    note = _("This moment, whatever is filtered.")
    return Panel("engine", _("What is being sent now"), columns, rows, note=note)


def _page(*panels: Callable[[Scope], Panel]) -> Panels:
    return lambda scope: [panel(scope) for panel in panels]


ALL = {
    one.slug: one
    for one in (
        Dashboard(
            "overview", gettext_lazy("Overview"), _page(_days, _campaigns, _failures, _answers)
        ),
        Dashboard(
            "originators", gettext_lazy("Originators"), _page(_originators, _complaints, _failures)
        ),
        Dashboard(
            "deliverability",
            gettext_lazy("Deliverability"),
            _page(_carriers, _countries, _failures, _latency),
        ),
        Dashboard("spend", gettext_lazy("Spend"), _page(_forecast, _money_days, _money_countries)),
        Dashboard("compliance", gettext_lazy("Held back and stopped"), _page(_blocked, _answers)),
        Dashboard("engine", gettext_lazy("Engine"), _page(_engine, _latency)),
    )
}
