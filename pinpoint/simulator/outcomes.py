"""What becomes of a text: a pure function of the seed, the destination and how many-th text it is.

Neither the order nor the timing of requests matters, so one seed always tells the same story.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from random import Random

from . import simulator_numbers
from .configuration import NO_RECEIPT, Delays, Faults, Rates

INBOUND = "INBOUND"
OTHER_REPLIES = ("Thanks!", "HELP", "stop please", "please stop texting me")
# The phone itself fails: the carrier had accepted the text before.
AFTER_CARRIER = frozenset(
    {"TEXT_DELIVERED", "TEXT_UNREACHABLE", "TEXT_BLOCKED", "TEXT_UNKNOWN", "TEXT_TTL_EXPIRED"}
)


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that AWS publishes about a text; times in seconds after acceptance.

    Two notices of one text with the same identity carry the same SNS MessageId.
    """

    kind: str  # an event type, or INBOUND
    is_final: bool
    happened: float
    published: float
    identity: int
    body: str = ""  # what the person wrote, for INBOUND


@dataclass(frozen=True, slots=True)
class Plan:
    """The end of a text and all that is heard of it, in the order of publication."""

    outcome: str
    notices: tuple[Notice, ...]


@dataclass(frozen=True, slots=True)
class Fault:
    """What goes wrong with one request."""

    server_error: bool
    error_after_accept: bool
    close_after_accept: bool
    slow: bool


@dataclass(frozen=True, slots=True)
class Chances:
    """Everything that a plan is drawn from."""

    seed: int
    outcomes: Mapping[str, float]
    rates: Rates
    delays: Delays


def fault(seed: int, destination: str, attempt: int, faults: Faults) -> Fault:
    """Draw what goes wrong with the attempt-th request for a destination (from 1)."""
    draw = Random(f"fault|{seed}|{destination}|{attempt}").random
    return Fault(
        server_error=draw() < faults.server_error,
        error_after_accept=draw() < faults.error_after_accept,
        close_after_accept=draw() < faults.close_after_accept,
        slow=draw() < faults.slow_answer,
    )


def plan(chances: Chances, destination: str, nth: int, *, too_long: bool, ttl: float) -> Plan:
    """Plan the nth text to a destination (from 1); ttl is its TimeToLive in seconds."""
    rng = Random(f"text|{chances.seed}|{destination}|{nth}")
    outcome = _outcome(rng, chances.outcomes, destination, too_long=too_long)
    early, late = sorted(rng.uniform(chances.delays.least, chances.delays.most) for _ in "12")
    if late > ttl and outcome in AFTER_CARRIER:
        outcome, late, early = "TEXT_TTL_EXPIRED", ttl, min(early, ttl)
    receipts = _receipts(rng, chances.rates, outcome, early, late)
    receipts = _disordered(rng, chances.rates, receipts)
    receipts = _repeated(rng, chances, receipts)
    reply = _reply(rng, chances, outcome, destination, nth, late)
    ordered = sorted([*receipts, *reply], key=lambda notice: notice.published)
    return Plan(outcome, tuple(ordered))


def _outcome(
    rng: Random, outcomes: Mapping[str, float], destination: str, *, too_long: bool
) -> str:
    drawn = rng.choices(list(outcomes), weights=list(outcomes.values()))[0]
    if too_long:
        return "TEXT_INVALID_MESSAGE"
    if destination in simulator_numbers.SUCCESS:
        return "TEXT_DELIVERED"
    if destination in simulator_numbers.FAILURE:
        return "TEXT_UNREACHABLE"
    return drawn


def _receipts(rng: Random, rates: Rates, outcome: str, early: float, late: float) -> list[Notice]:
    queued, pending = rng.random() < rates.queued, rng.random() < rates.pending
    if outcome == NO_RECEIPT:
        return []
    steps: list[tuple[str, bool, float]] = []
    if outcome != "TEXT_INVALID_MESSAGE":
        steps += [("TEXT_QUEUED", False, early * 0.2)] * queued
        steps += [("TEXT_PENDING", False, early * 0.5)] * pending
    if outcome in AFTER_CARRIER:
        steps.append(("TEXT_SUCCESSFUL", False, early))
    steps.append((outcome, True, late))
    return [
        Notice(kind, final, moment, moment, identity)
        for identity, (kind, final, moment) in enumerate(steps)
    ]


def _disordered(rng: Random, rates: Rates, receipts: list[Notice]) -> list[Notice]:
    """Sometimes publish the final event before the one that it followed."""
    if rng.random() >= rates.out_of_order or len(receipts) < 2:
        return receipts
    *rest, before, final = receipts
    swapped = [
        replace(final, published=before.published),
        replace(before, published=final.published),
    ]
    return [*rest, *swapped]


def _repeated(rng: Random, chances: Chances, receipts: list[Notice]) -> list[Notice]:
    """Sometimes publish an event again, under the same SNS MessageId or under a new one."""
    repeats: list[Notice] = []
    for notice in receipts:
        same, new = rng.random(), rng.random()
        later = notice.published + rng.uniform(chances.delays.least, chances.delays.most) / 2
        if same < chances.rates.duplicate:
            repeats.append(replace(notice, published=later))
        elif new < chances.rates.republished:
            repeats.append(
                replace(notice, published=later, identity=len(receipts) + notice.identity)
            )
    return [*receipts, *repeats]


def _reply(
    rng: Random, chances: Chances, outcome: str, destination: str, nth: int, late: float
) -> list[Notice]:
    """Decide whether the person answers: STOP only to the first text, other words to any."""
    stop, other = rng.random(), rng.random()
    words = rng.choice(OTHER_REPLIES)
    moment = late + rng.uniform(chances.delays.least, chances.delays.most)
    if outcome != "TEXT_DELIVERED" or simulator_numbers.is_simulator(destination):
        return []
    if nth == 1 and stop < chances.rates.stop_reply:
        words = "STOP"
    elif other >= chances.rates.other_reply:
        return []
    return [Notice(INBOUND, False, moment, moment, -1, words)]
