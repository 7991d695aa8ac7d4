"""What AWS itself counts of our texts: CloudWatch, namespace AWS/SMSVoice (aws-sms.md 5.6)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

NAMESPACE = "AWS/SMSVoice"
SPEND = "TextMessageMonthlySpend"  # from the month's first moment (UTC) on, US dollars
SENT = "NumberOfTextMessagePartsSent"
DELIVERED = "NumberOfTextMessagePartsDelivered"  # counts every receipt, so it can exceed SENT
BLOCKED = "TextMessagesBlockedByProtect"
EXPECTING = "NumberOfTextMessagesExpectingFeedback"
FEEDBACK = "NumberOfTextMessagesWithFeedback"
STATISTICS = {
    SPEND: "Maximum",
    SENT: "Sum",
    DELIVERED: "Sum",
    BLOCKED: "Sum",
    EXPECTING: "Sum",
    FEEDBACK: "Sum",
}


@dataclass(frozen=True, slots=True)
class Value:
    """One metric of one period."""

    metric: str
    begins_at: datetime
    value: Decimal


def read(client: Any, since: datetime, until: datetime, seconds: int) -> Iterator[Value]:
    """Yield what there is of each metric, by periods of so many seconds; none where AWS is silent.

    `client` is boto3's of CloudWatch; one call for 500 periods of all metrics. Raises what boto3
    raises (BotoCoreError, ClientError).
    """
    queries = [
        {
            "Id": f"m{place}",
            "MetricStat": {
                "Metric": {"Namespace": NAMESPACE, "MetricName": name},
                "Period": seconds,
                "Stat": statistic,
            },
        }
        for place, (name, statistic) in enumerate(STATISTICS.items())
    ]
    names = {f"m{place}": name for place, name in enumerate(STATISTICS)}
    pages = client.get_paginator("get_metric_data").paginate(
        MetricDataQueries=queries, StartTime=since, EndTime=until
    )
    for page in pages:
        for one in page["MetricDataResults"]:
            for moment, value in zip(one["Timestamps"], one["Values"], strict=True):
                yield Value(names[one["Id"]], moment, Decimal(str(value)))
