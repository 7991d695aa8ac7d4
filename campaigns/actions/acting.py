"""What all actions share: who acts, may they, from which state to which, and the audit row."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import cast

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from campaigns.models import Campaign
from campaigns.refusal import Refused

# Whoever is behind a request; a visitor without a login has no permission and is refused.
Actor = User | AnonymousUser
Status = Campaign.Status


def check_may_launch(user: Actor) -> None:
    """Raise PermissionDenied unless this person may launch, pause, resume and cancel."""
    if not user.has_perm("campaigns.launch_campaign"):
        raise PermissionDenied(_("You need the permission to launch campaigns."))


def check_may_approve(user: Actor) -> None:
    """Raise PermissionDenied unless this person may approve the campaigns of others."""
    if not user.has_perm("campaigns.approve_campaign"):
        raise PermissionDenied(_("You need the permission to approve campaigns."))


@contextmanager
def changing(campaign_id: int, allowed: Collection[Status]) -> Iterator[Campaign]:
    """Hold a campaign's row, in a transaction, while an action changes it.

    Whoever comes second waits here and then sees the new state. Raises Refused, in words, when
    the campaign is in none of the `allowed` states.
    """
    with transaction.atomic():
        campaign = Campaign.objects.select_for_update(of=["self"]).get(pk=campaign_id)
        check_state(campaign, allowed)
        yield campaign


def check_state(campaign: Campaign, allowed: Collection[Status]) -> None:
    """Raise Refused, in words, when the campaign is in none of the `allowed` states."""
    if campaign.status not in allowed:
        raise Refused(
            _("The campaign is {} now. This is possible only while it is {}.").format(
                campaign.get_status_display(), in_words(allowed)
            )
        )


def in_words(states: Collection[Status]) -> str:
    """Return states as a list for a sentence: draft, approved or scheduled."""
    *first, last = [str(state.label) for state in Status if state in states]
    return _("{} or {}").format(", ".join(first), last) if first else last


def put(campaign: Campaign, status: Status, because: str = "") -> None:
    """Write a campaign's new state, and what goes with it: reason, next run, who launched it."""
    campaign.status = status
    campaign.paused_because = because[:300]
    fields = ["status", "paused_because", "next_run_at", "launched_by", "updated_at"]
    campaign.save(update_fields=fields)


def audit(user: Actor, campaign: Campaign, said: str, flag: int = CHANGE) -> None:
    """Write the audit row; call it in the transaction of the change."""
    LogEntry.objects.log_actions(key(user), [campaign], flag, said, single_object=True)


def key(user: Actor) -> int:
    """Return the id of somebody who has a permission, and therefore a login."""
    return cast(int, user.pk)
