"""The figures that Amazon Pinpoint had, by its names and meanings (aws-sms.md 4).

An application is a program here, an activity of a campaign a run, a day one of UTC. Two names that
the article uses and Pinpoint did not have answer too: `sms-success-rate`, and `sms-spend` of an
application. Direct texts are what Pinpoint called transactional ones (`txn-`).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Sum
from django.db.models.functions import Coalesce, TruncDate

from analytics import kpis
from analytics.kpis import DAY, SUMS, Totals
from analytics.models import HourlyReason
from campaigns.models import Message

LONGEST = timedelta(days=31)  # of a range
KEPT = timedelta(days=90)  # a range that begins earlier is refused
MILLICENTS = 100_000  # in a US dollar


class NotAnswered(ValueError):  # noqa: N818 - it is what the caller reads
    """Why a figure is not given, in words."""


@dataclass(frozen=True, slots=True)
class Grouping:
    """What the rows of a figure are told apart by."""

    key: str  # Pinpoint's
    of: Any  # a field of the facts, or an expression


DATE = Grouping("Date", TruncDate("hour", tzinfo=UTC))
COUNTRY = Grouping("CountryCode", F("country"))
CAMPAIGN = Grouping("CampaignId", F("campaign"))
RUN = Grouping("CampaignActivityId", F("run"))


@dataclass(frozen=True, slots=True)
class Kpi:
    """One figure: its value's key, how it comes of what was counted, and of which texts."""

    key: str
    value: Callable[[Totals], float | None]
    by: Grouping | None = None
    direct: bool | None = None  # direct texts alone, campaigns' alone, or (None) both
    # Of what it may be asked.
    application: bool = False
    campaign: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A value, and of which day, country, campaign, run or reason, if it is one of several."""

    value: float
    group: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose figures, from when to when; both moments are included (aware datetimes)."""

    start: datetime
    end: datetime
    program_id: int | None = None  # None: of all programs together
    campaign_id: int | None = None

    @classmethod
    def within_limits(
        cls,
        start: datetime | None,
        end: datetime | None,
        now: datetime,
        *,
        kept: timedelta | None = KEPT,
        **whose: int | None,
    ) -> "Asked":
        """Return a range that Pinpoint would have taken; without ends, the last 31 days.

        Pinpoint forgot after 90 days; `kept` is None for who may ask for anything older.
        """
        end = end or now
        start = start or end - LONGEST
        if start > end:
            raise NotAnswered("The range begins after its end.")
        if end.date() - start.date() > LONGEST:
            raise NotAnswered("The range is longer than 31 days.")
        if kept is not None and start <= now - kept:
            raise NotAnswered("The range begins 90 days ago or earlier.")
        return cls(start, end, **whose)


def _successful(totals: Totals) -> float:
    """What AWS took, less what failed afterwards; pending texts count until they fail."""
    refused_at_the_call = totals.attempted - totals.sent
    return float(totals.sent - (totals.failed - refused_at_the_call))


def _per(amount: Decimal, count: int) -> float | None:
    return float(amount * MILLICENTS / count) if count else None


SENT = Kpi("Sent", lambda t: float(t.sent), direct=True, application=True)
PARTS = Kpi("SentByParts", lambda t: float(t.parts), direct=True, application=True)
DELIVERED = Kpi("Delivered", lambda t: float(t.delivered), direct=True, application=True)
PARTS_DELIVERED = Kpi(
    "DeliveredByParts", lambda t: float(t.delivered_parts), direct=True, application=True
)
RATE = Kpi("DeliveryRate", lambda t: t.delivery_rate, direct=True, application=True)
CAMPAIGN_RATE = Kpi(
    "SuccessfulDeliveryRate",
    lambda t: t.delivery_rate,
    direct=False,
    application=True,
    campaign=True,
)
SPEND = Kpi(
    "Spend", lambda t: float(t.spend * MILLICENTS) if t.sent else None, application=True,
    campaign=True,
)  # fmt: skip


def _by(kpi: Kpi, by: Grouping, **changes: Any) -> Kpi:
    given = {name: getattr(kpi, name) for name in Kpi.__dataclass_fields__}
    return Kpi(**{**given, "by": by, **changes})


KPIS: dict[str, Kpi] = {
    "successful-delivery-rate": CAMPAIGN_RATE,
    "successful-delivery-rate-grouped-by-date": _by(CAMPAIGN_RATE, DATE),
    "successful-delivery-rate-grouped-by-campaign-activity": _by(
        CAMPAIGN_RATE, RUN, application=False
    ),
    "successful-deliveries-grouped-by-campaign": Kpi(
        "SuccessfulDeliveries", _successful, CAMPAIGN, direct=False, application=True
    ),
    "successful-deliveries-grouped-by-campaign-activity": Kpi(
        "SuccessfulDeliveries", _successful, RUN, direct=False, campaign=True
    ),
    "attempted-deliveries-grouped-by-campaign-activity": Kpi(
        "AttemptedDeliveries", lambda t: float(t.attempted), RUN, direct=False, campaign=True
    ),
    "txn-sms-sent": SENT,
    "txn-sms-sent-grouped-by-country": _by(SENT, COUNTRY),
    "txn-sms-sent-grouped-by-date": _by(SENT, DATE),
    "txn-sms-sent-by-parts": PARTS,
    "txn-sms-sent-by-parts-grouped-by-country": _by(PARTS, COUNTRY),
    "txn-sms-delivered": DELIVERED,
    "txn-sms-delivered-grouped-by-country": _by(DELIVERED, COUNTRY),
    "txn-sms-delivered-grouped-by-date": _by(DELIVERED, DATE),
    "txn-sms-delivered-by-parts": PARTS_DELIVERED,
    "txn-sms-delivered-by-parts-grouped-by-country": _by(PARTS_DELIVERED, COUNTRY),
    "txn-sms-delivery-rate": RATE,
    "txn-sms-delivery-rate-grouped-by-date": _by(RATE, DATE),
    "txn-sms-total-price-grouped-by-country": Kpi(
        "TotalPrice", lambda t: float(t.price * MILLICENTS), COUNTRY, direct=True, application=True
    ),
    "txn-sms-average-price-grouped-by-country": Kpi(
        "AveragePrice", lambda t: _per(t.price, t.sent), COUNTRY, direct=True, application=True
    ),
    "txn-sms-average-price-by-parts-grouped-by-country": Kpi(
        "AveragePrice", lambda t: _per(t.price, t.parts), COUNTRY, direct=True, application=True
    ),
    "sms-spend": SPEND,
    # The article's own.
    "sms-success-rate": Kpi(
        "SuccessRate", lambda t: t.delivery_rate, application=True, campaign=True
    ),
}
UNIQUE: dict[str, Kpi] = {  # counted on the texts themselves: a person may have had several
    "unique-deliveries": Kpi(
        "UniqueDeliveries", _successful, None, direct=False, application=True, campaign=True
    ),
    "unique-deliveries-grouped-by-date": Kpi(
        "UniqueDeliveries",
        _successful,
        Grouping("Date", TruncDate("at", tzinfo=UTC)),
        direct=False,
        application=True,
        campaign=True,
    ),
    "unique-deliveries-grouped-by-campaign": Kpi(
        "UniqueDeliveries", _successful, CAMPAIGN, direct=False, application=True
    ),
    "unique-deliveries-grouped-by-campaign-activity": Kpi(
        "UniqueDeliveries", _successful, RUN, direct=False, campaign=True
    ),
}
ERRORS = Kpi(
    "Count", _successful, Grouping("ErrorCode", F("reason")), direct=True, application=True
)
EVERY: dict[str, Kpi] = {**KPIS, **UNIQUE, "txn-sms-error-distribution": ERRORS}


def rows(name: str, asked: Asked) -> list[Row]:
    """Return the rows of a figure, none where there is nothing to tell. One query.

    Raises NotAnswered for a name that there is not, or not for a campaign or an application.
    Figures follow the messages within seconds; a late receipt changes past days.
    """
    kpi = EVERY.get(name)
    if kpi is None:
        raise NotAnswered(f"There is no figure named {name}.")
    if not (kpi.campaign if asked.campaign_id is not None else kpi.application):
        other = "an application" if asked.campaign_id is not None else "a campaign"
        raise NotAnswered(f"{name} is a figure of {other} only.")
    if name in UNIQUE:
        return _people(kpi, asked)
    if kpi is ERRORS:
        return _errors(asked)
    return _of_facts(kpi, asked)


def _of_facts(kpi: Kpi, asked: Asked) -> list[Row]:
    found = _whose(
        kpi, asked, kpis.facts(kpis.hour_of(asked.start), asked.end + timedelta(seconds=1))
    )
    if kpi.by is None:
        return _rows([("", kpis.totals(found))], kpi)
    counted = found.values(group=kpi.by.of).annotate(**SUMS).order_by("group")
    return _rows([(_text(row["group"]), kpis.totals_of(row)) for row in counted], kpi)


def _rows(counted: Sequence[tuple[str, Totals]], kpi: Kpi) -> list[Row]:
    found = [(group, kpi.value(totals)) for group, totals in counted if totals.attempted]
    return [Row(value, group) for group, value in found if value is not None]


def _people(kpi: Kpi, asked: Asked) -> list[Row]:
    delivered = (
        Message.objects.annotate(at=Coalesce("sent_at", "final_at"))
        .filter(at__gte=asked.start, at__lte=asked.end, state=Message.State.DELIVERED)
        .filter(campaign__isnull=False)
    )
    if asked.campaign_id is not None:
        delivered = delivered.filter(campaign=asked.campaign_id)
    if asked.program_id is not None:
        # As the facts have it: what the run froze, else what its campaign says.
        frozen = Q(run__program=asked.program_id)
        delivered = delivered.filter(
            frozen | Q(run__program=None, campaign__program=asked.program_id)
        )
    if kpi.by is None:
        count = delivered.aggregate(people=Count("phone", distinct=True))["people"]
        return [Row(float(count))] if count else []
    counted = (
        delivered.values(group=kpi.by.of)
        .annotate(people=Count("phone", distinct=True))
        .order_by("group")
    )
    return [Row(float(row["people"]), _text(row["group"])) for row in counted]


def _errors(asked: Asked) -> list[Row]:
    found = HourlyReason.objects.filter(
        hour__gte=kpis.hour_of(asked.start), hour__lte=asked.end, state=Message.State.FAILED
    )
    counted = (
        _whose(ERRORS, asked, found)
        .values(group=F("reason"))
        .annotate(texts=Sum("texts"))
        .order_by("-texts", "group")
    )
    return [Row(float(row["texts"]), row["group"]) for row in counted]


def _whose(kpi: Kpi, asked: Asked, found: QuerySet[Any]) -> QuerySet[Any]:
    if kpi.direct is not None:
        found = found.filter(campaign__isnull=kpi.direct)
    if asked.campaign_id is not None:
        found = found.filter(campaign=asked.campaign_id)
    if asked.program_id is not None:
        found = found.filter(program=asked.program_id)
    return found


def _text(group: Any) -> str:
    return str(group or "")


def whole_days(first: datetime, last: datetime) -> tuple[datetime, datetime]:
    """Return the first and the last moment of some days of UTC."""
    begin = datetime.combine(first.date(), time(), UTC)
    return begin, datetime.combine(last.date(), time(), UTC) + DAY - timedelta(seconds=1)
