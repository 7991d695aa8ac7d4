"""A look at the account that changes nothing: reads and a dry run, each tried by itself.

What a call is refused for is as much an answer as what it says: a missing permission is found by
trying, not by guessing.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from pinpoint import metrics, troubles
from pinpoint.calls import ClientOf

SMS = "pinpoint-sms-voice-v2"
# AWS's own test destinations, by the country of the number that is tried (aws-sms.md 8.7): a text
# to one succeeds, and a dry run does not even send it.
TEST_DESTINATIONS = {
    "US": "+14254147755", "GB": "+447860019066", "AT": "+43676800442031", "AU": "+61455944038",
    "BE": "+32460213922", "CH": "+41798075872", "CL": "+56229140630", "CZ": "+420790542286",
    "DK": "+4525919410", "EE": "+37282720792", "ES": "+34683783440", "FI": "+3584573979110",
    "FR": "+33755512501", "HK": "+85257048426", "HU": "+36707178770", "IT": "+394390009172",
    "LU": "+352691385880", "NL": "+3197008100148", "NO": "+4759449384", "PL": "+48732141440",
    "PT": "+351927946948", "RO": "+40783900330", "SE": "+46790645100", "TW": "+886903444630",
}  # fmt: skip
TEST_TEXT = "Sendpoint checks whether it may send. Nothing is sent."
MOST_PROTECTIONS = 5
HOUR = timedelta(hours=1)
FIGURES = "cloudwatch:GetMetricData"  # texts go out without it
DENIED = troubles.NO_ACCESS | {"AuthorizationError", "AuthorizationErrorException"}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What this installation would use."""

    configuration_set: str
    topics: Collection[str]
    queues: Sequence[str]


@dataclass(frozen=True, slots=True)
class Sender:
    """Something that texts can come from."""

    aws_id: str
    name: str
    kind: str  # number, pool or sender-id
    active: bool
    pool_id: str = ""
    two_way: bool = False
    channel: str = ""
    opt_out_list: str = ""
    country: str = ""


@dataclass(frozen=True, slots=True)
class Destination:
    """Where the events of the configuration set go."""

    name: str
    enabled: bool
    types: tuple[str, ...]
    topic: str  # empty: somewhere else than SNS


@dataclass(frozen=True, slots=True)
class Protection:
    """A protect configuration: countries by what happens to a text to them, but ALLOW."""

    protect_id: str
    is_default: bool
    rules: dict[str, str]
    sets: tuple[str, ...] = ()  # configuration sets that it holds for, before the default


@dataclass(slots=True)
class Survey:
    """What was found. A part that could not be read is None; `troubles` says why."""

    account_id: str = ""
    user: str = ""
    tier: str | None = None
    enforced_usd: int | None = None
    most_usd: int | None = None
    senders: list[Sender] | None = None
    has_set: bool | None = None
    destinations: list[Destination] = field(default_factory=list)
    lists: list[str] | None = None
    protected_sets: dict[str, list[str]] = field(default_factory=dict)  # by protect configuration
    protections: list[Protection] | None = None
    # Endpoints that have confirmed, by topic; a topic that is not there is missing.
    topics: dict[str, list[str]] | None = None
    queues: list[str] | None = None  # those that are there
    denied: list[str] = field(default_factory=list)  # IAM actions
    troubles: dict[str, str] = field(default_factory=dict)  # IAM action: words
    away: dict[str, str] = field(default_factory=dict)  # service that does not answer: words
    credentials: str = ""  # what is wrong with them; empty: nothing
    dry_run: str | None = None  # what AWS says against a text; empty: nothing; None: not tried


def survey(client_of: ClientOf, wanted: Wanted) -> Survey:
    """Look at everything. About a dozen calls; none changes or costs anything."""
    found = Survey()
    _identity(client_of, found)
    if found.credentials:
        return found
    sms = client_of(SMS)
    for look in (_account, _senders, _configuration_set, _lists, _protections):
        look(sms, found, wanted)
    _figures(client_of, found)
    _topics(client_of, found, wanted)
    _queues(client_of, found, wanted)
    _dry_run(sms, found, wanted)
    return found


def partition_of(arn: str) -> str:
    """Return aws, aws-us-gov or the like."""
    return arn.split(":")[1] if arn.startswith("arn:") else "aws"


def _try(found: Survey, action: str, call: Callable[[], Any]) -> Any:
    """Make one call; note what it was refused for, and return None then.

    A service that does not answer is not asked again: somebody waits for the page.
    """
    service = action.partition(":")[0]
    if service in found.away:
        return None
    try:
        return call()
    except ClientError as trouble:
        response: Any = trouble.response
        if response.get("Error", {}).get("Code") in DENIED and not response.get("Reason"):
            found.denied.append(action)
        found.troubles[action] = troubles.in_words(trouble)
    except BotoCoreError as trouble:
        found.troubles[action] = found.away[service] = troubles.in_words(trouble)
    return None


def _identity(client_of: ClientOf, found: Survey) -> None:
    # Asking who one is needs no permission, so whatever fails is the credentials or the way.
    action = "sts:GetCallerIdentity"
    answer = _try(found, action, lambda: client_of("sts").get_caller_identity())
    if answer is None:
        found.credentials = found.troubles[action]
    else:
        found.account_id, found.user = answer["Account"], answer["Arn"]


def _account(sms: Any, found: Survey, wanted: Wanted) -> None:
    answer = _try(found, "sms-voice:DescribeAccountAttributes", sms.describe_account_attributes)
    if answer is not None:
        values = {one["Name"]: one["Value"] for one in answer.get("AccountAttributes", [])}
        found.tier = values.get("ACCOUNT_TIER", "")
    answer = _try(found, "sms-voice:DescribeSpendLimits", sms.describe_spend_limits)
    for one in answer.get("SpendLimits", []) if answer else ():
        if one["Name"] == "TEXT_MESSAGE_MONTHLY_SPEND_LIMIT":
            found.enforced_usd, found.most_usd = int(one["EnforcedLimit"]), int(one["MaxLimit"])
    _try(found, "sms-voice:DescribeAccountLimits", sms.describe_account_limits)


def _senders(sms: Any, found: Survey, wanted: Wanted) -> None:
    def number(one: Any) -> Sender:
        kept = one.get("PoolId", ""), one["TwoWayEnabled"], one.get("TwoWayChannelArn", "")
        active = one["Status"] == "ACTIVE"
        name = one["PhoneNumber"]
        at_home = one["OptOutListName"], one["IsoCountryCode"]
        return Sender(one["PhoneNumberId"], name, "number", active, *kept, *at_home)

    def pool(one: Any) -> Sender:
        kept = "", one["TwoWayEnabled"], one.get("TwoWayChannelArn", "")
        active = one["Status"] == "ACTIVE"
        return Sender(one["PoolId"], one["PoolId"], "pool", active, *kept, one["OptOutListName"])

    def sender_id(one: Any) -> Sender:
        name = f"{one['SenderId']}/{one['IsoCountryCode']}"
        return Sender(name, one["SenderId"], "sender-id", active=True)

    read: list[tuple[str, str, str, Callable[[Any], Sender]]] = [
        ("DescribePhoneNumbers", "describe_phone_numbers", "PhoneNumbers", number),
        ("DescribePools", "describe_pools", "Pools", pool),
        ("DescribeSenderIds", "describe_sender_ids", "SenderIds", sender_id),
    ]
    for action, method, member, make in read:
        pages = _try(found, f"sms-voice:{action}", partial(_pages, sms, method))
        if pages is not None:
            rows = [make(one) for page in pages for one in page.get(member, [])]
            found.senders = (found.senders or []) + rows


def _pages(client: Any, method: str) -> list[Any]:
    return list(client.get_paginator(method).paginate())


def _configuration_set(sms: Any, found: Survey, wanted: Wanted) -> None:
    pages = _try(
        found,
        "sms-voice:DescribeConfigurationSets",
        lambda: _pages(sms, "describe_configuration_sets"),
    )
    if pages is None:
        return
    found.has_set, found.protected_sets = False, {}
    for one in (one for page in pages for one in page.get("ConfigurationSets", [])):
        if protection := one.get("ProtectConfigurationId"):
            name = str(protection).rpartition("/")[2]
            found.protected_sets.setdefault(name, []).append(one["ConfigurationSetName"])
        if wanted.configuration_set not in (
            one["ConfigurationSetName"],
            one["ConfigurationSetArn"],
        ):
            continue
        found.has_set = True
        found.destinations = [_destination(each) for each in one.get("EventDestinations", [])]


def _destination(one: Any) -> Destination:
    topic = one.get("SnsDestination", {}).get("TopicArn", "")
    types = tuple(one["MatchingEventTypes"])
    return Destination(one["EventDestinationName"], one["Enabled"], types, topic)


def _lists(sms: Any, found: Survey, wanted: Wanted) -> None:
    answer = _try(found, "sms-voice:DescribeOptOutLists", sms.describe_opt_out_lists)
    if answer is None:
        return
    found.lists = [one["OptOutListName"] for one in answer.get("OptOutLists", [])]
    _try(
        found,
        "sms-voice:DescribeOptedOutNumbers",
        lambda: (
            sms.describe_opted_out_numbers(OptOutListName=found.lists[0], MaxResults=1)
            if found.lists
            else None
        ),
    )


def protections(client_of: ClientOf, wanted: Wanted) -> list[Protection] | None:
    """Read the protect configurations alone; None: they could not be read."""
    found, sms = Survey(), client_of(SMS)
    _configuration_set(sms, found, wanted)
    _protections(sms, found, wanted)
    return found.protections


def _protections(sms: Any, found: Survey, wanted: Wanted) -> None:
    """Read the rules of the first few: nobody has many, and each costs a call."""
    answer = _try(
        found, "sms-voice:DescribeProtectConfigurations", sms.describe_protect_configurations
    )
    if answer is None:
        return
    found.protections = []
    for one in answer.get("ProtectConfigurations", [])[:MOST_PROTECTIONS]:
        name = one["ProtectConfigurationId"]
        rules = _try(
            found,
            "sms-voice:GetProtectConfigurationCountryRuleSet",
            partial(
                sms.get_protect_configuration_country_rule_set,
                ProtectConfigurationId=name,
                NumberCapability="SMS",
            ),
        )
        if rules is not None:
            kept = {
                country: rule["ProtectStatus"]
                for country, rule in rules.get("CountryRuleSet", {}).items()
                if rule["ProtectStatus"] != "ALLOW"
            }
            sets = tuple(found.protected_sets.get(name, ()))
            found.protections.append(Protection(name, one["AccountDefault"], kept, sets))


def _figures(client_of: ClientOf, found: Survey) -> None:
    """Try to read what AWS counts; what it says is for another page."""
    now = datetime.now(UTC)
    client = client_of("cloudwatch")
    _try(found, FIGURES, lambda: next(metrics.read(client, now - HOUR, now, 3600), None))


def _topics(client_of: ClientOf, found: Survey, wanted: Wanted) -> None:
    used = {one.topic for one in found.destinations if one.topic}
    for topic in sorted(used.union(wanted.topics)):
        answer = _try(
            found,
            "sns:ListSubscriptionsByTopic",
            partial(client_of("sns").list_subscriptions_by_topic, TopicArn=topic),
        )
        if answer is not None:
            found.topics = found.topics or {}
            found.topics[topic] = [
                one["Endpoint"]
                for one in answer["Subscriptions"]
                if one["SubscriptionArn"].startswith("arn:")
            ]


def _queues(client_of: ClientOf, found: Survey, wanted: Wanted) -> None:
    for url in wanted.queues:
        answer = _try(
            found,
            "sqs:GetQueueAttributes",
            partial(
                client_of("sqs").get_queue_attributes, QueueUrl=url, AttributeNames=["QueueArn"]
            ),
        )
        if answer is not None:
            found.queues = [*(found.queues or []), url]


def _dry_run(sms: Any, found: Survey, wanted: Wanted) -> None:
    """Ask AWS to check a text without sending it, from a number to its own country."""
    ready = [one for one in found.senders or () if one.active and one.country in TEST_DESTINATIONS]
    if not ready:
        return
    action = "sms-voice:SendTextMessage"
    members = {"ConfigurationSetName": wanted.configuration_set} if found.has_set else {}
    answer = _try(
        found,
        action,
        lambda: sms.send_text_message(
            DestinationPhoneNumber=TEST_DESTINATIONS[ready[0].country],
            OriginationIdentity=ready[0].pool_id or ready[0].aws_id,
            MessageBody=TEST_TEXT,
            DryRun=True,
            **members,
        ),
    )
    found.dry_run = "" if answer is not None else found.troubles.get(action)
