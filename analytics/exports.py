"""Every text of a campaign as a line of CSV, streamed: ten million take no more memory than ten."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from campaigns import reasons
from campaigns.models import Message
from contacts.spreadsheets import harmless, pieces

CHUNK = 2000  # rows fetched at a time
COLUMNS = (
    *("id", "phone", "run__number", "arm", "state", "reason", "detail", "country", "carrier"),
    *("parts", "price", "carrier_fee", "expected_usd", "due_at", "sent_at", "final_at"),
    *("attempts", "aws_id", "body"),
)
HEADER = (
    *("message", "phone", "run", "arm", "state", "reason", "why", "detail", "country"),
    *("carrier", "parts", "price_usd", "carrier_fee_usd", "expected_usd", "due_at", "sent_at"),
    *("final_at", "attempts", "aws_message_id", "text"),
)


def lines(campaign_id: int) -> Iterator[str]:
    """Return the header and a line per text, oldest first; times in UTC. One query."""
    found = Message.objects.filter(campaign=campaign_id).order_by("pk").values_list(*COLUMNS)
    rows = (dict(zip(COLUMNS, row, strict=True)) for row in found.iterator(chunk_size=CHUNK))
    return pieces(HEADER, (list(_cells(row)) for row in rows))


def _cells(row: dict[str, Any]) -> Iterator[Any]:
    for name in COLUMNS:
        value = row[name]
        if name == "reason":
            yield value
            yield reasons.in_words(value) if value else ""
        elif isinstance(value, datetime):
            yield value.astimezone(UTC).isoformat(timespec="milliseconds")
        elif name in {"detail", "carrier", "body"}:  # words of others
            yield harmless(value)
        else:
            yield value
