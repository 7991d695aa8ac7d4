"""A million ledger entries: recording, verifying, rebuilding what is derived from them.

The peer of verification is what a Django project would write at first: iterate the model and hash
each row's values as JSON, chained, with no evidence, wordings or subjects looked at.
"""

import hashlib
import json
import time
from datetime import UTC, datetime, timedelta

from benchmarks import installation, measure

FOLDER = installation.start()

from compliance import ledger, rebuilding, verification  # noqa: E402 - needs Django set up
from compliance.acts import Act  # noqa: E402
from compliance.models import LedgerEntry, Program  # noqa: E402

PEOPLE = 700_000
STOPS = 100_000
FORMS = 200_000
BATCH = 1000  # as an import records them
START = datetime(2026, 1, 1, tzinfo=UTC)


def _phone(number: int) -> str:
    return f"+1{2120000000 + number * 7}"


def _acts(program: Program) -> list[Act]:
    wording = ledger.keep_wording("Yes, text me offers at this number.")
    joined = [
        Act(
            phone=_phone(n),
            act="opt_in",
            source="import",
            program_id=program.pk,
            happened_at=START + timedelta(seconds=n),
            recorded_by="marketer",
            wording_sha256=wording,
            evidence={"import": 1, "file_sha256": "ab" * 32, "line": n, "basis": "web_form"},
        )
        for n in range(PEOPLE)
    ]
    forms = [
        Act(
            phone=_phone(PEOPLE + n),
            act="opt_in",
            source="web_form",
            program_id=program.pk,
            happened_at=START + timedelta(seconds=n),
            wording_sha256=wording,
            evidence={
                "form_url": "https://acme.example/join",
                "ip": f"203.0.113.{n % 250}",
                "user_agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 19_1 like Mac OS X)",
                "checkbox_at_load": False,
                "checkbox_at_submit": True,
            },
        )
        for n in range(FORMS)
    ]
    stops = [
        Act(
            phone=_phone(n * 5),
            act="opt_out",
            scope="all",
            source="keyword",
            happened_at=START + timedelta(days=90, seconds=n),
            evidence={"text": "STOP", "to": "+12065550100", "inbound_id": f"in-{n}"},
        )
        for n in range(STOPS)
    ]
    return [*joined, *forms, *stops]


def _record(acts: list[Act]) -> float:
    """Return entries a second."""
    began = time.perf_counter()
    for first in range(0, len(acts), BATCH):
        ledger.append(acts[first : first + BATCH])
    return len(acts) / (time.perf_counter() - began)


def _verify() -> float:
    began = time.perf_counter()
    verdict = verification.verify()
    seconds = time.perf_counter() - began
    assert verdict.broken is None, verdict.broken
    assert verdict.head.entries == PEOPLE + FORMS + STOPS
    return seconds


def _peer() -> float:
    began = time.perf_counter()
    previous, count = "", 0
    names = [f.attname for f in LedgerEntry._meta.concrete_fields]
    for entry in LedgerEntry.objects.order_by("pk").iterator(chunk_size=5000):
        said = {name: getattr(entry, name) for name in names}
        text = json.dumps([previous, said], sort_keys=True, default=str)
        previous = hashlib.sha256(text.encode()).hexdigest()
        count += 1
    assert count == PEOPLE + FORMS + STOPS
    return time.perf_counter() - began


def _rebuild() -> float:
    began = time.perf_counter()
    assert rebuilding.rebuild() == 0
    return time.perf_counter() - began


def main() -> None:
    """Fill an empty ledger once, then measure on it."""
    acts = _acts(Program.objects.create(name="Offers", brand="Acme"))
    imported, others = acts[:PEOPLE], acts[PEOPLE:]
    measure.note(
        "ledger: record imported opt-ins", lambda: _record(imported), unit="entries/s", n=1
    )
    measure.note(
        "ledger: record forms and stops, with personal evidence",
        lambda: _record(others),
        unit="entries/s",
        n=1,
    )
    measure.compare(
        "ledger: verify a million entries",
        ours=_verify,
        peer=_peer,
        peer_name="iterating the Django model and hashing each row",
        unit="s",
        n=3,
    )
    measure.note("ledger: rebuild what is derived of a million", _rebuild, unit="s", n=1)


if __name__ == "__main__":
    main()
