"""boto3 clients, one of each per process, with retries left to Sendpoint."""

import functools
import ssl
from typing import TYPE_CHECKING, Any, TypedDict

import boto3
import botocore.session
from botocore.config import Config
from botocore.exceptions import NoCredentialsError
from botocore.httpsession import where
from botocore.utils import get_environ_proxies

from pinpoint.sigv4 import Key

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


@functools.cache
def _session() -> botocore.session.Session:
    return botocore.session.get_session()


def signing_key() -> Key:
    """Return the credentials that boto3 would use now; renewing them may take a request.

    Raises NoCredentialsError or CredentialRetrievalError.
    """
    credentials = _session().get_credentials()
    frozen = credentials.get_frozen_credentials() if credentials else None
    if not frozen or not frozen.access_key or not frozen.secret_key:
        raise NoCredentialsError
    return Key(frozen.access_key, frozen.secret_key, frozen.token)


def tls_context() -> ssl.SSLContext:
    """Return a context that trusts whom boto3 trusts (AWS_CA_BUNDLE, or its own list)."""
    return ssl.create_default_context(cafile=_session().get_config_variable("ca_bundle") or where())


def proxy_for(url: str) -> str | None:
    """Return the proxy that HTTPS_PROXY, HTTP_PROXY and NO_PROXY name for an address."""
    proxy: str | None = get_environ_proxies(url).get(url.partition(":")[0])
    return proxy


def queue_client(*, region: str) -> "SQSClient":
    """Return an SQS client. Its calls may safely be repeated, so botocore may do so."""
    return boto3.client("sqs", config=_patient(region))


def stream_client(*, region: str) -> "KinesisClient":
    """Return a Kinesis client."""
    return boto3.client("kinesis", config=_patient(region))


def firehose_client(*, region: str) -> Any:
    """Return a Firehose client."""
    return boto3.client("firehose", config=_patient(region))


def bucket_client(*, region: str) -> Any:
    """Return an S3 client. To read, or to write an object anew, may safely be repeated."""
    make: Any = boto3.client
    return make("s3", config=_patient(region))


def account_client(service: str, *, region: str) -> Any:
    """Return a client for looking at the account and setting it up; calls are made once."""
    config = Config(
        region_name=region,
        connect_timeout=5,
        read_timeout=15,
        retries={"total_max_attempts": 1, "mode": "standard"},
    )
    make: Any = boto3.client
    return make(service, config=config)


def _patient(region: str) -> Config:
    # Longer than the 20 s that SQS may take to answer that there is nothing.
    return Config(
        region_name=region,
        connect_timeout=5,
        read_timeout=30,
        retries={"total_max_attempts": 3, "mode": "standard"},
    )
