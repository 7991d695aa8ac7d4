import base64
import json
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID

from pinpoint.receivers import sns
from pinpoint.receivers.sns import Forged, Malformed, is_allowed, verify

TOPIC = "arn:aws:sns:us-east-1:111122223333:events"
CERT_URL = "https://sns.us-east-1.amazonaws.com/SimpleNotificationService-test.pem"


@pytest.fixture(scope="module")
def key():
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture(scope="module")
def certificate(key):
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sns.amazonaws.com")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now)
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    return made.public_bytes(serialization.Encoding.PEM)


def signed(key, version="2", **changes):
    message = {
        "Type": "Notification",
        "MessageId": "c2",
        "TopicArn": TOPIC,
        "Message": '{"a": "é"}',
        "Timestamp": "2026-09-21T12:00:12.470Z",
        "SignatureVersion": version,
        "SigningCertURL": CERT_URL,
    } | changes
    keys = sns.NOTIFICATION_KEYS if message["Type"] == "Notification" else sns.CONFIRMATION_KEYS
    text = "".join(f"{k}\n{message[k]}\n" for k in keys if k in message)
    algorithm = hashes.SHA1() if version == "1" else hashes.SHA256()
    signature = key.sign(text.encode(), padding.PKCS1v15(), algorithm)
    return message | {"Signature": base64.b64encode(signature).decode()}


@pytest.fixture
def check(certificate):
    sns._public_key.cache_clear()

    def run(message, **kwargs):
        body = message if isinstance(message, bytes) else json.dumps(message).encode()
        return verify(
            body, **{"believed": [TOPIC].__contains__, "get": lambda url: certificate} | kwargs
        )

    return run


@pytest.mark.parametrize("version", ["1", "2"])
def test_a_signed_notification_passes(key, check, version):
    assert check(signed(key, version)).message == '{"a": "é"}'


def test_a_subject_is_part_of_what_is_signed(key, check):
    assert check(signed(key, Subject="Hi")).message_id == "c2"
    with pytest.raises(Forged):
        check(signed(key) | {"Subject": "added later"})


@pytest.mark.parametrize("field", ["Message", "MessageId", "Timestamp"])
def test_a_changed_field_is_forged(key, check, field):
    with pytest.raises((Forged, Malformed)):
        check(signed(key) | {field: "2026-01-01T00:00:00.000Z"})


@pytest.mark.parametrize(
    "when", ["", "yesterday", "2026-09-21T12:00:12", "9999-12-31T23:59:59-01:00"]
)
def test_a_time_that_is_none_is_malformed(key, check, when):
    with pytest.raises(Malformed):
        check(signed(key, Timestamp=when))


def test_another_topic_is_forged(key, check):
    with pytest.raises(Forged, match="not one of ours"):
        check(signed(key, TopicArn="arn:aws:sns:us-east-1:999999999999:events"))


@pytest.mark.parametrize(
    "url",
    [
        "http://sns.us-east-1.amazonaws.com/a.pem",
        "https://sns.us-east-1.amazonaws.com.evil.example/a.pem",
        "https://evil.example/sns.us-east-1.amazonaws.com/a.pem",
        "https://sns.us-east-1.amazonaws.com@evil.example/a.pem",
        "https://sns.us-east-1.amazonaws.com:8443/a.pem",
        "https://s3.amazonaws.com/bucket/a.pem",
        "file:///etc/passwd",
        "https://[::1",
    ],
)
def test_a_certificate_from_elsewhere_is_never_fetched(key, check, url):
    def fetch(url):
        raise AssertionError("fetched")

    with pytest.raises(Forged, match="AWS address"):
        check(signed(key, SigningCertURL=url), get=fetch)


def test_the_simulators_origin_is_allowed_only_when_it_is_set():
    url = "http://127.0.0.1:4999/cert.pem"
    assert not is_allowed(url)
    assert is_allowed(url, "http://127.0.0.1:4999")
    assert not is_allowed("http://127.0.0.1:49990/cert.pem", "http://127.0.0.1:4999")


def test_an_unknown_signature_version_is_forged(key, check):
    with pytest.raises(Forged, match="version"):
        check(signed(key) | {"SignatureVersion": "3"})


@pytest.mark.parametrize("signature", ["", "not base64!", "AAAA", "é"])
def test_a_senseless_signature_is_forged(key, check, signature):
    with pytest.raises(Forged):
        check(signed(key) | {"Signature": signature})


@pytest.mark.parametrize(
    "body",
    [b"", b"\x00\xff", b"[]", b'"x"', b"{}", b"[" * 100_000, b'{"Type": "Notification"}'],
)
def test_what_is_no_sns_message_is_malformed(check, body):
    with pytest.raises(Malformed):
        check(body)


def test_a_certificate_that_is_none_is_forged(key, check):
    with pytest.raises(Forged, match="certificate"):
        check(signed(key), get=lambda url: b"<html>")


def test_the_certificate_is_fetched_once(key, check, certificate):
    fetched = []

    def fetch(url):
        fetched.append(url)
        return certificate

    for _ in range(3):
        check(signed(key), get=fetch)
    assert len(fetched) == 1


def test_a_subscribe_address_outside_aws_is_forged(key, check):
    message = signed(
        key, Type="SubscriptionConfirmation", Token="t", SubscribeURL="http://169.254.169.254/"
    )
    with pytest.raises(Forged, match="subscribe"):
        check(message)
