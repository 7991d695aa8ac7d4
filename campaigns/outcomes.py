"""What becomes of a text that AWS did not plainly accept."""

import logging
import random
import uuid
from datetime import datetime, timedelta

from campaigns import pacing, queue, runs
from campaigns.lanes import Lane
from campaigns.models import Message
from compliance import opt_outs
from pinpoint.gateway import Fate, SendError

logger = logging.getLogger(__name__)

# How long to wait before the next attempt at a text that AWS surely did not take, in seconds. A
# campaign's text stays on the last rung until its run ends; a direct one fails after it.
LADDERS = {
    Fate.THROTTLED: (1, 2, 4, 8, 15, 30),
    Fate.NOT_SENT: (2, 5, 15, 60, 300),
    Fate.HAD_ENOUGH: (3600, 4 * 3600, 12 * 3600),
}
OPTED_OUT = "DESTINATION_PHONE_NUMBER_OPTED_OUT"


def settle(lane: Lane, token: uuid.UUID, message: Message, error: SendError, now: datetime) -> bool:
    """Record what is certain of a text; True when its lane should rest for now."""
    ids = [message.pk]
    match error.fate:
        case Fate.LATE:
            queue.unsent(token, ids, now)
        case Fate.UNKNOWN:
            queue.unclear(token, ids, error.reason, error.detail, now)
        case Fate.REFUSED:
            queue.end(token, ids, Message.State.FAILED, error.reason, error.detail, now)
            if error.reason == OPTED_OUT:
                _note_opt_out(message, now)
        case Fate.HALTED:
            _halt(lane, token, message, error, now)
            return True
        case Fate.THROTTLED:
            pacing.slow_down(lane.shared_bucket)
            _try_later(lane, token, message, error, now)
        case Fate.HAD_ENOUGH:
            _try_later(lane, token, message, error, now)
        case Fate.NOT_SENT:
            _try_later(lane, token, message, error, now)
            return True  # AWS is out of reach: no use trying the next
    return False


def _halt(lane: Lane, token: uuid.UUID, message: Message, error: SendError, now: datetime) -> None:
    """Nothing would be accepted: pause the campaign; a direct text is of no use later."""
    if lane.run is None:
        queue.end(token, [message.pk], Message.State.FAILED, error.reason, error.detail, now)
    else:
        queue.again(token, [message.pk], now, error.reason, now)
        runs.pause_because(lane.run.campaign_id, f"{error.reason}: {error.detail}")
    logger.error("%s halted: %s", lane, error.reason)


def _try_later(
    lane: Lane, token: uuid.UUID, message: Message, error: SendError, now: datetime
) -> None:
    ladder = LADDERS[error.fate]
    if lane.run is None and message.attempts >= len(ladder):
        queue.end(token, [message.pk], Message.State.FAILED, error.reason, error.detail, now)
        return
    seconds = ladder[min(message.attempts, len(ladder) - 1)]
    delay = timedelta(seconds=seconds * random.uniform(0.8, 1.2))
    queue.again(token, [message.pk], now + delay, error.reason, now)


def _note_opt_out(message: Message, now: datetime) -> None:
    opt_outs.refused_by_aws(
        message.phone,
        happened_at=now,
        evidence={"refused_message": message.pk, "answer": OPTED_OUT},
    )
