"""The facts worked out again, one text after the other, from what the documents say of them."""

from collections import defaultdict
from datetime import UTC

from analytics.models import HourlyFact, HourlyReason
from analytics.models.facts import DELAYS, DIMENSIONS
from campaigns.models import InboundMessage, Message
from compliance.models import Originator

KEYS = tuple(
    f"{name}_id" if name in ("campaign", "run", "program", "originator") else name
    for name in DIMENSIONS
)
FIGURES = [
    field.attname
    for field in HourlyFact._meta.fields
    if field.attname != "id" and field.attname not in KEYS
]
WENT_NOWHERE = ("failed", "blocked", "expired", "cancelled", "unknown")


def hour_of(moment):
    return moment.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def whose(message, at):
    campaign, run = message.campaign, message.run
    if campaign is None:
        program, originator = message.program_id, message.originator_id
        kind = {"offer": "promotional", "test": message.originator.message_class}.get(
            message.purpose, "transactional"
        )
    else:
        program = run.program_id or campaign.program_id
        originator = run.originator_id or campaign.originator_id
        kind = run.message_class or campaign.message_class
    return (
        *(hour_of(at), message.campaign_id, message.run_id, message.arm, program, originator),
        *(kind, message.country, message.carrier),
    )


def empty():
    return dict.fromkeys(FIGURES, 0) | {"delays": [0] * (len(DELAYS) + 1)}


def recounted():
    """Return {kind of text: figures} and {(kind, state, reason): texts}."""
    facts, reasons = defaultdict(empty), defaultdict(int)
    texts = Message.objects.select_related("campaign", "run", "originator")
    for message in texts.iterator(chunk_size=5000):
        if message.state not in ("queued", "sending") and (message.sent_at or message.final_at):
            _text(facts, reasons, message)
    ours = {one.identity: one for one in Originator.objects.all()}
    answers = InboundMessage.objects.select_related(
        "answers__campaign", "answers__run", "answers__originator"
    )
    for answer in answers.iterator(chunk_size=5000):
        if answer.answers:
            key = whose(answer.answers, answer.received_at)
        else:
            to = ours.get(answer.recipient)
            place = (to.pk, to.message_class) if to else (None, "")
            key = (hour_of(answer.received_at), None, None, 0, None, *place, "", "")
        facts[key]["replies"] += 1
        facts[key]["opt_outs"] += answer.intent == "stop"
    return dict(facts), dict(reasons)


def _text(facts, reasons, message):
    key = whose(message, message.sent_at or message.final_at)
    fact = facts[key]
    state = message.state
    fact["pending" if state == "accepted" else state] += 1
    fact["attempted"] += message.sent_at is not None
    if message.sent_at and (state != "failed" or message.aws_id):
        fact["sent"] += 1
        fact["parts"] += message.parts or 0
        if message.price is None:
            fact["awaited"] += message.expected_usd or 0
        if state == "delivered":
            fact["delivered_parts"] += message.parts or 0
    fact["price"] += message.price or 0
    fact["carrier_fee"] += message.carrier_fee or 0
    if state == "delivered" and message.final_at and message.sent_at:
        took = max((message.final_at - message.sent_at).total_seconds(), 0)
        fact["delays"][sum(took >= bound for bound in DELAYS)] += 1
    if state in WENT_NOWHERE:
        reasons[*key, state, message.reason] += 1


def stored():
    """Return what the rollup has written, in the same form."""
    facts = {
        tuple(row[key] for key in KEYS): {name: row[name] for name in FIGURES}
        for row in HourlyFact.objects.values(*KEYS, *FIGURES)
    }
    reasons = {
        tuple(row[key] for key in (*KEYS, "state", "reason")): row["texts"]
        for row in HourlyReason.objects.values(*KEYS, "state", "reason", "texts")
    }
    return facts, reasons
