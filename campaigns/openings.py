"""Opening the runs of campaigns whose hour has come. Opening twice, or twice at once, opens one."""

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from campaigns import india, local_times, preflight, schedules
from campaigns.models import Campaign, Run
from campaigns.readiness import check_approved, check_ready, matches_nobody
from campaigns.refusal import Refused
from campaigns.schedules import Plan
from contacts import lists
from contacts.segments import frozen

logger = logging.getLogger(__name__)
WAITS = (Campaign.Status.SCHEDULED, Campaign.Status.SENDING)


def plan_of(campaign: Campaign) -> Plan:
    """Return a campaign's schedule; it must have one."""
    if campaign.first_day is None or campaign.clock is None:
        raise ValueError(f"campaign {campaign.pk} has no schedule")
    return Plan(campaign.timing, campaign.first_day, campaign.clock, campaign.ends_at)


def zones_of(campaign: Campaign) -> frozenset[str]:
    """Return the zones in which a campaign's wall clock runs: its own, or its audience's."""
    own = campaign.zone or settings.TIME_ZONE
    if not campaign.everyones_own:
        return frozenset({own})
    return local_times.zones_of(campaign.segment.rules) or frozenset({own})


def first_opening(campaign: Campaign, now: datetime) -> datetime | None:
    """Return when the first run of a campaign that is launched now opens; None: never.

    A single time that has come in some people's zones, and not in all, opens at once.
    """
    plan, zones = plan_of(campaign), zones_of(campaign)
    if found := schedules.following(plan, now, zones):
        return found.opens_at
    over = campaign.ends_at is not None and campaign.ends_at <= now
    if campaign.timing != Campaign.Timing.ONCE or over:
        return None
    return now if schedules.closing(plan.first_day, plan.clock, zones) > now else None


def next_opening(campaign: Campaign, now: datetime) -> datetime | None:
    """Return when a repeating campaign's next run opens; None when none is to come."""
    if not campaign.repeats:
        return None
    found = schedules.following(plan_of(campaign), now, zones_of(campaign))
    return found.opens_at if found else None


def open_due(now: datetime) -> list[int]:
    """Open the runs that are due; return their ids."""
    due = Campaign.objects.filter(status__in=WAITS, next_run_at__lte=now)
    found = [_open_due(pk, now) for pk in due.order_by("next_run_at").values_list("pk", flat=True)]
    return [run.pk for run in found if run]


def _open_due(campaign_id: int, now: datetime) -> Run | None:
    with transaction.atomic():
        campaign = (
            Campaign.objects.select_for_update(skip_locked=True, of=["self"])
            .filter(pk=campaign_id, status__in=WAITS, next_run_at__lte=now)
            .first()
        )
        if campaign is None:  # somebody else got there first
            return None
        run = None
        try:
            check_approved(campaign)  # its audience may have grown
            check_ready(campaign)
            preflight.check_green(campaign)
            run = open_run(campaign, now, scheduled=True)
            campaign.status, campaign.paused_because = Campaign.Status.SENDING, ""
            campaign.next_run_at = next_opening(campaign, now)
        except Refused as refusal:
            _not_begun(campaign, refusal, now)
        fields = ["status", "paused_because", "next_run_at", "updated_at"]
        campaign.save(update_fields=fields)
    return run


def _not_begun(campaign: Campaign, refusal: Refused, now: datetime) -> None:
    """A repeating campaign skips a day on which there is nobody; else a person must look."""
    logger.warning("a run of campaign %s could not begin", campaign.pk)
    goes_on = campaign.runs.filter(finished_at=None).exists()
    if campaign.repeats and matches_nobody(campaign):
        campaign.next_run_at = next_opening(campaign, now)
        if campaign.next_run_at is None and not goes_on:
            campaign.status = Campaign.Status.COMPLETED
        return
    campaign.status = Campaign.Status.PAUSED if goes_on else Campaign.Status.FAILED
    campaign.paused_because = str(refusal)[:300]
    campaign.next_run_at = None


def last_number(campaign: Campaign) -> int:
    """Return the number of a campaign's last run; 0 before the first."""
    return int(campaign.runs.aggregate(last=Max("number"))["last"] or 0)


def open_run(
    campaign: Campaign, now: datetime, *, scheduled: bool = False, for_events: bool = False
) -> Run:
    """Freeze what is sent, and to whom, in a new run.

    The caller holds the campaign's row, and nudges the writing of the audience on commit. What
    was missed while nobody was there to open it is not made up for: the latest occurrence that
    is due opens, and no other. A run for events takes people one by one, as they come, instead
    of those whom the segment finds.
    """
    run = frozen_run(campaign, now)
    lists.settle(frozen.lists_in(run.rules))
    run.number = last_number(campaign) + 1
    if for_events:
        run.occurrence, run.audience_complete = now, True
    if scheduled:
        run.expires_at = expiry(campaign, _place(run, now))
    run.save(force_insert=True)
    return run


def _place(run: Run, now: datetime) -> datetime:
    """Note which occurrence a run is; return when it has begun for the last of its people."""
    campaign, plan, zones = run.campaign, plan_of(run.campaign), zones_of(run.campaign)
    occurrence = schedules.latest(plan, now, zones)
    if occurrence is None:
        raise Refused(_("No run of this campaign is due."))
    run.occurrence = occurrence.opens_at
    if not campaign.everyones_own:
        return now
    run.local_day, run.local_clock = occurrence.day, plan.clock
    run.local_zone = campaign.zone or settings.TIME_ZONE
    return max(now, schedules.closing(occurrence.day, plan.clock, zones))


def frozen_run(campaign: Campaign, now: datetime) -> Run:
    """Return a run of a campaign as it is now, not saved."""
    return Run(
        campaign=campaign,
        body=campaign.body,
        program_id=campaign.program_id,
        originator_id=campaign.originator_id,
        message_class=campaign.message_class,
        rules=frozen.freeze(campaign.segment, now),
        holdout_percent=campaign.holdout_percent,
        treatments=list(campaign.treatments.values("name", "percent", "body", "india_template")),
        country_parameters=india.named(campaign.india_entity, campaign.india_template),
        launched_by_id=campaign.launched_by_id,
        launched_at=now,
        expires_at=expiry(campaign, now),
    )


def next_run(campaign: Campaign, now: datetime, *, otherwise: datetime) -> tuple[Run, datetime]:
    """Return the run that opens next, not saved, and when.

    `otherwise` is taken for one without a schedule, and for one whose times are all past.
    """
    at = None
    if campaign.timing not in {Campaign.Timing.NOW, Campaign.Timing.EVENT}:
        at = campaign.next_run_at or first_opening(campaign, now)
    if at is None:
        return frozen_run(campaign, otherwise), otherwise
    run = frozen_run(campaign, at)
    run.expires_at = expiry(campaign, _place(run, at))
    return run, at


def expiry(campaign: Campaign, begin: datetime) -> datetime:
    """Return when waiting texts are given up, if the last of its people have begun then."""
    expiry = begin + timedelta(hours=campaign.expires_after_hours)
    return min(expiry, campaign.ends_at) if campaign.ends_at else expiry
