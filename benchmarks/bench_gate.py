"""A thousand texts decided, with a million contacts and two million rows in the ledger.

The peer asks the same of the same tables in the way that comes to mind first: one person after
another, each fact by a query of Django's ORM. It decides by the same rules. Every run is about
other people, drawn from the million, whose numbers and addresses seldom agree: nearly each has
places and zones of their own, which is the hardest case for the gate.
"""

import random
import time
from datetime import UTC, datetime

from benchmarks import installation

installation.start()


from benchmarks import consents  # noqa: E402
from benchmarks.measure import compare, note  # noqa: E402
from compliance import gate, ledger  # noqa: E402
from compliance.addresses import Address  # noqa: E402
from compliance.locations import locate  # noqa: E402
from compliance.models import Consent, Program, SuppressedNumber, Suppression  # noqa: E402
from compliance.policies import rulebook  # noqa: E402
from compliance.reach import reach  # noqa: E402
from contacts.models import Contact  # noqa: E402

PEOPLE, ENTRIES, BATCH = 1_000_000, 2_000_000, 1_000
NOON = datetime(2026, 11, 24, 20, tzinfo=UTC)  # open in most of the United States
CHANCE = random.Random(7)


def draw(program: Program, ids: range) -> list[gate.Question]:
    """Return the questions about a thousand people."""
    people = Contact.objects.filter(pk__in=CHANCE.sample(ids, BATCH))
    return [
        gate.Question(
            phone=person.phone,
            program_id=program.pk,
            message_class="promotional",
            stated_zone=person.timezone,
            address=Address(person.country, person.region, person.city, person.postal_code),
        )
        for person in people
    ]


def one_by_one(questions: list[gate.Question]) -> list[str]:
    """Answer as the gate does, each fact by a query."""
    return [_one(question) for question in questions]


def _one(question: gate.Question) -> str:
    if SuppressedNumber.objects.filter(key=ledger.subject_key(question.phone)).exists():
        return "listed"
    if Suppression.objects.filter(phone=question.phone).exists():
        return "suppressed"
    consent = Consent.objects.filter(
        phone=question.phone, program_id=question.program_id, message_class="promotional"
    ).first()
    if consent is None or consent.state != Consent.State.ACTIVE:
        return "consent_revoked" if consent else "no_consent"
    program = Program.objects.get(pk=question.program_id)
    own = (program.window_start.hour * 60, program.window_end.hour * 60)
    location = locate(question.phone, question.stated_zone, question.address)
    found = reach(rulebook.latest(), location, NOON, own=own)
    return str(found.reason or "")


def milliseconds(began: float) -> float:
    """Return the time since then."""
    return (time.perf_counter() - began) * 1000


def main() -> None:
    """Fill the tables, then decide."""
    program = Program.objects.create(name="Bench", brand="Bench")
    consents.fill(program, PEOPLE, ENTRIES)
    first = Contact.objects.order_by("pk").values_list("pk", flat=True)[0]
    ids = range(first, first + PEOPLE)
    questions = draw(program, ids)

    def ours() -> float:
        began = time.perf_counter()
        gate.decide(questions, NOON)
        return milliseconds(began)

    note("gate_first_batch_of_a_process", ours, unit="ms", n=1)
    assert [str(d.reason or "") for d in gate.decide(questions, NOON)] == one_by_one(questions)

    def fresh() -> float:
        nonlocal questions
        questions = draw(program, ids)
        return ours()

    def peer() -> float:
        began = time.perf_counter()
        one_by_one(questions)
        return milliseconds(began)

    def processor() -> float:
        nonlocal questions
        questions = draw(program, ids)
        began = time.process_time()
        gate.decide(questions, NOON)
        return (time.process_time() - began) * 1000

    note("gate_1000_texts_processor_time_without_the_database", processor, unit="ms", n=9)
    compare(
        "gate_1000_texts",
        ours=fresh,
        peer=peer,
        peer_name="the same tables and rules, one person after another with Django's ORM",
        unit="ms",
        n=9,
    )


if __name__ == "__main__":
    main()
