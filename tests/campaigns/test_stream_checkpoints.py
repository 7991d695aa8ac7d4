from datetime import timedelta

import pytest
from django.utils import timezone

from campaigns.models import StreamShard
from campaigns.stream_checkpoints import DatabaseCheckpoints
from pinpoint.receivers.kinesis import Place

pytestmark = pytest.mark.django_db


@pytest.fixture
def ours():
    return DatabaseCheckpoints()


@pytest.fixture
def theirs():
    return DatabaseCheckpoints()


def run_out():
    StreamShard.objects.update(leased_until=timezone.now() - timedelta(seconds=1))


def test_a_new_shard_is_read_from_its_beginning(ours):
    assert ours.lease("events", "shard-0") == Place("")


def test_it_goes_on_where_it_stopped(ours):
    ours.lease("events", "shard-0")
    assert ours.advance("events", "shard-0", "17")
    assert ours.lease("events", "shard-0") == Place("17")


def test_a_shard_that_another_reader_has_is_left_alone(ours, theirs):
    ours.lease("events", "shard-0")
    assert theirs.lease("events", "shard-0") is None


def test_a_dead_readers_shard_is_taken_over_where_it_stopped(ours, theirs):
    ours.lease("events", "shard-0")
    ours.advance("events", "shard-0", "17")
    run_out()
    assert theirs.lease("events", "shard-0") == Place("17")


def test_a_reader_that_was_too_slow_does_not_turn_the_clock_back(ours, theirs):
    ours.lease("events", "shard-0")
    run_out()
    theirs.lease("events", "shard-0")
    theirs.advance("events", "shard-0", "30")
    assert not ours.advance("events", "shard-0", "17")
    assert StreamShard.objects.get().sequence_number == "30"


def test_a_finished_shard_is_not_read_again(ours):
    ours.lease("events", "shard-0")
    ours.finish("events", "shard-0")
    assert ours.finished("events") == {"shard-0"}
    assert ours.lease("events", "shard-0") is None
