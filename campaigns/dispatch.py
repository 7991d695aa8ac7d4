"""The outbound street: claim → gate → render → pace → gateway → record."""

import logging
import random
import time
import uuid
from collections import defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone
from liquid.exceptions import LiquidError
from redis import RedisError

from campaigns import pacing, queue, runs, templating
from campaigns.history import Sent, sent_before
from campaigns.models import Message, Run
from compliance import gate, opt_outs
from compliance.models import LedgerEntry
from contacts import attributes
from pinpoint.gateway import ClearedText, Fate, Gateway, SendError
from pinpoint.parts import count_parts

logger = logging.getLogger(__name__)

# A gate decision older than this is asked for anew before the text leaves: an opt-out must
# reach messages that wait for their turn.
FRESH = timedelta(milliseconds=500)
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
        run = Run.objects.select_related("campaign__originator", "campaign__program").get(pk=run_id)
        handed_over = 0
        with ThreadPoolExecutor(self._threads) as pool:
            while time.monotonic() < until:
                token, messages = queue.claim(run_id, self._batch_size(run), self._now())
                if not messages:
                    break
                sent = self._batch(run, token, messages, pool, until)
                if sent is None:
                    break
                handed_over += sent
        return handed_over

    def _batch_size(self, run: Run) -> int:
        """At most a second's worth, so that a claim never waits long for its turn."""
        rate = min(run.campaign.messages_per_second, run.campaign.originator.parts_per_second)
        return max(1, min(rate, self._threads * 4))

    def _batch(
        self,
        run: Run,
        token: uuid.UUID,
        messages: list[Message],
        pool: ThreadPoolExecutor,
        until: float,
    ) -> int | None:
        """Take one claimed batch through the street; None when the run must stop for now."""
        try:
            ready = self._cleared(run, token, messages)
            decided_at = self._now()
            sent = 0
            while ready:
                # No more than the threads take at once: what waits for a thread would hold tokens
                # of a second gone by, an old decision, and be unclear if this worker died.
                first = ready[: self._threads]
                grant = pacing.take(self._buckets(run), [r.message.parts or 1 for r in first])
                if grant.count:
                    turn, ready = ready[: grant.count], ready[grant.count :]
                    if self._now() - decided_at > FRESH:
                        turn = self._cleared(run, token, [r.message for r in turn])
                    outcome = self._send(run, token, turn, pool)
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
            logger.warning("the pacing buckets are out of reach; run %s waits", run.pk)
            queue.release(token, [m.pk for m in messages])
            return None
        return sent

    def _buckets(self, run: Run) -> list[pacing.Bucket]:
        originator = run.campaign.originator
        buckets = [
            pacing.Bucket(f"originator:{originator.pk}", originator.parts_per_second),
            pacing.Bucket(f"campaign:{run.campaign_id}", run.campaign.messages_per_second),
        ]
        if settings.ACCOUNT_PARTS_PER_SECOND:
            buckets.append(pacing.Bucket("account", settings.ACCOUNT_PARTS_PER_SECOND))
        return buckets

    def _cleared(self, run: Run, token: uuid.UUID, messages: Sequence[Message]) -> list[Ready]:
        """Ask the gate and render; end or defer what may not go, return the rest."""
        now = self._now()
        before = sent_before(run.campaign_id, [m.phone for m in messages], now)
        decisions = gate.decide([_question(run, m, before.get(m.phone)) for m in messages], now)
        ready = []
        held: dict[tuple[str, str, datetime | None], list[int]] = defaultdict(list)
        for message, decision in zip(messages, decisions, strict=True):
            if decision.verdict is gate.Verdict.SEND:
                if self._render(run, token, message):
                    message.rules = decision.rules
                    ready.append(Ready(message, decision))
            else:
                held[_holding(run, decision)].append(message.pk)
        for (state, reason, until), ids in held.items():
            if until:
                queue.again(token, ids, until, reason, now)
            else:
                queue.end(token, ids, state, reason, "", now)
        return ready

    def _render(self, run: Run, token: uuid.UUID, message: Message) -> bool:
        fields = attributes.merge_fields(message.contact) if message.contact else {}
        try:
            message.body = templating.render(run.body, fields)
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
        self, run: Run, token: uuid.UUID, turn: Sequence[Ready], pool: ThreadPoolExecutor
    ) -> int | None:
        """Commit as sending, call AWS side by side, record. None when the run must stop."""
        going = queue.start(token, [r.message for r in turn], self._now())
        calls = [
            (ready, pool.submit(self._gateway.send, _text(run, ready)))
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
                    stop = self._not_accepted(run, token, ready.message, error) or stop
        finally:  # whatever happens here, what AWS took is written down
            if accepted:
                queue.accepted(token, accepted, self._now())
        missing = [r.message.pk for r in turn if r.message.pk not in going]
        queue.release(token, missing)
        return None if stop or missing else len(accepted)

    def _not_accepted(self, run: Run, token: uuid.UUID, message: Message, error: SendError) -> bool:
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
                queue.again(token, ids, now, error.reason, now)
                runs.pause_because(run.campaign_id, f"{error.reason}: {error.detail}")
                logger.error("campaign %s paused: %s", run.campaign_id, error.reason)
                return True
            case Fate.THROTTLED | Fate.NOT_SENT:
                return self._try_later(token, message, error, now)
        return False

    def _try_later(
        self, token: uuid.UUID, message: Message, error: SendError, now: datetime
    ) -> bool:
        ladder = THROTTLED_LADDER if error.fate is Fate.THROTTLED else NOT_SENT_LADDER
        seconds = ladder[min(message.attempts, len(ladder) - 1)]
        delay = timedelta(seconds=seconds * random.uniform(0.8, 1.2))
        queue.again(token, [message.pk], now + delay, error.reason, now)
        return error.fate is Fate.NOT_SENT  # AWS is out of reach: no use trying the next


def _holding(run: Run, decision: gate.Decision) -> tuple[str, str, datetime | None]:
    """Say what becomes of a message that may not go now: (state, reason, due again at)."""
    reason = str(decision.reason)
    if decision.verdict is gate.Verdict.BLOCK:
        return Message.State.BLOCKED, reason, None
    if decision.until and decision.until < run.expires_at:
        return Message.State.QUEUED, reason, decision.until
    return Message.State.EXPIRED, reason, None


def _question(run: Run, message: Message, before: Sent | None) -> gate.Question:
    campaign = run.campaign
    return gate.Question(
        phone=message.phone,
        program_id=campaign.program_id,
        message_class=campaign.message_class,
        stated_zone=message.contact.timezone if message.contact else "",
        daily_limit=campaign.daily_limit,
        sent_in_day=before.in_day if before else 0,
        oldest_in_day=before.oldest_in_day if before else None,
        total_limit=campaign.total_limit,
        sent_in_total=before.in_total if before else 0,
    )


def _text(run: Run, ready: Ready) -> ClearedText:
    clearance = ready.decision.clearance
    if clearance is None:
        raise AssertionError("the gate gave no clearance for a text that is being sent")
    return ClearedText(
        clearance=clearance,
        body=ready.message.body,
        originator=run.campaign.originator.identity,
        message_type="PROMOTIONAL"
        if run.campaign.message_class == "promotional"
        else "TRANSACTIONAL",
        configuration_set=settings.AWS_CONFIGURATION_SET,
        context={"site": settings.SITE_ID_IN_CONTEXT, "message": str(ready.message.pk)},
    )


def _note_opt_out(message: Message, now: datetime) -> None:
    """AWS holds an opt-out that never reached us: it counts from now on here too."""
    opt_outs.opt_out(
        message.phone,
        source=LedgerEntry.Source.CARRIER,
        happened_at=now,
        evidence={"refused_message": message.pk, "answer": "DESTINATION_PHONE_NUMBER_OPTED_OUT"},
    )
