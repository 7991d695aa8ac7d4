"""The durable log: one JSON object a line, appended and handed to the kernel before any answer.

It survives `kill -9` of the process; it does not wait for the disk, because no power is cut here.
"""

import fcntl
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

READ_BYTES = 8192


class InUse(RuntimeError):  # noqa: N818
    """Another simulator runs in the same state directory."""


class Journal:
    """An append-only file of records, readable again by the offset of a record."""

    def __init__(self, path: Path) -> None:
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(self._descriptor)
            raise InUse(f"{path.parent} is in use by another simulator") from error
        self._end = os.fstat(self._descriptor).st_size

    def append(self, kind: str, record: dict[str, Any]) -> int:
        """Write one record and return its offset in bytes; OSError leaves the journal as it was."""
        line = json.dumps({"kind": kind, **record}, separators=(",", ":")).encode() + b"\n"
        start = self._end
        if os.write(self._descriptor, line) != len(line):
            os.ftruncate(self._descriptor, start)
            raise OSError("the journal could not be written in full")
        self._end += len(line)
        return start

    def read(self, offset: int) -> dict[str, Any]:
        """Return the record at an offset."""
        line = b""
        while b"\n" not in line:
            chunk = os.pread(self._descriptor, READ_BYTES, offset + len(line))
            if not chunk:
                raise EOFError("there is no whole record at this offset")
            line += chunk
        return _decode(line[: line.index(b"\n")])

    def records(self) -> Iterator[tuple[int, dict[str, Any]]]:
        """Yield (offset, record) from the start, and cut off a line that a kill left unfinished."""
        offset = 0
        with open(os.dup(self._descriptor), "rb") as stream:
            stream.seek(0)
            for line in stream:
                if not line.endswith(b"\n"):
                    break
                yield offset, _decode(line)
                offset += len(line)
        if offset != self._end:
            os.ftruncate(self._descriptor, offset)
            self._end = offset

    def close(self) -> None:
        """Let go of the file and of its lock."""
        os.close(self._descriptor)


def _decode(line: bytes) -> dict[str, Any]:
    record: dict[str, Any] = json.loads(line)
    return record
