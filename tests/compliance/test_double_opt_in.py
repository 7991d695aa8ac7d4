from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from campaigns.models import Message
from compliance import double_opt_in, ledger
from compliance.double_opt_in import Outcome
from compliance.models import Consent, LedgerEntry, OptInRequest
from tests.compliance.acts import NOON, act, no, yes
from tests.compliance.factories import OriginatorFactory, ProgramFactory

pytestmark = pytest.mark.django_db
ANA = "+12125550111"
LATER = NOON + timedelta(hours=1)


@pytest.fixture
def program():
    return ProgramFactory(
        double_opt_in=True, confirmation_originator=OriginatorFactory(), confirmation_hours=24
    )


def join(program, *, source="web_form", at=NOON):
    return double_opt_in.join(
        ledger.Act(
            phone=ANA,
            act="opt_in",
            source=source,
            program_id=program.pk,
            happened_at=at,
            wording_sha256=ledger.keep_wording("Yes, text me."),
            evidence={"ip": "192.0.2.1"},
        )
    )


def handed_over():
    Message.objects.update(state="accepted", sent_at=NOON, aws_id="x")


def answer(program, body="YES", *, at=LATER, to=None):
    to = to or program.confirmation_originator.identity
    return double_opt_in.confirm(ANA, to=to, body=body, at=at, evidence={"text": body, "to": to})


def state(program):
    return Consent.objects.get(phone=ANA, program=program).state


def test_a_program_that_asks_once_takes_the_first_yes():
    program = ProgramFactory()
    assert join(program) is Outcome.CONFIRMED
    assert state(program) == "active"


def test_a_program_that_asks_twice_records_a_request_and_asks(program):
    assert join(program) is Outcome.ASKED
    assert state(program) == "pending"
    message = Message.objects.get()
    assert (message.phone, message.purpose) == (ANA, "opt_in")
    assert message.body.startswith("Acme: Reply YES to get our texts.")


def test_yes_confirms(program):
    join(program)
    handed_over()
    assert answer(program) == [program]
    entry = LedgerEntry.objects.get(act="opt_in")
    assert state(program) == "active"
    assert (entry.source, entry.evidence["request"]) == ("keyword", 1)
    assert entry.wording.text == "Yes, text me."
    assert not OptInRequest.objects.exists()


@pytest.mark.parametrize("body", ["yes", " Yes! ", "YES.", "Sí", "y", "yes please"])
def test_a_yes_is_read_whatever_its_dress(body):
    assert double_opt_in.is_yes(body)


@pytest.mark.parametrize("body", ["yes stop", "yesterday", "yes if it is free", "no", "", "👍"])
def test_a_yes_within_other_words_is_none(body):
    assert not double_opt_in.is_yes(body)


def test_a_yes_before_the_text_went_out_is_no_answer_to_it(program):
    join(program)
    assert answer(program) == []


def test_a_yes_to_another_number_is_no_answer(program):
    join(program)
    handed_over()
    assert answer(program, to="+12065550199") == []


def test_a_yes_after_the_time_is_over_is_no_answer(program):
    join(program)
    handed_over()
    assert answer(program, at=NOON + timedelta(hours=24)) == []
    assert state(program) == "pending"


def test_a_yes_after_a_stop_is_no_answer(program):
    join(program)
    handed_over()
    no(ANA, at=NOON + timedelta(minutes=1))
    assert answer(program) == []


def test_a_yes_after_leaving_the_program_is_no_answer(program):
    join(program)
    handed_over()
    no(ANA, program, at=NOON + timedelta(minutes=1))
    assert answer(program) == []
    assert state(program) == "revoked"


def test_a_second_yes_changes_nothing(program):
    join(program)
    handed_over()
    answer(program)
    assert answer(program) == []


def test_a_form_sent_again_and_again_asks_once(program):
    join(program)
    assert join(program, at=NOON + timedelta(minutes=5)) is Outcome.ASKED
    assert Message.objects.count() == 1


def test_who_let_the_time_pass_can_be_asked_again(program):
    join(program)
    assert join(program, at=NOON + timedelta(hours=25)) is Outcome.ASKED
    assert Message.objects.count() == 2


def test_who_said_stop_is_not_asked(program):
    no(ANA)
    assert join(program, at=LATER) is not Outcome.CONFIRMED


@pytest.mark.parametrize("source", ["api", "web_form"])
def test_who_left_the_program_is_not_asked_since_anybody_can_type_a_number(program, source):
    no(ANA, program)
    assert join(program, source=source, at=LATER) is Outcome.SILENT
    assert state(program) == "revoked"


def test_a_form_of_a_program_that_asks_once_answers_no_stop():
    program = ProgramFactory()
    no(ANA)
    assert join(program, source="web_form", at=LATER) is Outcome.SILENT


def test_an_erased_person_is_not_asked(program):
    act(ANA, "erasure", source="operator")
    assert join(program, at=LATER) is Outcome.SILENT
    assert not Message.objects.exists()


def test_who_is_in_already_is_not_asked(program):
    yes(ANA, program)
    assert join(program, at=LATER) is Outcome.CONFIRMED
    assert not Message.objects.exists()


def test_a_number_that_cannot_send_asks_nobody(program):
    program.confirmation_originator.active = False
    program.confirmation_originator.save()
    assert join(program) is Outcome.SILENT


def test_unanswered_questions_are_forgotten(program):
    join(program)
    assert double_opt_in.forget_unanswered(LATER) == 0
    assert double_opt_in.forget_unanswered(NOON + timedelta(hours=24)) == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"confirmation_originator": None}, "confirmation_originator"),
        ({"confirmation_text": "Reply OK"}, "confirmation_text"),
    ],
)
def test_a_program_that_cannot_ask_is_refused(program, changes, field):
    for name, value in changes.items():
        setattr(program, name, value)
    with pytest.raises(ValidationError) as refusal:
        program.clean()
    assert field in refusal.value.message_dict


def test_a_pool_cannot_ask_since_nobody_can_answer_it():
    program = ProgramFactory.build(
        double_opt_in=True, confirmation_originator=OriginatorFactory(kind="POOL")
    )
    with pytest.raises(ValidationError, match="cannot be answered"):
        program.clean()
