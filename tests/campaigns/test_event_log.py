import json

import pytest

from campaigns import event_log
from campaigns.event_log import Raw
from campaigns.models import Event, InboundMessage
from compliance import evidence, gate
from compliance.models import LedgerEntry, Suppression
from contacts.models import Contact
from tests.campaigns.events import delivery, inbound
from tests.campaigns.factories import NOON, ContactFactory, run_of

pytestmark = pytest.mark.django_db


def store(*payloads, keys=None):
    event_log.store(
        [
            Raw(key=key, source="sns", payload=p if isinstance(p, str) else json.dumps(p))
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
    store("not json", {"eventType": "NOVELTY"}, delivery(message))
    event_log.process_batch()
    message.refresh_from_db()
    assert message.state == "delivered"
    assert list(Event.objects.filter(status="broken").values_list("error", flat=True)) == [
        "the payload is not JSON",
        "unknown event type 'NOVELTY'",
    ]


def test_an_event_about_nobodys_text_is_marked_so():
    _, (message,) = run_of(1)
    store(delivery(message, context={}, messageId="elsewhere"))
    event_log.process_batch()
    assert Event.objects.get().status == "unmatched"


def test_events_are_acted_on_once():
    store({"eventType": "NOVELTY"})
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


def test_a_stop_from_a_stranger_is_kept_too():
    store(inbound("+12125550199", "STOP"))
    event_log.process_batch()
    assert Suppression.objects.filter(phone="+12125550199").exists()
    assert not Contact.objects.exists()
