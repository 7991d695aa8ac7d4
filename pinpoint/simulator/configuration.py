"""How the simulator behaves: the defaults, and the JSON file that overrides them."""

import dataclasses
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from .account import Account, ConfigurationSet, Number, Pool, SenderId

DEFAULT_OUTCOMES: Mapping[str, float] = {
    "TEXT_DELIVERED": 0.93,
    "TEXT_UNREACHABLE": 0.015,
    "TEXT_CARRIER_UNREACHABLE": 0.010,
    "TEXT_BLOCKED": 0.008,
    "TEXT_CARRIER_BLOCKED": 0.007,
    "TEXT_INVALID": 0.007,
    "TEXT_SPAM": 0.003,
    "TEXT_SUCCESSFUL": 0.010,  # the carrier took it and never tells more: final
    "TEXT_UNKNOWN": 0.006,
    "TEXT_TTL_EXPIRED": 0.004,
}
NO_RECEIPT = "NO_RECEIPT"  # an outcome for tests: the text is accepted and nothing is heard again

T = TypeVar("T")


class BadConfiguration(ValueError):  # noqa: N818
    """The configuration file says something that cannot be."""


@dataclass(frozen=True, slots=True)
class Rates:
    """How often things happen, as shares from 0 to 1."""

    queued: float = 0.3  # a TEXT_QUEUED event comes first
    pending: float = 0.3  # a TEXT_PENDING event comes before the carrier's answer
    stop_reply: float = 0.02  # of people, to the first text that reaches them
    other_reply: float = 0.01  # of texts that reach somebody
    duplicate: float = 0.02  # a notification comes twice with one SNS MessageId
    republished: float = 0.01  # a notification comes again under a new SNS MessageId
    out_of_order: float = 0.05  # the final event comes before TEXT_SUCCESSFUL


@dataclass(frozen=True, slots=True)
class Faults:
    """What goes wrong between a request and its answer, as shares from 0 to 1."""

    close_after_accept: float = 0.0  # accepted, then the connection closes without an answer
    error_after_accept: float = 0.0  # accepted, then the answer is InternalServerException
    server_error: float = 0.0  # InternalServerException, not accepted
    slow_answer: float = 0.0  # accepted, then the answer takes slow_answer_ms longer
    slow_answer_ms: float = 0.0


@dataclass(frozen=True, slots=True)
class Delays:
    """When receipts come, in seconds after acceptance."""

    least: float = 0.2
    most: float = 3.0


@dataclass(frozen=True, slots=True)
class Notifications:
    """How SNS signs and delivers; times in seconds."""

    signature_version: str = "2"  # "1" signs with SHA-1
    concurrency: int = 8
    tries: int = 50
    first_backoff: float = 0.5
    most_backoff: float = 20.0
    timeout: float = 15.0
    publish_managed_keywords: bool = True  # STOP reaches the topic though AWS acted on it


@dataclass(frozen=True, slots=True)
class Configuration:
    """All that can be set."""

    account: Account = field(default_factory=Account)
    outcomes: Mapping[str, float] = field(default_factory=lambda: dict(DEFAULT_OUTCOMES))
    rates: Rates = field(default_factory=Rates)
    faults: Faults = field(default_factory=Faults)
    delays: Delays = field(default_factory=Delays)
    notifications: Notifications = field(default_factory=Notifications)
    latency_ms: float = 0.0  # added before every answer


def load(path: Path | None) -> Configuration:
    """Read a JSON file over the defaults; a key that is not known is a mistake, not a wish."""
    if path is None:
        return Configuration()
    try:
        data = json.loads(path.read_text())
    except (OSError, ValueError) as error:
        raise BadConfiguration(f"{path}: {error}") from error
    return parse(data)


def parse(data: Any) -> Configuration:
    """Make a Configuration of decoded JSON."""
    readers: dict[str, Callable[[Any], Any]] = {
        "account": _account,
        "outcomes": _outcomes,
        "rates": lambda value: _build(Rates, value, "rates"),
        "faults": lambda value: _build(Faults, value, "faults"),
        "delays": lambda value: _build(Delays, value, "delays"),
        "notifications": lambda value: _build(Notifications, value, "notifications"),
    }
    return _build(Configuration, data, "the file", readers)


def _account(data: Any) -> Account:
    readers: dict[str, Callable[[Any], Any]] = {
        "numbers": _many(
            Number,
            "numbers",
            capabilities=lambda names: tuple(names),
            later=lambda steps: tuple(tuple(step) for step in steps),
        ),
        "pools": _many(Pool, "pools", senders=lambda keys: tuple(keys)),
        "configuration_sets": _many(
            ConfigurationSet, "configuration_sets", event_types=lambda types: tuple(types)
        ),
        "sender_ids": _many(SenderId, "sender_ids", message_types=lambda types: tuple(types)),
        "opt_out_lists": lambda names: tuple(names),
        "verified_numbers": lambda numbers: tuple(numbers),
    }
    return _build(Account, data, "account", readers)


def _outcomes(data: Any) -> dict[str, float]:
    known = {*DEFAULT_OUTCOMES, "TEXT_INVALID_MESSAGE", "TEXT_PROTECT_BLOCKED", NO_RECEIPT}
    if not isinstance(data, dict) or not data or not known.issuperset(data):
        raise BadConfiguration(f"outcomes: a share for each of {', '.join(sorted(known))}")
    if any(share < 0 for share in data.values()) or sum(data.values()) <= 0:
        raise BadConfiguration("outcomes: shares are positive")
    return data


def _many(kind: type[T], where: str, **readers: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda items: tuple(_build(kind, item, where, readers) for item in items)


def _build(
    kind: type[T], data: Any, where: str, readers: Mapping[str, Callable[[Any], Any]] | None = None
) -> T:
    if not isinstance(data, dict):
        raise BadConfiguration(f"{where}: must be a JSON object")
    known = {item.name for item in dataclasses.fields(kind)}  # type: ignore[arg-type]
    if unknown := sorted(set(data) - known):
        raise BadConfiguration(f"{where}: unknown key {', '.join(unknown)}")
    values = {key: (readers or {}).get(key, _same)(value) for key, value in data.items()}
    try:
        return kind(**values)
    except TypeError as error:
        raise BadConfiguration(f"{where}: {error}") from error


def _same(value: Any) -> Any:
    return value
