from datetime import timedelta

import pytest
from django.utils import timezone

from campaigns import actions, runs, triggers
from campaigns.models import Campaign, Message, PersonEvent, Run
from tests.campaigns.actions.conftest import ana, draft, no_broker  # noqa: F401
from tests.campaigns.factories import NOON, ContactFactory, SegmentFactory

pytestmark = pytest.mark.django_db
KIND = "order.shipped"


@pytest.fixture
def waiting(draft, ana):  # noqa: F811
    """A campaign that was launched to answer an event."""
    Campaign.objects.filter(pk=draft.pk).update(timing="event", event=KIND)
    assert actions.launch(draft.pk, ana) is None
    draft.refresh_from_db()
    return draft


def person():
    return ContactFactory()


def test_launching_one_that_answers_events_texts_nobody(waiting):
    assert waiting.status == "sending"
    assert not Run.objects.exists()


def test_an_event_queues_a_text_to_its_person(waiting):
    somebody = person()
    assert triggers.record_event(KIND, somebody.pk, timezone.now()) == 1
    message = Message.objects.get()
    assert (message.contact, message.state) == (somebody, "queued")
    (totals,) = runs.totals([waiting.pk])
    assert totals["audience"] == totals["open"] == 1


def test_the_same_event_twice_texts_once(waiting):
    somebody = person()
    assert [triggers.record_event(KIND, somebody.pk, timezone.now()) for _ in "12"] == [1, 0]


def test_events_of_one_hour_are_one_run_and_those_of_the_next_another(waiting):
    now = timezone.now()
    triggers.record_event(KIND, person().pk, now)
    triggers.record_event(KIND, person().pk, now + timedelta(minutes=59))
    triggers.record_event(KIND, person().pk, now + timedelta(minutes=61))
    assert list(Run.objects.order_by("pk").values_list("audience", flat=True)) == [2, 1]


def test_another_event_a_paused_campaign_and_who_is_not_in_the_segment_queue_nothing(waiting, ana):  # noqa: F811
    now = timezone.now()
    assert triggers.record_event("other", person().pk, now) == 0
    nobody = SegmentFactory(rules={"match": "any", "rules": []})
    Campaign.objects.filter(pk=waiting.pk).update(segment=nobody)
    assert triggers.record_event(KIND, person().pk, now) == 0
    actions.pause(waiting.pk, ana)
    assert triggers.record_event(KIND, person().pk, now) == 0


def test_it_goes_on_when_its_texts_have_ended_and_ends_at_its_end(waiting):
    triggers.record_event(KIND, person().pk, timezone.now())
    Message.objects.update(state="delivered")
    runs.finish_ended()
    waiting.refresh_from_db()
    assert waiting.status == "sending"
    Campaign.objects.filter(pk=waiting.pk).update(ends_at=timezone.now())
    runs.finish_ended()
    waiting.refresh_from_db()
    assert waiting.status == "completed"


def test_a_person_may_record_an_event(waiting, ana):  # noqa: F811
    assert actions.record_event(KIND, person().phone, ana) == 1
    with pytest.raises(actions.Refused, match="No contact"):
        actions.record_event(KIND, "+12065559999", ana)


def test_what_a_person_did_is_recorded_though_no_campaign_waits_for_it():
    somebody = person()
    triggers.record_event("order.placed", somebody.pk, NOON)
    event = PersonEvent.objects.get()
    assert (event.kind, event.contact_id, event.happened_at) == ("order.placed", somebody.pk, NOON)
