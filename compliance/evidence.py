"""What proves an act: the fields there are, where each is kept, and which are missing."""

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from compliance.canonical import Evidence
from compliance.expiry import YES
from compliance.models import Attachment, LedgerEntry, PersonalEvidence

WORDING = "wording"
ATTACHMENT = "attachment"

# What tells of no person is kept in the chain.
IMPERSONAL: Mapping[str, Any] = {
    "answer": _("AWS's answer"),
    "api_key": _("access key"),
    "api_request": _("request of Pinpoint's interface"),
    "basis": _("how they opted in, as the uploader says"),
    "button": _("label of the button"),
    "checkbox_at_load": _("box ticked when the page was shown"),
    "checkbox_at_submit": _("box ticked when the person sent it"),
    "demo": _("demo data"),
    "end_user": _("the person's own STOP, AWS says"),
    "file_sha256": _("SHA-256 of the file"),
    "import": _("import"),
    "inbound_id": _("AWS's number of the text"),
    "language": _("language"),
    "line": _("line of the file"),
    "list": _("AWS's opt-out list"),
    "origin": _("where they opted in, as the uploader says"),
    "message": _("our text"),
    "noticed": _("what else was noticed"),
    "refused_message": _("our text that AWS refused"),
    "request": _("the request that it confirms"),
    "rule": _("rule that recognised it"),
    "rules_version": _("version of the rules"),
    "shown_at": _("when the page was shown"),
    "to": _("our number"),
}
# Everything else is personal, and goes when the person is erased: these, and names that nobody
# has thought of yet.
PERSONAL: Mapping[str, Any] = {
    "email": _("e-mail"),
    "form_url": _("address of the form"),
    "ip": _("IP address"),
    "name": _("name"),
    "note": _("note"),
    "phone_as_typed": _("number as it was typed"),
    "referrer": _("page before the form"),
    "text": _("words of the text"),
    "user_agent": _("browser"),
}
# What an auditor asks for, by where the act was done; what of it is not there is shown so.
EXPECTED: Mapping[str, tuple[str, ...]] = {
    LedgerEntry.Source.WEB_FORM: ("form_url", "ip", "user_agent", "phone_as_typed"),
    LedgerEntry.Source.KEYWORD: ("text", "to", "inbound_id"),
    LedgerEntry.Source.PAPER: (ATTACHMENT,),
    LedgerEntry.Source.IMPORT: ("import", "line", "file_sha256"),
    LedgerEntry.Source.API: ("api_key", "api_request"),
    LedgerEntry.Source.CARRIER: ("answer",),
    LedgerEntry.Source.OPERATOR: ("note",),
}


class Status(enum.Enum):
    """Whether a piece of evidence can be shown."""

    RECORDED = "recorded"
    MISSING = "missing"
    ERASED = "erased"


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece of evidence for a person to read; `value` is there when it was recorded."""

    name: str
    label: Any
    status: Status
    value: str | int | bool = ""


def split(evidence: Evidence) -> tuple[Evidence, dict[str, str | int | bool]]:
    """Part what the chain holds from what is personal and can be erased. Pure."""
    if evidence.keys() <= IMPERSONAL.keys():  # as for the million acts of an import
        return evidence, {}
    impersonal = {name: value for name, value in evidence.items() if name in IMPERSONAL}
    personal = {name: value for name, value in evidence.items() if name not in IMPERSONAL}
    return impersonal, personal


def recorded(entry: LedgerEntry) -> dict[str, str | int | bool]:
    """Return the fields that are there, personal ones included. One query at most."""
    personal = PersonalEvidence.objects.filter(pk=entry.pk).first() if entry.commitment else None
    return {**entry.evidence, **(personal.fields if personal else {})}


def pieces(entry: LedgerEntry) -> list[Piece]:
    """List the evidence of an entry: what is there, then what is missing or was erased.

    Two queries at most; none where `wording` and `personal` were selected with the entry.
    """
    there = recorded(entry)
    erased = bool(entry.commitment) and there.keys() <= entry.evidence.keys()
    if entry.wording is not None:
        there[WORDING] = entry.wording.text
    if entry.attachment_sha256:
        there |= _attached(entry)
    found = [Piece(name, label(name), Status.RECORDED, there[name]) for name in _order(there)]
    for name in expected(entry):
        if name not in there:
            gone = erased and name not in IMPERSONAL and name != WORDING
            gone = gone or (name == ATTACHMENT and bool(entry.attachment_sha256))
            found.append(Piece(name, label(name), Status.ERASED if gone else Status.MISSING))
    return found


def expected(entry: LedgerEntry) -> list[str]:
    """Name what an auditor asks for of such an act."""
    names = list(EXPECTED.get(entry.source, ()))
    if entry.act in YES and entry.scope == LedgerEntry.Scope.PROGRAM:
        names.insert(0, WORDING)
        if entry.source == LedgerEntry.Source.WEB_FORM:
            names += ["checkbox_at_load", "checkbox_at_submit"]
    return names


def label(name: str) -> Any:
    """Return a field's name in words."""
    if name == WORDING:
        return _("words they agreed to")
    if name == ATTACHMENT:
        return _("attached file")
    return IMPERSONAL.get(name) or PERSONAL.get(name) or name


def _attached(entry: LedgerEntry) -> dict[str, str]:
    file = Attachment.objects.filter(pk=entry.attachment_sha256).first()
    return {ATTACHMENT: f"{file.filename} (SHA-256 {file.sha256})"} if file else {}


def _order(there: Mapping[str, object]) -> list[str]:
    known = [WORDING, ATTACHMENT, *IMPERSONAL, *PERSONAL]
    return sorted(there, key=lambda name: (known.index(name) if name in known else 99, name))
