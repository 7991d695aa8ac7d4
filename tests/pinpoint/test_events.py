from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pinpoint.events import BadEvent, DeliveryEvent, InboundText, e164, parse

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


@given(JSON | st.fixed_dictionaries(dict.fromkeys(EVENT, JSON)))
def test_anything_else_is_a_bad_event_and_never_a_crash(payload):
    try:
        parse(payload)
    except BadEvent as problem:
        assert str(problem)
