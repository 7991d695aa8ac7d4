"""Writing to Kinesis data streams and to Firehose."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mypy_boto3_kinesis import KinesisClient
    from mypy_boto3_kinesis.type_defs import PutRecordsRequestEntryTypeDef

MOST = 500  # records of one call, by the limit of both
# arn:aws:kinesis:us-east-1:111122223333:stream/name
ARN = re.compile(
    r"arn:aws[a-z-]*:(?P<service>kinesis|firehose):(?P<region>[a-z0-9-]+):\d+:"
    r"(?P<kind>stream|deliverystream)/(?P<name>[A-Za-z0-9_.-]{1,128})"
)
KINDS = {"kinesis": "stream", "firehose": "deliverystream"}


@dataclass(frozen=True, slots=True)
class Stream:
    """A stream as its ARN names it."""

    service: str  # kinesis or firehose
    region: str
    name: str

    @classmethod
    def of(cls, arn: str) -> "Stream | None":
        """Read an ARN; None where it is not one of a stream."""
        found = ARN.fullmatch(arn)
        if found is None or KINDS[found["service"]] != found["kind"]:
            return None
        return cls(found["service"], found["region"], found["name"])


def put(
    client: "KinesisClient", stream: str, events: Sequence[tuple[str, Mapping[str, Any]]]
) -> list[str]:
    """Put up to 500 (partition key, event); return what is wrong with each, "" = nothing.

    Events with the same key stay in order. Raises what boto3 raises when nothing arrived.
    """
    records: list[PutRecordsRequestEntryTypeDef] = [
        {"Data": json.dumps(event).encode(), "PartitionKey": key} for key, event in events
    ]
    if stream.startswith("arn:"):
        answer = client.put_records(StreamARN=stream, Records=records)
    else:
        answer = client.put_records(StreamName=stream, Records=records)
    return [_wrong(record) for record in answer["Records"]]


def put_firehose(client: Any, stream: str, events: Sequence[Mapping[str, Any]]) -> list[str]:
    """Put up to 500 events, each on a line of its own; see `put`. It takes names, no ARNs."""
    answer = client.put_record_batch(
        DeliveryStreamName=stream,
        Records=[{"Data": json.dumps(event).encode() + b"\n"} for event in events],
    )
    return [_wrong(record) for record in answer["RequestResponses"]]


def _wrong(record: Mapping[str, Any]) -> str:
    return (
        f"{record['ErrorCode']}: {record.get('ErrorMessage', '')}" if "ErrorCode" in record else ""
    )
