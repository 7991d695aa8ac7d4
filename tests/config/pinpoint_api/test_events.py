from datetime import timedelta

import pytest
from django.utils import timezone

from campaigns.models import Message, PersonEvent
from contacts.models import Contact
from pinpoint.v1_api.writing import iso
from tests.campaigns.factories import CampaignFactory, SegmentFactory, opted_in
from tests.compliance.factories import ProgramFactory

pytestmark = pytest.mark.django_db
ANA = "+12125550111"
ENDPOINT = {"Address": ANA, "ChannelType": "SMS"}


@pytest.fixture
def program():
    return ProgramFactory()


def event(kind="order.shipped", at=None):
    return {"EventType": kind, "Timestamp": iso(at or timezone.now())}


def put(pinpoint, program, events, endpoint=ENDPOINT, name="ana"):
    answer = pinpoint.put_events(
        ApplicationId=program.application_id,
        EventsRequest={"BatchItem": {name: {"Endpoint": endpoint, "Events": events}}},
    )
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 202
    return answer["EventsResponse"]["Results"][name]


def test_an_event_is_answered_by_the_campaign_that_waits_for_it(pinpoint, program):
    everybody = SegmentFactory(rules={"match": "all", "rules": []})
    CampaignFactory(
        program=program, segment=everybody, timing="event", event="order.shipped", status="sending"
    )
    opted_in(program, ANA)
    found = put(pinpoint, program, {"e1": event()})
    assert found["EventsItemResponse"]["e1"]["StatusCode"] == 202
    assert Message.objects.get().phone == ANA


def test_an_event_shows_that_the_person_is_active(pinpoint, program):
    at = timezone.now() - timedelta(days=3)
    put(pinpoint, program, {"e1": event(at=at)})
    put(pinpoint, program, {"e2": event(at=at - timedelta(days=9))})
    assert iso(Contact.objects.get().last_active_at) == iso(at)


def test_an_endpoint_that_is_known_needs_no_address(pinpoint, program):
    put(pinpoint, program, {"e1": event()})
    found = put(pinpoint, program, {"e2": event()}, endpoint={})
    assert found["EndpointItemResponse"]["StatusCode"] == 202
    assert PersonEvent.objects.count() == 2


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"EventType": "_SMS.OPTOUT"}, "EventType"),
        ({"EventType": "x" * 51}, "EventType"),
        ({"Timestamp": "yesterday"}, "Timestamp"),
        ({"Timestamp": "2999-01-01T00:00:00Z"}, "future"),
    ],
)
def test_a_bad_event_is_refused_by_itself(pinpoint, program, said, words):
    found = put(pinpoint, program, {"bad": event() | said, "good": event()})["EventsItemResponse"]
    assert (found["bad"]["StatusCode"], words in found["bad"]["Message"]) == (400, True)
    assert found["good"]["StatusCode"] == 202
    assert PersonEvent.objects.count() == 1


def test_events_of_a_bad_endpoint_are_refused_with_it(pinpoint, program):
    found = put(pinpoint, program, {"e1": event()}, endpoint={"Address": "nobody"})
    assert found["EndpointItemResponse"]["StatusCode"] == 400
    assert found["EventsItemResponse"]["e1"]["StatusCode"] == 400
    assert not PersonEvent.objects.exists()
