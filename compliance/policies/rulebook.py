"""All rules of one version, ready to be asked; read from the database once per process."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import Max

from compliance.models import MessageClass, RulesVersion
from compliance.models.policy import ELSEWHERE, EVERYWHERE, Policy
from compliance.policies.calendars import Corrections
from compliance.policies.hours import MIDNIGHT, SUNDAY, Week, Window, parse
from compliance.reasons import Reason

MOST_PLANS = 20_000  # that one process remembers


class NoRules(Exception):  # noqa: N818 - a state of the installation, not a mistake
    """There is no version of the rules in the database: nothing may be sent."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What one jurisdiction allows, from one local date to another."""

    jurisdiction: str
    covers_all: bool
    week: Week
    calendars: tuple[str, ...]
    most_in_day: int | None
    first_day: date
    last_day: date

    def in_force(self, day: date) -> bool:
        """Whether the rule holds on that local date."""
        return self.first_day <= day <= self.last_day

    def closes(self, day: date, corrections: Corrections) -> Reason | None:
        """Say why nothing goes on that day, or None."""
        if self.calendars and corrections.holiday(self.calendars, day):
            return Reason.HOLIDAY
        if self.week[day.weekday()] is None:
            return Reason.SUNDAY if day.weekday() == SUNDAY else Reason.QUIET_HOURS
        return None


@dataclass(frozen=True, slots=True)
class Stop:
    """An emergency: nothing promotional goes there between the two."""

    jurisdiction: str
    since: datetime
    until: datetime


@dataclass(slots=True)
class Plan:
    """What a set of rules says of each local date. The strictest of the rules counts."""

    rules: tuple[Rule, ...]
    elsewhere: tuple[Rule, ...]  # for each country that has no rule of its own on a day
    countries: frozenset[str]
    stops: tuple[Stop, ...]
    own: Window | None  # the program's own hours, on every day
    corrections: Corrections
    _days: dict[date, Window | Reason] = field(default_factory=dict)

    def day(self, day: date) -> Window | None:
        """Return the hours that every rule leaves open on a local date."""
        found = self._look(day)
        return None if isinstance(found, Reason) else found

    def why_closed(self, day: date) -> Reason:
        """Say why a text may not go on that local date, or at that hour of it."""
        found = self._look(day)
        return found if isinstance(found, Reason) else Reason.QUIET_HOURS

    def most_in_day(self, day: date) -> int | None:
        """Return the most promotional texts in 24 hours; None where no rule has a limit."""
        caps = [r.most_in_day for r in self._in_force(day) if r.most_in_day is not None]
        return min(caps, default=None)

    def stopped_until(self, now: datetime) -> datetime | None:
        """Return when the emergency that holds now ends, and those that follow on it."""
        until = now
        for stop in sorted(self.stops, key=lambda stop: stop.since):
            if stop.since <= until < stop.until:
                until = stop.until
        return until if until > now else None

    def _in_force(self, day: date) -> list[Rule]:
        found = [rule for rule in self.rules if rule.in_force(day)]
        if self.countries - {rule.jurisdiction for rule in found}:
            found += [rule for rule in self.elsewhere if rule.in_force(day)]
        return found

    def _look(self, day: date) -> Window | Reason:
        if day not in self._days:
            self._days[day] = self._work_out(day)
        return self._days[day]

    def _work_out(self, day: date) -> Window | Reason:
        in_force = self._in_force(day)
        closed = [reason for rule in in_force if (reason := rule.closes(day, self.corrections))]
        if closed:
            return min(closed, key=(Reason.HOLIDAY, Reason.SUNDAY, Reason.QUIET_HOURS).index)
        if self.countries - {r.jurisdiction for r in in_force} and not (
            {ELSEWHERE} & {r.jurisdiction for r in in_force}
        ):
            return Reason.QUIET_HOURS  # a country without any rule: nothing is known
        windows = [self.own or (0, MIDNIGHT)]
        windows += [window for rule in in_force if (window := rule.week[day.weekday()])]
        start, end = max(w[0] for w in windows), min(w[1] for w in windows)
        return (start, end) if start < end else Reason.QUIET_HOURS


class Rulebook:
    """All rules of one version."""

    def __init__(self, version: str, content: Mapping[str, Any]) -> None:
        self.version = version
        self.rules: dict[str, list[Rule]] = {}
        for rule in map(_rule, content["policies"]):
            self.rules.setdefault(rule.jurisdiction, []).append(rule)
        self.stops = [_stop(row) for row in content["emergencies"]]
        self.corrections = Corrections(
            {
                (row["calendar"], date.fromisoformat(row["day"])): row["name"]
                if row["change"] == "add"
                else ""
                for row in content["holidays"]
            }
        )
        self._plans: dict[tuple[frozenset[str], Window | None, bool], Plan] = {}

    def plan(
        self, jurisdictions: frozenset[str], own: Window | None = None, *, promotional: bool = True
    ) -> Plan:
        """Return what holds for somebody who may be in any of these places, worked out once.

        `jurisdictions` are countries (US) and states (US-TX).
        """
        key = (jurisdictions, own, promotional)
        if key not in self._plans:
            if len(self._plans) >= MOST_PLANS:
                self._plans.clear()
            self._plans[key] = self._plan(jurisdictions, own, promotional)
        return self._plans[key]

    def _plan(self, jurisdictions: frozenset[str], own: Window | None, promotional: bool) -> Plan:
        named = jurisdictions | {EVERYWHERE}
        rules = [rule for name in named for rule in self.rules.get(name, ())]
        return Plan(
            rules=tuple(rule for rule in rules if promotional or rule.covers_all),
            elsewhere=tuple(self.rules.get(ELSEWHERE, ())) if promotional else (),
            countries=frozenset(n for n in jurisdictions if promotional and "-" not in n),
            stops=tuple(s for s in self.stops if promotional and s.jurisdiction in named),
            own=own if promotional else None,
            corrections=self.corrections,
        )


def _rule(row: Mapping[str, Any]) -> Rule:
    return Rule(
        jurisdiction=row["jurisdiction"],
        covers_all=row["covers"] == Policy.Covers.ALL,
        week=parse(row["hours"]),
        calendars=tuple(row["calendars"].split()),
        most_in_day=row["most_in_day"],
        first_day=date.fromisoformat(row["first_day"] or "0001-01-01"),
        last_day=date.fromisoformat(row["last_day"] or "9999-12-31"),
    )


def _stop(row: Mapping[str, Any]) -> Stop:
    return Stop(
        row["jurisdiction"],
        datetime.fromisoformat(row["since"]),
        datetime.fromisoformat(row["until"]),
    )


_read: dict[int, Rulebook] = {}  # the one version this process used last


def of_version(version_id: int | None) -> Rulebook:
    """Return the rules of a version; one query if another one was asked for before.

    Raises NoRules where there is none.
    """
    if version_id is None:
        raise NoRules
    book = _read.get(version_id)
    if book is None:
        version = RulesVersion.objects.get(pk=version_id)
        book = Rulebook(version.name, version.content)
        _read.clear()
        _read[version_id] = book
    return book


def latest() -> Rulebook:
    """Return the rules as they are now. One query, two after a change."""
    return of_version(RulesVersion.objects.aggregate(latest=Max("pk"))["latest"])


def is_promotional(message_class: str) -> bool:
    """Whether the rules for promotional texts hold: always, unless it is plainly transactional.

    A text that mixes both, or is of a kind nobody knows, is promotional (D11).
    """
    return message_class != MessageClass.TRANSACTIONAL
