"""A list with its consent into the database: Sendpoint beside django-import-export.

Ours does all that an import does: the dry run, then numbers parsed, repeated lines found, rejected
ones kept with their reasons, contacts merged, and a ledger entry chained for each yes. The peer
reads the same lines by a resource as its documentation has it, in bulk, each number through
libphonenumber, into the same table; it knows nothing of consent. Being slower it gets the first
lines of the file only, and lines per second are compared.
"""

import csv
import io
import json
import threading
import time
from itertools import islice
from pathlib import Path
from typing import Any

from benchmarks import installation

FOLDER = installation.start()

import phonenumbers  # noqa: E402 - needs Django set up
import psutil  # noqa: E402
import tablib  # noqa: E402
from django.contrib.auth import get_user_model  # noqa: E402
from django.core.files import File  # noqa: E402
from django.db import connection  # noqa: E402
from import_export import resources  # noqa: E402
from import_export.fields import Field  # noqa: E402
from import_export.results import RowResult  # noqa: E402
from import_export.widgets import JSONWidget  # noqa: E402

from benchmarks import contact_list  # noqa: E402
from benchmarks.measure import compare, note  # noqa: E402
from compliance.imports import Statement, begin, consent_recorder, take  # noqa: E402
from compliance.models import Program  # noqa: E402
from contacts import dry_run, imports  # noqa: E402
from contacts.models import Contact, Import  # noqa: E402

LINES, PEER_LINES, TIMES = 1_000_000, 20_000, 3
WORDING = "Yes, text me offers at this number. Reply STOP to end."


class ContactResource(resources.ModelResource):
    """What somebody would write who brings this list in by django-import-export."""

    phone = Field(attribute="phone", column_name="Phone")
    city = Field(attribute="city", column_name="City")
    region = Field(attribute="region", column_name="State")
    attributes = Field(attribute="attributes", column_name="Plan", widget=JSONWidget())
    user_attributes = Field(
        attribute="user_attributes", column_name="FirstName", widget=JSONWidget()
    )

    class Meta:
        model = Contact
        fields = ("phone", "city", "region", "attributes", "user_attributes")
        import_id_fields = ("phone",)
        use_bulk = True
        batch_size = 1000
        skip_unchanged = True
        skip_diff = True
        force_init_instance = True  # a new list: nobody is looked for
        use_transactions = True

    def before_import(self, dataset: tablib.Dataset, **kwargs: Any) -> None:
        """Remember the numbers, for a bulk insert fails at the second line about one."""
        self.seen: set[str] = set()

    def before_import_row(self, row: dict[str, Any], **kwargs: Any) -> None:
        """Give the table's fields what the list's columns hold."""
        row["Phone"] = _e164(row["Phone"] or "")
        row["Plan"] = json.dumps({"Plan": [row["Plan"]], "Note": [row["Note"]]})
        names = {"FirstName": [row["FirstName"]], "LastName": [row["LastName"]]}
        row["FirstName"] = json.dumps(names)

    def skip_row(self, instance: Contact, original: Contact, row: Any, *rest: Any) -> bool:
        """Pass over lines without a number, and repeated ones."""
        if not instance.phone or instance.phone in self.seen:
            return True
        self.seen.add(instance.phone)
        return False


def _e164(text: str) -> str:
    try:
        number = phonenumbers.parse(text, "US")
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_possible_number(number):
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def empty() -> None:
    """Forget everybody, so that each run finds the same tables."""
    kept = ("compliance_ledgerentry", "compliance_personalevidence")
    with connection.cursor() as cursor:
        for table in kept:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(
            "TRUNCATE contacts_contact, contacts_import, compliance_subject,"
            f" {', '.join(kept)} CASCADE"
        )
        for table in kept:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def taken(path: Path) -> Import:
    """Upload a list, with the opt-ins of its people."""
    stated = Statement(PROGRAM, "promotional", "web_form", WORDING)
    with path.open("rb") as file:
        upload = File(file, name=path.name)
        return take(upload, country="US", stated=stated, user=USER, then=lambda pk: None)


def examined(path: Path) -> tuple[Import, float]:
    """Upload a list and do its dry run; return the seconds of both."""
    empty()
    began = time.perf_counter()
    job = taken(path)
    dry_run.examine(job.pk)
    return job, time.perf_counter() - began


def store(path: Path) -> float:
    """Store a list whose dry run is done; return lines a second."""
    job, _ = examined(path)
    began = time.perf_counter()
    _run(job)
    return LINES / (time.perf_counter() - began)


def whole(path: Path) -> float:
    """Upload a list, do its dry run, and store it; return lines a second."""
    empty()
    began = time.perf_counter()
    job = taken(path)
    dry_run.examine(job.pk)
    _run(job)
    return LINES / (time.perf_counter() - began)


def _run(job: Import) -> None:
    begin(job, USER, lambda pk: None)
    imports.run(job.pk, consent_recorder(job.pk))
    job.refresh_from_db()
    counts = {name: getattr(job, name) for name in dry_run.COUNTS}
    assert (job.status, counts, job.lines) == ("completed", job.forecast, LINES), job.error


def peer(path: Path) -> float:
    """Let django-import-export store the first lines; return lines a second."""
    empty()
    began = time.perf_counter()
    with path.open(newline="") as file:
        rows = list(islice(csv.reader(file), PEER_LINES + 1))
    width = len(rows[0])
    text = io.StringIO()
    csv.writer(text).writerows([*row, *[""] * (width - len(row))] for row in rows)
    dataset = tablib.Dataset().load(text.getvalue(), format="csv")
    result = ContactResource().import_data(dataset, raise_errors=True)
    assert result.totals[RowResult.IMPORT_TYPE_NEW] == Contact.objects.count() > PEER_LINES * 0.9
    return PEER_LINES / (time.perf_counter() - began)


def peak_megabytes(path: Path) -> float:
    """Return the most memory that this process and its parser had while they stored the list."""
    job, _ = examined(path)
    peak, done = [0], threading.Event()

    def watch() -> None:
        us = psutil.Process()
        while not done.wait(0.05):
            ours = [us, *(c for c in us.children() if "python" in c.name())]
            peak[0] = max(peak[0], sum(process.memory_info().rss for process in ours))

    watching = threading.Thread(target=watch)
    watching.start()
    _run(job)
    done.set()
    watching.join()
    return peak[0] / 1024**2


def main() -> None:
    """Measure."""
    path = FOLDER / "list.csv"
    with path.open("w", newline="") as file:
        csv.writer(file).writerows(contact_list.lines(LINES, seed=7))
    name = f"{LINES:,} lines with consent"
    beside = f"django-import-export 4.4, in bulk, the first {PEER_LINES:,} lines, without consent"
    compare(
        f"import: {name}, stored after the dry run",
        ours=lambda: store(path),
        peer=lambda: peer(path),
        peer_name=beside,
        unit="lines/s",
        n=TIMES,
    )
    compare(
        f"import: {name}, from the upload on: dry run and all",
        ours=lambda: whole(path),
        peer=lambda: peer(path),
        peer_name=beside,
        unit="lines/s",
        n=TIMES,
    )
    note(
        "import: dry run",
        lambda: LINES / examined(path)[1],
        unit="lines/s (more is better)",
        n=TIMES,
    )
    note("import: most memory of worker and parser", lambda: peak_megabytes(path), unit="MB", n=1)


PROGRAM = Program.objects.create(name="Offers", brand="Acme")
USER = get_user_model().objects.create_superuser("bench")
if __name__ == "__main__":
    main()
