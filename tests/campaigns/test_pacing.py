import random
import time
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest

from campaigns import pacing
from campaigns.pacing import Bucket, Turn, take
from pinpoint.gateway import NotNow


def left_at_once(grant):
    """The turns of a grant, whose texts of one part have just left."""
    turns = [Turn(1, grant.slot, time.monotonic(), lambda _: None) for _ in grant.granted]
    for turn in turns:
        turn.at_the_door()
    return turns


@pytest.fixture
def bucket():
    return lambda rate: Bucket(f"test:{uuid.uuid4()}", rate)


def test_it_grants_up_to_the_limit_at_once(bucket):
    assert take([bucket(5)], [1] * 8).count == 5


def test_it_says_how_long_to_wait_for_the_rest(bucket):
    narrow = bucket(5)
    grant = take([narrow], [1] * 3, ended=left_at_once(take([narrow], [1] * 5)))
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


def test_it_grants_again_a_second_after_the_texts_have_left(bucket):
    narrow = bucket(2)
    turns = left_at_once(take([narrow], [1, 1]))
    time.sleep(take([narrow], [1], ended=turns).wait_seconds)
    assert take([narrow], [1]).count == 1


def test_a_turn_counts_until_its_text_has_left(bucket):
    narrow = bucket(2)
    take([narrow], [1, 1])
    time.sleep(1.1)
    assert take([narrow], [1]).count == 0


def test_a_turn_that_was_not_used_is_given_back(bucket):
    narrow = bucket(2)
    grant = take([narrow], [1, 1])
    unused = [Turn(1, grant.slot, time.monotonic(), print) for _ in grant.granted]
    assert take([narrow], [1] * 3, ended=unused).count == 2


def test_a_turn_that_is_long_over_does_not_open_the_door(bucket):
    turn = Turn(1, 0, time.monotonic() - pacing.GOOD_FOR, print)
    with pytest.raises(NotNow):
        turn.at_the_door()


def test_nobody_gets_two_texts_in_a_second(bucket):
    ana, ben = f"+1{uuid.uuid4().int}", f"+1{uuid.uuid4().int}"
    first = take([bucket(9)], [1, 1, 1], people=[ana, ana, ben])
    assert (first.granted, first.passed) == ([0, 2], [1])
    assert take([bucket(9)], [1], people=[ben]).passed == [0]


def test_too_fast_for_aws_lowers_the_rate_once_a_second_and_it_comes_back(bucket):
    wide = bucket(10)
    pacing.slow_down(wide)
    pacing.slow_down(wide)
    assert 0.69 < pacing.shares([wide])[0] < 0.75
    assert take([wide], [1] * 10).count == 7


def test_what_goes_first_gets_the_next_room_that_there_is(bucket):
    narrow = bucket(2)
    turns = left_at_once(take([narrow], [1, 1]))
    time.sleep(take([narrow], [1], first=True, ended=turns).wait_seconds)
    assert take([narrow], [2]).count == 0
    assert take([narrow], [1], first=True).count == 1
    assert take([narrow], [1]).count == 1


@pytest.mark.parametrize("slowest", [0.002, 0.25])
def test_no_sliding_second_ever_holds_more_than_the_limit(bucket, slowest):
    """Four workers send as fast as they may; their texts come to the door early or late."""
    shared = bucket(40)
    end = time.monotonic() + 3

    def worker(seed):
        chance, left, ended = random.Random(seed), [], []
        while time.monotonic() < end:
            asked_at = time.monotonic()
            grant = take([shared], [1] * 3, ended=ended)
            ended = []
            for _ in grant.granted:
                time.sleep(chance.uniform(0, slowest))
                turn = Turn(1, grant.slot, asked_at, ended.append)
                turn.at_the_door()
                left.append(time.monotonic())
            time.sleep(min(0.002, grant.wait_seconds))
        return left

    with ThreadPoolExecutor(4) as pool:
        times = sorted(moment for left in pool.map(worker, range(4)) for moment in left)
    assert len(times) > 40
    for index, start in enumerate(times):
        assert sum(start <= moment < start + 1 for moment in times[index:]) <= 40


def test_the_keys_do_not_stay_behind(bucket):
    shared = bucket(5)
    take([shared], [1])
    assert 0 < pacing.connection().pttl(f"sendpoint:pace:{shared.name}") <= 6000
