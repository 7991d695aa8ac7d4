"""Search of the inbox over a million texts: Sendpoint's, and the same without an index.

The peer is `ILIKE '%words%'` on the texts, which is what a search box amounts to in most admins.
Both find the newest conversations in which somebody said, or was answered, the words.
"""

import random
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from benchmarks import installation

installation.start()

from django.db import connection  # noqa: E402

from benchmarks import crowd  # noqa: E402
from benchmarks.measure import compare  # noqa: E402
from campaigns import threads  # noqa: E402
from campaigns.models import Conversation  # noqa: E402
from contacts.copying import copy_rows  # noqa: E402

TEXTS = 1_000_000
PEOPLE = 200_000
PAGE = 50
OURS = "+12065550100"
START = datetime(2026, 1, 1, tzinfo=UTC)
COLUMNS = (
    *("inbound_id", "sender", "recipient", "body", "intent", "rule", "rules_version"),
    *("received_at", "created_at"),
)
WORDS = """
    yes no thanks please when where order table book late early refund size blue red shoes
    store open closed monday friday price code works again help sorry great love hello you
    can the my is it at for a today tomorrow delivery parcel street card payment
"""
PEER = """
    SELECT talk.id FROM campaigns_conversation talk
    WHERE EXISTS (SELECT FROM campaigns_inboundmessage text
                  WHERE text.sender = talk.phone AND text.recipient = talk.ours
                    AND text.body ILIKE %s)
    ORDER BY talk.last_at DESC LIMIT 50
"""


def texts() -> Iterator[list[str]]:
    """Texts of some words each; one in a hundred thousand names a voucher."""
    chance, words = random.Random(7), WORDS.split()
    for n in range(TEXTS):
        said = chance.choices(words, k=chance.randrange(1, 15))
        if n % 100_000 == 50_000:
            said.append(f"voucher QX{n}")
        at = (START + timedelta(seconds=n * 20)).isoformat()
        yield [
            *(f"in-{n}", crowd.phone(chance.randrange(PEOPLE)), OURS, " ".join(said)),
            *("other", "", "", at, at),
        ]


def fill() -> None:
    """Store the texts, and the conversations that they are of."""
    copy_rows("campaigns_inboundmessage", COLUMNS, texts())
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO campaigns_conversation (phone, ours, preview, last_at, unread)
            SELECT sender, recipient, max(body), max(received_at), 0
            FROM campaigns_inboundmessage GROUP BY sender, recipient
            """
        )
        cursor.execute("VACUUM ANALYZE")


def ours(words: str) -> float:
    """Return the milliseconds that finding a page takes."""
    began = time.perf_counter()
    list(threads.search(Conversation.objects.all(), words).order_by("-last_at")[:PAGE])
    return (time.perf_counter() - began) * 1000


def peer(words: str) -> float:
    """Return the milliseconds that it takes without an index on the words."""
    began = time.perf_counter()
    with connection.cursor() as cursor:
        cursor.execute(PEER, [f"%{words}%"])
        cursor.fetchall()
    return (time.perf_counter() - began) * 1000


def main() -> None:
    """Fill the tables, then search."""
    fill()
    for name, words in (
        ("rare_word", "voucher qx"),
        ("common_word", "refund"),
        ("two_common_words", "blue shoes"),
        ("three_common_words", "refund for my"),
        ("two_letters", "ok"),
        ("nobody_said", "zebra crossing"),
    ):
        compare(
            f"inbox_{name}",
            ours=lambda words=words: ours(words),
            peer=lambda words=words: peer(words),
            peer_name="ILIKE without an index",
            unit="ms",
        )


if __name__ == "__main__":
    main()
