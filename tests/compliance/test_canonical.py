"""Vectors that fix the form for ever: another program can check a ledger by them."""

import hashlib
import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.canonical import GENESIS, Said, commitment, encode, entry_hash

FIRST = Said(
    id=1,
    subject="ab" * 32,
    program_id=7,
    message_class="promotional",
    act="opt_in",
    scope="program",
    source="web_form",
    happened_at=datetime(2026, 11, 24, 17, 0, 0, 123456, UTC),
    recorded_at=datetime(2026, 11, 24, 17, 0, 1, tzinfo=UTC),
    recorded_by="Zoë",
    basis="express",
    expires_at=None,
    wording_id="cd" * 32,
    attachment_sha256="",
    corrects_id=None,
    evidence={"language": "français", "checkbox": True, "line": 12},
    commitment="ef" * 32,
    previous_hash=GENESIS,
)
WRITTEN_OUT = (
    '["sendpoint/entry/1",1,"' + "ab" * 32 + '",7,"promotional","opt_in","program","web_form",'
    '"2026-11-24T17:00:00.123456+00:00","2026-11-24T17:00:01.000000+00:00","Zoë","express",null,"'
    + "cd" * 32
    + '","",null,{"checkbox":true,"language":"français","line":12},"'
    + "ef" * 32
    + '","'
    + "0" * 64
    + '"]'
)


def test_an_entry_is_hashed_as_the_json_that_is_written_here():
    assert entry_hash(FIRST) == hashlib.sha256(WRITTEN_OUT.encode()).hexdigest()


def test_the_hash_of_the_first_vector_is_this_one():
    assert entry_hash(FIRST) == "ce85b62cf46d09474a1f347c1f429bd34753c785ef186f1f33fcc8c433915d86"


def test_the_hash_of_a_bare_opt_out_is_this_one():
    bare = FIRST._replace(
        id=2,
        program_id=None,
        act="opt_out",
        scope="all",
        source="keyword",
        recorded_by="",
        basis="",
        wording_id=None,
        evidence={},
        commitment="",
        previous_hash=entry_hash(FIRST),
    )
    assert entry_hash(bare) == "6efbf6687162ff0da75c09957bc52b67e6de54ebc12af2d12108f91308f5e15c"


def test_the_commitment_to_personal_evidence_is_this_one():
    found = commitment("12" * 32, {"text": "Ja 👍", "ip": "192.0.2.1"})
    form = f'["sendpoint/evidence/1","{"12" * 32}",{{"ip":"192.0.2.1","text":"Ja 👍"}}]'
    assert (
        found
        == hashlib.sha256(form.encode()).hexdigest()
        == "47091eba27850e7426a53a1f969f5a97e95bc13b2e96d71090572245f92dccd9"
    )


def test_the_zone_in_which_an_instant_is_given_does_not_matter():
    abroad = FIRST.happened_at.astimezone(timezone(timedelta(hours=5, minutes=45)))
    assert entry_hash(FIRST._replace(happened_at=abroad)) == entry_hash(FIRST)


@pytest.mark.parametrize("name", Said._fields)
def test_every_field_counts(name):
    value = getattr(FIRST, name)
    other = {"x": 1} if name == "evidence" else FIRST.happened_at.replace(year=2020)
    if name not in {"evidence", "happened_at", "recorded_at", "expires_at"}:
        other = f"{value}1"
    assert entry_hash(FIRST._replace(**{name: other})) != entry_hash(FIRST)


def test_a_number_is_not_its_digits():
    assert entry_hash(FIRST._replace(evidence={"line": 12})) != entry_hash(
        FIRST._replace(evidence={"line": "12"})
    )


TEXTS = st.text(st.characters(codec="utf-8"))


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | TEXTS,
        lambda inner: st.lists(inner) | st.dictionaries(TEXTS, inner),
    )
)
def test_the_form_is_the_json_that_python_itself_would_write(value):
    plain = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert encode(value) == plain
