import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pinpoint.parts import GSM_ALL, GSM_BASIC, GSM_EXTENDED, count_parts

gsm_texts = st.text(st.sampled_from(sorted(GSM_ALL)), max_size=1700)
any_texts = st.text(max_size=800)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a" * 160, ("GSM", 160, 1)),
        ("a" * 161, ("GSM", 161, 2)),
        ("€" * 80, ("GSM", 160, 1)),
        ("€" * 81, ("GSM", 162, 2)),
        ("a" * 481, ("GSM", 481, 4)),
        ("a" * 1530, ("GSM", 1530, 10)),
        ("漢" * 70, ("Unicode", 70, 1)),
        ("漢" * 71, ("Unicode", 71, 2)),
        ("😀" * 35, ("Unicode", 70, 1)),
        ("", ("GSM", 0, 1)),
    ],
)
def test_it_counts_the_known_examples(text: str, expected: tuple[str, int, int]) -> None:
    size = count_parts(text)

    assert (size.encoding, size.units, size.parts) == expected


@pytest.mark.parametrize("char", ["’", "–", "…", "\u00a0", "\t", "ç", "á", "ê", "😀"])
def test_one_character_outside_the_alphabet_makes_the_whole_text_unicode(char: str) -> None:
    assert count_parts("plain words " + char).encoding == "Unicode"


@given(gsm_texts)
def test_a_text_of_the_gsm_alphabet_is_gsm_and_counts_escapes_double(text: str) -> None:
    size = count_parts(text)

    assert size.encoding == "GSM"
    assert size.units == len(text) + sum(char in GSM_EXTENDED for char in text)


@given(any_texts.filter(lambda text: not GSM_ALL.issuperset(text)))
def test_unicode_units_are_utf_16_code_units(text: str) -> None:
    assert count_parts(text).units == len(text.encode("utf-16-be", "surrogatepass")) // 2


@given(st.text(st.sampled_from(sorted(GSM_BASIC)), min_size=161, max_size=1700))
def test_single_unit_characters_fill_every_part(text: str) -> None:
    assert count_parts(text).parts == math.ceil(len(text) / 153)


@given(st.one_of(gsm_texts, any_texts))
def test_parts_are_at_least_what_the_units_need_and_waste_less_than_one_unit_a_part(
    text: str,
) -> None:
    size = count_parts(text)
    single, joined = (160, 153) if size.encoding == "GSM" else (70, 67)

    if size.units <= single:
        assert size.parts == 1
    else:
        assert math.ceil(size.units / joined) <= size.parts <= math.ceil(size.units / (joined - 1))


@given(any_texts, any_texts)
def test_a_longer_text_never_has_fewer_parts(first: str, second: str) -> None:
    assert count_parts(first + second).parts >= count_parts(first).parts


def test_a_two_unit_character_is_never_cut_in_half() -> None:
    text = "a" * 152 + "€" + "a" * 152  # 306 units would fill two parts if the euro could be cut

    assert count_parts(text).parts == 3


@pytest.mark.parametrize(
    ("text", "deliverable"),
    [("a" * 1530, True), ("a" * 1531, False), ("漢" * 630, True), ("漢" * 631, False)],
)
def test_it_says_whether_aws_would_deliver_the_size(text: str, deliverable: bool) -> None:
    assert count_parts(text).deliverable is deliverable
