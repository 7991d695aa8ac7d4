import gzip
import io

import pytest

from benchmarks import contact_list
from contacts import columns, formats, parsing
from contacts.rows import Reading


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "list.csv"
    path.write_text(contact_list.text(500, seed=3))
    with path.open("rb") as file:
        yield file


def how(file):
    form = formats.recognise(formats.opened(file))
    return form, Reading(form.header, tuple(columns.guess(form.header)), "US")


def test_another_process_gives_the_same_batches(file):
    form, reading = how(file)
    with parsing.elsewhere(file, form, reading, 100, after=50) as found:
        there = list(found)
    here = list(parsing.batches(file, form, reading, 100, after=50))
    assert here == there
    assert len(here) == 5


def test_a_packed_file_gives_the_same_batches(file):
    form, reading = how(file)
    file.seek(0)
    packed = io.BytesIO(gzip.compress(file.read()))
    there = [batch._replace(read=0) for batch in parsing.batches(packed, form, reading, 100)]
    assert there == [b._replace(read=0) for b in parsing.batches(file, form, reading, 100)]


def test_what_goes_wrong_in_another_process_is_told(file):
    form, reading = how(file)
    wrong = formats.Format("utf-16", form.delimiter, form.header)
    with (
        pytest.raises(ValueError, match="UTF-16"),
        parsing.elsewhere(file, wrong, reading, 9) as found,
    ):
        list(found)


def test_another_process_ends_when_nobody_asks_any_more(file):
    form, reading = how(file)
    with parsing.elsewhere(file, form, reading, 1) as found:
        next(found)
    with pytest.raises(OSError, match="closed"):
        next(found)
