"""Typed values from the environment; a wrong one is named, with what would be right."""

import re
from decimal import Decimal
from email.utils import parseaddr
from typing import Any
from urllib.parse import SplitResult, urlsplit
from zoneinfo import available_timezones

import environ
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.core.validators import validate_email
from phonenumbers import SUPPORTED_REGIONS

TRUE = frozenset({"1", "true", "yes", "on"})
FALSE = frozenset({"0", "false", "no", "off", ""})
SECRET_LEAST = 24
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
# The port where none is given; None: no server. `smtps` means this to some and that to others.
MAIL_PORTS = {"smtp": 25, "smtp+tls": 587, "smtp+ssl": 465, "filemail": None, "consolemail": None}


def _is_complete(mail: SplitResult) -> bool:
    """Tell whether an address of e-mail names a server, or the folder that takes its place."""
    if mail.scheme == "filemail":
        return not mail.netloc and len(mail.path) > 1
    return mail.scheme in MAIL_PORTS and bool(mail.hostname or MAIL_PORTS[mail.scheme] is None)


class Environment(environ.Env):
    """django-environ, less lenient: a typing error is neither a False nor a bare ValueError."""

    def flag(self, name: str, default: bool = False) -> bool:
        """Return a yes or no; the default where it is not set."""
        value = self.str(name, default=str(default)).lower()
        if value not in TRUE | FALSE:
            raise ImproperlyConfigured(f"{name} must be true or false, not {value!r}.")
        return value in TRUE

    def whole(self, name: str, default: int, least: int = 0) -> int:
        """Return a whole number of at least `least`."""
        value = self.str(name, default=str(default))
        if not value.isascii() or not value.isdigit() or int(value) < least:
            raise ImproperlyConfigured(
                f"{name} must be a whole number, {least} or more, not {value!r}."
            )
        return int(value)

    def secret(self, name: str) -> str:
        """Return a shared secret, long enough not to be guessed; empty where it is not set."""
        value = str(self.str(name, default=""))
        if value and len(value) < SECRET_LEAST:
            raise ImproperlyConfigured(f"{name} must have {SECRET_LEAST} characters or more.")
        return value

    def dollars(self, name: str) -> Decimal | None:
        """Return an amount of US dollars above zero; None where it is not set."""
        value = self.str(name, default="")
        if not value:
            return None
        if not re.fullmatch(r"\d{1,9}(\.\d{1,2})?", value) or Decimal(value) == 0:
            raise ImproperlyConfigured(
                f"{name} must be an amount of US dollars such as 500 or 99.50, not {value!r}."
            )
        return Decimal(value)

    def seconds(self, name: str, default: float) -> float:
        """Return a number of seconds above zero."""
        value = self.str(name, default=str(default))
        try:
            seconds = float(value)
        except ValueError:
            seconds = 0
        if not 0 < seconds < float("inf"):
            raise ImproperlyConfigured(f"{name} must be a number of seconds, not {value!r}.")
        return seconds

    def zone(self, name: str, default: str) -> str:
        """Return the name of a time zone that exists."""
        value = str(self.str(name, default=default))
        if value not in available_timezones():
            raise ImproperlyConfigured(
                f"{name} must be a time zone such as Europe/Paris, not {value!r}."
            )
        return value

    def country(self, name: str, default: str) -> str:
        """Return the two letters of a country whose numbers can be read."""
        value = str(self.str(name, default=default)).upper()
        if value not in SUPPORTED_REGIONS:
            raise ImproperlyConfigured(f"{name} must be a country such as US or FR, not {value!r}.")
        return value

    def log_level(self, name: str, default: str) -> str:
        """Return a level of Python's logging."""
        value = str(self.str(name, default=default)).upper()
        if value not in LOG_LEVELS:
            raise ImproperlyConfigured(f"{name} must be one of {', '.join(LOG_LEVELS)}.")
        return value

    def mail(self, name: str, default: str = "") -> dict[str, Any]:
        """Return Django's settings of where e-mail is handed in; none where it is not set."""
        value = str(self.str(name, default=default))
        if not value:
            return {}
        try:
            parts = urlsplit(value)
            complete = _is_complete(parts)
            found: dict[str, Any] = self.email_url_config(value)
        except (ImproperlyConfigured, ValueError):
            complete = False
        if not complete:  # the value holds a password, so it is not repeated
            raise ImproperlyConfigured(
                f"{name} must be smtp+tls://user:password@host:587 (STARTTLS), smtp+ssl://, "
                "smtp://, filemail:///folder or consolemail://."
            )
        found["EMAIL_PORT"] = found["EMAIL_PORT"] or MAIL_PORTS[parts.scheme]
        if parts.scheme == "filemail":
            found["EMAIL_FILE_PATH"] = f"/{found['EMAIL_FILE_PATH']}"
        return found

    def sender(self, name: str, default: str = "") -> str:
        """Return who e-mails are from, such as Sendpoint <sms@example.com>; "" if not set."""
        value = str(self.str(name, default=default))
        try:
            validate_email(parseaddr(value)[1] if value else "nobody@example.com")
        except ValidationError:
            raise ImproperlyConfigured(
                f"{name} must be an e-mail address such as Sendpoint <sms@example.com>, "
                f"not {value!r}."
            ) from None
        return value

    def origin(self, name: str, default: str = "") -> str:
        """Return an address such as https://sms.example.com; "" if not set."""
        value = str(self.str(name, default=default)).rstrip("/")
        if value and not re.fullmatch(r"https?://[A-Za-z0-9.-]+(:\d{1,5})?", value):
            raise ImproperlyConfigured(
                f"{name} must be an address such as https://sms.example.com, not {value!r}."
            )
        return value
