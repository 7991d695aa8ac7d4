"""What AWS tells us, raw and once: stored and committed before it is acknowledged."""

import json
import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection, transaction
from django.utils import timezone

from campaigns import (
    carrier_blocks,
    conversations,
    keywords,
    pinpoint_opt_outs,
    receipts,
    threads,
)
from campaigns.models import Event, Message
from campaigns.outgoing import outbox
from pinpoint.events import (
    BadEvent,
    DeliveryEvent,
    InboundText,
    OptOutEvent,
    UnknownEvent,
    parse,
)
from pinpoint.receivers.raw import RawEvent

logger = logging.getLogger(__name__)
BATCH = 500
DROP_BATCH = 5000


def store(events: Sequence[RawEvent]) -> None:
    """Commit events; those that are there already are left alone.

    One statement, which outside a transaction is one trip to the database: AWS waits for it.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO campaigns_event
                (dedupe_key, source, payload, sent_at, received_at, status, error)
            SELECT dedupe_key, source, payload, sent_at, %s, 'new', ''
            FROM unnest(%s::text[], %s::text[], %s::text[], %s::timestamptz[])
                AS given(dedupe_key, source, payload, sent_at)
            ON CONFLICT (dedupe_key) DO NOTHING
            """,
            [
                timezone.now(),
                [_storable(event.key)[:200] for event in events],
                [event.source for event in events],
                [_storable(event.payload) for event in events],
                [event.sent_at for event in events],
            ],
        )


def _storable(text: str) -> str:
    """Escape what PostgreSQL's text cannot hold: NUL and lone surrogates."""
    return text.replace("\x00", "\\u0000").encode("utf-8", "backslashreplace").decode()


def process_batch() -> int:
    """Act on the next new events, in one transaction; return how many there were.

    Two workers side by side take different events; one that dies leaves its events new. Where
    one of them cannot be acted on, it alone is put aside, and the others are acted on.
    """
    with transaction.atomic():
        events = list(
            Event.objects.select_for_update(skip_locked=True)
            .filter(status=Event.Status.NEW)
            .order_by("id")[:BATCH]
        )
        if events:
            _act_on_all_that_can_be(events)
    return len(events)


def _act_on_all_that_can_be(events: list[Event]) -> None:
    try:
        with transaction.atomic():
            _act_on(events)
    except (OperationalError, InterfaceError):
        raise  # the database is at fault, not an event: all of them stay new
    except Exception as error:  # whatever one event does must not hold up the rest
        if len(events) > 1:
            for event in events:
                _act_on_all_that_can_be([event])
            return
        (event,) = events
        logger.exception("event %s could not be acted on", event.pk)
        event.status, event.done_at = Event.Status.BROKEN, timezone.now()
        event.error = f"It could not be acted on ({type(error).__name__})."
        event.save(update_fields=["status", "error", "done_at"])


@dataclass(slots=True)
class _Sorted:
    """A batch of events by what they are about."""

    deliveries: list[tuple[Event, DeliveryEvent]] = field(default_factory=list)
    inbound: list[conversations.Received] = field(default_factory=list)
    opt_outs: list[OptOutEvent] = field(default_factory=list)


def _act_on(events: list[Event]) -> None:
    now = timezone.now()
    found = _Sorted()
    for event in events:
        event.done_at, event.error = now, ""
        _sort(event, found)
    news = _apply(found.deliveries)
    carrier_blocks.note(news)
    answers = conversations.receive(found.inbound)
    threads.note_inbound(answers)
    keywords.act(answers)
    pinpoint_opt_outs.note(found.opt_outs)
    outbox.tell(news, answers)
    _keep_outcomes(events)


def _apply(deliveries: list[tuple[Event, DeliveryEvent]]) -> list[tuple[Message, DeliveryEvent]]:
    """Apply delivery events; return those that said something new, with their texts."""
    news = []
    applied = receipts.apply([parsed for _, parsed in deliveries])
    for (event, parsed), about in zip(deliveries, applied, strict=True):
        if about.message is None:
            event.status = Event.Status.UNMATCHED
        elif about.changed:
            news.append((about.message, parsed))
    return news


def _sort(event: Event, found: _Sorted) -> None:
    event.status = Event.Status.DONE
    try:
        parsed = parse(json.loads(event.payload))
    except UnknownEvent as error:
        event.status, event.error = Event.Status.UNKNOWN, str(error)[:300]
        logger.info("event %s is of an %s", event.pk, event.error)
    except (ValueError, RecursionError) as error:
        event.status, event.error = Event.Status.BROKEN, _reason(error)
        logger.warning("event %s is broken: %s", event.pk, event.error)
    else:
        if isinstance(parsed, InboundText):
            found.inbound.append(conversations.Received(parsed, event.sent_at or event.received_at))
        elif isinstance(parsed, OptOutEvent):
            found.opt_outs.append(parsed)
        else:
            found.deliveries.append((event, parsed))


def _keep_outcomes(events: Sequence[Event]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE campaigns_event event
            SET status = given.status, error = given.error, done_at = %s
            FROM unnest(%s::bigint[], %s::text[], %s::text[]) AS given(id, status, error)
            WHERE event.id = given.id
            """,
            [
                events[0].done_at,
                [event.pk for event in events],
                [str(event.status) for event in events],
                [event.error for event in events],
            ],
        )


def _reason(error: Exception) -> str:
    if isinstance(error, BadEvent):
        return str(error)[:300]
    return "the payload is not JSON" if isinstance(error, ValueError) else "nested too deeply"


def replay(ids: Iterable[int] | None = None) -> int:
    """Have events acted on again, all of them or those named; return how many.

    It changes nothing that stands: every receipt is applied to the same end, and every inbound
    text is known by its id.
    """
    found = Event.objects.exclude(status=Event.Status.NEW)
    if ids is not None:
        found = found.filter(pk__in=list(ids))
    return found.update(status=Event.Status.NEW, done_at=None)


def drop_old(now: datetime) -> int:
    """Delete events older than EVENT_RETENTION_DAYS that were acted on; return how many.

    In small batches, each committed by itself, so that receivers never wait. Those that could
    not be acted on wait for a person, however old they are.
    """
    cutoff = now - timedelta(days=settings.EVENT_RETENTION_DAYS)
    dropped, after = 0, 0
    while page := _page_before(cutoff, after):
        old = Event.objects.filter(id__gt=after, id__lte=page, received_at__lt=cutoff)
        dropped += old.exclude(status__in=[Event.Status.NEW, Event.Status.BROKEN]).delete()[0]
        after = page
    return dropped


def _page_before(cutoff: datetime, after: int) -> int | None:
    """Return the last id of the next page of the log; None when the page is all newer."""
    page = Event.objects.filter(id__gt=after).order_by("id")[:DROP_BATCH]
    rows = list(page.values_list("id", "received_at"))
    return rows[-1][0] if rows and rows[0][1] < cutoff else None
