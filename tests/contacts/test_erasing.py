import gzip
import re

import pytest

from contacts.erasing import _blank_lines, written

ANA = "+12125550111"
LONDON = "+447400123456"


@pytest.mark.parametrize(
    ("phone", "text"),
    [
        (ANA, "+12125550111"),
        (ANA, "(212) 555-0111"),
        (ANA, "1-212-555-0111"),
        (ANA, "Ana,212.555.0111,Boston"),
        (ANA, "12125550111.0"),
        (ANA, '{"Address":"+12125550111"}'),
        (LONDON, "07400 123456"),
        (LONDON, "+44 7400 123456"),
        (LONDON, "+44 (0)7400 123456"),
        (LONDON, "00447400123456"),
    ],
)
def test_a_number_is_found_however_it_is_written(phone, text):
    assert re.search(written(phone), text)


@pytest.mark.parametrize(
    "text", ["+12125550112", "92125550111", "21255501110", "Order 4521255501119", "", "212555"]
)
def test_another_number_is_not(text):
    assert not re.search(written(ANA), text)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_the_lines_of_a_person_become_empty_and_no_other_byte_changes(tmp_path, encoding):
    file = tmp_path / "list.csv"
    text = "phone,name\r\n2125550111,Zoë\r\n2125550112,Günther\r\n+1 212 555 0111,again\r\n"
    file.write_bytes(text.encode(encoding))
    _blank_lines(file, encoding, written(ANA))
    expected = "phone,name\r\n\r\n2125550112,Günther\r\n\r\n"
    assert file.read_bytes() == expected.encode(encoding)


def test_a_compressed_list_stays_compressed(tmp_path):
    file = tmp_path / "list.csv.gz"
    file.write_bytes(gzip.compress(b"phone\n2125550111\n2125550112\n"))
    _blank_lines(file, "utf-8", written(ANA))
    assert gzip.decompress(file.read_bytes()) == b"phone\n\n2125550112\n"


def test_bytes_that_are_no_text_survive(tmp_path):
    file = tmp_path / "list.csv"
    file.write_bytes(b"a\xff\xfe,1\n2125550111\n")
    _blank_lines(file, "utf-8", written(ANA))
    assert file.read_bytes() == b"a\xff\xfe,1\n\n"


def test_a_file_that_is_gone_is_no_trouble(tmp_path):
    _blank_lines(tmp_path / "none.csv", "utf-8", written(ANA))
