"""Our figures beside AWS's own, by day, and what may lie behind a difference."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from analytics import breakdowns
from analytics.kpis import Totals
from analytics.panels import Cell, Column, Kind, Panel
from analytics.scope import Scope
from campaigns import aws_figures
from pinpoint import metrics

RECEIPTS = timedelta(days=3)  # so long a text may wait for its receipt
A_CENT = Decimal("0.01")
DIFFERENCE = Decimal("0.02")  # of the larger figure: what clocks and late figures come to


def spent(scope: Scope) -> Panel:
    """What each day cost, as we count and as AWS does."""
    theirs = _by_day(scope, aws_figures.spent_by_hour(scope.start, scope.end))
    columns = [
        Column(_("Day"), Kind.WORDS),
        Column(_("Ours"), Kind.USD, drawn=True),
        Column(_("AWS's"), Kind.USD, drawn=True),
        Column(_("AWS's less ours"), Kind.USD),
        Column(_("What may explain it"), Kind.WORDS),
    ]
    rows: list[list[Cell]] = []
    for day, of in _whole(scope).once(breakdowns.by_day).items():
        usd, aws = of.expected_spend, theirs.get(day)
        rows.append([day, usd, aws, _less(aws, usd), _why_spent(of, aws, _recent(scope, day))])
    return Panel(
        "beside-spent", _("Spent: ours beside AWS's"), columns, rows, upright=True, note=_note()
    )


def parts(scope: Scope) -> Panel:
    """How many message parts were sent and delivered each day, as we count and as AWS does."""
    sent, delivered = (_counts(scope, name) for name in (metrics.SENT, metrics.DELIVERED))
    columns = [
        Column(_("Day"), Kind.WORDS),
        Column(_("Sent, ours"), drawn=True),
        Column(_("Sent, AWS's"), drawn=True),
        Column(_("Sent, AWS's less ours")),
        Column(_("Delivered, ours"), drawn=True),
        Column(_("Delivered, AWS's"), drawn=True),
        Column(_("Delivered, AWS's less ours")),
        Column(_("What may explain it"), Kind.WORDS),
    ]
    rows: list[list[Cell]] = []
    for day, of in _whole(scope).once(breakdowns.by_day).items():
        out, there = sent.get(day), delivered.get(day)
        ours: list[Cell] = [day, of.parts, out, _less(out, of.parts)]
        arrived: list[Cell] = [of.delivered_parts, there, _less(there, of.delivered_parts)]
        rows.append([*ours, *arrived, _why_parts(of, out, there, _recent(scope, day))])
    return Panel(
        "beside-parts",
        _("Message parts: ours beside AWS's"),
        columns,
        rows,
        upright=True,
        note=_note(),
    )


def _whole(scope: Scope) -> Scope:
    """AWS tells the account's figures alone, so ours are those of all texts."""
    return Scope(scope.since, scope.until, scope.zone, {}) if scope.filters else scope


def _note() -> str:
    return _(
        "Of all texts, whatever is filtered. AWS counts by its own clock and in message parts, "
        "roughly, and what other programs of the account send as well; a day without AWS's figure "
        "is one of which it told nothing."
    )


def _by_day(scope: Scope, hours: Mapping[datetime, Decimal]) -> dict[str, Decimal]:
    """Add hours up by the days in which they begin."""
    found: defaultdict[str, Decimal] = defaultdict(Decimal)
    for hour, value in hours.items():
        found[str(hour.astimezone(scope.zone).date())] += value
    return dict(found)


def _counts(scope: Scope, metric: str) -> dict[str, int]:
    found = _by_day(scope, aws_figures.by_hour(metric, scope.start, scope.end))
    return {day: int(value) for day, value in found.items()}


def _less(theirs: Any, ours: Any) -> Any:
    return None if theirs is None else theirs - ours


def _recent(scope: Scope, day: str) -> bool:
    """Tell whether receipts of a day may still come."""
    return day >= str((timezone.now() - RECEIPTS).astimezone(scope.zone).date())


def _apart(theirs: Decimal | int, ours: Decimal | int) -> bool:
    there, here = Decimal(theirs), Decimal(ours)
    return abs(there - here) > max(there, here) * DIFFERENCE


def _why_spent(of: Totals, theirs: Decimal | None, recent: bool) -> str:
    ours = of.expected_spend
    if theirs is None or abs(theirs - ours) < A_CENT or not _apart(theirs, ours):
        return ""
    if of.awaited:
        return _("Some receipts have not told a price: those texts count at the expected one.")
    if theirs > ours:
        return _more_at_aws(of)
    return _late(recent)


def _why_parts(of: Totals, sent: int | None, delivered: int | None, recent: bool) -> str:
    words = []
    if sent is not None and _apart(sent, of.parts):
        words.append(_more_at_aws(of) if sent > of.parts else _late(recent))
    if delivered is not None and _apart(delivered, of.delivered_parts):
        if recent:
            words.append(_("Receipts may still come."))
        else:
            words.append(_("AWS counts a receipt on the day it came, and a repeated one again."))
    return " ".join(words)


def _more_at_aws(of: Totals) -> str:
    if of.unknown:
        return _("Texts of unclear fate may have gone out.")
    return _("Something else in this account may send too.")


def _late(recent: bool) -> str:
    if recent:
        return _("AWS may not have told all of this day yet.")
    return _("AWS put some texts into another day, or never told them.")
