"""Opt-out lists: whom the account may not text, and how one comes off a list again."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

REMOVAL_INTERVAL_SECONDS = 30 * 24 * 3600  # AWS takes the same number off only once in 30 days
STOP_WORDS = re.compile(
    r"(ARRET|CANCEL|END|OPT-OUT|OPTOUT|QUIT|REMOVE|STOP|TD|UNSUBSCRIBE)\b", re.IGNORECASE
)


def asks_to_stop(body: str) -> bool:
    """Tell whether AWS would act on this reply: the word must come first in it."""
    return STOP_WORDS.match(body) is not None


def digits(number: str) -> str:
    """Write a number with its plus, which requests may leave out."""
    return number if number.startswith("+") else f"+{number}"


@dataclass(frozen=True, slots=True)
class OptOut:
    """One entry of a list."""

    number: str
    since: float  # epoch seconds
    end_user: bool  # the person asked for it, not the account's owner


class OptOutLists:
    """All lists of the account, in memory; the journal makes them last."""

    def __init__(self, names: Iterable[str]) -> None:
        self._lists: dict[str, dict[str, OptOut]] = {name: {} for name in names}
        self._removed: dict[tuple[str, str], float] = {}

    def put(self, name: str, entry: OptOut) -> OptOut:
        """Add an entry; a number that is on the list already keeps its first entry."""
        return self._lists.setdefault(name, {}).setdefault(entry.number, entry)

    def remove(self, name: str, number: str, now: float) -> OptOut:
        """Take a number that is on the list off it (epoch seconds)."""
        self._removed[name, number] = now
        return self._lists[name].pop(number)

    def find(self, name: str, number: str) -> OptOut | None:
        """Return a number's entry in a list."""
        return self._lists.get(name, {}).get(number)

    def removable(self, name: str, number: str, now: float) -> bool:
        """Tell whether AWS would take this number off the list at this time."""
        last = self._removed.get((name, number))
        return last is None or now - last >= REMOVAL_INTERVAL_SECONDS

    def entries(self, name: str) -> list[OptOut]:
        """Return a whole list."""
        return list(self._lists.get(name, {}).values())

    def count(self) -> int:
        """Count the entries of all lists."""
        return sum(len(entries) for entries in self._lists.values())
