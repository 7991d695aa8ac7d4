"""Opt-outs that Pinpoint's own event stream tells of (`_SMS.OPTOUT`)."""

from collections.abc import Sequence

from compliance import opt_outs
from compliance.models import LedgerEntry, Originator
from pinpoint.events import OptOutEvent


def note(events: Sequence[OptOutEvent]) -> None:
    """Record that these people want nothing more. Call in a transaction; twice is once."""
    own = set(
        Originator.objects.filter(
            identity__in={number for event in events for number in _numbers(event)}
        ).values_list("identity", flat=True)
    )
    for event in events:
        for phone in _numbers(event) - own:
            opt_outs.opt_out(
                phone,
                source=LedgerEntry.Source.CARRIER,
                happened_at=event.occurred_at,
                evidence={"event": "_SMS.OPTOUT", "aws_message": event.message_id},
            )


def _numbers(event: OptOutEvent) -> set[str]:
    """Return both numbers: AWS does not say which is the person's (aws-sms.md 11).

    A number that is none of our originators gets no text from us in any case but the one meant.
    """
    return {number for number in (event.destination, event.origination) if number[:1] == "+"}
