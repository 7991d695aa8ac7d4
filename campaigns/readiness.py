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
        matched = segments.matching(campaign.segment.rules).exists()
    except (templating.TemplateProblem, segments.RuleError) as problem:
        raise Refused(str(problem)) from problem
    if not matched:
        raise Refused(
            _("The segment “{}” matches nobody now, so there is nothing to send.").format(
                campaign.segment
            )
        )
