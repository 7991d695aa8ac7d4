"""Can an originator send a kind of text to people in some countries, and if not, why? Pure.

What AWS and the carriers hold (aws-sms.md 2.4 to 2.6 and 9; compliance.md 5 and 6): a number or
sender ID is of one type and one class, reaches some countries, and in the US must be registered.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from django.utils.translation import gettext as _

from compliance.models import MessageClass, Originator

Kind = Originator.Kind
# Puerto Rico, the Virgin Islands, Guam and American Samoa count as the US for US numbers.
UNITED_STATES = frozenset({"US", "PR", "VI", "GU", "AS"})
MUST_REGISTER = frozenset({Kind.TEN_DLC, Kind.TOLL_FREE, Kind.POOL})
ONE_COUNTRY = frozenset({Kind.SHORT_CODE, Kind.TOLL_FREE, Kind.SIMULATOR})
NO_SENDER_IDS = UNITED_STATES | {"CA", "CN"}
# Where carriers take texts from a registered sender ID alone: a number of elsewhere is blocked, or
# shown as another name. Not complete: rules change by the quarter.
NEED_SENDER_ID = frozenset({"IN", "SG", "AE", "SA", "PH", "VN", "LK", "ID", "TH", "TR"})


class Why(StrEnum):
    """Why it cannot."""

    NOT_ACTIVE = "NOT_ACTIVE"
    WRONG_CLASS = "WRONG_CLASS"
    NOT_REGISTERED = "NOT_REGISTERED"
    ONLY_TEST_NUMBERS = "ONLY_TEST_NUMBERS"
    NO_SENDER_ID_THERE = "NO_SENDER_ID_THERE"
    OTHER_COUNTRY = "OTHER_COUNTRY"
    NEEDS_SENDER_ID = "NEEDS_SENDER_ID"


@dataclass(frozen=True, slots=True)
class Sender:
    """What matters of an originator; a pool's members are senders of their own."""

    name: str
    kind: str
    message_class: str
    country: str
    registered: bool
    active: bool = True
    international: bool | None = None  # None: AWS was not asked
    members: tuple["Sender", ...] = ()


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why it cannot send, and to which of the countries; none: to nobody at all."""

    why: Why
    says: str
    countries: frozenset[str] = frozenset()


def obstacles(sender: Sender, message_class: str, countries: Collection[str]) -> list[Obstacle]:
    """Return everything that keeps a sender from texting people in these countries."""
    if sender.kind == Kind.POOL and sender.members:
        return _of_pool(sender, message_class, countries)
    return [*_of_all(sender, message_class), *_by_country(sender, frozenset(countries))]


def _of_pool(sender: Sender, message_class: str, countries: Collection[str]) -> list[Obstacle]:
    """A pool reaches what one of its members reaches; AWS picks that one."""
    found = [
        one
        for one in _of_all(sender, message_class)
        if one.why is not Why.NOT_REGISTERED  # each member is asked itself
    ]
    able = [replace(one, message_class=sender.message_class) for one in sender.members]
    for country in sorted(countries):
        reasons = [obstacles(one, sender.message_class, {country}) for one in able]
        if all(reasons):
            first = reasons[0][0]
            found.append(replace(first, countries=frozenset({country})))
    return _together(found)


def _together(found: list[Obstacle]) -> list[Obstacle]:
    """Say once what holds for several countries."""
    by_words: dict[tuple[Why, str], frozenset[str]] = {}
    for one in found:
        key = (one.why, one.says)
        by_words[key] = by_words.get(key, frozenset()) | one.countries
    return [Obstacle(why, says, countries) for (why, says), countries in by_words.items()]


def _of_all(sender: Sender, message_class: str) -> Iterator[Obstacle]:
    if not sender.active:
        says = _("{} cannot send now: it is not active.").format(sender.name)
        yield Obstacle(Why.NOT_ACTIVE, says)
    if sender.message_class != message_class and sender.kind != Kind.SENDER_ID:
        says = _("{} sends {} texts only; AWS refuses {} ones.").format(
            sender.name,
            MessageClass(sender.message_class).label,
            MessageClass(message_class).label,
        )
        yield Obstacle(Why.WRONG_CLASS, says)
    american = sender.country in UNITED_STATES
    if american and sender.kind in MUST_REGISTER and not sender.registered:
        says = _(
            "Carriers in the US block what comes from a number that is not registered, and {} is "
            "not."
        ).format(sender.name)
        yield Obstacle(Why.NOT_REGISTERED, says)
    if sender.kind == Kind.SIMULATOR:
        says = _("{} is for trying things: it reaches only AWS's own test numbers.").format(
            sender.name
        )
        yield Obstacle(Why.ONLY_TEST_NUMBERS, says)


def _by_country(sender: Sender, countries: frozenset[str]) -> Iterator[Obstacle]:
    if sender.kind == Kind.SENDER_ID:
        yield from _of_sender_id(sender, countries)
        return
    home = UNITED_STATES if sender.country in UNITED_STATES else frozenset({sender.country})
    abroad = countries - home - {""}
    needing = abroad & NEED_SENDER_ID
    if needing:
        says = _("Carriers there take texts from a registered sender ID, not from {}.").format(
            sender.name
        )
        yield Obstacle(Why.NEEDS_SENDER_ID, says, needing)
    rest = abroad - needing
    if rest and (sender.kind in ONE_COUNTRY or sender.international is False):
        says = _("{} sends within {} only.").format(sender.name, sender.country)
        yield Obstacle(Why.OTHER_COUNTRY, says, rest)


def _of_sender_id(sender: Sender, countries: frozenset[str]) -> Iterator[Obstacle]:
    without = countries & NO_SENDER_IDS
    if without:
        says = _("Texts there come from numbers, never from a name such as {}.").format(sender.name)
        yield Obstacle(Why.NO_SENDER_ID_THERE, says, without)
    rest = countries - without - {sender.country, ""}
    if rest:
        says = _("{} is a sender ID of {}; each country has its own.").format(
            sender.name, sender.country
        )
        yield Obstacle(Why.OTHER_COUNTRY, says, rest)
    if sender.country in NEED_SENDER_ID & countries and not sender.registered:
        says = _("{} must be registered in {} first.").format(sender.name, sender.country)
        yield Obstacle(Why.NOT_REGISTERED, says, frozenset({sender.country}))
