from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from campaigns.models import Campaign, Message, PersonEvent
from campaigns.pinpoint_v1 import schedules
from contacts.models import Contact
from pinpoint.v1_api.writing import iso
from tests.campaigns.factories import CampaignFactory, SegmentFactory, opted_in
from tests.compliance.factories import OriginatorFactory, ProgramFactory

pytestmark = pytest.mark.django_db
ANA, OURS = "+12125550111", "+12065550100"
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


ASKED = {
    "Attributes": {"Carrier": {"AttributeType": "INCLUSIVE", "Values": ["UPS", "DHL"]}},
    "Metrics": {"Total": {"ComparisonOperator": "GREATER_THAN_OR_EQUAL", "Value": 50}},
}


@pytest.fixture
def picky(pinpoint, program):
    """A campaign that answers big orders by two carriers; its answer from the interface."""
    OriginatorFactory(identity=OURS)
    opted_in(program, ANA)
    dimensions = {"EventType": {"DimensionType": "INCLUSIVE", "Values": ["order.shipped"]}} | ASKED
    app, body = {"ApplicationId": program.application_id}, "Acme: shipped! Reply STOP to opt out."
    segment = pinpoint.create_segment(**app, WriteSegmentRequest={"Name": "All"})["SegmentResponse"]
    made = pinpoint.create_campaign(**app, WriteCampaignRequest={
        "Name": "Shipped", "SegmentId": segment["Id"], "IsPaused": True,
        "Schedule": {
            "StartTime": "IMMEDIATE", "Frequency": "EVENT",
            "EventFilter": {"FilterType": "ENDPOINT", "Dimensions": dimensions},
        },
        "MessageConfiguration": {"SMSMessage": {"Body": body, "OriginationNumber": OURS}},
    })["CampaignResponse"]  # fmt: skip
    Campaign.objects.update(status="sending")
    return made


@pytest.mark.parametrize(
    ("attributes", "metrics", "texts"),
    [
        ({"Carrier": "DHL"}, {"Total": 50.0}, 1),
        ({"Carrier": "DHL"}, {"Total": 49.9}, 0),
        ({"Carrier": "dhl"}, {"Total": 50.0}, 0),
        ({}, {}, 0),
    ],
)
def test_a_campaign_answers_the_events_that_its_filter_asks_for(
    pinpoint, program, picky, attributes, metrics, texts
):
    said = {"e1": event() | {"Attributes": attributes, "Metrics": metrics}}
    found = put(pinpoint, program, said)
    assert found["EventsItemResponse"]["e1"]["StatusCode"] == 202
    assert Message.objects.count() == texts


def test_a_filter_is_told_as_it_was_asked_for_and_as_it_is(pinpoint, program, picky):
    asked = picky["Schedule"]["EventFilter"]["Dimensions"]
    assert {name: asked[name] for name in ASKED} == ASKED
    campaign = Campaign.objects.get()
    told = schedules.schedule_of(campaign, "UTC")["EventFilter"]["Dimensions"]
    assert {name: told[name] for name in ASKED} == ASKED


def test_the_campaigns_page_says_which_events_it_answers(picky, admin_client):
    page = admin_client.get(
        reverse("admin:campaigns_campaign_change", args=[Campaign.objects.get().pk])
    ).content.decode()
    assert "Carrier is any of UPS or DHL" in page


def test_an_event_of_one_application_is_not_answered_by_campaigns_of_another(pinpoint, program):
    other = ProgramFactory()
    CampaignFactory(program=other, timing="event", event="order.shipped", status="sending")
    opted_in(other, ANA)
    put(pinpoint, program, {"e1": event()})
    assert not Message.objects.exists()


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
