"""Buying, changing and giving back what texts are sent from (aws-sms.md 2.4 to 2.6, 2.8).

Each method makes one call and returns its request id and what AWS answered; it raises what boto3
raises. Nothing is repeated by itself; a purchase carries a token, so that AWS makes it once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pinpoint.identities import POOL, SENDER_ID, Identity, number, pool, sender

if TYPE_CHECKING:
    from mypy_boto3_pinpoint_sms_voice_v2 import PinpointSMSVoiceV2Client


@dataclass(frozen=True, slots=True)
class Done:
    """A call that AWS has taken."""

    call: str
    request_id: str
    identity: Identity | None = None


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


class Provisioner:
    """The calls, over one client."""

    def __init__(self, client: "PinpointSMSVoiceV2Client") -> None:
        self._client: Any = client

    def buy(self, wanted: Wanted) -> Done:
        """Ask for a number. It costs from that moment."""
        more = {"RegistrationId": wanted.registration_id} if wanted.registration_id else {}
        answer = self._client.request_phone_number(
            IsoCountryCode=wanted.country,
            MessageType=wanted.message_type,
            NumberCapabilities=list(wanted.capabilities),
            NumberType=wanted.kind,
            DeletionProtectionEnabled=wanted.protected,
            ClientToken=wanted.token,
            **more,
        )
        return _done("RequestPhoneNumber", answer, number(answer))

    def take_sender_id(self, name: str, country: str, types: Sequence[str], token: str) -> Done:
        """Ask for a sender ID, in a country that wants no registration."""
        answer = self._client.request_sender_id(
            SenderId=name, IsoCountryCode=country, MessageTypes=list(types), ClientToken=token
        )
        return _done("RequestSenderId", answer, sender(answer))

    def release(self, kind: str, aws_id: str) -> Done:
        """Give a number or sender ID back, or take a pool apart. It cannot be undone."""
        if kind == POOL:
            return _done("DeletePool", self._client.delete_pool(PoolId=aws_id))
        if kind == SENDER_ID:
            return _done("ReleaseSenderId", self._client.release_sender_id(**_sender_key(aws_id)))
        answer = self._client.release_phone_number(PhoneNumberId=aws_id)
        return _done("ReleasePhoneNumber", answer)

    def update(self, kind: str, aws_id: str, **members: Any) -> Done:
        """Change a number, pool or sender ID."""
        if kind == POOL:
            answer = self._client.update_pool(PoolId=aws_id, **members)
            return _done("UpdatePool", answer, pool(answer))
        if kind == SENDER_ID:
            answer = self._client.update_sender_id(**_sender_key(aws_id), **members)
            return _done("UpdateSenderId", answer, sender(answer))
        answer = self._client.update_phone_number(PhoneNumberId=aws_id, **members)
        return _done("UpdatePhoneNumber", answer, number(answer))

    def make_pool(self, kind: str, aws_id: str, message_type: str, token: str) -> Done:
        """Make a pool whose settings are those of this first member."""
        answer = self._client.create_pool(
            **_origination(kind, aws_id), MessageType=message_type, ClientToken=token
        )
        return _done("CreatePool", answer, pool(answer, (aws_id,)))

    def join(self, pool_id: str, kind: str, aws_id: str) -> Done:
        """Put a number or sender ID into a pool."""
        answer = self._client.associate_origination_identity(
            PoolId=pool_id, **_origination(kind, aws_id)
        )
        return _done("AssociateOriginationIdentity", answer)

    def leave(self, pool_id: str, kind: str, aws_id: str) -> Done:
        """Take a number or sender ID out of a pool."""
        answer = self._client.disassociate_origination_identity(
            PoolId=pool_id, **_origination(kind, aws_id)
        )
        return _done("DisassociateOriginationIdentity", answer)

    def put_keyword(self, aws_id: str, word: str, message: str, action: str) -> Done:
        """Have AWS answer a word."""
        answer = self._client.put_keyword(
            OriginationIdentity=aws_id, Keyword=word, KeywordMessage=message, KeywordAction=action
        )
        return _done("PutKeyword", answer)

    def drop_keyword(self, aws_id: str, word: str) -> Done:
        """Have AWS answer a word no longer."""
        answer = self._client.delete_keyword(OriginationIdentity=aws_id, Keyword=word)
        return _done("DeleteKeyword", answer)

    def tag(self, arn: str, key: str, value: str) -> Done:
        """Put a tag on something."""
        tags = [{"Key": key, "Value": value}]
        return _done("TagResource", self._client.tag_resource(ResourceArn=arn, Tags=tags))

    def untag(self, arn: str, key: str) -> Done:
        """Take a tag off something."""
        answer = self._client.untag_resource(ResourceArn=arn, TagKeys=[key])
        return _done("UntagResource", answer)

    def words(
        self, kind: str, aws_id: str, arn: str
    ) -> tuple[list[dict[str, str]], dict[str, str]]:
        """Return keywords (sender IDs have none) and tags of something."""
        keywords: list[dict[str, str]] = []
        if kind != SENDER_ID:
            pages = self._client.get_paginator("describe_keywords").paginate(
                OriginationIdentity=aws_id
            )
            keywords = [
                {
                    "word": one["Keyword"],
                    "message": one["KeywordMessage"],
                    "action": one["KeywordAction"],
                }
                for page in pages
                for one in page["Keywords"]
            ]
        tags = self._client.list_tags_for_resource(ResourceArn=arn)["Tags"]
        return keywords, {one["Key"]: one["Value"] for one in tags}


def _done(call: str, answer: Any, identity: Identity | None = None) -> Done:
    return Done(call, answer.get("ResponseMetadata", {}).get("RequestId", ""), identity)


def _sender_key(aws_id: str) -> dict[str, str]:
    name, _slash, country = aws_id.rpartition("/")
    return {"SenderId": name, "IsoCountryCode": country}


def _origination(kind: str, aws_id: str) -> dict[str, str]:
    if kind != SENDER_ID:
        return {"OriginationIdentity": aws_id}
    name, _slash, country = aws_id.rpartition("/")
    return {"OriginationIdentity": name, "IsoCountryCode": country}
