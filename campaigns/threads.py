"""Conversations: which there are, and the texts in each."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery

from campaigns.models import Conversation, InboundMessage, Message

SHOWN = 60  # texts of a conversation, the newest ones
# Texts in which words are found, the newest ones; more than anybody looks through.
FOUND_AT_MOST = 500


@dataclass(frozen=True, slots=True)
class Line:
    """One text of a conversation as it is shown."""

    at: datetime
    body: str
    inbound: bool
    state: str = ""
    why: str = ""


def note_inbound(texts: Sequence[InboundMessage]) -> None:
    """Bring the inbox up to date with new texts of people. Call in their transaction. One query.

    What was settled by itself, such as a bare STOP, is there and counts as read.
    """
    pairs: dict[tuple[str, str], list[InboundMessage]] = defaultdict(list)
    for text in texts:
        pairs[text.sender, text.recipient].append(text)
    if not pairs:
        return
    latest = [max(found, key=lambda text: text.received_at) for found in pairs.values()]
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO campaigns_conversation AS there
                (phone, ours, contact_id, preview, last_at, last_inbound_at, unread)
            SELECT phone, ours, contact_id, preview, at, at, unread
            FROM unnest(%s::text[], %s::text[], %s::bigint[], %s::text[], %s::timestamptz[],
                        %s::int[]) AS new(phone, ours, contact_id, preview, at, unread)
            ORDER BY phone, ours
            ON CONFLICT (phone, ours) DO UPDATE
            SET unread = there.unread + excluded.unread,
                contact_id = coalesce(excluded.contact_id, there.contact_id),
                last_inbound_at = greatest(there.last_inbound_at, excluded.last_inbound_at),
                preview = CASE WHEN excluded.last_at >= there.last_at
                               THEN excluded.preview ELSE there.preview END,
                last_at = greatest(there.last_at, excluded.last_at)
            """,
            [
                [text.sender for text in latest],
                [text.recipient for text in latest],
                [text.contact_id for text in latest],
                [text.body[:160] for text in latest],
                [text.received_at for text in latest],
                [sum(not text.settled for text in found) for found in pairs.values()],
            ],
        )


def note_reply(conversation: Conversation, message: Message) -> None:
    """Show our own answer as the last text."""
    Conversation.objects.filter(pk=conversation.pk).update(
        preview=message.body[:160], last_at=message.created_at
    )


def lines(conversation: Conversation) -> list[Line]:
    """Return the newest texts between the person and our number, oldest first. Two queries."""
    theirs = InboundMessage.objects.filter(sender=conversation.phone, recipient=conversation.ours)
    ours = Message.objects.filter(
        Q(originator__identity=conversation.ours)
        | Q(campaign__originator__identity=conversation.ours)
        | Q(inboundmessage__recipient=conversation.ours),
        phone=conversation.phone,
    ).exclude(body="")
    found = [
        Line(text.received_at, text.body, inbound=True)
        for text in theirs.order_by("-received_at")[:SHOWN]
    ]
    found += [
        Line(
            message.sent_at or message.created_at,
            message.body,
            inbound=False,
            state=message.get_state_display(),
            why=message.reason,
        )
        for message in ours.order_by("-pk").distinct()[:SHOWN]
    ]
    return sorted(found, key=lambda line: line.at)[-SHOWN:]


def search(talks: QuerySet[Conversation], words: str) -> QuerySet[Conversation]:
    """Return those conversations in which a text holds the words, as people write them.

    Looked through is what people wrote and what they were answered, not what campaigns sent. Two
    queries; rare words are found by index, common ones by looking at the newest texts first.
    """
    ours = Message.objects.filter(run=None).annotate(
        person=F("phone"), number=F("originator__identity")
    )
    theirs = InboundMessage.objects.annotate(person=F("sender"), number=F("recipient"))
    places = (ours.order_by("-pk"), theirs.order_by("-received_at"))
    found = [pk for texts in places for pk in _holding(texts, talks, words)]
    return talks.filter(pk__in=found)


def _holding(texts: QuerySet[Any], talks: QuerySet[Conversation], words: str) -> set[int]:
    """Return the ids of conversations of the newest texts that hold the words."""
    talk = talks.filter(phone=OuterRef("person"), ours=OuterRef("number")).order_by().values("pk")
    found = texts.filter(Exists(talk), body__icontains=words).annotate(talk=Subquery(talk[:1]))
    return set(found.values_list("talk", flat=True)[:FOUND_AT_MOST])
