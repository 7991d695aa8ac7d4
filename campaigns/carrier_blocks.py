"""Receipts that say that the phone, or its carrier, lets nothing of ours through any more."""

from collections.abc import Iterable

from campaigns.models import Message
from compliance import opt_outs
from compliance.models import LedgerEntry
from pinpoint.events import DeliveryEvent

BLOCKED = "BLOCKED"  # aws-sms.md 5.3: treat like an opt-out; it is how a toll-free STOP shows


def note(news: Iterable[tuple[Message, DeliveryEvent]]) -> None:
    """Record an opt-out for each person who blocks us. Call in the transaction of the receipts."""
    for message, event in news:
        blocked = event.is_final and event.status == BLOCKED
        if not blocked or message.state != Message.State.FAILED:
            continue
        if not opt_outs.is_opted_out(message.phone):
            opt_outs.opt_out(
                message.phone,
                source=LedgerEntry.Source.CARRIER,
                happened_at=event.occurred_at,
                evidence={"message": message.pk, "answer": BLOCKED},
            )
