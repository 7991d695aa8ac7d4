"""Imported people and their consent: an import says who vouches for it, or that there is none."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import cast

from django.contrib.admin.models import ADDITION, CHANGE, LogEntry
from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import PermissionDenied
from django.core.files.base import File
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from compliance import ledger
from compliance.models import ImportAttestation, LedgerEntry, Program, SuppressedNumber
from contacts import imports
from contacts.imports import OnBatch
from contacts.models import Import
from contacts.parsing import Person
from contacts.spreadsheets import harmless, pieces

# Nobody, where the command line brings in people without any consent.
Actor = User | AnonymousUser | None
Then = Callable[[int], object]


@dataclass(frozen=True, slots=True)
class Statement:
    """How the people on a list opted in; whoever hands it in vouches for it."""

    program: Program
    message_class: str
    basis: str
    wording: str
    origin: str = ""


def take(
    upload: File[bytes],
    *,
    country: str,
    stated: Statement | None,
    user: Actor,
    then: Then,
    chosen: Mapping[str, str] | None = None,
) -> Import:
    """Check a file and keep it with its attestation; raises imports.ImportRefused.

    Without a statement its people are stored and cannot be texted. `then` is called on commit with
    the id of an import whose dry run can begin.
    """
    _must_be_allowed(user, stated)
    with transaction.atomic():
        job = imports.check(
            upload,
            filename=str(upload.name),
            default_country=country,
            user_id=user.pk if user else None,
            chosen=dict(chosen or {}),
        )
        if stated:
            ImportAttestation.objects.create(
                job=job,
                program=stated.program,
                message_class=stated.message_class,
                basis=stated.basis,
                origin=stated.origin,
                wording=stated.wording,
                attested_by=cast(User, user),
            )
        name = stated.program if stated else "nobody"
        _log(job, user, f"Handed in, with opt-ins for {name}.", ADDITION)
        if job.status == Import.Status.EXAMINING:
            transaction.on_commit(lambda: then(job.pk))
    return job


def choose_columns(job: Import, targets: Sequence[str], user: Actor, then: Then) -> bool:
    """Store columns elsewhere and begin the dry run anew; False if the import has begun.

    Raises columns.BadMapping, which says in words what cannot be.
    """
    _must_be_allowed(user)
    with transaction.atomic():
        if not imports.remap(job.pk, targets):
            return False
        _log(job, user, "Chose where the columns are stored.")
        transaction.on_commit(lambda: then(job.pk))
    return True


def begin(job: Import, user: Actor, then: Then) -> bool:
    """Start a checked import; `then` is called with its id on commit. False if started before."""
    stated = ImportAttestation.objects.filter(job=job).exists()
    _must_be_allowed(user)
    with transaction.atomic():
        if not imports.start(job.pk):
            return False
        name = user.get_username() if user else ""
        said = f"Started; {name} vouches for the opt-ins." if stated else "Started without opt-ins."
        _log(job, user, said)
        transaction.on_commit(lambda: then(job.pk))
    return True


def rejected_csv(job: Import, user: Actor = None) -> Iterator[str]:
    """Return the lines not stored, as CSV, each with its reason; who took them is on record.

    The rejected ones come first, then those about a number that an earlier line is about.
    """
    rejected, repeated = job.rejected_lines, job.repeated_lines
    said = f"{rejected.count():,}, and {repeated.count():,} that repeat a number"
    _log(job, user, f"Exported its rejected lines: {said}.")
    repeats = _("It repeats line {}, which counts.")
    rows = chain(
        (
            (line.number, line.reason, harmless(line.raw))
            for line in rejected.order_by("number").iterator()
        ),
        (
            (line.number, repeats.format(line.repeats or "?"), "")
            for line in repeated.order_by("number").iterator()
        ),
    )
    return pieces([_("line"), _("reason"), _("as it stood")], rows)


def _must_be_allowed(user: Actor, stated: Statement | None = None) -> None:
    """Somebody must vouch for opt-ins; without any, whoever has a shell here may import."""
    if user is None and stated is None:
        return
    if user is None or not user.has_perm("contacts.add_import"):
        raise PermissionDenied("This person may not import contacts.")


def _log(job: Import, user: Actor, said: str, flag: int = CHANGE) -> None:
    if user is not None:
        LogEntry.objects.log_actions(cast(int, user.pk), [job], flag, said, single_object=True)


def consent_recorder(import_id: int) -> OnBatch:
    """Return the function that records a batch's consent in the batch's own transaction."""
    job = Import.objects.get(pk=import_id)
    attestation = ImportAttestation.objects.select_related("attested_by").filter(job=job).first()

    def record(people: Sequence[Person]) -> None:
        acts = _opt_outs(people, job)
        if attestation is not None:
            acts += _opt_ins(people, job, attestation)
        if acts:
            ledger.append(acts)

    return record


def _opt_outs(people: Sequence[Person], job: Import) -> list[ledger.Act]:
    """One opt-out per person who has none yet."""
    leaving = [person for person in people if person.opt_out]
    there = _found(
        "SELECT phone FROM compliance_suppression WHERE scope = 'all'", leaving
    ) | _erased(leaving)
    now = timezone.now()
    return [
        ledger.Act(
            phone=person.phone,
            act=LedgerEntry.Act.OPT_OUT,
            scope=LedgerEntry.Scope.ALL,
            source=LedgerEntry.Source.IMPORT,
            happened_at=now,
            evidence={"import": job.pk, "file_sha256": job.sha256, "line": person.line},
        )
        for person in leaving
        if person.phone not in there
    ]


def _opt_ins(
    people: Sequence[Person], job: Import, attestation: ImportAttestation
) -> list[ledger.Act]:
    """One opt-in per person who has none yet; a line that says no, or nothing, gives none.

    An erased person's number stays erased, whatever a list says.
    """
    joining = [p for p in people if not p.opt_out and p.opt_in is not False]
    known = _found(
        "SELECT phone FROM compliance_consent WHERE program_id = %s AND message_class = %s",
        joining,
        attestation.program_id,
        attestation.message_class,
    ) | _erased(joining)
    wording = ledger.keep_wording(attestation.wording)
    name = attestation.attested_by.get_username()
    evidence: dict[str, str | int | bool] = {
        "import": job.pk,
        "file_sha256": job.sha256,
        "basis": attestation.basis,
    }
    if attestation.origin:
        evidence["origin"] = attestation.origin
    return [
        ledger.Act(
            phone=person.phone,
            act="opt_in",
            scope="program",
            source="import",
            program_id=attestation.program_id,
            message_class=attestation.message_class,
            happened_at=person.opted_in_at or attestation.attested_at,
            recorded_by=name,
            wording_sha256=wording,
            evidence={**evidence, "line": person.line},
        )
        for person in joining
        if person.phone not in known
    ]


def _found(sql: str, people: Sequence[Person], *params: str | int) -> set[str]:
    """Return which of the people's numbers a query finds."""
    # One text is many times cheaper than a parameter for each number.
    with connection.cursor() as cursor:
        cursor.execute(
            f"{sql} AND phone = ANY(string_to_array(%s, ' '))",
            [*params, " ".join(person.phone for person in people)],
        )
        return {phone for (phone,) in cursor.fetchall()}


def _erased(people: Sequence[Person]) -> set[str]:
    """Return the numbers of people who were erased at their wish."""
    erased = SuppressedNumber.objects.filter(reason=SuppressedNumber.Reason.ERASED)
    if not erased.exists():
        return set()
    keys = {ledger.subject_key(person.phone): person.phone for person in people}
    return {keys[key] for key in erased.filter(key__in=keys).values_list("key", flat=True)}
