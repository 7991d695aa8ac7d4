"""Recovery codes: ten of 80 random bits, each good once; only their hashes are kept."""

import base64
import hashlib
import secrets

COUNT = 10
BYTES = 10


def make() -> list[str]:
    """Return new codes as a person writes them down: `abcd-efgh-ijkl-mnop`."""
    return [_written(secrets.token_bytes(BYTES)) for _ in range(COUNT)]


def hashed(code: str) -> str:
    """Return what is kept of a code; written with dashes, spaces or capitals it is the same one.

    Nobody guesses 80 bits, so the hash needs neither salt nor time.
    """
    plain = "".join(char for char in code.lower() if char.isalnum())
    return hashlib.sha256(plain.encode()).hexdigest()


def _written(raw: bytes) -> str:
    letters = base64.b32encode(raw).decode().lower()
    return "-".join(letters[start : start + 4] for start in range(0, len(letters), 4))
