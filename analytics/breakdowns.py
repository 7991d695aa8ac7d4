"""The panels of the dashboards that tell facts apart: by day, by whom, by where, by why."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import F, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from analytics import delays, proportions
from analytics.kpis import SUMS, Totals, totals, totals_of
from analytics.models.facts import DELAYS
from analytics.panels import Cell, Column, Kind, Panel
from analytics.scope import Scope
from campaigns import progress, reasons, spend
from campaigns.models import Campaign, Message
from compliance.models import Originator

MOST_ROWS = 200  # of one table: the most frequent ones
RECENT = timedelta(days=7)  # whose spending is carried on to the end of the month


def grouped(scope: Scope, key: str) -> dict[Any, Totals]:
    """Return the totals by a field, what was handed over most often first. One query."""
    rows = scope.facts().annotate(key=F(key)).values("key").annotate(**SUMS)
    found = {row["key"]: totals_of(row) for row in rows.order_by(F("attempted").desc(), "key")}
    return dict(list(found.items())[:MOST_ROWS])


def by_day(scope: Scope) -> dict[str, Totals]:
    """Return the totals of every day, empty ones too. One query."""
    rows = scope.facts().annotate(key=scope.day_number).values("key").annotate(**SUMS)
    found = {row["key"]: totals_of(row) for row in rows}
    return {str(day): found.get(n, Totals()) for n, day in enumerate(scope.days, 1)}


def names_of(model: Any, keys: Sequence[Any], nobody: str) -> dict[Any, str]:
    """Return what each key is called. Two may bear one name: both are told."""
    known = {one.pk: str(one) for one in model.objects.filter(pk__in=[k for k in keys if k])}
    return {key: nobody if key is None else f"{known.get(key, '')} (#{key})" for key in keys}


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


def delivery_panel(
    name: str, title: str, of: str, found: Mapping[str, Totals], *, upright: bool = False
) -> Panel:
    """Return a panel of what became of the texts of each row."""
    return Panel(name, title, _delivery_columns(of), _delivery(found), upright)


def days(scope: Scope) -> Panel:
    """What became of the texts of each day."""
    return delivery_panel("days", _("Texts by day"), _("Day"), scope.once(by_day), upright=True)


def why(scope: Scope, state: str, name: str, title: str) -> Panel:
    """Count why texts ended in a state, most frequent first."""
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


def failures(scope: Scope) -> Panel:
    """Why texts failed."""
    return why(scope, Message.State.FAILED, "failures", _("Why texts failed"))


def _waits(scope: Scope) -> dict[int, list[int]]:
    """Return how many texts were delivered within each class of time, by day. One query."""
    classes = {f"class_{n}": Sum(f"delays__{n}") for n in range(len(DELAYS) + 1)}
    rows: Any = scope.facts().annotate(key=scope.day_number).values("key").annotate(**classes)
    return {row["key"]: [row[name] for name in classes] for row in rows}


def latency(scope: Scope) -> Panel:
    """How long texts took to arrive."""
    found = _waits(scope)
    nothing: list[int] = []
    rows: list[list[Cell]] = [
        [str(day), *(delays.percentile(found.get(n, nothing), part) for part in delays.PARTS)]
        for n, day in enumerate(scope.days, 1)
    ]
    columns = [
        Column(_("Day"), Kind.WORDS),
        Column(_("Half within"), Kind.SECONDS, drawn=True),
        Column(_("90 % within"), Kind.SECONDS),
        Column(_("99 % within"), Kind.SECONDS),
    ]
    note = _("Times are counted in classes: each figure is the upper bound of its class.")
    return Panel("latency", _("Time to delivery"), columns, rows, upright=True, note=note)


def answers(scope: Scope) -> Panel:
    """Who answered, and who opted out."""
    columns = [
        Column(_("Day"), Kind.WORDS),
        Column(_("Opt-outs"), drawn=True),
        Column(_("Other answers"), drawn=True),
        Column(_("Opt-outs per delivered text"), Kind.RATE),
    ]
    rows: list[list[Cell]] = [
        [day, of.opt_outs, of.replies - of.opt_outs, of.opt_out_rate]
        for day, of in scope.once(by_day).items()
    ]
    return Panel("answers", _("Answers by day"), columns, rows, upright=True)


def _named(scope: Scope, key: str, model: Any, nobody: str) -> dict[str, Totals]:
    found = scope.once(grouped, key)
    names = names_of(model, list(found), nobody)
    return {names[pk]: of for pk, of in found.items()}


def campaigns(scope: Scope) -> Panel:
    """What became of the texts of each campaign."""
    found = _named(scope, "campaign", Campaign, _("Direct texts"))
    return delivery_panel("campaigns", _("By campaign"), _("Campaign"), found)


def carriers(scope: Scope) -> Panel:
    """What became of the texts to each carrier."""
    found = {key or _("not told"): of for key, of in scope.once(grouped, "carrier").items()}
    return delivery_panel("carriers", _("By carrier"), _("Carrier"), found)


def countries(scope: Scope) -> Panel:
    """What became of the texts to each country."""
    found = {key or _("not told"): of for key, of in scope.once(grouped, "country").items()}
    return delivery_panel("countries", _("By country"), _("Country"), found)


def originators(scope: Scope) -> Panel:
    """What became of the texts from each originator."""
    found = _named(scope, "originator", Originator, _("none"))
    return delivery_panel("originators", _("By sender"), _("Sent from"), found)


def complaints(scope: Scope) -> Panel:
    """How many of those reached by an originator answered STOP."""
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


def money(name: str, title: str, of: str, found: Mapping[str, Totals], upright: bool) -> Panel:
    """Return a panel of what the texts of each row cost."""
    columns = [
        Column(of, Kind.WORDS),
        Column(_("AWS's price"), Kind.USD, drawn=True),
        Column(_("Carrier fees"), Kind.USD, drawn=True),
        Column(_("Price not told yet"), Kind.USD, drawn=True),
        Column(_("Message parts")),
        Column(_("Per delivered text"), Kind.USD),
    ]
    return Panel(name, title, columns, [_money_row(*one) for one in found.items()], upright)


def money_days(scope: Scope) -> Panel:
    """What each day cost."""
    return money("spent", _("Spent by day"), _("Day"), scope.once(by_day), upright=True)


def money_countries(scope: Scope) -> Panel:
    """What the texts to each country cost."""
    found = {key or _("not told"): of for key, of in scope.once(grouped, "country").items()}
    return money("where", _("Spent by country"), _("Country"), found, upright=False)


def forecast(scope: Scope) -> Panel:
    """The month (UTC, as AWS bills it) to its end, at the pace of the last seven days."""
    now = timezone.now()
    month = spend.month(now)
    recent = totals(
        Scope((now - RECENT).date(), now.date(), scope.zone, {})
        .facts()
        .filter(hour__gte=now - RECENT)
    )
    next_month = (spend.month_of(now) + timedelta(days=32)).replace(day=1)
    left = datetime.combine(next_month, time(), UTC) - now
    coming = recent.expected_spend * Decimal(left / RECENT)
    rows: list[list[Cell]] = [
        [_("Spent so far"), month.spent],
        [_("At its end, at the pace of the last 7 days"), month.spent + coming],
        [_("Our budget"), month.budget],
        [_("AWS's limit, less the margin"), month.aws_limit],
    ]
    columns = [Column(_("This month"), Kind.WORDS), Column(_("US dollars"), Kind.USD, drawn=True)]
    note = _("Of all texts, whatever is filtered; months are those of UTC, in which AWS bills.")
    return Panel("forecast", _("This month against its budget"), columns, rows, note=note)


def blocked(scope: Scope) -> Panel:
    """Why the gate held texts back."""
    return why(scope, Message.State.BLOCKED, "blocked", _("Why texts were held back"))


def engine(scope: Scope) -> Panel:
    """How fast campaigns go at this moment, and what waits."""
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
