"""Random histories of consent: batches of acts of a few people, in any order of time."""

from datetime import timedelta

from hypothesis import strategies as st

from compliance.acts import Act
from compliance.models import LedgerEntry
from tests.compliance.acts import NOON

PHONES = ("+12125550111", "+12125550112", "+16175550113")
Kind, Source, Scope = LedgerEntry.Act, LedgerEntry.Source, LedgerEntry.Scope
WIDE = (Scope.ALL, Scope.MARKETING)


@st.composite
def acts(draw, programs, before):
    """Draw one act; `before` is how many entries there are that it could correct."""
    kinds = [kind for kind in Kind if kind != Kind.CORRECTION or before]
    # Opt-ins as often as everything else together: else hardly anybody is ever in.
    kind = draw(st.sampled_from([*kinds, *[Kind.OPT_IN] * len(kinds)]))
    scopes = {
        Kind.OPT_IN: (Scope.PROGRAM, Scope.PROGRAM, Scope.ALL),
        Kind.OPT_IN_REQUESTED: (Scope.PROGRAM,),
        Kind.OPT_OUT: (Scope.PROGRAM, *WIDE),
        Kind.SCOPE_CHANGE: (Scope.PROGRAM, *WIDE),
        Kind.ERASURE: (Scope.ALL,),
        Kind.CORRECTION: (Scope.ALL,),
    }[kind]
    scope = draw(st.sampled_from(scopes))
    return Act(
        phone=draw(st.sampled_from(PHONES)),
        act=kind,
        source=draw(st.sampled_from(list(Source))),
        scope=scope,
        program_id=draw(st.sampled_from(programs)) if scope == Scope.PROGRAM else None,
        message_class=draw(st.sampled_from(["promotional", "promotional", "transactional"])),
        basis=draw(st.sampled_from(["", "implied"])) if kind == Kind.OPT_IN else "",
        happened_at=NOON + timedelta(hours=draw(st.integers(0, 30))),
        corrects=draw(st.integers(1, before)) if kind == Kind.CORRECTION else None,
    )


@st.composite
def histories(draw, programs):
    """Draw batches of acts, as imports and single texts would record them."""
    batches, count = [], 0
    for size in draw(st.lists(st.integers(1, 4), min_size=1, max_size=8)):
        batch = []
        for _ in range(size):
            batch.append(draw(acts(programs, count)))
            count += 1
        batches.append(batch)
    return batches
