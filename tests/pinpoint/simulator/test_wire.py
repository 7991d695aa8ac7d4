import json
import urllib.error
import urllib.request
from typing import Any

import pytest

from .conftest import PERSON, Running, Start

SIGNED = (
    "AWS4-HMAC-SHA256 Credential=key/20260921/us-east-1/{}/aws4_request, "
    "SignedHeaders=host;x-amz-date, Signature=" + "0" * 64
)


def post(simulator: Running, body: bytes = b"{}", **headers: str) -> tuple[int, Any]:
    request = urllib.request.Request(simulator.url, data=body)
    defaults = {
        "Content-Type": "application/x-amz-json-1.0",
        "X-Amz-Target": "PinpointSMSVoiceV2.DescribePools",
        "Authorization": SIGNED.format("sms-voice"),
    }
    for name, value in {**defaults, **headers}.items():
        if value:
            request.add_header(name, value)
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.load(error)


def test_an_unsigned_request_is_refused(start: Start) -> None:
    status, body = post(start(), Authorization="")

    assert status == 403
    assert body["__type"].endswith("#MissingAuthenticationTokenException")


def test_a_signature_for_another_service_is_refused(start: Start) -> None:
    status, body = post(start(), Authorization=SIGNED.format("sns"))

    assert status == 403
    assert body["__type"].endswith("#UnrecognizedClientException")


def test_an_operation_outside_the_model_is_unknown(start: Start) -> None:
    _, body = post(start(), b"{}", **{"X-Amz-Target": "PinpointSMSVoiceV2.SendPigeon"})

    assert body["__type"].endswith("#UnknownOperationException")


@pytest.mark.parametrize("body", [b"{", b"[]", b"\xff"])
def test_a_body_that_is_not_a_json_object_is_refused(start: Start, body: bytes) -> None:
    status, answer = post(start(), body)

    assert status == 400
    assert answer["__type"].endswith("#SerializationException")


def test_a_value_of_the_wrong_type_is_an_invalid_parameter(start: Start) -> None:
    body = json.dumps({"MaxResults": "ten", "Filters": True}).encode()

    _, answer = post(start(), body)

    assert answer["__type"] == "com.amazonaws.pinpointsmsvoicev2#ValidationException"
    assert answer["Reason"] == "INVALID_PARAMETER"
    assert {field["Name"] for field in answer["Fields"]} == {"MaxResults", "Filters"}


def test_an_operation_of_the_model_that_is_not_simulated_is_named(start: Start) -> None:
    simulator = start()

    with pytest.raises(simulator.client.exceptions.ValidationException) as caught:
        simulator.client.describe_rcs_agents()

    assert "DescribeRcsAgents is not simulated" in str(caught.value)


def test_numbers_are_described_in_pages(start: Start) -> None:
    paginator = start().client.get_paginator("describe_phone_numbers")

    pages = list(paginator.paginate(PaginationConfig={"PageSize": 2}))

    assert [len(page["PhoneNumbers"]) for page in pages] == [2, 1]
    assert pages[0]["PhoneNumbers"][0]["NumberType"] == "TEN_DLC"


def test_numbers_are_filtered(start: Start) -> None:
    filters = [{"Name": "number-type", "Values": ["TOLL_FREE"]}]

    answer = start().client.describe_phone_numbers(Filters=filters)

    assert [number["MessageType"] for number in answer["PhoneNumbers"]] == ["TRANSACTIONAL"]


def test_a_next_token_that_was_never_given_is_refused(start: Start) -> None:
    simulator = start()

    with pytest.raises(simulator.client.exceptions.ValidationException) as caught:
        simulator.client.describe_phone_numbers(NextToken="made up")

    assert caught.value.response["Reason"] == "INVALID_NEXT_TOKEN"


def test_an_unknown_id_is_not_found(start: Start) -> None:
    simulator = start()

    with pytest.raises(simulator.client.exceptions.ResourceNotFoundException):
        simulator.client.describe_phone_numbers(PhoneNumberIds=["phone-unknown"])


def test_the_account_describes_itself(start: Start) -> None:
    client = start(account={"sender_ids": [{"sender_id": "ACME", "iso_country_code": "GB"}]}).client

    (tier,) = client.describe_account_attributes()["AccountAttributes"]
    limits = {item["Name"]: item for item in client.describe_spend_limits()["SpendLimits"]}
    (configuration,) = client.describe_configuration_sets()["ConfigurationSets"]
    used = {
        item["Name"]: item["Used"] for item in client.describe_account_limits()["AccountLimits"]
    }

    assert tier == {"Name": "ACCOUNT_TIER", "Value": "PRODUCTION"}
    assert limits["TEXT_MESSAGE_MONTHLY_SPEND_LIMIT"]["EnforcedLimit"] == 1000
    assert configuration["EventDestinations"][0]["SnsDestination"]["TopicArn"].startswith("arn:")
    assert used["PHONE_NUMBERS"] == 3
    assert client.describe_pools()["Pools"] == []
    assert client.describe_sender_ids()["SenderIds"][0]["SenderId"] == "ACME"
    assert client.describe_opt_out_lists()["OptOutLists"][0]["OptOutListName"] == "Default"


def test_an_opted_out_number_is_listed_and_removed_once_in_30_days(start: Start) -> None:
    client = start().client
    entry = {"OptOutListName": "Default", "OptedOutNumber": PERSON}

    client.put_opted_out_number(**entry)
    listed = client.describe_opted_out_numbers(OptOutListName="Default")["OptedOutNumbers"]
    client.delete_opted_out_number(**entry)
    client.put_opted_out_number(**entry)
    with pytest.raises(client.exceptions.ValidationException) as caught:
        client.delete_opted_out_number(**entry)

    assert [(row["OptedOutNumber"], row["EndUserOptedOut"]) for row in listed] == [(PERSON, False)]
    assert caught.value.response["Reason"] == "PHONE_NUMBER_CANNOT_BE_OPTED_IN"


def test_a_configuration_key_that_is_not_known_stops_the_start(start: Start) -> None:
    with pytest.raises(AssertionError, match="unknown key latency_s"):
        start(latency_s=1)


def test_health_says_ok(start: Start) -> None:
    with urllib.request.urlopen(f"{start().url}/_simulator/health", timeout=5) as answer:
        assert json.load(answer) == {"status": "ok"}
