"""Amazon SNS notifications over HTTP: is this really from one of our topics? (aws-sms.md 7.1)"""

import base64
import functools
import json
import re
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

AWS_HOST = re.compile(r"sns\.[a-z0-9-]+\.amazonaws\.com(\.cn)?")
NOTIFICATION_KEYS = ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type")
CONFIRMATION_KEYS = (
    "Message",
    "MessageId",
    "SubscribeURL",
    "Timestamp",
    "Token",
    "TopicArn",
    "Type",
)
TYPES = ("Notification", "SubscriptionConfirmation", "UnsubscribeConfirmation")
FETCH_TIMEOUT_SECONDS = 5
MAX_FETCH_BYTES = 100_000

Fetch = Callable[[str], bytes]


class Malformed(ValueError):  # noqa: N818
    """The body is not an SNS message (answer 400)."""


class Forged(ValueError):  # noqa: N818
    """The message is not proved to come from one of our topics (answer 403)."""


@dataclass(frozen=True, slots=True)
class SnsMessage:
    """A message whose signature and topic have been checked."""

    kind: str
    message_id: str
    topic_arn: str
    message: str
    sent_at: datetime
    subscribe_url: str


def fetch(url: str) -> bytes:
    """GET a small document from a URL that `is_allowed` has passed; no redirects."""
    opener = urllib.request.build_opener(_NoRedirect())
    with opener.open(url, timeout=FETCH_TIMEOUT_SECONDS) as answer:
        return bytes(answer.read(MAX_FETCH_BYTES))


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        """Refuse: a redirect could lead anywhere, and SNS never sends one."""
        return


def is_allowed(url: str, extra_origin: str = "") -> bool:
    """Tell whether a certificate or confirmation may be fetched from this URL.

    Only https on AWS's SNS hosts, or the one extra origin (the local simulator).
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return False
    if parts.username is not None or parts.password is not None:
        return False
    if extra_origin and f"{parts.scheme}://{parts.netloc}" == extra_origin.rstrip("/"):
        return True
    return (
        parts.scheme == "https"
        and port in (None, 443)
        and bool(AWS_HOST.fullmatch(parts.hostname or ""))
    )


@functools.lru_cache(maxsize=16)
def _public_key(url: str, get: Fetch) -> rsa.RSAPublicKey:
    try:
        key = x509.load_pem_x509_certificate(get(url)).public_key()
    except ValueError as error:
        raise Forged("the signing certificate cannot be read") from error
    if not isinstance(key, rsa.RSAPublicKey):
        raise Forged("the signing certificate does not hold an RSA key")
    return key


def verify(
    body: bytes, *, believed: Callable[[str], bool], extra_origin: str = "", get: Fetch = fetch
) -> SnsMessage:
    """Check one SNS request body and return its message.

    Raises Malformed or Forged; OSError when the certificate could not be fetched (answer 503,
    SNS tries again).
    """
    envelope = _envelope(body)
    if not believed(envelope["TopicArn"]):
        raise Forged("the topic is not one of ours")
    url = envelope["SigningCertURL"]
    if not is_allowed(url, extra_origin) or not urlsplit(url).path.endswith(".pem"):
        raise Forged("the signing certificate is not at an AWS address")
    _check_signature(envelope, _public_key(url, get))
    subscribe_url = envelope.get("SubscribeURL", "")
    if subscribe_url and not is_allowed(subscribe_url, extra_origin):
        raise Forged("the subscribe address is not at AWS")
    return SnsMessage(
        kind=envelope["Type"],
        message_id=envelope["MessageId"],
        topic_arn=envelope["TopicArn"],
        message=envelope["Message"],
        sent_at=_timestamp(envelope["Timestamp"]),
        subscribe_url=subscribe_url,
    )


def _envelope(body: bytes) -> dict[str, str]:
    try:
        envelope = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Malformed("the body is not JSON") from error
    if not isinstance(envelope, dict) or envelope.get("Type") not in TYPES:
        raise Malformed("the body is not an SNS message")
    needed = NOTIFICATION_KEYS if envelope["Type"] == "Notification" else CONFIRMATION_KEYS
    optional = {"Subject"}
    for key in (*needed, "SignatureVersion", "Signature", "SigningCertURL"):
        if not isinstance(envelope.get(key), str) and not (
            key in optional and envelope.get(key) is None
        ):
            raise Malformed(f"{key} is missing")
    return {key: value for key, value in envelope.items() if isinstance(value, str)}


def _check_signature(envelope: dict[str, str], key: rsa.RSAPublicKey) -> None:
    algorithms: dict[str, hashes.HashAlgorithm] = {"1": hashes.SHA1(), "2": hashes.SHA256()}  # noqa: S303
    algorithm = algorithms.get(envelope["SignatureVersion"])
    if algorithm is None:
        raise Forged("the signature version is not 1 or 2")
    keys = NOTIFICATION_KEYS if envelope["Type"] == "Notification" else CONFIRMATION_KEYS
    signed = "".join(f"{name}\n{envelope[name]}\n" for name in keys if name in envelope)
    try:
        signature = base64.b64decode(envelope["Signature"], validate=True)
        key.verify(signature, signed.encode(), padding.PKCS1v15(), algorithm)
    except (InvalidSignature, ValueError) as error:
        raise Forged("the signature does not match") from error


def _timestamp(value: str) -> datetime:
    try:
        moment = datetime.fromisoformat(value)
        if moment.tzinfo is None:
            raise Malformed("Timestamp has no zone")
        return moment.astimezone(UTC)
    except Malformed:
        raise
    except (ValueError, OverflowError) as error:
        raise Malformed("Timestamp is not a time") from error
