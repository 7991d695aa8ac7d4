"""Lines of Pinpoint's files; nothing here needs a database."""

import io
import json

import pytest

from contacts import endpoint_files
from contacts.endpoint_files import Line
from contacts.endpoints import NotTaken

HEADER = ["Address", "Attributes.Ride", "Attributes.Ride", "Metrics.n", "Location.Latitude"]


def said(text, header=()):
    return endpoint_files.said_on(Line(1, 0, text.encode()), header)


def test_a_reader_goes_on_at_any_line():
    content = b"\xef\xbb\xbfone\r\n\n" + b"x" * 1_100_000 + b"\nlast"
    whole = list(endpoint_files.lines(io.BytesIO(content)))
    assert [line.number for line in whole] == [1, 2, 3, 4]
    assert [line.raw is None for line in whole] == [False, False, True, False]
    for line in whole:
        rest = io.BytesIO(content[line.end :])
        assert list(endpoint_files.lines(rest, line.end, line.number)) == whole[line.number :]
    assert whole[-1].end == len(content)


def test_cells_of_one_name_are_a_list_and_numbers_are_numbers():
    found = said('+12065550101,"Bus, Tram",Train,4,41.5\n', HEADER)
    assert found == {
        "Address": "+12065550101",
        "Attributes": {"Ride": ["Bus, Tram", "Train"]},
        "Metrics": {"n": 4.0},
        "Location": {"Latitude": 41.5},
    }


def test_empty_cells_and_empty_lines_say_nothing():
    assert said("+12065550101,,,,", HEADER) == {"Address": "+12065550101"}
    assert said("\r\n", HEADER) is None


def test_what_only_pinpoint_can_know_is_not_written():
    line = {"Id": "a", "CohortId": "7", "ApplicationId": "b", "EffectiveDate": "2026-01-01"}
    assert said(json.dumps(line)) == {"Id": "a"}
    assert endpoint_files.found_on(Line(1, 0, json.dumps(line).encode()), ()) == line


@pytest.mark.parametrize(
    ("text", "header", "words"),
    [
        ("+1,a,b,many,1", HEADER, "Metrics.n"),
        ("+1,a,b,nan,1", HEADER, "Metrics.n"),
        ("+1,a,b,1,1,extra", HEADER, "6 columns"),
        ('+1,"open', HEADER, "quotation mark"),
        ('{"Address": 12}', (), "Address"),
        ('{"Address": "\\u0000"}', (), "NUL"),
        ('{"Address": "\\ud800"}', (), "surrogate"),
        ("[]", (), "not a JSON object"),
        ("\udcff", (), "UTF-8"),
    ],
)
def test_what_is_wrong_is_said_by_member(text, header, words):
    raw = text.encode("utf-8", "surrogateescape")
    with pytest.raises(NotTaken, match=words):
        endpoint_files.said_on(Line(1, 0, raw), header)


def test_a_header_names_columns_of_an_endpoint():
    assert endpoint_files.header_of(b"\xef\xbb\xbfId,CohortId\n") == ["Id", "CohortId"]
    for first, words in ((b"Id,Plan\n", "Attributes.Plan"), (b"OptOut\n", "no column Address")):
        with pytest.raises(NotTaken, match=words):
            endpoint_files.header_of(first)
