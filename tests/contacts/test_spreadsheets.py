from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from contacts import spreadsheets

NEW_YORK = ZoneInfo("America/New_York")


@pytest.mark.parametrize(
    "words", ["=1+1", "+1+cmd|' /C calc'!A0", "-2+3", "@SUM(1)", "\t=1", "\r=1", "\n=1", "＝1+1"]
)
def test_what_a_spreadsheet_would_run_is_put_in_quotes(words):
    assert spreadsheets.harmless(words) == f"'{words}"


@pytest.mark.parametrize("words", ["", "1 + 1", "+12065550100", "a=b"])
def test_other_words_stay_what_they_are(words):
    assert spreadsheets.harmless(words) == words


def test_a_number_with_more_behind_it_is_no_number():
    assert spreadsheets.harmless("+12065550100*2") == "'+12065550100*2"


def test_a_time_has_the_clock_of_the_zone_and_its_offset():
    at = datetime(2026, 11, 1, 6, 30, tzinfo=UTC)  # 1:30 for the second time
    assert spreadsheets.cell(at, NEW_YORK) == "2026-11-01 01:30:00-05:00"


def test_lists_and_attributes_are_json():
    assert spreadsheets.cell({"Plan": ["café"]}, NEW_YORK) == '{"Plan": ["café"]}'
    assert spreadsheets.cell({}, NEW_YORK) == ""


def test_the_header_comes_before_any_row_is_asked_for():
    def rows():
        raise AssertionError("asked")
        yield

    assert next(spreadsheets.pieces(["=a", "b"], rows())) == "'=a,b\r\n"


def test_rows_come_some_hundred_at_once():
    found = list(spreadsheets.pieces(["n"], ([n] for n in range(1001))))
    assert [piece.count("\n") for piece in found] == [1, 500, 500, 1]
