"""The dry run of an import: read the file to its end, tell what would become of each line.

What depends on the file alone is kept for the import: which lines are rejected, which repeat a
number, and who says no. Nothing else is written.
"""

from collections.abc import Sequence

from django.db import connection, transaction

from contacts import merging
from contacts.copying import copy_rows
from contacts.imports import failing_in_words, keep_rejected, only_one, reading
from contacts.models import Import, Refusal, RejectedLine, RepeatedLine
from contacts.parsing import Batch, Person

# The numbers of the file so far. A dry run that was killed begins anew, as this does.
SEEN = """
CREATE TEMPORARY TABLE IF NOT EXISTS seen_number (number bigint PRIMARY KEY, line integer);
TRUNCATE seen_number
"""
FRESH = """
INSERT INTO seen_number SELECT * FROM unnest(string_to_array(%s, ' ')::bigint[], %s::integer[])
ON CONFLICT DO NOTHING RETURNING number
"""
OLDER = (
    "SELECT number, line FROM seen_number WHERE number = ANY(string_to_array(%s, ' ')::bigint[])"
)
REFUSE = """
INSERT INTO contacts_refusal AS known (job_id, phone, line, opt_out)
SELECT %s, * FROM unnest(string_to_array(%s, ' '), %s::integer[], %s::boolean[])
ON CONFLICT (job_id, phone) DO UPDATE SET opt_out = TRUE, line = EXCLUDED.line
WHERE EXCLUDED.opt_out AND NOT known.opt_out
"""
COUNTS = ("created", "changed", "unchanged", "duplicates", "rejected")


def examine(job_id: int) -> bool:
    """Do the dry run that an import waits for; False if it waits for none, or it failed."""
    with only_one(job_id) as alone:
        if not alone:
            return False
        done = False
        # Somebody may choose other columns meanwhile; then what was found so far is worth nothing.
        while not done and (job := _waiting(job_id)):
            with failing_in_words(job):
                done = _examine(job)
    return done


def _waiting(job_id: int) -> Import | None:
    return Import.objects.filter(pk=job_id, status=Import.Status.EXAMINING).first()


def _examine(job: Import) -> bool:
    for found in (RejectedLine, RepeatedLine, Refusal):
        found.objects.filter(job=job).delete()
    with connection.cursor() as cursor:
        cursor.execute(SEEN)
    total, lines = dict.fromkeys(COUNTS, 0), 0
    for batch in reading(job):
        with transaction.atomic():
            if not _note(job, read_bytes=min(batch.read, job.size)):
                return False
            for name, count in zip(COUNTS, _counts(job, batch), strict=True):
                total[name] += count
        lines += batch.lines
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE seen_number")
    return _note(
        job, status=Import.Status.CHECKED, forecast=total, lines=lines, read_bytes=job.size
    )


def _note(job: Import, **fields: object) -> bool:
    """Keep how far the dry run is; False if its columns are not those of the import any more."""
    same = Import.objects.filter(pk=job.pk, status=Import.Status.EXAMINING, mapping=job.mapping)
    return bool(same.update(**fields))


def _counts(job: Import, batch: Batch) -> tuple[int, int, int, int, int]:
    """Count what would become of a batch, and keep what the import needs to know of it."""
    first = _first_lines(batch.people)
    repeated = [
        (who.line, first[who.phone]) for who in batch.people if who.line != first[who.phone]
    ]
    merging.stage(
        [
            row
            for row, who in zip(batch.staged, batch.people, strict=True)
            if who.line == first[who.phone]
        ]
    )
    created, changed, unchanged = merging.compare()
    keep_rejected(job, batch.rejected)
    copy_rows(
        RepeatedLine._meta.db_table,
        ("job_id", "number", "repeats"),
        ((str(job.pk), str(line), str(earlier)) for line, earlier in repeated),
    )
    _keep_refusals(job, batch.refusing)
    return created, changed, unchanged, len(repeated), len(batch.rejected)


def _first_lines(people: Sequence[Person]) -> dict[str, int]:
    """Return the first line of the file about each number."""
    lines: dict[str, int] = {}
    for person in people:
        lines.setdefault(person.phone, person.line)
    with connection.cursor() as cursor:
        cursor.execute(FRESH, [" ".join(lines), list(lines.values())])
        older = lines.keys() - {f"+{number}" for (number,) in cursor.fetchall()}
        if older:
            cursor.execute(OLDER, [" ".join(older)])
            lines |= {f"+{number}": line for number, line in cursor.fetchall()}
    return lines


def _keep_refusals(job: Import, refusing: Sequence[Person]) -> None:
    noes: dict[str, tuple[int, bool]] = {}
    for person in refusing:
        if person.opt_out or person.phone not in noes:
            noes[person.phone] = (person.line, person.opt_out)
    if noes:
        lines, outs = zip(*noes.values(), strict=True)
        with connection.cursor() as cursor:
            cursor.execute(REFUSE, [job.pk, " ".join(noes), list(lines), list(outs)])
