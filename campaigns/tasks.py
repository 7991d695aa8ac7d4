"""Celery tasks: nudges that work for some seconds and end. Losing or doubling one is harmless."""

import time
from datetime import timedelta

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from campaigns import (
    audience,
    circuit,
    dry_runs,
    ending,
    event_log,
    handing_in,
    openings,
    prices,
    queue,
    runs,
    spend,
    syncing,
    to_aws,
    triggers,
)
from campaigns import dispatch as street
from campaigns.models import Run
from campaigns.outgoing import delivery

DISPATCH_SECONDS = 4.0  # beat nudges every two, so two of these run at a time
EVENTS_SECONDS = 5.0
AUDIENCE_SECONDS = 10.0
DRY_RUN_SECONDS = 10.0
# Whose texts changed in this time have their sums counted anew; a lost nudge is made up for.
SETTLED_ANEW = timedelta(minutes=10)


@shared_task(name="campaigns.build_audience")
def build_audience(run_id: int) -> None:
    """Write the messages of a run for some seconds; a no-op when they are there."""
    end = time.monotonic() + AUDIENCE_SECONDS
    more = audience.extend(run_id)
    dispatch.delay()
    while more and time.monotonic() < end:
        more = audience.extend(run_id)
    if more:
        build_audience.delay(run_id)


@shared_task(name="campaigns.open_runs")
def open_runs() -> None:
    """Open the runs of scheduled campaigns that are due."""
    for run_id in openings.open_due(timezone.now()):
        build_audience.delay(run_id)


@shared_task(name="campaigns.dispatch")
def dispatch() -> None:
    """Send what is due, for some seconds."""
    _dispatcher().work_all(until=time.monotonic() + DISPATCH_SECONDS)


@shared_task(name="campaigns.send_direct")
def send_direct(originator_id: int) -> None:
    """Send the direct texts of an originator that wait."""
    _dispatcher().work_direct(originator_id, until=time.monotonic() + DISPATCH_SECONDS)


def _dispatcher() -> street.Dispatcher:
    return street.Dispatcher(to_aws.gateway(), at_once=settings.SEND_CONCURRENCY)


@shared_task(name="campaigns.process_events")
def process_events() -> None:
    """Act on the events that came in, for some seconds."""
    end = time.monotonic() + EVENTS_SECONDS
    acted = 0
    while time.monotonic() < end and (count := event_log.process_batch()):
        acted += count
    if acted:
        deliver_outgoing.delay()


@shared_task(name="campaigns.answer_happenings")
def answer_happenings() -> None:
    """Answer opt-ins and changed attributes by the campaigns that wait for them."""
    end = time.monotonic() + EVENTS_SECONDS
    answered = 0
    while time.monotonic() < end and triggers.answer(timezone.now()):
        answered += 1
    if answered:
        dispatch.delay()


@shared_task(name="campaigns.drop_old_events")
def drop_old_events() -> None:
    """Drop what AWS told us long ago, and what we told others."""
    event_log.drop_old(timezone.now())
    delivery.drop_old(timezone.now())


@shared_task(name="campaigns.deliver_outgoing")
def deliver_outgoing() -> None:
    """Tell others what happened, for some seconds."""
    end = time.monotonic() + EVENTS_SECONDS
    while time.monotonic() < end and delivery.deliver(timezone.now()):
        continue


@shared_task(name="campaigns.tidy")
def tidy() -> None:
    """Mend what dead workers and lost nudges left, and close what has ended."""
    now = timezone.now()
    queue.abandon_dead(now)
    queue.expire(now)
    ending.give_up_silent(now)
    circuit.check(now)
    while ending.cancel_waiting(now) == ending.SLICE:
        pass
    unwritten = Run.objects.filter(audience_complete=False, finished_at=None)
    for run_id in unwritten.values_list("pk", flat=True):
        build_audience.delay(run_id)
    runs.finish_ended()
    answer_happenings.delay()


@shared_task(name="campaigns.dry_run")
def dry_run(dry_run_id: int) -> None:
    """Count what a campaign would come to, for some seconds; a no-op when that is done."""
    end = time.monotonic() + DRY_RUN_SECONDS
    if dry_runs.go_on(dry_run_id, to_aws.rehearsal(), timezone.now(), until=end):
        dry_run.delay(dry_run_id)


@shared_task(name="campaigns.settle_spending")
def settle_spending() -> None:
    """Correct what was expected to be spent by what receipts say, and learn prices from them."""
    now = timezone.now()
    spend.settle(now - SETTLED_ANEW, now)
    prices.learn(now)


@shared_task(name="campaigns.sync_aws")
def sync_aws() -> None:
    """Have every source read whose time has come."""
    for name in syncing.due(timezone.now()):
        sync_source.delay(name)


@shared_task(name="campaigns.sync_source")
def sync_source(name: str) -> None:
    """Read one source from AWS; a no-op while it is not due or another worker is at it."""
    syncing.run(name, timezone.now())


@shared_task(name="campaigns.hand_in")
def hand_in(registration_id: int) -> None:
    """Hand a registration in; a no-op once it is."""
    handing_in.hand_in(registration_id, timezone.now())
