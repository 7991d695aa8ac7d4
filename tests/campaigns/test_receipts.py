import itertools
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns import receipts
from campaigns.models import Message
from pinpoint.events import parse
from tests.campaigns.events import delivery
from tests.campaigns.factories import NOON, run_of


def sent(**changes):
    """A message in memory that was handed over, unsaved."""
    return Message(
        **{"pk": 7, "phone": "+12125550111", "state": "accepted", "sent_at": NOON}
        | {"carrier": "", "receipt": ""}  # which are the database's to fill in
        | changes
    )


def applied(message, *payloads):
    for payload in payloads:
        receipts.apply_one(message, parse(payload))
    return message


def about(payload):
    (applied,) = receipts.apply([parse(payload)])
    return applied.message


def test_a_final_delivery_delivers():
    message = applied(sent(), delivery(sent()))
    assert (message.state, message.reason) == ("delivered", "")


def test_a_final_success_counts_as_delivered():
    assert applied(sent(), delivery(sent(), "SUCCESSFUL")).state == "delivered"


def test_a_success_that_is_not_final_leaves_it_accepted():
    assert applied(sent(), delivery(sent(), "SUCCESSFUL", final=False)).state == "accepted"


def test_a_final_failure_fails_with_the_reason_of_aws():
    message = applied(sent(), delivery(sent(), "CARRIER_BLOCKED"))
    assert (message.state, message.reason) == ("failed", "CARRIER_BLOCKED")


def test_a_final_unknown_is_unknown_and_not_a_failure():
    assert applied(sent(), delivery(sent(), "UNKNOWN")).state == "unknown"


@pytest.mark.parametrize("state", ["sending", "unknown", "queued"])
def test_any_event_proves_that_aws_has_the_text(state):
    message = applied(sent(state=state), delivery(sent(), "PENDING", final=False))
    assert (message.state, message.aws_id) == ("accepted", "aws-of-7")


def test_an_early_event_after_the_final_one_changes_nothing():
    message = applied(
        sent(), delivery(sent(), after=9), delivery(sent(), "PENDING", final=False, after=2)
    )
    assert message.state == "delivered"


def test_delivered_is_never_taken_back():
    message = applied(sent(), delivery(sent()), delivery(sent(), "UNREACHABLE", after=60))
    assert message.state == "delivered"


def test_what_a_carrier_took_is_told_apart_from_what_a_phone_has():
    took, has = (
        applied(sent(), delivery(sent(), status)) for status in ("SUCCESSFUL", "DELIVERED")
    )
    assert (took.state, took.receipt) == ("delivered", "SUCCESSFUL")
    assert (has.state, has.receipt) == ("delivered", "DELIVERED")


def test_country_and_carrier_are_kept():
    message = applied(sent(), delivery(sent(), carrierName="Example Mobile"))
    assert (message.country, message.carrier) == ("US", "Example Mobile")


def test_price_fee_and_parts_are_kept():
    message = applied(sent(), delivery(sent(), totalMessageParts=2))
    assert (message.price, message.carrier_fee, message.parts) == (
        Decimal("0.00581"),
        Decimal("0.00304"),
        2,
    )


STATUSES = ["PENDING", "SUCCESSFUL", "DELIVERED", "UNREACHABLE", "UNKNOWN", "SPAM"]


def told(status, final, after, price, fee, carrier):
    """A delivery event; as in Pinpoint's own stream, not every one tells a price."""
    bill = {"totalMessagePrice": price, "totalCarrierFee": fee}
    return delivery(sent(), status, final=final, after=after, **bill, carrierName=carrier)


# Several may happen within the same millisecond.
STORIES = st.lists(
    st.builds(
        told,
        st.sampled_from(STATUSES),
        st.booleans(),
        st.integers(1, 3),
        st.sampled_from([None, 0.00581, 0.01162]),
        st.sampled_from([0.0, 0.00304]),
        st.sampled_from([None, "Example Mobile"]),
    ),
    min_size=1,
    max_size=4,
)


@given(STORIES)
def test_every_order_with_every_repetition_ends_the_same(story):
    ends = set()
    for order in itertools.permutations(story):
        message = applied(sent(), *order, *order)
        ends.add(tuple(getattr(message, name) for name in receipts.CHANGED))
    assert len(ends) == 1


def test_a_price_that_was_told_stands_where_a_later_event_tells_none():
    cheap, dear, none = (
        delivery(sent(), after=after, totalMessagePrice=price)
        for after, price in ((1, 0.00581), (2, 0.01162), (3, None))
    )
    for order in itertools.permutations([cheap, dear, none]):
        assert applied(sent(), *order).price == Decimal("0.01162")


def test_the_parts_that_aws_counted_take_the_place_of_ours():
    assert applied(sent(parts=2), delivery(sent(), totalMessageParts=1)).parts == 1


def test_a_step_on_the_way_does_not_open_again_what_was_given_up_after_72_hours():
    message = applied(
        sent(state="unknown", reason=receipts.NO_RECEIPT), delivery(sent(), "PENDING", final=False)
    )
    assert (message.state, message.reason) == ("unknown", "no_receipt")


def test_a_final_receipt_after_72_hours_settles_it_all_the_same():
    message = applied(sent(state="unknown", reason=receipts.NO_RECEIPT), delivery(sent()))
    assert (message.state, message.reason) == ("delivered", "")


@pytest.mark.django_db
def test_it_matches_by_the_id_that_travelled_with_the_text():
    _, (message,) = run_of(1)
    assert about(delivery(message)) == message
    message.refresh_from_db()
    assert message.state == "delivered"


@pytest.mark.django_db
def test_it_matches_by_the_id_of_aws_when_the_context_is_missing():
    _, (message,) = run_of(1)
    Message.objects.update(aws_id=f"aws-of-{message.pk}", state="accepted", sent_at=NOON)
    assert about(delivery(message, context={})) == message


@pytest.mark.django_db
@pytest.mark.parametrize(
    "changes",
    [
        {"context": {"site": "another", "message": "1"}},
        {"destinationPhoneNumber": "+19995550000"},
        {"context": {"site": "sendpoint", "message": "²"}},
        {"context": {"site": "sendpoint", "message": "9" * 40}},
    ],
)
def test_what_is_not_about_our_text_to_that_number_is_left_alone(changes):
    _, (message,) = run_of(1)
    assert about(delivery(message, **changes)) is None
    message.refresh_from_db()
    assert message.state == "queued"


@pytest.mark.django_db
def test_a_batch_takes_a_fixed_number_of_queries(django_assert_max_num_queries):
    _, messages = run_of(50)
    with django_assert_max_num_queries(4):
        receipts.apply([parse(delivery(m)) for m in messages])
