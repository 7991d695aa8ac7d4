"""Setting up the way of events back to this installation, and having its topics believed."""

from dataclasses import dataclass

from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from campaigns import aws_account
from campaigns.actions.acting import Actor
from campaigns.actions.aws_calls import check_may_manage, make_call, note
from campaigns.models import AwsAccount
from campaigns.refusal import Refused
from pinpoint import set_up, troubles
from pinpoint.calls import Call
from pinpoint.set_up import Place
from pinpoint.survey import partition_of, survey


@dataclass(frozen=True, slots=True)
class Plan:
    """What would be done: the calls, in order, and what is left alone."""

    place: Place
    calls: list[Call]
    elsewhere: list[str]  # numbers whose answers go to other systems
    queue_url: str = ""

    @property
    def digest(self) -> str:
        """Name it, so that what was seen is what is done."""
        return set_up.digest(self.calls)


def plan_events(endpoint: str, user: Actor) -> Plan:
    """Look at AWS and say what is to be done. `endpoint`: where SNS posts; empty: a queue."""
    check_may_manage(user)
    if endpoint and not endpoint.startswith("https://") and not settings.SENDPOINT_LOCAL:
        raise Refused(_("SNS posts to addresses that begin with https:// only."))
    found = survey(aws_account.client_of, aws_account.wanted())
    if found.credentials:
        raise Refused(found.credentials)
    place = Place(
        found.account_id,
        settings.AWS_REGION,
        settings.AWS_CONFIGURATION_SET,
        endpoint,
        partition_of(found.user),
    )
    try:
        there = set_up.look(aws_account.client_of, place, found)
    except (ClientError, BotoCoreError) as trouble:
        raise Refused(troubles.in_words(trouble)) from trouble
    others = [one.name for one in set_up.elsewhere(place, there)]
    return Plan(place, set_up.plan(place, there), others, there.urls.get(place.queue, ""))


def set_up_events(endpoint: str, seen: str, user: Actor) -> int:
    """Make the calls of the plan that somebody has seen; return how many.

    Each call is on record. One that AWS refuses ends it (Refused); planned anew, it goes on there.
    """
    plan = plan_events(endpoint, user)
    if plan.digest != seen:
        raise Refused(_("Things at AWS have changed meanwhile. Look at the calls again."))
    # First, since SNS asks for confirmation at once, and only what is believed is confirmed.
    _believe(plan.place, user)
    _read_queue(plan.queue_url, user)
    for call in plan.calls:
        made = make_call(call, user)
        # At once: events may come to it, whatever becomes of the calls after it.
        if call.operation == "CreateQueue" and call.members["QueueName"] == plan.place.queue_name:
            _read_queue(made.answer["QueueUrl"], user)
    return len(plan.calls)


def _believe(place: Place, user: Actor) -> None:
    with transaction.atomic():
        account = AwsAccount.objects.select_for_update().get(pk=aws_account.here().pk)
        missing = [topic for topic in place.topics if topic not in account.topics]
        if missing:
            account.topics = [*account.topics, *missing]
            account.save(update_fields=["topics"])
            note(user, f"Notifications of {', '.join(missing)} are believed.")


def _read_queue(url: str, user: Actor) -> None:
    with transaction.atomic():
        account = AwsAccount.objects.select_for_update().get(pk=aws_account.here().pk)
        if url and url not in account.queues:
            account.queues = [*account.queues, url]
            account.save(update_fields=["queues"])
            note(user, f"Events are taken from {url}.")
