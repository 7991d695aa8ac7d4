"""What texts are sent from: numbers, pools and sender IDs, as AWS describes them."""

import time
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mypy_boto3_pinpoint_sms_voice_v2 import PinpointSMSVoiceV2Client

POOL, SENDER_ID = "POOL", "SENDER_ID"


@dataclass(frozen=True, slots=True)
class Identity:
    """One number, pool or sender ID."""

    aws_id: str  # phone-…, pool-…, or ACME/GB
    arn: str
    name: str  # what a request to send names: the digits, the pool's id, the sender ID
    kind: str  # AWS's number type, POOL or SENDER_ID
    status: str
    country: str
    message_types: tuple[str, ...]
    capabilities: tuple[str, ...] = ()
    monthly_usd: Decimal | None = None
    two_way: bool = False
    two_way_channel: str = ""
    self_managed_opt_outs: bool = False
    opt_out_list: str = ""
    international: bool = False
    protected: bool = False
    pool_id: str = ""
    registration_id: str = ""
    registered: bool = False  # of a sender ID, as AWS says it
    parts_per_second: int | None = None  # None: AWS does not tell
    daily_cap: int | None = None
    since: datetime | None = None
    members: tuple[str, ...] = ()  # of a pool: the aws_id of each


def identities(client: "PinpointSMSVoiceV2Client", pause: float) -> list[Identity]:
    """Return everything that the account can send from: numbers, sender IDs, then pools.

    `pause` are the seconds between two calls of one kind.
    """
    numbers = [number(one) for one in _all(client, "describe_phone_numbers", "PhoneNumbers")]
    senders = [sender(one) for one in _all(client, "describe_sender_ids", "SenderIds")]
    pools: list[Identity] = []
    for one in _all(client, "describe_pools", "Pools"):
        time.sleep(pause if pools else 0)
        pages = client.get_paginator("list_pool_origination_identities").paginate(
            PoolId=one["PoolId"]
        )
        found = [member for page in pages for member in page["OriginationIdentities"]]
        pools.append(pool(one, tuple(_member(member) for member in found)))
    return [*numbers, *senders, *pools]


def _all(client: Any, operation: str, member: str) -> list[Any]:
    return [one for page in client.get_paginator(operation).paginate() for one in page[member]]


def _member(found: Any) -> str:
    name: str = found["OriginationIdentity"]
    is_number = bool(found.get("PhoneNumber")) or name.startswith("phone-")
    return name if is_number else f"{name}/{found['IsoCountryCode']}"


def number(found: Any) -> Identity:
    """Read what AWS says of a phone number, in any of its answers."""
    rates, caps = _limits(found)
    return Identity(
        aws_id=found.get("PhoneNumberId") or found["PhoneNumberArn"].rpartition("/")[2],
        arn=found["PhoneNumberArn"],
        name=found["PhoneNumber"],
        kind=found["NumberType"],
        status=found["Status"],
        country=found["IsoCountryCode"],
        message_types=(found["MessageType"],),
        capabilities=tuple(found["NumberCapabilities"]),
        monthly_usd=_usd(found),
        **_settings(found),
        international=found.get("InternationalSendingEnabled", False),
        pool_id=found.get("PoolId", ""),
        registration_id=found.get("RegistrationId", ""),
        parts_per_second=rates,
        daily_cap=caps,
        since=found.get("CreatedTimestamp"),
    )


def pool(found: Any, members: tuple[str, ...] = ()) -> Identity:
    """Read what AWS says of a pool."""
    return Identity(
        aws_id=found["PoolId"],
        arn=found["PoolArn"],
        name=found["PoolId"],
        kind=POOL,
        status=found["Status"],
        country="",
        message_types=(found["MessageType"],),
        **_settings(found),
        since=found.get("CreatedTimestamp"),
        members=members,
    )


def sender(found: Any) -> Identity:
    """Read what AWS says of a sender ID."""
    rates, caps = _limits(found)
    return Identity(
        aws_id=f"{found['SenderId']}/{found['IsoCountryCode']}",
        arn=found["SenderIdArn"],
        name=found["SenderId"],
        kind=SENDER_ID,
        status="ACTIVE",
        country=found["IsoCountryCode"],
        message_types=tuple(found["MessageTypes"]),
        capabilities=("SMS",),
        monthly_usd=_usd(found),
        protected=found.get("DeletionProtectionEnabled", False),
        registration_id=found.get("RegistrationId", ""),
        registered=found.get("Registered", False),
        parts_per_second=rates,
        daily_cap=caps,
    )


def _settings(found: Any) -> dict[str, Any]:
    return {
        "two_way": found["TwoWayEnabled"],
        "two_way_channel": found.get("TwoWayChannelArn", ""),
        "self_managed_opt_outs": found["SelfManagedOptOutsEnabled"],
        "opt_out_list": found["OptOutListName"],
        "protected": found.get("DeletionProtectionEnabled", False),
    }


def _usd(found: Any) -> Decimal | None:
    said = found.get("MonthlyLeasingPrice")
    return Decimal(said) if said else None


def _limits(found: Any) -> tuple[int | None, int | None]:
    """Return parts a second and T-Mobile's daily cap, where AWS tells them (since Sept 2026)."""
    limits = found.get("MessagingLimits") or {}
    rate = (limits.get("RateLimits") or {}).get("SMS")
    cap = (limits.get("DailyMessageCaps") or {}).get("T-MOBILE")
    return (int(rate) if rate else None), (int(cap) if cap else None)
