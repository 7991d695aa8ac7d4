import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contacts.masking import mask

written = st.sampled_from(
    ["+12125550187", "%2B12125550187", "(212) 555-0187", "212-555-0187", "1 212 555 0187",
     "2125550187", "12125550187", "212.555.0187", "&#43;12125550187", "_2B12125550187",
     "\\u002B12125550187"]
)  # fmt: skip
around = st.sampled_from(["", " ", ", ", "\n", '"', "<b>", "call:", "=", "tel:"])


@given(number=written, before=around, after=st.sampled_from(list(' ,"<).&')))
def test_a_number_is_hidden_however_it_is_written_and_whatever_is_around_it(number, before, after):
    shown = mask(f"{before}{number}{after}")
    assert shown == f"{before}+1••••••••87{after}"


@given(st.text(st.characters(codec="utf-8"), max_size=60), written)
def test_its_digits_are_never_left(noise, number):
    assert "5550187" not in re.sub(r"\D", "", mask(f"{noise} {number} {noise}".replace("5", "_")))


def test_numbers_of_other_countries_are_hidden_too():
    assert mask("+447400123456 and +4915112345678") == "+4•••••••••56 and +4••••••••••78"


@pytest.mark.parametrize(
    "text",
    ["26 Nov 2026, 17:04", "$1,234,567.89", "page 2 of 10000", "2026-11-26T17:04:05+00:00",
     "1764176645", "/static/css/styles.a1b2c3d4e5f6.css", "0f0e0d0c-0b0a-0908-0706-050403020100",
     "#2125550187abc", "width:2125550187px", "+123", "v=1.2.2125550187"],
)  # fmt: skip
def test_what_is_no_number_stays(text):
    assert mask(text) == text


def test_what_the_reader_knows_stays():
    assert mask("+12065550100 to +12125550187", {"12065550100"}) == "+12065550100 to +1••••••••87"
    assert mask("(206) 555-0100", {"12065550100"}) == "(206) 555-0100"
