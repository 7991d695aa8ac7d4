"""When a text may go: inside the hours of every rule, in every zone the person may be in. Pure."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from compliance.policies.hours import MIDNIGHT, Window

# Zones too far apart never share a window; after a week there will be none (compliance.md 3.2).
GIVE_UP_AFTER = timedelta(days=7)
NO_MARGIN = timedelta(0)
DAY = timedelta(days=1)

Day = Callable[[date], Window | None]  # the hours of a local date; None = no text on that day
Span = tuple[datetime, datetime]  # from, and the first instant that is no longer in it


@dataclass(frozen=True, slots=True)
class Opening:
    """The next time a text may go, and the instant from which it may not any more."""

    at: datetime
    until: datetime


def next_allowed(
    now: datetime, zones: Collection[str], day: Day, margin: timedelta = NO_MARGIN
) -> Opening | None:
    """Return the first instant from `now` on when every zone's local time lies in its day's hours.

    `zones` are IANA names, at least one. Nothing is let pass in the last `margin` of a window.
    None when there is no such instant within 7 days. Instants are UTC.
    """
    if not zones:
        raise ValueError("at least one zone is needed")
    moment = now.astimezone(UTC)
    last = moment + GIVE_UP_AFTER
    while moment <= last:
        spans = [_first_span(moment, zone, day, margin) for zone in zones]
        begins = [max(begin, moment) for begin, _ in spans]
        if max(begins) == moment:
            return Opening(moment, min(end for _, end in spans))
        moment = max(begins)
    return None


def _first_span(moment: datetime, zone: str, day: Day, margin: timedelta) -> Span:
    """Return the zone's first open span of which more than `margin` is left."""
    today = _date_there(moment, zone)
    window = day(today)
    if window and window[1] != MIDNIGHT:  # what is open now and ends today needs no second look
        for begin, end in open_spans(zone, today, window):
            if begin <= moment < end - margin:
                return begin, end
    for begin, end in _spans(moment, zone, day):
        if end - margin > max(moment, begin):
            return begin, end
    return moment + 2 * GIVE_UP_AFTER, moment + 2 * GIVE_UP_AFTER


@lru_cache(maxsize=1_000)
def _date_there(moment: datetime, zone: str) -> date:
    return moment.astimezone(ZoneInfo(zone)).date()


def _spans(moment: datetime, zone: str, day: Day) -> Iterator[Span]:
    """Yield the zone's open spans around and after `moment`, in order, touching ones as one."""
    today = _date_there(moment, zone)
    # At most one day back: an hour that clocks repeat around midnight belongs to both dates.
    near = [span for offset in (-1, 0, 1) for span in _of_date(zone, today, offset, day)]
    pending: Span | None = None
    for offset in range(2, GIVE_UP_AFTER.days + 3):
        for span in sorted(near):
            if pending and pending[1] >= span[0]:
                pending = (pending[0], max(pending[1], span[1]))
            else:
                if pending:
                    yield pending
                pending = span
        near = _of_date(zone, today, offset, day)
    if pending:
        yield pending


def _of_date(zone: str, today: date, offset: int, day: Day) -> list[Span]:
    local = today + timedelta(days=offset)
    window = day(local)
    return list(open_spans(zone, local, window)) if window else []


@lru_cache(maxsize=20_000)
def open_spans(zone: str, day: date, window: Window) -> tuple[Span, ...]:
    """Return the instants when it is that local date and time there, as spans of UTC.

    One span on most days. Where clocks go forward or back it may begin late, be cut or come
    twice; on a date that the zone skipped there is none.
    """
    midnight = datetime(day.year, day.month, day.day)  # noqa: DTZ001 - a wall clock, of no zone
    opens, closes = (midnight + timedelta(minutes=minutes) for minutes in window)
    spans: list[Span] = []
    for begin, end, offset in _steady(zone, midnight.replace(tzinfo=UTC)):
        first = max(begin, (opens - offset).replace(tzinfo=UTC))
        last = min(end, (closes - offset).replace(tzinfo=UTC))
        if first < last:
            if spans and spans[-1][1] == first:
                first = spans.pop()[0]
            spans.append((first, last))
    return tuple(spans)


def _steady(zone: str, midnight: datetime) -> Iterator[tuple[datetime, datetime, timedelta]]:
    """Yield the stretches of steady UTC offset within a day and a half around the date."""
    place = ZoneInfo(zone)
    begin, stop = midnight - 1.5 * DAY, midnight + 2.5 * DAY
    while begin < stop:
        offset = _offset(begin, place)
        end = min(_change(begin, place), stop)
        yield begin, end, offset
        begin = end


def _offset(moment: datetime, place: ZoneInfo) -> timedelta:
    return moment.astimezone(place).utcoffset() or timedelta(0)


def _change(begin: datetime, place: ZoneInfo) -> datetime:
    """Return the first whole second at which the offset is another, within four days."""
    offset = _offset(begin, place)
    for hours in range(6, 4 * 24 + 1, 6):
        if _offset(begin + timedelta(hours=hours), place) != offset:
            return _bisect(begin + timedelta(hours=hours - 6), place, offset)
    return begin + 4 * DAY


def _bisect(begin: datetime, place: ZoneInfo, offset: timedelta) -> datetime:
    steady, changed = 0, 6 * 3600  # seconds after `begin`
    while changed - steady > 1:
        middle = (steady + changed) // 2
        if _offset(begin + timedelta(seconds=middle), place) == offset:
            steady = middle
        else:
            changed = middle
    return begin + timedelta(seconds=changed)


def local_instant(when: datetime, zones: Collection[str]) -> datetime:
    """Return when it is that wall-clock time, at the latest, in all of a person's zones (UTC).

    `when` has no zone: “10:00 on 3 December, the recipient's time”. A time that clocks skip is
    the instant they skip it; one that they show twice is its first.
    """
    if not zones:
        raise ValueError("at least one zone is needed")
    minutes = when.hour * 60 + when.minute
    return max(_instant(when.date(), minutes, zone) for zone in zones)


def _instant(day: date, minutes: int, zone: str) -> datetime:
    rest_of_day = (minutes, 24 * 60)
    for offset in range(3):  # a date that the zone skips has no instant: the next day's first has
        window = rest_of_day if offset == 0 else (0, 24 * 60)
        if spans := open_spans(zone, day + offset * DAY, window):
            return spans[0][0]
    raise AssertionError(f"no zone skips three days: {zone} {day}")
