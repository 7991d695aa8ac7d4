"""Kinesis checkpoints in PostgreSQL: readers share the shards, and go on where one died."""

import uuid
from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from campaigns.models import StreamShard
from pinpoint.receivers.kinesis import Place

LEASE = timedelta(seconds=60)


class DatabaseCheckpoints:
    """What `pinpoint.receivers.kinesis` needs; one object for each reader."""

    def __init__(self) -> None:
        self._reader = uuid.uuid4()

    def finished(self, stream: str) -> set[str]:
        """Return the shards that have been read to their end. One query."""
        done = StreamShard.objects.filter(stream=stream, finished_at__isnull=False)
        return set(done.values_list("shard_id", flat=True))

    def lease(self, stream: str, shard_id: str) -> Place | None:
        """Take the shard unless another reader has it (compare-and-set). Two queries."""
        now = timezone.now()
        StreamShard.objects.bulk_create(
            [StreamShard(stream=stream, shard_id=shard_id)], ignore_conflicts=True
        )
        free = Q(reader=None) | Q(reader=self._reader) | Q(leased_until__lt=now)
        shard = StreamShard.objects.filter(free, stream=stream, shard_id=shard_id, finished_at=None)
        if not shard.update(reader=self._reader, leased_until=now + LEASE):
            return None  # another reader got there first
        return Place(StreamShard.objects.get(stream=stream, shard_id=shard_id).sequence_number)

    def advance(self, stream: str, shard_id: str, sequence_number: str) -> bool:
        """Write down how far we are, and hold the lease on; False when it is another's now."""
        mine = StreamShard.objects.filter(stream=stream, shard_id=shard_id, reader=self._reader)
        until = timezone.now() + LEASE
        return bool(mine.update(sequence_number=sequence_number, leased_until=until))

    def finish(self, stream: str, shard_id: str) -> None:
        """Write down that there is no more to come from the shard."""
        mine = StreamShard.objects.filter(stream=stream, shard_id=shard_id, reader=self._reader)
        mine.update(finished_at=timezone.now(), leased_until=None)
