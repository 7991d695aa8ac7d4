"""Write a campaign for a program that calls the interface, and let it go its way.

People do it in steps, in the admin; here one call writes, submits and launches. All of it, or
nothing: a refusal leaves no trace.
"""

from contextlib import suppress
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns import preflight, versions
from campaigns.actions import editing, launching, reviewing, stopping
from campaigns.actions.acting import Actor, Status, audit, changing, check_may_launch, key, put
from campaigns.models import Campaign
from campaigns.pinpoint_v1.campaigns import Draft
from campaigns.readiness import approvals_missing
from campaigns.refusal import Refused

GOING = frozenset({Status.SCHEDULED, Status.SENDING, Status.PAUSED})


def write_new(campaign: Campaign, draft: Draft, user: Actor, written: dict[str, Any]) -> Campaign:
    """Store a new campaign; `written` is what it was translated from. Call `go` for the rest."""
    with transaction.atomic():
        _fill(campaign, draft)
        editing.create(campaign, user, " by the interface")
        _write_treatments(campaign, draft)
        versions.keep(campaign, key(user), written, draft.texts)
    return campaign


def write_anew(campaign: Campaign, draft: Draft, user: Actor, written: dict[str, Any]) -> None:
    """Store an edited campaign as a new version, a draft again."""
    with transaction.atomic():
        if campaign.status == Status.PAUSED:
            _take_back(campaign)
        _fill(campaign, draft)
        editing.save(campaign, user, "by the interface")
        _write_treatments(campaign, draft)
        versions.keep(campaign, key(user), written, draft.texts)


def go(campaign_id: int, user: Actor) -> None:
    """Launch a campaign; where somebody must approve it first, ask for that instead.

    What no approval could let pass is refused at once.
    """
    check_may_launch(user)
    campaign = Campaign.objects.select_related("originator", "program", "segment").get(
        pk=campaign_id
    )
    if not approvals_missing(campaign):
        launching.launch(campaign_id, user)
        return
    red = [point for point in preflight.red(campaign) if not point.waivable]
    if red:
        raise Refused(" ".join(f"{point.title}: {point.says}" for point in red))
    if campaign.status not in {Status.REVIEW, Status.APPROVED}:
        reviewing.submit(campaign_id, user)


def delete_campaign(campaign_id: int, user: Actor) -> None:
    """Cancel a campaign for good; it stays on record with what it sent."""
    if not user.has_perm("campaigns.delete_campaign"):
        raise PermissionDenied(_("You need the permission to delete campaigns."))
    if Campaign.objects.filter(pk=campaign_id, status__in=GOING).exists():
        with suppress(Refused):  # it came to its end at this moment
            stopping.cancel(campaign_id, user)
    with changing(campaign_id, frozenset(Status) - GOING) as campaign:
        campaign.deleted_at = timezone.now()
        campaign.save(update_fields=["deleted_at"])
        campaign.next_run_at = None
        put(campaign, Status.CANCELLED)
        audit(user, campaign, "Deleted by the interface.")


def _take_back(campaign: Campaign) -> None:
    """Let a paused campaign be edited, unless texts of it are still to go."""
    with changing(campaign.pk, {Status.PAUSED}) as held:
        if held.runs.filter(finished_at=None).exists():
            raise Refused(
                _(
                    "It was paused while it was being sent, and texts of it are still to go. "
                    "Resume it, and change it when it is through, or create another campaign."
                )
            )
        put(held, Status.DRAFT)


def _fill(campaign: Campaign, draft: Draft) -> None:
    for name, value in draft.fields.items():
        setattr(campaign, name, value)


def _write_treatments(campaign: Campaign, draft: Draft) -> None:
    """Write treatments by their names, so that those which stay keep their ids."""
    names = [one["name"] for one in draft.treatments]
    campaign.treatments.exclude(name__in=names).delete()
    for one in draft.treatments:
        campaign.treatments.update_or_create(name=one["name"], defaults=one)
