"""Campaigns that answer an event: an order, a sign-up, a birthday that another system saw."""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from campaigns import arms, event_rules, openings, runs
from campaigns.event_rules import NOTHING, Details
from campaigns.models import Campaign, Happening, Message, PersonEvent, Run
from contacts import segments
from contacts.models import Contact

# Events of one campaign within this time go into one run.
TOGETHER = timedelta(hours=1)


def waiting_for(kinds: Collection[str]) -> QuerySet[Campaign]:
    """Return the campaigns that answer such events at present."""
    now = timezone.now()
    return Campaign.objects.filter(
        Q(starts_at=None) | Q(starts_at__lte=now),
        Q(ends_at=None) | Q(ends_at__gt=now),
        timing=Campaign.Timing.EVENT,
        event__in=kinds,
        status=Campaign.Status.SENDING,
    )


def record_event(
    kind: str,
    contact_id: int,
    now: datetime,
    *,
    program_id: int | None = None,
    details: Details = NOTHING,
) -> int:
    """Record what a person did, and queue a text of every campaign that waits for it.

    With a program, of its campaigns alone. Returns how many texts. Reports count what people did
    after a campaign reached them. The contact must be in the campaign's segment. A second event
    of one person within one run (an hour) queues nothing; beyond that the campaign's limits per
    person hold, as for any text.
    """
    PersonEvent.objects.create(kind=kind[:100], contact_id=contact_id, happened_at=now)
    return queue_answers(kind, contact_id, now, program_id=program_id, details=details)


def queue_answers(
    kind: str,
    contact_id: int,
    now: datetime,
    *,
    program_id: int | None = None,
    details: Details = NOTHING,
) -> int:
    """Queue a text of every campaign, or every one of a program, that waits for such an event."""
    waiting = waiting_for([kind])
    if program_id is not None:
        waiting = waiting.filter(program=program_id)
    return sum(
        _answer(campaign_id, contact_id, now)
        for campaign_id, rules in waiting.order_by("pk").values_list("pk", "event_rules")
        if event_rules.fits(rules, details)
    )


def _answer(campaign_id: int, contact_id: int, now: datetime) -> int:
    with transaction.atomic():
        campaign = (
            Campaign.objects.select_for_update(of=["self"])
            .filter(pk=campaign_id, status=Campaign.Status.SENDING)
            .first()
        )
        if campaign is None:  # paused or cancelled meanwhile
            return 0
        try:
            person = segments.matching(campaign.segment.rules).filter(pk=contact_id).first()
        except segments.RuleError as problem:  # a rule that no longer holds: somebody must look
            runs.pause_because(campaign_id, str(problem))
            return 0
        if person is None:
            return 0
        run = _run(campaign, now)
        ends = arms.bounds(run.holdout_percent, [one["percent"] for one in run.treatments])
        arm = arms.arm_at(arms.place(campaign.pk, person.pk), ends)
        held_out = arm is None
        written = Message.objects.bulk_create(
            [
                Message(
                    run=run,
                    campaign=campaign,
                    contact=person,
                    phone=person.phone,
                    state=Message.State.BLOCKED if held_out else Message.State.QUEUED,
                    reason=arms.HELD_OUT if held_out else "",
                    final_at=now if held_out else None,
                    arm=arm or 0,
                    due_at=now,
                    created_at=now,
                    changed_at=now,
                )
            ]
            if not run.messages.filter(contact=person).exists()
            else []
        )
        Run.objects.filter(pk=run.pk).update(audience=F("audience") + len(written))
    return len(written)


def _run(campaign: Campaign, now: datetime) -> Run:
    """Return the run that takes events now; its audience is never written from the segment."""
    run = campaign.runs.filter(finished_at=None, launched_at__gt=now - TOGETHER).last()
    if run:
        return run
    return openings.open_run(campaign, now, for_events=True)


def answer(now: datetime) -> bool:
    """Answer the oldest happening that nobody is at; False when there is none.

    It is removed in the same transaction, so that none is answered twice, nor lost. Who is
    no contact is in no segment, and gets nothing.
    """
    with transaction.atomic():
        happening = Happening.objects.select_for_update(skip_locked=True).order_by("pk").first()
        if happening is None:
            return False
        contact = Contact.objects.filter(phone=happening.phone).first()
        if contact:
            queue_answers(happening.kind, contact.pk, now, program_id=happening.program_id)
        happening.delete()
    return True
