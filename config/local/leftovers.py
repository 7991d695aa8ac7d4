"""What runs, written to `run.json`, so that the next start finds what a killed one left behind."""

import contextlib
import json
import os
import signal
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path

import psutil

from . import secrets

PATIENCE_SECONDS = 5.0
# Two readings of one process's start may differ by rounding; another process's differ by more,
# since a pid comes round again only after thousands of others.
SAME_START_SECONDS = 0.5


@dataclass(frozen=True)
class Seen:
    """A process that we started: its pid alone could by now be somebody else's."""

    pid: int
    started: float
    stop_with: int = signal.SIGTERM

    @classmethod
    def of(cls, pid: int, stop_with: int = signal.SIGTERM) -> "Seen":
        """Note a process that runs now."""
        try:
            return cls(pid, psutil.Process(pid).create_time(), stop_with)
        except psutil.NoSuchProcess:
            return cls(pid, 0.0, stop_with)

    def is_alive(self) -> bool:
        """Say whether this very process runs."""
        try:
            process = psutil.Process(self.pid)
            return self._is(process) and _runs(process)
        except psutil.NoSuchProcess:
            return False

    def family(self) -> list[psutil.Process]:
        """Return the process and its group; none if the pid has come round to another."""
        try:
            if not self._is(psutil.Process(self.pid)):
                return []
        except psutil.NoSuchProcess:
            pass  # its children may have outlived it
        return [process for process in psutil.process_iter() if self._is_kin(process)]

    def _is(self, process: psutil.Process) -> bool:
        return abs(process.create_time() - self.started) < SAME_START_SECONDS

    def _is_kin(self, process: psutil.Process) -> bool:
        try:
            return (
                os.getpgid(process.pid) == self.pid
                and process.create_time() > self.started - SAME_START_SECONDS
                and _runs(process)
            )
        except (ProcessLookupError, psutil.NoSuchProcess):
            return False


@dataclass
class Record:
    """The contents of `run.json`."""

    supervisor: Seen | None = None
    url: str = ""
    simulator: str = ""
    ports: dict[str, int] = field(default_factory=dict)
    processes: dict[str, Seen] = field(default_factory=dict)

    @classmethod
    def read(cls, path: Path) -> "Record":
        """Return what the last run wrote; nothing if there was none."""
        if not path.is_file():
            return cls()
        try:
            found = json.loads(path.read_text())
            supervisor = found["supervisor"] and Seen(**found["supervisor"])
            processes = {name: Seen(**seen) for name, seen in found["processes"].items()}
            return cls(supervisor, found["url"], found["simulator"], found["ports"], processes)
        except (ValueError, KeyError, TypeError):
            return cls()  # another version's, or damaged: it is only a help

    def write(self, path: Path) -> None:
        """Replace the file."""
        secrets.write_private(path, json.dumps(asdict(self), indent=2) + "\n")


def end_recorded(record: Record) -> list[str]:
    """End what the recorded run left behind; return the names of what was found."""
    families = {name: seen.family() for name, seen in record.processes.items()}
    found = {name: family for name, family in families.items() if family}
    for name in found:
        if (seen := record.processes[name]).is_alive():
            with contextlib.suppress(ProcessLookupError):
                os.kill(seen.pid, seen.stop_with)
    everyone = [process for family in found.values() for process in family]
    leaders = {seen.pid for seen in record.processes.values()}
    _still_there([process for process in everyone if process.pid in leaders])
    # Those who led are gone, or stubborn; nobody is left to end the others.
    end(list(filter(_runs, everyone)), signal.SIGKILL)
    return list(found)


def end(processes: list[psutil.Process], how: signal.Signals) -> None:
    """Signal them all, and kill those that are still there after a while."""
    for step in (how, signal.SIGKILL):
        for process in processes:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.send_signal(step)
        processes = _still_there(processes)


def _still_there(processes: list[psutil.Process]) -> list[psutil.Process]:
    """Wait for them to end, and return those that did not."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while (alive := list(filter(_runs, processes))) and time.monotonic() < deadline:
        time.sleep(0.05)
    return alive


def _runs(process: psutil.Process) -> bool:
    # A dead process whose new parent does not collect it (as in many containers) is no leftover.
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
