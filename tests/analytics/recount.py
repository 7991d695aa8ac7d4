"""The facts worked out again, one text after the other, from what the documents say of them."""

from collections import defaultdict
from datetime import UTC

from analytics.models import HourlyFact, HourlyReason
from analytics.models.facts import DELAYS, DIMENSIONS
from campaigns.models import Campaign, InboundMessage, Message, Run
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
READ = (
    *("campaign_id", "run_id", "program_id", "originator_id", "purpose", "arm", "country"),
    *("carrier", "state", "reason", "sent_at", "final_at", "aws_id", "parts", "price"),
    *("carrier_fee", "expected_usd"),
)
WENT_NOWHERE = ("failed", "blocked", "expired", "cancelled", "unknown")


def hour_of(moment):
    return moment.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


class Known:
    """What texts are of, read once: a million of them have the same few."""

    def __init__(self):
        self.campaigns, self.runs = Campaign.objects.in_bulk(), Run.objects.in_bulk()
        self.originators = Originator.objects.in_bulk()

    def whose(self, text, at):
        if text.campaign_id is None:
            program, originator = text.program_id, text.originator_id
            kind = {"offer": "promotional"}.get(text.purpose, "transactional")
            if text.purpose == "test":
                kind = self.originators[originator].message_class
        else:
            campaign, run = self.campaigns[text.campaign_id], self.runs[text.run_id]
            program = run.program_id or campaign.program_id
            originator = run.originator_id or campaign.originator_id
            kind = run.message_class or campaign.message_class
        return (
            *(hour_of(at), text.campaign_id, text.run_id, text.arm, program, originator),
            *(kind, text.country, text.carrier),
        )


def empty():
    return dict.fromkeys(FIGURES, 0) | {"delays": [0] * (len(DELAYS) + 1)}


def recounted():
    """Return {kind of text: figures} and {(kind, state, reason): texts}."""
    facts, reasons, known = defaultdict(empty), defaultdict(int), Known()
    for text in Message.objects.values_list(*READ, named=True).iterator(chunk_size=5000):
        if text.state not in ("queued", "sending") and (text.sent_at or text.final_at):
            _text(facts, reasons, known, text)
    ours = {one.identity: one for one in known.originators.values()}
    answers = InboundMessage.objects.values_list(
        *("received_at", "recipient", "intent", "answers_id"), named=True
    )
    answered = Message.objects.filter(pk__in=InboundMessage.objects.values("answers"))
    texts = {text.pk: text for text in answered.values_list("pk", *READ, named=True).iterator()}
    for answer in answers.iterator(chunk_size=5000):
        if answer.answers_id:
            key = known.whose(texts[answer.answers_id], answer.received_at)
        else:
            to = ours.get(answer.recipient)
            place = (to.pk, to.message_class) if to else (None, "")
            key = (hour_of(answer.received_at), None, None, 0, None, *place, "", "")
        facts[key]["replies"] += 1
        facts[key]["opt_outs"] += answer.intent == "stop"
    return dict(facts), dict(reasons)


def _text(facts, reasons, known, message):
    key = known.whose(message, message.sent_at or message.final_at)
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
