"""What a text costs, by country and message parts; learned from what AWS's receipts say."""

import logging
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db.models import Sum

from campaigns.models import ELSEWHERE, Message, Price
from contacts.phones import country_of

logger = logging.getLogger(__name__)
LEARN_FROM = timedelta(days=2)
FEWEST_PARTS = 20  # of one country in that time: fewer prove no price
SMALLEST = Decimal("0.00001")
ESTIMATES = (("US", "0.00581", "0.00304"), (ELSEWHERE, "0.1", "0"))


@dataclass(frozen=True, slots=True)
class PriceList:
    """Prices per part in US dollars, by country."""

    usd: Mapping[str, Decimal]

    def per_part(self, country: str) -> Decimal:
        """Return AWS's price and the carriers' fee of one part to a country, in US dollars."""
        return self.usd.get(country) or self.usd.get(ELSEWHERE, Decimal(0))

    def of_text(self, phone: str, parts: int) -> Decimal:
        """Return what a text of so many parts to a number in E.164 will cost, in US dollars."""
        return parts * self.per_part(country_of(phone))

    def of_texts(self, texts: Iterable[tuple[str, int]]) -> Decimal:
        """Return what texts, as (number, parts), will cost together, in US dollars."""
        return sum((self.of_text(phone, parts) for phone, parts in texts), Decimal(0))


def seed() -> None:
    """Enter estimates where there is no price at all, until receipts tell.

    The price to the US is that of AWS's own example event, the rest a cautious guess.
    """
    if not Price.objects.exists():
        Price.objects.bulk_create(
            [
                Price(
                    country=country,
                    per_part_usd=Decimal(price),
                    carrier_fee_usd=Decimal(fee),
                    source=Price.Source.ESTIMATE,
                )
                for country, price, fee in ESTIMATES
            ],
            ignore_conflicts=True,
        )


def current() -> PriceList:
    """Read the price list. One query, a few dozen rows."""
    rows = Price.objects.values_list("country", "per_part_usd", "carrier_fee_usd")
    return PriceList({country: price + fee for country, price, fee in rows})


_lately: tuple[float, PriceList] | None = None
LATELY = 4.0  # seconds; a worker sends for as long by the list that it began with


def lately() -> PriceList:
    """Return the price list as it was a moment ago. One query every few seconds of a process."""
    global _lately
    if _lately is None or time.monotonic() - _lately[0] > LATELY:
        _lately = (time.monotonic(), current())
    return _lately[1]


def learn(now: datetime) -> int:
    """Take the prices that receipts of the last days show; return how many countries changed.

    What a person entered stays as it is.
    """
    seen = (
        Message.objects.filter(changed_at__gte=now - LEARN_FROM, price__gt=0, parts__gte=1)
        .exclude(country="")
        .values("country")
        .annotate(all_parts=Sum("parts"), price_sum=Sum("price"), fee_sum=Sum("carrier_fee"))
        .filter(all_parts__gte=FEWEST_PARTS)
    )
    changed = 0
    for row in seen:
        learned = {
            "per_part_usd": (row["price_sum"] / row["all_parts"]).quantize(SMALLEST),
            "carrier_fee_usd": ((row["fee_sum"] or 0) / Decimal(row["all_parts"])).quantize(
                SMALLEST
            ),
            "source": Price.Source.RECEIPTS,
        }
        price, created = Price.objects.get_or_create(country=row["country"], defaults=learned)
        known = {name: getattr(price, name) for name in learned}
        if created or (known != learned and price.source != Price.Source.ENTERED):
            Price.objects.filter(pk=price.pk).exclude(source=Price.Source.ENTERED).update(
                **learned, updated_at=now
            )
            changed += 1
    return changed
