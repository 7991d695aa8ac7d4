import time
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest

from campaigns.pacing import Bucket, take
from compliance.valkey import connection


@pytest.fixture
def bucket():
    return lambda rate: Bucket(f"test:{uuid.uuid4()}", rate)


def test_it_grants_up_to_the_limit_at_once(bucket):
    assert take([bucket(5)], [1] * 8).count == 5


def test_it_says_how_long_to_wait_for_the_rest(bucket):
    grant = take([bucket(5)], [1] * 8)
    assert 0.9 < grant.wait_seconds <= 1.02


def test_it_counts_parts_not_messages(bucket):
    assert take([bucket(5)], [2, 2, 2]).count == 2


def test_the_smallest_of_several_buckets_holds(bucket):
    assert take([bucket(10), bucket(3)], [1] * 8).count == 3


def test_a_bucket_that_is_full_takes_nothing_from_the_others(bucket):
    wide, narrow = bucket(10), bucket(1)
    take([narrow], [1])
    take([wide, narrow], [1])
    assert take([wide], [1] * 20).count == 10


def test_a_text_with_more_parts_than_the_limit_goes_alone(bucket):
    narrow = bucket(1)
    assert take([narrow], [3]).count == 1
    assert take([narrow], [1]).count == 0


def test_it_grants_again_when_the_second_is_over(bucket):
    narrow = bucket(2)
    take([narrow], [1, 1])
    time.sleep(take([narrow], [1]).wait_seconds)
    assert take([narrow], [1]).count == 1


def test_what_goes_first_gets_the_next_room_that_there_is(bucket):
    narrow = bucket(2)
    take([narrow], [1, 1])
    wait = take([narrow], [1], first=True).wait_seconds
    time.sleep(wait)
    assert take([narrow], [2]).count == 0
    assert take([narrow], [1], first=True).count == 1
    assert take([narrow], [1]).count == 1


def test_no_sliding_second_ever_holds_more_than_the_limit(bucket):
    """Eight workers ask as fast as they can for three seconds."""
    shared = bucket(40)
    end = time.monotonic() + 3

    def worker(_):
        granted = []
        while time.monotonic() < end:
            before = time.monotonic()
            grant = take([shared], [1] * 3)
            granted += [before] * grant.count
            time.sleep(0.002)
        return granted

    with ThreadPoolExecutor(8) as pool:
        times = sorted(t for granted in pool.map(worker, range(8)) for t in granted)
    # `before` is at most the round trip earlier than the server's clock: allow that much.
    for index, start in enumerate(times):
        assert sum(start <= t < start + 0.95 for t in times[index:]) <= 40
    assert len(times) >= 2.8 * 40


def test_the_keys_do_not_stay_behind(bucket):
    shared = bucket(5)
    take([shared], [1])
    assert 0 < connection().pttl(f"sendpoint:pace:{shared.name}") <= 2000
