"""The carriers' daily cap of a registered brand: what is above it waits for the next day.

T-Mobile counts per brand and day, and begins anew at midnight Pacific time (compliance.md 6.2).
"""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import connection

from compliance.models import Brand

PACIFIC = ZoneInfo("America/Los_Angeles")


class CapReached(Exception):  # noqa: N818 - it is an answer: not today
    """The brand has sent what it may today; `until` is when the next day begins."""

    def __init__(self, until: datetime) -> None:
        super().__init__(f"until {until:%Y-%m-%d %H:%M %Z}")
        self.until = until


def day_of(now: datetime) -> date:
    """Return the carriers' day."""
    return now.astimezone(PACIFIC).date()


def next_day(now: datetime) -> datetime:
    """Return when the carriers' next day begins."""
    return datetime.combine(day_of(now) + timedelta(days=1), time(), tzinfo=PACIFIC)


def take(brand: Brand, parts: int, now: datetime) -> None:
    """Count parts against the brand's day, or raise CapReached and count nothing.

    Call it in the transaction that marks the texts as being sent.
    """
    if brand.daily_parts is None or parts == 0:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO campaigns_brandday AS today (brand_id, day, parts)
            SELECT %(brand)s, %(day)s, %(parts)s WHERE %(parts)s <= %(most)s
            ON CONFLICT (brand_id, day) DO UPDATE SET parts = today.parts + excluded.parts
            WHERE today.parts + excluded.parts <= %(most)s
            """,
            {"brand": brand.pk, "day": day_of(now), "parts": parts, "most": brand.daily_parts},
        )
        if cursor.rowcount == 0:
            raise CapReached(next_day(now))
