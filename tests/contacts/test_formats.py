import io

import pytest

from contacts import formats
from contacts.formats import FileRefused, lines, recognise


def read(content):
    data = content if isinstance(content, bytes) else content.encode()
    file = io.BytesIO(data)
    return list(lines(file, recognise(file)))


def cells(content):
    return [line.cells or line.problem for line in read(content)]


def test_a_cell_in_quotes_may_hold_commas_quotes_and_line_breaks():
    found = read('Phone,Note\n1,"a, ""b""\nc"\n2,d\n')
    assert [(line.number, line.cells) for line in found] == [
        (2, ("1", 'a, "b"\nc')),
        (4, ("2", "d")),
    ]


def test_a_quote_that_is_never_closed_costs_its_own_line_only():
    found = read('Phone,Note\n1,"open\n2,b\n3,"fine"\n')
    assert [line.problem for line in found] == [formats.NOT_CLOSED, "", ""]
    assert [line.number for line in found] == [2, 3, 4]


def test_a_quote_within_a_quoted_cell_must_be_doubled():
    assert "must be doubled" in cells('Phone,Note\n1,"5" pipe"\n')[0]


def test_a_quote_in_a_cell_without_quotes_is_a_character():
    assert cells('Phone,Note\n1,5" pipe\n') == [("1", '5" pipe')]


def test_a_line_with_too_few_or_too_many_columns_says_so():
    assert cells("Phone,Plan\n1\n2,a,b\n") == [
        "The line has 1 columns; the header has 2.",
        "The line has 3 columns; the header has 2.",
    ]


def test_empty_cells_beyond_the_header_and_empty_rows_are_no_fault():
    assert cells("Phone,Plan\n1,a,,\n,,,\n\n2,b\n") == [("1", "a"), ("2", "b")]


def test_an_enormous_cell_costs_its_own_line_only():
    assert cells(f"Phone,Note\n1,{'x' * 140_000}\n2,b\n") == [
        "A cell is longer than 131,072 characters.",
        ("2", "b"),
    ]


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_every_kind_of_line_end_is_read(line_end):
    assert cells(line_end.join(["Phone,Plan", "1,a", "2,b", ""])) == [("1", "a"), ("2", "b")]


def test_the_delimiter_is_that_of_the_header_and_quotes_hide_others():
    assert cells('Phone;"Plan, or none, or any"\n1;a\n') == [("1", "a")]


def test_windows_1252_is_recognised_far_into_the_file():
    content = b"Phone,Name\n" + b"1,Ana\n" * 50_000 + "2,Zoë\n".encode("cp1252")
    assert read(content)[-1].cells == ("2", "Zoë")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("Phone,Name\n1,Zoë\n".encode() + "2,Zoë\n".encode("cp1252"), "Line 3 is not UTF-8"),
        (b"Phone,Name\n1,\x81\n", "line 2 is neither UTF-8 nor Windows-1252"),
        ("Phone\n1\n".encode("utf-16") + b"\x00", "not UTF-16"),
        ("Phone\n1\n".encode("utf-16-le"), "not a text file"),
        (b"\xff\xd8\xff\xe0JFIF", "an image"),
        (b"Phone\n" + b"x" * 3_000_000, "Line 2 is longer"),
        (b'[{"Address": "1"}]', "one object per line"),
        (b'Phone,"Plan\n1,a\n', "column names cannot be read"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_the_place(content, words):
    with pytest.raises(FileRefused, match=words):
        read(content)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('{"Address": ', "not JSON: .* at character"),
        ("[1]", "not a JSON object"),
        ('{"Address": "\\ud800"}', "half a character"),
    ],
)
def test_a_line_that_is_no_json_object_says_why(line, words):
    found = read('{"Address": "1"}\n' + line + "\n")
    assert found[0].problem == ""
    with pytest.raises(AssertionError, match=words):
        raise AssertionError(found[1].problem)
