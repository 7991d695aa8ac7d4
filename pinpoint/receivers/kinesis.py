"""Amazon Kinesis Data Streams: how Pinpoint's own event stream arrives (aws-sms.md 7.3)."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from pinpoint.receivers.raw import RawEvent, Store, raw_event

if TYPE_CHECKING:
    from mypy_boto3_kinesis import KinesisClient
    from mypy_boto3_kinesis.type_defs import RecordTypeDef, ShardTypeDef

logger = logging.getLogger(__name__)
MOST = 1000  # records of one call, stored in one transaction
BATCHES = 20  # of one shard, before the others have their turn


@dataclass(frozen=True, slots=True)
class Place:
    """How far a shard has been read; "" = nothing of it yet."""

    sequence_number: str = ""


class Checkpoints(Protocol):
    """Where is written down how far each shard has been read, and who reads it now."""

    def finished(self, stream: str) -> set[str]:
        """Return the shards that have been read to their end."""
        ...

    def lease(self, stream: str, shard_id: str) -> Place | None:
        """Take a shard for a while, or go on holding it; None while another reader has it."""
        ...

    def advance(self, stream: str, shard_id: str, sequence_number: str) -> bool:
        """Note how far it has been read; False when the lease was lost meanwhile."""
        ...

    def finish(self, stream: str, shard_id: str) -> None:
        """Note that a closed shard has been read to its end."""
        ...


class StreamReader:
    """Reads all shards of one stream, each from where it, or a reader that died, stopped.

    A split or merged shard is read to its end before its children are, so that events of one
    message stay in order. Several readers share the shards between them.
    """

    def __init__(
        self, client: "KinesisClient", stream: str, checkpoints: Checkpoints, store: Store
    ) -> None:
        self._client = client
        self._stream = stream
        self._checkpoints = checkpoints
        self._store = store

    def poll(self) -> int:
        """Read what there is now, of every shard that is free; return how many records."""
        shards = self._shards()
        finished = self._checkpoints.finished(self._stream)
        there = {shard["ShardId"] for shard in shards}
        count = 0
        for shard in shards:
            if shard["ShardId"] not in finished and not _parents(shard) & there - finished:
                count += self._read(shard)
        return count

    def _shards(self) -> list["ShardTypeDef"]:
        pages = self._client.get_paginator("list_shards").paginate(StreamName=self._stream)
        return [shard for page in pages for shard in page["Shards"]]

    def _read(self, shard: "ShardTypeDef") -> int:
        shard_id = shard["ShardId"]
        place = self._checkpoints.lease(self._stream, shard_id)
        if place is None:
            return 0
        iterator: str | None = self._iterator(shard_id, place)
        count = 0
        for _ in range(BATCHES):
            answer = self._client.get_records(ShardIterator=iterator or "", Limit=MOST)
            records = answer["Records"]
            if records:
                self._store([self._event(shard_id, record) for record in records])
                count += len(records)
                if not self._checkpoints.advance(
                    self._stream, shard_id, records[-1]["SequenceNumber"]
                ):
                    return count  # it took too long, and another reader goes on from here
            iterator = answer.get("NextShardIterator")
            at_end = not records and not answer.get("MillisBehindLatest")
            if iterator is None or (at_end and _is_closed(shard)):
                self._checkpoints.finish(self._stream, shard_id)
                return count
            if at_end:
                return count
        return count

    def _iterator(self, shard_id: str, place: Place) -> str:
        if place.sequence_number:
            answer = self._client.get_shard_iterator(
                StreamName=self._stream,
                ShardId=shard_id,
                ShardIteratorType="AFTER_SEQUENCE_NUMBER",
                StartingSequenceNumber=place.sequence_number,
            )
        else:
            answer = self._client.get_shard_iterator(
                StreamName=self._stream, ShardId=shard_id, ShardIteratorType="TRIM_HORIZON"
            )
        return answer["ShardIterator"]

    def _event(self, shard_id: str, record: "RecordTypeDef") -> RawEvent:
        return raw_event(
            record["Data"].decode("utf-8", "backslashreplace"),
            source="kinesis",
            transport_id=f"{self._stream}:{shard_id}:{record['SequenceNumber']}",
            sent_at=record.get("ApproximateArrivalTimestamp"),
        )


def _is_closed(shard: "ShardTypeDef") -> bool:
    return "EndingSequenceNumber" in shard["SequenceNumberRange"]


def _parents(shard: "ShardTypeDef") -> set[str]:
    found: Sequence[str | None] = (shard.get("ParentShardId"), shard.get("AdjacentParentShardId"))
    return {parent for parent in found if parent}
