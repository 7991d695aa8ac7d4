from datetime import UTC, datetime

import pytest

from compliance.addresses import Address
from compliance.reach import reachable
from compliance.reasons import Reason

pytestmark = pytest.mark.django_db
NINE = datetime(2026, 11, 24, 14, tzinfo=UTC)  # nine in New York, eight in Chicago


def test_groups_are_answered_in_order():
    groups = [
        ("+1212555", "", Address()),
        ("+1773555", "", Address()),
        ("+1212555", "", Address(region="KY")),
        ("+1800555", "", Address()),
    ]
    reasons = [reach.reason for reach in reachable(groups, NINE)]
    assert reasons == [None, Reason.QUIET_HOURS, Reason.QUIET_HOURS, Reason.ZONE_UNKNOWN]


def test_the_programs_own_hours_hold():
    (reach,) = reachable([("+1212555", "", Address())], NINE, own=(10 * 60, 18 * 60))
    assert reach.until == NINE.replace(hour=15)


def test_any_number_of_groups_takes_one_query(django_assert_num_queries):
    reachable([], NINE)
    with django_assert_num_queries(1):
        reachable([(f"+1212{n:03}", "", Address()) for n in range(200, 1000)], NINE)


def test_nothing_is_reachable_shortly_before_the_end():
    end = datetime(2026, 11, 25, 1, 57, tzinfo=UTC)  # 20:57 in New York
    (reach,) = reachable([("+1212555", "", Address())], end)
    assert reach.reason is Reason.QUIET_HOURS
