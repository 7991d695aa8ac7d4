"""The signed token in a form: which words were shown, when, to whom; and that it is used once.

A page in a frame of another site gets no cookies, so Django's CSRF cookie cannot protect it. The
token proves that the form came from here; the browser's Origin header, which a page cannot forge,
proves that the answer does (see `pages.from_our_page`).
"""

import enum
import secrets
from dataclasses import asdict, dataclass

from django.core import signing

from compliance.valkey import connection

SALT = "compliance.forms"
DAY = 24 * 3600


@dataclass(frozen=True, slots=True)
class Token:
    """What the server knew when it showed a form. Times are seconds since 1970."""

    page: str
    wording: str  # SHA-256 of the words as shown
    shown_at: float
    referrer: str
    nonce: str


def issue(page: str, wording: str, shown_at: float, referrer: str = "") -> str:
    """Return the token for a form that is being shown."""
    token = Token(page, wording, shown_at, referrer[:300], secrets.token_urlsafe(12))
    return signing.dumps(asdict(token), salt=SALT)


def read(text: str, page: str) -> Token | None:
    """Return what a token says; None where it is not ours or belongs to another page."""
    try:
        token = Token(**signing.loads(text, salt=SALT))
    except (signing.BadSignature, TypeError):
        return None
    return token if token.page == page else None


class Use(enum.Enum):
    """What came of using a token."""

    FIRST = "first"
    AGAIN = "again"  # the same person: a double click
    OTHER = "other"  # somebody else: one page, answered for many


def take(token: Token, person: str) -> Use:
    """Use a token for a person. Raises redis.RedisError when Valkey is away."""
    if connection().set(_key(token), person, ex=DAY, nx=True):
        return Use.FIRST
    return Use.AGAIN if connection().get(_key(token)) == person.encode() else Use.OTHER


def give_back(token: Token) -> None:
    """Let a token be used again: what it was taken for did not come about."""
    connection().delete(_key(token))


def _key(token: Token) -> str:
    return f"sendpoint:form:token:{token.nonce}"
