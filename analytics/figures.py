"""Figures as people read them."""

from dataclasses import dataclass
from decimal import Decimal

from django.contrib.humanize.templatetags.humanize import intcomma

NONE = "–"


@dataclass(frozen=True, slots=True)
class Card:
    """One figure with its name above and what it is made of below."""

    name: str
    title: str
    value: str
    below: str


def number(value: int) -> str:
    """Return `12,345`."""
    return str(intcomma(value))


def percent(rate: float | None) -> str:
    """Return a rate from 0 to 1 as `98.7 %`; a dash where there is none."""
    return NONE if rate is None else f"{100 * rate:.1f} %"


def dollars(amount: Decimal) -> str:
    """Return an amount of US dollars as `$12.34`, small ones with the tenth of a cent."""
    if amount < 0:
        return f"−{dollars(-amount)}"
    return f"${amount:,.3f}" if 0 < amount < 1 else f"${amount:,.2f}"
