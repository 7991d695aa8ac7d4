"""What AWS tells about texts, whichever of its services tells it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any


class BadEvent(ValueError):  # noqa: N818 - it is what the operator reads: a bad event
    """A payload that is none of the known shapes; the message says what is wrong."""


class UnknownEvent(BadEvent):
    """A payload of a type that is none of ours, such as one about voice: kept, not acted on."""


@dataclass(frozen=True, slots=True)
class DeliveryEvent:
    """One step in the life of a text we sent (`TEXT_*`, aws-sms.md 5.2)."""

    event_type: str
    status: str
    description: str
    is_final: bool
    occurred_at: datetime
    message_id: str
    destination: str
    context: Mapping[str, str] = field(default_factory=dict)
    country: str = ""
    carrier: str = ""
    encoding: str = ""
    parts: int | None = None
    price: Decimal | None = None  # US dollars
    carrier_fee: Decimal | None = None  # US dollars


@dataclass(frozen=True, slots=True)
class InboundText:
    """A text that a person sent to one of our numbers (aws-sms.md 6.1)."""

    inbound_id: str
    sender: str
    recipient: str
    body: str
    keyword: str
    answers_message_id: str


@dataclass(frozen=True, slots=True)
class OptOutEvent:
    """Pinpoint saw an opt-out word (`_SMS.OPTOUT`). Which number is the person's is not said."""

    occurred_at: datetime
    destination: str
    origination: str
    message_id: str


def storable(text: str) -> str:
    """Replace what no database text holds: NUL and lone surrogates."""
    return text.replace("\x00", "\ufffd").encode("utf-8", "replace").decode()


def e164(number: str) -> str:
    """Put the plus sign back where AWS left it out; short codes and sender IDs stay."""
    return f"+{number}" if number.isdigit() and len(number) > 6 else number


def instant(payload: Mapping[str, Any], key: str) -> datetime:
    """Read a number of milliseconds since 1970; raises BadEvent."""
    value = payload.get(key)
    if not isinstance(value, int) or isinstance(value, bool):
        raise BadEvent(f"{key} is not a number of milliseconds")
    try:
        return datetime.fromtimestamp(value / 1000, tz=UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise BadEvent(f"{key} is not an instant") from error


def text(payload: Mapping[str, Any], key: str) -> str:
    """Read a text that must be there; raises BadEvent."""
    value = payload.get(key)
    if not isinstance(value, str) or not value:
        raise BadEvent(f"{key} is missing")
    return value


def amount(value: Any, key: str, *, divisor: int = 1) -> Decimal | None:
    """Read an amount of money as US dollars; None where there is none; raises BadEvent."""
    if value is None:
        return None
    try:
        dollars = Decimal(str(value)) / divisor
    except InvalidOperation as error:
        raise BadEvent(f"{key} is not an amount") from error
    if not dollars.is_finite() or not 0 <= dollars < 10_000:
        raise BadEvent(f"{key} is not a plausible amount")
    return dollars
