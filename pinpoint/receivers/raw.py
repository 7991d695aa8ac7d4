"""One event as it came, and what makes a second delivery of the same thing recognisable."""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class RawEvent:
    """One event as a receiver got it. `key` is the same when the same thing comes again."""

    key: str
    source: str
    payload: str
    sent_at: datetime | None = None


# Commits the events, or raises: then the receiver acknowledges nothing, and AWS sends them again.
Store = Callable[[Sequence[RawEvent]], None]


def raw_event(
    payload: str, *, source: str, transport_id: str, sent_at: datetime | None = None
) -> RawEvent:
    """Wrap a payload. `transport_id` tells events apart whose content does not."""
    key = content_key(payload) or f"{source}:{transport_id}"
    return RawEvent(key[:200], source, payload, sent_at)


def content_key(payload: str) -> str | None:
    """Return what identifies an event by its content, whichever way and however often it comes.

    None where the content names no message, since then two alike may be two. The same facts in
    another order of keys are the same event; other facts about one message are another event.
    """
    try:
        event = json.loads(payload)
    except (ValueError, RecursionError):
        return None
    if not isinstance(event, dict) or not (name := _name(event)):
        return None
    canonical = json.dumps(event, sort_keys=True, separators=(",", ":"))
    return f"{name[:120]}:{hashlib.sha256(canonical.encode()).hexdigest()[:32]}"


def _name(event: dict[str, Any]) -> str:
    """Name the message that an event is about (aws-sms.md 5.1, 5.2, 6.1)."""
    if inbound_id := event.get("inboundMessageId"):
        return f"inbound:{inbound_id}"
    if "eventType" in event and (message_id := event.get("messageId")):
        return f"text:{message_id}"
    attributes = event.get("attributes")
    if "event_type" in event and isinstance(attributes, dict):
        message_id = attributes.get("message_id")
        return f"v1:{message_id}" if message_id else ""
    return ""
