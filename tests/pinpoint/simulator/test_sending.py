import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from botocore.exceptions import ConnectionClosedError, HTTPClientError

from .conftest import PERSON, TEN_DLC, TOLL_FREE, Receiver, Start, eventually


def number(**members: Any) -> dict[str, Any]:
    return {
        "number": TEN_DLC,
        "number_id": "phone-1",
        "number_type": "TEN_DLC",
        "message_type": "PROMOTIONAL",
        "parts_per_second": 100,
        **members,
    }


def test_it_answers_with_a_message_id_and_logs_the_text(start: Start) -> None:
    simulator = start()

    ids = {"IN_ENTITY_ID": "1101", "IN_TEMPLATE_ID": "1107"}
    message_id = simulator.send(Context={"send_id": "1"}, DestinationCountryParameters=ids)

    (row,) = simulator.log_of_texts()
    assert row["message_id"] == message_id
    assert row["destination"] == PERSON
    assert row["context"] == {"send_id": "1"}
    assert row["country_parameters"] == ids
    assert (row["index"], row["number"], row["parts"]) == (1, 1, 1)


def test_it_numbers_the_texts_of_each_destination(start: Start) -> None:
    simulator = start()

    for to in (PERSON, "+14255550124", PERSON):
        simulator.send(to)

    assert [row["number"] for row in simulator.log_of_texts()] == [1, 1, 2]


def test_the_log_is_read_in_pages(start: Start) -> None:
    simulator = start()
    for _ in range(5):
        simulator.send()

    rows = simulator.log_of_texts("?after=1&limit=3")

    assert [row["index"] for row in rows] == [2, 3, 4]


def test_it_throttles_above_the_parts_per_second(start: Start) -> None:
    simulator = start()

    def attempt(_: int) -> bool:
        request = {"OriginationIdentity": TOLL_FREE, "MessageBody": "a" * 161}
        try:
            simulator.send(**request)
        except simulator.client.exceptions.ThrottlingException:
            return False
        return True

    began = time.monotonic()
    accepted = [attempt(index) for index in range(6)]  # two parts each, three parts a second

    assert time.monotonic() - began < 1, "the machine is too slow for this test"
    assert accepted == [True] + [False] * 5
    assert simulator.stats()["throttled"] == 5


def test_no_second_ever_holds_more_parts_than_allowed(start: Start) -> None:
    simulator = start(account={"numbers": [number(parts_per_second=20)]})

    def hammer(worker: int) -> None:
        until = time.monotonic() + 2.2
        while time.monotonic() < until:
            try:
                simulator.send(f"+1425555{worker:04d}")
            except simulator.client.exceptions.ThrottlingException:
                time.sleep(0.005)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(hammer, range(4)))

    moments = [row["accepted_at"] for row in simulator.log_of_texts()]
    assert len(moments) >= 40
    assert all(
        later - earlier > 0.99 for earlier, later in zip(moments, moments[20:], strict=False)
    )


def test_the_account_has_a_limit_of_requests_per_second(start: Start) -> None:
    simulator = start(account={"requests_per_second": 1})
    simulator.client.describe_pools()

    assert simulator.refusal()["Error"]["Code"] == "ThrottlingException"


def test_a_dry_run_sends_nothing(start: Start) -> None:
    simulator = start()

    assert simulator.send(DryRun=True)
    assert simulator.stats()["accepted"] == 0


@pytest.mark.parametrize(
    ("members", "reason", "field"),
    [
        ({"MessageBody": "a" * 1601}, "FIELD_VALIDATION_FAILED", "MessageBody"),
        ({"MessageBody": "   "}, "FIELD_VALIDATION_FAILED", "MessageBody"),
        ({"MessageBody": None}, "MISSING_PARAMETER", "MessageBody"),
        ({"to": None}, "MISSING_PARAMETER", "DestinationPhoneNumber"),
        ({"to": "not a number"}, "FIELD_VALIDATION_FAILED", "DestinationPhoneNumber"),
        ({"MessageType": "URGENT"}, "FIELD_VALIDATION_FAILED", "MessageType"),
        ({"TimeToLive": 4}, "FIELD_VALIDATION_FAILED", "TimeToLive"),
        ({"TimeToLive": 259_201}, "FIELD_VALIDATION_FAILED", "TimeToLive"),
        (
            {"Context": {str(index): "x" for index in range(6)}},
            "FIELD_VALIDATION_FAILED",
            "Context",
        ),
        ({"Context": {"a": "x "}}, "FIELD_VALIDATION_FAILED", "Context.a"),
        ({"MaxPrice": "0.001"}, "PRICE_OVER_THRESHOLD", None),
    ],
)
def test_it_refuses_what_the_model_does_not_allow(
    start: Start, members: dict[str, Any], reason: str, field: str | None
) -> None:
    error = start().refusal(**members)

    assert error["Error"]["Code"] == "ValidationException"
    assert error["Reason"] == reason
    assert field is None or error["Fields"][0]["Name"] == field


@pytest.mark.parametrize(
    ("members", "resource_type"),
    [
        ({"OriginationIdentity": "+12065559999"}, "phone-number"),
        ({"OriginationIdentity": "pool-unknown"}, "pool"),
        ({"ConfigurationSetName": "unknown"}, "configuration-set"),
    ],
)
def test_it_refuses_what_the_account_does_not_have(
    start: Start, members: dict[str, Any], resource_type: str
) -> None:
    error = start().refusal(**members)

    assert error["Error"]["Code"] == "ResourceNotFoundException"
    assert error["ResourceType"] == resource_type


def test_it_refuses_a_message_type_that_the_number_does_not_send(start: Start) -> None:
    error = start().refusal(MessageType="TRANSACTIONAL")

    assert error["Error"]["Code"] == "ConflictException"
    assert error["Reason"] == "MESSAGE_TYPE_MISMATCH"


def test_it_refuses_a_destination_that_has_opted_out(start: Start) -> None:
    simulator = start()
    simulator.client.put_opted_out_number(OptOutListName="Default", OptedOutNumber=PERSON)

    error = simulator.refusal()

    assert error["Error"]["Code"] == "ConflictException"
    assert error["Reason"] == "DESTINATION_PHONE_NUMBER_OPTED_OUT"


def test_a_sandbox_account_sends_only_to_verified_and_test_numbers(start: Start) -> None:
    simulator = start(account={"tier": "SANDBOX", "verified_numbers": ["+14255550199"]})

    assert simulator.refusal()["Reason"] == "DESTINATION_PHONE_NUMBER_NOT_VERIFIED"
    assert simulator.send("+14255550199")
    assert simulator.send("+14254147755")


def test_it_stops_at_the_spend_limit(start: Start) -> None:
    simulator = start(account={"spend_limit_usd": 0.01})  # a text costs 0.00885
    simulator.send()
    simulator.send()

    error = simulator.refusal()

    assert error["Error"]["Code"] == "ServiceQuotaExceededException"
    assert error["Reason"] == "MONTHLY_SPEND_LIMIT_REACHED_FOR_TEXT"


def test_it_sends_from_a_number_of_the_pool(start: Start) -> None:
    simulator = start(
        account={
            "pools": [{"pool_id": "pool-1", "message_type": "PROMOTIONAL"}],
            "numbers": [number(pool_id="pool-1")],
        }
    )

    simulator.send(OriginationIdentity="pool-1")

    assert simulator.log_of_texts()[0]["origination"] == TEN_DLC


def test_without_an_originator_aws_chooses_a_number_of_the_message_type(start: Start) -> None:
    simulator = start()

    simulator.send(OriginationIdentity=None, MessageType="TRANSACTIONAL")

    assert simulator.log_of_texts()[0]["origination"] == TOLL_FREE


def test_it_may_accept_a_text_and_close_the_connection_without_an_answer(start: Start) -> None:
    simulator = start(faults={"close_after_accept": 1})

    with pytest.raises((ConnectionClosedError, HTTPClientError)):
        simulator.send()

    assert simulator.stats()["accepted"] == 1
    assert "Traceback" not in simulator.log.read_text()


def test_it_may_accept_a_text_and_answer_with_an_error(start: Start) -> None:
    simulator = start(faults={"error_after_accept": 1})

    assert simulator.refusal()["Error"]["Code"] == "InternalServerException"
    assert simulator.stats()["accepted"] == 1


def test_a_server_error_accepts_nothing(start: Start) -> None:
    simulator = start(faults={"server_error": 1})

    error = simulator.refusal()

    assert error["Error"]["Code"] == "InternalServerException"
    assert error["ResponseMetadata"]["HTTPStatusCode"] == 500
    assert simulator.stats()["accepted"] == 0


def test_a_server_error_passes_when_it_is_tried_again(start: Start) -> None:
    simulator = start(faults={"server_error": 0.5})

    def sent() -> bool:
        try:
            return bool(simulator.send())
        except simulator.client.exceptions.InternalServerException:
            return False

    assert eventually(sent)


def test_a_slow_answer_comes_late_but_comes(start: Start) -> None:
    simulator = start(faults={"slow_answer": 1, "slow_answer_ms": 300})

    began = time.monotonic()
    simulator.send()

    assert time.monotonic() - began >= 0.3


def test_every_answer_takes_the_latency(start: Start) -> None:
    simulator = start(latency_ms=100)

    began = time.monotonic()
    simulator.send()

    assert time.monotonic() - began >= 0.1


def test_a_text_above_the_deliverable_length_is_accepted_and_fails(
    start: Start, receiver: Receiver
) -> None:
    start().send(MessageBody="漢" * 631)

    (event,) = eventually(receiver.messages)
    assert event["eventType"] == "TEXT_INVALID_MESSAGE"
    assert event["isFinal"] is True
    assert event["totalMessagePrice"] == 0
