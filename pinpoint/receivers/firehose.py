"""Amazon Data Firehose's HTTP endpoint delivery (aws-sms.md 7.4)."""

import base64
import binascii
import hmac
import json
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from pinpoint.receivers.raw import RawEvent, raw_event
from pinpoint.receivers.sns import Forged, Malformed

MAX_BODY_BYTES = 64 * 1024**2  # Firehose's own limit
MAX_RECORDS = 10_000


@dataclass(frozen=True, slots=True)
class Delivery:
    """One request of Firehose's. Its answer must name the same request id."""

    request_id: str
    events: list[RawEvent]


def read(headers: Mapping[str, str], body: bytes, *, access_key: str) -> Delivery:
    """Check one request and return its events. Raises Forged (403) or Malformed (400)."""
    given = headers.get("X-Amz-Firehose-Access-Key", "")
    if not access_key or not hmac.compare_digest(given.encode(), access_key.encode()):
        raise Forged("the access key is not that of FIREHOSE_ACCESS_KEY")
    request = _request(_unpacked(body, headers.get("Content-Encoding", "")))
    request_id = request["requestId"]
    sent_at = _instant(request.get("timestamp"))
    events = [
        raw_event(
            text, source="firehose", transport_id=f"{request_id}:{number}:{place}", sent_at=sent_at
        )
        for number, record in enumerate(request["records"])
        for place, text in enumerate(_events(_data(record)))
    ]
    return Delivery(request_id, events)


def _unpacked(body: bytes, encoding: str) -> bytes:
    if encoding.lower() != "gzip":
        return body
    unpacker = zlib.decompressobj(wbits=31)
    try:
        plain = unpacker.decompress(body, MAX_BODY_BYTES)
    except zlib.error as error:
        raise Malformed("the body is not gzip") from error
    if unpacker.unconsumed_tail or not unpacker.eof:
        raise Malformed("the body is cut off, or larger than 64 MiB when it is unpacked")
    return plain


def _request(body: bytes) -> dict[str, Any]:
    try:
        request = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Malformed("the body is not JSON") from error
    if (
        not isinstance(request, dict)
        or not isinstance(request.get("requestId"), str)
        or not isinstance(request.get("records"), list)
        or len(request["records"]) > MAX_RECORDS
    ):
        raise Malformed("the body is not a Firehose request")
    return request


def _data(record: Any) -> str:
    if not isinstance(record, dict) or not isinstance(record.get("data"), str):
        raise Malformed("a record has no data")
    try:
        data = base64.b64decode(record["data"], validate=True)
    except (binascii.Error, ValueError) as error:
        raise Malformed("a record's data is not base64") from error
    return data.decode("utf-8", "backslashreplace")


def _events(text: str) -> Iterator[str]:
    """Cut a record into its events: whether AWS puts a newline between them is not said."""
    decoder = json.JSONDecoder()
    place = 0
    while (rest := text[place:].lstrip()) != "":
        place = len(text) - len(rest)
        try:
            _, end = decoder.raw_decode(text, place)
        except (ValueError, RecursionError):
            yield rest  # kept as it is; the log says that it cannot be read
            return
        yield text[place:end]
        place = end


def _instant(value: Any) -> datetime | None:
    if not isinstance(value, int) or isinstance(value, bool):
        return None
    try:
        return datetime.fromtimestamp(value / 1000, tz=UTC)
    except (ValueError, OverflowError, OSError):
        return None
