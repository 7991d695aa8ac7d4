"""What of a person stands in contacts and uploaded lists, and goes when they are erased."""

import gzip
import io
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import IO, cast

import phonenumbers
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import F, Q

from contacts.formats import GZIP
from contacts.models import Contact, ContactList, Import, Refusal, RejectedLine

ERASED = "erased"  # stands where a number stood
ENDED = (Import.Status.COMPLETED, Import.Status.FAILED)


def erase(phone: str) -> None:
    """Remove the contact with a number (E.164), and their lines from the lists that were imported.

    Call it in a transaction. Uploaded files are rewritten after its commit: a line of the person
    becomes an empty one, the others keep their numbers. Of a list that is not imported to its
    end nothing can be taken out; it is left as it is.
    """
    contact = Contact.objects.filter(phone=phone).first()
    named = Q(refusals__phone=phone) | (Q(members__contact=contact) if contact else Q())
    jobs = list(Import.objects.filter(named, status__in=ENDED).distinct())
    pattern = written(phone)
    Refusal.objects.filter(phone=phone).delete()
    RejectedLine.objects.filter(raw__regex=pattern).update(raw="", reason=ERASED)
    if contact:
        LogEntry.objects.filter(
            content_type=ContentType.objects.get_for_model(Contact), object_id=str(contact.pk)
        ).update(object_repr=ERASED)
        growing = ContactList.objects.filter(
            grows=True, members__contact=contact, members__removed_at=None
        )
        growing.update(people=F("people") - 1)
        contact.delete()
    for job in jobs:
        transaction.on_commit(partial(_blank_lines, Path(job.file.path), job.encoding, pattern))


def written(phone: str) -> str:
    """Return a regular expression that finds a number however people write it. Pure.

    Python and PostgreSQL read it alike.
    """
    number = phonenumbers.parse(phone)
    between = "[^0-9]{0,3}"
    national = phonenumbers.national_significant_number(number)
    code = between.join(str(number.country_code))
    before = rf"(^|[^0-9])((00)?{between}{code}{between}(\(?0\)?)?{between}|0{between})?"
    return before + between.join(national) + "($|[^0-9])"


def _blank_lines(path: Path, encoding: str, pattern: str) -> None:
    """Empty the lines of a file that name the number; the file changes at once or not at all."""
    if not path.exists():
        return
    names = re.compile(pattern)
    fresh = path.with_name(f"{path.name}.erasing")
    with _text(path, encoding, "r") as old, _text(fresh, encoding, "w", like=path) as new:
        for line in old:
            ending = line[len(line.rstrip("\r\n")) :]
            new.write(ending if names.search(line.rstrip("\r\n")) else line)
    os.replace(fresh, path)


@contextmanager
def _text(path: Path, encoding: str, mode: str, like: Path | None = None) -> Iterator[IO[str]]:
    """Open a file, compressed like itself or another, as text whose bytes survive a round trip."""
    with (like or path).open("rb") as file:
        compressed = file.read(len(GZIP)) == GZIP
    opened = gzip.open if compressed else open
    with (
        opened(path, f"{mode}b") as binary,
        io.TextIOWrapper(
            cast("IO[bytes]", binary), encoding=encoding, errors="surrogateescape", newline=""
        ) as text,
    ):
        yield text
