"""What an Amazon Pinpoint application says of its texts by day, where one still answers.

Days are those of UTC. A range has 31 days at most and begins less than 90 days ago (aws-sms.md 4).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

SENT = "txn-sms-sent-grouped-by-date"
DELIVERED = "txn-sms-delivered-grouped-by-date"
PEOPLE = "unique-deliveries-grouped-by-date"
RATE = "successful-delivery-rate-grouped-by-date"
OF_APPLICATION = (SENT, DELIVERED, PEOPLE, RATE)
OF_CAMPAIGN = (PEOPLE, RATE)
PAGE = "100"


@dataclass(frozen=True, slots=True)
class OfDay:
    """One figure of one day."""

    kpi: str
    begins_at: datetime
    value: Decimal


def of_application(
    client: Any, application: str, since: datetime, until: datetime
) -> Iterator[OfDay]:
    """Yield the figures of an application; `client` is boto3's of Pinpoint.

    Raises what boto3 raises (BotoCoreError, ClientError).
    """
    for kpi in OF_APPLICATION:
        answer = client.get_application_date_range_kpi(
            ApplicationId=application, KpiName=kpi, StartTime=since, EndTime=until
        )
        yield from _days(kpi, answer["ApplicationDateRangeKpiResponse"])


def of_campaign(
    client: Any, application: str, campaign: str, since: datetime, until: datetime
) -> Iterator[OfDay]:
    """Yield the figures of one of its campaigns."""
    for kpi in OF_CAMPAIGN:
        answer = client.get_campaign_date_range_kpi(
            ApplicationId=application,
            CampaignId=campaign,
            KpiName=kpi,
            StartTime=since,
            EndTime=until,
        )
        yield from _days(kpi, answer["CampaignDateRangeKpiResponse"])


def campaigns(client: Any, application: str) -> Iterator[str]:
    """Yield the ids of an application's campaigns."""
    asked: dict[str, str] = {"ApplicationId": application, "PageSize": PAGE}
    while True:
        answer = client.get_campaigns(**asked)["CampaignsResponse"]
        yield from (one["Id"] for one in answer["Item"])
        if not answer.get("NextToken"):
            return
        asked["Token"] = answer["NextToken"]


def _days(kpi: str, answer: dict[str, Any]) -> Iterator[OfDay]:
    for row in answer["KpiResult"]["Rows"]:
        day = date.fromisoformat(row["GroupedBys"][0]["Value"][:10])
        value = Decimal(row["Values"][0]["Value"])
        yield OfDay(kpi, datetime.combine(day, time(), UTC), value)
