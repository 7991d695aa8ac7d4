"""Rules of the fold, each against the derived tables it ends up in."""

from datetime import timedelta

import pytest

from compliance import ledger
from compliance.models import Consent, LedgerEntry, Subject, SuppressedNumber, Suppression
from tests.compliance.acts import NOON, act, no, yes
from tests.compliance.factories import ProgramFactory

pytestmark = pytest.mark.django_db
Act, Source = LedgerEntry.Act, LedgerEntry.Source
ANA = "+12125550111"
LATER = NOON + timedelta(hours=1)


@pytest.fixture
def program():
    return ProgramFactory()


def state(program):
    return Consent.objects.get(phone=ANA, program=program).state


@pytest.mark.parametrize("source", [Source.IMPORT, Source.API, Source.OPERATOR, Source.PAPER])
def test_nobody_but_the_person_moves_a_no_to_a_yes(program, source):
    no(ANA, program)
    yes(ANA, program, source=source, happened_at=LATER)
    assert state(program) == "revoked"


def test_the_person_moves_a_no_to_a_yes(program):
    no(ANA, program)
    yes(ANA, program, source=Source.KEYWORD, happened_at=LATER)
    assert state(program) == "active"


def test_a_yes_older_than_the_no_does_not_lift_it(program):
    no(ANA)
    yes(ANA, program, happened_at=NOON - timedelta(minutes=1))
    assert Suppression.objects.filter(phone=ANA).exists()


def test_a_yes_between_two_nos_does_not_lift_the_second():
    no(ANA)
    no(ANA, at=LATER)
    act(ANA, Act.OPT_IN, at=NOON + timedelta(minutes=30))
    assert Suppression.objects.filter(phone=ANA).exists()


def test_a_no_that_arrives_late_counts(program):
    yes(ANA, program, happened_at=LATER)
    no(ANA, program)
    assert state(program) == "revoked"


def test_start_brings_earlier_consents_back(program):
    yes(ANA, program)
    no(ANA)
    act(ANA, Act.OPT_IN, at=LATER)
    assert state(program) == "active"


def test_joining_one_program_after_a_stop_leaves_the_others_off(program):
    other = ProgramFactory()
    yes(ANA, program)
    no(ANA)
    yes(ANA, other, source=Source.KEYWORD, happened_at=LATER)
    assert (state(program), state(other)) == ("revoked", "active")


def test_a_form_lifts_no_stop_since_anybody_can_type_a_number(program):
    no(ANA)
    yes(ANA, program, source=Source.WEB_FORM, happened_at=LATER)
    assert Suppression.objects.filter(phone=ANA).exists()


def test_the_person_can_narrow_a_stop_to_promotional_texts():
    no(ANA)
    act(ANA, Act.SCOPE_CHANGE, scope="marketing", at=LATER)
    assert Suppression.objects.get(phone=ANA).scope == "marketing"


def test_the_person_can_narrow_a_stop_to_one_program(program):
    other = ProgramFactory()
    yes(ANA, other)
    no(ANA)
    act(ANA, Act.SCOPE_CHANGE, scope="program", program_id=program.pk, at=LATER)
    assert not Suppression.objects.filter(phone=ANA).exists()
    assert (state(program), state(other)) == ("revoked", "active")


def test_an_operator_cannot_narrow_a_stop():
    no(ANA)
    act(ANA, Act.SCOPE_CHANGE, source=Source.OPERATOR, scope="marketing", at=LATER)
    assert Suppression.objects.get(phone=ANA).scope == "all"


def test_an_operator_can_widen_a_no():
    no(ANA, scope="marketing")
    act(ANA, Act.SCOPE_CHANGE, source=Source.OPERATOR, at=LATER)
    assert Suppression.objects.get(phone=ANA).scope == "all"


def test_a_corrected_yes_no_longer_counts(program):
    wrong = yes(ANA, program, source=Source.IMPORT)
    act(ANA, Act.CORRECTION, source=Source.OPERATOR, corrects=wrong.pk, at=LATER)
    assert state(program) == "revoked"


def test_correcting_an_older_yes_leaves_the_one_that_counts(program):
    wrong = yes(ANA, program, source=Source.IMPORT)
    yes(ANA, program, happened_at=LATER)
    act(ANA, Act.CORRECTION, source=Source.OPERATOR, corrects=wrong.pk, at=LATER)
    assert state(program) == "active"


def test_correcting_a_no_does_not_lift_it(program):
    wrong = no(ANA)
    act(ANA, Act.CORRECTION, source=Source.OPERATOR, corrects=wrong.pk, at=LATER)
    assert Suppression.objects.filter(phone=ANA).exists()


def test_an_import_does_not_confirm_for_a_person_who_was_asked(program):
    yes(ANA, program, act=Act.OPT_IN_REQUESTED)
    yes(ANA, program, source=Source.IMPORT, happened_at=LATER)
    assert state(program) == "pending"


def test_asking_again_takes_nothing_from_a_yes(program):
    yes(ANA, program)
    yes(ANA, program, act=Act.OPT_IN_REQUESTED, happened_at=LATER)
    assert state(program) == "active"


def test_an_end_is_fixed_when_the_yes_is_recorded():
    program = ProgramFactory(implied_days=90)
    yes(ANA, program, basis="implied")
    program.implied_days = 500
    program.save()
    assert Consent.objects.get(phone=ANA).expires_at == NOON + timedelta(days=90)


def test_the_persons_new_yes_moves_the_end():
    program = ProgramFactory(express_days=10)
    yes(ANA, program)
    yes(ANA, program, happened_at=LATER)
    assert Consent.objects.get(phone=ANA).expires_at == LATER + timedelta(days=10)


def test_an_import_does_not_move_the_end():
    program = ProgramFactory(express_days=10)
    yes(ANA, program)
    yes(ANA, program, source=Source.IMPORT, happened_at=LATER)
    assert Consent.objects.get(phone=ANA).expires_at == NOON + timedelta(days=10)


def erased():
    return SuppressedNumber.objects.filter(key=ledger.subject_key(ANA), reason="erased").exists()


def test_an_erased_person_leaves_only_a_keyed_hash(program):
    yes(ANA, program)
    no(ANA)
    act(ANA, Act.ERASURE, source=Source.OPERATOR)
    assert erased()
    assert not Consent.objects.exists()
    assert not Suppression.objects.exists()
    assert not Subject.objects.filter(phone=ANA).exists()


@pytest.mark.parametrize("source", [Source.IMPORT, Source.API, Source.WEB_FORM])
def test_nobody_can_bring_an_erased_person_back(program, source):
    act(ANA, Act.ERASURE, source=Source.OPERATOR)
    yes(ANA, program, source=source, happened_at=LATER)
    assert erased()
    assert not Consent.objects.exists()
    assert not Subject.objects.filter(phone=ANA).exists()


def test_an_erased_person_who_texts_comes_back_to_what_they_ask_for(program):
    other = ProgramFactory()
    yes(ANA, other)
    act(ANA, Act.ERASURE, source=Source.OPERATOR)
    yes(ANA, program, source=Source.KEYWORD, happened_at=LATER)
    assert not erased()
    assert list(Consent.objects.values_list("phone", "program")) == [(ANA, program.pk)]
    assert Subject.objects.get(key=ledger.subject_key(ANA)).phone == ANA
