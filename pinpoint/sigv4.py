"""AWS Signature Version 4, for JSON requests of one chunk. Pure.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
"""

import functools
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

ALGORITHM = "AWS4-HMAC-SHA256"


@dataclass(frozen=True, slots=True)
class Scope:
    """What a signature is good for: one day (YYYYMMDD), region and service."""

    day: str
    region: str
    service: str

    def __str__(self) -> str:
        return f"{self.day}/{self.region}/{self.service}/aws4_request"


@dataclass(frozen=True, slots=True)
class Key:
    """An access key; temporary ones come with a session token."""

    access_key: str
    secret_key: str = field(repr=False)
    token: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Request:
    """What is signed of a request: path and query as they are canonical, headers in lower case."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]  # the signed ones, `host` among them
    body: bytes

    @property
    def signed_headers(self) -> str:
        """The names of the signed headers, as they are written in the signature."""
        return ";".join(sorted(self.headers))

    @property
    def canonical(self) -> str:
        """The request in the form that is hashed."""
        headers = "".join(f"{name}:{self.headers[name]}\n" for name in sorted(self.headers))
        digest = hashlib.sha256(self.body).hexdigest()
        return "\n".join((self.method, self.path, self.query, headers, self.signed_headers, digest))


def amz_date(now: datetime) -> str:
    """Write an aware UTC datetime as `x-amz-date` has it."""
    return now.strftime("%Y%m%dT%H%M%SZ")


def signature(request: Request, secret_key: str, scope: Scope) -> str:
    """Return the signature (hex) of a request whose headers hold `x-amz-date`."""
    digest = hashlib.sha256(request.canonical.encode()).hexdigest()
    to_sign = f"{ALGORITHM}\n{request.headers['x-amz-date']}\n{scope}\n{digest}"
    return hmac.new(_signing_key(secret_key, scope), to_sign.encode(), "sha256").hexdigest()


def authorization(request: Request, key: Key, scope: Scope) -> str:
    """Return the Authorization header of a request."""
    return (
        f"{ALGORITHM} Credential={key.access_key}/{scope}, "
        f"SignedHeaders={request.signed_headers}, "
        f"Signature={signature(request, key.secret_key, scope)}"
    )


@functools.lru_cache(maxsize=64)
def _signing_key(secret_key: str, scope: Scope) -> bytes:
    derived = f"AWS4{secret_key}".encode()
    for word in (scope.day, scope.region, scope.service, "aws4_request"):
        derived = hmac.digest(derived, word.encode(), "sha256")
    return derived
