"""Start sending, or set the day and hour at which sending starts."""

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from campaigns import openings, preflight, tasks
from campaigns.actions.acting import Actor, Status, audit, changing, check_may_launch, key, put
from campaigns.models import ENDED, Campaign, Run
from campaigns.readiness import check_approved, check_ready
from campaigns.refusal import Refused

LAUNCHABLE = ENDED | {Status.DRAFT, Status.APPROVED}


def launch(campaign_id: int, user: Actor) -> Run | None:
    """Start sending an approved campaign, or send an ended one again.

    Returns the run that has begun; None for one with a schedule or that
    answers an event: its runs begin by themselves.
    """
    check_may_launch(user)
    now = timezone.now()
    with changing(campaign_id, LAUNCHABLE) as campaign:
        check_approved(campaign)
        check_ready(campaign)
        preflight.check_green(campaign)
        campaign.launched_by_id = key(user)
        if campaign.timing == Campaign.Timing.EVENT:
            put(campaign, Status.SENDING)
            audit(user, campaign, f"Launched: it answers {campaign.event}.")
            return None
        if campaign.timing != Campaign.Timing.NOW:
            _schedule(campaign, user, now)
            return None
        if campaign.runs.filter(finished_at=None).exists():
            raise Refused(_("The run before this one has not ended yet."))
        run = openings.open_run(campaign, now)
        put(campaign, Status.SENDING)
        audit(user, campaign, f"Launched run {run.number}.")
        transaction.on_commit(lambda: tasks.build_audience.delay(run.pk))
    return run


def _schedule(campaign: Campaign, user: Actor, now: datetime) -> None:
    campaign.next_run_at = openings.first_opening(campaign, now)
    if campaign.next_run_at is None:
        raise Refused(
            _("No run of this campaign is to come: the day and time, or its end, are past.")
        )
    put(campaign, Status.SCHEDULED)
    audit(user, campaign, f"Scheduled. The first run opens on {in_words(campaign.next_run_at)}.")


def in_words(moment: datetime) -> str:
    """Return an instant as the installation's clock shows it: the audit log is read by many."""
    local = timezone.localtime(moment, timezone.get_default_timezone())
    return f"{date_format(local, 'D j M Y, H:i')} {local.tzname()} ({settings.TIME_ZONE})"
