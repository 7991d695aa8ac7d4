"""A campaign in a running system: launched, watched, and held against the simulator's log."""

from collections import Counter
from urllib.error import URLError

from tests.stack import daytime_zone, wait_for

# What the log says must be true, so that every text has one certain end.
SURE = {"outcomes": {"TEXT_DELIVERED": 1.0}, "rates": {"stop_reply": 0.0, "other_reply": 0.0}}
STATES = ("delivered", "failed", "blocked", "expired", "cancelled", "unknown", "open")
LEASE_SECONDS = 4
THREADS = 16
IN_FLIGHT = 4 * THREADS  # the texts that a worker's processes can have in their threads


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
        120,
        stack.words,
    )


def kill(stack, name):
    killed = stack.kill(name)
    wait_for(lambda: stack.pid(name) not in (None, killed), 30, stack.words)


def assert_nobody_twice_nobody_lost(stack, people, cut_off):
    """Hold the totals against the log, after hand-overs to AWS were cut off so many times."""
    ends(stack)
    texted = Counter(text["destination"] for text in stack.accepted())
    assert set(texted.values()) == {1}
    # Every receipt found its text: who is unclear was never accepted by AWS.
    wait_for(lambda: totals(stack)["delivered"] == len(texted), 30, stack.words)
    end = totals(stack)
    assert end["delivered"] + end["unknown"] == people
    assert end["unknown"] <= cut_off * IN_FLIGHT
