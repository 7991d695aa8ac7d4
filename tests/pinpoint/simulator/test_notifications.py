import base64
import json
import time
import urllib.error
import urllib.request
from typing import Any

import pytest
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from pinpoint.receivers import sns

from .conftest import PERSON, TEN_DLC, Receiver, Start, eventually

NOTIFICATION = ("Message", "MessageId", "Timestamp", "TopicArn", "Type")
CONFIRMATION = (
    "Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type",
)  # fmt: skip


def check_signature(envelope: dict[str, str]) -> None:
    with urllib.request.urlopen(envelope["SigningCertURL"], timeout=5) as answer:
        key = x509.load_pem_x509_certificate(answer.read()).public_key()
    assert isinstance(key, rsa.RSAPublicKey)
    names = NOTIFICATION if envelope["Type"] == "Notification" else CONFIRMATION
    text = "".join(f"{name}\n{envelope[name]}\n" for name in names)
    algorithm = {"1": hashes.SHA1(), "2": hashes.SHA256()}[envelope["SignatureVersion"]]
    signature = base64.b64decode(envelope["Signature"])
    key.verify(signature, text.encode(), padding.PKCS1v15(), algorithm)


@pytest.mark.parametrize("version", ["1", "2"])
def test_every_message_is_signed(start: Start, receiver: Receiver, version: str) -> None:
    start(notifications={"signature_version": version}).send(MessageBody="Olá 😀")
    eventually(lambda: len(receiver.messages()) == 2)

    for _, envelope in receiver.posts:
        assert envelope["SignatureVersion"] == version
        check_signature(envelope)


def test_the_verifier_of_the_application_believes_it(start: Start, receiver: Receiver) -> None:
    simulator = start()
    simulator.send()
    eventually(receiver.envelopes)

    for _, envelope in receiver.posts:
        message = sns.verify(
            json.dumps(envelope).encode(),
            believed=[envelope["TopicArn"]].__contains__,
            extra_origin=simulator.url,
        )
        assert message.message_id == envelope["MessageId"]


def test_a_changed_message_does_not_match_its_signature(start: Start, receiver: Receiver) -> None:
    start().send()
    envelope = eventually(receiver.envelopes)[0]

    with pytest.raises(InvalidSignature):
        check_signature({**envelope, "Message": "{}"})


def test_the_certificate_also_has_a_fixed_address(start: Start) -> None:
    url = f"{start().url}/SimpleNotificationService-simulator.pem"

    with urllib.request.urlopen(url, timeout=5) as answer:
        assert x509.load_pem_x509_certificate(answer.read())


def test_the_headers_repeat_what_the_body_says(start: Start, receiver: Receiver) -> None:
    start().send()
    eventually(receiver.envelopes)

    for headers, envelope in receiver.posts:
        assert headers["x-amz-sns-message-type"] == envelope["Type"]
        assert headers["x-amz-sns-message-id"] == envelope["MessageId"]
        assert headers["x-amz-sns-topic-arn"] == envelope["TopicArn"]
        assert headers["content-type"] == "text/plain; charset=UTF-8"
        named = "x-amz-sns-subscription-arn" in headers
        assert named == (envelope["Type"] == "Notification")


def test_nothing_is_delivered_before_the_subscription_is_confirmed(
    start: Start, receiver: Receiver
) -> None:
    receiver.confirming = False
    start().send()
    requests = eventually(
        lambda: len(found := receiver.envelopes("SubscriptionConfirmation")) == 2 and found
    )
    time.sleep(0.3)
    before = receiver.envelopes()

    for request in requests:
        urllib.request.urlopen(request["SubscribeURL"], timeout=5).close()

    assert before == []
    eventually(lambda: len(receiver.messages()) == 2)


def test_a_wrong_token_confirms_nothing(start: Start, receiver: Receiver) -> None:
    receiver.confirming = False
    simulator = start()
    url = eventually(lambda: receiver.envelopes("SubscriptionConfirmation"))[0]["SubscribeURL"]

    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(url + "0", timeout=5)

    caught.value.close()
    assert caught.value.code == 400
    assert simulator.stats()["subscriptions"] == 0


def test_a_delivered_text_is_accepted_by_the_carrier_and_then_by_the_phone(
    start: Start, receiver: Receiver
) -> None:
    message_id = start(delays={"least": 0.1, "most": 1}).send(Context={"send_id": "8f0c"})

    accepted, delivered = eventually(lambda: len(m := receiver.messages()) == 2 and m)

    assert (accepted["eventType"], accepted["isFinal"]) == ("TEXT_SUCCESSFUL", False)
    assert delivered.pop("eventTimestamp") > delivered.pop("messageRequestTimestamp") > 1.7e12
    assert delivered == {
        "eventType": "TEXT_DELIVERED",
        "eventVersion": "1.0",
        "isFinal": True,
        "originationPhoneNumber": TEN_DLC,
        "destinationPhoneNumber": PERSON,
        "isInternationalSend": False,
        "isoCountryCode": "US",
        "mcc": "310",
        "mnc": "800",
        "messageId": message_id,
        "messageEncoding": "GSM",
        "messageType": "PROMOTIONAL",
        "messageStatus": "DELIVERED",
        "messageStatusDescription": "Message has been accepted by phone",
        "context": {"send_id": "8f0c"},
        "totalMessageParts": 1,
        "totalMessagePrice": 0.00581,
        "totalCarrierFee": 0.00304,
    }


def test_a_text_without_a_configuration_set_is_sent_silently(
    start: Start, receiver: Receiver
) -> None:
    simulator = start()
    simulator.send(ConfigurationSetName=None)
    simulator.send("+14255550124")
    eventually(lambda: len(receiver.messages()) == 2)

    assert simulator.stats()["accepted"] == 2
    assert {event["destinationPhoneNumber"] for event in receiver.messages()} == {"+14255550124"}


def test_only_the_event_types_of_the_destination_are_published(
    start: Start, receiver: Receiver
) -> None:
    sets = [{"name": "sendpoint", "event_types": ["TEXT_DELIVERED"]}]
    simulator = start(account={"configuration_sets": sets})
    simulator.send()
    eventually(lambda: simulator.stats()["notifications"]["delivered"])

    assert [event["eventType"] for event in receiver.messages()] == ["TEXT_DELIVERED"]


def test_a_duplicate_has_the_same_sns_message_id(start: Start, receiver: Receiver) -> None:
    start(rates={"duplicate": 1}).send()
    envelopes = eventually(lambda: len(found := receiver.envelopes()) == 4 and found)

    assert len({envelope["MessageId"] for envelope in envelopes}) == 2


def test_a_republished_event_has_another_sns_message_id(start: Start, receiver: Receiver) -> None:
    start(rates={"republished": 1}).send()
    envelopes = eventually(lambda: len(found := receiver.envelopes()) == 4 and found)

    assert len({envelope["MessageId"] for envelope in envelopes}) == 4
    assert len({envelope["Message"] for envelope in envelopes}) == 2


def test_events_may_come_in_the_wrong_order(start: Start, receiver: Receiver) -> None:
    start(rates={"out_of_order": 1}, delays={"least": 0.1, "most": 1}).send()
    first, second = eventually(lambda: len(m := receiver.messages()) == 2 and m)

    assert [first["eventType"], second["eventType"]] == ["TEXT_DELIVERED", "TEXT_SUCCESSFUL"]
    assert first["eventTimestamp"] > second["eventTimestamp"]


@pytest.mark.parametrize("status", [500, 503, 429])
def test_a_passing_failure_of_the_endpoint_is_tried_again(
    start: Start, receiver: Receiver, status: int
) -> None:
    receiver.statuses = [status]
    simulator = start(notifications={"first_backoff": 0.05})
    simulator.send()
    eventually(lambda: simulator.stats()["notifications"]["delivered"] == 2)

    ids = [envelope["MessageId"] for envelope in receiver.envelopes()]
    assert (len(ids), len(set(ids))) == (3, 2)


def test_a_refusal_of_the_endpoint_is_final(start: Start, receiver: Receiver) -> None:
    receiver.statuses = [403]
    simulator = start()
    simulator.send()
    eventually(lambda: simulator.stats()["notifications"]["pending"] == 0)

    counts = simulator.stats()["notifications"]
    assert (counts["delivered"], counts["failed"]) == (1, 1)


def test_it_gives_up_after_the_last_try(start: Start, receiver: Receiver) -> None:
    receiver.statuses = [500] * 6
    simulator = start(notifications={"first_backoff": 0.01, "tries": 3})
    simulator.send()
    eventually(lambda: simulator.stats()["notifications"]["failed"] == 2)

    assert simulator.stats()["notifications"]["pending"] == 0


def test_a_person_answers_on_the_inbound_topic(start: Start, receiver: Receiver) -> None:
    message_id = start(rates={"stop_reply": 1}).send()
    (inbound,) = eventually(lambda: receiver.messages("inbound"))

    assert inbound.pop("inboundMessageId")
    assert inbound == {
        "originationNumber": PERSON,
        "destinationNumber": TEN_DLC,
        "messageKeyword": "KEYWORD_111122223333",
        "messageBody": "STOP",
        "previousPublishedMessageId": message_id,
    }


def test_a_self_managed_stop_leaves_the_opt_out_list_alone(
    start: Start, receiver: Receiver
) -> None:
    simulator = start()
    simulator.write_in("STOP")
    eventually(lambda: receiver.messages("inbound"))

    assert simulator.stats()["opted_out"] == 0
    assert simulator.send()


def managed(**members: Any) -> dict[str, Any]:
    number = {
        "number": TEN_DLC,
        "number_id": "phone-1",
        "number_type": "TEN_DLC",
        "message_type": "PROMOTIONAL",
        "parts_per_second": 100,
        "self_managed_opt_outs": False,
    }
    return {"account": {"numbers": [number]}, **members}


def test_a_managed_stop_goes_on_the_opt_out_list(start: Start) -> None:
    simulator = start(**managed())
    simulator.write_in("stop please")
    eventually(lambda: simulator.stats()["opted_out"])

    assert simulator.refusal()["Reason"] == "DESTINATION_PHONE_NUMBER_OPTED_OUT"
    (row,) = simulator.client.describe_opted_out_numbers(OptOutListName="Default")[
        "OptedOutNumbers"
    ]
    assert row["EndUserOptedOut"] is True


def test_a_managed_stop_can_be_kept_from_the_topic(start: Start, receiver: Receiver) -> None:
    simulator = start(**managed(notifications={"publish_managed_keywords": False}))
    simulator.write_in("STOP")
    simulator.write_in("Thanks!")
    eventually(lambda: receiver.messages("inbound"))

    assert [text["messageBody"] for text in receiver.messages("inbound")] == ["Thanks!"]
    assert simulator.stats()["opted_out"] == 1


def test_stop_must_come_first_to_be_managed(start: Start, receiver: Receiver) -> None:
    simulator = start(**managed())
    simulator.write_in("please stop texting me")
    eventually(lambda: receiver.messages("inbound"))

    assert simulator.stats()["opted_out"] == 0


def test_an_inbound_text_names_the_text_that_it_answers(start: Start, receiver: Receiver) -> None:
    simulator = start()
    message_id = simulator.send()
    simulator.write_in("Thanks!")
    (inbound,) = eventually(lambda: receiver.messages("inbound"))

    assert inbound["previousPublishedMessageId"] == message_id


def test_the_log_holds_neither_numbers_nor_words(start: Start, receiver: Receiver) -> None:
    receiver.statuses = [403]
    simulator = start()
    simulator.send(MessageBody="secret words")
    simulator.refusal(MessageType="TRANSACTIONAL")
    eventually(lambda: simulator.stats()["notifications"]["failed"])

    log = simulator.log.read_text()
    assert "refused a notification" in log
    assert PERSON[1:] not in log
    assert "secret" not in log
    assert json.dumps(TEN_DLC) not in log
