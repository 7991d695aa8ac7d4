"""How the last run of each campaign fared: what the room above counts, for the list of campaigns.

It registers in AppConfig.ready(), by dotted path: models are not there yet while apps get ready.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.utils.module_loading import import_string


@dataclass(frozen=True, slots=True)
class Fared:
    """The figures of one run, as people read them."""

    people: str
    delivered: str
    delivery_rate: str
    opt_outs: str


@dataclass(frozen=True, slots=True)
class Counted:
    """The last runs of some campaigns, by campaign; those that never went are not among them."""

    of: Mapping[int, Fared] = field(default_factory=dict)
    until: datetime | None = None  # what came later is not counted yet


Count = Callable[[Sequence[int]], Counted]
_counts: list[str] = []


def register(path: str) -> None:
    """Have what stands at this dotted path, a `Count`, asked."""
    _counts[:] = [path]


def last_runs(campaign_ids: Sequence[int]) -> Counted:
    """Return how the last runs of these campaigns fared, as far as that is counted."""
    if not campaign_ids or not _counts:
        return Counted()
    count: Count = import_string(_counts[0])
    return count(campaign_ids)
