import re

import phonenumbers
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from contacts.models import Contact
from contacts.phones import LINE_TYPES, OTHER, BadPhone, parse_any, parse_phone


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


def outcome(read, text, country):
    try:
        return read(text, country)
    except BadPhone as problem:
        return str(problem)


# Digits in groups with what people put between them, right and wrong.
WRITTEN = st.builds(
    "".join,
    st.tuples(
        st.sampled_from(["", "+1", "1", "+1 ", "1-", "+", "0", " ", "001", "+44", "11"]),
        st.sampled_from(["", "(", " (", " "]),
        st.from_regex(r"[2-9][0-9]{2}", fullmatch=True) | st.sampled_from(["800", "242", "524"]),
        st.sampled_from(["", ")", ") ", "-", ".", " ", " - ", ")-"]),
        st.from_regex(r"[0-9]{3}", fullmatch=True),
        st.sampled_from(["", "-", ".", " ", "--"]),
        st.from_regex(r"[0-9]{3,5}", fullmatch=True),
        st.sampled_from(["", " ", "x", "\n"]),
    ),
)


@given(WRITTEN, st.sampled_from(["US", "CA", "AG", "BS", "GB", "MX", "DE"]))
@example("(206) 555-0100", "US")
@example("2685550100", "AG")
def test_the_short_way_to_read_a_number_gives_what_libphonenumber_gives(text, country):
    assert outcome(parse_phone, text, country) == outcome(parse_any, text, country)


@pytest.mark.parametrize("country", ["US", "CA"])
def test_six_digits_decide_the_kind_of_a_number_in_the_us_and_canada(country):
    metadata = phonenumbers.PhoneMetadata.metadata_for_region(country)
    kinds = list(vars(type(metadata)).get("__slots__", vars(metadata)))
    patterns = [
        found.national_number_pattern
        for kind in kinds
        if isinstance(found := getattr(metadata, kind), phonenumbers.PhoneNumberDesc)
        and found.national_number_pattern
        and 10 in (found.possible_length or (10,))
        and kind not in {"general_desc", "no_international_dialling"}
    ]
    assert len(patterns) >= 5
    for pattern in patterns:
        # Each alternative is six digits of some choice, and then four of any kind.
        for alternative in _alternatives(pattern):
            assert re.search(r"\\d\{[4-7]\}$", alternative), alternative


def _alternatives(pattern):
    depth, found = 0, [""]
    for character in pattern:
        depth += (character == "(") - (character == ")")
        if character == "|" and depth == 0:
            found.append("")
        else:
            found[-1] += character
    return found


def test_every_line_type_is_one_that_a_contact_may_have():
    assert {*LINE_TYPES.values(), OTHER} == set(Contact.LineType.values)
