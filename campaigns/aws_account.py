"""The account of this installation: its row, its clients, and checking it."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from django.conf import settings

from campaigns import checkup
from campaigns.models import AwsAccount, Destination
from compliance import mirroring
from compliance.models import Originator
from pinpoint.clients import account_client
from pinpoint.policy import Files, Uses
from pinpoint.survey import Protection, Survey, Wanted, protections, survey

# Rooms above tell here which files in S3 they read and write.
_files: list[Callable[[], Files]] = []


def register(files: Callable[[], Files]) -> None:
    """Have the policy name the files that something above reads and writes; once, at start."""
    _files.append(files)


def here() -> AwsAccount:
    """Return the row of the region that texts go through."""
    account, _made = AwsAccount.objects.get_or_create(region=settings.AWS_REGION)
    return account


def client_of(service: str) -> Any:
    """Return a client of that region."""
    return account_client(service, region=settings.AWS_REGION)


def believed(topic: str) -> bool:
    """Tell whether notifications of a topic are ours: given by a setting, or set up here."""
    if topic in settings.SNS_TOPIC_ARNS:
        return True
    return AwsAccount.objects.filter(topics__contains=[topic]).exists()


def topics() -> list[str]:
    """Return every topic that is believed."""
    made = AwsAccount.objects.values_list("topics", flat=True)
    return list(dict.fromkeys([*settings.SNS_TOPIC_ARNS, *(one for row in made for one in row)]))


def queues() -> list[str]:
    """Return every queue that is read."""
    made = AwsAccount.objects.values_list("queues", flat=True)
    return list(dict.fromkeys([*settings.SQS_QUEUE_URLS, *(one for row in made for one in row)]))


def wanted() -> Wanted:
    """Return what texts and receipts would use."""
    return Wanted(settings.AWS_CONFIGURATION_SET, topics(), queues())


def uses() -> Uses:
    """Return what this installation uses, for the policy."""
    destinations = Destination.objects.filter(active=True).values_list("kind", "address")
    files = [told() for told in _files]
    by_kind = {kind: [to for of, to in destinations if of == kind] for kind in Destination.Kind}
    return Uses(
        topics=topics(),
        queues=queues(),
        read_streams=settings.KINESIS_STREAMS,
        written_streams=by_kind[Destination.Kind.KINESIS],
        written_firehoses=by_kind[Destination.Kind.FIREHOSE],
        application=settings.PINPOINT_APPLICATION_ID,
        files=Files(
            read=[place for one in files for place in one.read],
            written=[place for one in files for place in one.written],
        ),
    )


def look() -> tuple[Survey, Sequence[checkup.Point]]:
    """Ask AWS about everything; nothing is changed there."""
    use = wanted()
    found = survey(client_of, use)
    active = Originator.objects.filter(active=True)
    countries = set(active.values_list("country", flat=True))
    return found, checkup.points(found, use, list(mirroring.lists()), countries)


def read_protections() -> None:
    """Keep the protect configurations as they are now."""
    found = protections(client_of, wanted())
    if found is not None:
        AwsAccount.objects.filter(pk=here().pk).update(protections=_plain(found))


def _plain(found: Sequence[Protection]) -> list[dict[str, Any]]:
    return [
        {
            "id": one.protect_id,
            "default": one.is_default,
            "rules": one.rules,
            "sets": list(one.sets),
        }
        for one in found
    ]


def check(now: datetime) -> Sequence[checkup.Point]:
    """Look, and keep what was found for the page."""
    found, points = look()
    account = here()
    account.points = [point.record() for point in points]
    account.checked_at = now
    fields = ["points", "checked_at"]
    if not found.credentials:
        account.account_id, account.user = found.account_id, found.user
        fields += ["account_id", "user"]
    if found.lists is not None:
        account.lists = found.lists
        fields.append("lists")
    if found.protections is not None:
        account.protections = _plain(found.protections)
        fields.append("protections")
    account.save(update_fields=fields)
    return points
