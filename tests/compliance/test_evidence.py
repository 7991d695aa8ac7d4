import pytest

from compliance import evidence, ledger
from compliance.evidence import Status
from compliance.models import LedgerEntry, PersonalEvidence
from tests.compliance.acts import no, yes
from tests.compliance.factories import ProgramFactory

pytestmark = pytest.mark.django_db
ANA = "+12125550111"


def pieces(recorded):
    entry = LedgerEntry.objects.get(pk=recorded.pk)
    return {piece.name: piece for piece in evidence.pieces(entry)}


def test_what_tells_of_the_person_stays_out_of_the_chain():
    entry = yes(ANA, ProgramFactory(), evidence={"ip": "192.0.2.1", "checkbox_at_submit": True})
    assert entry.said.evidence == {"checkbox_at_submit": True}
    assert PersonalEvidence.objects.get(pk=entry.pk).fields == {"ip": "192.0.2.1"}


def test_a_field_that_nobody_has_thought_of_counts_as_personal():
    assert evidence.split({"shoe_size": 43, "line": 3}) == ({"line": 3}, {"shoe_size": 43})


def test_what_was_recorded_is_shown():
    words = ledger.keep_wording("Yes, text me offers.")
    found = pieces(yes(ANA, ProgramFactory(), evidence={"ip": "192.0.2.1"}, wording_sha256=words))
    assert (found["ip"].status, found["ip"].value) == (Status.RECORDED, "192.0.2.1")
    assert found["wording"].value == "Yes, text me offers."


def test_what_is_missing_is_shown_as_missing():
    found = pieces(yes(ANA, ProgramFactory(), evidence={"ip": "192.0.2.1"}))
    assert {name for name, p in found.items() if p.status is Status.MISSING} == {
        "wording",
        "form_url",
        "user_agent",
        "checkbox_at_load",
        "checkbox_at_submit",
        "phone_as_typed",
    }


def test_a_paper_form_without_its_scan_is_shown_as_missing():
    found = pieces(yes(ANA, ProgramFactory(), source="paper", evidence={}))
    assert found["attachment"].status is Status.MISSING


def test_an_opt_out_needs_no_wording():
    assert "wording" not in pieces(no(ANA))
