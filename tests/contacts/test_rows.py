from datetime import UTC, datetime

import pytest

from contacts.formats import Line
from contacts.rows import BadRow, Reading, read

NOW = datetime(2026, 11, 24, 17, tzinfo=UTC)


def row(**cells):
    targets = ["phone", *(name.replace("__", ".") for name in cells)]
    return understood(targets, ("2125550111", *cells.values()))


def understood(targets, cells):
    reading = Reading((), tuple(targets), "US", "America/New_York", NOW)
    return read(Line(2, "", tuple(cells)), reading)


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ({"timezone": "Mars"}, "“Mars” is not a time zone"),
        ({"country": "Freedonia"}, "“Freedonia” is not a country"),
        ({"metrics__orders": "many"}, "“many” in orders is not a number"),
        ({"metrics__orders": "nan"}, "not a number"),
        ({"opt_in": "maybe"}, "“maybe” in the opt-in column is neither yes nor no"),
        ({"channel": "EMAIL"}, "EMAIL, not SMS"),
        ({"status": "INACTIVE"}, "inactive"),
        ({"latitude": "91", "longitude": "0"}, "between -90 and 90"),
        ({"latitude": "40.7"}, "without the other"),
        ({"last_active_at": "2027-01-01"}, "last activity, 2027-01-01, lies in the future"),
        ({"city": "x" * 101}, "city is longer than 100"),
        ({"attributes__Plan": "x" * 1001}, "Plan is longer than 1,000"),
    ],
)
def test_what_cannot_be_stored_says_why(cells, words):
    with pytest.raises(BadRow, match=words):
        row(**cells)


@pytest.mark.parametrize("name", ["US", "us", "USA", "U.S.A.", "United States"])
def test_a_country_is_known_by_code_and_by_name(name):
    assert row(country=name).fields == {"country": "US"}


@pytest.mark.parametrize(
    ("cell", "said"), [("TRUE", True), ("yes", True), ("0", False), ("", False)]
)
def test_an_opt_in_is_what_the_cell_says_and_silence_is_no_yes(cell, said):
    assert row(opt_in=cell).opt_in is said


def test_without_an_opt_in_column_nothing_is_said():
    assert row(city="Oslo").opt_in is None


@pytest.mark.parametrize("cells", [("true", "false"), ("false", "true"), ("", "true")])
def test_who_is_asked_twice_must_say_yes_twice(cells):
    assert understood(["phone", "opt_in", "opt_in"], ["2125550111", *cells]).opt_in is False


def test_either_of_two_opt_outs_counts():
    assert understood(["phone", "opt_out", "opt_out"], ["2125550111", "ALL", "no"]).opt_out is True


def test_a_list_is_parted_at_its_marks():
    found = understood(["phone", "attributes[list].Ride"], ["2125550111", "bus; train|bus"])
    assert found.attributes == {"Ride": ["bus", "train"]}


def test_a_date_is_stored_so_that_it_can_be_compared():
    found = understood(["phone", "user_attributes[date].Born"], ["2125550111", "3/5/1990"])
    assert found.user_attributes == {"Born": ["1990-03-05"]}


def test_each_person_has_the_time_of_their_own_opt_in():
    found = understood(["phone", "opted_in_at"], ["2125550111", "3/5/2026 10:00 AM"])
    assert found.opted_in_at == datetime(2026, 3, 5, 15, tzinfo=UTC)


@pytest.mark.parametrize(("cell", "words"), [("soon", "not a date"), ("2027-01-01", "future")])
def test_an_opt_in_that_cannot_have_been_is_refused(cell, words):
    with pytest.raises(BadRow, match=words):
        understood(["phone", "opted_in_at"], ["2125550111", cell])


def test_a_bad_line_still_says_no():
    with pytest.raises(BadRow) as problem:
        understood(["phone", "timezone", "opt_out"], ["2125550111", "Mars", "yes"])
    assert problem.value.row.opt_out


def test_an_unreadable_yes_is_no_yes():
    with pytest.raises(BadRow) as problem:
        understood(["phone", "opt_in"], ["2125550111", "maybe"])
    assert problem.value.row.opt_in is False
