"""What a person's ledger entries, read in order, mean for what they may be sent. Pure.

A no always counts. A yes counts only if it is not older than the no that it answers, and only a
text from the phone itself moves a no to a yes: anybody can type a number into a form, and
operators, imports and the API may only restrict.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from compliance.canonical import Said
from compliance.models import Consent, LedgerEntry

Act, Scope, State = LedgerEntry.Act, LedgerEntry.Scope, Consent.State

# Whoever signs up again begins anew where nothing, or no no, stands in the way.
OWN_ACTS = frozenset({LedgerEntry.Source.WEB_FORM, LedgerEntry.Source.KEYWORD})
FROM_THE_PHONE = frozenset({LedgerEntry.Source.KEYWORD})

Key = tuple[int, str]  # program id, message class


@dataclass(frozen=True, slots=True)
class Standing:
    """One consent state, the entry that put it there, and when it ends."""

    state: str
    entry_id: int
    since: datetime
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Block:
    """Why nothing goes out: how far it reaches, by which entry, since when."""

    scope: str
    entry_id: int
    since: datetime


@dataclass(slots=True)
class Person:
    """Everything derived for one number."""

    consents: dict[Key, Standing] = field(default_factory=dict)
    suppressed: Block | None = None
    erased: Block | None = None

    def copy(self) -> "Person":
        """Return a person who can change without this one."""
        return Person(dict(self.consents), self.suppressed, self.erased)


def fold(person: Person, entry: Said) -> None:
    """Apply one ledger entry to a person, in ledger order."""
    if person.erased and not _comes_back(person.erased, entry):
        person.erased = _latest(person.erased, entry, Scope.ALL)
        return
    person.erased = None
    FOLDS[entry.act](person, entry)


def _comes_back(erased: Block, entry: Said) -> bool:
    return (
        entry.act == Act.OPT_IN
        and entry.source in FROM_THE_PHONE
        and entry.happened_at >= erased.since
    )


def _latest(block: Block | None, entry: Said, scope: str) -> Block:
    """Widen a block by a later no; a second no at the same time changes nothing."""
    if block is None:
        return Block(scope, entry.id, entry.happened_at)
    wider = Scope.ALL if Scope.ALL in (block.scope, scope) else Scope.MARKETING
    if entry.happened_at > block.since or wider != block.scope:
        return Block(wider, entry.id, max(entry.happened_at, block.since))
    return block


def _opt_out(person: Person, entry: Said) -> None:
    if entry.scope == Scope.PROGRAM:
        _revoke(person, _key(entry), entry)
    else:
        person.suppressed = _latest(person.suppressed, entry, entry.scope)


def _revoke(person: Person, key: Key, entry: Said) -> None:
    standing = person.consents.get(key)
    if standing and standing.state == State.REVOKED and standing.since >= entry.happened_at:
        return
    person.consents[key] = Standing(State.REVOKED, entry.id, entry.happened_at)


def _opt_in(person: Person, entry: Said) -> None:
    if entry.source in FROM_THE_PHONE:
        _lift(person, entry)
    if entry.scope != Scope.PROGRAM:
        return
    standing = person.consents.get(_key(entry))
    if standing is None or _may_move(standing, entry):
        person.consents[_key(entry)] = Standing(
            State.ACTIVE, entry.id, entry.happened_at, entry.expires_at
        )


def _may_move(standing: Standing, entry: Said) -> bool:
    """Tell whether an act of signing up may take the place of what stands."""
    who = FROM_THE_PHONE if standing.state == State.REVOKED else OWN_ACTS
    return entry.source in who and entry.happened_at >= standing.since


def _lift(person: Person, entry: Said) -> None:
    """START brings all consents back; joining one program after a STOP leaves the others off."""
    block = person.suppressed
    if block is None or entry.happened_at < block.since:
        return
    person.suppressed = None
    if entry.scope == Scope.ALL:
        return
    for key, standing in person.consents.items():
        covered = block.scope == Scope.ALL or key[1] == "promotional"
        if covered and standing.state != State.REVOKED and standing.since <= block.since:
            person.consents[key] = Standing(State.REVOKED, block.entry_id, block.since)


def _request(person: Person, entry: Said) -> None:
    """Someone is asked to confirm: never less than a yes that still counts."""
    standing = person.consents.get(_key(entry))
    waiting = Standing(State.PENDING, entry.id, entry.happened_at, entry.expires_at)
    if standing is None:
        person.consents[_key(entry)] = waiting
    elif _may_move(standing, entry):
        ended = standing.expires_at is not None and standing.expires_at <= entry.happened_at
        if standing.state != State.ACTIVE or ended:
            person.consents[_key(entry)] = waiting


def _change_scope(person: Person, entry: Said) -> None:
    """The person says how far their no reaches; anybody else can only widen it."""
    block = person.suppressed
    narrows = (
        block is not None
        and entry.source in FROM_THE_PHONE
        and entry.happened_at >= block.since
        and entry.scope != Scope.ALL
    )
    if narrows:
        person.suppressed = None
    _opt_out(person, entry)


def _erase(person: Person, entry: Said) -> None:
    person.consents.clear()
    person.suppressed = None
    person.erased = Block(Scope.ALL, entry.id, entry.happened_at)


def _correct(person: Person, entry: Said) -> None:
    """A yes that was recorded in error does not count; a no stays until the person lifts it."""
    for key, standing in person.consents.items():
        if standing.entry_id == entry.corrects_id and standing.state != State.REVOKED:
            since = max(entry.happened_at, standing.since)
            person.consents[key] = Standing(State.REVOKED, entry.id, since)


def _key(entry: Said) -> Key:
    if entry.program_id is None:
        raise ValueError(f"Entry {entry.id} is about a program and names none.")
    return entry.program_id, entry.message_class


FOLDS: dict[str, Callable[[Person, Said], None]] = {
    Act.OPT_IN: _opt_in,
    Act.OPT_IN_REQUESTED: _request,
    Act.OPT_OUT: _opt_out,
    Act.SCOPE_CHANGE: _change_scope,
    Act.ERASURE: _erase,
    Act.CORRECTION: _correct,
}
