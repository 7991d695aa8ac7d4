"""CloudWatch's figures of what the simulator sent, asked for with boto3's own client."""

import json
import signal
import urllib.error
import urllib.request
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from botocore.config import Config

from pinpoint.simulator.metrics import Metrics
from pinpoint.simulator.texts import AcceptedText

from .conftest import PERSON, Running, Start, eventually

DAY = timedelta(days=1)
LONG = "x" * 400  # three parts


def cloudwatch(simulator: Running) -> Any:
    return boto3.client(
        "cloudwatch",
        endpoint_url=simulator.url,
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
        config=Config(retries={"total_max_attempts": 1}, parameter_validation=False),
    )


def query(name: str, stat: str = "Sum", **dimensions: str) -> dict[str, Any]:
    of = [{"Name": kind, "Value": value} for kind, value in dimensions.items()]
    metric = {"Namespace": "AWS/SMSVoice", "MetricName": name, "Dimensions": of}
    return {"Id": "one", "MetricStat": {"Metric": metric, "Period": 3600, "Stat": stat}}


def values(simulator: Running, *of: Any, **dimensions: str) -> list[float]:
    now = datetime.now(UTC)
    answer = cloudwatch(simulator).get_metric_data(
        MetricDataQueries=[query(*of, **dimensions)], StartTime=now - DAY, EndTime=now + DAY
    )
    (result,) = answer["MetricDataResults"]
    found: list[float] = result["Values"]
    assert len(result["Timestamps"]) == len(found)
    return found


def test_parts_that_were_sent_and_delivered_are_counted(start: Start) -> None:
    simulator = start()
    simulator.send()
    simulator.send(MessageBody=LONG)

    sent, delivered = "NumberOfTextMessagePartsSent", "NumberOfTextMessagePartsDelivered"
    assert sum(values(simulator, sent)) == 4
    assert eventually(lambda: sum(values(simulator, delivered)) == 4)


def test_parts_are_told_apart_by_country_and_by_sender(start: Start) -> None:
    simulator = start()
    simulator.send()
    simulator.send("+447700900123")

    name = "NumberOfTextMessagePartsSent"
    assert sum(values(simulator, name, IsoCountryCode="GB")) == 1
    assert sum(values(simulator, name, OriginationIdentityType="PHONE_NUMBER")) == 2
    assert values(simulator, name, IsoCountryCode="FR") == []


def test_the_spend_of_the_month_is_what_was_spent_and_stands_until_it_ends(start: Start) -> None:
    simulator = start()
    simulator.send()
    simulator.send()

    found = values(simulator, "TextMessageMonthlySpend", "Maximum")
    assert found[0] == pytest.approx(simulator.stats()["spent_usd"])  # the newest comes first


def test_the_figures_are_there_after_a_kill(start: Start) -> None:
    first = start()
    first.send(MessageBody=LONG)
    first.end(signal.SIGKILL)

    assert sum(values(start(), "NumberOfTextMessagePartsSent")) == 3


def test_what_has_had_a_value_is_listed(start: Start) -> None:
    simulator = start()
    client = cloudwatch(simulator)
    assert client.list_metrics(Namespace="AWS/SMSVoice")["Metrics"] == []
    simulator.send()

    found = client.list_metrics(MetricName="NumberOfTextMessagePartsSent")["Metrics"]
    assert [one["Dimensions"] for one in found] == [
        [],
        [{"Name": "IsoCountryCode", "Value": "US"}],
        [{"Name": "OriginationIdentityType", "Value": "PHONE_NUMBER"}],
    ]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"MetricDataQueries": [query("x") | {"Id": "One two"}]}, "Id"),
        ({"MetricDataQueries": [query("x", "p99")]}, "p99"),
        ({"MetricDataQueries": [{"Id": "one", "Expression": "1+1"}]}, "Expressions"),
        ({"StartTime": datetime(2031, 1, 1, tzinfo=UTC)}, "before EndTime"),
    ],
)
def test_what_cloudwatch_would_not_take_is_refused(
    start: Start, change: dict[str, Any], words: str
) -> None:
    simulator = start()
    now = datetime.now(UTC)
    members = {"MetricDataQueries": [query("x")], "StartTime": now - DAY, "EndTime": now, **change}

    client = cloudwatch(simulator)
    with pytest.raises(client.exceptions.ClientError) as caught:
        client.get_metric_data(**members)

    assert caught.value.response["Error"]["Code"] == "ValidationError"
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("body", "scope", "code"),
    [
        (b"{", "monitoring", "SerializationException"),
        (b"[]", "monitoring", "ValidationError"),
        (b"{}", "sms-voice", "UnrecognizedClientException"),
    ],
)
def test_a_request_that_is_not_one_of_cloudwatch_is_refused(
    start: Start, body: bytes, scope: str, code: str
) -> None:
    headers = {
        "Content-Type": "application/x-amz-json-1.0",
        "X-Amz-Target": "GraniteServiceVersion20100801.GetMetricData",
        "Authorization": f"AWS4-HMAC-SHA256 Credential=key/20260921/us-east-1/{scope}/"
        f"aws4_request, SignedHeaders=host, Signature={'0' * 64}",
    }
    request = urllib.request.Request(start().url, body, headers)
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(request, timeout=5)
    with caught.value as answer:
        assert json.load(answer)["__type"].endswith(f"#{code}")


MOMENTS = [datetime(2026, 1, 31, 23, 30, tzinfo=UTC), datetime(2026, 2, 1, 2, 30, tzinfo=UTC)]


def text(moment: datetime, outcome: str = "TEXT_DELIVERED") -> AcceptedText:
    return AcceptedText(
        1, 1, moment.timestamp(), PERSON, "+12065550100", "Hi", "GSM", 2, "PROMOTIONAL", {},
        "00000000-0000-0000-0000-000000000001", outcome, 11_620, 0, (),
    )  # fmt: skip


def test_the_spend_begins_anew_with_each_month() -> None:
    metrics = Metrics()
    for moment in MOMENTS:
        metrics.note(text(moment))
    start, end = (moment.timestamp() for moment in MOMENTS)

    found = metrics.values(("TextMessageMonthlySpend", ()), start, end + 1, 3600, end + 1)

    spent = [sample.statistic("Maximum") for sample in found.values()]
    assert spent == [0.01162, 0.0, 0.0, 0.01162]


def test_what_a_protect_configuration_blocks_is_not_sent() -> None:
    metrics = Metrics()
    moment = MOMENTS[0]
    metrics.note(text(moment, "TEXT_PROTECT_BLOCKED"))
    metrics.note(text(moment))
    span = moment.timestamp() - 60, moment.timestamp() + 60

    def counted(name: str, statistic: str) -> float:
        (sample,) = metrics.values((name, ()), *span, 3600, span[1]).values()
        return sample.statistic(statistic)

    assert counted("NumberOfTextMessagePartsSent", "Sum") == 2
    assert counted("TextMessagesBlockedByProtect", "Average") == 0.5


def test_a_receipt_of_the_future_is_not_counted_yet() -> None:
    metrics = Metrics()
    moment = MOMENTS[0].timestamp()
    metrics.note(text(MOMENTS[0]))

    def known(now: float) -> bool:
        return any(name.endswith("Delivered") for name, _of in metrics.known(now))

    assert not known(moment - 3600)
    assert known(moment)
