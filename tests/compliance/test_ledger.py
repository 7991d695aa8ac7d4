import pytest
from django.db import IntegrityError, connection, transaction

from compliance import ledger, verification
from compliance.canonical import GENESIS
from compliance.models import Consent, LedgerEntry, Subject, Suppression
from tests.compliance.acts import no, yes
from tests.compliance.factories import ProgramFactory

pytestmark = pytest.mark.django_db
ANA = "+12125550111"
BEN = "+12125550112"


def _sql(statement, *params):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, params)


def _tamper(statement):
    """Change the ledger behind the triggers' back, as somebody with the superuser's key could."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE compliance_ledgerentry DISABLE TRIGGER USER")
        cursor.execute(statement)
        cursor.execute("ALTER TABLE compliance_ledgerentry ENABLE TRIGGER USER")


def test_each_entry_is_chained_to_the_one_before():
    first = yes(ANA, ProgramFactory())
    second = no(ANA)
    assert second.said.previous_hash == first.hash


def test_the_first_entry_follows_the_genesis_hash():
    assert yes(ANA, ProgramFactory()).said.previous_hash == GENESIS


def test_an_untouched_ledger_verifies():
    program = ProgramFactory()
    for phone in (ANA, BEN):
        yes(phone, program)
    verdict = verification.verify()
    assert (verdict.head.entries, verdict.broken) == (2, None)


def test_a_changed_entry_is_found():
    program = ProgramFactory()
    entry = yes(ANA, program)
    yes(BEN, program)
    _tamper(f"UPDATE compliance_ledgerentry SET source = 'paper' WHERE id = {entry.pk}")
    verdict = verification.verify()
    assert (verdict.head.entries, verdict.broken.entry_id) == (0, entry.pk)


def test_a_removed_entry_is_found():
    program = ProgramFactory()
    yes(ANA, program)
    removed = no("+12125550119")
    last = yes(BEN, program)
    Suppression.objects.all().delete()
    _tamper(f"DELETE FROM compliance_ledgerentry WHERE id = {removed.pk}")
    verdict = verification.verify()
    assert (verdict.head.entries, verdict.broken.entry_id) == (1, last.pk)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE compliance_ledgerentry SET source = 'paper'",
        "DELETE FROM compliance_ledgerentry",
        "UPDATE compliance_wording SET text = 'other'",
        "DELETE FROM compliance_wording",
    ],
)
def test_the_database_refuses_to_change_what_was_recorded(statement):
    yes(ANA, ProgramFactory())
    ledger.keep_wording("I agree.")
    with pytest.raises(IntegrityError, match="append-only"):
        _sql(statement)


def test_the_database_refuses_to_truncate_the_ledger():
    with connection.cursor() as cursor:
        # Tests that truncate between each other switch it off.
        cursor.execute(
            "ALTER TABLE compliance_ledgerentry ENABLE TRIGGER compliance_ledgerentry_no_truncate"
        )
    with pytest.raises(IntegrityError, match="append-only"):
        _sql("TRUNCATE compliance_ledgerentry CASCADE")


def test_the_ledger_holds_no_phone_number():
    entry = yes(ANA, ProgramFactory())
    values = LedgerEntry.objects.filter(pk=entry.pk).values_list().get()
    assert ANA not in str(values)
    assert Subject.objects.get(key=entry.said.subject).phone == ANA


def test_an_opt_in_makes_the_consent_active():
    program = ProgramFactory()
    yes(ANA, program)
    assert Consent.objects.get(phone=ANA, program=program).state == "active"


def test_a_program_opt_out_revokes_that_consent_only():
    offers, news = ProgramFactory(), ProgramFactory()
    yes(ANA, offers)
    yes(ANA, news)
    no(ANA, offers)
    states = dict(Consent.objects.filter(phone=ANA).values_list("program", "state"))
    assert states == {offers.pk: "revoked", news.pk: "active"}


def test_a_bare_stop_suppresses_the_number():
    no(ANA)
    assert Suppression.objects.filter(phone=ANA).exists()


def test_an_import_does_not_lift_a_stop():
    program = ProgramFactory()
    no(ANA)
    yes(ANA, program, source=LedgerEntry.Source.IMPORT)
    assert Suppression.objects.filter(phone=ANA).exists()


def test_an_import_does_not_bring_back_a_revoked_consent():
    program = ProgramFactory()
    yes(ANA, program)
    no(ANA, program)
    yes(ANA, program, source=LedgerEntry.Source.IMPORT)
    assert Consent.objects.get(phone=ANA).state == "revoked"


def test_the_persons_own_yes_lifts_a_stop():
    program = ProgramFactory()
    no(ANA)
    yes(ANA, program, source=LedgerEntry.Source.KEYWORD)
    assert not Suppression.objects.filter(phone=ANA).exists()


def test_a_second_stop_changes_nothing_that_is_derived():
    first = no(ANA)
    no(ANA)
    assert Suppression.objects.get(phone=ANA).entry_id == first.pk
