"""Parts of the system die in any order while AWS errs too: nobody gets two, nobody is lost."""

import random

import pytest

from tests.journeys.campaign import SURE, assert_nobody_twice_nobody_lost, kill, launch, reaches
from tests.stack import wait_for

pytestmark = pytest.mark.soak

PARTS = ("worker", "beat", "valkey", "postgres", "simulator", "web")
PEOPLE = 2000
# AWS answers late, with errors, twice, or closes the connection after it has accepted.
FAULTS = {
    "latency_ms": 40.0,
    "faults": {
        "close_after_accept": 0.01,
        "error_after_accept": 0.01,
        "server_error": 0.01,
        "slow_answer": 0.01,
        "slow_answer_ms": 3000.0,  # longer than our patience
    },
    "rates": SURE["rates"] | {"duplicate": 0.2, "republished": 0.1, "out_of_order": 0.2},
}


@pytest.mark.parametrize("seed", range(6))
def test_whatever_dies_and_however_aws_errs(start, seed):
    chance = random.Random(seed)
    stack = start(SURE | FAULTS)
    launch(stack, PEOPLE)
    for nth in range(1, 6):
        reaches(stack, nth * PEOPLE // 8)
        for name in chance.sample(PARTS, chance.randint(1, 2)):
            kill(stack, name)
        wait_for(stack.is_healthy, 60, stack.words)
    assert_nobody_twice_nobody_lost(stack, PEOPLE, cut_off=12)
