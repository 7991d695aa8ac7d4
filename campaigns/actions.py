"""What a person can do with a campaign. Each checks permission, changes state and leaves its
audit row in one transaction; admin, commands and API all come through here."""

from datetime import timedelta
from typing import cast

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns import tasks, templating
from campaigns.models import Campaign, Message, Run
from contacts import attributes, segments

# Whoever is behind a request; a visitor without a login has no permission and is refused.
Actor = User | AnonymousUser


class Refused(Exception):  # noqa: N818 - it is an answer, in words, for a person
    """The action is not possible now; the message says why and what to do."""


def launch(campaign_id: int, user: Actor) -> Run:
    """Start sending a draft, or send a finished campaign again."""
    _may(user)
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
        _audit(user, campaign, f"Launched run {run.number}.")
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


def pause(campaign_id: int, user: Actor) -> None:
    """Stop handing over texts; what is with AWS already stays there."""
    _may(user)
    _move(campaign_id, user, {Campaign.Status.SENDING}, Campaign.Status.PAUSED, "Paused.")


def resume(campaign_id: int, user: Actor) -> None:
    """Go on where it stopped."""
    _may(user)
    _move(campaign_id, user, {Campaign.Status.PAUSED}, Campaign.Status.SENDING, "Resumed.")


def cancel(campaign_id: int, user: Actor) -> int:
    """End the run; return how many waiting texts will not go."""
    _may(user)
    now = timezone.now()
    with transaction.atomic():
        campaign = _move(
            campaign_id,
            user,
            {Campaign.Status.SENDING, Campaign.Status.PAUSED},
            Campaign.Status.CANCELLED,
            "Cancelled.",
        )
        # An audience that is being written now waits on this lock, then finds its run ended.
        Run.objects.select_for_update().filter(campaign=campaign, finished_at=None).first()
        stopped = Message.objects.filter(
            run__campaign=campaign, run__finished_at=None, state=Message.State.QUEUED
        ).update(state=Message.State.CANCELLED, final_at=now, changed_at=now, leased_until=None)
        Run.objects.filter(campaign=campaign, finished_at=None).update(finished_at=now)
        Run.objects.filter(campaign=campaign, audience=None).update(audience=0)
    return stopped


def _move(
    campaign_id: int, user: Actor, allowed: set[Campaign.Status], to: Campaign.Status, said: str
) -> Campaign:
    with transaction.atomic():
        campaign = Campaign.objects.select_for_update().get(pk=campaign_id)
        if campaign.status not in allowed:
            raise Refused(
                _("The campaign is {}; that cannot be done now.").format(
                    campaign.get_status_display()
                )
            )
        campaign.status = to
        campaign.paused_because = ""
        campaign.save(update_fields=["status", "paused_because", "updated_at"])
        _audit(user, campaign, said)
        transaction.on_commit(tasks.dispatch.delay)
    return campaign


def _may(user: Actor) -> None:
    if not user.has_perm("campaigns.launch_campaign"):
        raise PermissionDenied(_("You need the permission to launch campaigns."))


def _audit(user: Actor, campaign: Campaign, said: str) -> None:
    LogEntry.objects.log_actions(cast(int, user.pk), [campaign], CHANGE, said, single_object=True)
