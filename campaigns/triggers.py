"""Campaigns that answer an event: an order, a sign-up, a birthday that another system saw."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q

from campaigns import arms, openings, tasks
from campaigns.models import Campaign, Message, PersonEvent, Run
from contacts import segments

# Events of one campaign within this time go into one run.
TOGETHER = timedelta(hours=1)


def record_event(kind: str, contact_id: int, now: datetime) -> int:
    """Record what a person did, and queue a text of every campaign that waits for it.

    Returns how many texts. Reports count what people did after a campaign reached them.
    The contact must be in the campaign's segment. A second event of one person within one run
    (an hour) queues nothing; beyond that the campaign's limits per person hold, as for any text.
    """
    PersonEvent.objects.create(kind=kind[:100], contact_id=contact_id, happened_at=now)
    waiting = Campaign.objects.filter(
        Q(ends_at=None) | Q(ends_at__gt=now),
        timing=Campaign.Timing.EVENT,
        event=kind,
        status=Campaign.Status.SENDING,
    )
    return sum(
        _answer(campaign_id, contact_id, now)
        for campaign_id in waiting.order_by("pk").values_list("pk", flat=True)
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
        person = segments.matching(campaign.segment.rules).filter(pk=contact_id).first()
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
        transaction.on_commit(tasks.dispatch.delay)
    return len(written)


def _run(campaign: Campaign, now: datetime) -> Run:
    """Return the run that takes events now; its audience is never written from the segment."""
    run = campaign.runs.filter(finished_at=None, launched_at__gt=now - TOGETHER).last()
    if run:
        return run
    return openings.open_run(campaign, now, for_events=True)
