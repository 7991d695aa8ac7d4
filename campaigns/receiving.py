"""The pollers of `manage.py receive`: SQS queues and Kinesis streams, each in its own thread."""

import contextlib
import logging
import threading
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import redis
from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings
from django.db import DatabaseError, InterfaceError, close_old_connections, connection
from kombu.exceptions import OperationalError

from campaigns import aws_account, event_log, tasks
from campaigns.read_sources import Notes
from campaigns.stream_checkpoints import DatabaseCheckpoints
from pinpoint import clients
from pinpoint.receivers.kinesis import StreamReader
from pinpoint.receivers.raw import RawEvent
from pinpoint.receivers.sqs import QueuePoller, dead_letter_queue

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

logger = logging.getLogger(__name__)
AFTER_TROUBLE_SECONDS = (1, 2, 5, 15, 30)
# Between two looks at a stream that has nothing new: a shard allows five calls a second.
IDLE_SECONDS = 1.0
ALIVE_SECONDS = 2.0
LOOK_SECONDS = 5.0  # between two looks for queues that were set up meanwhile
DEAD_LETTERS_SECONDS = 60.0  # between two looks at a dead-letter queue


class Poller(Protocol):
    """Something that waits for events, stores them, and says how many there were."""

    def poll(self) -> int:
        """Take what comes; raises what AWS or the database raises, having lost nothing."""
        ...


@dataclass(frozen=True, slots=True)
class Source:
    """A poller, its name for the log, and how long to rest when it has nothing (seconds).

    With notes, the page of the account says how reading it goes.
    """

    name: str
    poller: Poller
    idle_seconds: float = 0.0
    notes: Notes | None = None


Find = Callable[[Collection[str]], Sequence[Source]]  # given the names of what is read already


class DeadLetters:
    """The dead-letter queue of a queue, once AWS has said which it is."""

    def __init__(self, client: "SQSClient", queue_url: str) -> None:
        self._client = client
        self._queue_url = queue_url
        self._poller: QueuePoller | None = None

    def poll(self) -> int:
        """Take what lies there; nothing where there is no such queue."""
        if self._poller is None:
            dead = dead_letter_queue(self._client, self._queue_url)
            if dead is None:
                return 0
            self._poller = QueuePoller(self._client, dead, keep, wait_seconds=0)
        return self._poller.poll()


def new_sources(known: Collection[str]) -> list[Source]:
    """Return what settings name and what was set up from the admin, except what is read already."""
    found = []
    for url in aws_account.queues():
        if url not in known:
            client = clients.queue_client(region=settings.AWS_REGION)
            dead = DeadLetters(clients.queue_client(region=settings.AWS_REGION), url)
            found.append(Source(url, QueuePoller(client, url, keep), notes=Notes(url)))
            found.append(Source(f"{url} (dead letters)", dead, DEAD_LETTERS_SECONDS))
    for name in settings.KINESIS_STREAMS:
        if name not in known:
            streams = clients.stream_client(region=settings.AWS_REGION)
            reader = StreamReader(streams, name, DatabaseCheckpoints(), keep)
            found.append(Source(name, reader, IDLE_SECONDS, Notes(name)))
    return found


def keep(events: Sequence[RawEvent]) -> None:
    """Commit events, then see to it that somebody acts on them soon."""
    event_log.store(events)
    try:
        tasks.process_events.delay()
    except (OperationalError, redis.RedisError):
        # They are committed; beat nudges again when the broker is back.
        logger.warning("the broker is out of reach; events wait in the log")


def run(find: Find, stop: threading.Event, alive: Callable[[], None]) -> None:
    """Poll every source until `stop` is set, calling `alive` every other second.

    Sources may be added meanwhile, so they are looked for again and again. Raises RuntimeError when
    a thread ends by itself: whoever started us starts us again.
    """
    threads: dict[str, threading.Thread] = {}
    look = time.monotonic()
    while True:
        if time.monotonic() >= look:
            for source in _found(find, threads):
                threads[source.name] = _begun(source, stop)
            look = time.monotonic() + LOOK_SECONDS
        alive()
        if stop.wait(ALIVE_SECONDS):
            break
        if not all(thread.is_alive() for thread in threads.values()):
            stop.set()
            raise RuntimeError("a source has stopped; the log says why")
    for thread in threads.values():
        thread.join()


def _found(find: Find, known: Collection[str]) -> Sequence[Source]:
    close_old_connections()
    try:
        return find(known)
    except (DatabaseError, InterfaceError) as trouble:
        logger.warning("sources could not be looked for: %s", _words(trouble))
        return []


def _begun(source: Source, stop: threading.Event) -> threading.Thread:
    logger.info("receiving from %s", source.name)
    thread = threading.Thread(target=_poll_on, args=(source, stop), name=source.name, daemon=True)
    thread.start()
    return thread


def _poll_on(source: Source, stop: threading.Event) -> None:
    troubles = 0
    while not stop.is_set():
        close_old_connections()
        try:
            count = source.poller.poll()
            if source.notes:
                source.notes.asked(count)
        except (BotoCoreError, ClientError, DatabaseError, InterfaceError) as trouble:
            wait = AFTER_TROUBLE_SECONDS[min(troubles, len(AFTER_TROUBLE_SECONDS) - 1)]
            words = _words(trouble)
            logger.warning("%s: %s; next try in %s s", source.name, words, wait)
            _note_trouble(source, words)
            troubles += 1
            stop.wait(wait)
            continue
        troubles = 0
        if not count and source.idle_seconds:
            stop.wait(source.idle_seconds)
    connection.close()  # this thread's own


def _note_trouble(source: Source, words: str) -> None:
    if source.notes:
        with contextlib.suppress(DatabaseError, InterfaceError):
            source.notes.failed(words)


def _words(trouble: Exception) -> str:
    """Name what went wrong, without what a database error quotes of an event."""
    if isinstance(trouble, (DatabaseError, InterfaceError)):
        return f"the database: {type(trouble).__name__}"
    return str(trouble)
