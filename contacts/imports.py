"""Imports: check a file, show what would be stored, store it in batches that can be resumed."""

import hashlib
import io
import json
import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import islice
from typing import cast

from django.conf import settings
from django.core.files.base import File
from django.db import DataError, IntegrityError, connection, transaction
from django.db.models import F
from django.utils import timezone

from contacts import attributes, columns, formats, rows
from contacts.merging import ImportedContact as ImportedContact
from contacts.merging import merge
from contacts.models import Contact, Import, ImportMember, RejectedLine

logger = logging.getLogger(__name__)
BATCH = 1000
# Advisory locks: one worker per import, and one batch at a time over all imports.
RUN_LOCK_CLASS = 7_302
BATCH_LOCK = 7_302_002


class ImportRefused(ValueError):  # noqa: N818 - it is shown to a person
    """Why a file is not taken at all, in words."""


OnBatch = Callable[[Sequence[ImportedContact]], None]


def check(
    upload: File[bytes], *, filename: str, default_country: str, user_id: int | None
) -> Import:
    """Take a file that can be read and has a phone column; raises ImportRefused otherwise.

    Nothing is kept of a refused file.
    """
    file = cast(io.BufferedReader, upload.file)
    if (upload.size or 0) > settings.IMPORT_MAX_BYTES:
        megabytes = settings.IMPORT_MAX_BYTES // 1024**2
        raise ImportRefused(f"The file is larger than {megabytes:,} MB. Split it into parts.")
    try:
        form = formats.recognise(file)
        mapping = columns.guess(form.header) if form.delimiter else _json_mapping(file, form)
    except (formats.FileRefused, columns.NoPhoneColumn) as problem:
        raise ImportRefused(str(problem)) from problem
    count = sum(1 for _ in formats.lines(file, form))
    if not count:
        raise ImportRefused("The file has a header and no lines below it.")
    upload.seek(0)
    digest = hashlib.file_digest(file, "sha256").hexdigest()
    upload.seek(0)
    job = Import(
        filename=filename[:255],
        sha256=digest,
        default_country=default_country,
        encoding=form.encoding,
        delimiter=form.delimiter,
        header=list(form.header),
        mapping=mapping,
        lines=count,
        created_by_id=user_id,
    )
    job.file.save(filename, upload, save=False)
    try:
        job.save()
    except BaseException:
        job.file.delete(save=False)
        raise
    return job


def _json_mapping(file: io.BufferedReader, form: formats.Format) -> list[str]:
    """Make sure that there are phones in it; otherwise every object has names of its own."""
    names: dict[str, None] = {}
    for line in islice(formats.lines(file, form), 20):
        if not line.problem:
            names.update(dict.fromkeys(formats.endpoint_cells(json.loads(line.cells[0]))))
    if names:
        columns.guess(list(names))
    return []


def preview(job: Import, count: int = 5) -> list[rows.Row | str]:
    """Return the first lines as they would be stored, or the reason why one would not."""
    found: list[rows.Row | str] = []
    with job.file.open("rb") as file:
        for line in islice(formats.lines(file.file, _format(job)), count):
            try:
                found.append(rows.read(line, job.mapping, job.default_country))
            except rows.BadRow as problem:
                found.append(str(problem))
    return found


def start(job_id: int) -> bool:
    """Queue a checked import; False if somebody did already."""
    return bool(
        Import.objects.filter(pk=job_id, status=Import.Status.CHECKED).update(
            status=Import.Status.QUEUED
        )
    )


def run(job_id: int, on_batch: OnBatch) -> bool:
    """Store a queued import, or go on where a dead worker stopped; False if it is not to be done.

    `on_batch` is called inside each batch's transaction.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [RUN_LOCK_CLASS, job_id])
        if not (cursor.fetchone() or [False])[0]:
            return False  # another worker is at it
        try:
            return _run(job_id, on_batch)
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [RUN_LOCK_CLASS, job_id])


def _run(job_id: int, on_batch: OnBatch) -> bool:
    job = Import.objects.get(pk=job_id)
    if job.status not in {Import.Status.QUEUED, Import.Status.RUNNING}:
        return False
    Import.objects.filter(pk=job_id).update(
        status=Import.Status.RUNNING, started_at=job.started_at or timezone.now()
    )
    try:
        with job.file.open("rb") as file:
            said_no = _said_no(job, file.file)
            lines = formats.lines(file.file, _format(job), after=job.done_lines)
            for batch in _batches(lines):
                _store(job, batch, said_no, on_batch)
        attributes.refresh()
    except (OSError, ValueError, DataError, IntegrityError) as problem:
        logger.exception("import %s failed", job_id)
        what = "The file cannot be read" if isinstance(problem, OSError) else "The import broke off"
        _end(job_id, Import.Status.FAILED, f"{what}: {problem}"[:1000])
        return False
    _end(job_id, Import.Status.COMPLETED)
    return True


def _end(job_id: int, status: str, error: str = "") -> None:
    Import.objects.filter(pk=job_id).update(status=status, error=error, finished_at=timezone.now())


def _format(job: Import) -> formats.Format:
    return formats.Format(job.encoding, job.delimiter, tuple(job.header))


def _batches(lines: Iterator[formats.Line]) -> Iterator[list[formats.Line]]:
    while batch := list(islice(lines, BATCH)):
        yield batch


def _said_no(job: Import, file: io.BufferedReader) -> set[str]:
    """Find whom any line says no for: a yes on another line of the same list is no yes.

    The line with the yes may come first, so the file is looked through before any is stored.
    """
    found: set[str] = set()
    if job.delimiter and "opt_in" not in job.mapping:
        return found
    for line in formats.lines(file, _format(job)):
        if rows.declines(line, job.mapping):
            with suppress(rows.BadRow):
                found.add(rows.read(line, job.mapping, job.default_country).phone)
    return found


def _store(job: Import, batch: list[formats.Line], said_no: set[str], on_batch: OnBatch) -> None:
    """Store one batch: contacts, rejected lines, consent and progress, all or nothing."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [BATCH_LOCK])
        good, rejected = _read(job, batch)
        firsts, repeated = _first_of_each(job, good)
        for row in firsts:
            row.opt_in = False if row.phone in said_no else row.opt_in
        stored, created, changed = merge(firsts)
        leaving = _late_opt_outs(good, firsts)
        RejectedLine.objects.bulk_create(
            [
                RejectedLine(job=job, number=line.number, reason=reason[:300], raw=line.raw[:2000])
                for line, reason in rejected
            ]
        )
        ImportMember.objects.bulk_create(
            [ImportMember(job=job, contact_id=person.contact_id) for person in stored]
        )
        on_batch([*stored, *leaving])
        Import.objects.filter(pk=job.pk).update(
            done_lines=batch[-1].number,
            created=F("created") + created,
            changed=F("changed") + changed,
            unchanged=F("unchanged") + len(stored) - created - changed,
            duplicates=F("duplicates") + repeated,
            rejected=F("rejected") + len(rejected),
        )


def _read(
    job: Import, batch: Iterable[formats.Line]
) -> tuple[list[rows.Row], list[tuple[formats.Line, str]]]:
    good, rejected = [], []
    for line in batch:
        try:
            good.append(rows.read(line, job.mapping, job.default_country))
        except rows.BadRow as problem:
            rejected.append((line, str(problem)))
    return good, rejected


def _first_of_each(job: Import, good: list[rows.Row]) -> tuple[list[rows.Row], int]:
    """Drop lines about a number that the file named before; but an opt-out counts wherever."""
    before = set(
        ImportMember.objects.filter(
            job=job, contact__phone__in=[row.phone for row in good]
        ).values_list("contact__phone", flat=True)
    )
    firsts: dict[str, rows.Row] = {}
    repeated = 0
    for row in good:
        if row.phone in before or row.phone in firsts:
            repeated += 1
            if row.phone in firsts:
                firsts[row.phone].opt_out |= row.opt_out
        else:
            firsts[row.phone] = row
    return list(firsts.values()), repeated


def _late_opt_outs(good: list[rows.Row], firsts: list[rows.Row]) -> list[ImportedContact]:
    """Find opt-outs on lines that repeat a number of an earlier batch."""
    taken = {row.phone for row in firsts}
    late = {row.phone: row for row in good if row.opt_out and row.phone not in taken}
    return [
        ImportedContact(contact.pk, contact.phone, late[contact.phone].line, None, opt_out=True)
        for contact in Contact.objects.filter(phone__in=late)
    ]
