"""Hourly facts → totals and rates."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet, Sum
from django.utils import timezone

from analytics.models import HourlyFact

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Totals:
    """What some facts add up to. Money in US dollars."""

    attempted: int = 0  # handed to AWS
    sent: int = 0  # of those: taken by AWS
    pending: int = 0
    delivered: int = 0
    failed: int = 0
    blocked: int = 0
    expired: int = 0
    cancelled: int = 0
    unknown: int = 0
    parts: int = 0
    delivered_parts: int = 0
    replies: int = 0
    opt_outs: int = 0
    price: Decimal = Decimal(0)
    carrier_fee: Decimal = Decimal(0)
    awaited: Decimal = Decimal(0)

    @property
    def spend(self) -> Decimal:
        """AWS's price and the carriers' fees that receipts told, in US dollars."""
        return self.price + self.carrier_fee

    @property
    def expected_spend(self) -> Decimal:
        """What was spent and, for texts whose price is not told yet, what they should cost."""
        return self.spend + self.awaited

    @property
    def delivery_rate(self) -> float | None:
        """Delivered ÷ taken by AWS, from 0 to 1; None when nothing was."""
        return self.delivered / self.sent if self.sent else None

    @property
    def opt_out_rate(self) -> float | None:
        """Opt-outs ÷ delivered, from 0 to 1; None when nothing was delivered."""
        return self.opt_outs / self.delivered if self.delivered else None


SUMS = {field.name: Sum(field.name) for field in fields(Totals)}


def facts(
    start: datetime | None = None, end: datetime | None = None, campaign_id: int | None = None
) -> QuerySet[HourlyFact]:
    """Return the facts of the hours from `start` (included) to `end` (not included)."""
    found = HourlyFact.objects.all()
    if start is not None:
        found = found.filter(hour__gte=start)
    if end is not None:
        found = found.filter(hour__lt=end)
    return found if campaign_id is None else found.filter(campaign=campaign_id)


def totals(found: QuerySet[HourlyFact]) -> Totals:
    """Add facts up."""
    return totals_of(found.aggregate(**SUMS))


def midnight(day: date) -> datetime:
    """Return when a day begins, of the calendar of who looks."""
    return datetime.combine(day, time(), timezone.get_current_timezone())


def hour_of(moment: datetime) -> datetime:
    """Return the hour that a moment lies in: figures are kept by the hour."""
    return moment.replace(minute=0, second=0, microsecond=0)


def totals_of(row: Mapping[str, Any]) -> Totals:
    """Return what a row of sums says; what was never counted is nothing."""
    return Totals(**{name: row[name] for name in SUMS if row[name] is not None})
