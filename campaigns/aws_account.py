"""The account of this installation: its row, its clients, and checking it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.conf import settings

from campaigns import checkup
from campaigns.models import AwsAccount
from compliance import mirroring
from pinpoint.clients import account_client
from pinpoint.survey import Survey, Wanted, survey


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


def look() -> tuple[Survey, Sequence[checkup.Point]]:
    """Ask AWS about everything; nothing is changed there."""
    use = wanted()
    found = survey(client_of, use)
    return found, checkup.points(found, use, list(mirroring.lists()))


def check(now: datetime) -> Sequence[checkup.Point]:
    """Look, and keep what was found for the page."""
    found, points = look()
    account = here()
    account.points = [point.record() for point in points]
    account.checked_at = now
    account.account_id, account.user = found.account_id, found.user
    account.save(update_fields=["points", "checked_at", "account_id", "user"])
    return points
