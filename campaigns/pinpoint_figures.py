"""What an Amazon Pinpoint application says of its texts, kept by the day, beside our own figures.

AWS turned Pinpoint's figures off on 30 October 2026. They are read where an endpoint is named that
still answers for them (AWS_ENDPOINT_URL_PINPOINT) and texts go through an application.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from campaigns import aws_figures, syncing
from campaigns.models import AwsFigure
from pinpoint import kpis
from pinpoint.clients import account_client

SOURCE = "pinpoint_kpis"
EVERY = timedelta(hours=2)  # as often as Pinpoint counted
DAY = 86_400  # seconds
# Late receipts change past days, and no more can be asked for at once.
LOOK_BACK = timedelta(days=30)


def register() -> None:
    """Have them read."""
    label = _("Figures of Amazon Pinpoint")
    syncing.register(syncing.Source(SOURCE, label, EVERY, read, wanted))


def wanted() -> bool:
    """Tell whether there is an application, and anything that could answer for it."""
    return bool(settings.PINPOINT_APPLICATION_ID and settings.PINPOINT_ENDPOINT)


def read(now: datetime) -> None:
    """Keep what the application and its campaigns say of the last 31 days."""
    client = account_client("pinpoint", region=settings.AWS_REGION)
    application = settings.PINPOINT_APPLICATION_ID
    since = datetime.combine((now - LOOK_BACK).astimezone(UTC).date(), time(), UTC)
    _keep(application, kpis.of_application(client, application, since, now), now)
    for campaign in kpis.campaigns(client, application):
        days = kpis.of_campaign(client, application, campaign, since, now)
        _keep(f"{application}/{campaign}", days, now)


def _keep(of: str, days: Iterable[kpis.OfDay], now: datetime) -> None:
    aws_figures.keep(
        AwsFigure(
            metric=one.kpi,
            of=of,
            begins_at=one.begins_at,
            seconds=DAY,
            value=one.value,
            read_at=now,
        )
        for one in days
    )


def by_day(kpi: str, start: datetime, end: datetime) -> dict[datetime, Decimal]:
    """Return a figure of the application by days (UTC) that it told, in order. One query."""
    found = AwsFigure.objects.filter(
        metric=kpi,
        of=settings.PINPOINT_APPLICATION_ID,
        seconds=DAY,
        begins_at__gte=start,
        begins_at__lt=end,
    )
    return dict(found.order_by("begins_at").values_list("begins_at", "value"))


def people_by_campaign(start: datetime, end: datetime) -> dict[str, Decimal]:
    """Return whom each campaign of the application reached, by its id, day by day in all."""
    found = AwsFigure.objects.filter(
        metric=kpis.PEOPLE,
        of__startswith=f"{settings.PINPOINT_APPLICATION_ID}/",
        seconds=DAY,
        begins_at__gte=start,
        begins_at__lt=end,
    )
    sums: dict[str, Decimal] = {}
    for of, value in found.order_by("of").values_list("of", "value"):
        campaign = of.partition("/")[2]
        sums[campaign] = sums.get(campaign, Decimal(0)) + value
    return sums
