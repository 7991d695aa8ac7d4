"""`python -m config.local`: what `make run` starts."""

import argparse
import asyncio
import fcntl
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import IO

from . import parents
from .environment import Given
from .leftovers import Record
from .stream import Stream
from .system import Plan, System
from .trouble import Trouble

CHECKOUT = Path(__file__).resolve().parents[2]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run until a signal comes; return the exit code."""
    options = _options(arguments)
    if options.end_with_parent:
        parents.end_with(os.getppid(), signal.SIGTERM)()
    stream = Stream()
    data: Path = options.data_dir.resolve()
    os.chdir(CHECKOUT)
    plan = Plan(data, Given.of(os.environ), os.environ.get("PORT") or None, not options.no_demo)
    try:
        with _lock(data):
            asyncio.run(System(plan, stream).run())
    except Trouble as trouble:
        stream.say(str(trouble))
        return 1
    return 0


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m config.local",
        description=(
            "Run Sendpoint on this machine. From the environment: PORT, DATA_DIR, DATABASE_URL, "
            "REDIS_URL, AWS_ENDPOINT_URL_PINPOINT_SMS_VOICE_V2."
        ),
    )
    data = os.environ.get("DATA_DIR") or CHECKOUT / ".local"
    parser.add_argument("--data-dir", type=Path, default=Path(data), help="where all data is kept")
    parser.add_argument("--no-demo", action="store_true", help="load no demo logins and contacts")
    parser.add_argument(
        "--end-with-parent", action="store_true", help="stop when the calling process ends"
    )
    return parser.parse_args(arguments)


def _lock(data: Path) -> IO[str]:
    """Hold the data folder for as long as we run: the kernel lets go of it however we end."""
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = (data / "lock").open("a")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        running = Record.read(data / "run.json")
        pid = running.supervisor.pid if running.supervisor else "unknown"
        raise Trouble(
            f"Sendpoint already runs with the data in {data} (process {pid}"
            f"{', ' + running.url if running.url else ''}). Stop it first with Ctrl-C, or "
            f"`kill {pid}`."
        ) from None
    return file


if __name__ == "__main__":
    sys.exit(main())
