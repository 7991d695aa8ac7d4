"""The simulator of AWS in a process of its own.

Nearly all of a start is Python reading modules, and there are well over a hundred of them. So
they are forked from a process that has read them; what follows is `python -m pinpoint.simulator`.
"""

import json
import multiprocessing
import os
import re
import sys
import time
from collections.abc import Sequence
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

from pinpoint.simulator.__main__ import main

START_SECONDS = 20
FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload([main.__module__])


class Simulating:
    """A simulator that was started, with what one does to a subprocess.Popen."""

    def __init__(self, process: ForkServerProcess) -> None:
        self._process = process

    def poll(self) -> int | None:
        """Return its exit code, of a signal the negative number; None while it runs."""
        return self._process.exitcode

    def wait(self, timeout: float | None = None) -> int:
        """Return its exit code once it has ended; fail if it has not by then."""
        self._process.join(timeout)
        code = self._process.exitcode
        assert code is not None, f"the simulator still runs after {timeout} s"
        return code

    def send_signal(self, number: int) -> None:
        """Send it a signal."""
        if self._process.pid is not None and self.poll() is None:
            os.kill(self._process.pid, number)

    def terminate(self) -> None:
        """Ask it to end."""
        self._process.terminate()

    def kill(self) -> None:
        """End it as a crash would."""
        self._process.kill()


def start(
    folder: Path, endpoint: str, config: dict[str, Any], *, state: str = "state", seed: int = 1
) -> tuple[Simulating, str, Path]:
    """Start it; return the process, its address, and its log. Notifications go to `endpoint`."""
    number = len(list(folder.glob("config-*.json")))
    path, log = folder / f"config-{number}.json", folder / f"log-{number}.txt"
    path.write_text(json.dumps(config))
    arguments = [
        "--port", "0", "--state-dir", str(folder / state), "--config", str(path),
        "--seed", str(seed), "--deliver-to", endpoint,
    ]  # fmt: skip
    log.touch()
    process = FORKS.Process(target=_simulate, args=(arguments, log), daemon=True)
    process.start()
    simulating = Simulating(process)
    return simulating, _address(simulating, log), log


def _simulate(arguments: Sequence[str], log: Path) -> None:
    file = os.open(log, os.O_WRONLY)
    os.dup2(file, sys.stderr.fileno())
    os.close(file)
    sys.exit(main(arguments))


def _address(process: Simulating, log: Path) -> str:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        if found := re.search(r"^simulator listening on (\S+)$", log.read_text(), re.MULTILINE):
            return found[1]
        time.sleep(0.02)
    process.kill()
    process.wait()
    raise AssertionError(f"the simulator did not start: {log.read_text()}")
