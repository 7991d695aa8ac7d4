"""One timeline of everything about a person; each room contributes what it knows.

A room above registers a provider in its AppConfig.ready(). A page of the timeline asks each for its
newest entries before a place, and merges them; so it costs the same at the top of a thousand pages
and at the bottom.
"""

import heapq
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from django.db.models import Q, QuerySet
from django.db.models.expressions import Combinable

from contacts import rooms

PAGE = 50


@dataclass(frozen=True, slots=True)
class Person:
    """Whom the timeline is about: a number, and the contact with it, if there is one."""

    phone: str
    contact_id: int = 0  # 0 where there is none


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A place in a timeline. Entries of one instant are ordered by their provider and key."""

    at: datetime
    source: str
    pk: int

    def __str__(self) -> str:
        return f"{self.at.isoformat()}~{self.source}~{self.pk}"

    @classmethod
    def read(cls, text: str) -> "Place | None":
        """Return the place that a link names; None, the top, where it names none."""
        try:
            at, source, pk = text.split("~")
            return cls(datetime.fromisoformat(at).astimezone(UTC), source, int(pk))
        except (ValueError, OverflowError):
            return None


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened: `words` say what, `detail` gives more.

    `link` leads to it, for those with the permission `opens_for`.
    """

    place: Place
    words: str
    detail: str = ""
    link: str = ""
    opens_for: str = ""


# Returns at most so many entries before a place (None: the newest), newest first.
Provider = Callable[[Person, Place | None, int], list[Entry]]


def page(person: Person, before: Place | None = None, size: int = 0) -> list[Entry]:
    """Return the next entries of a timeline, newest first: `size` of them, or `PAGE`."""
    size = size or PAGE
    providers: list[Provider] = rooms.timeline_providers()
    found = [provider(person, before, size) for provider in providers]
    merged = heapq.merge(*found, key=lambda entry: entry.place, reverse=True)
    return list(islice(merged, size))


def followable(entries: list[Entry], may: Callable[[str], bool]) -> list[Entry]:
    """Keep links for those who may follow them; `may` tells whether somebody has a permission."""
    return [entry if may(entry.opens_for) else replace(entry, link="") for entry in entries]


def everything(person: Person) -> Iterator[Entry]:
    """Walk a person's whole timeline, page by page."""
    before = None
    while entries := page(person, before, 500):
        yield from entries
        before = entries[-1].place


def newest(
    rows: QuerySet[Any],
    at: Combinable,
    source: str,
    before: Place | None,
    size: int,
) -> QuerySet[Any]:
    """Cut a provider's rows to those before a place, newest first; each gets `timeline_at`."""
    rows = rows.annotate(timeline_at=at)
    if before is not None:
        earlier = Q(timeline_at__lt=before.at)
        if source == before.source:
            earlier |= Q(timeline_at=before.at, pk__lt=before.pk)
        elif source < before.source:
            earlier |= Q(timeline_at=before.at)
        rows = rows.filter(earlier)
    return rows.order_by("-timeline_at", "-pk")[:size]
