"""How many of some people said yes to a program, and with what proof."""

from dataclasses import dataclass

from django.db import connection
from django.db.models import QuerySet

from compliance.models import Consent, ImportAttestation, LedgerEntry, MessageClass
from contacts.models import Contact


@dataclass(frozen=True, slots=True)
class Coverage:
    """Counts over one group of people, in one snapshot."""

    people: int
    said_yes: int  # have a consent that covers the program and the kind of text
    without_wording: int  # of those: nobody kept the words that they agreed to
    of_unclear_origin: int  # of those: a list whose uploader could not name the way they opted in


def coverage(people: QuerySet[Contact], program_id: int, message_class: str) -> Coverage:
    """Count the consents of some people. One query; some seconds for a million of them."""
    select, params = people.order_by().values("phone").query.sql_with_params()
    covering = {message_class, MessageClass.PROMOTIONAL.value}  # the gate's rule
    first = order = ""
    if len(covering) > 1:  # else there is one a person, and sorting them takes half the time
        first, order = "DISTINCT ON (phone)", "ORDER BY phone, message_class"
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT count(*),
                   count(consent.phone),
                   count(consent.phone) FILTER (
                       WHERE entry.wording_id IS NULL AND entry.source <> %s),
                   count(consent.phone) FILTER (WHERE entry.evidence->>'basis' = %s)
            FROM ({select}) AS person
            LEFT JOIN (
                SELECT {first} phone, entry_id FROM compliance_consent
                WHERE program_id = %s AND state = %s AND message_class = ANY(%s)
                  AND (expires_at IS NULL OR expires_at > now())
                {order}
            ) consent ON consent.phone = person.phone
            LEFT JOIN compliance_ledgerentry entry ON entry.id = consent.entry_id
            """,  # noqa: S608 - the inner query is Django's own, with bound parameters
            [
                # Who texts a keyword answers words that stand on a poster; the text is kept.
                LedgerEntry.Source.KEYWORD.value,
                ImportAttestation.Basis.OTHER.value,
                *params,
                program_id,
                Consent.State.ACTIVE.value,
                sorted(covering),
            ],
        )
        return Coverage(*cursor.fetchone())
