"""boto3 clients, one of each per process, with retries left to Sendpoint."""

import functools
from typing import TYPE_CHECKING, Any, TypedDict

import boto3
from botocore.config import Config

if TYPE_CHECKING:
    from mypy_boto3_kinesis import KinesisClient
    from mypy_boto3_pinpoint_sms_voice_v2 import PinpointSMSVoiceV2Client
    from mypy_boto3_sqs import SQSClient


class ClientOptions(TypedDict):
    """How a client of sending is made; timeouts in seconds."""

    region: str
    connect_timeout: float
    read_timeout: float
    connections: int


@functools.cache
def sms_client(
    *, region: str, connect_timeout: float, read_timeout: float, connections: int
) -> "PinpointSMSVoiceV2Client":
    """Return the process's End User Messaging client (timeouts in seconds).

    botocore would silently repeat a request whose answer was lost; SendTextMessage has no
    idempotency token, so that would text a person twice. Hence exactly one attempt.
    """
    config = _once(region, connect_timeout, read_timeout, connections)
    return boto3.client("pinpoint-sms-voice-v2", config=config)


@functools.cache
def pinpoint_client(
    *, region: str, connect_timeout: float, read_timeout: float, connections: int
) -> Any:
    """Return the process's Pinpoint v1 client, whose SendMessages has no token either."""
    return boto3.client(
        "pinpoint", config=_once(region, connect_timeout, read_timeout, connections)
    )


def _once(region: str, connect_timeout: float, read_timeout: float, connections: int) -> Config:
    return Config(
        region_name=region,
        connect_timeout=connect_timeout,
        read_timeout=read_timeout,
        max_pool_connections=connections,
        retries={"total_max_attempts": 1, "mode": "standard"},
        parameter_validation=True,
    )


def queue_client(*, region: str) -> "SQSClient":
    """Return an SQS client. Its calls may safely be repeated, so botocore may do so."""
    return boto3.client("sqs", config=_patient(region))


def stream_client(*, region: str) -> "KinesisClient":
    """Return a Kinesis client."""
    return boto3.client("kinesis", config=_patient(region))


def _patient(region: str) -> Config:
    # Longer than the 20 s that SQS may take to answer that there is nothing.
    return Config(
        region_name=region,
        connect_timeout=5,
        read_timeout=30,
        retries={"total_max_attempts": 3, "mode": "standard"},
    )
