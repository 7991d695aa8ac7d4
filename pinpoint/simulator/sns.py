"""SNS messages as they look over HTTP, signed with our own certificate (aws-sms.md 7.1)."""

import base64
import json
import os
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID

CERTIFICATE_NAME = "SimpleNotificationService-simulator.pem"
CERTIFICATE_LIFE = timedelta(days=3650)
KEY_BITS = 2048
NOTIFICATION = "Notification"
CONFIRMATION = "SubscriptionConfirmation"
SIGNED_MEMBERS = {
    NOTIFICATION: ("Message", "MessageId", "Timestamp", "TopicArn", "Type"),
    CONFIRMATION: (
        "Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type",
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Post:
    """One HTTP request that SNS makes."""

    headers: dict[str, str]
    body: bytes


class Signer:
    """Signs messages with a key that stays the same for a state directory."""

    def __init__(self, state_dir: Path, version: str) -> None:
        self._version = version
        self._hash = {"1": hashes.SHA1, "2": hashes.SHA256}[version]()
        self._key = _load_or_make_key(state_dir / "sns-key.pem")
        self.certificate = _load_or_make_certificate(state_dir / "sns-certificate.pem", self._key)
        parsed = x509.load_pem_x509_certificate(self.certificate)
        mark = parsed.fingerprint(hashes.SHA256()).hex()[:32]
        # A new key gets a new address, as at AWS: receivers may cache a certificate for ever.
        self.certificate_name = f"SimpleNotificationService-{mark}.pem"

    def sign(self, message: dict[str, str]) -> dict[str, str]:
        """Return the message with its signature."""
        members = SIGNED_MEMBERS[message["Type"]]
        text = "".join(f"{name}\n{message[name]}\n" for name in members)
        signature = self._key.sign(text.encode(), padding.PKCS1v15(), self._hash)
        encoded = base64.b64encode(signature).decode()
        return {**message, "SignatureVersion": self._version, "Signature": encoded}


class Envelopes:
    """Makes the requests of one simulator, whose own address is `origin`."""

    def __init__(self, signer: Signer, origin: str) -> None:
        self._signer = signer
        self._origin = origin

    def notification(
        self, topic: str, subscription: str, message_id: str, message: str, published: float
    ) -> Post:
        """Wrap a message; `published` is in epoch seconds and the same on every retry."""
        unsubscribe = {"Action": "Unsubscribe", "SubscriptionArn": subscription}
        post = self._post(
            {
                "Type": NOTIFICATION,
                "MessageId": message_id,
                "TopicArn": topic,
                "Message": message,
                "Timestamp": _timestamp(published),
            },
            {"UnsubscribeURL": f"{self._origin}/?{urlencode(unsubscribe)}"},
        )
        post.headers["x-amz-sns-subscription-arn"] = subscription
        return post

    def confirmation(self, topic: str, token: str, message_id: str, now: float) -> Post:
        """Ask an endpoint to confirm its subscription by a GET of SubscribeURL."""
        confirm = {"Action": "ConfirmSubscription", "TopicArn": topic, "Token": token}
        words = f"You have chosen to subscribe to the topic {topic}."
        return self._post(
            {
                "Type": CONFIRMATION,
                "MessageId": message_id,
                "Token": token,
                "TopicArn": topic,
                "Message": words,
                "SubscribeURL": f"{self._origin}/?{urlencode(confirm)}",
                "Timestamp": _timestamp(now),
            },
            {},
        )

    def _post(self, message: dict[str, str], unsigned: dict[str, str]) -> Post:
        url = f"{self._origin}/{self._signer.certificate_name}"
        body = {**self._signer.sign(message), "SigningCertURL": url, **unsigned}
        headers = {
            "Content-Type": "text/plain; charset=UTF-8",
            "User-Agent": "Amazon Simple Notification Service Agent",
            "x-amz-sns-message-type": message["Type"],
            "x-amz-sns-message-id": message["MessageId"],
            "x-amz-sns-topic-arn": message["TopicArn"],
        }
        return Post(headers, json.dumps(body, ensure_ascii=False).encode())


def _timestamp(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).isoformat(timespec="milliseconds")[:-6] + "Z"


def _load_or_make_key(path: Path) -> rsa.RSAPrivateKey:
    if path.exists():
        key = serialization.load_pem_private_key(path.read_bytes(), password=None)
        if not isinstance(key, rsa.RSAPrivateKey):
            raise ValueError(f"{path} does not hold an RSA key")
        return key
    key = rsa.generate_private_key(public_exponent=65537, key_size=KEY_BITS)
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    _write(path, pem)
    return key


def _load_or_make_certificate(path: Path, key: rsa.RSAPrivateKey) -> bytes:
    if path.exists():
        return path.read_bytes()
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sns.simulator")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + CERTIFICATE_LIFE)
        .sign(key, hashes.SHA256())
    )
    pem = certificate.public_bytes(serialization.Encoding.PEM)
    _write(path, pem)
    return pem


def _write(path: Path, content: bytes) -> None:
    """Write a file whole or not at all, readable by nobody else."""
    draft = path.with_suffix(".tmp")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with open(descriptor, "wb") as stream:
        stream.write(content)
    draft.replace(path)
