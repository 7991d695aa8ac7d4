"""When a promotional text may go: inside the window in every zone the person may be in."""

from collections.abc import Collection
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

# Zones too far apart never share a window; after a week there will be none (compliance.md 3.2).
GIVE_UP_AFTER = timedelta(days=7)


def next_allowed(now: datetime, zones: Collection[str], start: time, end: time) -> datetime | None:
    """Return the first instant from `now` on when it is `start <= local time < end` everywhere.

    `zones` are IANA names, at least one. None when the zones share no window. Pure.
    """
    if not zones:
        raise ValueError("at least one zone is needed")
    moment = now.astimezone(UTC)
    places = [ZoneInfo(name) for name in zones]
    while moment - now <= GIVE_UP_AFTER:
        openings = [_opening(moment, place, start, end) for place in places]
        latest = max(openings)
        if latest == moment:
            return moment
        moment = latest
    return None


def _opening(moment: datetime, place: ZoneInfo, start: time, end: time) -> datetime:
    """Return `moment` if the window is open in this zone, else the instant it next opens."""
    local = moment.astimezone(place)
    if start <= local.time() < end:
        return moment
    day = local.date() if local.time() < start else local.date() + timedelta(days=1)
    # On the day clocks go forward a window that starts inside the gap opens after it: the
    # conversion to UTC lands there by itself.
    return datetime.combine(day, start, tzinfo=place).astimezone(UTC)
