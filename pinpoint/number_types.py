"""What each type of number is good for: lead time, throughput, price (aws-sms.md 8.1 and 9).

AWS tells a number's price only once it is bought; these are list prices in the US to decide by.
"""

from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class NumberType:
    """One type that can be asked for."""

    name: str
    title: str
    means: object  # translated
    lead_time: object  # translated
    throughput: object  # translated
    monthly_usd: Decimal
    countries: frozenset[str]  # empty: many
    parts_per_second: int  # while AWS does not tell


US = frozenset({"US"})
TYPES = {
    one.name: one
    for one in (
        NumberType(
            "TEN_DLC",
            "10DLC",
            _("A local US number for campaigns. It sends nothing before your brand and campaign "
              "are registered."),
            _("Up to 10 days, and the registrations before it: up to 6 weeks."),
            _("By the approved campaign, shared by all its numbers: 1 to 75 parts a second."),
            Decimal("1.00"), US, 1,
        ),
        NumberType(
            "TOLL_FREE",
            "toll-free",
            _("A US number that is free to call. It sends nothing before it is verified, and then "
              "for one use case. Carriers answer STOP themselves."),
            _("Up to 15 business days for the verification."),
            _("3 parts a second."),
            Decimal("2.00"), US, 3,
        ),
        NumberType(
            "LONG_CODE",
            "long code",
            _("A local number outside the US. Some countries want papers first."),
            _("Minutes to weeks, by country."),
            _("10 parts a second; in Canada 1."),
            Decimal("1.00"), frozenset(), 10,
        ),
        NumberType(
            "SIMULATOR",
            "simulator",
            _("To try things: it reaches only AWS's own test numbers, and costs like any other."),
            _("At once."),
            _("10 parts a second."),
            Decimal("1.00"), US, 10,
        ),
    )
}  # fmt: skip
SHORT_CODE = _(
    "Short codes (100 parts a second, from about $995 a month, 8 to 12 weeks) are asked for in a "
    "support case; AWS has no call for them."
)
PARTS_PER_SECOND = {"SHORT_CODE": 100, "SENDER_ID": 10}


def parts_per_second(kind: str, country: str) -> int:
    """Return AWS's general limit for a type of number, where it tells none of the number."""
    if kind == "LONG_CODE" and country == "CA":
        return 1
    found = TYPES.get(kind)
    return found.parts_per_second if found else PARTS_PER_SECOND.get(kind, 1)
