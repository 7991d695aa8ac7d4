"""When a campaign's runs begin: pure arithmetic on wall clocks, IANA zones and instants.

A day's run begins at a wall-clock time. Where that is everybody's own, it opens when it is that
time in the first zone of the audience, and each text is due when it is that time where its
person is. Daylight saving: a time that does not exist (02:30 on the day clocks go forward) is
the same moment an hour later on the clock; one that comes twice is the first of the two.
"""

import calendar
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Plan:
    """The wall-clock side of a schedule. `repeats` is once, hourly, daily, weekly or monthly."""

    repeats: str
    first_day: date
    clock: time
    ends_at: datetime | None = None  # nothing begins at or after this instant


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One run to come: the instant it opens, and its day on the wall calendar."""

    opens_at: datetime
    day: date


def instant(day: date, clock: time, zone: str) -> datetime:
    """Return the UTC instant at which it is that wall-clock time in an IANA zone."""
    return datetime.combine(day, clock, tzinfo=ZoneInfo(zone)).astimezone(UTC)


def opening(day: date, clock: time, zones: Collection[str]) -> datetime:
    """Return when it first is that time in one of the zones (at least one)."""
    return min(instant(day, clock, zone) for zone in zones)


def closing(day: date, clock: time, zones: Collection[str]) -> datetime:
    """Return when it last is that time in one of the zones (at least one)."""
    return max(instant(day, clock, zone) for zone in zones)


def following(plan: Plan, after: datetime, zones: Collection[str]) -> Occurrence | None:
    """Return the first occurrence that opens after an instant; None when there is none left."""
    found = _first(plan, zones, lambda opens_at: opens_at > after, after)
    if found and plan.ends_at and found.opens_at >= plan.ends_at:
        return None
    return found


def latest(plan: Plan, until: datetime, zones: Collection[str]) -> Occurrence | None:
    """Return the last occurrence that opened at or before an instant; None when none did."""
    if plan.ends_at and until >= plan.ends_at:
        until = plan.ends_at - timedelta(microseconds=1)
    if plan.repeats == "hourly":
        start = opening(plan.first_day, plan.clock, zones)
        if until < start:
            return None
        at = start + (until - start) // HOUR * HOUR
        return Occurrence(at, at.date())
    number = _number_near(plan, until) + 3  # days: zones reach a day either way
    while number >= 0:
        if (day := _day(plan, number)) is not None:
            opens_at = opening(day, plan.clock, zones)
            if opens_at <= until:
                return Occurrence(opens_at, day)
        number -= 1
    return None


def _first(
    plan: Plan, zones: Collection[str], fits: Callable[[datetime], bool], near: datetime
) -> Occurrence | None:
    if plan.repeats == "hourly":
        start = opening(plan.first_day, plan.clock, zones)
        at = start if near < start else start + ((near - start) // HOUR + 1) * HOUR
        return Occurrence(at, at.date())
    number = max(0, _number_near(plan, near) - 3)
    while (day := _day(plan, number)) is not None:
        opens_at = opening(day, plan.clock, zones)
        if fits(opens_at):
            return Occurrence(opens_at, day)
        number += 1
    return None


def _number_near(plan: Plan, moment: datetime) -> int:
    """Return about which occurrence falls on an instant; exact to a few."""
    first, then = plan.first_day, moment.date()
    match plan.repeats:
        case "once":
            return 0
        case "weekly":
            return (then - first).days // 7
        case "monthly":
            return (then.year - first.year) * 12 + then.month - first.month
        case _:
            return (then - first).days


def _day(plan: Plan, number: int) -> date | None:
    """Return the day of the nth occurrence, counted from 0; None where there is no such one."""
    match plan.repeats:
        case "once":
            return plan.first_day if number == 0 else None
        case "weekly":
            return plan.first_day + timedelta(weeks=number)
        case "monthly":
            return _months_later(plan.first_day, number)
        case _:
            return plan.first_day + timedelta(days=number)


def _months_later(first: date, months: int) -> date:
    """Return the same day of a later month; the month's last where it has no such day."""
    month = first.month - 1 + months
    year, month = first.year + month // 12, month % 12 + 1
    return date(year, month, min(first.day, calendar.monthrange(year, month)[1]))
