"""Start sending."""

from datetime import timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns import tasks, templating
from campaigns.actions.acting import Actor, Refused, audit, check_may_launch
from campaigns.models import Campaign, Run
from contacts import attributes, segments


def launch(campaign_id: int, user: Actor) -> Run:
    """Start sending a draft, or send a finished campaign again."""
    check_may_launch(user)
    with transaction.atomic():
        campaign = Campaign.objects.select_for_update().get(pk=campaign_id)
        if campaign.status not in {
            Campaign.Status.DRAFT,
            Campaign.Status.COMPLETED,
            Campaign.Status.CANCELLED,
        }:
            raise Refused(_("This campaign is already {}.").format(campaign.get_status_display()))
        _check_ready(campaign)
        run = _open_run(campaign, user)
        campaign.status = Campaign.Status.SENDING
        campaign.paused_because = ""
        campaign.save(update_fields=["status", "paused_because", "updated_at"])
        audit(user, campaign, f"Launched run {run.number}.")
        transaction.on_commit(lambda: tasks.build_audience.delay(run.pk))
    return run


def _check_ready(campaign: Campaign) -> None:
    if not campaign.originator.active:
        raise Refused(_("{} is not active.").format(campaign.originator))
    if campaign.originator.message_class != campaign.message_class:
        raise Refused(
            _("{} sends {} texts only; this campaign is {}.").format(
                campaign.originator,
                campaign.originator.get_message_class_display(),
                campaign.get_message_class_display(),
            )
        )
    try:
        templating.check(campaign.body, attributes.merge_field_paths())
        matched = segments.matching(campaign.segment.rules).exists()
    except (templating.TemplateProblem, segments.RuleError) as problem:
        raise Refused(str(problem)) from problem
    if not matched:
        raise Refused(
            _("The segment “{}” matches nobody now, so there is nothing to send.").format(
                campaign.segment
            )
        )


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
