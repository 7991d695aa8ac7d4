"""What a rule's dates and days mean: each stands for a span of time. Pure.

A day is the operator's (docs/decisions/0006). Attributes hold dates as texts, which are compared
as they are written: the day that a list gives is meant, wherever its reader is.
"""

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from django.utils import timezone
from django.utils.translation import gettext as _

DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
YEARS = range(1900, 2200)


def check_date(text: str) -> str:
    """Return a day or an instant as ISO 8601 writes it; raises ValueError in words."""
    try:
        instant = datetime.fromisoformat(text)
    except ValueError as error:
        raise ValueError(_("“{}” is not a date such as 2026-01-31.").format(text)) from error
    if instant.year not in YEARS:
        raise ValueError(_("“{}” is too far away to be meant.").format(text))
    if DAY.fullmatch(text):
        return text
    aware = instant if timezone.is_aware(instant) else timezone.make_aware(instant, _calendar())
    return aware.astimezone(UTC).replace(microsecond=0).isoformat().replace("+00:00", "Z")


def span(op: str, values: Sequence[str], now: datetime) -> tuple[datetime | None, datetime | None]:
    """Return from when (inclusive) until when (exclusive) the rule's moments lie; None = open."""
    match op:
        case "in_last":
            return now - timedelta(days=float(values[0])), None
        case "not_in_last":
            return None, now - timedelta(days=float(values[0]))
        case "before":
            return None, start(values[0])
        case "after":
            return _end(values[0]), None
        case "on":
            return start(values[0][:10]), _end(values[0][:10])
    return start(values[0]), _end(values[-1])


def written_span(op: str, values: Sequence[str]) -> tuple[str, str]:
    """Return the same for dates as texts, compared by their signs; "" = open."""
    first, last = values[0].removesuffix("Z"), values[-1].removesuffix("Z")
    match op:
        case "before":
            return "", first
        case "after":
            return _next(last), ""
        case "on":
            return first[:10], _next(first[:10])
    return first, _next(last)


def _calendar() -> tzinfo:
    """The installation's, whoever looks: a segment means the same to everybody."""
    return timezone.get_default_timezone()


def start(value: str) -> datetime:
    """Return when a day or an instant that `check_date` gave begins."""
    if DAY.fullmatch(value):
        return timezone.make_aware(
            datetime.combine(date.fromisoformat(value), time.min), _calendar()
        )
    return datetime.fromisoformat(value)


def _end(value: str) -> datetime:
    if DAY.fullmatch(value):
        return start(_next(value))
    return start(value) + timedelta(seconds=1)


def _next(value: str) -> str:
    """Return the day or the second after."""
    if DAY.fullmatch(value):
        return (date.fromisoformat(value) + timedelta(days=1)).isoformat()
    return (datetime.fromisoformat(value) + timedelta(seconds=1)).isoformat()
