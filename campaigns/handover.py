"""The moment before AWS is called: texts become `sending` and their price is taken, or neither."""

import logging
import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction

from campaigns import carrier_caps, queue, runs, spend
from campaigns.carrier_caps import CapReached
from campaigns.lanes import Lane
from campaigns.models import Message
from campaigns.prices import PriceList
from campaigns.spend import OverBudget
from contacts.phones import country_of

logger = logging.getLogger(__name__)
NotNow = (OverBudget, CapReached)
# When a direct text, which has no campaign to pause, asks again whether there is money.
ASK_AGAIN = timedelta(minutes=5)


def start(
    lane: Lane, token: uuid.UUID, messages: Sequence[Message], price_list: PriceList, now: datetime
) -> set[int]:
    """Commit messages as `sending`; return the ids of those that really are (see queue.start).

    Raises OverBudget or CapReached, and changes nothing, where the money or the carriers' day
    does not reach for them.
    """
    for message in messages:
        message.expected_usd = price_list.of_text(message.phone, message.parts or 1)
    with transaction.atomic(durable=True):  # AWS must not hear of what may yet be rolled back
        going = queue.start(token, messages, now)
        sending = [message for message in messages if message.pk in going]
        if lane.originator.brand:
            american = [m.parts or 1 for m in sending if country_of(m.phone) == "US"]
            carrier_caps.take(lane.originator.brand, sum(american), now)
        # Last, since it holds the month's sum until the commit.
        usd = sum((m.expected_usd or spend.NOTHING for m in sending), start=spend.NOTHING)
        spend.take(lane.run.campaign if lane.run else None, usd, now)
    return going


def wait(
    lane: Lane,
    token: uuid.UUID,
    messages: Sequence[Message],
    refusal: OverBudget | CapReached,
    now: datetime,
) -> None:
    """Put the messages back: to the carriers' next day, or until there is money again."""
    ids = [message.pk for message in messages]
    if isinstance(refusal, CapReached):
        american = [m.pk for m in messages if country_of(m.phone) == "US"]
        queue.release(token, [pk for pk in ids if pk not in american])
        queue.again(token, american, refusal.until, "carrier_daily_cap", now)
    elif lane.run:
        queue.release(token, ids)
        runs.pause_because(lane.run.campaign_id, str(refusal))
        logger.warning("%s paused: over its budget", lane)
    else:
        queue.again(token, ids, now + ASK_AGAIN, "over_budget", now)
