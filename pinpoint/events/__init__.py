"""What AWS tells us about texts: one parser for all the shapes in which it does."""

from typing import Any

from pinpoint.events import end_user_messaging, pinpoint_v1
from pinpoint.events.shapes import (
    BadEvent,
    DeliveryEvent,
    InboundText,
    OptOutEvent,
    UnknownEvent,
    e164,
    storable,
)

__all__ = (
    "BadEvent",
    "DeliveryEvent",
    "InboundText",
    "OptOutEvent",
    "UnknownEvent",
    "e164",
    "parse",
    "storable",
)


def parse(payload: Any) -> DeliveryEvent | InboundText | OptOutEvent:
    """Turn one decoded event into its shape.

    Raises BadEvent with the reason; UnknownEvent where only the type is not one of ours.
    """
    if not isinstance(payload, dict):
        raise BadEvent(f"the event is a {type(payload).__name__}, not an object")
    if "event_type" in payload:
        return pinpoint_v1.parse(payload)
    return end_user_messaging.parse(payload)
