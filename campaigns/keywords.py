"""Keyword rules: what happens by itself when somebody texts a certain word."""

import logging
import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from fnmatch import fnmatchcase

from django.db import connection
from liquid.exceptions import LiquidError

from campaigns import direct, templating
from campaigns.models import InboundMessage, KeywordRule, Message, OutgoingEvent
from compliance import double_opt_in, ledger
from compliance.acts import Act
from compliance.models import LedgerEntry, MessageClass, Originator
from compliance.recognition import Intent
from contacts import attributes, changes, lists
from contacts.models import Contact

logger = logging.getLogger(__name__)
# A YES may answer a question of ours, which was noted before, and a rule's as well.
FREE = frozenset({Intent.OTHER.value, Intent.YES.value})
AGAIN_AFTER = timedelta(hours=1)
# Characters of a text that a pattern is held against.
LONGEST = 500
SHORT_CODE_DIGITS = 8


def act(texts: Sequence[InboundMessage]) -> None:
    """Let the first rule that matches each text act. Call it in the texts' own transaction.

    Only texts that ask for nothing else get here: opt-outs, START and HELP were acted on before.
    """
    plain = [text for text in texts if text.intent in FREE]
    if not plain:
        return
    rules = list(
        KeywordRule.objects.filter(active=True).select_related(
            "originator", "program", "tell", "opt_in_to"
        )
    )
    for text in plain:
        rule = next((rule for rule in rules if matches(rule, text)), None)
        if rule is not None:
            _carry_out(rule, text)


def matches(rule: KeywordRule, text: InboundMessage) -> bool:
    """Tell whether a rule is about a text; asks the database only where all else fits."""
    if rule.originator and rule.originator.identity != text.recipient:
        return False
    return says(rule, text.body) and (rule.campaign_id is None or _had_campaign(rule, text))


def says(rule: KeywordRule, body: str) -> bool:
    """Compare a text with a rule's word or pattern, never minding case. Pure."""
    said = " ".join(body.casefold().split())[:LONGEST]
    word = " ".join(rule.keyword.casefold().split())
    match rule.match:
        case KeywordRule.Match.EXACT:
            return said.strip(" .!?") == word
        case KeywordRule.Match.PREFIX:
            return bool(re.match(rf"{re.escape(word)}(?!\w)", said))
    return fnmatchcase(said, word)


def _had_campaign(rule: KeywordRule, text: InboundMessage) -> bool:
    since = text.received_at - timedelta(hours=rule.within_hours)
    return Message.objects.filter(
        campaign=rule.campaign_id,
        phone=text.sender,
        sent_at__gt=since,
        sent_at__lte=text.received_at + timedelta(minutes=1),
    ).exists()


def _carry_out(rule: KeywordRule, text: InboundMessage) -> None:
    contact = _contact(rule, text)
    if contact and rule.set_attribute:
        before = changes.values(contact)
        contact.attributes = contact.attributes | {
            rule.set_attribute: [rule.set_value or text.body]
        }
        contact.save(update_fields=["attributes", "updated_at"])
        changes.tell(contact, before)
    if contact and rule.add_to_list_id:
        lists.put_on(rule.add_to_list_id, contact.pk)
    if rule.opt_in_to:
        _sign_up(rule, text)
    if rule.tell and rule.tell.active:
        _tell(rule, text)
    if rule.reply:
        _answer(rule, text, contact)


def _contact(rule: KeywordRule, text: InboundMessage) -> Contact | None:
    """Return the person as a contact, making one where the rule has something to keep."""
    contact = Contact.objects.select_for_update().filter(phone=text.sender).first()
    if contact or not (rule.set_attribute or rule.add_to_list_id or rule.opt_in_to):
        return contact
    if not text.sender.startswith("+"):
        return None
    return Contact.objects.get_or_create(phone=text.sender)[0]


def _sign_up(rule: KeywordRule, text: InboundMessage) -> None:
    """Texting the word is the opt-in; a program that asks twice asks first."""
    if rule.opt_in_to is None:
        return
    double_opt_in.join(
        Act(
            phone=text.sender,
            act=LedgerEntry.Act.OPT_IN,
            source=LedgerEntry.Source.KEYWORD,
            program_id=rule.opt_in_to.pk,
            message_class=MessageClass.PROMOTIONAL,
            happened_at=text.received_at,
            wording_sha256=ledger.keep_wording(rule.wording),
            evidence={"inbound_id": text.inbound_id, "text": text.body, "to": text.recipient},
        )
    )


def _tell(rule: KeywordRule, text: InboundMessage) -> None:
    if rule.tell is None:
        return
    OutgoingEvent.objects.create(
        destination=rule.tell,
        event_type="keyword",
        payload={
            "rule": rule.name,
            "originationNumber": text.sender,
            "destinationNumber": text.recipient,
            "messageBody": text.body,
            "inboundMessageId": text.inbound_id,
            "receivedAt": text.received_at.isoformat(),
        },
    )


def _answer(rule: KeywordRule, text: InboundMessage, contact: Contact | None) -> None:
    """Answer from the number that was texted, if it is ours, once an hour at most."""
    originator = Originator.objects.filter(identity=text.recipient, active=True).first()
    if originator is None or _is_machine(text.sender):
        return
    if not _may_answer(rule, text.sender, text.received_at):
        logger.info("rule %s has answered inbound %s's sender within the hour", rule.pk, text.pk)
        return
    fields = attributes.merge_fields(contact) if contact else {"Address": text.sender}
    try:
        direct.send(
            phone=text.sender,
            body=templating.render(rule.reply, fields),
            program_id=rule.program_id,
            originator_id=originator.pk,
            purpose=Message.Purpose.REPLY,
            key=f"keyword:{text.pk}",
            now=text.received_at,
        )
    except (direct.NotPossible, LiquidError) as problem:
        logger.error("keyword rule %s cannot answer: %s", rule.pk, problem)


def _is_machine(phone: str) -> bool:
    """Short codes and sender IDs are programs, which would answer our answer."""
    return not phone.startswith("+") or len(phone) < SHORT_CODE_DIGITS


def _may_answer(rule: KeywordRule, phone: str, at: datetime) -> bool:
    """Take the one answer of this hour; False when it is taken (compare-and-set)."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO campaigns_keywordanswer AS there (rule_id, phone, answered_at)
            VALUES (%s, %s, %s)
            ON CONFLICT (rule_id, phone) DO UPDATE SET answered_at = excluded.answered_at
            WHERE there.answered_at <= %s
            """,
            [rule.pk, phone, at, at - AGAIN_AFTER],
        )
        return bool(cursor.rowcount)
