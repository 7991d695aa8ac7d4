"""A file → batches of rows, ready for the database: here, or in a process of its own. Pure."""

import gc
import io
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import islice
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path
from typing import IO, NamedTuple

import orjson

from contacts import formats
from contacts.copying import NULL, escaped
from contacts.rows import BadRow, Reading, Row, read

ROOT = Path(__file__).resolve().parent.parent
LONG = 1024**2  # bytes of a file that is worth a process, which takes a quarter of a second
# What `staged` writes of each row, in this order.
FIELDS = (
    *("city", "region", "postal_code", "country", "timezone", "locale", "user_id", "endpoint_id"),
)
STAGED = (
    *("line", "phone", "phone_country", "line_type", "attributes", "user_attributes", "metrics"),
    *FIELDS,
    *("latitude", "longitude", "last_active_at"),
)


class Person(NamedTuple):
    """Who stands on a line, and what it says of consent."""

    line: int
    phone: str
    opt_in: bool | None  # None: nobody asked
    opt_out: bool
    opted_in_at: datetime | None


class Rejected(NamedTuple):
    """A line that is not stored, and why."""

    number: int
    reason: str
    raw: str


class Batch(NamedTuple):
    """Some lines of a file. `read` counts the bytes of the file up to here, more or less."""

    last: int
    read: int
    lines: int
    people: list[Person]
    staged: list[str]  # per person, as COPY reads it
    rejected: list[Rejected]
    refusing: list[Person]  # on lines that are stored, and on some that are not


def batches(
    file: IO[bytes], form: formats.Format, reading: Reading, size: int, after: int = 0
) -> Iterator[Batch]:
    """Yield a file's lines above `after` in batches of `size`."""
    lines = formats.lines(formats.opened(file), form, after=after)
    while some := list(islice(lines, size)):
        yield _batch(some, reading, file.tell())


def _batch(lines: list[formats.Line], reading: Reading, position: int) -> Batch:
    batch = Batch(lines[-1].number, position, len(lines), [], [], [], [])
    for line in lines:
        try:
            row = read(line, reading)
        except BadRow as problem:
            batch.rejected.append(Rejected(line.number, str(problem)[:300], line.raw[:2000]))
            if problem.row and (problem.row.opt_out or problem.row.opt_in is False):
                batch.refusing.append(_person(problem.row))
            continue
        person = _person(row)
        batch.people.append(person)
        batch.staged.append(staged(row))
        if row.opt_out or row.opt_in is False:
            batch.refusing.append(person)
    return batch


def _person(row: Row) -> Person:
    return Person(row.line, row.phone, row.opt_in, row.opt_out, row.opted_in_at)


def staged(row: Row) -> str:
    """Write a row as COPY reads it."""
    fields = row.fields
    metrics = orjson.dumps(row.metrics).decode() if row.metrics else "{}"
    # One join for all: a million rows pass here.
    return "\t".join(
        (
            str(row.line),
            row.phone,
            row.country,
            row.line_type,
            escaped(orjson.dumps(row.attributes).decode()),
            escaped(orjson.dumps(row.user_attributes).decode()),
            escaped(metrics),
            *[escaped(fields[name]) if name in fields else "" for name in FIELDS],
            NULL if row.latitude is None else str(row.latitude),
            NULL if row.longitude is None else str(row.longitude),
            NULL if row.last_active_at is None else str(row.last_active_at),
        )
    )


@contextmanager
def opened_batches(
    file: IO[bytes], form: formats.Format, reading: Reading, size: int, after: int = 0
) -> Iterator[Iterator[Batch]]:
    """Give a file's batches; those of a long one are made in a process of its own."""
    if file.seek(0, io.SEEK_END) < LONG:
        yield batches(file, form, reading, size, after)
        return
    with elsewhere(file, form, reading, size, after) as found:
        yield found


@contextmanager
def elsewhere(
    file: IO[bytes], form: formats.Format, reading: Reading, size: int, after: int = 0
) -> Iterator[Iterator[Batch]]:
    """Do what `batches` does in a process of its own, one batch ahead of who asks."""
    ours, theirs = Pipe()
    what = f"from contacts.parsing import serve; serve({theirs.fileno()})"
    process = subprocess.Popen(  # noqa: S603 - our own words
        [sys.executable, "-c", what], stdin=file, pass_fds=[theirs.fileno()], cwd=ROOT
    )
    theirs.close()
    try:
        ours.send((form, reading, size, after))
        if ours.recv() != STAGED:
            # The next worker goes on with the import.
            raise RuntimeError(
                "Sendpoint was updated under this process, which is to be restarted."
            )
        yield _received(ours)
    finally:
        ours.close()
        process.kill()
        process.wait()


def _received(connection: Connection) -> Iterator[Batch]:
    try:
        while isinstance(batch := connection.recv(), Batch):
            yield batch
    except EOFError as error:
        raise OSError("the process that reads it has died") from error
    if batch is not None:
        raise ValueError(batch)


def serve(descriptor: int) -> None:
    """Read the file on standard input, and hand its batches to whoever started this process."""
    gc.disable()  # rows make no cycles, and to look for some costs a fifth
    connection = Connection(descriptor)
    form, reading, size, after = connection.recv()
    connection.send(STAGED)
    try:
        for batch in batches(sys.stdin.buffer, form, reading, size, after):
            connection.send(batch)
        connection.send(None)
    except BrokenPipeError:
        return  # nobody wants it any more
    except (OSError, ValueError) as problem:
        connection.send(str(problem))
