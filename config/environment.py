"""Typed values from the environment; a wrong one is named, with what would be right."""

import re
from decimal import Decimal
from zoneinfo import available_timezones

import environ
from django.core.exceptions import ImproperlyConfigured

TRUE = frozenset({"1", "true", "yes", "on"})
FALSE = frozenset({"0", "false", "no", "off", ""})
SECRET_LEAST = 24
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")


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

    def log_level(self, name: str, default: str) -> str:
        """Return a level of Python's logging."""
        value = str(self.str(name, default=default)).upper()
        if value not in LOG_LEVELS:
            raise ImproperlyConfigured(f"{name} must be one of {', '.join(LOG_LEVELS)}.")
        return value
