"""Parts of the system are killed while a campaign is sent, the worker always, in the middle of its
calls to AWS: nobody gets two, nobody is lost."""

import random

import pytest

from tests.journeys.campaign import (
    LEASE_SECONDS,
    SURE,
    assert_nobody_twice_nobody_lost,
    kill,
    launch,
    reaches,
)
from tests.stack import wait_for

pytestmark = pytest.mark.slow
# Slow calls, so that some are under way when a part dies; and receipts that come when the lease of
# a dead worker is long over and the next has begun, too late to say in time what became of them.
LATE = SURE | {
    "latency_ms": 400.0,
    "delays": {"least": LEASE_SECONDS + 15.0, "most": LEASE_SECONDS + 16.0},
}
PARTS = ("web", "beat", "valkey", "worker", "simulator", "postgres")


def kill_in_turn(stack, parts, people):
    launch(stack, people)
    for nth, name in enumerate(parts, start=1):
        reaches(stack, 100 * nth)
        kill(stack, name)
        wait_for(stack.is_healthy, 60, stack.words)
    # Without a worker, the simulator or the database, texts are neither handed over nor noted.
    assert_nobody_twice_nobody_lost(stack, people, cut_off=4)


def test_the_worker_and_two_more_are_killed_while_a_campaign_is_sent(start):
    kill_in_turn(start(LATE), ["worker", *random.sample(PARTS, 2)], people=500)


@pytest.mark.soak
def test_each_part_is_killed_in_turn_while_a_campaign_is_sent(start):
    kill_in_turn(start(LATE), ["worker", *PARTS], people=900)
