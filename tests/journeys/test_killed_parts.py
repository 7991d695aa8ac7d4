"""Every part of the system is killed while a campaign is sent: nobody gets two, nobody is lost."""

import pytest

from tests.journeys.campaign import SURE, assert_nobody_twice_nobody_lost, kill, launch, reaches
from tests.stack import wait_for

pytestmark = pytest.mark.slow


def test_each_part_is_killed_in_turn_while_a_campaign_is_sent(start):
    stack = start(SURE)
    launch(stack, 1500)
    for nth, name in enumerate(("web", "beat", "valkey", "simulator", "postgres"), start=1):
        reaches(stack, 150 * nth)
        kill(stack, name)
        wait_for(stack.is_healthy, 60, stack.words)
    # Without the simulator, and without the database, texts can be neither handed over nor noted.
    assert_nobody_twice_nobody_lost(stack, 1500, cut_off=2)
