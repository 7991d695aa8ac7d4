from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pinpoint.events import (
    BadEvent,
    DeliveryEvent,
    InboundText,
    OptOutEvent,
    UnknownEvent,
    e164,
    parse,
)

EVENT = {
    "eventType": "TEXT_DELIVERED",
    "eventVersion": "1.0",
    "eventTimestamp": 1790000012470,
    "isFinal": True,
    "destinationPhoneNumber": "14255550156",
    "messageId": "00000000-0000-4000-8000-0000000000a1",
    "messageStatus": "DELIVERED",
    "context": {"message": "42"},
    "totalMessageParts": 1,
    "totalMessagePrice": 0.00581,
    "somethingNew": [1, 2],
}


def test_a_delivery_event_is_read():
    event = parse(EVENT)
    assert isinstance(event, DeliveryEvent)
    assert event.occurred_at == datetime(2026, 9, 21, 14, 13, 32, 470000, tzinfo=UTC)
    assert event.price == Decimal("0.00581")


def test_the_plus_sign_is_put_back():
    assert parse(EVENT).destination == "+14255550156"


def test_short_codes_and_sender_ids_stay_as_they_are():
    assert (e164("72345"), e164("ACME")) == ("72345", "ACME")


def test_an_inbound_text_is_read():
    text = parse({"inboundMessageId": "b1", "originationNumber": "+1425", "destinationNumber": "7"})
    assert isinstance(text, InboundText)
    assert text.body == ""


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"eventType": "VOICE_BUSY"}, "unknown event type"),
        ({"messageId": None}, "messageId is missing"),
        ({"eventTimestamp": "soon"}, "eventTimestamp"),
        ({"eventTimestamp": 10**30}, "not an instant"),
        ({"isFinal": "yes"}, "isFinal"),
        ({"context": []}, None),
        ({"context": ["x"]}, "context"),
        ({"totalMessageParts": -1}, "totalMessageParts"),
        ({"totalMessagePrice": "free"}, "totalMessagePrice"),
        ({"totalMessagePrice": float("nan")}, "totalMessagePrice"),
    ],
)
def test_a_bad_event_says_what_is_wrong(change, words):
    if words is None:  # an empty list where AWS has no context is not worth losing a receipt
        assert parse(EVENT | change).context == {}
        return
    with pytest.raises(BadEvent, match=words):
        parse(EVENT | change)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda children: st.lists(children) | st.dictionaries(st.text(), children),
    max_leaves=8,
)


V1 = {
    "event_type": "_SMS.SUCCESS",
    "event_timestamp": 1790000005322,
    "arrival_timestamp": 1790000004064,
    "event_version": "3.1",
    "application": {"app_id": "0f1e2d3c4b5a69788796a5b4c3d2e1f0", "sdk": {}},
    "attributes": {
        "origination_phone_number": "+12065550142",
        "destination_phone_number": "+14255550199",
        "record_status": "DELIVERED",
        "iso_country_code": "US",
        "number_of_message_parts": "1",
        "message_id": "synthetic-message-id-0001",
        "message_type": "Promotional",
        "customer_context": '{"message": "42"}',
    },
    "metrics": {"price_in_millicents_usd": 645.0},
}


def v1(kind="_SMS.SUCCESS", **attributes):
    return V1 | {"event_type": kind, "attributes": V1["attributes"] | attributes}


def test_pinpoints_own_event_is_read():
    event = parse(V1)
    assert isinstance(event, DeliveryEvent)
    assert (event.price, event.parts, event.country) == (Decimal("0.00645"), 1, "US")
    assert event.context == {"message": "42"}


@pytest.mark.parametrize(
    ("kind", "status", "final"),
    [
        ("_SMS.BUFFERED", "PENDING", False),
        ("_SMS.SUCCESS", "SUCCESSFUL", False),  # the carrier has it; the phone may still answer
        ("_SMS.SUCCESS", "DELIVERED", True),
        ("_SMS.FAILURE", "UNREACHABLE", True),
    ],
)
def test_what_is_final_follows_from_type_and_status(kind, status, final):
    assert parse(v1(kind, record_status=status)).is_final is final


def test_an_opt_out_names_both_numbers():
    event = parse(v1("_SMS.OPTOUT"))
    assert isinstance(event, OptOutEvent)
    assert (event.destination, event.origination) == ("+14255550199", "+12065550142")


def test_another_type_of_pinpoint_is_unknown_and_not_bad():
    with pytest.raises(UnknownEvent):
        parse(v1("_campaign.send"))


@pytest.mark.parametrize(
    ("event", "words"),
    [
        (V1 | {"attributes": None}, "attributes"),
        (V1 | {"event_timestamp": "soon"}, "event_timestamp"),
        (v1(record_status=""), "record_status"),
        (v1(message_id=None), "message_id"),
        (v1(number_of_message_parts="many"), "number_of_message_parts"),
        (v1(customer_context="{"), "customer_context"),
        (V1 | {"metrics": {"price_in_millicents_usd": "free"}}, "price_in_millicents_usd"),
    ],
)
def test_a_bad_event_of_pinpoint_says_what_is_wrong(event, words):
    with pytest.raises(BadEvent, match=words):
        parse(event)


@given(
    JSON
    | st.fixed_dictionaries(dict.fromkeys(V1, JSON))
    | st.fixed_dictionaries(dict.fromkeys(EVENT, JSON))
)
def test_anything_else_is_a_bad_event_and_never_a_crash(payload):
    try:
        parse(payload)
    except BadEvent as problem:
        assert str(problem)
