"""What campaigns add to the rules of segments: who was sent what, and what they made of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from campaigns.models import Campaign, InboundMessage, Message
from compliance.recognition import Intent
from contacts.segments import fields, moments
from contacts.segments.fields import Asked, Cost, Field, Fixed, Operator, Takes

OPERATORS = (
    Operator("exists", _("ever"), Takes.NOTHING),
    Operator("missing", _("never"), Takes.NOTHING),
    Operator("in_campaign", _("in any of the campaigns"), Takes.OPTIONS),
    Operator("not_in_campaign", _("in none of the campaigns"), Takes.OPTIONS),
    Operator("in_last", _("in the last … days"), Takes.DAYS),
    Operator("not_in_last", _("not in the last … days"), Takes.DAYS),
)
NEGATIVE = frozenset({"missing", "not_in_campaign", "not_in_last"})


@dataclass(frozen=True, slots=True)
class Trace:
    """The rows that show that something happened, when, and in which campaign."""

    rows: QuerySet[Any]
    when: str
    campaign: str


# By contact, as the audience was; answers by number, since anybody may write.
OURS = Message.objects.filter(contact=OuterRef("pk"))
THEIRS = InboundMessage.objects.filter(sender=OuterRef("phone"))
# Refused at the call: nobody got it (campaigns.history).
REFUSED = Q(state=Message.State.FAILED, aws_id="")
TRACES = {
    "sent": Trace(
        OURS.filter(~REFUSED, sent_at__isnull=False), when="sent_at", campaign="campaign"
    ),
    "delivered": Trace(OURS.filter(state=Message.State.DELIVERED), "final_at", "campaign"),
    "failed": Trace(OURS.filter(state=Message.State.FAILED), "final_at", "campaign"),
    "replied": Trace(THEIRS, "received_at", "answers__campaign"),
    "opted_out": Trace(
        THEIRS.filter(intent__in=[Intent.STOP.value, Intent.UNSURE.value]),
        "received_at",
        "answers__campaign",
    ),
}
LABELS = {
    "sent": _("Was sent a text"),
    "delivered": _("Got a text delivered"),
    "failed": _("A text to them failed"),
    "replied": _("Replied"),
    "opted_out": _("Asked to stop"),
}


def _engaged(what: str, op: str, values: Sequence[str], asked: Asked) -> Q:
    trace = TRACES[what]
    rows = trace.rows
    if op in {"in_campaign", "not_in_campaign"}:
        rows = rows.filter(**{f"{trace.campaign}__in": [int(value) for value in values]})
    elif op in {"in_last", "not_in_last"}:
        since, _until = moments.span("in_last", values, asked.now)
        rows = rows.filter(**{f"{trace.when}__gte": since})
    holds = Q(Exists(rows))
    return ~holds if op in NEGATIVE else holds


def _campaigns() -> list[tuple[str, str]]:
    found = Campaign.objects.order_by("-pk").values_list("pk", "name")
    return [(str(pk), name) for pk, name in found]


fields.register(
    Fixed(
        *(
            Field(
                f"text.{what}",
                label,
                _("What was sent"),
                OPERATORS,
                partial(_engaged, what),
                options=_campaigns,
                cost=Cost.ROWS,
            )
            for what, label in LABELS.items()
        )
    )
)
