from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contacts.dates import BadDate, as_text, moment, parse_date


@pytest.mark.parametrize(
    ("text", "country", "found"),
    [
        ("2026-03-05", "US", date(2026, 3, 5)),
        ("2026-03-05T10:00:00.000Z", "US", datetime(2026, 3, 5, 10, tzinfo=UTC)),
        ("2026-03-05 10:30", "US", datetime(2026, 3, 5, 10, 30)),
        ("3/5/2026", "US", date(2026, 3, 5)),
        ("3/5/2026", "GB", date(2026, 5, 3)),
        ("05.03.2026", "US", date(2026, 3, 5)),
        ("3/5/2026 2:30 PM", "US", datetime(2026, 3, 5, 14, 30)),
        ("3/5/2026 12:05 AM", "US", datetime(2026, 3, 5, 0, 5)),
        ("Mar 5, 2026", "US", date(2026, 3, 5)),
        ("5 March 2026", "US", date(2026, 3, 5)),
    ],
)
def test_usual_ways_of_writing_a_date_are_read(text, country, found):
    assert parse_date(text, country) == found


@pytest.mark.parametrize(
    "text", ["13/05/2026", "2026-02-30", "3/5/26", "soon", "", "3/5/2026 14:00 PM"]
)
def test_what_is_no_date_says_so(text):
    with pytest.raises(BadDate, match="is not a date"):
        parse_date(text, "US")


def test_a_day_begins_at_midnight_where_the_operator_is():
    assert moment(date(2026, 3, 5), ZoneInfo("America/New_York")) == datetime(
        2026, 3, 5, 5, tzinfo=UTC
    )


@given(st.datetimes(min_value=datetime(1900, 1, 1), max_value=datetime(2999, 1, 1)))
def test_what_is_stored_of_a_date_is_read_as_the_same_date(found):
    assert parse_date(as_text(found), "US") in (found, found.date())


@given(st.text(max_size=30))
def test_any_text_is_a_date_or_is_refused(text):
    try:
        parse_date(text, "US")
    except BadDate as problem:
        assert str(problem)
