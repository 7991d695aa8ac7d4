"""A person's acts of consent, as the timeline shows them."""

from typing import Any

from django.db.models import F
from django.urls import reverse
from django.utils.translation import gettext as _

from compliance import canonical, evidence, ledger
from compliance.evidence import Status
from compliance.models import (
    AnswerReview,
    Consent,
    LedgerEntry,
    ListedNumber,
    PersonalEvidence,
    SuppressedNumber,
    Suppression,
)
from contacts.timeline import Entry, Person, Place, newest

SOURCE = "consent"


def consent(person: Person, before: Place | None, size: int) -> list[Entry]:
    """Return the ledger's entries about a number, by when they were done."""
    acts = LedgerEntry.objects.filter(subject=ledger.subject_key(person.phone))
    found = newest(acts.select_related("program"), F("happened_at"), SOURCE, before, size)
    return [
        Entry(
            Place(entry.happened_at, SOURCE, entry.pk),
            in_words(entry),
            detail=_("recorded by {}").format(entry.recorded_by) if entry.recorded_by else "",
            link=reverse("admin:compliance_ledgerentry_change", args=[entry.pk]),
            opens_for="compliance.view_ledgerentry",
        )
        for entry in found
    ]


def in_words(entry: LedgerEntry) -> str:
    """Say what was done, how far it reaches, and where, in one line."""
    reach = entry.get_scope_display()
    if entry.scope == LedgerEntry.Scope.PROGRAM and entry.program:
        reach = f"{entry.program} ({entry.get_message_class_display()})"
    return _("{act}: {reach}, by {source}").format(
        act=entry.get_act_display().capitalize(), reach=reach, source=entry.get_source_display()
    )


def told(entry: LedgerEntry) -> dict[str, Any]:
    """Return an entry with its evidence, and everything that its hash is made of."""
    said = canonical.Said(*(getattr(entry, name) for name in canonical.Said._fields))
    personal = PersonalEvidence.objects.filter(pk=entry.pk).first() if entry.commitment else None
    found = evidence.pieces(entry)
    return {
        "number": entry.pk,
        "in_words": in_words(entry),
        "program": entry.program.name if entry.program else None,
        "happened_at": entry.happened_at,
        "recorded_at": entry.recorded_at,
        "recorded_by": entry.recorded_by,
        "evidence": {piece.name: piece.value for piece in found if piece.status is Status.RECORDED},
        "missing_evidence": [piece.name for piece in found if piece.status is Status.MISSING],
        "erased_evidence": [piece.name for piece in found if piece.status is Status.ERASED],
        "personal_evidence": {"salt": personal.salt, "fields": personal.fields}
        if personal
        else None,
        "hashed": canonical.entry_form(said),
        "hash": entry.hash,
    }


def held(person: Person) -> dict[str, Any]:
    """Return the ledger's entries about a number, and what they come to now."""
    key = ledger.subject_key(person.phone)
    entries = LedgerEntry.objects.filter(subject=key).select_related("program", "wording")
    return {
        "subject": key,
        "entries": [told(entry) for entry in entries.order_by("pk")],
        "consents": list(
            Consent.objects.filter(phone=person.phone).values(
                "program__name", "message_class", "state", "since", "expires_at"
            )
        ),
        "opted_out": list(Suppression.objects.filter(phone=person.phone).values("scope", "since")),
        "suppression_list": list(
            SuppressedNumber.objects.filter(key=key).values("reason", "source", "added_at")
        ),
        "answers_to_read": list(
            AnswerReview.objects.filter(phone=person.phone).values(
                "text", "received_at", "rule", "rules_version", "holds", "status", "decided_at"
            )
        ),
        "lists_at_aws": list(
            ListedNumber.objects.filter(phone=person.phone).values(
                "list_name", "wanted", "known", "wanted_at"
            )
        ),
    }
