"""The way of events back to an installation: topics, subscription or queue, event destination.

`look` reads what is there; `plan` says which calls are still to be made, in their order, and none
where everything is there. So whatever failed half-way is gone on with by planning anew. What other
systems may use is left alone: foreign statements of a policy, other destinations, and numbers whose
answers already go somewhere.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError

from pinpoint.calls import Call, ClientOf
from pinpoint.survey import SMS, Destination, Sender, Survey

DESTINATION = "sendpoint"
ALL_TEXTS = ["TEXT_ALL"]
PUBLISHER = "sms-voice.amazonaws.com"
STATEMENT = "SendpointEvents"
GONE = ("NotFound", "NonExistentQueue", "QueueDoesNotExist")
DAYS_14 = str(14 * 24 * 3600)  # the longest that SQS keeps a message
TRIES = 20  # before a message goes to the dead-letter queue
QUEUE_SECONDS = "60"  # as long as the receiver hides what it is storing
INBOUND = "AWS may charge for texts that come in."
FREE_QUEUES = "SQS and SNS charge by use; what is set up costs nothing by itself."


@dataclass(frozen=True, slots=True)
class Place:
    """Where it is set up, and to where events come: an address of ours, or (empty) a queue."""

    account_id: str
    region: str
    configuration_set: str
    endpoint: str = ""
    partition: str = "aws"

    @property
    def events_topic(self) -> str:
        """Receipts go there."""
        return self._arn("sns", "sendpoint-events")

    @property
    def inbound_topic(self) -> str:
        """Answers go there."""
        return self._arn("sns", "sendpoint-inbound")

    @property
    def topics(self) -> tuple[str, str]:
        """Both."""
        return self.events_topic, self.inbound_topic

    @property
    def queue(self) -> str:
        """The queue behind both topics."""
        return self._arn("sqs", "sendpoint")

    @property
    def queue_name(self) -> str:
        """The queue's name in its account."""
        return _name(self.queue)

    @property
    def dead_letters(self) -> str:
        """What could not be stored goes there."""
        return self._arn("sqs", "sendpoint-dead-letters")

    def _arn(self, service: str, name: str) -> str:
        return f"arn:{self.partition}:{service}:{self.region}:{self.account_id}:{name}"


@dataclass(slots=True)
class There:
    """What is there already."""

    topics: dict[str, Mapping[str, str]] = field(default_factory=dict)  # ARN: attributes
    subscribed: set[tuple[str, str]] = field(default_factory=set)  # (topic, endpoint), confirmed
    queues: dict[str, Mapping[str, str]] = field(default_factory=dict)  # ARN: attributes
    urls: dict[str, str] = field(default_factory=dict)  # ARN: URL
    has_set: bool = False
    destinations: Sequence[Destination] = ()
    senders: Sequence[Sender] = ()


def look(client_of: ClientOf, place: Place, found: Survey) -> There:
    """Read what is there; `found` is a survey of the account. Raises what boto3 raises."""
    there = There(
        has_set=bool(found.has_set),
        destinations=found.destinations,
        senders=found.senders or (),
    )
    sns = client_of("sns")
    for topic in place.topics:
        attributes = _or_none(sns.get_topic_attributes, TopicArn=topic)
        if attributes is None:
            continue
        there.topics[topic] = attributes["Attributes"]
        for page in sns.get_paginator("list_subscriptions_by_topic").paginate(TopicArn=topic):
            there.subscribed |= {
                (topic, one["Endpoint"])
                for one in page["Subscriptions"]
                if one["SubscriptionArn"].startswith("arn:")
            }
    if not place.endpoint:
        _look_at_queues(client_of("sqs"), place, there)
    return there


def _look_at_queues(sqs: Any, place: Place, there: There) -> None:
    for queue in (place.dead_letters, place.queue):
        url = _or_none(sqs.get_queue_url, QueueName=_name(queue))
        if url is None:
            continue
        there.urls[queue] = url["QueueUrl"]
        answer = sqs.get_queue_attributes(QueueUrl=url["QueueUrl"], AttributeNames=["All"])
        there.queues[queue] = answer.get("Attributes", {})


def _or_none(call: Any, **members: str) -> Any:
    try:
        return call(**members)
    except ClientError as trouble:
        if any(trouble.response["Error"]["Code"].endswith(code) for code in GONE):
            return None
        raise


def plan(place: Place, there: There) -> list[Call]:
    """Return the calls that are still to be made. Pure."""
    return [
        *_topics(place, there),
        *([] if place.endpoint else _queues(place, there)),
        *_subscriptions(place, there),
        *_configuration(place, there),
        *_two_way(place, there),
    ]


def digest(calls: Sequence[Call]) -> str:
    """Name a plan, so that what was seen is what is made."""
    return hashlib.sha256("\n".join(call.command for call in calls).encode()).hexdigest()


def elsewhere(place: Place, there: There) -> list[Sender]:
    """Return what has its answers go somewhere else, which is left as it is."""
    return [one for one in _answerable(there) if one.two_way and one.channel != place.inbound_topic]


def _topics(place: Place, there: There) -> list[Call]:
    calls = []
    uses = {place.events_topic: "Receipts go there.", place.inbound_topic: "Answers go there."}
    for topic, why in uses.items():
        policy = _policy(topic, place, "sns:Publish", {"Service": PUBLISHER}, _of_account(place))
        attributes = there.topics.get(topic)
        if attributes is None:
            wanted = {"Policy": json.dumps(policy), "SignatureVersion": "2"}
            members = {"Name": _name(topic), "Attributes": wanted}
            calls.append(Call("sns", "CreateTopic", members, why, FREE_QUEUES))
            continue
        if merged := _with_statement(attributes.get("Policy", ""), policy):
            calls.append(_attribute(topic, "Policy", json.dumps(merged), "AWS may publish to it."))
        if attributes.get("SignatureVersion") == "1":
            calls.append(_attribute(topic, "SignatureVersion", "2", "Signed with SHA-256."))
    return calls


def _attribute(topic: str, name: str, value: str, why: str) -> Call:
    members = {"TopicArn": topic, "AttributeName": name, "AttributeValue": value}
    return Call("sns", "SetTopicAttributes", members, why)


def _queues(place: Place, there: There) -> list[Call]:
    publisher = {"ArnEquals": {"aws:SourceArn": list(place.topics)}}
    service = {"Service": "sns.amazonaws.com"}
    policy = _policy(place.queue, place, "sqs:SendMessage", service, publisher)
    redrive = {"deadLetterTargetArn": place.dead_letters, "maxReceiveCount": TRIES}
    wanted = {
        "MessageRetentionPeriod": DAYS_14,
        "VisibilityTimeout": QUEUE_SECONDS,
        "RedrivePolicy": json.dumps(redrive),
    }
    calls = []
    if place.dead_letters not in there.queues:
        members = {
            "QueueName": _name(place.dead_letters),
            "Attributes": {"MessageRetentionPeriod": DAYS_14},
        }
        why = "What could not be stored waits there."
        calls.append(Call("sqs", "CreateQueue", members, why, FREE_QUEUES))
    has = there.queues.get(place.queue)
    if has is None:
        given = {
            "QueueName": place.queue_name,
            "Attributes": wanted | {"Policy": json.dumps(policy)},
        }
        why = "Receipts and answers wait there until they are stored."
        return [*calls, Call("sqs", "CreateQueue", given, why, FREE_QUEUES)]
    changed = {name: value for name, value in wanted.items() if not _same(has.get(name), value)}
    if merged := _with_statement(has.get("Policy", ""), policy):
        changed["Policy"] = json.dumps(merged)
    if changed:
        members = {"QueueUrl": there.urls[place.queue], "Attributes": changed}
        calls.append(Call("sqs", "SetQueueAttributes", members, "The topics may send to it."))
    return calls


def _subscriptions(place: Place, there: There) -> list[Call]:
    endpoint = place.endpoint or place.queue
    protocol = place.endpoint.partition(":")[0] or "sqs"
    return [
        Call(
            "sns",
            "Subscribe",
            {"TopicArn": topic, "Protocol": protocol, "Endpoint": endpoint},
            "What is published there comes here.",
        )
        for topic in place.topics
        if (topic, endpoint) not in there.subscribed
    ]


def _configuration(place: Place, there: There) -> list[Call]:
    name = {"ConfigurationSetName": place.configuration_set}
    calls = []
    if not there.has_set:
        calls.append(Call(SMS, "CreateConfigurationSet", name, "Every text names it."))
    if any(_is_good(one, place) for one in there.destinations):
        return calls
    members: dict[str, Any] = {
        **name,
        "EventDestinationName": DESTINATION,
        "MatchingEventTypes": ALL_TEXTS,
        "SnsDestination": {"TopicArn": place.events_topic},
    }
    if any(one.name == DESTINATION for one in there.destinations):
        members["Enabled"] = True
        why = "Receipts of all texts go to the topic again."
        return [*calls, Call(SMS, "UpdateEventDestination", members, why)]
    why = "Receipts of all texts go to the topic."
    return [*calls, Call(SMS, "CreateEventDestination", members, why)]


def _is_good(one: Destination, place: Place) -> bool:
    whole = {"ALL", *ALL_TEXTS} & set(one.types)
    return one.enabled and bool(whole) and one.topic == place.events_topic


def _two_way(place: Place, there: There) -> list[Call]:
    calls = []
    for one in _answerable(there):
        if one.two_way:
            continue
        members = {"TwoWayEnabled": True, "TwoWayChannelArn": place.inbound_topic}
        why = f"Answers to {one.name} come in."
        if one.kind == "pool":
            calls.append(Call(SMS, "UpdatePool", {"PoolId": one.aws_id, **members}, why, INBOUND))
        else:
            given = {"PhoneNumberId": one.aws_id, **members}
            calls.append(Call(SMS, "UpdatePhoneNumber", given, why, INBOUND))
    return calls


def _answerable(there: There) -> Iterable[Sender]:
    """Yield numbers and pools; a number in a pool is as its pool is."""
    for one in there.senders:
        if one.kind != "sender-id" and one.active and not one.pool_id:
            yield one


def _of_account(place: Place) -> dict[str, Any]:
    return {"StringEquals": {"aws:SourceAccount": place.account_id}}


def _policy(
    arn: str, place: Place, action: str, who: Mapping[str, str], condition: Mapping[str, Any]
) -> dict[str, Any]:
    statement = {
        "Sid": STATEMENT,
        "Effect": "Allow",
        "Principal": dict(who),
        "Action": action,
        "Resource": arn,
        "Condition": dict(condition),
    }
    return {"Version": "2012-10-17", "Statement": [statement]}


def _with_statement(has: str, wanted: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return a policy with our statement beside those of others; None: it is there as it is."""
    policy = json.loads(has) if has else {"Version": wanted["Version"], "Statement": []}
    statements = policy["Statement"]
    statements = statements if isinstance(statements, list) else [statements]
    [ours] = wanted["Statement"]
    if ours in statements:
        return None
    others = [one for one in statements if one.get("Sid") != STATEMENT]
    return {**policy, "Statement": [*others, ours]}


def _same(has: str | None, wanted: str) -> bool:
    if has is None or not wanted.startswith("{"):
        return has == wanted
    one, other = json.loads(has), json.loads(wanted)
    return {name: str(value) for name, value in one.items()} == {
        name: str(value) for name, value in other.items()
    }


def _name(arn: str) -> str:
    return arn.rpartition(":")[2]
