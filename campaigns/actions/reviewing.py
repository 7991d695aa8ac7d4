"""Ask for a review, approve, send back. Nobody approves what they wrote themselves."""

from django.utils.translation import gettext as _

from campaigns import contents, preflight
from campaigns.actions.acting import (
    Actor,
    Status,
    audit,
    changing,
    check_may_approve,
    check_may_launch,
    key,
    put,
)
from campaigns.models import ENDED, Approval, Campaign
from campaigns.readiness import begins_at_once, check_ready
from campaigns.refusal import Refused
from contacts.segments import frozen

# Approved before, it may need one more person, or the same one's yes to other rules of the segment.
APPROVABLE = frozenset({Status.REVIEW, Status.APPROVED, Status.SCHEDULED})


def submit(campaign_id: int, user: Actor) -> None:
    """Ask for a review of a draft, or of an ended one whose approval counts no more."""
    check_may_launch(user)
    with changing(campaign_id, ENDED | {Status.DRAFT}) as campaign:
        check_ready(campaign, begins=begins_at_once(campaign))
        put(campaign, Status.REVIEW)
        audit(user, campaign, "Asked for a review.")


def approve(campaign_id: int, user: Actor, comment: str = "", seen: str = "") -> None:
    """Say yes to the campaign as it is now; a second person may say so too.

    `seen` is the digest of what the reviewer read: nobody approves anything else by accident.
    """
    check_may_approve(user)
    with changing(campaign_id, APPROVABLE) as campaign:
        if user.pk in {campaign.created_by_id, campaign.edited_by_id}:
            raise Refused(_("You wrote this campaign, so somebody else must approve it."))
        if seen and seen != contents.digest(campaign):
            raise Refused(
                _("It was changed while you read it. Read below what is new, then approve it.")
            )
        check_ready(campaign, begins=begins_at_once(campaign))
        preflight.check_green(campaign)
        _keep(campaign, user, comment)
        put(
            campaign,
            Status.APPROVED if campaign.status == Status.REVIEW else Status(campaign.status),
        )
        audit(user, campaign, _said("Approved", comment))


def _keep(campaign: Campaign, user: Actor, comment: str) -> None:
    """Store somebody's yes, in the place of one they gave to other rules of the segment."""
    audience = frozen.fingerprint(campaign.segment)
    theirs = Approval.objects.filter(
        campaign=campaign, version=campaign.version, approved_by_id=key(user)
    )
    if theirs.filter(audience=audience).exists():
        raise Refused(_("You have approved this campaign already."))
    theirs.delete()
    Approval.objects.create(
        campaign=campaign,
        version=campaign.version,
        approved_by_id=key(user),
        comment=comment.strip()[:500],
        content=contents.of(campaign),
        audience=audience,
    )


def send_back(campaign_id: int, user: Actor, comment: str) -> None:
    """Return the campaign to its author, who learns from the comment what to change."""
    check_may_approve(user)
    if not comment.strip():
        raise Refused(_("Say what should be changed, so that the author knows."))
    with changing(campaign_id, {Status.REVIEW, Status.APPROVED}) as campaign:
        Approval.objects.filter(campaign=campaign, version=campaign.version).delete()
        put(campaign, Status.DRAFT)
        audit(user, campaign, _said("Sent back", comment))


def _said(what: str, comment: str) -> str:
    return f"{what}: {comment.strip()[:500]}" if comment.strip() else f"{what}."
