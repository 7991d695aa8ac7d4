"""PutEventStream and its kin: where an application's events go."""

from typing import Any

from campaigns.actions import streaming
from campaigns.models import Destination
from config.pinpoint_api.calls import Answer, Call
from pinpoint.v1_api.errors import NotFound
from pinpoint.v1_api.writing import iso


def put_event_stream(call: Call) -> Answer:
    """Send the application's events to a stream."""
    said = call.payload
    place = streaming.put_event_stream(
        call.program, said["DestinationStreamArn"], said["RoleArn"], call.user
    )
    return {"EventStream": described(call, place)}


def get_event_stream(call: Call) -> Answer:
    """Say where they go."""
    place = streaming.event_stream_of(call.program)
    if place is None:
        raise NotFound("The application has no event stream.")
    return {"EventStream": described(call, place)}


def delete_event_stream(call: Call) -> Answer:
    """Send them there no longer."""
    place = streaming.end_event_stream(call.program, call.user)
    return {"EventStream": described(call, place)}


def described(call: Call, place: Destination) -> dict[str, Any]:
    """Return a destination as Pinpoint described an event stream."""
    last = streaming.last_change(place)
    return {
        "ApplicationId": call.program.application_id,
        "DestinationStreamArn": place.address,
        "LastModifiedDate": iso(last.action_time),
        "LastUpdatedBy": last.user.get_username(),
        "RoleArn": place.role_arn,
    }
