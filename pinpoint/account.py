"""What the AWS account may do, as it tells it itself."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy_boto3_pinpoint_sms_voice_v2 import PinpointSMSVoiceV2Client


@dataclass(frozen=True, slots=True)
class Limit:
    """A monthly limit in whole US dollars: what is enforced, and what AWS would allow at most."""

    name: str
    enforced_usd: int
    most_usd: int
    overridden: bool


@dataclass(frozen=True, slots=True)
class Quota:
    """How many of some things the account has, and may have."""

    name: str
    used: int
    most: int


def spend_limits(client: "PinpointSMSVoiceV2Client") -> list[Limit]:
    """Return the monthly limits. AWS does not tell here what was spent."""
    pages = client.get_paginator("describe_spend_limits").paginate()
    return [
        Limit(one["Name"], int(one["EnforcedLimit"]), int(one["MaxLimit"]), one["Overridden"])
        for page in pages
        for one in page["SpendLimits"]
    ]


def attributes(client: "PinpointSMSVoiceV2Client") -> dict[str, str]:
    """Return the account's tier (SANDBOX or PRODUCTION), and its default protect configuration."""
    pages = client.get_paginator("describe_account_attributes").paginate()
    return {one["Name"]: one["Value"] for page in pages for one in page["AccountAttributes"]}


def quotas(client: "PinpointSMSVoiceV2Client") -> list[Quota]:
    """Return how many numbers, pools and the like there are, and may be."""
    pages = client.get_paginator("describe_account_limits").paginate()
    return [
        Quota(one["Name"], int(one["Used"]), int(one["Max"]))
        for page in pages
        for one in page["AccountLimits"]
    ]
