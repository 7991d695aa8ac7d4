"""What AWS tells about texts: one parser for delivery events and inbound texts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any


class BadEvent(ValueError):  # noqa: N818 - it is what the operator reads: a bad event
    """A payload that is none of the known shapes; the message says what is wrong."""


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


def parse(payload: Any) -> DeliveryEvent | InboundText:
    """Turn one decoded event into its shape; raises BadEvent with the reason."""
    if not isinstance(payload, dict):
        raise BadEvent(f"the event is a {type(payload).__name__}, not an object")
    if "inboundMessageId" in payload:
        return _inbound(payload)
    if str(payload.get("eventType", "")).startswith("TEXT_"):
        return _delivery(payload)
    raise BadEvent(f"unknown event type {payload.get('eventType')!r}"[:200])


def _inbound(payload: dict[str, Any]) -> InboundText:
    return InboundText(
        inbound_id=_text(payload, "inboundMessageId"),
        sender=e164(_text(payload, "originationNumber")),
        recipient=e164(_text(payload, "destinationNumber")),
        body=storable(str(payload.get("messageBody") or "")),
        keyword=str(payload.get("messageKeyword") or ""),
        answers_message_id=str(payload.get("previousPublishedMessageId") or ""),
    )


def _delivery(payload: dict[str, Any]) -> DeliveryEvent:
    context = payload.get("context") or {}
    if not isinstance(context, dict):
        raise BadEvent("context is not an object")
    is_final = payload.get("isFinal", False)
    if not isinstance(is_final, bool):
        raise BadEvent("isFinal is not true or false")
    parts = payload.get("totalMessageParts")
    if parts is not None and (not isinstance(parts, int) or parts < 0):
        raise BadEvent("totalMessageParts is not a count")
    return DeliveryEvent(
        event_type=_text(payload, "eventType"),
        status=_text(payload, "messageStatus"),
        description=str(payload.get("messageStatusDescription") or ""),
        is_final=is_final,
        occurred_at=_instant(payload),
        message_id=_text(payload, "messageId"),
        destination=e164(_text(payload, "destinationPhoneNumber")),
        context={str(key): str(value) for key, value in context.items()},
        country=str(payload.get("isoCountryCode") or "")[:2],
        carrier=str(payload.get("carrierName") or ""),
        encoding=str(payload.get("messageEncoding") or ""),
        parts=parts,
        price=_money(payload, "totalMessagePrice"),
        carrier_fee=_money(payload, "totalCarrierFee"),
    )


def storable(text: str) -> str:
    """Replace what no database text holds: NUL and lone surrogates."""
    return text.replace("\x00", "\ufffd").encode("utf-8", "replace").decode()


def e164(number: str) -> str:
    """Put the plus sign back where AWS left it out; short codes and sender IDs stay."""
    return f"+{number}" if number.isdigit() and len(number) > 6 else number


def _text(payload: dict[str, Any], key: str) -> str:
    value = payload.get(key)
    if not isinstance(value, str) or not value:
        raise BadEvent(f"{key} is missing")
    return value


def _instant(payload: dict[str, Any]) -> datetime:
    value = payload.get("eventTimestamp")
    if not isinstance(value, int) or isinstance(value, bool):
        raise BadEvent("eventTimestamp is not a number of milliseconds")
    try:
        return datetime.fromtimestamp(value / 1000, tz=UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise BadEvent("eventTimestamp is not an instant") from error


def _money(payload: dict[str, Any], key: str) -> Decimal | None:
    """Read an amount as dollars: AWS's own examples only make sense so (aws-sms.md 5.2)."""
    value = payload.get(key)
    if value is None:
        return None
    try:
        amount = Decimal(str(value))
    except InvalidOperation as error:
        raise BadEvent(f"{key} is not an amount") from error
    if not amount.is_finite() or not 0 <= amount < 10_000:
        raise BadEvent(f"{key} is not a plausible amount")
    return amount
