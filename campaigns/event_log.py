"""What AWS tells us, raw and once: stored and committed before it is acknowledged."""

import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from campaigns import conversations, receipts
from campaigns.models import Event
from pinpoint.events import BadEvent, DeliveryEvent, InboundText, parse

logger = logging.getLogger(__name__)
BATCH = 500


@dataclass(frozen=True, slots=True)
class Raw:
    """One event as a receiver got it. `key` is the same when the same thing comes again."""

    key: str
    source: str
    payload: str
    sent_at: datetime | None = None


def store(events: Sequence[Raw]) -> None:
    """Commit events; those that are there already are left alone."""
    now = timezone.now()
    Event.objects.bulk_create(
        [
            Event(
                dedupe_key=event.key[:200],
                source=event.source,
                payload=_storable(event.payload),
                sent_at=event.sent_at,
                received_at=now,
            )
            for event in events
        ],
        ignore_conflicts=True,
    )


def _storable(text: str) -> str:
    """Escape what PostgreSQL's text cannot hold: NUL and lone surrogates."""
    return text.replace("\x00", "\\u0000").encode("utf-8", "backslashreplace").decode()


def process_batch() -> int:
    """Act on the next new events, in one transaction; return how many there were.

    Two workers side by side take different events; one that dies leaves its events new.
    """
    with transaction.atomic():
        events = list(
            Event.objects.select_for_update(skip_locked=True)
            .filter(status=Event.Status.NEW)
            .order_by("id")[:BATCH]
        )
        if events:
            _act_on(events)
    return len(events)


def _act_on(events: list[Event]) -> None:
    deliveries: list[tuple[Event, DeliveryEvent]] = []
    inbound: list[conversations.Received] = []
    now = timezone.now()
    for event in events:
        event.done_at = now
        event.status = Event.Status.DONE
        try:
            parsed = parse(json.loads(event.payload))
        except (ValueError, RecursionError) as error:
            event.status = Event.Status.BROKEN
            event.error = _reason(error)
            logger.warning("event %s is broken: %s", event.pk, event.error)
            continue
        if isinstance(parsed, InboundText):
            inbound.append(conversations.Received(parsed, event.sent_at or event.received_at))
        else:
            deliveries.append((event, parsed))
    matched = receipts.apply([parsed for _, parsed in deliveries])
    for (event, _), found in zip(deliveries, matched, strict=True):
        if not found:
            event.status = Event.Status.UNMATCHED
    conversations.receive(inbound)
    Event.objects.bulk_update(events, ["status", "error", "done_at"])


def _reason(error: Exception) -> str:
    if isinstance(error, BadEvent):
        return str(error)[:300]
    return "the payload is not JSON" if isinstance(error, ValueError) else "nested too deeply"
