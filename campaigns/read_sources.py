"""Whether queues and streams are read: `manage.py receive` notes it, the account page shows it."""

import time
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from campaigns import aws_account
from campaigns.models import ReadSource

NOTE_SECONDS = 5.0  # between two notes of one source
# A queue answers within 20 seconds that it has nothing.
SILENT = timedelta(minutes=1)


class Notes:
    """Notes of one source, one every few seconds at most: a busy queue is asked all the time."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._came: datetime | None = None
        self._next = time.monotonic()

    def asked(self, count: int) -> None:
        """Note that it answered, with so many events."""
        self._came = timezone.now() if count else self._came
        if time.monotonic() < self._next:
            return
        came = {"event_at": self._came} if self._came else {}
        self._put(asked_at=timezone.now(), trouble="", **came)
        self._came, self._next = None, time.monotonic() + NOTE_SECONDS

    def failed(self, words: str) -> None:
        """Note why it could not be read."""
        self._put(trouble=words[:300])

    def _put(self, **noted: object) -> None:
        ReadSource.objects.update_or_create(name=self._name, defaults=noted)


@dataclass(frozen=True, slots=True)
class Reading:
    """How reading one source goes."""

    name: str
    is_read: bool
    event_at: datetime | None
    trouble: str


def readings(now: datetime) -> list[Reading]:
    """Return how each queue and stream that is to be read is read."""
    names = [*aws_account.queues(), *settings.KINESIS_STREAMS]
    noted = {row.name: row for row in ReadSource.objects.filter(name__in=names)}
    found = []
    for name in names:
        row = noted.get(name) or ReadSource(name=name)
        is_read = row.asked_at is not None and row.asked_at > now - SILENT
        found.append(Reading(name, is_read, row.event_at, row.trouble))
    return found
