"""Start sending."""

from datetime import timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns import preflight, tasks
from campaigns.actions.acting import Actor, Status, audit, changing, check_may_launch, put
from campaigns.actions.reviewing import approvals_missing
from campaigns.models import ENDED, Campaign, Run
from campaigns.readiness import check_ready
from campaigns.refusal import Refused

LAUNCHABLE = ENDED | {Status.DRAFT, Status.APPROVED}


def launch(campaign_id: int, user: Actor) -> Run:
    """Start sending an approved campaign, or send an ended one again."""
    check_may_launch(user)
    with changing(campaign_id, LAUNCHABLE) as campaign:
        if approvals_missing(campaign):
            raise Refused(_("Somebody else must approve this campaign first. Ask for a review."))
        check_ready(campaign)
        preflight.check_green(campaign)
        run = _open_run(campaign, user)
        put(campaign, Status.SENDING)
        audit(user, campaign, f"Launched run {run.number}.")
        transaction.on_commit(lambda: tasks.build_audience.delay(run.pk))
    return run


def _open_run(campaign: Campaign, user: Actor) -> Run:
    now = timezone.now()
    try:
        with transaction.atomic():
            return Run.objects.create(
                campaign=campaign,
                number=campaign.runs.count() + 1,
                body=campaign.body,
                rules=campaign.segment.rules,
                launched_by_id=user.pk,
                launched_at=now,
                expires_at=now + timedelta(hours=campaign.expires_after_hours),
            )
    except IntegrityError as error:
        raise Refused(_("The run before this one has not ended yet.")) from error
