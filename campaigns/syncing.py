"""Reading from AWS what AWS alone knows, each source at its own pace.

A room that wants something read says so once, when its app is ready, and fills its own tables:

    syncing.register(syncing.Source("numbers", _("Numbers"), timedelta(minutes=10), read))

`read(now)` makes its calls to AWS and writes what they said; it may be run again at any time, and
raises what boto3 raises (BotoCoreError, ClientError). `register` is all that a source needs: beat
nudges, a lease keeps two workers from reading one source at once, trouble is kept in words and
tried again after growing pauses, the admin shows it all with a button, and an alert opens when a
source fails for long. `run(name, now)` reads one source, whoever asks for it; False: somebody else
is at it, or it is not due.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from django.db.models import Q, QuerySet

from campaigns.models import AwsSource
from pinpoint import troubles

logger = logging.getLogger(__name__)
# Longer than a Celery task may take, so that who holds a lease is alive or was ended.
LEASE = timedelta(minutes=11)
# After so many seconds the next try, by how often it has failed in a row.
LADDER = (60, 120, 300, 900, 1800, 3600)


@dataclass(frozen=True, slots=True)
class Source:
    """Something to read from AWS: its key, its name for people, how often, and who reads it."""

    name: str
    label: Any  # translated
    every: timedelta
    read: Callable[[datetime], None]
    # Whether this installation has it at all, such as an application of Pinpoint.
    wanted: Callable[[], bool] = lambda: True


_registered: dict[str, Source] = {}


def register(source: Source) -> None:
    """Have a source read from now on; call it in `ready` of the app that keeps what it reads."""
    _registered[source.name] = source


def sources() -> dict[str, Source]:
    """Return the sources of this installation by name."""
    return {name: source for name, source in _registered.items() if source.wanted()}


def due(now: datetime) -> list[str]:
    """Return the names of the sources whose time has come and that nobody reads. Two queries."""
    wanted = sources()
    AwsSource.objects.bulk_create(
        [AwsSource(name=name, due_at=now) for name in wanted], ignore_conflicts=True
    )
    return list(
        AwsSource.objects.filter(_free(now), name__in=wanted).values_list("name", flat=True)
    )


def _free(now: datetime) -> Q:
    return Q(due_at__lte=now) & (Q(leased_until=None) | Q(leased_until__lt=now))


def run(name: str, now: datetime) -> bool:
    """Read a source that is due; False: it is not, or another worker is at it."""
    source = sources().get(name)
    until = now + LEASE
    # Compare and set: who changes the row has the source.
    if source is None or not AwsSource.objects.filter(_free(now), name=name).update(
        leased_until=until, last_try_at=now
    ):
        return False
    mine = AwsSource.objects.filter(name=name, leased_until=until)
    try:
        source.read(now)
    except (BotoCoreError, ClientError) as trouble:
        words = troubles.in_words(trouble)
        logger.warning("reading %s from AWS: %s", name, words)
        _failed(mine, words, now)
        return True
    except Exception as trouble:
        _failed(mine, f"Sendpoint could not read it: {type(trouble).__name__}", now)
        raise
    mine.update(
        leased_until=None,
        last_success_at=now,
        due_at=now + source.every,
        failures=0,
        failing_since=None,
        error="",
    )
    return True


def _failed(mine: QuerySet[AwsSource], words: str, now: datetime) -> None:
    row = mine.first()
    if row is None:  # it took longer than the lease, and another has it
        return
    mine.update(
        leased_until=None,
        due_at=now + timedelta(seconds=LADDER[min(row.failures, len(LADDER) - 1)]),
        failures=row.failures + 1,
        failing_since=row.failing_since or now,
        error=words[:300],
    )
