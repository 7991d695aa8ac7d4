"""What must be right before a campaign may be reviewed, approved or sent."""

from operator import attrgetter

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from campaigns import templating
from campaigns.models import Approval, Campaign
from campaigns.refusal import Refused
from contacts import attributes, segments
from contacts.segments import frozen


def check_ready(campaign: Campaign, *, begins: bool = True) -> None:
    """Raise Refused at the first thing that is wrong.

    Unless it `begins` now, its segment may find nobody yet: its people may come before their day.
    """
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
    if campaign.segment.deleted_at:
        raise Refused(
            _("The segment “{}” was deleted. Choose another one.").format(campaign.segment)
        )
    try:
        for body in texts_of(campaign):
            templating.check(body, attributes.merge_field_paths())
        nobody = begins and matches_nobody(campaign)
    except (templating.TemplateProblem, segments.RuleError) as problem:
        raise Refused(str(problem)) from problem
    if nobody:
        raise Refused(
            _("The segment “{}” matches nobody now, so there is nothing to send.").format(
                campaign.segment
            )
        )


def begins_at_once(campaign: Campaign) -> bool:
    """Whether it goes to its people as soon as it is launched."""
    return campaign.timing == Campaign.Timing.NOW


def texts_of(campaign: Campaign) -> list[str]:
    """Return the campaign's own text and those of its treatments."""
    treatments = sorted(campaign.treatments.all(), key=attrgetter("pk"))
    return [campaign.body, *(treatment.body for treatment in treatments)]


def matches_nobody(campaign: Campaign) -> bool:
    """Whether the segment finds nobody now. Raises segments.RuleError."""
    return not segments.matching(campaign.segment.rules).exists()


def is_above_limit(campaign: Campaign) -> bool:
    """Whether the segment finds more people now than the campaign may reach by one's approval."""
    most = campaign.max_audience
    if most is None:
        return False
    return segments.matching(campaign.segment.rules)[: most + 1].count() > most


def approvals_missing(campaign: Campaign) -> int:
    """Return how many people must still approve this before it may be launched.

    One where campaigns are reviewed, and one more for an audience above the campaign's own limit.
    """
    needed = (1 if settings.CAMPAIGN_REVIEW else 0) + (1 if is_above_limit(campaign) else 0)
    return max(0, needed - approvals(campaign).count()) if needed else 0


def approvals(campaign: Campaign) -> QuerySet[Approval]:
    """Return those that hold: of this version, and of the segment's rules as they are now."""
    audience = frozen.fingerprint(campaign.segment)
    return campaign.approvals.filter(version=campaign.version, audience=audience)


def check_approved(campaign: Campaign) -> None:
    """Raise Refused while somebody must still approve the campaign."""
    if missing := approvals_missing(campaign):
        raise Refused(
            ngettext(
                "Somebody else must approve this campaign first. Ask for a review.",
                "{} others must approve this campaign first. Ask for a review.",
                missing,
            ).format(missing)
        )
