"""Whether what a sender sends arrives more or less often than before, over the days asked for."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from django.db.models import F, Sum
from django.utils.translation import gettext as _

from analytics import proportions
from analytics.breakdowns import MOST_ROWS, names_of
from analytics.panels import Cell, Column, Kind, Panel
from analytics.scope import Scope
from compliance.models import Originator

MOST_SENDERS = 6  # side by side, the busiest ones
Days = dict[date, "Known"]


@dataclass(frozen=True, slots=True)
class Known:
    """Texts of which the final word has come, and how many of them were delivered.

    Those that wait for it would have every last day look bad.
    """

    delivered: int = 0
    texts: int = 0

    def __add__(self, other: "Known") -> "Known":
        return Known(self.delivered + other.delivered, self.texts + other.texts)

    @property
    def rate(self) -> float | None:
        """From 0 to 1; None of nothing."""
        return self.delivered / self.texts if self.texts else None


def of_senders(scope: Scope) -> dict[str, Days]:
    """Return what is known of each sender by day, the busiest sender first. Two queries."""
    rows = (
        scope.facts()
        .annotate(day=scope.day_number)
        .values("originator", "day")
        .annotate(arrived=Sum("delivered"), known=Sum(F("sent") - F("pending")))
        .filter(known__gt=0)
    )
    days = scope.days
    found: dict[int | None, Days] = defaultdict(dict)
    for row in rows:
        found[row["originator"]][days[row["day"] - 1]] = Known(row["arrived"], row["known"])
    busiest = sorted(found, key=lambda pk: (-_sum(found[pk]).texts, pk or 0))[:MOST_ROWS]
    names = names_of(Originator, busiest, _("none"))
    return {names[pk]: found[pk] for pk in busiest}


def _sum(days: Days) -> Known:
    return sum(days.values(), Known())


def halves(scope: Scope) -> Panel:
    """Each sender's delivery rate in the first and in the second half of the days."""
    days = scope.days
    middle = days[len(days) // 2]
    rows: list[list[Cell]] = []
    for name, found in scope.once(of_senders).items() if len(days) > 1 else ():
        before = _sum({day: known for day, known in found.items() if day < middle})
        after = _sum({day: known for day, known in found.items() if day >= middle})
        rows.append([name, before.rate, after.rate, *_compared(before, after)])
    columns = [
        Column(_("Sent from"), Kind.WORDS),
        Column(_("Before {}").format(middle), Kind.RATE, drawn=True),
        Column(_("From then on"), Kind.RATE, drawn=True),
        Column(_("Direction"), Kind.WORDS),
        Column(_("Difference"), Kind.RATE),
        Column(_("Difference, at least (95 %)"), Kind.RATE),
        Column(_("Difference, at most (95 %)"), Kind.RATE),
    ]
    note = _(
        "Of texts of which the final word has come. Steady: the bounds of the difference lie on "
        "both sides of 0, so that it may be chance."
    )
    nothing = _("Ask for two days at least.") if len(days) == 1 else ""
    title = _("Where the delivery rate is going")
    return Panel("trend", title, columns, rows, note=note, nothing=nothing)


def _compared(before: Known, after: Known) -> list[Cell]:
    """Say where a rate is going: with an arrow and in a word, and how sure that is."""
    if before.rate is None or after.rate is None:
        return [_("nothing to compare"), None, None, None]
    low, high = proportions.newcombe(
        *(after.delivered, after.texts), *(before.delivered, before.texts)
    )
    direction = _("→ steady")
    if low > 0:
        direction = _("↑ rising")
    elif high < 0:
        direction = _("↓ falling")
    return [direction, after.rate - before.rate, low, high]


def day_by_day(scope: Scope) -> Panel:
    """The delivery rate of each day, the busiest senders side by side."""
    senders = dict(list(scope.once(of_senders).items())[:MOST_SENDERS])
    rows: list[list[Cell]] = [
        [str(day), *(found.get(day, Known()).rate for found in senders.values())]
        for day in scope.days
    ]
    columns = [Column(_("Day"), Kind.WORDS), *(Column(name, Kind.RATE) for name in senders)]
    title, note = _("Delivery rate by day"), _("Of texts of which the final word has come.")
    return Panel("trend-days", title, columns, rows if senders else [], note=note)
