from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.destinations import Sender, Why, obstacles

US_NUMBER = Sender("+12065550100", "TEN_DLC", "promotional", "US", registered=True)
TOLL_FREE = Sender("+18335550100", "TOLL_FREE", "transactional", "US", registered=True)
ACME = Sender("ACME", "SENDER_ID", "promotional", "GB", registered=True)
COUNTRIES = st.frozensets(st.sampled_from(["US", "PR", "CA", "GB", "DE", "IN", "SG", ""]))


def reasons(sender, *countries, message_class="promotional"):
    return {one.why: one.countries for one in obstacles(sender, message_class, countries)}


def test_a_registered_number_sends_at_home_and_in_the_territories():
    assert reasons(US_NUMBER, "US", "PR", "GU") == {}


def test_an_unregistered_10dlc_number_sends_nothing():
    assert reasons(replace(US_NUMBER, registered=False), "US") == {Why.NOT_REGISTERED: set()}


def test_promotional_texts_do_not_go_from_a_transactional_number():
    assert reasons(TOLL_FREE, "US") == {Why.WRONG_CLASS: set()}


def test_a_sender_id_sends_both_kinds_of_texts():
    assert reasons(ACME, "GB", message_class="transactional") == {}


def test_a_number_that_is_not_active_sends_nothing():
    assert reasons(replace(US_NUMBER, active=False), "US") == {Why.NOT_ACTIVE: set()}


def test_a_simulator_number_reaches_nobody():
    assert Why.ONLY_TEST_NUMBERS in reasons(replace(US_NUMBER, kind="SIMULATOR"), "US")


def test_a_country_that_needs_a_sender_id_is_named():
    assert reasons(US_NUMBER, "US", "SG") == {Why.NEEDS_SENDER_ID: {"SG"}}


@pytest.mark.parametrize(
    ("international", "expected"), [(True, {}), (None, {}), (False, {Why.OTHER_COUNTRY: {"GB"}})]
)
def test_abroad_a_number_must_be_let(international, expected):
    assert reasons(replace(US_NUMBER, international=international), "US", "GB") == expected


def test_a_toll_free_number_never_leaves_the_us():
    sender = replace(TOLL_FREE, international=True)
    assert reasons(sender, "CA", message_class="transactional") == {Why.OTHER_COUNTRY: {"CA"}}


def test_a_sender_id_is_of_one_country_and_never_american():
    assert reasons(ACME, "GB", "DE", "US") == {
        Why.OTHER_COUNTRY: {"DE"},
        Why.NO_SENDER_ID_THERE: {"US"},
    }


def test_a_pool_reaches_what_one_of_its_members_reaches():
    american = replace(US_NUMBER, international=False)
    british = replace(US_NUMBER, name="+447700900100", kind="LONG_CODE", country="GB")
    pool = Sender("pool-1", "POOL", "promotional", "US", True, members=(american, british))
    assert reasons(pool, "US", "GB") == {}
    assert reasons(pool, "US", "SG") == {Why.NEEDS_SENDER_ID: {"SG"}}


def test_a_pool_of_unregistered_numbers_sends_nothing():
    member = replace(US_NUMBER, registered=False)
    pool = Sender("pool-1", "POOL", "promotional", "US", False, members=(member,))
    assert reasons(pool, "US") == {Why.NOT_REGISTERED: {"US"}}


@given(countries=COUNTRIES, more=COUNTRIES)
def test_more_countries_never_mend_anything(countries, more):
    for sender in (US_NUMBER, replace(US_NUMBER, international=False), ACME, TOLL_FREE):
        fewer = reasons(sender, *countries)
        both = reasons(sender, *countries, *more)
        assert set(fewer) <= set(both)
        assert all(fewer[why] <= both[why] for why in fewer)


@given(countries=COUNTRIES)
def test_a_pool_is_never_worse_than_its_best_member(countries):
    able = replace(US_NUMBER, international=True)
    pool = Sender("pool-1", "POOL", "promotional", "US", True, members=(TOLL_FREE, able))
    stopped = set().union(*reasons(pool, *countries).values())
    assert stopped <= set().union(*reasons(able, *countries).values())
