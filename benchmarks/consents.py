"""What a million people have agreed to, straight into the tables."""

from django.db import connection

from benchmarks import crowd
from compliance import ledger
from compliance.models import Program, SuppressedNumber
from contacts.models import Contact


def fill(program: Program, people: int, entries: int) -> None:
    """Store a crowd, give each a yes or a no, and the ledger the rows that these rest on."""
    crowd.fill(people)
    with connection.cursor() as cursor:
        # The gate reads what is derived from the ledger; its hashes do not matter here.
        cursor.execute(
            """
            INSERT INTO compliance_ledgerentry
                (id, subject, program_id, message_class, act, scope, source, happened_at,
                 recorded_at, recorded_by, basis, attachment_sha256, evidence, commitment,
                 previous_hash, hash)
            SELECT n, md5(mod(n, %s)::text), %s, 'promotional', 'opt_in', 'program', 'web_form',
                   now(), now(), '', 'express', '', '{}', '', md5(n::text), md5((n + 1)::text)
            FROM generate_series(1, %s) AS n
            """,
            [people, program.pk, entries],
        )
        cursor.execute(
            """
            INSERT INTO compliance_consent
                (phone, program_id, message_class, state, entry_id, since)
            SELECT phone, %s, 'promotional',
                   CASE WHEN mod(id, 20) = 0 THEN 'revoked' ELSE 'active' END, 1, now()
            FROM contacts_contact
            """,
            [program.pk],
        )
        cursor.execute(
            """
            INSERT INTO compliance_suppression (phone, scope, entry_id, since)
            SELECT phone, 'all', 1, now() FROM contacts_contact WHERE mod(id, 20) = 1
            """
        )
    listed = Contact.objects.order_by("pk").values_list("phone", flat=True)[:20_000]
    SuppressedNumber.objects.bulk_create(
        SuppressedNumber(
            key=ledger.subject_key(phone), reason="litigator", source="a list", added_at=crowd.NOW
        )
        for phone in listed
    )
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
