"""Let a red point of the checklist pass, in one's own name."""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from campaigns import preflight
from campaigns.actions.acting import Actor, audit, key
from campaigns.models import Campaign, Waiver
from campaigns.refusal import Refused

SHORTEST_REASON = 10  # characters; less says nothing


def waive(campaign_id: int, point_key: str, subject: str, reason: str, user: Actor) -> Waiver:
    """Waive a point as it is red now; `subject` says what the person saw when deciding."""
    if not user.has_perm("campaigns.grant_waiver"):
        raise PermissionDenied(_("You need the permission to grant waivers."))
    reason = reason.strip()
    if len(reason) < SHORTEST_REASON:
        raise Refused(_("Give a reason that somebody else understands in a year."))
    with transaction.atomic():
        campaign = Campaign.objects.select_for_update().get(pk=campaign_id)
        point = next((p for p in preflight.check(campaign) if p.key == point_key), None)
        if point is None or point.green or point.subject != subject:
            raise Refused(_("The checklist has changed meanwhile. Read it again."))
        if not point.waivable:
            raise Refused(_("“{}” cannot be waived.").format(point.title))
        waiver, created = Waiver.objects.get_or_create(
            campaign=campaign,
            point=point_key,
            subject=subject,
            defaults={
                "says": point.says,
                "reason": reason,
                "granted_by_id": key(user),
            },
        )
        if created:  # a second click finds the first one's
            audit(user, campaign, f"Waived “{point.title}” ({point.says}): {reason}")
    return waiver
