"""What the AWS account may do, as it tells it itself."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy_boto3_pinpoint_sms_voice_v2 import PinpointSMSVoiceV2Client


def spend_limits(client: "PinpointSMSVoiceV2Client") -> list[tuple[str, int]]:
    """Return the monthly limits as (name, whole US dollars). AWS does not tell what was spent."""
    pages = client.get_paginator("describe_spend_limits").paginate()
    return [
        (limit["Name"], int(limit["EnforcedLimit"]))
        for page in pages
        for limit in page["SpendLimits"]
    ]
