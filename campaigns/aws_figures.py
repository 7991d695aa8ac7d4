"""What AWS itself counts of the texts, kept by the hour, to put beside our own figures."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal

from django.conf import settings
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from campaigns import spend, syncing
from campaigns.models import AwsFigure
from pinpoint import metrics
from pinpoint.clients import account_client

SOURCE = "metrics"
EVERY = timedelta(minutes=15)
HOUR = 3600  # seconds
# AWS counts a receipt in the hour in which it came, and lets some hours pass before all are there.
LATE = timedelta(days=1)
FIRST_LOOK = timedelta(days=31)  # how far back the first reading goes
AT_ONCE = 1000  # rows of one statement


@dataclass(frozen=True, slots=True)
class MonthToDate:
    """What AWS says a month has cost so far, in US dollars, and when it was asked."""

    usd: Decimal
    read_at: datetime


def register() -> None:
    """Have them read."""
    label = _("What AWS counts (CloudWatch)")
    syncing.register(syncing.Source(SOURCE, label, EVERY, read))


def read(now: datetime) -> None:
    """Keep what CloudWatch says of the hours since the last reading, and of a day before."""
    since = _hour(_last(now) - LATE)
    client = account_client("cloudwatch", region=settings.AWS_REGION)
    found = metrics.read(client, since, now, HOUR)
    keep(
        AwsFigure(
            metric=one.metric,
            begins_at=one.begins_at,
            seconds=HOUR,
            value=one.value,
            read_at=now,
        )
        for one in found
    )


def _last(now: datetime) -> datetime:
    """Return the last hour that was read, but not one of which the first look would not ask."""
    oldest = now - FIRST_LOOK
    last = AwsFigure.objects.filter(metric__in=metrics.STATISTICS, of="", seconds=HOUR).aggregate(
        moment=Max("begins_at")
    )["moment"]
    return max(last, oldest) if last else oldest


def _hour(moment: datetime) -> datetime:
    return moment.replace(minute=0, second=0, microsecond=0)


def keep(figures: Iterable[AwsFigure]) -> None:
    """Keep figures; what was read of the same span before gives way."""
    AwsFigure.objects.bulk_create(
        figures,
        batch_size=AT_ONCE,
        update_conflicts=True,
        unique_fields=["metric", "of", "seconds", "begins_at"],
        update_fields=["value", "read_at"],
    )


def month_to_date(now: datetime) -> MonthToDate | None:
    """Return what AWS says this month (UTC) has cost; None: it has not said. One query."""
    last = (
        AwsFigure.objects.filter(
            metric=metrics.SPEND, of="", seconds=HOUR, begins_at__gte=_month(now)
        )
        .order_by("-begins_at")
        .first()
    )
    return MonthToDate(last.value, last.read_at) if last else None


def by_hour(metric: str, start: datetime, end: datetime) -> dict[datetime, Decimal]:
    """Return a figure of the account by the hours of a span that AWS told, in order. One query."""
    found = AwsFigure.objects.filter(
        metric=metric, of="", seconds=HOUR, begins_at__gte=start, begins_at__lt=end
    )
    return dict(found.order_by("begins_at").values_list("begins_at", "value"))


def spent_by_hour(start: datetime, end: datetime) -> dict[datetime, Decimal]:
    """Return what AWS says was spent in the hours of a span, in US dollars. One query.

    AWS tells what the month has cost; what was spent in hours of which it told nothing is in the
    next that it told. The first hour that was ever read says nothing, unless it begins a month.
    """
    standing = by_hour(metrics.SPEND, _month(start), end)
    found: dict[datetime, Decimal] = {}
    before: tuple[datetime, Decimal] | None = None
    for hour, usd in standing.items():
        if hour >= start and (so_far := _so_far(before, hour)) is not None:
            found[hour] = usd - so_far
        before = hour, usd
    return found


def _so_far(before: tuple[datetime, Decimal] | None, hour: datetime) -> Decimal | None:
    """Return what the month had cost when an hour began; None: nobody knows."""
    month = _month(hour)
    if before and before[0] >= month:
        return before[1]
    return Decimal(0) if before or hour == month else None


def _month(moment: datetime) -> datetime:
    """Return when the month (UTC) of a moment began."""
    return datetime.combine(spend.month_of(moment.astimezone(UTC)), time(), UTC)
