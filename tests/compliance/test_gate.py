from datetime import UTC, datetime, time, timedelta

import pytest
from django.db import connection

from compliance import gate, ledger
from compliance.addresses import Address
from compliance.gate import Purpose, Question, Reason, Verdict
from compliance.models import Emergency, Policy, RulesVersion, SuppressedNumber
from compliance.policies import versions
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
    assert (clearance.phone, clearance.rules) == (ANA, RulesVersion.objects.get().name)


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


def test_the_campaigns_own_hours_narrow_the_programs(program):
    yes(ANA, program)
    late = (time(13), time(23))  # it is noon, and the program closes at 21:00
    decision = ask(program, hours=late)
    assert (decision.reason, decision.until) == (Reason.QUIET_HOURS, NOON + timedelta(hours=1))
    assert ask(program, now=NOON + timedelta(hours=1), hours=late).verdict is Verdict.SEND
    assert ask(program, now=NIGHT, hours=late).verdict is Verdict.DEFER
    assert ask(program, now=NOON, hours=(time(22), time(23))).reason is Reason.NO_COMMON_WINDOW


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


def test_a_stated_zone_does_not_tell_the_state(program):
    yes("+18005550123", program)
    decision = ask(program, phone="+18005550123", stated_zone="America/New_York")
    assert decision.reason is Reason.STATE_UNKNOWN


def test_an_address_tells_the_state_and_the_zone(program):
    yes("+18005550123", program)
    address = Address(region="NY", country="US")
    assert ask(program, phone="+18005550123", address=address).verdict is Verdict.SEND


TEXAN = "+12145550111"
SUNDAY = datetime(2026, 11, 22, 17, tzinfo=UTC)  # eleven in Dallas


def test_a_states_own_hours_hold(program):
    yes(TEXAN, program)
    decision = ask(program, SUNDAY, phone=TEXAN)
    assert decision.until == datetime(2026, 11, 22, 18, tzinfo=UTC)  # noon


def test_the_law_of_the_area_code_holds_wherever_the_person_lives(program):
    yes(TEXAN, program)
    decision = ask(program, SUNDAY, phone=TEXAN, address=Address(region="NY", postal_code="10001"))
    assert decision.reason is Reason.QUIET_HOURS


def test_the_law_of_the_residence_holds_whatever_the_area_code(program):
    yes(ANA, program)
    assert ask(program, SUNDAY, address=Address(region="LA")).reason is Reason.SUNDAY


def test_a_holiday_of_the_state_defers_to_the_day_after(program):
    alabamian = "+12055550111"
    yes(alabamian, program)
    monday = datetime(2026, 6, 1, 17, tzinfo=UTC)  # Jefferson Davis Day
    decision = ask(program, monday, phone=alabamian)
    assert decision.reason is Reason.HOLIDAY
    assert decision.until == datetime(2026, 6, 2, 13, tzinfo=UTC)


def test_nothing_is_handed_over_shortly_before_the_end(program, settings):
    settings.HAND_OFF_MARGIN_SECONDS = 300
    yes(ANA, program)
    end = datetime(2026, 11, 25, 2, tzinfo=UTC)  # 21:00 in New York
    assert ask(program, end - timedelta(minutes=5, seconds=1)).verdict is Verdict.SEND
    assert ask(program, end - timedelta(minutes=5)).reason is Reason.QUIET_HOURS


def test_a_clearance_ends_with_the_window(program):
    yes(ANA, program)
    assert ask(program).valid_until == datetime(2026, 11, 25, 2, tzinfo=UTC)


def test_a_transactional_text_is_valid_at_any_hour(program):
    yes(ANA, program)
    assert ask(program, message_class="transactional").valid_until is None


@pytest.mark.parametrize("kind", ["mixed", "anything else"])
def test_what_is_not_plainly_transactional_is_promotional(program, kind):
    yes(ANA, program)
    assert ask(program, NIGHT, message_class=kind).reason is Reason.QUIET_HOURS


def test_three_texts_of_the_brand_in_a_day_are_enough(program):
    yes(ANA, program)
    had = [NOON - timedelta(hours=n) for n in (1, 2, 23)]
    decision = ask(program, had=had)
    assert (decision.verdict, decision.reason) == (Verdict.DEFER, Reason.FREQ_CAP_24H)
    assert decision.until == NOON + timedelta(hours=1)


def test_a_text_of_a_day_ago_is_counted_no_more(program):
    yes(ANA, program)
    had = [NOON - timedelta(hours=n) for n in (1, 2, 24)]
    assert ask(program, had=had).verdict is Verdict.SEND


def test_the_caps_do_not_hold_back_transactional_texts(program):
    yes(ANA, program)
    had = [NOON - timedelta(hours=n) for n in (1, 2, 3)]
    assert ask(program, had=had, message_class="transactional").verdict is Verdict.SEND


def test_a_program_may_have_a_lower_cap_of_its_own():
    program = ProgramFactory(most_in_day=1)
    yes(ANA, program)
    decision = ask(program, had_in_program=[NOON - timedelta(hours=4)])
    assert decision.reason is Reason.FREQ_CAP_PROGRAM
    assert decision.until == NOON + timedelta(hours=20)


def test_the_confirmation_of_an_opt_out_goes_at_night_to_who_said_stop(program):
    no(ANA)
    decision = ask(
        program,
        NIGHT,
        purpose=Purpose.OPT_OUT_CONFIRMATION,
        prompted_at=NIGHT - timedelta(minutes=5),
    )
    assert decision.verdict is Verdict.SEND


def test_a_late_confirmation_of_an_opt_out_does_not_go(program):
    no(ANA)
    late = NIGHT - timedelta(minutes=5, seconds=1)
    decision = ask(program, NIGHT, purpose=Purpose.OPT_OUT_CONFIRMATION, prompted_at=late)
    assert decision.reason is Reason.REPLY_TOO_LATE


@pytest.mark.parametrize(
    "purpose", [Purpose.OPT_IN_CONFIRMATION, Purpose.ONE_TIME_CODE, Purpose.CONVERSATION]
)
def test_other_answers_do_not_go_to_who_said_stop(program, purpose):
    no(ANA)
    assert ask(program, NIGHT, purpose=purpose, prompted_at=NIGHT).reason is Reason.SUPPRESSED


def test_nobody_is_asked_to_confirm_who_did_not_sign_up(program):
    decision = ask(program, purpose=Purpose.OPT_IN_CONFIRMATION, prompted_at=NOON)
    assert decision.reason is Reason.NO_CONSENT


def test_who_signed_up_is_asked_to_confirm_even_at_night(program):
    yes(ANA, program, act="opt_in_requested")
    decision = ask(program, NIGHT, purpose=Purpose.OPT_IN_CONFIRMATION, prompted_at=NIGHT)
    assert decision.verdict is Verdict.SEND


@pytest.mark.parametrize("purpose", list(Purpose)[1:])
def test_no_answer_goes_to_a_number_on_the_suppression_list(program, purpose):
    SuppressedNumber.objects.create(
        key=ledger.subject_key(ANA), reason="litigator", source="a list", added_at=NOON
    )
    assert ask(program, purpose=purpose, prompted_at=NOON).reason is Reason.LISTED


def test_an_answer_needs_to_say_what_it_answers(program):
    with pytest.raises(ValueError, match="what it answers"):
        ask(program, purpose=Purpose.HELP_REPLY)


def test_an_answer_to_what_a_person_texted_needs_no_opt_in_and_no_hour(program):
    decision = ask(program, NIGHT, purpose=Purpose.CONVERSATION, prompted_at=NIGHT)
    assert decision.verdict is Verdict.SEND


def test_an_answer_that_comes_too_late_is_none(program):
    late = NIGHT - timedelta(hours=1, seconds=1)
    decision = ask(program, NIGHT, purpose=Purpose.CONVERSATION, prompted_at=late)
    assert decision.reason is Reason.REPLY_TOO_LATE


def test_a_changed_rule_is_decided_by_at_once(program):
    yes(ANA, program)
    before = ask(program).rules
    Policy.objects.filter(jurisdiction="US-NY").update(hours="Mon-Sun 13:00-20:00")
    versions.make("an officer")
    decision = ask(program)
    assert decision.reason is Reason.QUIET_HOURS
    assert decision.rules == RulesVersion.objects.latest("pk").name != before


def test_a_long_emergency_is_asked_about_again_every_day(program):
    """It may be lifted before its time."""
    yes(ANA, program)
    Emergency.objects.create(
        jurisdiction="US-NY", since=NOON, until=NOON + timedelta(days=30), source="Proclamation 1"
    )
    versions.make("an officer")
    decision = ask(program)
    assert (decision.reason, decision.until) == (Reason.EMERGENCY_STATE, NOON + timedelta(days=1))


def test_without_rules_nothing_goes(program):
    yes(ANA, program)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE compliance_rulesversion DISABLE TRIGGER USER")
        cursor.execute("DELETE FROM compliance_rulesversion")
    assert ask(program).reason is Reason.RULES_MISSING


def test_a_decision_is_kept_with_places_zones_and_local_times(program):
    yes(ANA, program)
    record = ask(program, address=Address(region="LA")).record()
    assert record["verdict"] == "send"
    assert record["places"] == {"US-NY": "number", "US-LA": "region"}
    assert record["zones"] == {
        "America/Chicago": ["2026-11-24 11:00", "region"],
        "America/New_York": ["2026-11-24 12:00", "number"],
    }
    assert record["rules"] == RulesVersion.objects.get().name


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
    questions = [Question(ANA, program.pk, "promotional")] * 200
    gate.decide(questions, NOON)  # this process has the rules from here on
    with django_assert_num_queries(1):
        gate.decide(questions, NOON)


def test_every_reason_has_a_sentence():
    assert set(gate.SENTENCES) == set(Reason)
