"""The hours of a week as people write them: `Mon-Sat 09:00-21:00; Sun 12:00-21:00`. Pure."""

import re
from itertools import groupby

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
SUNDAY = 6
MIDNIGHT = 24 * 60  # the end of a day, in minutes

Window = tuple[int, int]  # minutes since midnight: start <= local time < end
Week = tuple[Window | None, ...]  # Monday first; None = no text on that day

PART = re.compile(r"(\w{3})(?:-(\w{3}))? (\d\d):(\d\d)-(\d\d):(\d\d)")


class BadHours(ValueError):  # noqa: N818 - it is what the person reads who wrote them
    """Why a text does not give the hours of a week, in words."""


def parse(text: str) -> Week:
    """Read the hours of a week; a day that is not named is closed. Raises BadHours."""
    week: list[Window | None] = [None] * 7
    for part in text.split(";"):
        for day, window in _part(part.strip()):
            if week[day]:
                raise BadHours(f"{DAYS[day]} is given twice.")
            week[day] = window
    return tuple(week)


def _part(part: str) -> list[tuple[int, Window]]:
    match = PART.fullmatch(part)
    if not match:
        raise BadHours(f"“{part}” is not like “Mon-Sat 09:00-21:00”.")
    first, last, *clock = match.groups()
    for day in (first, last or first):
        if day not in DAYS:
            raise BadHours(f"“{day}” is not one of {', '.join(DAYS)}.")
    begin, end = DAYS.index(first), DAYS.index(last or first)
    if end < begin:
        raise BadHours(f"“{part}” ends before it begins: write the two ends of the week apart.")
    window = (_minutes(*clock[:2]), _minutes(*clock[2:]))
    if window[0] >= window[1]:
        raise BadHours(f"“{part}” closes before it opens.")
    return [(day, window) for day in range(begin, end + 1)]


def _minutes(hour: str, minute: str) -> int:
    minutes = int(hour) * 60 + int(minute)
    if int(minute) > 59 or minutes > MIDNIGHT:
        raise BadHours(f"{hour}:{minute} is not a time of the day.")
    return minutes


def text(week: Week) -> str:
    """Write the hours of a week in the form that `parse` reads, as short as it can be."""
    parts = []
    for window, run in groupby(enumerate(week), key=lambda pair: pair[1]):
        days = [day for day, _ in run]
        if window:
            names = DAYS[days[0]] if len(days) == 1 else f"{DAYS[days[0]]}-{DAYS[days[-1]]}"
            parts.append(f"{names} {clock(window[0])}-{clock(window[1])}")
    return "; ".join(parts)


def clock(minutes: int) -> str:
    """Write minutes since midnight as a time of the day."""
    return f"{minutes // 60:02}:{minutes % 60:02}"
