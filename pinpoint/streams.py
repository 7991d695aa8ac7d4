"""Writing to Kinesis data streams."""

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mypy_boto3_kinesis import KinesisClient

MOST = 500  # records of one call, by Kinesis's own limit


def put(
    client: "KinesisClient", stream: str, events: Sequence[tuple[str, Mapping[str, Any]]]
) -> list[str]:
    """Put up to 500 (partition key, event); return what is wrong with each, "" = nothing.

    Events with the same key stay in order. Raises what boto3 raises when nothing arrived.
    """
    answer = client.put_records(
        StreamName=stream,
        Records=[
            {"Data": json.dumps(event).encode(), "PartitionKey": key} for key, event in events
        ],
    )
    return [
        f"{record['ErrorCode']}: {record.get('ErrorMessage', '')}" if "ErrorCode" in record else ""
        for record in answer["Records"]
    ]
