"""A sign-up where the program asks twice, from the form to the answer, at night."""

import time
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from campaigns.dispatch import Dispatcher
from campaigns.models import Message
from compliance import double_opt_in, ledger
from compliance.models import Consent
from tests.campaigns.gateways import Accepting
from tests.compliance.acts import no
from tests.compliance.factories import OriginatorFactory, ProgramFactory

pytestmark = pytest.mark.django_db
ANA = "+12125550111"
NIGHT = datetime(2026, 11, 25, 3, tzinfo=UTC)  # 22:00 in New York


@pytest.fixture
def program():
    return ProgramFactory(double_opt_in=True, confirmation_originator=OriginatorFactory())


@pytest.fixture(autouse=True)
def _night():
    with time_machine.travel(NIGHT, tick=False):
        yield


def join(program):
    double_opt_in.join(
        ledger.Act(
            phone=ANA,
            act="opt_in",
            source="web_form",
            program_id=program.pk,
            happened_at=NIGHT,
        )
    )


def send_after(program, wait):
    gateway = Accepting()
    dispatcher = Dispatcher(gateway, now=lambda: NIGHT + wait, at_once=2)
    dispatcher.work_direct(program.confirmation_originator_id, until=time.monotonic() + 30)
    return gateway.texts


def test_the_question_goes_out_at_once_and_yes_confirms(program):
    join(program)
    [text] = send_after(program, timedelta(seconds=1))
    assert text.body.startswith("Acme: Reply YES")
    double_opt_in.confirm(
        ANA, to=text.originator, body="Yes", at=NIGHT + timedelta(minutes=1), evidence={}
    )
    assert Consent.objects.get(phone=ANA).state == "active"


def test_who_left_meanwhile_is_not_asked(program):
    join(program)
    no(ANA, program, at=NIGHT)
    assert send_after(program, timedelta(seconds=1)) == []
    assert Message.objects.get().reason == "consent_revoked"


def test_a_question_that_comes_late_does_not_go(program):
    join(program)
    assert send_after(program, timedelta(hours=2)) == []
