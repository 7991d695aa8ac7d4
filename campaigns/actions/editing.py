"""Save what a person changed. Two who edit at once do not overwrite each other."""

from django.conf import settings
from django.contrib.admin.models import ADDITION
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from campaigns.actions.acting import Actor, Status, audit, changing
from campaigns.models import EDITABLE, Campaign
from campaigns.refusal import Refused

# Where a reviewer has, or had, the campaign before them: what changed must be read anew.
REVIEWED = frozenset({Status.REVIEW, Status.APPROVED, Status.SCHEDULED})


def create(campaign: Campaign, user: Actor, by: str = "") -> None:
    """Save a new campaign as a draft; `by` says in the audit row what made it."""
    if not user.has_perm("campaigns.add_campaign"):
        raise PermissionDenied(_("You need the permission to add campaigns."))
    campaign.created_by_id = campaign.edited_by_id = user.pk
    campaign.status = Status.DRAFT
    with transaction.atomic():
        campaign.save()
        audit(user, campaign, f"Made{by}.", ADDITION)


def check_editable(campaign_id: int, version: int) -> None:
    """Raise Refused if the campaign is being sent, or was changed since this version was read.

    Called in a transaction, it holds the campaign until the end of that.
    """
    with changing(campaign_id, EDITABLE) as campaign:
        if campaign.version != version:
            raise Refused(
                _(
                    "{who} changed this campaign at {when}, while you had it open. Nothing of "
                    "yours was saved, and what you typed is kept in this browser. Open the "
                    "campaign anew: there you can have it back, and compare."
                ).format(
                    who=campaign.edited_by or _("Somebody"),
                    when=date_format(timezone.localtime(campaign.updated_at), "TIME_FORMAT"),
                )
            )


def save(campaign: Campaign, user: Actor, what: str = "") -> None:
    """Save an edited campaign; whatever was approved before must be approved again.

    `what` says in the audit row what was changed, or by whom.
    """
    if not user.has_perm("campaigns.change_campaign"):
        raise PermissionDenied(_("You need the permission to change campaigns."))
    with transaction.atomic():
        check_editable(campaign.pk, campaign.version)
        before = Campaign.objects.get(pk=campaign.pk)
        again = before.status in REVIEWED and settings.CAMPAIGN_REVIEW
        campaign.status = Status.REVIEW if again else Status.DRAFT
        campaign.paused_because = ""
        campaign.next_run_at = None
        campaign.version += 1
        campaign.edited_by_id = user.pk
        campaign.save()
        said = f"Edited, version {campaign.version}{f': {what}' if what else ''}."
        if before.status in REVIEWED:
            back = "it goes back to review." if again else "it is a draft again."
            said += f" It was {before.get_status_display()}: {back}"
        audit(user, campaign, said)
