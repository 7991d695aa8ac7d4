"""Collect everything that proves what a person agreed to and what they were sent.

compliance.md 8.1 says what a lawyer, carrier or auditor asks for. What is missing is named so.
"""

import hashlib
import io
import json
import zipfile
from dataclasses import dataclass
from typing import Any, cast

from django.conf import settings
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import AnonymousUser, User
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from compliance import ledger
from compliance.canonical import encode
from compliance.models import Attachment, LedgerEntry, Subject, Wording
from contacts import rooms, timeline
from contacts.people import by_number

FORMAT = "sendpoint/evidence-pack/1"
PERMISSION = "compliance.export_evidence"
# What proves nothing stays out: a pack goes to outsiders.
LEFT_OUT = frozenset({"contact"})
HOW_TO_CHECK = (
    "Entry: the SHA-256 of the UTF-8 of `hashed` is `hash`, and `hashed` ends with the hash of the "
    "entry before it in the chain. Personal evidence: the SHA-256 of the compact JSON of "
    '["sendpoint/evidence/1", salt, fields], keys sorted, is the commitment in `hashed`. Wording '
    "and text: the SHA-256 of its UTF-8. Pack: the SHA-256 of its compact JSON without `checksum`, "
    "keys sorted. `manage.py verify_pack FILE` does all this; `manage.py verify_ledger` walks the "
    "whole chain to its head, which can be compared with a copy kept elsewhere."
)


@dataclass(frozen=True, slots=True)
class Pack:
    """An evidence pack, its checksum, and the archive that is handed out."""

    content: dict[str, Any]
    checksum: str

    def archive(self) -> bytes:
        """Return a ZIP of the pack as JSON and as PDF."""
        # The printer's library takes longest of all to load, and few processes print.
        from compliance.packs import printing  # noqa: PLC0415

        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(
                "evidence.json", json.dumps(self.content, indent=2, ensure_ascii=False)
            )
            archive.writestr("evidence.pdf", printing.as_pdf(self.content))
        return out.getvalue()


def make(phone: str, user: User | AnonymousUser, why: str) -> Pack:
    """Collect the evidence about a number (E.164), erased or not; the audit log says who and why.

    Raises PermissionDenied.
    """
    if not user.has_perm(PERMISSION):
        raise PermissionDenied(_("You need the permission to export evidence."))
    with transaction.atomic():
        content = _plain(_collected(phone, user, why))
        content["checksum"] = checksum(content)
        _audit(phone, user, f"Exported the evidence pack {content['checksum']}: {why}")
    return Pack(content, content["checksum"])


def checksum(content: dict[str, Any]) -> str:
    """Return the SHA-256 of a pack in canonical form, its own checksum left out."""
    said = {name: value for name, value in content.items() if name != "checksum"}
    return hashlib.sha256(encode(said).encode()).hexdigest()


def _collected(phone: str, user: User | AnonymousUser, why: str) -> dict[str, Any]:
    person = by_number(phone)
    key = ledger.subject_key(phone)
    acts = LedgerEntry.objects.filter(subject=key)
    parts = {name: part for name, part in rooms.held_parts().items() if name not in LEFT_OUT}
    return {
        "format": FORMAT,
        "made_at": timezone.now(),
        "made_by": user.get_username(),
        "why": why,
        "installation": settings.SITE_ID_IN_CONTEXT,
        "number": phone,
        "subject": key,
        "erased": Subject.objects.filter(pk=key, phone=None).exists(),
        **{name: part(person) for name, part in parts.items()},
        "wordings": list(
            Wording.objects.filter(pk__in=acts.values("wording")).values(
                "sha256", "text", "created_at"
            )
        ),
        "attachments": list(
            Attachment.objects.filter(pk__in=acts.values("attachment_sha256")).values(
                "sha256", "filename", "size"
            )
        ),
        "timeline": [
            {"at": entry.place.at, "what": entry.words, "more": entry.detail}
            for entry in timeline.everything(person)
        ],
        # Last, so that the head comes after everything above.
        "chain": _chain(acts.order_by("pk").values_list("pk", flat=True).first()),
        "how_to_check": HOW_TO_CHECK,
    }


def _chain(first: int | None) -> dict[str, Any]:
    """Say where the chain ends, and whether it is unbroken from the person's first entry on."""
    entries, digest = ledger.head()
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT count(*), coalesce(bool_and(follows), true) FROM (
                SELECT previous_hash = lag(hash) OVER by_number
                    AND id = lag(id) OVER by_number + 1 AS follows
                FROM compliance_ledgerentry WHERE id BETWEEN %s AND %s
                WINDOW by_number AS (ORDER BY id)
            ) AS link
            """,
            [first if first is not None else entries + 1, entries],
        )
        [(walked, unbroken)] = cursor.fetchall()
    return {
        "head": {"entries": entries, "hash": digest},
        "from_entry": first,
        "entries_walked": walked,
        "unbroken_to_head": unbroken,
    }


def _plain(content: dict[str, Any]) -> dict[str, Any]:
    """Return the content as it is when read back from JSON."""
    plain: dict[str, Any] = json.loads(DjangoJSONEncoder(ensure_ascii=False).encode(content))
    return plain


def _audit(phone: str, user: User | AnonymousUser, said: str) -> None:
    key = ledger.subject_key(phone)
    LogEntry.objects.create(
        user_id=cast(int, user.pk),
        content_type=ContentType.objects.get_for_model(Subject),
        object_id=key,
        object_repr=f"subject {key[:12]}",
        action_flag=CHANGE,
        change_message=said,
    )
