"""A pack proves itself: whatever is changed in it afterwards is found."""

import copy

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from compliance import erasure, ledger
from compliance.packs import making, printing
from compliance.packs.checking import problems
from tests.compliance.acts import no, yes
from tests.compliance.factories import ProgramFactory

pytestmark = pytest.mark.django_db
PHONE, OTHER = "+12125550111", "+12125550112"


@pytest.fixture
def officer():
    return User.objects.create_superuser("ora")


@pytest.fixture
def pack(officer):
    program = ProgramFactory(name="Offers")
    yes(PHONE, program, wording_sha256=ledger.keep_wording("Yes, text me offers."))
    yes(OTHER, program)
    no(PHONE)
    return making.make(PHONE, officer, "Complaint 4711").content


def test_a_pack_holds_by_itself(pack):
    assert problems(pack) == []
    assert [entry["number"] for entry in pack["consent"]["entries"]] == [1, 3]


def test_a_pack_says_who_made_it_why_and_up_to_which_head(pack):
    assert (pack["made_by"], pack["why"]) == ("ora", "Complaint 4711")
    chain = pack["chain"]
    assert chain["head"] == {"entries": 3, "hash": pack["consent"]["entries"][1]["hash"]}
    assert (chain["from_entry"], chain["entries_walked"]) == (1, 3)
    assert chain["unbroken_to_head"] is True


def change(pack, path, value):
    *way, last = path
    place = pack
    for step in way:
        place = place[step]
    place[last] = value


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        (("why",), "Nothing", "The checksum does not match."),
        (("consent", "entries", 0, "hash"), "0" * 64, "Entry 1: its content was changed."),
        (("consent", "entries", 0, "personal_evidence", "fields"), {}, "evidence was changed"),
        (("wordings", 0, "text"), "Yes to everything", "The wording"),
        (("wordings",), [], "the words that were agreed to are missing"),
        (("subject",), "0" * 64, "about somebody else"),
        (("chain", "unbroken_to_head"), False, "The chain was broken"),
        (("format",), "other", "known format"),
    ],
)
def test_what_is_changed_in_a_pack_is_found_even_with_a_new_checksum(pack, path, value, words):
    change(pack, path, value)
    if path != ("why",):
        pack["checksum"] = making.checksum(pack)
    assert any(words in problem for problem in problems(pack))


def leaves(value, way=()):
    if isinstance(value, dict | list):
        keys = value if isinstance(value, dict) else range(len(value))
        for key in keys:
            yield from leaves(value[key], (*way, key))
    else:
        yield way


def test_no_value_of_a_pack_can_be_changed_unseen(pack):
    @given(data=st.data())
    def check(data):
        changed = copy.deepcopy(pack)
        path = data.draw(st.sampled_from(sorted(leaves(pack), key=str)))
        change(changed, path, "something else")
        assert problems(changed)

    check()


def test_a_broken_chain_is_said_in_the_pack(officer, pack):
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE compliance_ledgerentry DISABLE TRIGGER USER")
        cursor.execute("UPDATE compliance_ledgerentry SET hash = repeat('0', 64) WHERE id = 2")
        cursor.execute("ALTER TABLE compliance_ledgerentry ENABLE TRIGGER USER")
    again = making.make(PHONE, officer, "Complaint 4711").content
    assert again["chain"]["unbroken_to_head"] is False
    assert any("BROKEN" in text for _style, text in printing.lines(again))


def test_an_erased_person_has_a_pack_by_number_which_says_what_is_gone(officer, pack):
    erasure.erase(PHONE, officer)
    erased = making.make(PHONE, officer, "Complaint 4711").content
    assert erased["erased"] is True
    assert problems(erased) == []
    first = erased["consent"]["entries"][0]
    assert first["personal_evidence"] is None
    assert "form_url" in first["erased_evidence"]
    assert erased["consent"]["suppression_list"][0]["reason"] == "erased"


def test_a_number_that_nobody_knows_has_an_empty_pack(officer):
    nothing = making.make("+12125550119", officer, "Asked").content
    assert problems(nothing) == []
    assert nothing["consent"]["entries"] == []
    assert nothing["chain"]["entries_walked"] == 0


def test_only_who_may_export_evidence_gets_a_pack():
    with pytest.raises(PermissionDenied):
        making.make(PHONE, User.objects.create_user("mia"), "Curious")


def test_the_command_checks_a_file(pack, tmp_path, capsys):
    import json

    file = tmp_path / "evidence.json"
    file.write_text(json.dumps(pack))
    call_command("verify_pack", str(file))
    assert "The pack holds." in capsys.readouterr().out
    file.write_text(json.dumps(pack | {"why": "Nothing"}))
    with pytest.raises(CommandError, match="checksum"):
        call_command("verify_pack", str(file))
    file.write_text("{}[")
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("verify_pack", str(file))
