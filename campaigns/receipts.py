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
    "priced_at": "timestamptz",
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
# What ending.give_up_silent says of a text of which nothing final was heard.
NO_RECEIPT = "no_receipt"
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
    # No key changes: who keeps an answer to one of them need not wait, nor hold us up in turn.
    return list(Message.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk"))


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
    elif _is_open(message):
        # Whatever our own record says, AWS has it: it is not ours to send any more.
        message.state = Message.State.ACCEPTED
        message.reason = message.detail = ""
    if message.state != Message.State.SENDING:
        message.leased_until = None
    return before != [getattr(message, name) for name in CHANGED]


def _is_open(message: Message) -> bool:
    """Tell whether a step on the way is news: not where the time for receipts is over."""
    given_up = message.state == Message.State.UNKNOWN and message.reason == NO_RECEIPT
    return (
        message.final_at is None
        and not given_up
        and message.state in {Message.State.QUEUED, Message.State.SENDING, Message.State.UNKNOWN}
    )


def _take_details(message: Message, event: DeliveryEvent) -> None:
    """Keep what the event says besides the state, to the same end in any order.

    What happened last names the receipt. A text's country and carrier do not change, so of two
    that contradict each other either would do.
    """
    message.aws_id = message.aws_id or event.message_id
    message.sent_at = message.sent_at or event.occurred_at
    message.country = max(message.country, event.country)
    message.carrier = max(message.carrier, event.carrier[:60])
    _take_bill(message, event)
    step = (event.occurred_at, event.status[:30])
    if message.event_at is None or step > (message.event_at, message.receipt):
        message.event_at, message.receipt = step


def _take_bill(message: Message, event: DeliveryEvent) -> None:
    """Keep the price, fee and parts that were told last; not every event tells a price."""
    if event.price is not None:
        told = (event.occurred_at, event.price, event.carrier_fee or 0)
        known = (message.priced_at, message.price or 0, message.carrier_fee or 0)
        if message.priced_at is not None and told <= known:
            return
        message.priced_at, message.price = event.occurred_at, event.price
        message.carrier_fee = event.carrier_fee
    elif message.priced_at is not None or _is_earlier(event, message):
        return
    message.parts = event.parts if event.parts is not None else message.parts


def _is_earlier(event: DeliveryEvent, message: Message) -> bool:
    return message.event_at is not None and event.occurred_at < message.event_at


def _take_final(message: Message, event: DeliveryEvent) -> None:
    state = final_state(event.status)
    delivered = state == Message.State.DELIVERED
    reason = "" if delivered else event.status[:60]
    detail = "" if delivered else event.description[:300]
    if message.final_at is not None and message.state in RANK:
        known = (RANK[Message.State(message.state)], -message.final_at.timestamp())
        told = (RANK[state], -event.occurred_at.timestamp())
        if (*told, reason, detail) <= (*known, message.reason, message.detail):
            return
    message.state, message.final_at = state, event.occurred_at
    message.reason, message.detail = reason, detail


def final_state(status: str) -> Message.State:
    """Tell what a final status means for the message (aws-sms.md 5.3)."""
    if status in DELIVERED_STATUSES:
        return Message.State.DELIVERED
    return Message.State.UNKNOWN if status == "UNKNOWN" else Message.State.FAILED
