"""What may be sent now, derived anew from the whole ledger: a repair, and a proof."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby, islice
from operator import attrgetter
from typing import NamedTuple

from django.db import connection, transaction

from compliance import ledger
from compliance.canonical import Said
from compliance.consent import CONSENT, ERASED, ON_REQUEST
from compliance.standing import Person, fold
from contacts.copying import NULL, copy_rows

CHUNK = 5000
# The evidence has no say in it.
READ = f"""
    SELECT {", ".join("'{}'" if name == "evidence" else f"e.{name}" for name in Said._fields)},
           s.phone
    FROM compliance_ledgerentry e LEFT JOIN compliance_subject s ON s.key = e.subject
    ORDER BY e.subject, e.id
"""  # noqa: S608 - the names are our own


class UnknownNumber(RuntimeError):  # noqa: N818 - it is what the operator reads
    """A number that is needed and not there, though nobody erased the person."""


class _Entry(NamedTuple):
    said: Said
    subject: str
    phone: str | None


@dataclass(frozen=True, slots=True)
class _Table:
    """A derived table; `key` of its columns identify a row, `where` is derived of it."""

    name: str
    columns: tuple[str, ...]
    key: int
    where: str = "true"

    @property
    def rebuilt(self) -> str:
        """The temporary table beside it."""
        return f"rebuilt_{self.name}"

    @property
    def kept(self) -> str:
        """The query of what is derived now."""
        return f"SELECT {self.listed} FROM {self.name} WHERE {self.where}"  # noqa: S608

    @property
    def fresh(self) -> str:
        """The query of what should be."""
        return f"SELECT {self.listed} FROM {self.rebuilt}"  # noqa: S608

    @property
    def listed(self) -> str:
        """The columns."""
        return ", ".join(self.columns)


CONSENTS = _Table("compliance_consent", CONSENT, 3)
BLOCKS = _Table("compliance_suppression", ("phone", "scope", "entry_id", "since"), 1)
ERASURES = _Table(
    "compliance_suppressednumber",
    ("key", "reason", "source", "entry_id", "added_at"),
    2,
    f"reason = '{ERASED}'",
)
TABLES = (CONSENTS, BLOCKS, ERASURES)


def rebuild(*, write: bool = True) -> int:
    """Derive everything anew and put it in place; return how many rows were wrong or missing.

    With `write=False` it only counts, from one consistent picture, and holds nobody up. Else
    nothing can be recorded until it ends. Raises UnknownNumber.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            if write:
                ledger.lock()
            else:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            for table in TABLES:
                cursor.execute(f"DROP TABLE IF EXISTS {table.rebuilt}")
                cursor.execute(
                    f"CREATE TEMPORARY TABLE {table.rebuilt} ON COMMIT DROP AS {table.kept} LIMIT 0"
                )
        people = _people()
        while batch := list(islice(people, CHUNK)):
            _copy(batch)
        return sum(_compare(table, write=write) for table in TABLES)


def _people() -> Iterator[tuple[str, str, Person]]:
    """Yield each subject's key, number ("" for an erased one) and what their entries come to."""
    for key, entries in groupby(_read(), key=attrgetter("subject")):
        person, phone = Person(), None
        for entry in entries:
            fold(person, entry.said)
            phone = entry.phone
        if phone is None and not person.erased:
            raise UnknownNumber(
                f"The number of subject {key} is gone, and nobody erased it. Restore it first."
            )
        yield key, phone or "", person


def _read() -> Iterator[_Entry]:
    with connection.chunked_cursor() as cursor:
        cursor.execute(READ)
        while rows := cursor.fetchmany(CHUNK):
            for *values, phone in rows:
                said = Said(*values)
                yield _Entry(said, said.subject, phone)


def _copy(people: list[tuple[str, str, Person]]) -> None:
    copy_rows(
        CONSENTS.rebuilt,
        CONSENTS.columns,
        (
            (
                *(phone, str(program), message_class, str(s.state), str(s.entry_id)),
                *(str(s.since), str(s.expires_at) if s.expires_at else NULL),
            )
            for _key, phone, person in people
            for (program, message_class), s in person.consents.items()
        ),
    )
    copy_rows(
        BLOCKS.rebuilt,
        BLOCKS.columns,
        (
            (phone, str(p.suppressed.scope), str(p.suppressed.entry_id), str(p.suppressed.since))
            for _key, phone, p in people
            if p.suppressed
        ),
    )
    copy_rows(
        ERASURES.rebuilt,
        ERASURES.columns,
        (
            (key, str(ERASED), ON_REQUEST, str(p.erased.entry_id), str(p.erased.since))
            for key, _phone, p in people
            if p.erased
        ),
    )


def _compare(table: _Table, *, write: bool) -> int:
    """Count the rows that are wrong or missing; put them right where asked to."""
    columns = table.columns[: table.key]
    same = " AND ".join(f"kept.{column} = wrong.{column}" for column in columns)
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {table.rebuilt}")
        cursor.execute(
            f"""
            SELECT count(*) FROM (
                SELECT {", ".join(columns)} FROM ({table.kept} EXCEPT {table.fresh}) gone
                UNION SELECT {", ".join(columns)} FROM ({table.fresh} EXCEPT {table.kept}) come
            ) wrong
            """  # noqa: S608 - the names are our own
        )
        [count] = cursor.fetchone()
        if write and count:
            cursor.execute(
                f"DELETE FROM {table.name} kept USING ({table.kept} EXCEPT {table.fresh}) wrong"  # noqa: S608
                f" WHERE {same}"
            )
            cursor.execute(
                f"INSERT INTO {table.name} ({table.listed}) {table.fresh} EXCEPT {table.kept}"
            )
    return int(count)
