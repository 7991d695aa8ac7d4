"""The outbound street: claim → gate → render → pace → gateway → record."""

import logging
import random
import time
import uuid
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone
from liquid.exceptions import LiquidError
from redis import RedisError

from campaigns import pacing, queue, runs, templating
from campaigns.history import had_before
from campaigns.lanes import Lane
from campaigns.models import Message
from compliance import gate, opt_outs
from compliance.models import LedgerEntry, MessageClass
from contacts import attributes
from pinpoint.gateway import ClearedText, Fate, Gateway, SendError
from pinpoint.parts import count_parts

logger = logging.getLogger(__name__)

# A gate decision older than this is asked for anew before the text leaves: an opt-out must
# reach messages that wait for their turn.
FRESH = timedelta(milliseconds=500)
# What SendTextMessage takes as TimeToLive, in seconds (aws-sms.md 2).
SHORTEST_TTL, LONGEST_TTL = 5, 259_200
# How long to wait before the next attempt at a text that AWS surely did not take, in seconds.
THROTTLED_LADDER = (1, 2, 4, 8, 15, 30)
NOT_SENT_LADDER = (2, 5, 15, 60, 300)


@dataclass(frozen=True, slots=True)
class Ready:
    """A message with its words and its clearance."""

    message: Message
    decision: gate.Decision


class Dispatcher:
    """Works on one run for a while. Holds no state that matters: everything is in the database."""

    def __init__(
        self, gateway: Gateway, *, now: Callable[[], datetime] = timezone.now, threads: int = 16
    ) -> None:
        self._gateway = gateway
        self._now = now
        self._threads = threads

    def work(self, run_id: int, *, until: float) -> int:
        """Send what is due in a run until `time.monotonic()` passes `until`; return how many.

        Ends early when nothing is due, or when the campaign may not send now.
        """
        lane = Lane.of_run(run_id)
        return self._work(lane, lambda most: queue.claim(run_id, most, self._now()), until)

    def work_direct(self, originator_id: int, *, until: float) -> int:
        """Send the direct texts of an originator that are due; return how many."""
        lane = Lane.of_direct(originator_id)
        return self._work(
            lane, lambda most: queue.claim_direct(originator_id, most, self._now()), until
        )

    def _work(
        self, lane: Lane, claim: Callable[[int], tuple[uuid.UUID, list[Message]]], until: float
    ) -> int:
        handed_over = 0
        with ThreadPoolExecutor(self._threads) as pool:
            while time.monotonic() < until:
                token, messages = claim(self._batch_size(lane))
                if not messages:
                    break
                sent = self._batch(lane, token, messages, pool, until)
                if sent is None:
                    break
                handed_over += sent
        return handed_over

    def _batch_size(self, lane: Lane) -> int:
        """At most a second's worth, so that a claim never waits long for its turn."""
        return max(1, min(lane.parts_per_second, self._threads * 4))

    def _batch(
        self,
        lane: Lane,
        token: uuid.UUID,
        messages: list[Message],
        pool: ThreadPoolExecutor,
        until: float,
    ) -> int | None:
        """Take one claimed batch through the street; None when the run must stop for now."""
        try:
            ready = self._cleared(lane, token, messages)
            decided_at = self._now()
            sent = 0
            while ready:
                # No more than the threads take at once: what waits for a thread would hold tokens
                # of a second gone by, an old decision, and be unclear if this worker died.
                first = ready[: self._threads]
                grant = pacing.take(
                    lane.buckets(), [r.message.parts or 1 for r in first], first=lane.goes_first
                )
                if grant.count:
                    turn, ready = ready[: grant.count], ready[grant.count :]
                    if self._now() - decided_at > FRESH:
                        turn = self._cleared(lane, token, [r.message for r in turn])
                    outcome = self._send(lane, token, turn, pool)
                    if outcome is None:
                        queue.release(token, [r.message.pk for r in ready])
                        return None
                    sent += outcome
                elif time.monotonic() + grant.wait_seconds > until:
                    queue.release(token, [r.message.pk for r in ready])
                    return None
                else:
                    time.sleep(grant.wait_seconds)
        except RedisError:
            # Without the buckets nothing may go: unpaced is worse than late.
            logger.warning("the pacing buckets are out of reach; %s waits", lane)
            queue.release(token, [m.pk for m in messages])
            return None
        return sent

    def _cleared(self, lane: Lane, token: uuid.UUID, messages: Sequence[Message]) -> list[Ready]:
        """Ask the gate and render; end or defer what may not go, return the rest."""
        now = self._now()
        decisions = gate.decide(_questions(lane, messages, now), now)
        ready = []
        held = []
        for message, decision in zip(messages, decisions, strict=True):
            if decision.verdict is not gate.Verdict.SEND:
                held.append(_held(lane, message, decision))
            elif self._render(lane, token, message):
                message.rules = decision.rules
                message.decisions = [decision.record()]
                ready.append(Ready(message, decision))
        if held:
            queue.hold(token, held, now)
        return ready

    def _render(self, lane: Lane, token: uuid.UUID, message: Message) -> bool:
        if lane.run is None:  # its words were written for this person
            message.parts = count_parts(message.body).parts
            return True
        fields = attributes.merge_fields(message.contact) if message.contact else {}
        try:
            message.body = templating.render(lane.run.body, fields)
        except LiquidError as error:
            queue.end(
                token, [message.pk], Message.State.FAILED, "template", str(error), self._now()
            )
            return False
        parts = count_parts(message.body)
        problem = templating.length_problem(parts) if message.body.strip() else "the text is empty"
        if problem:
            queue.end(token, [message.pk], Message.State.FAILED, "template", problem, self._now())
            return False
        message.parts = parts.parts
        return True

    def _send(
        self, lane: Lane, token: uuid.UUID, turn: Sequence[Ready], pool: ThreadPoolExecutor
    ) -> int | None:
        """Commit as sending, call AWS side by side, record. None when the run must stop."""
        going = queue.start(token, [r.message for r in turn], self._now())
        calls = [
            (ready, pool.submit(self._gateway.send, _text(lane, ready)))
            for ready in turn
            if ready.message.pk in going
        ]
        accepted: list[tuple[int, str]] = []
        stop = False
        try:
            for ready, call in calls:
                try:
                    accepted.append((ready.message.pk, call.result()))
                except SendError as error:
                    stop = self._not_accepted(lane, token, ready.message, error) or stop
        finally:  # whatever happens here, what AWS took is written down
            if accepted:
                queue.accepted(token, accepted, self._now())
        missing = [r.message.pk for r in turn if r.message.pk not in going]
        queue.release(token, missing)
        return None if stop or missing else len(accepted)

    def _not_accepted(
        self, lane: Lane, token: uuid.UUID, message: Message, error: SendError
    ) -> bool:
        """Record what is certain; True when the run should stop for now."""
        now = self._now()
        ids = [message.pk]
        match error.fate:
            case Fate.UNKNOWN:
                queue.unclear(token, ids, error.reason, error.detail, now)
            case Fate.REFUSED:
                queue.end(token, ids, Message.State.FAILED, error.reason, error.detail, now)
                if error.reason == "DESTINATION_PHONE_NUMBER_OPTED_OUT":
                    _note_opt_out(message, now)
            case Fate.HALTED:
                return self._halt(lane, token, message, error, now)
            case Fate.THROTTLED | Fate.NOT_SENT:
                return self._try_later(token, message, error, now)
        return False

    def _halt(
        self, lane: Lane, token: uuid.UUID, message: Message, error: SendError, now: datetime
    ) -> bool:
        """Nothing would be accepted: pause the campaign; a direct text is of no use later."""
        if lane.run is None:
            queue.end(token, [message.pk], Message.State.FAILED, error.reason, error.detail, now)
        else:
            queue.again(token, [message.pk], now, error.reason, now)
            runs.pause_because(lane.run.campaign_id, f"{error.reason}: {error.detail}")
        logger.error("%s halted: %s", lane, error.reason)
        return True

    def _try_later(
        self, token: uuid.UUID, message: Message, error: SendError, now: datetime
    ) -> bool:
        ladder = THROTTLED_LADDER if error.fate is Fate.THROTTLED else NOT_SENT_LADDER
        seconds = ladder[min(message.attempts, len(ladder) - 1)]
        delay = timedelta(seconds=seconds * random.uniform(0.8, 1.2))
        queue.again(token, [message.pk], now + delay, error.reason, now)
        return error.fate is Fate.NOT_SENT  # AWS is out of reach: no use trying the next


def _held(lane: Lane, message: Message, decision: gate.Decision) -> queue.Held:
    """Say what becomes of a message that may not go now."""
    state, due_at = Message.State.EXPIRED, None
    if decision.verdict is gate.Verdict.BLOCK:
        state = Message.State.BLOCKED
    elif decision.until and (lane.run is None or decision.until < lane.run.expires_at):
        state, due_at = Message.State.QUEUED, decision.until
    return queue.Held(
        message.pk, state, due_at, str(decision.reason), decision.rules, decision.record()
    )


def _questions(lane: Lane, messages: Sequence[Message], now: datetime) -> list[gate.Question]:
    questions = [lane.question(message) for message in messages]
    if lane.run is None:
        return questions
    before = had_before(lane.run.campaign, [m.phone for m in messages], now)
    return [
        replace(
            question,
            sent_in_day=had.in_day,
            oldest_in_day=had.oldest_in_day,
            sent_in_total=had.in_total,
            had=had.of_brand,
            had_in_program=had.of_program,
        )
        if (had := before.get(question.phone))
        else question
        for question in questions
    ]


def _text(lane: Lane, ready: Ready) -> ClearedText:
    clearance = ready.decision.clearance
    if clearance is None:
        raise AssertionError("the gate gave no clearance for a text that is being sent")
    return ClearedText(
        clearance=clearance,
        body=ready.message.body,
        originator=lane.originator.identity,
        # AWS refuses a text of another type than the number's; the gate knows what it is.
        message_type="PROMOTIONAL"
        if lane.originator.message_class == MessageClass.PROMOTIONAL
        else "TRANSACTIONAL",
        configuration_set=settings.AWS_CONFIGURATION_SET,
        context={"site": settings.SITE_ID_IN_CONTEXT, "message": str(ready.message.pk)},
        ttl_seconds=_time_to_live(ready.decision),
    )


def _time_to_live(decision: gate.Decision) -> int:
    """Return how long AWS may try, in seconds: no longer than the recipient's hours last."""
    if decision.valid_until is None or decision.decided_at is None:
        return LONGEST_TTL
    left = int((decision.valid_until - decision.decided_at).total_seconds())
    return max(SHORTEST_TTL, min(left, LONGEST_TTL))


def _note_opt_out(message: Message, now: datetime) -> None:
    """AWS holds an opt-out that never reached us: it counts from now on here too."""
    opt_outs.opt_out(
        message.phone,
        source=LedgerEntry.Source.CARRIER,
        happened_at=now,
        evidence={"refused_message": message.pk, "answer": "DESTINATION_PHONE_NUMBER_OPTED_OUT"},
    )
