"""Who gets which text of a campaign, and who gets none so that the effect can be measured.

A person's place is a stable hash of campaign and contact, so that every run, however it is
written, puts them into the same arm; arms lie mixed in the queue and are paced alike.
"""

import hashlib
from collections.abc import Sequence

PLACES = 10_000  # a hundredth of a percent each
HELD_OUT = "hold_out"  # the reason of a message that is written and never sent

# The same hash as `place`, in PostgreSQL, of a campaign (parameter) and `person.pk`.
PLACE_SQL = "('x' || left(md5(%s::text || ':' || person.pk::text), 8))::bit(32)::bigint %% 10000"


def place(campaign_id: int, contact_id: int) -> int:
    """Return where a person stands in a campaign, from 0 to PLACES - 1. Pure."""
    digest = hashlib.md5(f"{campaign_id}:{contact_id}".encode(), usedforsecurity=False)
    return int(digest.hexdigest()[:8], 16) % PLACES


def bounds(holdout_percent: int, percents: Sequence[int]) -> list[int]:
    """Return the places at which the hold-out, and then each arm from 1 on, ends.

    Places from the last bound on are of arm 0. Shares of more than all raise ValueError.
    """
    found, end = [], 0
    for percent in (holdout_percent, *percents):
        end += percent * PLACES // 100
        found.append(end)
    if end > PLACES:
        raise ValueError("the shares are more than all")
    return found


def arm_at(spot: int, ends: Sequence[int]) -> int | None:
    """Return the arm of a place, given the `bounds`; None for the hold-out. Pure."""
    if spot < ends[0]:
        return None
    return next((arm for arm, end in enumerate(ends) if spot < end), 0)
