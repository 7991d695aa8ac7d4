import pytest
from hypothesis import given
from hypothesis import strategies as st

from contacts.phones import BadPhone, parse_phone


@pytest.mark.parametrize(
    "text",
    [
        "+12065550100",
        "12065550100",
        "2065550100",
        "(206) 555-0100",
        "206-555-0100",
        "206.555.0100",
        " 1 206 555 0100 ",
        "+1 (206) 555-0100 ext. 7",
        "tel:+1-206-555-0100",
        "0012065550100",
        "206-555-0100 x 12",
        '="2065550100"',
        "'2065550100",
        "2065550100.0",
    ],
)
def test_usual_ways_of_writing_a_number_are_one_number(text):
    assert parse_phone(text, "US").e164 == "+12065550100"


def test_a_national_number_belongs_to_the_default_country():
    assert parse_phone("06 12 34 56 78", "FR").e164 == "+33612345678"


def test_the_old_mexican_form_is_the_new_one():
    assert parse_phone("+5215512345678", "US").e164 == "+525512345678"


def test_an_area_code_newer_than_the_data_is_let_pass():
    assert parse_phone("+18375550100", "US").e164 == "+18375550100"


def test_a_number_that_the_data_does_not_know_has_the_country_of_its_code():
    assert parse_phone("+18375550100", "US").country == "US"


def test_the_line_type_is_told_where_the_number_tells():
    assert parse_phone("+18005550123", "US").line_type == "toll_free"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "empty"),
        ("   ", "empty"),
        ("call me", "not a phone number"),
        ("206555", "too few"),
        ("206555010099", "too many"),
        ("1.20656E+10", "scientific"),
        ("911", "too few"),
        ("12E+5", "scientific"),
        ("206-555-CALL", "letters"),
        ("+999 206 555 0100", "country code"),
        ("1065550100", "begins with 0 or 1"),
        ("206 055 0100", "begins with 0 or 1"),
    ],
)
def test_what_is_no_number_says_why(text, words):
    with pytest.raises(BadPhone, match=words):
        parse_phone(text, "US")


@given(st.text(max_size=30))
def test_any_text_is_a_number_in_e164_or_refused(text):
    try:
        phone = parse_phone(text, "US")
    except BadPhone as problem:
        assert str(problem)
    else:
        assert phone.e164.startswith("+")
        assert phone.e164[1:].isdigit()
