"""What the account owns and may buy, change and give back while the simulator runs.

The account's file says what it begins with; every change goes through the journal first.
"""

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from typing import Any, Generic, TypeVar

from .account import Account, ConfigurationSet, Number, Pool, SenderId, arn
from .opt_outs import digits

Append = Callable[[str, dict[str, Any]], object]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Keyword:
    """What a number or pool does when a text begins with a word."""

    owner: str  # id of the number or pool
    word: str
    message: str
    action: str  # AUTOMATIC_RESPONSE, OPT_OUT or OPT_IN

    @property
    def key(self) -> str:
        """Words count without regard to case."""
        return f"{self.owner}/{self.word.upper()}"


@dataclass(frozen=True, slots=True)
class Record:
    """A thing without a shape of its own here: members as they are in JSON."""

    members: dict[str, Any]


class Table(Generic[T]):
    """Things of one kind by key; the journal holds every change."""

    def __init__(
        self, name: str, kind: type[T], append: Append, first: Iterable[tuple[str, T]] = ()
    ) -> None:
        self.name = name
        self._kind = kind
        self._append = append
        self._rows = dict(first)

    def put(self, key: str, row: T) -> T:
        """Add or replace a thing."""
        members = asdict(row)  # type: ignore[call-overload]
        self._append("put", {"table": self.name, "key": key, "row": members})
        self._rows[key] = row
        return row

    def drop(self, key: str) -> T:
        """Take a thing away that is there."""
        self._append("dropped", {"table": self.name, "key": key})
        return self._rows.pop(key)

    def get(self, key: str) -> T | None:
        """Find a thing."""
        return self._rows.get(key)

    def replay(self, record: dict[str, Any]) -> None:
        """Do again what the journal holds."""
        if "row" in record:
            plain = self._kind is Record
            members = record["row"] if plain else {k: _frozen(v) for k, v in record["row"].items()}
            self._rows[record["key"]] = self._kind(**members)
        else:
            self._rows.pop(record["key"], None)

    def __iter__(self) -> Iterator[T]:
        return iter(list(self._rows.values()))

    def __len__(self) -> int:
        return len(self._rows)


def _first_topics(account: Account) -> list[str]:
    inbound = [number.inbound_topic for number in account.numbers if number.two_way]
    return list(dict.fromkeys([*account.topics(), *inbound]))


def _topic(name: str) -> Record:
    return Record({"TopicArn": name, "Owner": name.split(":")[4], "SignatureVersion": "2"})


class Holdings:
    """Numbers, pools, sender IDs, keywords, tags and registrations of the account."""

    def __init__(self, account: Account, append: Append) -> None:
        self.day_seconds = account.day_seconds
        self.most_usd = account.spend_limit_usd
        self.bought: Table[Number] = Table(
            "numbers", Number, append, ((n.number_id, n) for n in account.numbers)
        )
        self.pools: Table[Pool] = Table(
            "pools", Pool, append, ((p.pool_id, p) for p in account.pools)
        )
        self.sender_ids: Table[SenderId] = Table(
            "sender_ids", SenderId, append, ((s.key, s) for s in account.sender_ids)
        )
        self.configuration_sets: Table[ConfigurationSet] = Table(
            "configuration_sets",
            ConfigurationSet,
            append,
            ((one.name, one) for one in account.configuration_sets),
        )
        self.overrides: Table[Record] = Table("overrides", Record, append)  # spend limits
        self.protections: Table[Record] = Table("protections", Record, append)
        self.topics_made: Table[Record] = Table(
            "topics", Record, append, ((name, _topic(name)) for name in _first_topics(account))
        )  # ARN -> attributes
        self.keywords: Table[Keyword] = Table("keywords", Keyword, append)
        self.tags: Table[Record] = Table("tags", Record, append)  # ARN -> {key: value}
        self.registrations: Table[Record] = Table("registrations", Record, append)
        self.attachments: Table[Record] = Table("attachments", Record, append)
        self.tokens: Table[Record] = Table("tokens", Record, append)  # ClientToken -> what came
        self.clock: Table[Record] = Table("clock", Record, append)
        tables = (
            self.bought, self.pools, self.sender_ids, self.keywords, self.tags,
            self.registrations, self.attachments, self.tokens, self.clock,
            self.configuration_sets, self.overrides, self.protections, self.topics_made,
        )  # fmt: skip
        self._tables: dict[str, Table[Any]] = {table.name: table for table in tables}

    def replay(self, record: dict[str, Any]) -> None:
        """Do again what the journal holds."""
        self._tables[record["table"]].replay(record)

    # --- the calendar of those who register and provision -----------------------------------------

    def now(self) -> float:
        """Return the time of AWS's and the carriers' people (epoch seconds)."""
        shift = self.clock.get("shift")
        return time.time() + (shift.members["seconds"] if shift else 0)

    def in_days(self, days: float, since: float | None = None) -> float:
        """Return when so many of their days have passed."""
        return (self.now() if since is None else since) + days * self.day_seconds

    def forward(self, days: float) -> None:
        """Let days pass."""
        shift = self.clock.get("shift")
        before = shift.members["seconds"] if shift else 0
        self.clock.put("shift", Record({"seconds": before + days * self.day_seconds}))

    # --- what texts are sent from -----------------------------------------------------------------

    @property
    def numbers(self) -> list[Number]:
        """Every number as it is now."""
        now = self.now()
        return [_as_of(number, now) for number in self.bought]

    def number(self, identity: str) -> Number | None:
        """Find a number by its digits, id or ARN."""
        wanted = digits(identity) if identity[:1].isdigit() else identity
        for number in self.bought:
            if wanted in (number.number, number.number_id, number.arn):
                return _as_of(number, self.now())
        return None

    def members(self, pool: Pool) -> list[Number]:
        """Return the numbers of a pool."""
        return [number for number in self.numbers if number.pool_id == pool.pool_id]

    def pool(self, identity: str) -> Pool | None:
        """Find a pool by its id or ARN."""
        return next((pool for pool in self.pools if identity in (pool.pool_id, pool.arn)), None)

    def provisioned(self) -> list[SenderId]:
        """Return the sender IDs that are there by now."""
        return [one for one in self.sender_ids if one.since <= self.now()]

    def sender(self, identity: str, country: str = "") -> SenderId | None:
        """Find a sender ID by its text or ARN."""
        for sender in self.provisioned():
            named = arn("sender-id", sender.key)
            if identity in (sender.sender_id, named) and country in ("", sender.iso_country_code):
                return sender
        return None

    def configuration_set(self, identity: str) -> ConfigurationSet | None:
        """Find a configuration set by its name or ARN."""
        for one in self.configuration_sets:
            if identity in (one.name, one.arn):
                return one
        return None

    @property
    def spend_limit_usd(self) -> float:
        """What texts may cost in a month: AWS's maximum, or what the account has set itself."""
        own = self.overrides.get("TEXT")
        return self.most_usd if own is None else own.members["usd"]

    def default_protection(self) -> str:
        """Return the id of the account's default protect configuration; empty: there is none."""
        for one in self.protections:
            if one.members["default"]:
                return str(one.members["id"])
        return ""

    def rule_for(self, country: str, protect_id: str) -> str:
        """Return what a protect configuration, else the default one, does with texts there."""
        found = self.protections.get(protect_id or self.default_protection())
        rules = found.members["rules"].get("SMS", {}) if found else {}
        return str(rules.get(country, {}).get("ProtectStatus", "ALLOW"))

    def topics(self) -> list[str]:
        """Return every topic that inbound texts go to."""
        return [number.inbound_topic for number in self.bought if number.two_way]

    def action_of(self, number: Number, body: str) -> str:
        """Return what the number's own keywords say to a text: OPT_OUT, OPT_IN or nothing."""
        first = body.split()[0].upper() if body.split() else ""
        for owner in (number.number_id, number.pool_id):
            if owner and (keyword := self.keywords.get(f"{owner}/{first}")):
                return keyword.action
        return ""


def _as_of(number: Number, now: float) -> Number:
    due = [status for at, status in number.later if at <= now]
    return replace(number, status=due[-1]) if due else number


def _frozen(value: Any) -> Any:
    return tuple(_frozen(item) for item in value) if isinstance(value, list) else value
