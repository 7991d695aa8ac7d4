"""The stream that gets all events of a program, as Pinpoint's PutEventStream set it."""

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from campaigns.actions.acting import Actor, key
from campaigns.models import Destination
from campaigns.refusal import Refused
from compliance.models import Program
from pinpoint.streams import Stream


def event_stream_of(program: Program) -> Destination | None:
    """Return the stream that a program's events go to."""
    return Destination.objects.filter(program=program, is_event_stream=True).first()


def put_event_stream(program: Program, arn: str, role_arn: str, user: Actor) -> Destination:
    """Send a program's events to a stream, in the place of the one before. Raises Refused."""
    _may(user, "change")
    stream = Stream.of(arn)
    if stream is None:
        raise Refused(_("{} is not the ARN of a Kinesis or Firehose stream.").format(arn))
    with transaction.atomic():
        Program.objects.select_for_update().get(pk=program.pk)  # one at a time
        place = event_stream_of(program) or Destination(
            program=program, is_event_stream=True, created_by_id=key(user), name=_name_for(program)
        )
        place.kind, place.address, place.role_arn = stream.service, arn, role_arn
        place.active = True
        place.save()
        _audit(user, place, f"Events of {program} go to {arn}.")
    return place


def end_event_stream(program: Program, user: Actor) -> Destination:
    """Send a program's events there no longer; what waits to be sent is dropped. Raises Refused."""
    _may(user, "delete")
    with transaction.atomic():
        place = (
            Destination.objects.select_for_update()
            .filter(program=program, is_event_stream=True)
            .first()
        )
        if place is None:
            raise Destination.DoesNotExist
        _audit(user, place, f"Events of {program} no longer go to {place.address}.")
        Destination.objects.filter(pk=place.pk).delete()  # of `place` its id is still asked for
    return place


def last_change(place: Destination) -> LogEntry:
    """Return who set an event stream last, and when."""
    kind = ContentType.objects.get_for_model(Destination)
    changes = LogEntry.objects.filter(content_type=kind, object_id=str(place.pk))
    return changes.select_related("user").latest("pk")


def _name_for(program: Program) -> str:
    name = f"{program.name}: event stream"[:90]
    taken = Destination.objects.filter(name=name).exists()
    return f"{name} ({program.pk})" if taken else name


def _may(user: Actor, what: str) -> None:
    if not user.has_perm(f"campaigns.{what}_destination"):
        raise PermissionDenied(_("You need the permission to say who is told of events."))


def _audit(user: Actor, place: Destination, said: str) -> None:
    LogEntry.objects.log_actions(key(user), [place], CHANGE, said, single_object=True)
