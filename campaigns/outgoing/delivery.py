"""Outgoing events → their destinations, at least once, with growing pauses after trouble."""

import logging
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy

from campaigns.models import Destination, OutgoingEvent
from campaigns.outgoing import webhook
from pinpoint import clients, streams

logger = logging.getLogger(__name__)
LEASE = timedelta(seconds=60)
# How long to wait before the next attempt, in seconds; after the last it is given up.
LADDER = (5, 30, 120, 600, 1800, 3600, 7200, 14_400, 28_800, 43_200)
MOST = {
    Destination.Kind.KINESIS: streams.MOST,
    Destination.Kind.FIREHOSE: streams.MOST,
    Destination.Kind.WEBHOOK: 40,
}
WEBHOOK_THREADS = 8
UNREADABLE = gettext_lazy(
    "its secret cannot be read, since SECRET_KEY was changed: name the old one in "
    "SECRET_KEY_FALLBACKS, or make a new secret on the destination's page"
)
KEPT = timedelta(days=7)


def deliver(now: datetime) -> int:
    """Deliver a batch to each destination that has something due; return how many events."""
    waiting = OutgoingEvent.objects.filter(_due(now)).order_by().values("destination")
    places = Destination.objects.filter(pk__in=waiting.distinct())
    return sum(_deliver_to(place, now) for place in places)


def _due(now: datetime) -> Q:
    free = Q(leased_until=None) | Q(leased_until__lt=now)
    return free & Q(state=OutgoingEvent.State.WAITING, due_at__lte=now, destination__active=True)


def _deliver_to(place: Destination, now: datetime) -> int:
    events = _claim(place, now)
    if events:
        _record(place, events, _send(place, events, now), now)
    return len(events)


def _claim(place: Destination, now: datetime) -> list[OutgoingEvent]:
    """Lease the oldest due events; two workers take different ones."""
    with transaction.atomic():
        due = OutgoingEvent.objects.filter(_due(now), destination=place)
        events = list(
            due.select_for_update(skip_locked=True, of=["self"]).order_by("id")[
                : MOST[Destination.Kind(place.kind)]
            ]
        )
        ids = [event.pk for event in events]
        OutgoingEvent.objects.filter(pk__in=ids).update(leased_until=now + LEASE)
    return events


def _send(place: Destination, events: Sequence[OutgoingEvent], now: datetime) -> list[str]:
    """Hand events over; return what is wrong with each, "" = nothing."""
    if place.kind != Destination.Kind.WEBHOOK:
        try:
            return _put(place, events)
        except (BotoCoreError, ClientError) as error:
            return [str(error)] * len(events)
    secret = place.secret
    if secret is None:
        logger.error(
            "the secret of destination %s cannot be read: SECRET_KEY has changed", place.pk
        )
        return [str(UNREADABLE)] * len(events)
    with ThreadPoolExecutor(WEBHOOK_THREADS) as pool:
        posts = [
            pool.submit(webhook.post, place.address, secret, f"evt_{event.pk}", event.payload, now)
            for event in events
        ]
        return [post.result() for post in posts]


def _put(place: Destination, events: Sequence[OutgoingEvent]) -> list[str]:
    """Write to a stream, by its name in our region or by its ARN anywhere."""
    stream = streams.Stream.of(place.address)
    region = stream.region if stream else settings.AWS_REGION
    if place.kind == Destination.Kind.FIREHOSE:
        firehose = clients.firehose_client(region=region)
        name = stream.name if stream else place.address
        return streams.put_firehose(firehose, name, [event.payload for event in events])
    keyed = [(_partition(event), event.payload) for event in events]
    return streams.put(clients.stream_client(region=region), place.address, keyed)


def _partition(event: OutgoingEvent) -> str:
    """Keep the events of one text in order."""
    return str(event.payload["attributes"].get("message_id") or event.pk)[:256]


def _record(
    place: Destination, events: Sequence[OutgoingEvent], wrong: Sequence[str], now: datetime
) -> None:
    for event, words in zip(events, wrong, strict=True):
        event.attempts += 1
        event.leased_until, event.error = None, words[:300]
        if not words:
            event.state, event.ended_at = OutgoingEvent.State.ARRIVED, now
        elif event.attempts > len(LADDER):
            event.state, event.ended_at = OutgoingEvent.State.GIVEN_UP, now
        else:
            event.due_at = now + timedelta(seconds=LADDER[event.attempts - 1])
    OutgoingEvent.objects.bulk_update(
        events, ["state", "attempts", "error", "due_at", "leased_until", "ended_at"]
    )
    troubles = [words for words in wrong if words]
    if troubles:
        logger.warning("%s of %s events did not reach %s", len(troubles), len(events), place.pk)
    Destination.objects.filter(pk=place.pk).update(
        last_error=troubles[0][:300] if troubles else "",
        **({"last_success_at": now} if len(troubles) < len(events) else {}),
    )


def resend(ids: Sequence[int], now: datetime) -> int:
    """Put events back into the queue, with all their attempts before them; return how many."""
    return (
        OutgoingEvent.objects.filter(pk__in=ids)
        .exclude(state=OutgoingEvent.State.WAITING)
        .update(state=OutgoingEvent.State.WAITING, attempts=0, due_at=now, ended_at=None)
    )


def drop_old(now: datetime) -> int:
    """Forget what arrived more than a week ago; return how many."""
    old = OutgoingEvent.objects.filter(
        state=OutgoingEvent.State.ARRIVED, ended_at__lt=now - KEPT
    ).values("pk")[:5000]
    dropped = 0
    while gone := OutgoingEvent.objects.filter(pk__in=old).delete()[0]:
        dropped += gone
    return dropped
