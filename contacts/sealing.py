"""Secrets that must be used again, as they lie in the database: a copy of it gives none away."""

from base64 import urlsafe_b64encode

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.utils.crypto import salted_hmac


def seal(secret: bytes) -> bytes:
    """Encrypt with a key that is made of SECRET_KEY."""
    return _box().encrypt(secret)


def unseal(sealed: bytes) -> bytes | None:
    """Decrypt, also what an older key sealed; None where neither key did."""
    try:
        return _box().decrypt(sealed)
    except InvalidToken:
        return None


def _box() -> MultiFernet:
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return MultiFernet([Fernet(_key(key)) for key in keys])


def _key(secret: str) -> bytes:
    # The name is where this stood when the first secrets were sealed: another opens none of them.
    made = salted_hmac("config.two_factor.sealing", "", secret=secret, algorithm="sha256")
    return urlsafe_b64encode(made.digest())
