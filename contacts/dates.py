"""Dates as people write them in lists. Pure."""

import re
from datetime import UTC, date, datetime, time, tzinfo

# 2026-03-05, 2026-03-05T10:00, 2026-03-05 10:00:00.000Z, 2026-03-05T10:00:00+01:00
ISO = re.compile(
    r"\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?(?:Z|[+-]\d{2}:?\d{2})?)?"
)
# 3/5/2026, 3/5/2026 10:00, 05.03.2026 10:00:00, 3/5/2026 2:30 PM
SLASHED = re.compile(
    r"(\d{1,2})([/.])(\d{1,2})\2(\d{4})"
    r"(?:[ ,]+(\d{1,2}):(\d{2})(?::(\d{2}))?(?: ?([AaPp])\.?[Mm]\.?)?)?"
)
# Where 3/5/2026 is the fifth of March; elsewhere it is the third of May.
MONTH_FIRST = frozenset({"US", "PR", "GU", "VI", "AS", "MP", "FM", "MH", "PW", "PH"})
NAMED = ("%b %d, %Y", "%B %d, %Y", "%d %b %Y", "%d %B %Y", "%d-%b-%Y")


Found = date | datetime


class BadDate(ValueError):  # noqa: N818 - it is what the operator reads: a bad date
    """Why a text is not a date, in words."""


def parse_date(text: str, country: str) -> Found:
    """Read a day, or a moment (aware only if the text names its zone); raises BadDate.

    Of 3/5/2026 the country decides which is the month: nothing is guessed from one line to the
    next.
    """
    try:
        if ISO.fullmatch(text):
            return date.fromisoformat(text) if len(text) == 10 else datetime.fromisoformat(text)
        if found := SLASHED.fullmatch(text):
            return _slashed(found, country)
    except ValueError as error:
        raise BadDate(f"“{text[:40]}” is not a date that there is; write 2026-03-31.") from error
    for form in NAMED:
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
    raise BadDate(f"“{text[:40]}” is not a date; write 2026-03-31.")


def _slashed(found: re.Match[str], country: str) -> Found:
    first, mark, second, year, hour, minute, seconds, half = found.groups()
    month_first = mark == "/" and country in MONTH_FIRST
    month, day = (first, second) if month_first else (second, first)
    there = date(int(year), int(month), int(day))
    if hour is None:
        return there
    hours = int(hour)
    if half:
        if not 1 <= hours <= 12:
            raise ValueError("no such hour")
        hours = hours % 12 + (12 if half in "Pp" else 0)
    return datetime.combine(there, time(hours, int(minute), int(seconds or 0)))


def moment(found: Found, zone: tzinfo) -> datetime:
    """Return the moment in UTC. Without a zone it is in `zone`; a day begins at midnight."""
    if not isinstance(found, datetime):
        found = datetime.combine(found, time())
    return (found if found.tzinfo else found.replace(tzinfo=zone)).astimezone(UTC)


def as_text(found: Found) -> str:
    """Return what is stored of a date in an attribute: ISO 8601, which sorts as time does."""
    if isinstance(found, datetime) and found.tzinfo:
        found = found.astimezone(UTC)
    return found.isoformat()
