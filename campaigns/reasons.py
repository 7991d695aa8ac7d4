"""Why a text went nowhere, in words a marketer understands."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from compliance.gate import SENTENCES as GATE

# Statuses of delivery receipts: reference of "Event types for text messages" in the AWS guide.
RECEIPTS = {
    "INVALID": _("The number is not valid."),
    "INVALID_MESSAGE": _("The carrier cannot deliver this text."),
    "UNREACHABLE": _("The phone is switched off or out of reach."),
    "CARRIER_UNREACHABLE": _("The carrier had trouble in its network."),
    "BLOCKED": _("The phone, or its carrier, blocks texts from this sender."),
    "CARRIER_BLOCKED": _("The carrier filtered the text: look at its words and registration."),
    "SPAM": _("The carrier took the text for spam: look at its words and registration."),
    "TTL_EXPIRED": _("It could not be delivered while it was still valid."),
    "PROTECT_BLOCKED": _("A protect configuration of the AWS account stopped it."),
    "UNKNOWN": _("The carrier never said what became of it."),
}
CALLS = {
    "DESTINATION_PHONE_NUMBER_OPTED_OUT": _("The number is on AWS's own opt-out list."),
    "DESTINATION_PHONE_NUMBER_NOT_VERIFIED": _(
        "The AWS account is in the sandbox, and the number is not verified there."
    ),
    "DAILY_DESTINATION_CALL_LIMIT": _(
        "AWS takes no more texts to this number today; it is tried again in some hours."
    ),
    "INVALID_REQUEST": _("AWS's interface does not take such a request."),
}
OURS = {
    "carrier_daily_cap": _(
        "The brand's daily cap at the carriers is used up; it goes the next day."
    ),
    "over_budget": _("The month's budget is used up."),
    "hold_out": _("This person is in the hold-out: they get nothing, so that others compare."),
    "too_late": _("It could not go before the campaign's end, or before it was given up."),
    "template": _("The text could not be made for this person."),
    "no_receipt": _("AWS accepted it and never said what became of it."),
    "worker_lost": _("The process that handed it to AWS died; a receipt may still settle it."),
    "ReadTimeoutError": _("AWS did not answer in time; a receipt may still settle it."),
    "ConnectionClosedError": _("The connection broke during the call; a receipt may settle it."),
}
SENTENCES: dict[str, Any] = {
    **{reason.value: sentence for reason, sentence in GATE.items()},
    **RECEIPTS,
    **CALLS,
    **OURS,
}


def in_words(reason: str) -> str:
    """Return a sentence for a message's reason; the reason itself where there is none."""
    return str(SENTENCES.get(reason, reason))
