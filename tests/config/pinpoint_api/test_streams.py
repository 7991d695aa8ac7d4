import pytest
from botocore.exceptions import ClientError

from campaigns.models import Destination
from tests.compliance.factories import ProgramFactory
from tests.config.pinpoint_api import caller

pytestmark = pytest.mark.django_db
KINESIS = "arn:aws:kinesis:us-east-1:123456789:stream/pinpoint-events"
FIREHOSE = "arn:aws:firehose:us-west-2:111122223333:deliverystream/events"
ROLE = "arn:aws:iam::123456789:role/pinpoint-kinesis-role"


@pytest.fixture
def app():
    return {"ApplicationId": ProgramFactory().application_id}


def put(pinpoint, app, arn=KINESIS):
    said = {"DestinationStreamArn": arn, "RoleArn": ROLE}
    return pinpoint.put_event_stream(**app, WriteEventStream=said)["EventStream"]


def test_events_of_the_application_go_to_the_stream(pinpoint, app):
    found = put(pinpoint, app)
    place = Destination.objects.get()
    assert (place.kind, place.address, place.active) == ("kinesis", KINESIS, True)
    assert place.program.application_id == app["ApplicationId"]
    assert pinpoint.get_event_stream(**app)["EventStream"] == found
    assert (found["RoleArn"], found["LastUpdatedBy"]) == (ROLE, "key:shop")


def test_another_stream_takes_the_place_of_the_first(pinpoint, app):
    put(pinpoint, app)
    put(pinpoint, app, FIREHOSE)
    place = Destination.objects.get()
    assert (place.kind, place.address) == ("firehose", FIREHOSE)


def test_who_set_the_stream_last_is_told_and_when(pinpoint, app):
    first = put(pinpoint, app)
    other = caller.client_of(*caller.key_with("campaigns.change_destination", name="second"))
    then = put(other, app, FIREHOSE)
    assert (first["LastUpdatedBy"], then["LastUpdatedBy"]) == ("key:shop", "key:second")
    assert then["LastModifiedDate"] > first["LastModifiedDate"]
    assert pinpoint.get_event_stream(**app)["EventStream"] == then


def test_a_stream_that_is_deleted_gets_nothing_more(pinpoint, app):
    put(pinpoint, app)
    pinpoint.delete_event_stream(**app)
    assert not Destination.objects.exists()
    for call in (pinpoint.get_event_stream, pinpoint.delete_event_stream):
        with pytest.raises(ClientError, match="NotFoundException"):
            call(**app)


@pytest.mark.parametrize(
    "arn", ["pinpoint-events", "arn:aws:sns:us-east-1:1:topic", f"{KINESIS}/x"]
)
def test_what_is_no_stream_is_refused(pinpoint, app, arn):
    with pytest.raises(ClientError, match="BadRequestException"):
        put(pinpoint, app, arn)
