from datetime import UTC, datetime, time, timedelta

import pytest

from compliance import gate, ledger
from compliance.gate import Question, Reason, Verdict
from compliance.models import SuppressedNumber
from tests.compliance.acts import NOON, no, yes
from tests.compliance.factories import ProgramFactory

pytestmark = pytest.mark.django_db
ANA = "+12125550111"
NIGHT = datetime(2026, 11, 25, 3, tzinfo=UTC)  # 22:00 in New York


@pytest.fixture
def program():
    return ProgramFactory()


def ask(program, now=NOON, **changes):
    question = Question(
        **{"phone": ANA, "program_id": program.pk, "message_class": "promotional"} | changes
    )
    return gate.decide([question], now)[0]


def test_it_sends_to_who_said_yes_by_day(program):
    yes(ANA, program)
    assert ask(program).verdict is Verdict.SEND


def test_a_clearance_names_the_number_and_the_rules(program):
    yes(ANA, program)
    clearance = ask(program).clearance
    assert (clearance.phone, clearance.rules) == (ANA, gate.RULES)


def test_it_blocks_who_never_said_yes(program):
    decision = ask(program)
    assert (decision.verdict, decision.reason) == (Verdict.BLOCK, Reason.NO_CONSENT)


def test_it_blocks_who_said_yes_to_another_program(program):
    yes(ANA, ProgramFactory())
    assert ask(program).reason is Reason.NO_CONSENT


def test_it_blocks_who_said_stop(program):
    yes(ANA, program)
    no(ANA)
    assert ask(program).reason is Reason.SUPPRESSED


def test_it_blocks_who_left_the_program(program):
    yes(ANA, program)
    no(ANA, program)
    assert ask(program).reason is Reason.CONSENT_REVOKED


def test_it_blocks_a_number_on_the_suppression_list(program):
    yes(ANA, program)
    SuppressedNumber.objects.create(
        key=ledger.subject_key(ANA), reason="litigator", source="a list", added_at=NOON
    )
    assert ask(program).reason is Reason.LISTED


def test_a_no_to_promotional_texts_leaves_transactional_ones(program):
    yes(ANA, program)
    no(ANA, scope="marketing")
    assert ask(program).reason is Reason.SUPPRESSED
    assert ask(program, message_class="transactional").verdict is Verdict.SEND


def test_it_blocks_from_the_moment_the_consent_ends():
    program = ProgramFactory(express_days=10)
    yes(ANA, program)
    end = NOON + timedelta(days=10)
    assert ask(program, end - timedelta(seconds=1)).verdict is Verdict.SEND
    assert ask(program, end).reason is Reason.CONSENT_EXPIRED


def test_it_blocks_who_was_asked_and_has_not_confirmed(program):
    yes(ANA, program, act="opt_in_requested")
    assert ask(program).reason is Reason.CONSENT_PENDING


def test_a_transactional_yes_is_not_a_promotional_one(program):
    yes(ANA, program, message_class="transactional")
    assert ask(program).reason is Reason.NO_CONSENT


def test_a_promotional_yes_covers_transactional_texts(program):
    yes(ANA, program)
    assert ask(program, message_class="transactional").verdict is Verdict.SEND


def test_it_defers_a_promotional_text_past_quiet_hours(program):
    yes(ANA, program)
    decision = ask(program, NIGHT)
    assert (decision.verdict, decision.reason) == (Verdict.DEFER, Reason.QUIET_HOURS)
    assert decision.until == datetime(2026, 11, 25, 13, tzinfo=UTC)


def test_a_transactional_text_may_go_at_night(program):
    yes(ANA, program, message_class="transactional")
    assert ask(program, NIGHT, message_class="transactional").verdict is Verdict.SEND


def test_the_programs_own_narrower_window_holds():
    program = ProgramFactory(window_start=time(10), window_end=time(18))
    yes(ANA, program)
    decision = ask(program, datetime(2026, 11, 24, 14, tzinfo=UTC))  # nine in New York
    assert decision.until == datetime(2026, 11, 24, 15, tzinfo=UTC)


def test_it_blocks_a_number_of_unknown_place(program):
    yes("+18005550123", program)
    assert ask(program, phone="+18005550123").reason is Reason.ZONE_UNKNOWN


def test_a_stated_zone_decides_the_clock(program):
    yes(ANA, program)
    decision = ask(program, NIGHT, stated_zone="Pacific/Honolulu")
    assert decision.verdict is Verdict.SEND


def test_it_blocks_past_the_total_limit(program):
    yes(ANA, program)
    assert ask(program, total_limit=3, sent_in_total=3).reason is Reason.TOTAL_LIMIT


def test_it_defers_past_the_daily_limit_until_the_oldest_is_a_day_old(program):
    yes(ANA, program)
    oldest = NOON - timedelta(hours=5)
    decision = ask(program, daily_limit=1, sent_in_day=1, oldest_in_day=oldest)
    assert decision.until == oldest + timedelta(hours=24)


def test_it_answers_in_the_order_of_the_questions(program):
    phones = [f"+1212555{n:04d}" for n in range(50)]
    for phone in phones[::2]:
        yes(phone, program)
    decisions = gate.decide([Question(p, program.pk, "promotional") for p in phones], NOON)
    assert [d.verdict is Verdict.SEND for d in decisions] == [n % 2 == 0 for n in range(50)]


def test_a_batch_takes_one_query(program, django_assert_num_queries):
    yes(ANA, program)
    with django_assert_num_queries(1):
        gate.decide([Question(ANA, program.pk, "promotional")] * 200, NOON)


def test_every_reason_has_a_sentence():
    assert set(gate.SENTENCES) == set(Reason)
