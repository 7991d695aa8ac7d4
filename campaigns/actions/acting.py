"""What all actions share: who acts, may they, from which state to which, and the audit row."""

from collections.abc import Collection
from typing import cast

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from campaigns import tasks
from campaigns.models import Campaign

# Whoever is behind a request; a visitor without a login has no permission and is refused.
Actor = User | AnonymousUser


class Refused(Exception):  # noqa: N818 - it is an answer, in words, for a person
    """The action is not possible now; the message says why and what to do."""


def check_may_launch(user: Actor) -> None:
    """Raise PermissionDenied unless this person may launch, pause, resume and cancel."""
    if not user.has_perm("campaigns.launch_campaign"):
        raise PermissionDenied(_("You need the permission to launch campaigns."))


def audit(user: Actor, campaign: Campaign, said: str) -> None:
    """Write the audit row; call it in the transaction of the change."""
    LogEntry.objects.log_actions(cast(int, user.pk), [campaign], CHANGE, said, single_object=True)


def move(
    campaign_id: int,
    user: Actor,
    allowed: Collection[Campaign.Status],
    to: Campaign.Status,
    said: str,
) -> Campaign:
    """Take a campaign from one of the `allowed` states to another, or raise Refused."""
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
        audit(user, campaign, said)
        transaction.on_commit(tasks.dispatch.delay)
    return campaign
