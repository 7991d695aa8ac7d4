"""Parts of the system are killed while a campaign is being sent: nobody is texted twice, nobody is
lost, and the totals add up all the time. The simulator's log is the witness."""

from collections import Counter
from urllib.error import URLError

import pytest

from tests.stack import Stack, daytime_zone, wait_for

pytestmark = pytest.mark.slow
# What the witness says must be true, so that every text has one certain end.
SURE = {"outcomes": {"TEXT_DELIVERED": 1.0}, "rates": {"stop_reply": 0.0, "other_reply": 0.0}}
STATES = ("delivered", "failed", "blocked", "expired", "cancelled", "unknown", "open")
LEASE_SECONDS = 60
# Slow calls, so that some are under way when the worker dies; and receipts that come when its
# lease is long over, too late to say in time what became of them.
LATE = SURE | {
    "latency_ms": 400.0,
    "delays": {"least": LEASE_SECONDS + 15.0, "most": LEASE_SECONDS + 20.0},
}


@pytest.fixture
def start(tmp_path):
    running = []

    def start(simulator):
        stack = Stack(tmp_path, simulator=simulator)
        running.append(stack)
        stack.start()
        return stack

    yield start
    for stack in running:
        stack.stop()


def launch(stack, people):
    stack.manage(
        "shell",
        "--verbosity=0",
        "-c",
        f"from tests.journeys.launching import launch; "
        f"launch({people}, {daytime_zone()!r}, messages_per_second=100, "
        f"daily_limit=100, total_limit=100)",  # no cap shall hide a text that went twice
    )


def totals(stack):
    (campaign,) = stack.campaigns()
    counts = {name: campaign[name] for name in STATES}
    assert sum(counts.values()) == campaign["audience"], campaign
    return counts | {"audience": campaign["audience"], "status": campaign["status"]}


def accepted(stack):
    try:
        return stack.simulated("stats")["accepted"]
    except URLError:  # it is being started again
        return 0


def reaches(stack, texts):
    wait_for(lambda: accepted(stack) >= texts, 60, stack.words)


def ends(stack):
    return wait_for(
        lambda: (found := totals(stack))["status"] == "completed" and found,
        3 * LEASE_SECONDS,
        stack.words,
    )


def kill(stack, name):
    killed = stack.kill(name)
    wait_for(lambda: stack.pid(name) not in (None, killed), 30, stack.words)


def assert_nobody_twice_nobody_lost(stack, people):
    ends(stack)
    texted = Counter(text["destination"] for text in stack.accepted())
    assert set(texted.values()) == {1}
    # Every receipt found its text: who is unclear was never accepted by AWS.
    wait_for(lambda: totals(stack)["delivered"] == len(texted), 30, stack.words)
    end = totals(stack)
    assert end["delivered"] + end["unknown"] == people
    assert end["unknown"] <= 64  # at most what was in flight in four processes of 16 threads


def test_the_worker_is_killed_in_the_middle_of_a_campaign(start):
    stack = start(LATE)
    launch(stack, 600)
    for texts in (50, 250):
        reaches(stack, texts)
        kill(stack, "worker")
    assert_nobody_twice_nobody_lost(stack, 600)


def test_each_part_is_killed_in_turn_while_a_campaign_is_sent(start):
    stack = start(SURE)
    launch(stack, 1500)
    for nth, name in enumerate(("web", "beat", "valkey", "simulator", "postgres"), start=1):
        reaches(stack, 150 * nth)
        kill(stack, name)
        wait_for(stack.is_healthy, 60, stack.words)
    assert_nobody_twice_nobody_lost(stack, 1500)
