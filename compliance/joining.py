"""Who is told when people say yes to a program, one by one: a higher room registers itself.

An import tells nobody. A list that is brought in is no event in anybody's life, and a million of
them must not set off a million texts: whoever wants to text them launches a campaign.
"""

from collections.abc import Callable, Sequence

from compliance.acts import Recorded
from compliance.models import LedgerEntry

# Called with the opt-ins, in the transaction that records them.
Told = Callable[[Sequence[Recorded]], None]
_told: list[Told] = []


def register(told: Told) -> None:
    """Have a function called with each opt-in to a program. Once, when the apps are ready."""
    _told[:] = [told]


def tell(recorded: Sequence[Recorded]) -> None:
    """Tell of the opt-ins to programs among new entries; START alone joins none."""
    joined = [
        entry
        for entry in recorded
        if entry.said.act == LedgerEntry.Act.OPT_IN
        and entry.said.source != LedgerEntry.Source.IMPORT
        and entry.said.program_id is not None
    ]
    if joined:
        for told in _told:
            told(joined)
