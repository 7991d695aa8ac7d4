"""The pollers of `manage.py receive`: SQS queues and Kinesis streams, each in its own thread."""

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import redis
from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings
from django.db import DatabaseError, InterfaceError, close_old_connections
from kombu.exceptions import OperationalError

from campaigns import aws_account, event_log, tasks
from campaigns.stream_checkpoints import DatabaseCheckpoints
from pinpoint import clients
from pinpoint.receivers.kinesis import StreamReader
from pinpoint.receivers.raw import RawEvent
from pinpoint.receivers.sqs import QueuePoller, dead_letter_queue

logger = logging.getLogger(__name__)
AFTER_TROUBLE_SECONDS = (1, 2, 5, 15, 30)
# Between two looks at a stream that has nothing new: a shard allows five calls a second.
IDLE_SECONDS = 1.0
ALIVE_SECONDS = 2.0
DEAD_LETTERS_SECONDS = 60.0  # between two looks at a dead-letter queue


class Poller(Protocol):
    """Something that waits for events, stores them, and says how many there were."""

    def poll(self) -> int:
        """Take what comes; raises what AWS or the database raises, having lost nothing."""
        ...


@dataclass(frozen=True, slots=True)
class Source:
    """A poller, its name for the log, and how long to rest when it has nothing (seconds)."""

    name: str
    poller: Poller
    idle_seconds: float = 0.0


def sources() -> list[Source]:
    """Return what settings name and what was set up from the admin, dead-letter queues included."""
    found = []
    for url in aws_account.queues():
        queues = clients.queue_client(region=settings.AWS_REGION)
        found.append(Source(url, QueuePoller(queues, url, keep)))
        if dead := dead_letter_queue(queues, url):
            poller = QueuePoller(queues, dead, keep, wait_seconds=0)
            found.append(Source(dead, poller, DEAD_LETTERS_SECONDS))
    for name in settings.KINESIS_STREAMS:
        client = clients.stream_client(region=settings.AWS_REGION)
        reader = StreamReader(client, name, DatabaseCheckpoints(), keep)
        found.append(Source(name, reader, IDLE_SECONDS))
    return found


def keep(events: Sequence[RawEvent]) -> None:
    """Commit events, then see to it that somebody acts on them soon."""
    event_log.store(events)
    try:
        tasks.process_events.delay()
    except (OperationalError, redis.RedisError):
        # They are committed; beat nudges again when the broker is back.
        logger.warning("the broker is out of reach; events wait in the log")


def run(found: Sequence[Source], stop: threading.Event, alive: Callable[[], None]) -> None:
    """Poll every source until `stop` is set, calling `alive` every other second.

    Raises RuntimeError when a thread ends by itself: whoever started us starts us again.
    """
    threads = [
        threading.Thread(target=_poll_on, args=(source, stop), name=source.name, daemon=True)
        for source in found
    ]
    for thread in threads:
        thread.start()
    while not stop.wait(ALIVE_SECONDS):
        if not all(thread.is_alive() for thread in threads):
            stop.set()
            raise RuntimeError("a source has stopped; the log says why")
        alive()
    for thread in threads:
        thread.join()


def _poll_on(source: Source, stop: threading.Event) -> None:
    troubles = 0
    while not stop.is_set():
        close_old_connections()
        try:
            count = source.poller.poll()
        except (BotoCoreError, ClientError, DatabaseError, InterfaceError) as trouble:
            wait = AFTER_TROUBLE_SECONDS[min(troubles, len(AFTER_TROUBLE_SECONDS) - 1)]
            logger.warning("%s: %s; next try in %s s", source.name, _words(trouble), wait)
            troubles += 1
            stop.wait(wait)
            continue
        troubles = 0
        if not count and source.idle_seconds:
            stop.wait(source.idle_seconds)
    close_old_connections()


def _words(trouble: Exception) -> str:
    """Name what went wrong, without what a database error quotes of an event."""
    if isinstance(trouble, (DatabaseError, InterfaceError)):
        return f"the database: {type(trouble).__name__}"
    return str(trouble)
