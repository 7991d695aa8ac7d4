import pytest

from contacts.formats import Line
from contacts.rows import BadRow, read


def row(**cells):
    targets = ["phone", *(name.replace("__", ".") for name in cells)]
    return read(Line(2, "", ("2125550111", *cells.values())), targets, "US")


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
    line = Line(2, "", ("2125550111", *cells))
    assert read(line, ["phone", "opt_in", "opt_in"], "US").opt_in is False


def test_either_of_two_opt_outs_counts():
    line = Line(2, "", ("2125550111", "ALL", "no"))
    assert read(line, ["phone", "opt_out", "opt_out"], "US").opt_out is True
