"""Events of End User Messaging SMS: `TEXT_*` and two-way texts (aws-sms.md 5.2, 6.1).

Money is read as US dollars: AWS's own examples only make sense so.
"""

from typing import Any

from pinpoint.events.shapes import (
    BadEvent,
    DeliveryEvent,
    InboundText,
    UnknownEvent,
    amount,
    e164,
    instant,
    storable,
    text,
)


def parse(payload: dict[str, Any]) -> DeliveryEvent | InboundText:
    """Turn one decoded event of End User Messaging into its shape.

    Raises BadEvent with the reason; UnknownEvent where only the type is not one of ours.
    """
    if "inboundMessageId" in payload:
        return _inbound(payload)
    if str(payload.get("eventType", "")).startswith("TEXT_"):
        return _delivery(payload)
    if "eventType" not in payload:
        raise BadEvent("the event has no eventType")
    raise UnknownEvent(f"unknown event type {payload.get('eventType')!r}"[:200])


def _inbound(payload: dict[str, Any]) -> InboundText:
    return InboundText(
        inbound_id=text(payload, "inboundMessageId"),
        sender=e164(text(payload, "originationNumber")),
        recipient=e164(text(payload, "destinationNumber")),
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
        event_type=text(payload, "eventType"),
        status=text(payload, "messageStatus"),
        description=str(payload.get("messageStatusDescription") or ""),
        is_final=is_final,
        occurred_at=instant(payload, "eventTimestamp"),
        message_id=text(payload, "messageId"),
        destination=e164(text(payload, "destinationPhoneNumber")),
        context={str(key): str(value) for key, value in context.items()},
        country=str(payload.get("isoCountryCode") or "")[:2],
        carrier=str(payload.get("carrierName") or ""),
        encoding=str(payload.get("messageEncoding") or ""),
        parts=parts,
        price=amount(payload.get("totalMessagePrice"), "totalMessagePrice"),
        carrier_fee=amount(payload.get("totalCarrierFee"), "totalCarrierFee"),
    )
