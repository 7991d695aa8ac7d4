from collections import Counter

from pinpoint.simulator.configuration import (
    DEFAULT_OUTCOMES,
    Configuration,
    Delays,
    Faults,
    Rates,
)
from pinpoint.simulator.outcomes import INBOUND, Chances, Plan, fault, plan

CHANCES = Chances(7, DEFAULT_OUTCOMES, Rates(), Delays())
MANY = [f"+1425{index:07d}" for index in range(4000)]
DAY = 86_400.0


def planned(destination: str, nth: int = 1, chances: Chances = CHANCES) -> Plan:
    return plan(chances, destination, nth, too_long=False, ttl=DAY)


def test_one_seed_gives_one_outcome_whatever_the_order() -> None:
    forwards = {number: planned(number) for number in MANY[:200]}
    backwards = {number: planned(number) for number in reversed(MANY[:200])}

    assert forwards == backwards


def test_another_seed_gives_other_outcomes() -> None:
    other = Chances(8, DEFAULT_OUTCOMES, Rates(), Delays())

    assert [planned(n) for n in MANY[:50]] != [planned(n, chances=other) for n in MANY[:50]]


def test_the_default_mix_delivers_about_93_percent() -> None:
    outcomes = Counter(planned(number).outcome for number in MANY)

    assert 0.91 < outcomes["TEXT_DELIVERED"] / len(MANY) < 0.95
    assert set(outcomes) == set(DEFAULT_OUTCOMES)


def test_exactly_one_kind_of_event_is_final() -> None:
    for number in MANY[:500]:
        future = planned(number)
        assert {notice.kind for notice in future.notices if notice.is_final} == {future.outcome}


def test_about_2_percent_answer_stop_and_only_to_the_first_text() -> None:
    def stops(nth: int) -> int:
        plans = (planned(number, nth) for number in MANY)
        return sum(any(n.body == "STOP" for n in future.notices) for future in plans)

    assert 0.012 < stops(1) / len(MANY) < 0.028
    assert stops(2) == 0


def test_some_final_events_come_before_the_carriers_acceptance() -> None:
    def swapped(future: Plan) -> bool:
        order = [notice.kind for notice in future.notices]
        return future.outcome == "TEXT_DELIVERED" and order.index("TEXT_DELIVERED") < order.index(
            "TEXT_SUCCESSFUL"
        )

    assert 0.03 < sum(swapped(planned(number)) for number in MANY) / len(MANY) < 0.07


def test_nobody_answers_a_text_that_did_not_reach_them() -> None:
    answered = [p for p in map(planned, MANY) if any(n.kind == INBOUND for n in p.notices)]

    assert answered
    assert {future.outcome for future in answered} == {"TEXT_DELIVERED"}


def test_the_official_test_numbers_always_succeed_or_always_fail() -> None:
    success = {planned("+14254147755", nth).outcome for nth in range(200)}
    failure = {planned("+14254147167", nth).outcome for nth in range(200)}

    assert success == {"TEXT_DELIVERED"}
    assert failure == {"TEXT_UNREACHABLE"}


def test_a_receipt_later_than_the_time_to_live_is_ttl_expired() -> None:
    slow = Chances(1, {"TEXT_DELIVERED": 1}, Rates(), Delays(100, 200))

    future = plan(slow, MANY[0], 1, too_long=False, ttl=5)

    assert future.outcome == "TEXT_TTL_EXPIRED"


def test_faults_depend_only_on_seed_destination_and_attempt() -> None:
    half = Faults(close_after_accept=0.5, server_error=0.5, slow_answer=0.5)
    first = [fault(1, number, 1, half) for number in MANY[:100]]

    assert first == [fault(1, number, 1, half) for number in MANY[:100]]
    assert first != [fault(1, number, 2, half) for number in MANY[:100]]


def test_the_default_shares_add_up_to_one() -> None:
    assert abs(sum(Configuration().outcomes.values()) - 1) < 1e-9
