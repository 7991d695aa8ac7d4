"""Is a request signed, for this service, by who says so, and just now? Pure.

The server's side of Signature Version 4 (pinpoint/sigv4.py):
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
"""

import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import quote, unquote

from pinpoint import sigv4

SKEW = timedelta(minutes=5)  # how far the client's clock may be off, as at AWS
MUST_BE_SIGNED = frozenset({"host", "x-amz-date"})
AUTHORIZATION = re.compile(
    r"AWS4-HMAC-SHA256\s+Credential=(?P<key>[^/,\s]+)/(?P<day>\d{8})/(?P<region>[a-z0-9-]+)"
    r"/(?P<service>[a-z0-9-]+)/aws4_request\s*,\s*SignedHeaders=(?P<headers>[^,\s]+)\s*,\s*"
    r"Signature=(?P<signature>[0-9a-f]{64})\s*"
)
DATE = re.compile(r"\d{8}T\d{6}Z", re.ASCII)


class NotSigned(Exception):  # noqa: N818 - it is what the caller reads
    """Why a request is not believed: AWS's name of the error, and words."""

    def __init__(self, code: str, words: str) -> None:
        super().__init__(words)
        self.code = code


@dataclass(frozen=True, slots=True)
class Claim:
    """What a request's Authorization header says."""

    access_key: str
    scope: sigv4.Scope
    headers: tuple[str, ...]  # the names of those that are signed
    signature: str


@dataclass(frozen=True, slots=True)
class Arrived:
    """A request as it came in."""

    method: str
    path: str  # percent-encoded, as the client wrote it
    query: str
    headers: Mapping[str, str]  # names in lower case
    body: bytes


def claim_of(arrived: Arrived, service: str) -> Claim:
    """Read who says that they signed a request; nothing is proved yet. Raises NotSigned."""
    _refuse_other_forms(arrived)
    said = arrived.headers.get("authorization", "")
    if not said:
        raise NotSigned("MissingAuthenticationTokenException", "The request is not signed.")
    found = AUTHORIZATION.fullmatch(said)
    if found is None:
        raise NotSigned(
            "IncompleteSignatureException",
            "The Authorization header must be that of AWS Signature Version 4.",
        )
    if found["service"] != service:
        raise NotSigned(
            "InvalidSignatureException",
            f"The request is signed for {found['service']}; sign it for {service}.",
        )
    scope = sigv4.Scope(found["day"], found["region"], found["service"])
    headers = tuple(found["headers"].split(";"))
    if missing := sorted(MUST_BE_SIGNED - set(headers)):
        raise NotSigned("InvalidSignatureException", f"Not signed: {', '.join(missing)}.")
    return Claim(found["key"], scope, headers, found["signature"])


def check(arrived: Arrived, claim: Claim, secret_key: str, now: datetime) -> None:
    """Raise NotSigned unless the secret's owner signed this very request within five minutes."""
    date = arrived.headers.get("x-amz-date", "")
    _check_time(date, claim.scope, now)
    digest = arrived.headers.get("x-amz-content-sha256")
    if digest is not None and digest != hashlib.sha256(arrived.body).hexdigest():
        raise NotSigned(
            "InvalidSignatureException", "x-amz-content-sha256 is not the hash of the body."
        )
    request = sigv4.Request(
        arrived.method,
        quote(arrived.path, safe="/~"),  # encoded once more, as for every service but S3
        canonical_query(arrived.query),
        {name: " ".join(arrived.headers.get(name, "").split()) for name in claim.headers},
        arrived.body,
    )
    wanted = sigv4.signature(request, secret_key, claim.scope)
    if not hmac.compare_digest(wanted, claim.signature):
        raise NotSigned(
            "InvalidSignatureException",
            "The signature does not match. Check the secret access key, and that no proxy between "
            "changes the Host header, the path or the body.",
        )


def canonical_query(query: str) -> str:
    """Return a query with its pairs encoded and sorted as they are signed."""
    pairs = [pair.partition("=") for pair in query.split("&") if pair]
    encoded = [
        (quote(unquote(name), safe="-_.~"), quote(unquote(value), safe="-_.~"))
        for name, _, value in pairs
    ]
    return "&".join(f"{name}={value}" for name, value in sorted(encoded))


def _refuse_other_forms(arrived: Arrived) -> None:
    """Name the forms that AWS knows besides, and that are not taken here."""
    if "X-Amz-Signature=" in arrived.query or "X-Amz-Algorithm=" in arrived.query:
        raise NotSigned(
            "IncompleteSignatureException",
            "Presigned addresses are not taken; sign the request in its Authorization header.",
        )
    digest = arrived.headers.get("x-amz-content-sha256", "")
    if digest.startswith(("STREAMING-", "UNSIGNED-")) or "aws-chunked" in arrived.headers.get(
        "content-encoding", ""
    ):
        raise NotSigned(
            "IncompleteSignatureException",
            "Chunked and unsigned bodies are not taken; sign the whole body.",
        )
    if "x-amz-security-token" in arrived.headers:
        raise NotSigned(
            "UnrecognizedClientException",
            "Temporary credentials are not taken; use an access key that was made in the admin.",
        )


def _check_time(date: str, scope: sigv4.Scope, now: datetime) -> None:
    if not DATE.fullmatch(date):
        raise NotSigned("IncompleteSignatureException", "x-amz-date must be like 20260201T000000Z.")
    try:
        signed_at = datetime.strptime(date, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError as problem:
        raise NotSigned("IncompleteSignatureException", "x-amz-date is no time.") from problem
    if date[:8] != scope.day:
        raise NotSigned("InvalidSignatureException", "x-amz-date is of another day.")
    if abs(now - signed_at) > SKEW:
        is_now = sigv4.amz_date(now.astimezone(UTC))
        raise NotSigned(
            "InvalidSignatureException",
            f"Signature expired: {date} is more than five minutes from {is_now}. Set the clock.",
        )
