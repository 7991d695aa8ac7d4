import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection, transaction

from campaigns import conversations, event_log, receipts
from campaigns.models import Event, InboundMessage, Message
from compliance import evidence, gate
from compliance.models import LedgerEntry, Suppression
from contacts.models import Contact
from pinpoint.events import parse
from pinpoint.receivers.raw import RawEvent
from tests.campaigns.events import delivery, inbound
from tests.campaigns.factories import NOON, ContactFactory, run_of
from tests.compliance.factories import OriginatorFactory

pytestmark = pytest.mark.django_db


def store(*payloads, keys=None):
    event_log.store(
        [
            RawEvent(key=key, source="sns", payload=p if isinstance(p, str) else json.dumps(p))
            for key, p in zip(
                keys or [f"k{n}" for n in range(len(payloads))], payloads, strict=True
            )
        ]
    )


def test_the_same_notification_is_stored_once():
    store({"a": 1}, keys=["sns:1"])
    store({"a": 1}, keys=["sns:1"])
    assert Event.objects.count() == 1


def test_a_delivery_is_applied():
    _, (message,) = run_of(1)
    store(delivery(message))
    event_log.process_batch()
    message.refresh_from_db()
    assert (message.state, Event.objects.get().status) == ("delivered", "done")


def test_a_broken_event_is_kept_with_its_reason_and_holds_up_nothing():
    _, (message,) = run_of(1)
    store("not json", {"eventType": "TEXT_NOVELTY"}, delivery(message))
    event_log.process_batch()
    message.refresh_from_db()
    assert message.state == "delivered"
    assert list(Event.objects.filter(status="broken").values_list("error", flat=True)) == [
        "the payload is not JSON",
        "messageStatus is missing",
    ]


def test_an_event_of_a_type_that_is_not_ours_is_kept_and_told_apart():
    store({"eventType": "VOICE_BUSY"}, {"event_type": "_campaign.send"})
    event_log.process_batch()
    assert list(Event.objects.values_list("status", "error")) == [
        ("unknown", "unknown event type 'VOICE_BUSY'"),
        ("unknown", "unknown event type '_campaign.send'"),
    ]


def test_an_event_that_cannot_be_acted_on_is_put_aside_and_the_others_are_not(monkeypatch):
    _, (message,) = run_of(1)
    act = conversations.receive

    def stumble(received):
        if any(item.text.body == "trip" for item in received):
            raise KeyError("over this one")
        return act(received)

    monkeypatch.setattr(conversations, "receive", stumble)
    trip, fine = (inbound("+12125550111", text, inbound_id=text) for text in ("trip", "STOP"))
    store(trip, fine, delivery(message))
    event_log.process_batch()
    assert list(Event.objects.order_by("pk").values_list("status", flat=True)) == [
        "broken",
        "done",
        "done",
    ]
    assert Suppression.objects.filter(phone="+12125550111").exists()


def test_what_was_put_aside_can_be_acted_on_again(monkeypatch):
    store(inbound("+12125550111", "STOP"))
    with monkeypatch.context() as broken:
        broken.delattr(conversations, "receive")
        event_log.process_batch()
    assert event_log.replay([Event.objects.get(status="broken").pk]) == 1
    event_log.process_batch()
    assert Suppression.objects.filter(phone="+12125550111").exists()


def test_a_replay_of_the_whole_log_changes_nothing():
    _, messages = run_of(3)
    store(
        delivery(messages[0]),
        delivery(messages[1], "QUEUED", final=False),
        delivery(messages[1], "BLOCKED", after=9),
        inbound(messages[2].phone, "STOP"),
    )
    event_log.process_batch()
    before = list(Message.objects.order_by("pk").values()), LedgerEntry.objects.count()
    assert event_log.replay() == 4
    event_log.process_batch()
    assert (list(Message.objects.order_by("pk").values()), LedgerEntry.objects.count()) == before


def test_old_events_are_dropped_and_dead_letters_kept():
    store({"eventType": "VOICE_BUSY"}, "not json", {"eventType": "VOICE_RINGING"})
    event_log.process_batch()
    store({"eventType": "VOICE_ANSWERED"}, keys=["new"])
    event_log.process_batch()
    Event.objects.exclude(dedupe_key="new").update(received_at=NOON - timedelta(days=91))
    Event.objects.filter(dedupe_key="new").update(received_at=NOON - timedelta(days=89))
    assert event_log.drop_old(NOON) == 2
    assert set(Event.objects.values_list("status", "dedupe_key")) == {
        ("broken", "k1"),
        ("unknown", "new"),
    }


def test_old_events_are_dropped_in_batches_of_which_none_holds_the_table(
    monkeypatch, django_assert_max_num_queries
):
    store(*({"eventType": "VOICE_BUSY", "n": n} for n in range(7)))
    event_log.process_batch()
    Event.objects.update(received_at=NOON - timedelta(days=91))
    monkeypatch.setattr(event_log, "DROP_BATCH", 3)
    with django_assert_max_num_queries(20) as queries:
        assert event_log.drop_old(NOON) == 7
    deletes = [query["sql"] for query in queries if query["sql"].startswith("DELETE")]
    assert len(deletes) == 3
    assert not any("LOCK TABLE" in query["sql"] for query in queries)


@pytest.mark.parametrize(
    ("destination", "origination"),
    [("+12125550111", "+12065550100"), ("+12065550100", "+12125550111")],
)
def test_an_opt_out_of_pinpoints_own_stream_suppresses_the_person(destination, origination):
    OriginatorFactory(identity="+12065550100")
    store(
        {
            "event_type": "_SMS.OPTOUT",
            "event_timestamp": 1790000005322,
            "attributes": {
                "destination_phone_number": destination,
                "origination_phone_number": origination,
            },
        }
    )
    event_log.process_batch()
    assert list(Suppression.objects.values_list("phone", flat=True)) == ["+12125550111"]


def test_a_receipt_of_pinpoints_own_stream_finds_its_text_by_our_id():
    _, (message,) = run_of(1)
    store(
        {
            "event_type": "_SMS.SUCCESS",
            "event_timestamp": 1790000005322,
            "attributes": {
                "destination_phone_number": message.phone,
                "record_status": "DELIVERED",
                "message_id": "v1-1",
                "number_of_message_parts": "2",
                "customer_context": json.dumps({"site": "sendpoint", "message": str(message.pk)}),
            },
            "metrics": {"price_in_millicents_usd": 645.0},
        }
    )
    event_log.process_batch()
    message.refresh_from_db()
    assert (message.state, message.parts, message.price) == ("delivered", 2, Decimal("0.00645"))


def test_an_event_about_nobodys_text_is_marked_so():
    _, (message,) = run_of(1)
    store(delivery(message, context={}, messageId="elsewhere"))
    event_log.process_batch()
    assert Event.objects.get().status == "unmatched"


def test_events_are_acted_on_once():
    store({"eventType": "VOICE_BUSY"})
    assert (event_log.process_batch(), event_log.process_batch()) == (1, 0)


@pytest.mark.parametrize("body", ["nul \x00 inside", "lone \ud800 surrogate"])
def test_text_that_postgresql_cannot_hold_is_kept_all_the_same(body):
    store(inbound("+12125550111", body))
    event_log.process_batch()
    assert InboundMessage.objects.count() == 1


def test_deep_nesting_is_a_broken_event():
    store("[" * 100_000)
    event_log.process_batch()
    assert Event.objects.get().status == "broken"


def test_a_stop_suppresses_the_number_with_its_words_as_evidence():
    store(inbound("+12125550111", "Stop please"))
    event_log.process_batch()
    assert Suppression.objects.filter(phone="+12125550111").exists()
    assert evidence.recorded(LedgerEntry.objects.get())["text"] == "Stop please"


def test_a_stop_blocks_what_is_still_waiting():
    run, (message,) = run_of(1)
    store(inbound(message.phone, "STOP"))
    event_log.process_batch()
    question = gate.Question(message.phone, run.campaign.program_id, "promotional")
    assert gate.decide([question], NOON)[0].reason is gate.Reason.SUPPRESSED


def test_a_start_lifts_the_stop():
    store(inbound("+12125550111", "STOP"), inbound("+12125550111", "START", inbound_id="in-2"))
    event_log.process_batch()
    assert not Suppression.objects.exists()


def test_the_same_inbound_text_published_twice_acts_once():
    store(inbound("+12125550111", "STOP"), inbound("+12125550111", "STOP"))
    event_log.process_batch()
    assert LedgerEntry.objects.count() == 1


def test_an_inbound_text_is_matched_to_its_contact():
    contact = ContactFactory(phone="+12125550111")
    store(inbound("12125550111", "Thanks!"))
    event_log.process_batch()
    assert InboundMessage.objects.get().contact == contact


def test_whoever_texts_us_was_active_then():
    contact = ContactFactory(phone="+12125550111")
    store(inbound("+12125550111", "Thanks!"))
    event_log.process_batch()
    contact.refresh_from_db()
    assert contact.last_active_at == InboundMessage.objects.get().received_at


def test_a_stop_from_a_stranger_is_kept_too():
    store(inbound("+12125550199", "STOP"))
    event_log.process_batch()
    assert Suppression.objects.filter(phone="+12125550199").exists()
    assert not Contact.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_an_answer_to_a_text_does_not_wait_for_the_worker_that_has_its_receipt():
    """Else two workers, each with an answer to what the other has, wait for each other."""
    _run, [message] = run_of(1)
    Message.objects.update(aws_id=f"aws-of-{message.pk}", state="accepted", sent_at=NOON)
    store(inbound(message.phone, "Thanks!", answers=f"aws-of-{message.pk}"))

    def another_worker():
        try:
            with connection.cursor() as cursor:
                cursor.execute("SET lock_timeout = '3s'")
            return event_log.process_batch()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool, transaction.atomic():
        receipts.apply([parse(delivery(message))])
        assert pool.submit(another_worker).result() == 1
    assert InboundMessage.objects.get().answers == message
