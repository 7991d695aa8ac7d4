"""Delivery events → message states, in bulk: any order, any number of times, same result."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db import connection
from django.utils import timezone

from campaigns.models import Message
from pinpoint.events import DeliveryEvent

DELIVERED_STATUSES = frozenset({"DELIVERED", "SUCCESSFUL"})
# What an event may change, with the types that PostgreSQL reads the new values as.
CHANGED = {
    "state": "text",
    "reason": "text",
    "detail": "text",
    "receipt": "text",
    "aws_id": "text",
    "parts": "int",
    "price": "numeric",
    "carrier_fee": "numeric",
    "country": "text",
    "carrier": "text",
    "event_at": "timestamptz",
    "final_at": "timestamptz",
    "changed_at": "timestamptz",
    "sent_at": "timestamptz",
    "leased_until": "timestamptz",
}
WRITE = f"""
    UPDATE campaigns_message AS message
    SET {", ".join(f"{name} = given.{name}" for name in CHANGED)}
    FROM unnest(%s::bigint[], {", ".join(f"%s::{kind}[]" for kind in CHANGED.values())})
        AS given(id, {", ".join(CHANGED)})
    WHERE message.id = given.id
"""  # noqa: S608 - our names
# Where two final events contradict each other, the better one holds whatever came first:
# a text that arrived has arrived.
RANK = {Message.State.UNKNOWN: 1, Message.State.FAILED: 2, Message.State.DELIVERED: 3}


@dataclass(frozen=True, slots=True)
class Applied:
    """The text of ours that an event was about, and whether it said anything new of it."""

    message: Message | None
    changed: bool = False


def apply(events: Sequence[DeliveryEvent]) -> list[Applied]:
    """Apply events to their messages; return, in order, what each was about.

    Call it inside a transaction. Two queries whatever the number of events.
    """
    if not events:
        return []
    by_id = {m.pk: m for m in _lock(events)}
    by_aws_id = {m.aws_id: m for m in by_id.values() if m.aws_id}
    now = timezone.now()
    found = []
    changed: dict[int, Message] = {}
    for event in events:
        message = by_id.get(_our_id(event) or 0) or by_aws_id.get(event.message_id)
        if message is None or message.phone != event.destination:
            found.append(Applied(None))
            continue
        found.append(Applied(message, apply_one(message, event)))
        if found[-1].changed:
            message.changed_at = now
            changed[message.pk] = message
    _write(list(changed.values()))
    return found


def _write(messages: Sequence[Message]) -> None:
    """Write what has changed: one UPDATE from arrays, many times faster than one of CASEs."""
    columns = [[getattr(message, name) for message in messages] for name in CHANGED]
    with connection.cursor() as cursor:
        cursor.execute(WRITE, [[message.pk for message in messages], *columns])


def _lock(events: Sequence[DeliveryEvent]) -> list[Message]:
    ours = [message_id for event in events if (message_id := _our_id(event))]
    theirs = [event.message_id for event in events if not _our_id(event)]
    ids = set(ours)
    if theirs:
        ids.update(Message.objects.filter(aws_id__in=theirs).values_list("pk", flat=True))
    return list(Message.objects.select_for_update().filter(pk__in=ids).order_by("pk"))


def _our_id(event: DeliveryEvent) -> int | None:
    """Read our message id from the context that travelled with the text, if it is ours."""
    if event.context.get("site") != settings.SITE_ID_IN_CONTEXT:
        return None
    text = event.context.get("message", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def apply_one(message: Message, event: DeliveryEvent) -> bool:
    """Apply one event to a message in memory; False when it changes nothing. Pure."""
    before = [getattr(message, name) for name in CHANGED]
    _take_details(message, event)
    if event.is_final:
        _take_final(message, event)
    elif message.final_at is None and message.state in {
        Message.State.QUEUED,
        Message.State.SENDING,
        Message.State.UNKNOWN,
    }:
        # Whatever our own record says, AWS has it: it is not ours to send any more.
        message.state = Message.State.ACCEPTED
        message.reason = message.detail = ""
    if message.state != Message.State.SENDING:
        message.leased_until = None
    return before != [getattr(message, name) for name in CHANGED]


def _take_details(message: Message, event: DeliveryEvent) -> None:
    """Keep the figures of the event that happened last."""
    message.aws_id = message.aws_id or event.message_id
    message.sent_at = message.sent_at or event.occurred_at
    if message.event_at and event.occurred_at < message.event_at:
        return
    message.event_at = event.occurred_at
    message.parts = event.parts if event.parts is not None else message.parts
    message.price = event.price if event.price is not None else message.price
    message.carrier_fee = (
        event.carrier_fee if event.carrier_fee is not None else message.carrier_fee
    )
    message.country = event.country or message.country
    message.carrier = event.carrier[:60] or message.carrier
    message.receipt = event.status[:30]


def _take_final(message: Message, event: DeliveryEvent) -> None:
    state = final_state(event.status)
    if message.final_at is not None and _settled_by_receipt(message):
        known = (RANK[Message.State(message.state)], -message.final_at.timestamp())
        if (RANK[state], -event.occurred_at.timestamp()) <= known:
            return
    message.state = state
    message.final_at = event.occurred_at
    message.reason = "" if state == Message.State.DELIVERED else event.status[:60]
    message.detail = "" if state == Message.State.DELIVERED else event.description[:300]


def _settled_by_receipt(message: Message) -> bool:
    return message.state in RANK and bool(message.aws_id)


def final_state(status: str) -> Message.State:
    """Tell what a final status means for the message (aws-sms.md 5.3)."""
    if status in DELIVERED_STATUSES:
        return Message.State.DELIVERED
    return Message.State.UNKNOWN if status == "UNKNOWN" else Message.State.FAILED
