"""What comes in which order, what it costs and how long it takes (aws-sms.md 9)."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from campaigns.registration_sync import BRAND, CAMPAIGN, TOLL_FREE, VETTING


@dataclass(frozen=True, slots=True)
class Guide:
    """One type of registration."""

    why: object  # translated, as all of it
    price: object
    takes: object


GUIDES = {
    BRAND: Guide(
        _("First: who sends. Each company registers itself once, never its agency."),
        _("About $4, once."),
        _("1 to 2 business days; companies outside the US up to 3 weeks."),
    ),
    VETTING: Guide(
        _("Second, if you like: a score that lets you send more. Only before the campaign."),
        _("$40, once. It is not refunded, whatever the score."),
        _("1 to 2 business days."),
    ),
    CAMPAIGN: Guide(
        _("Third: what you send. The use case can never be changed. Then give it a number."),
        _("About $15 for each review, a new version included, and $1.50 to $10 a month by use "
          "case, as long as it is registered."),
        _("Up to 4 weeks, and about 2 more until its number may send."),
    ),
    TOLL_FREE: Guide(
        _("For a toll-free number: who sends what from it. Request the number first."),
        _("Free."),
        _("Up to 15 business days."),
    ),
}  # fmt: skip
# Of other types AWS's interface tells neither price nor time, so neither do we.
ABROAD = Guide(
    "",
    _("AWS does not tell the price here: see its page about this registration before."),
    _("How long it takes depends on the country; AWS's page may tell."),
)


def guide_of(kind: str) -> Guide:
    """Return what is known of a type."""
    return GUIDES.get(kind, ABROAD)


STATUSES = {
    "CREATED": _("draft at AWS"),
    "SUBMITTED": _("handed in"),
    "AWS_REVIEWING": _("AWS reviews it"),
    "REVIEWING": _("the carriers review it"),
    "REQUIRES_AUTHENTICATION": _("waits for you: confirm the link that AWS sent to the business "
                                 "e-mail; it is valid for 7 days"),
    "PROVISIONING": _("approved, being set up"),
    "COMPLETE": _("approved"),
    "REQUIRES_UPDATES": _("declined: write a new version"),
    "CLOSED": _("closed"),
    "DELETED": _("deleted"),
}  # fmt: skip
# What nobody but a person can see before handing in.
LOOK_YOURSELF = (
    _("Open the website, the privacy policy and the terms without logging in (804)."),
    _("The privacy policy says that numbers are not shared with third parties (805)."),
    _("The form shows its words beside the box, and the box is not ticked before (803)."),
    _("The website shows that the company exists and does what you say (807)."),
)
