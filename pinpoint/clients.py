"""boto3 clients, one of each per process, with retries left to Sendpoint."""

import functools
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config

if TYPE_CHECKING:
    from mypy_boto3_pinpoint_sms_voice_v2 import PinpointSMSVoiceV2Client


@functools.cache
def sms_client(
    *, region: str, connect_timeout: float, read_timeout: float, connections: int
) -> "PinpointSMSVoiceV2Client":
    """Return the process's End User Messaging client (timeouts in seconds).

    botocore would silently repeat a request whose answer was lost; SendTextMessage has no
    idempotency token, so that would text a person twice. Hence exactly one attempt.
    """
    config = Config(
        region_name=region,
        connect_timeout=connect_timeout,
        read_timeout=read_timeout,
        max_pool_connections=connections,
        retries={"total_max_attempts": 1, "mode": "standard"},
        parameter_validation=True,
    )
    return boto3.client("pinpoint-sms-voice-v2", config=config)
