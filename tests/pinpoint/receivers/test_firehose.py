import base64
import gzip
import json

import pytest

from pinpoint.receivers import firehose
from pinpoint.receivers.sns import Forged, Malformed

KEY = "a-long-access-key-of-firehose"


def record(text):
    return {"data": base64.b64encode(text.encode()).decode()}


def body(*records, **changes):
    request = {"requestId": "e1", "timestamp": 1790000060000, "records": list(records)}
    return json.dumps(request | changes).encode()


def read(content, *, key=KEY, **headers):
    return firehose.read({"X-Amz-Firehose-Access-Key": key} | headers, content, access_key=KEY)


def payloads(content, **headers):
    return [event.payload for event in read(content, **headers).events]


def test_each_record_is_an_event():
    assert payloads(body(record('{"a": 1}'), record('{"b": 2}'))) == ['{"a": 1}', '{"b": 2}']


@pytest.mark.parametrize("between", ["", "\n", "\r\n", "  "])
def test_events_in_one_record_are_told_apart(between):
    assert payloads(body(record(f'{{"a": 1}}{between}{{"b": 2}}{between}'))) == [
        '{"a": 1}',
        '{"b": 2}',
    ]


def test_what_cannot_be_read_is_kept_as_it_is():
    assert payloads(body(record('{"a": 1} and so on'))) == ['{"a": 1}', "and so on"]


def test_a_packed_body_is_unpacked():
    packed = gzip.compress(body(record("{}")))
    assert payloads(packed, **{"Content-Encoding": "gzip"}) == ["{}"]


def test_events_without_a_name_are_told_apart_by_their_place():
    first, second = read(body(record("{}"), record("{}"))).events
    assert first.key != second.key


def test_a_request_that_comes_again_has_the_same_keys():
    again = [[event.key for event in read(body(record("{}"))).events] for _ in range(2)]
    assert again[0] == again[1]


@pytest.mark.parametrize("key", ["", "another key", "é"])
def test_another_access_key_is_forged(key):
    with pytest.raises(Forged):
        read(body(record("{}")), key=key)


def test_without_a_key_of_our_own_nothing_passes():
    with pytest.raises(Forged):
        firehose.read({"X-Amz-Firehose-Access-Key": ""}, body(), access_key="")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x00\xff",
        b"[]",
        b"[" * 100_000,
        b'{"requestId": 1, "records": []}',
        body("not an object"),
        body({"data": 5}),
        body({"data": "no base64!"}),
        body(records=None),
    ],
)
def test_what_is_no_request_of_firehose_is_malformed(content):
    with pytest.raises(Malformed):
        read(content)


@pytest.mark.parametrize(
    "content", [b"not gzip", gzip.compress(body(record("{}")))[:-4]], ids=["no gzip", "cut off"]
)
def test_a_broken_package_is_malformed(content):
    with pytest.raises(Malformed):
        read(content, **{"Content-Encoding": "gzip"})


def test_a_package_that_swells_beyond_the_limit_is_malformed(monkeypatch):
    monkeypatch.setattr(firehose, "MAX_BODY_BYTES", 1000)
    with pytest.raises(Malformed, match="larger"):
        read(gzip.compress(b" " * 100_000), **{"Content-Encoding": "gzip"})
