"""Events of Pinpoint's own event stream (`_SMS.*`), as consumers of Kinesis get them.

aws-sms.md 5.1: every attribute is a text, money is in thousandths of a cent, and nothing says
whether an event is the last: that follows from the type and the record status.
"""

import json
from collections.abc import Mapping
from typing import Any

from pinpoint.events.shapes import (
    BadEvent,
    DeliveryEvent,
    OptOutEvent,
    UnknownEvent,
    amount,
    e164,
    instant,
    text,
)

PRICE = "price_in_millicents_usd"
MILLICENTS_IN_A_DOLLAR = 100_000
# A carrier that took a text may still tell what the phone did; a phone that has it is the end.
NOT_FINAL = frozenset({"PENDING", "SUCCESSFUL", "ACCEPTED"})


def parse(payload: Mapping[str, Any]) -> DeliveryEvent | OptOutEvent:
    """Turn one decoded v1 event into its shape; raises BadEvent, UnknownEvent for other types."""
    kind = str(payload.get("event_type"))
    attributes = payload.get("attributes")
    if kind not in {"_SMS.BUFFERED", "_SMS.SUCCESS", "_SMS.FAILURE", "_SMS.OPTOUT"}:
        raise UnknownEvent(f"unknown event type {kind!r}"[:200])
    if not isinstance(attributes, dict):
        raise BadEvent("attributes are missing")
    if kind == "_SMS.OPTOUT":
        return OptOutEvent(
            occurred_at=instant(payload, "event_timestamp"),
            destination=e164(str(attributes.get("destination_phone_number") or "")),
            origination=e164(str(attributes.get("origination_phone_number") or "")),
            message_id=str(attributes.get("message_id") or ""),
        )
    return _delivery(kind, payload, attributes)


def _delivery(
    kind: str, payload: Mapping[str, Any], attributes: Mapping[str, Any]
) -> DeliveryEvent:
    status = str(attributes.get("record_status") or "")
    if not status:
        raise BadEvent("record_status is missing")
    return DeliveryEvent(
        event_type=kind,
        status=status,
        description="",
        is_final=kind != "_SMS.BUFFERED" and status not in NOT_FINAL,
        occurred_at=instant(payload, "event_timestamp"),
        message_id=text(attributes, "message_id"),
        destination=e164(text(attributes, "destination_phone_number")),
        context=_context(attributes.get("customer_context")),
        country=str(attributes.get("iso_country_code") or "")[:2],
        parts=_parts(attributes.get("number_of_message_parts")),
        price=amount(_price(payload), PRICE, divisor=MILLICENTS_IN_A_DOLLAR),
    )


def _context(said: Any) -> dict[str, str]:
    """Read the request's Context, which travels as JSON in a text (a field report)."""
    if not said:
        return {}
    try:
        found = json.loads(str(said))
    except (ValueError, RecursionError) as error:
        raise BadEvent("customer_context is not JSON") from error
    if not isinstance(found, dict):
        raise BadEvent("customer_context is not an object")
    return {str(key): str(value) for key, value in found.items()}


def _parts(said: Any) -> int | None:
    if said in (None, ""):
        return None
    if not (isinstance(said, str) and said.isascii() and said.isdigit() and len(said) < 4):
        raise BadEvent("number_of_message_parts is not a count")
    return int(said)


def _price(payload: Mapping[str, Any]) -> Any:
    metrics = payload.get("metrics")
    return metrics.get(PRICE) if isinstance(metrics, dict) else None
