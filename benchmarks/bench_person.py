"""The page of one person with 5,000 texts, and the evidence pack, beside a million ledger entries.

The peer of the timeline is what one would write at first: fetch everything of the person, sort it,
cut the page out.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from benchmarks import installation, measure

installation.start()

from django.contrib.auth.models import User  # noqa: E402 - needs Django set up
from django.db import connection  # noqa: E402

from campaigns.models import Message  # noqa: E402
from campaigns.timeline import sent  # noqa: E402
from compliance import ledger  # noqa: E402
from compliance.acts import Act  # noqa: E402
from compliance.models import Originator, Program  # noqa: E402
from compliance.packs import making  # noqa: E402
from contacts import timeline  # noqa: E402
from contacts.models import Contact  # noqa: E402
from contacts.people import by_number  # noqa: E402

ENTRIES = 1_000_000
TEXTS = 5_000
OTHERS = 200_000
BATCH = 10_000
START = datetime(2026, 1, 1, tzinfo=UTC)
ANA = "+12125550111"


def fill() -> None:
    """Ana's consent comes first, then everybody else's; her texts lie among theirs."""
    program = Program.objects.create(name="Offers", brand="Acme")
    originator = Originator.objects.create(
        identity="+12065550100", kind="TEN_DLC", message_class="promotional", parts_per_second=10
    )
    contact = Contact.objects.create(phone=ANA)
    for first in range(0, ENTRIES, BATCH):
        ledger.append([_yes(program, n) for n in range(first, first + BATCH)])
    step = (OTHERS + TEXTS) // TEXTS
    texts = (
        _text(program, originator, n, contact if n % step == 0 else None)
        for n in range(OTHERS + TEXTS)
    )
    Message.objects.bulk_create(texts, batch_size=5000)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def _yes(program: Program, number: int) -> Act:
    return Act(
        phone=f"+1{3120000000 + number}" if number else ANA,
        act="opt_in",
        source="import",
        program_id=program.pk,
        happened_at=START + timedelta(seconds=number),
        evidence={"import": 1, "line": number, "file_sha256": "ab" * 32},
    )


def _text(
    program: Program, originator: Originator, number: int, contact: Contact | None
) -> Message:
    at = START + timedelta(minutes=number)
    return Message(
        purpose="notice",
        program=program,
        originator=originator,
        contact=contact,
        phone=ANA if contact else f"+1{3120000000 + number}",
        state="delivered",
        body="30% off this weekend. Reply STOP to opt out.",
        **dict.fromkeys(("due_at", "created_at", "sent_at", "final_at", "changed_at"), at),
    )


def milliseconds(work: Callable[[], object]) -> float:
    """Return how long some work takes."""
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000


def main() -> None:
    """Fill, then open the page and make the pack."""
    fill()
    person = by_number(ANA)
    entries = list(timeline.everything(person))
    deep = entries[-60].place

    def at_once() -> object:
        return sorted(sent(person, None, 10**6), key=lambda entry: entry.place)[-60:-10]

    for name, before in (("newest", None), ("oldest", deep)):
        measure.compare(
            f"timeline_{name}_page",
            ours=lambda before=before: milliseconds(lambda: timeline.page(person, before)),
            peer=lambda: milliseconds(at_once),
            peer_name="fetch everything, sort, cut",
            unit="ms",
        )
    officer = User.objects.create_superuser("bench")
    measure.note(
        "evidence_pack_collected",
        lambda: milliseconds(lambda: making.make(ANA, officer, "benchmark")) / 1000,
        unit="s",
        n=3,
    )
    pack = making.make(ANA, officer, "benchmark")
    assert len(pack.content["texts"]["sent"]) == TEXTS
    assert pack.content["chain"]["entries_walked"] == ENTRIES
    measure.note("evidence_pack_printed", lambda: milliseconds(pack.archive) / 1000, unit="s", n=1)


if __name__ == "__main__":
    main()
