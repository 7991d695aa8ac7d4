"""Buying, changing and giving back what texts are sent from (aws-sms.md 2.4 to 2.6, 2.8).

Each function returns the one call that does it; a purchase carries a token, so that AWS makes it
once, however often it is told. Pure, but for `words`, which reads.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pinpoint.calls import Call
from pinpoint.identities import POOL, SENDER_ID, Identity, number, pool, sender
from pinpoint.survey import SMS

if TYPE_CHECKING:
    from mypy_boto3_pinpoint_sms_voice_v2 import PinpointSMSVoiceV2Client


@dataclass(frozen=True, slots=True)
class Wanted:
    """A number that is to be bought; `token` is the same for every click on one page."""

    kind: str
    country: str
    message_type: str
    capabilities: Sequence[str]
    token: str
    protected: bool = False
    registration_id: str = ""


def buy(wanted: Wanted) -> Call:
    """Ask for a number. It costs from that moment."""
    members = {
        "IsoCountryCode": wanted.country,
        "MessageType": wanted.message_type,
        "NumberCapabilities": list(wanted.capabilities),
        "NumberType": wanted.kind,
        "DeletionProtectionEnabled": wanted.protected,
        "ClientToken": wanted.token,
    }
    more = {"RegistrationId": wanted.registration_id} if wanted.registration_id else {}
    return Call(SMS, "RequestPhoneNumber", members | more)


def take_sender_id(name: str, country: str, types: Sequence[str], token: str) -> Call:
    """Ask for a sender ID, in a country that wants no registration."""
    members = {"SenderId": name, "IsoCountryCode": country, "MessageTypes": list(types)}
    return Call(SMS, "RequestSenderId", members | {"ClientToken": token})


def release(kind: str, aws_id: str) -> Call:
    """Give a number or sender ID back, or take a pool apart. It cannot be undone."""
    if kind == POOL:
        return Call(SMS, "DeletePool", {"PoolId": aws_id})
    if kind == SENDER_ID:
        return Call(SMS, "ReleaseSenderId", _sender_key(aws_id))
    return Call(SMS, "ReleasePhoneNumber", {"PhoneNumberId": aws_id})


def update(kind: str, aws_id: str, **members: Any) -> Call:
    """Change a number, pool or sender ID."""
    if kind == POOL:
        return Call(SMS, "UpdatePool", {"PoolId": aws_id, **members})
    if kind == SENDER_ID:
        return Call(SMS, "UpdateSenderId", {**_sender_key(aws_id), **members})
    return Call(SMS, "UpdatePhoneNumber", {"PhoneNumberId": aws_id, **members})


def make_pool(kind: str, aws_id: str, message_type: str, token: str) -> Call:
    """Make a pool whose settings are those of this first member."""
    members = {**_origination(kind, aws_id), "MessageType": message_type, "ClientToken": token}
    return Call(SMS, "CreatePool", members)


def join(pool_id: str, kind: str, aws_id: str) -> Call:
    """Put a number or sender ID into a pool."""
    members = {"PoolId": pool_id, **_origination(kind, aws_id)}
    return Call(SMS, "AssociateOriginationIdentity", members)


def leave(pool_id: str, kind: str, aws_id: str) -> Call:
    """Take a number or sender ID out of a pool."""
    members = {"PoolId": pool_id, **_origination(kind, aws_id)}
    return Call(SMS, "DisassociateOriginationIdentity", members)


def put_keyword(aws_id: str, word: str, message: str, action: str) -> Call:
    """Have AWS answer a word."""
    members = {"OriginationIdentity": aws_id, "Keyword": word}
    return Call(SMS, "PutKeyword", {**members, "KeywordMessage": message, "KeywordAction": action})


def drop_keyword(aws_id: str, word: str) -> Call:
    """Have AWS answer a word no longer."""
    return Call(SMS, "DeleteKeyword", {"OriginationIdentity": aws_id, "Keyword": word})


def tag(arn: str, key: str, value: str) -> Call:
    """Put a tag on something."""
    tags = [{"Key": key, "Value": value}]
    return Call(SMS, "TagResource", {"ResourceArn": arn, "Tags": tags})


def untag(arn: str, key: str) -> Call:
    """Take a tag off something."""
    return Call(SMS, "UntagResource", {"ResourceArn": arn, "TagKeys": [key]})


def identity_of(call: Call, answer: Any) -> Identity:
    """Return what a call that asked for, made or changed something answers of it."""
    if call.operation == "CreatePool":
        return pool(answer, (_member(call.members),))
    if call.operation == "UpdatePool":
        return pool(answer)
    return sender(answer) if call.operation.endswith("SenderId") else number(answer)


def words(
    client: "PinpointSMSVoiceV2Client", kind: str, aws_id: str, arn: str
) -> tuple[list[dict[str, str]], dict[str, str]]:
    """Return keywords (sender IDs have none) and tags of something."""
    keywords: list[dict[str, str]] = []
    if kind != SENDER_ID:
        pages = client.get_paginator("describe_keywords").paginate(OriginationIdentity=aws_id)
        keywords = [
            {
                "word": one["Keyword"],
                "message": one["KeywordMessage"],
                "action": one["KeywordAction"],
            }
            for page in pages
            for one in page["Keywords"]
        ]
    tags = client.list_tags_for_resource(ResourceArn=arn)["Tags"]
    return keywords, {one["Key"]: one["Value"] for one in tags}


def _sender_key(aws_id: str) -> dict[str, str]:
    name, _slash, country = aws_id.rpartition("/")
    return {"SenderId": name, "IsoCountryCode": country}


def _origination(kind: str, aws_id: str) -> dict[str, str]:
    if kind != SENDER_ID:
        return {"OriginationIdentity": aws_id}
    name, _slash, country = aws_id.rpartition("/")
    return {"OriginationIdentity": name, "IsoCountryCode": country}


def _member(members: Mapping[str, Any]) -> str:
    name, country = members["OriginationIdentity"], members.get("IsoCountryCode")
    return f"{name}/{country}" if country else str(name)
