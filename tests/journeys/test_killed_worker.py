"""The worker is killed while texts are on their way to AWS: nobody gets two, nobody is lost."""

import pytest

from tests.journeys.campaign import (
    LEASE_SECONDS,
    SURE,
    assert_nobody_twice_nobody_lost,
    kill,
    launch,
    reaches,
)

pytestmark = pytest.mark.slow
# Slow calls, so that some are under way when the worker dies; and receipts that come when its
# lease is long over, too late to say in time what became of them.
LATE = SURE | {
    "latency_ms": 400.0,
    "delays": {"least": LEASE_SECONDS + 15.0, "most": LEASE_SECONDS + 20.0},
}


def test_the_worker_is_killed_in_the_middle_of_a_campaign(start):
    stack = start(LATE)
    launch(stack, 600)
    for texts in (50, 250):
        reaches(stack, texts)
        kill(stack, "worker")
    assert_nobody_twice_nobody_lost(stack, 600, cut_off=2)
