"""What must be right before a campaign may be reviewed, approved or sent."""

from django.utils.translation import gettext as _

from campaigns import templating
from campaigns.models import Campaign
from campaigns.refusal import Refused
from contacts import attributes, segments


def check_ready(campaign: Campaign) -> None:
    """Raise Refused at the first thing that is wrong."""
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
        nobody = matches_nobody(campaign)
    except (templating.TemplateProblem, segments.RuleError) as problem:
        raise Refused(str(problem)) from problem
    if nobody:
        raise Refused(
            _("The segment “{}” matches nobody now, so there is nothing to send.").format(
                campaign.segment
            )
        )


def matches_nobody(campaign: Campaign) -> bool:
    """Whether the segment finds nobody now. Raises segments.RuleError."""
    return not segments.matching(campaign.segment.rules).exists()
