"""What somebody with the database owner's key could do, and that it is found."""

from datetime import timedelta
from io import StringIO

import pytest
from django.contrib.auth.models import AnonymousUser, Group, User
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import RequestFactory

from analytics import dashboard
from compliance import ledger, verification
from compliance.models import LedgerCheck, LedgerEntry
from compliance.verification import Head
from tests.compliance.acts import NOON, no, yes
from tests.compliance.factories import ProgramFactory

pytestmark = pytest.mark.django_db
PHONES = [f"+1212555010{n}" for n in range(5)]
TABLES = ("ledgerentry", "personalevidence", "wording")


@pytest.fixture
def entries():
    words = ledger.keep_wording("Yes, text me.")
    program = ProgramFactory()
    return [yes(p, program, wording_sha256=words, evidence={"ip": "192.0.2.1"}) for p in PHONES]


def tamper(*statements):
    """Run SQL behind the triggers' back."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in TABLES:
            cursor.execute(f"ALTER TABLE compliance_{table} DISABLE TRIGGER ALL")
        for statement in statements:
            cursor.execute(statement)
        for table in TABLES:
            cursor.execute(f"ALTER TABLE compliance_{table} ENABLE TRIGGER ALL")
            cursor.execute(
                f"ALTER TABLE compliance_{table} DISABLE TRIGGER compliance_{table}_no_truncate"
            )


def problem():
    broken = verification.verify().broken
    return broken and (broken.entry_id, broken.problem)


def test_an_untouched_ledger_holds(entries):
    verdict = verification.verify()
    assert verdict.broken is None
    assert verdict.head == Head(5, entries[-1].hash)


def test_an_empty_ledger_holds():
    assert verification.verify().head == Head(0, "0" * 64)


@pytest.mark.parametrize(
    "change",
    [
        "subject = repeat('a', 64)",
        "program_id = NULL, scope = 'all'",
        "message_class = 'transactional'",
        "act = 'opt_out'",
        "scope = 'all'",
        "source = 'paper'",
        "happened_at = happened_at - interval '1 microsecond'",
        "recorded_at = recorded_at + interval '1 day'",
        "recorded_by = 'somebody'",
        "basis = 'implied'",
        "expires_at = now()",
        "wording_id = NULL",
        "attachment_sha256 = repeat('b', 64)",
        "corrects_id = 1",
        """evidence = '{"demo": true}'""",
        "hash = repeat('c', 64)",
    ],
)
def test_a_change_of_any_column_is_found(entries, change):
    tamper(f"UPDATE compliance_ledgerentry SET {change} WHERE id = 3")
    assert problem() == (3, "its content was changed after it was recorded")


def test_an_entry_hashed_anew_no_longer_leads_to_the_next(entries):
    said = entries[2].said._replace(source="paper")
    digest = verification.entry_hash(said)
    tamper(f"UPDATE compliance_ledgerentry SET source='paper', hash='{digest}' WHERE id = 3")
    assert problem() == (4, "it does not follow the entry before it")


def test_a_removed_entry_is_found(entries):
    tamper(
        "DELETE FROM compliance_personalevidence WHERE entry_id = 2",
        "DELETE FROM compliance_consent WHERE entry_id = 2",
        "DELETE FROM compliance_ledgerentry WHERE id = 2",
    )
    assert problem() == (3, "entry 2 is missing before it")


def test_entries_that_changed_places_are_found(entries):
    tamper(
        "DELETE FROM compliance_personalevidence",
        "UPDATE compliance_ledgerentry SET id = 99 WHERE id = 2",
        "UPDATE compliance_ledgerentry SET id = 2 WHERE id = 3",
        "UPDATE compliance_ledgerentry SET id = 3 WHERE id = 99",
    )
    assert verification.verify().broken.entry_id in {1, 2}


def test_changed_personal_evidence_is_found(entries):
    tamper("""UPDATE compliance_personalevidence SET fields = '{"ip": "x"}' WHERE entry_id = 4""")
    assert problem() == (4, "its personal evidence was changed after it was recorded")


def test_removed_personal_evidence_is_found(entries):
    tamper("DELETE FROM compliance_personalevidence WHERE entry_id = 4")
    assert problem() == (4, "its personal evidence is gone, and nobody was erased")


def test_personal_evidence_slipped_in_is_found():
    yes(PHONES[0], ProgramFactory(), evidence={})
    tamper("INSERT INTO compliance_personalevidence VALUES (1, 'ab', '{}')")
    assert problem() == (1, "its personal evidence was changed after it was recorded")


def test_a_changed_wording_is_found(entries):
    tamper("UPDATE compliance_wording SET text = 'Yes, sell my number.'")
    assert "wording" in problem()[1]


def test_a_removed_wording_is_found(entries):
    tamper("DELETE FROM compliance_wording")
    assert problem() == (1, "the wording that it names is gone")


def test_a_number_put_in_anothers_place_is_found(entries):
    tamper("UPDATE compliance_subject SET phone = '+12125550999' WHERE phone = '+12125550101'")
    assert "number of subject" in problem()[1]


def test_a_changed_file_is_found():
    sha256 = ledger.keep_attachment(ContentFile(b"signed"), "form.pdf")
    yes(PHONES[0], ProgramFactory(), source="paper", attachment_sha256=sha256)
    tamper(f"UPDATE compliance_attachment SET sha256 = repeat('d', 64) WHERE sha256 = '{sha256}'")
    assert "file" in problem()[1]


def test_a_removed_file_is_found():
    sha256 = ledger.keep_attachment(ContentFile(b"signed"), "form.pdf")
    yes(PHONES[0], ProgramFactory(), source="paper", attachment_sha256=sha256)
    tamper("DELETE FROM compliance_attachment")
    assert problem() == (1, "its attached file is gone, and nobody was erased")


def cut_off_the_tail():
    tamper(
        "DELETE FROM compliance_personalevidence WHERE entry_id > 3",
        "DELETE FROM compliance_consent WHERE entry_id > 3",
        "DELETE FROM compliance_ledgerentry WHERE id > 3",
    )


def test_a_tail_cut_off_is_found_by_a_kept_head(entries, tmp_path):
    kept = tmp_path / "head.json"
    out = StringIO()
    call_command("export_ledger_head", stdout=out)
    kept.write_text(out.getvalue())
    call_command("verify_ledger", against=kept, stdout=StringIO())
    cut_off_the_tail()
    assert problem() is None
    with pytest.raises(CommandError, match="2 entries are gone from its end"):
        call_command("verify_ledger", against=kept)


def test_a_kept_head_holds_when_entries_were_added_since(entries):
    kept = verification.read_head(verification.export_head(NOON))
    no(PHONES[0])
    assert verification.verify(kept).broken is None


def test_a_chain_written_anew_is_found_by_a_kept_head(entries):
    kept = Head(3, "e" * 64)
    assert verification.verify(kept).broken.entry_id == 3


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"entries": "3", "hash": 4}'])
def test_a_file_that_is_no_head_is_refused(text):
    with pytest.raises(ValueError, match="not a head"):
        verification.read_head(text)


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(CommandError, match="No such file"):
        call_command("verify_ledger", against=tmp_path / "none.json")


def test_the_command_names_the_first_broken_row(entries):
    tamper("UPDATE compliance_ledgerentry SET source = 'paper' WHERE id IN (2, 4)")
    with pytest.raises(CommandError, match=r"Entry 2 is broken.* The 1 before it hold"):
        call_command("verify_ledger")


def test_the_daily_check_remembers_the_head_and_finds_a_tail_cut_off_since(entries):
    assert verification.check(NOON).broken is None
    cut_off_the_tail()
    assert verification.check(NOON + timedelta(days=1)).broken is not None
    assert [c.problem for c in LedgerCheck.objects.order_by("checked_at")] == [
        "",
        "2 entries are gone from its end",
    ]


def home_says(user):
    request = RequestFactory().get("/")
    request.user = user
    return [item["words"] for item in dashboard.needs_you(request)]


@pytest.mark.usefixtures("reviewed")
def test_a_broken_ledger_needs_the_compliance_staff(entries):
    officer = User.objects.create_user("olga")
    officer.groups.add(Group.objects.get(name="Compliance"))
    verification.check(NOON)
    assert home_says(officer) == []
    tamper("UPDATE compliance_ledgerentry SET source = 'paper' WHERE id = 3")
    verification.check(NOON + timedelta(days=1))
    assert home_says(officer) == [
        "The consent ledger does not hold: its content was changed after it was recorded"
    ]
    assert home_says(AnonymousUser()) == []


def test_what_is_recorded_while_the_chain_is_walked_is_not_half_seen(entries):
    walk = verification._walk()
    next(walk)
    no(PHONES[0])
    assert len(list(walk)) == 4
    assert LedgerEntry.objects.count() == 6
