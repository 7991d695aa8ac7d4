"""Start sending, or set the day and hour at which sending starts."""

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from campaigns import contents, openings, preflight, tasks
from campaigns.actions.acting import (
    Actor,
    Status,
    audit,
    changing,
    check_may_launch,
    check_state,
    key,
    put,
)
from campaigns.models import ENDED, Campaign, Run
from campaigns.readiness import begins_at_once, check_approved, check_ready
from campaigns.refusal import Refused

LAUNCHABLE = ENDED | {Status.DRAFT, Status.APPROVED}
AT_ONCE = frozenset({Campaign.Timing.NOW, Campaign.Timing.EVENT})


def launch(campaign_id: int, user: Actor, seen: str = "") -> Run | None:
    """Start sending an approved campaign, or send an ended one again.

    Returns the run that has begun; None for one with a schedule or that
    answers an event: its runs begin by themselves. `seen` names what the person was asked about:
    nobody launches anything else by accident, nor once more what somebody has just launched.
    """
    check_may_launch(user)
    now = timezone.now()
    with changing(campaign_id, LAUNCHABLE) as campaign:
        if seen and seen != stands(campaign):
            raise Refused(
                _("It was changed or launched while you read that page. Look at it as it is now.")
            )
        _check(campaign)
        check_counted(campaign)
        campaign.launched_by_id = key(user)
        if campaign.timing == Campaign.Timing.EVENT:
            put(campaign, Status.SENDING)
            audit(user, campaign, f"Launched: it answers {campaign.event}.")
            return None
        if campaign.timing != Campaign.Timing.NOW:
            _schedule(campaign, user, now)
            return None
        run = openings.open_run(campaign, now)
        put(campaign, Status.SENDING)
        audit(user, campaign, f"Launched run {run.number}.")
        transaction.on_commit(lambda: tasks.build_audience.delay(run.pk))
    return run


def launchable(campaign_id: int, user: Actor) -> Campaign:
    """Return a campaign that this person can launch now; refuse what `launch` would refuse.

    What takes longer to look at is left to `check_counted`.
    """
    check_may_launch(user)
    related = ("segment", "originator", "program")
    campaign = Campaign.objects.select_related(*related).get(pk=campaign_id)
    check_state(campaign, LAUNCHABLE)
    _check(campaign)
    if campaign.timing not in AT_ONCE:
        _first_opening(campaign, timezone.now())
    return campaign


def check_counted(campaign: Campaign) -> None:
    """Raise Refused while its checklist is red; its people are counted for that."""
    preflight.check_green(campaign)


def stands(campaign: Campaign) -> str:
    """Return what names a campaign as somebody reads it, and how often it went before."""
    return f"{openings.last_number(campaign)}-{contents.digest(campaign)}"


def _check(campaign: Campaign) -> None:
    check_approved(campaign)
    check_ready(campaign, begins=begins_at_once(campaign))
    by_hand = campaign.timing == Campaign.Timing.NOW
    if by_hand and campaign.runs.filter(finished_at=None).exists():
        raise Refused(_("The run before this one has not ended yet."))


def _schedule(campaign: Campaign, user: Actor, now: datetime) -> None:
    campaign.next_run_at = first = _first_opening(campaign, now)
    put(campaign, Status.SCHEDULED)
    audit(user, campaign, f"Scheduled. The first run opens on {in_words(first)}.")


def _first_opening(campaign: Campaign, now: datetime) -> datetime:
    first = openings.first_opening(campaign, now)
    if first is None:
        raise Refused(
            _("No run of this campaign is to come: the day and time, or its end, are past.")
        )
    return first


def in_words(moment: datetime) -> str:
    """Return an instant as the installation's clock shows it: the audit log is read by many."""
    local = timezone.localtime(moment, timezone.get_default_timezone())
    return f"{date_format(local, 'D j M Y, H:i')} {local.tzname()} ({settings.TIME_ZONE})"
