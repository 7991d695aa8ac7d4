"""Against real streams: moto's Kinesis over HTTP."""

import itertools

import pytest

from pinpoint.receivers.kinesis import Place, StreamReader

NAMES = itertools.count(1)


class Checkpoints:
    """In memory; the ones in PostgreSQL have tests of their own."""

    def __init__(self):
        self.places = {}
        self.done = set()
        self.taken = set()

    def finished(self, stream):
        return set(self.done)

    def lease(self, stream, shard_id):
        return None if shard_id in self.taken else Place(self.places.get(shard_id, ""))

    def advance(self, stream, shard_id, sequence_number):
        self.places[shard_id] = sequence_number
        return shard_id not in self.taken

    def finish(self, stream, shard_id):
        self.done.add(shard_id)


@pytest.fixture
def kinesis(aws):
    return aws("kinesis")


@pytest.fixture
def stream(kinesis):
    name = f"events-{next(NAMES)}"
    kinesis.create_stream(StreamName=name, ShardCount=2)
    return name


@pytest.fixture
def checkpoints():
    return Checkpoints()


def put(kinesis, stream, *texts):
    for text in texts:
        kinesis.put_record(StreamName=stream, Data=text.encode(), PartitionKey=text)


def read(kinesis, stream, checkpoints, log):
    return StreamReader(kinesis, stream, checkpoints, log).poll()


def test_it_reads_what_was_there_before_it_came(kinesis, stream, checkpoints, log):
    put(kinesis, stream, "a", "b", "c", "d", "e")
    assert read(kinesis, stream, checkpoints, log) == 5
    assert sorted(log.payloads) == ["a", "b", "c", "d", "e"]


def test_it_goes_on_where_it_stopped(kinesis, stream, checkpoints, log):
    put(kinesis, stream, "a")
    read(kinesis, stream, checkpoints, log)
    put(kinesis, stream, "b")
    assert read(kinesis, stream, checkpoints, log) == 1
    assert log.payloads == ["a", "b"]


def test_what_could_not_be_stored_is_read_again(kinesis, stream, checkpoints, log):
    put(kinesis, stream, "a")
    log.broken = True
    with pytest.raises(ConnectionError):
        read(kinesis, stream, checkpoints, log)
    log.broken = False
    assert read(kinesis, stream, checkpoints, log) == 1


def test_it_leaves_alone_what_another_reader_has(kinesis, stream, checkpoints, log):
    put(kinesis, stream, "a", "b", "c", "d", "e")
    checkpoints.taken = {"shardId-000000000000", "shardId-000000000001"}
    assert read(kinesis, stream, checkpoints, log) == 0


def test_it_stops_when_its_lease_was_lost_meanwhile(kinesis, stream, checkpoints, log):
    put(kinesis, stream, "a")
    checkpoints.advance = lambda *_: False
    assert read(kinesis, stream, checkpoints, log) == 1


def test_every_record_is_read_once_over_a_reshard(kinesis, stream, checkpoints, log):
    put(kinesis, stream, *(f"old {n}" for n in range(8)))
    read(kinesis, stream, checkpoints, log)
    kinesis.update_shard_count(StreamName=stream, TargetShardCount=4, ScalingType="UNIFORM_SCALING")
    put(kinesis, stream, *(f"new {n}" for n in range(8)))
    while read(kinesis, stream, checkpoints, log):
        continue
    assert sorted(log.payloads) == sorted(f"{age} {n}" for age in ("old", "new") for n in range(8))


class Split:
    """A stream whose one shard was split; moto has no closed shards that end, as AWS has."""

    def __init__(self):
        self.records = {"parent": ["old 1", "old 2"], "left": ["new 1"], "right": ["new 2"]}

    def get_paginator(self, name):
        return self

    def paginate(self, **kwargs):
        closed = {"StartingSequenceNumber": "0", "EndingSequenceNumber": "9"}
        shards = [
            {"ShardId": child, "ParentShardId": "parent", "SequenceNumberRange": {}}
            for child in ("left", "right")
        ]
        yield {"Shards": [*shards, {"ShardId": "parent", "SequenceNumberRange": closed}]}

    def get_shard_iterator(self, **asked):
        return {"ShardIterator": f"{asked['ShardId']}:{asked.get('StartingSequenceNumber', 0)}"}

    def get_records(self, **asked):
        """One record a call; the parent's last iterator is none."""
        shard, _, place = asked["ShardIterator"].partition(":")
        left = self.records[shard][int(place) :]
        more = len(left) > 1 or shard != "parent"
        return {
            "Records": [
                {"SequenceNumber": str(int(place) + 1), "Data": text.encode()} for text in left[:1]
            ],
            "MillisBehindLatest": len(left[1:]),
            "NextShardIterator": f"{shard}:{int(place) + len(left[:1])}" if more else None,
        }


def test_a_split_shard_is_read_to_its_end_before_its_children(checkpoints, log):
    while read(Split(), "stream", checkpoints, log):
        continue
    assert log.payloads == ["old 1", "old 2", "new 1", "new 2"]
    assert checkpoints.done == {"parent"}


def test_what_is_no_text_is_handed_over_all_the_same(kinesis, stream, checkpoints, log):
    kinesis.put_record(StreamName=stream, Data=b"\xff\x00", PartitionKey="x")
    read(kinesis, stream, checkpoints, log)
    assert log.payloads == ["\\xff\x00"]
