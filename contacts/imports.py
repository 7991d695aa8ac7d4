"""Imports: take a file, show what would be stored, store it in batches that can be resumed."""

import gc
import hashlib
import io
import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import IO, cast

from django.conf import settings
from django.core.files.base import File
from django.db import DataError, IntegrityError, ProgrammingError, connection, transaction
from django.db.models import F
from django.utils import timezone

from contacts import attributes, columns, formats, merging, parsing, rows
from contacts.copying import copy_rows, escaped
from contacts.models import AttributeName, Import, Refusal, RejectedLine, RepeatedLine
from contacts.parsing import Batch, Person, Rejected

logger = logging.getLogger(__name__)
BATCH = 10_000
SAMPLE = 200  # lines that tell what a column holds
# Advisory locks: one worker per import, and one batch at a time over all imports.
RUN_LOCK_CLASS = 7_302
BATCH_LOCK = 7_302_002


class ImportRefused(ValueError):  # noqa: N818 - it is shown to a person
    """Why a file is not taken at all, in words."""


OnBatch = Callable[[Sequence[Person]], None]


def check(
    upload: File[bytes],
    *,
    filename: str,
    default_country: str,
    user_id: int | None,
    chosen: dict[str, str] | None = None,
) -> Import:
    """Take a file that can be read; raises ImportRefused otherwise, and then keeps nothing of it.

    Its columns are guessed, but for those `chosen`; where none has the phones, the import waits
    for somebody to name it. Else it waits for its dry run.
    """
    file = formats.opened(cast(IO[bytes], upload.file))
    try:
        form = formats.recognise(file, settings.IMPORT_MAX_BYTES)
        some = list(islice(formats.lines(file, form), SAMPLE))
        header, mapping = _columns(form, some, default_country, chosen or {})
    except (formats.FileRefused, columns.NoHeader, columns.BadMapping) as problem:
        raise ImportRefused(str(problem)) from problem
    if not some:
        raise ImportRefused("The file has a header and no lines below it.")
    mapped = "phone" in mapping or not mapping
    upload.seek(0)
    digest = hashlib.file_digest(cast(io.BufferedReader, upload.file), "sha256").hexdigest()
    upload.seek(0)
    job = Import(
        filename=filename[:255],
        sha256=digest,
        default_country=default_country,
        encoding=form.encoding,
        delimiter=form.delimiter,
        header=list(header),
        mapping=mapping,
        size=upload.size or 0,
        status=Import.Status.EXAMINING if mapped else Import.Status.UNMAPPED,
        created_by_id=user_id,
    )
    job.file.save(filename, upload, save=False)
    try:
        job.save()
    except BaseException:
        job.file.delete(save=False)
        raise
    return job


def _columns(
    form: formats.Format, some: Sequence[formats.Line], country: str, chosen: dict[str, str]
) -> tuple[tuple[str, ...], list[str]]:
    """Return the names of the columns and where each is stored; no "phone" if none is one."""
    header = form.header
    if not form.delimiter:
        found = (formats.endpoint_cells(line.found) for line in some if line.found)
        header = tuple(dict.fromkeys(name for cells in found for name in cells))
    else:
        columns.check_header(header, [line.cells for line in some], country)
    if unknown := chosen.keys() - set(header):
        raise columns.BadMapping(f"The file has no column “{sorted(unknown)[0]}”.")
    try:
        targets = columns.guess(header, chosen)
    except columns.NoPhoneColumn:
        targets = columns.targets_without_phone(header)
    if form.delimiter:
        known = AttributeName.objects.filter(path__startswith="attributes.")
        texts = set(known.values_list("path", flat=True))
        guessed = columns.typed(header, targets, [line.cells for line in some], country, texts)
        targets = [chosen.get(name, target) for name, target in zip(header, guessed, strict=True)]
    if "phone" not in targets:
        return header, targets
    targets = columns.check(header, targets)
    # The names of an endpoint's JSON speak for themselves, line by line.
    return header, targets if form.delimiter or chosen else []


def checked_columns(job: Import, targets: Sequence[str]) -> list[str]:
    """Return where columns are to be stored, if they can be; raises columns.BadMapping."""
    return columns.check(job.header, targets)


def remap(job_id: int, targets: Sequence[str]) -> bool:
    """Store columns as a person chose, and have it examined anew; False if it has begun.

    Raises columns.BadMapping, which says in words what cannot be.
    """
    open_to_change = (Import.Status.UNMAPPED, Import.Status.EXAMINING, Import.Status.CHECKED)
    with transaction.atomic():
        job = Import.objects.select_for_update().get(pk=job_id)
        if job.status not in open_to_change:
            return False
        job.mapping = columns.check(job.header, targets)
        job.status = Import.Status.EXAMINING
        job.forecast, job.read_bytes = {}, 0
        job.save(update_fields=["mapping", "status", "forecast", "read_bytes"])
    return True


def preview(job: Import, count: int = 5) -> list[rows.Row | str]:
    """Return the first lines as they would be stored, or the reason why one would not."""
    found: list[rows.Row | str] = []
    for line in first_lines(job, count):
        try:
            found.append(rows.read(line, reading_of(job)))
        except rows.BadRow as problem:
            found.append(str(problem))
    return found


def first_lines(job: Import, count: int) -> list[formats.Line]:
    """Return the first lines of the file as they stand."""
    with job.file.open("rb") as file:
        opened = formats.opened(cast(IO[bytes], file.file))
        return list(islice(formats.lines(opened, form_of(job)), count))


def targets_of(job: Import) -> list[str]:
    """Return where each column is stored, also where the names of JSON speak for themselves."""
    return list(job.mapping) or columns.guess(job.header)


def form_of(job: Import) -> formats.Format:
    """Return how the file is to be read."""
    return formats.Format(job.encoding, job.delimiter, tuple(job.header))


def reading_of(job: Import) -> rows.Reading:
    """Return how its lines are to be understood; the same each time that it is asked."""
    return rows.Reading(
        header=tuple(job.header),
        targets=tuple(job.mapping),
        country=job.default_country,
        zone=settings.TIME_ZONE,
        now=job.created_at,
    )


def percent(job: Import) -> int:
    """Return how far the dry run or the import is."""
    if job.status == Import.Status.EXAMINING:
        done, whole = job.read_bytes, job.size
    else:
        done = job.created + job.changed + job.unchanged + job.duplicates + job.rejected
        whole = job.lines
    return 100 * done // whole if whole else 0


def start(job_id: int) -> bool:
    """Queue an import whose dry run is done; False if somebody did already."""
    return bool(
        Import.objects.filter(pk=job_id, status=Import.Status.CHECKED).update(
            status=Import.Status.QUEUED
        )
    )


def run(job_id: int, on_batch: OnBatch) -> bool:
    """Store a queued import, or go on where a dead worker stopped; False if it is not to be done.

    `on_batch` is called inside each batch's transaction.
    """
    with only_one(job_id) as alone:
        job = Import.objects.get(pk=job_id)
        if not alone or job.status not in {Import.Status.QUEUED, Import.Status.RUNNING}:
            return False
        Import.objects.filter(pk=job_id).update(
            status=Import.Status.RUNNING, started_at=job.started_at or timezone.now()
        )
        with failing_in_words(job) as went:
            for batch in reading(job, job.done_lines):
                _store(job, batch, on_batch)
            attributes.refresh()
            done = {"status": Import.Status.COMPLETED, "finished_at": timezone.now()}
            Import.objects.filter(pk=job_id).update(**done)
            went.append(True)
        return bool(went)


@contextmanager
def only_one(job_id: int) -> Iterator[bool]:
    """Tell whether no other worker is at this import, and keep it so."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [RUN_LOCK_CLASS, job_id])
        if not (cursor.fetchone() or [False])[0]:
            yield False
            return
        try:
            yield True
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [RUN_LOCK_CLASS, job_id])


@contextmanager
def failing_in_words(job: Import) -> Iterator[list[bool]]:
    """Note why an import broke off, where its owner reads it. What is yielded stays empty then."""
    went: list[bool] = []
    try:
        yield went
    except (OSError, ValueError, DataError, IntegrityError, ProgrammingError) as problem:
        # What the database says may hold a line of the list, which is no business of a log's.
        logger.error("import %s failed: %s", job.pk, type(problem).__name__)
        what = "The file cannot be read" if isinstance(problem, OSError) else "The import broke off"
        Import.objects.filter(pk=job.pk).update(
            status=Import.Status.FAILED,
            error=f"{what}: {problem}"[:1000],
            finished_at=timezone.now(),
        )


def reading(job: Import, after: int = 0) -> Iterator[Batch]:
    """Yield the file's batches above line `after`, made in a process of their own if it is long."""
    collecting = gc.isenabled()
    gc.disable()  # rows make no cycles, and to look for some costs a fifth
    try:
        with job.file.open("rb") as file:
            source = cast(IO[bytes], file.file)
            with parsing.opened_batches(
                source, form_of(job), reading_of(job), BATCH, after
            ) as found:
                yield from found
    finally:
        if collecting:
            gc.enable()


def one_batch_at_a_time() -> None:
    """Wait for the batches of other imports, until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [BATCH_LOCK])


def _store(job: Import, batch: Batch, on_batch: OnBatch) -> None:
    """Store one batch: contacts, rejected lines, consent and progress, all or nothing."""
    with transaction.atomic():
        one_batch_at_a_time()
        repeated = _repeated(job, batch)
        first = [person.line not in repeated for person in batch.people]
        merging.stage([row for row, here in zip(batch.staged, first, strict=True) if here])
        counts = merging.merge(job.pk)
        people = [person for person, here in zip(batch.people, first, strict=True) if here]
        on_batch(_with_refusals(job, people, _strangers(batch)))
        _keep_new_rejections(job, batch.rejected)
        Import.objects.filter(pk=job.pk).update(
            done_lines=batch.last,
            created=F("created") + counts.created,
            changed=F("changed") + counts.changed,
            unchanged=F("unchanged") + counts.unchanged,
            duplicates=F("duplicates") + len(repeated),
            rejected=F("rejected") + len(batch.rejected),
        )


def _repeated(job: Import, batch: Batch) -> set[int]:
    """Return the lines of the batch that repeat a number, as the dry run found."""
    if not batch.people:
        return set()
    numbers = (batch.people[0].line, batch.people[-1].line)
    found = RepeatedLine.objects.filter(job=job, number__range=numbers)
    return set(found.values_list("number", flat=True))


def _strangers(batch: Batch) -> list[Person]:
    """Return who opts out on a line that is not stored."""
    stored = {person.line for person in batch.people}
    return [who for who in batch.refusing if who.opt_out and who.line not in stored]


def _with_refusals(job: Import, people: list[Person], strangers: list[Person]) -> list[Person]:
    """Let a no on any line about a person outweigh what the line here says."""
    if not Refusal.objects.filter(job=job).exists():
        return people
    here = {person.phone: person for person in [*strangers, *people]}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT phone, line, opt_out FROM contacts_refusal"
            " WHERE job_id = %s AND phone = ANY(string_to_array(%s, ' '))",
            [job.pk, " ".join(here)],
        )
        for phone, line, opt_out in cursor.fetchall():
            here[phone] = here[phone]._replace(line=line, opt_in=False, opt_out=opt_out)
    return list(here.values())


def keep_rejected(job: Import, rejected: Sequence[Rejected]) -> None:
    """Store lines that are not taken, with their numbers and reasons."""
    copy_rows(
        RejectedLine._meta.db_table,
        ("job_id", "number", "reason", "raw"),
        (
            (str(job.pk), str(line.number), escaped(line.reason), escaped(line.raw))
            for line in rejected
        ),
    )


def _keep_new_rejections(job: Import, rejected: Sequence[Rejected]) -> None:
    """Store lines that the dry run took and this run does not: the data of zones is newer, say."""
    RejectedLine.objects.bulk_create(
        [RejectedLine(job=job, **line._asdict()) for line in rejected], ignore_conflicts=True
    )
