"""When texts to many people would leave, and who would get none; asked for a time to come.

As in compliance.reachable, a million people are some thousand groups.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.db.models import QuerySet

from compliance.addresses import Address
from compliance.locations import Location, locate
from compliance.models import Program
from compliance.permission import narrowed, window_of
from compliance.policies import rulebook
from compliance.policies.rulebook import is_promotional
from compliance.reach import Reaches
from compliance.reachable import groups
from compliance.reasons import Reason


@dataclass(frozen=True, slots=True)
class Departures:
    """Counts of people in one snapshot."""

    leaving: Counter[tuple[datetime, str]] = field(default_factory=Counter)  # (instant, zone)
    kept: Counter[Reason] = field(default_factory=Counter)  # who gets none, by reason

    @property
    def go(self) -> int:
        """How many may be texted, at once or in their hour."""
        return self.leaving.total()

    @property
    def people(self) -> int:
        """How many there are."""
        return self.go + self.kept.total()

    def times(self, factor: int) -> "Departures":
        """Return the counts of so many times as many people."""
        leaving = Counter({when: count * factor for when, count in self.leaving.items()})
        kept = Counter({reason: count * factor for reason, count in self.kept.items()})
        return Departures(leaving, kept)


def departures(
    people: QuerySet[Any],
    program: Program,
    message_class: str,
    due: Callable[[frozenset[str]], datetime],
    opens_at: datetime,
    expires_at: datetime,
    hours: tuple[time, time] | None = None,
) -> Departures:
    """Return when texts would leave that are `due` at an instant that hangs on people's zones.

    Two queries. Consent counts as of `opens_at`; who would have to wait beyond `expires_at` gets
    none. `hours` are the campaign's own, beside the program's.
    """
    promotional = is_promotional(message_class)
    own = narrowed(window_of(program), hours)
    found = Departures()
    rules = _Rules()
    for standing, phone, zone, country, region, city, code, count in groups(
        people, program.pk, promotional, opens_at
    ):
        if standing:
            found.kept[Reason(standing)] += count
            continue
        location = locate(phone, zone, Address(country, region, city, code))
        leaves, reason = rules.leaves(location, due(location.zone_names), own, promotional)
        if leaves is not None and leaves < expires_at:
            found.leaving[leaves, min(location.zone_names, default="")] += count
        else:
            found.kept[reason or Reason.NO_COMMON_WINDOW] += count
    return found


class _Rules:
    """The latest rules, asked for several instants."""

    def __init__(self) -> None:
        self.margin = timedelta(seconds=settings.HAND_OFF_MARGIN_SECONDS)
        self.at: dict[datetime, Reaches] = {}
        try:
            self.book: rulebook.Rulebook | None = rulebook.latest()
        except rulebook.NoRules:
            self.book = None

    def leaves(
        self, location: Location, due: datetime, own: Any, promotional: bool
    ) -> tuple[datetime | None, Reason | None]:
        """Return when a text that is due at an instant leaves; else why it does not."""
        if self.book is None:
            return None, Reason.RULES_MISSING
        if due not in self.at:
            self.at[due] = Reaches(self.book, due, self.margin)
        reach = self.at[due].of(location, own=own, promotional=promotional)
        return (reach.until if reach.reason else due), reach.reason
