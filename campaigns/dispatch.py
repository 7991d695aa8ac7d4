"""The outbound street: claim → gate → render → pace → gateway → record.

One thread works the street and the database; others, or one for all, wait for AWS. No lane waits
for another: where one has no room, the next is worked on, and sleeping is for when none has.
"""

import logging
import queue as waiting
import time
import uuid
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.utils import timezone
from redis import RedisError

from campaigns import clearing, handover, outcomes, pacing, prices, queue
from campaigns.calling import calls
from campaigns.clearing import Ready
from campaigns.lanes import Lane, Where
from campaigns.models import Message
from campaigns.pacing import Turn
from pinpoint.gateway import BatchGateway, Fate, Gateway, SendError

logger = logging.getLogger(__name__)

# A gate decision older than this (seconds) is asked for anew before the text leaves: an opt-out
# must reach messages that wait for their turn.
FRESH = 0.5
LOOK_EVERY = 0.5  # seconds between looks for lanes that have work
TOGETHER = 64  # texts handed over in one transaction
MOST = 256  # texts claimed at a time
GATHER = 0.02  # seconds in which answers are gathered, to be recorded together


@dataclass(slots=True)
class Load:
    """What this worker holds of a lane."""

    lane: Lane
    ready: deque[Ready] = field(default_factory=deque)
    flying: int = 0  # calls to AWS under way
    rests_until: float = 0.0  # by time.monotonic(): there is no room, or nothing due, before
    dry: bool = False  # nothing more was due at the last look
    worth: int = 32  # texts to claim: as many as leave before their clearance grows old
    claimed_at: float = 0.0
    # Turns whose texts have left or never will; Valkey is told with the next question to it.
    ended: waiting.SimpleQueue[Turn] = field(default_factory=waiting.SimpleQueue)


@dataclass(slots=True)
class Call:
    """One text on its way to AWS."""

    load: Load
    ready: Ready
    turn: Turn
    answered: "waiting.SimpleQueue[Call]"
    answer: str | BaseException = ""

    def settle(self, answer: str | BaseException) -> None:
        """Note what came of it, from whatever thread."""
        self.answer = answer
        self.answered.put(self)


class Dispatcher:
    """Sends for a while. Holds no state that matters: everything is in the database."""

    def __init__(
        self,
        gateway: Gateway | BatchGateway,
        *,
        now: Callable[[], datetime] = timezone.now,
        at_once: int = 16,
    ) -> None:
        self._gateway = gateway
        self._now = now
        self._at_once = at_once

    def work(self, run_id: int, *, until: float) -> int:
        """Send what is due in a run until `time.monotonic()` passes `until`; return how many.

        Ends early when nothing is due, or when the campaign may not send now.
        """
        return self._shift(lambda _: [Where(run_id=run_id)], until)

    def work_direct(self, originator_id: int, *, until: float) -> int:
        """Send the direct texts of an originator that are due; return how many."""
        return self._shift(lambda _: [Where(originator_id=originator_id)], until)

    def work_claimed(self, claimed: queue.Claimed, *, until: float) -> int:
        """Send direct texts that the caller has claimed; return how many went.

        What has not gone by then is given back, for whoever works on the originator next.
        """
        with calls(self._gateway, self._at_once) as gateway:
            shift = Shift(
                gateway, self._now, self._at_once, lambda _: [claimed.lane.where], claimed
            )
            return shift.work(until)

    def work_all(self, *, until: float) -> int:
        """Send whatever is due, direct texts first; return how many."""
        return self._shift(queue.lanes_with_work, until)

    def _shift(self, look: Callable[[datetime], Sequence[Where]], until: float) -> int:
        with calls(self._gateway, self._at_once) as gateway:
            return Shift(gateway, self._now, self._at_once, look).work(until)


class Shift:
    """Some seconds of work on all lanes that `look` finds, under one claim."""

    def __init__(
        self,
        gateway: BatchGateway,
        now: Callable[[], datetime],
        at_once: int,
        look: Callable[[datetime], Sequence[Where]],
        claimed: queue.Claimed | None = None,
    ) -> None:
        self._gateway = gateway
        self._now = now
        self._at_once = at_once
        self._claimed = claimed  # all that it works on
        # Texts worth a transaction while others fly.
        self._least = max(1, min(at_once // 2, TOGETHER))
        self._look = look
        self._token = claimed.token if claimed else uuid.uuid4()
        self._prices = prices.lately() if claimed else prices.current()
        self._loads: dict[Where, Load] = {}
        self._look_at = 0.0
        self._rounds = 0
        self._flying = 0
        self._answered: waiting.SimpleQueue[Call] = waiting.SimpleQueue()
        self._accepted = 0

    def work(self, until: float) -> int:
        """Work until `time.monotonic()` passes `until` or nothing is left; return how many went."""
        try:
            while time.monotonic() < until and self._round(until):
                pass
        except RedisError:
            # Without the buckets nothing may go: unpaced is worse than late.
            logger.warning("the pacing buckets are out of reach; sending waits for them")
        finally:  # whatever happens here, what AWS took is written down
            while self._flying:
                self._record(self._gather(None))
            for load in self._loads.values():
                self._put_down(load)
            if self._claimed:
                queue.release(self._token, [one.pk for one in self._claimed.messages])
            with suppress(RedisError):  # then the grants are forgotten by themselves
                self._tell_what_left()
        return self._accepted

    def _round(self, until: float) -> bool:
        """Give each lane its turn; False when there is nothing to do or to wait for."""
        self._record(self._gather(0))
        if time.monotonic() >= self._look_at:
            self._find_lanes()
        moved = [self._advance(load) for load in self._in_order()]
        if any(moved):
            return True
        self._tell_what_left()
        wakes = [load.rests_until for load in self._loads.values() if load.ready]
        if not self._flying and not wakes:
            return False
        wake = min([*wakes, self._look_at, until]) if wakes else min(self._look_at, until)
        pause = max(0.001, wake - time.monotonic())
        if self._flying:
            self._record(self._gather(pause))
        else:
            time.sleep(pause)
        return True

    def _tell_what_left(self) -> None:
        """Tell Valkey when texts left, so that others get their room a second later."""
        for load in self._loads.values():
            if not load.ended.empty():
                self._take(load, [])

    def _find_lanes(self) -> None:
        """Look which lanes have work; those that have none any more are put down."""
        self._look_at = time.monotonic() + LOOK_EVERY
        found = self._look(self._now())
        for where in found:
            load = self._loads.get(where)
            if load is None:
                self._loads[where] = Load(self._claimed.lane if self._claimed else Lane.of(where))
            else:
                load.dry = False
        for where in set(self._loads) - set(found):
            load = self._loads[where]
            if not load.ready and not load.flying and load.ended.empty():
                del self._loads[where]

    def _in_order(self) -> list[Load]:
        """Direct and transactional texts first; among the others each is first in its turn."""
        loads = list(self._loads.values())
        self._rounds += 1
        turn = self._rounds % len(loads) if loads else 0
        return sorted(loads[turn:] + loads[:turn], key=lambda load: load.lane.rank)

    def _advance(self, load: Load) -> bool:
        """Take a lane as far as it goes now; whether that was anywhere."""
        if load.rests_until > time.monotonic():
            return False
        room = self._room(load)
        if room <= 0:
            return False
        if not load.ready and not load.dry and self._claim(load) and not load.ready:
            return True  # all of it was blocked or deferred: look at what comes next
        if not load.ready or room < min(self._least, len(load.ready)):
            return False
        return self._hand_over(load, min(room, TOGETHER))

    def _room(self, load: Load) -> int:
        """How many more calls a lane may make: slow answers to one must not hold up others."""
        most = self._at_once if len(self._loads) == 1 else max(1, self._at_once * 3 // 4)
        return min(self._at_once - self._flying, most - load.flying)

    def _claim(self, load: Load) -> int:
        """Claim what is likely to leave soon, at most a second's worth, and clear it; how many."""
        most = max(1, min(load.lane.parts_per_second, _worth(load)))
        if self._claimed:
            messages = self._claimed.take(most)
        else:
            messages = queue.claim_into(self._token, load.lane.where, most, self._now())
        load.dry = len(messages) < most
        if messages:
            load.ready.extend(clearing.clear(load.lane, self._token, messages, self._now()))
        return len(messages)

    def _hand_over(self, load: Load, most: int) -> bool:
        """Take turns, commit as sending, and let AWS be called."""
        first = [load.ready[place] for place in range(min(most, len(load.ready)))]
        asked_at = time.monotonic()
        grant = self._take(load, first)
        for _ in first:
            load.ready.popleft()
        taken = {*grant.granted, *grant.passed}
        left = [ready for place, ready in enumerate(first) if place not in taken]
        load.ready.extendleft(reversed(left))
        if left:
            load.rests_until = time.monotonic() + grant.wait_seconds
        if grant.passed:
            self._one_a_second(first[place] for place in grant.passed)
        turns = {
            first[place].message.pk: Turn(first[place].parts, grant.slot, asked_at, load.ended.put)
            for place in grant.granted
        }
        if turns:
            self._start(load, self._fresh(load, [first[place] for place in grant.granted]), turns)
        return bool(taken)

    def _take(self, load: Load, wanted: Sequence[Ready]) -> pacing.Grant:
        return pacing.take(
            load.lane.buckets(),
            [ready.parts for ready in wanted],
            people=[ready.message.phone for ready in wanted],
            first=load.lane.goes_first,
            ended=_drain(load.ended),
        )

    def _one_a_second(self, passed: Iterable[Ready]) -> None:
        """Put back texts to people who had one a moment ago; others go meanwhile."""
        now = self._now()
        ids = [ready.message.pk for ready in passed]
        queue.again(self._token, ids, now + timedelta(seconds=1), "", now)

    def _fresh(self, load: Load, chosen: list[Ready]) -> list[Ready]:
        now = self._now()
        if not any(ready.is_older_than(FRESH, now) for ready in chosen):
            return chosen
        return clearing.clear(load.lane, self._token, [ready.message for ready in chosen], now)

    def _start(self, load: Load, chosen: list[Ready], turns: dict[int, Turn]) -> None:
        messages = [ready.message for ready in chosen]
        try:
            going = handover.start(load.lane, self._token, messages, self._prices, self._now())
        except handover.NotNow as refusal:
            handover.wait(load.lane, self._token, messages, refusal, self._now())
            _give_back(load, turns)
            self._rest(load, LOOK_EVERY)
            return
        leaving = [ready for ready in chosen if ready.message.pk in going]
        self._fly(load, [(ready, turns.pop(ready.message.pk)) for ready in leaving])
        _give_back(load, turns)
        missing = [ready.message.pk for ready in chosen if ready.message.pk not in going]
        if missing:  # the campaign was paused or the texts cancelled: look again what there is
            queue.release(self._token, missing)
            self._rest(load, LOOK_EVERY)

    def _fly(self, load: Load, leaving: list[tuple[Ready, Turn]]) -> None:
        texts = [
            (ready.text(load.lane, turn), Call(load, ready, turn, self._answered).settle)
            for ready, turn in leaving
        ]
        self._gateway.begin(texts)  # what it cannot begin is waited for by nobody
        load.flying += len(texts)
        self._flying += len(texts)

    def _gather(self, patience: float | None) -> list[Call]:
        """Return the calls that ended; wait for the first (None: as long as it takes)."""
        calls: list[Call] = []
        end = time.monotonic() + GATHER
        try:
            calls.append(self._answered.get(block=patience != 0, timeout=patience))
            while self._flying - len(calls) > 0:
                enough = self._at_once - self._flying + len(calls) >= self._least
                left = 0 if patience == 0 or enough else end - time.monotonic()
                calls.append(self._answered.get(block=left > 0, timeout=max(left, 0.001)))
        except waiting.Empty:
            pass
        return calls

    def _record(self, calls: list[Call]) -> None:
        """Write down what AWS answered; what it took first."""
        if not calls:
            return
        accepted: list[tuple[int, str]] = []
        refused: list[tuple[Call, SendError]] = []
        broken: BaseException | None = None
        for call in calls:
            self._flying -= 1
            call.load.flying -= 1
            answer = call.answer
            if call.turn.left_after is None:
                if not (isinstance(answer, SendError) and answer.fate is Fate.LATE):
                    call.turn.left_after = time.monotonic() - call.turn.asked_at
                call.load.ended.put(call.turn)
            if isinstance(answer, str):
                accepted.append((call.ready.message.pk, answer))
            elif isinstance(answer, SendError):
                refused.append((call, answer))
            else:
                broken = answer
        if accepted:
            queue.accepted(self._token, accepted, self._now())
            self._accepted += len(accepted)
            for call in calls:
                if isinstance(call.answer, str):
                    call.ready.message.state = Message.State.ACCEPTED
                    call.ready.message.aws_id = call.answer
        for call, error in refused:
            lane, message = call.load.lane, call.ready.message
            if outcomes.settle(lane, self._token, message, error, self._now()):
                self._rest(call.load, LOOK_EVERY * 4)
        if broken is not None:
            raise broken

    def _rest(self, load: Load, seconds: float) -> None:
        """Give back what is ready, for whoever comes next, and leave the lane alone for a while."""
        self._put_down(load)
        load.rests_until = time.monotonic() + seconds

    def _put_down(self, load: Load) -> None:
        queue.release(self._token, [ready.message.pk for ready in load.ready])
        load.ready.clear()
        load.dry = True


def _worth(load: Load) -> int:
    """Return how many texts to claim, by how long the last claim took to leave."""
    now = time.monotonic()
    if now - load.claimed_at < FRESH / 2:
        load.worth = min(load.worth * 2, MOST)
    elif now - load.claimed_at > FRESH:
        load.worth = max(load.worth // 2, 1)
    load.claimed_at = now
    return load.worth


def _drain(turns: waiting.SimpleQueue[Turn]) -> list[Turn]:
    return [turns.get() for _ in range(turns.qsize())]


def _give_back(load: Load, turns: dict[int, Turn]) -> None:
    """Let Valkey know of turns that were not needed."""
    for turn in turns.values():
        load.ended.put(turn)
