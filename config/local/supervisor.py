"""Child processes that live and die with this one, and whose output becomes one stream."""

import ctypes
import itertools
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

PR_SET_PDEATHSIG = 1
GRACE_SECONDS = 10.0
# A child that dies sooner than this after its start counts as failing.
HEALTHY_AFTER_SECONDS = 10.0
MOST_FAILURES = 5
COLOURS = itertools.cycle((36, 32, 33, 35, 34, 31))


@dataclass
class Child:
    """One process: what it runs, and how it is asked to end."""

    name: str
    command: list[str]
    environment: Mapping[str, str]
    end_with: signal.Signals = signal.SIGTERM
    colour: int = field(default_factory=lambda: next(COLOURS))
    process: subprocess.Popen[str] | None = None
    started_at: float = 0.0
    failures: int = 0

    def start(self, cwd: Path) -> None:
        """Start it in a process group of its own, tied to this process's life."""
        end_with = self.end_with
        self.started_at = time.monotonic()
        self.process = subprocess.Popen(
            self.command,
            cwd=cwd,
            env=dict(self.environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
            preexec_fn=lambda: _end_with_parent(end_with),
        )
        threading.Thread(target=self._relay, args=(self.process,), daemon=True).start()

    def _relay(self, process: subprocess.Popen[str]) -> None:
        for line in process.stdout or ():
            say(self.name, line.rstrip("\n"), self.colour)

    def kill_group(self) -> None:
        """End whatever it left behind, at once."""
        if self.process is not None:
            signal_group(self.process.pid, signal.SIGKILL)


def say(name: str, line: str, colour: int = 0) -> None:
    """Write one line of the stream."""
    stamp = time.strftime("%H:%M:%S")
    label = f"{name:<10}"
    if colour and sys.stdout.isatty():
        label = f"\033[{colour}m{label}\033[0m"
    try:
        print(f"{stamp} {label} {line}", flush=True)
    except BrokenPipeError:  # whoever read the stream is gone; the work goes on
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115


def signal_group(pid: int, how: signal.Signals) -> None:
    """Send a signal to a process group; it may be gone already."""
    try:
        os.killpg(pid, how)
    except (ProcessLookupError, PermissionError):
        return


def _end_with_parent(how: signal.Signals) -> None:
    """Ask Linux to signal this process when its parent dies, however it dies."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, how)


class Supervisor:
    """Keeps children alive until it is told to stop, then ends every one of them."""

    def __init__(self, cwd: Path, *, changed: Callable[[list[Child]], None]) -> None:
        self.children: list[Child] = []
        self._cwd = cwd
        self._changed = changed
        self.stopping = threading.Event()

    def add(self, child: Child) -> None:
        """Start a child and keep it alive."""
        child.start(self._cwd)
        self.children.append(child)
        self._changed(self.children)

    def tend(self) -> bool:
        """Restart what died; False when one keeps dying and everything must stop."""
        for child in self.children:
            if child.process is None or child.process.poll() is None:
                continue
            if not self._restart(child, child.process.returncode):
                return False
        return True

    def _restart(self, child: Child, code: int) -> bool:
        child.kill_group()
        lived = time.monotonic() - child.started_at
        child.failures = child.failures + 1 if lived < HEALTHY_AFTER_SECONDS else 0
        if child.failures >= MOST_FAILURES:
            say("local", f"{child.name} ended {MOST_FAILURES} times in a row ({code}). Giving up.")
            return False
        say("local", f"{child.name} ended ({code}); starting it again")
        self.stopping.wait(min(child.failures, 3))
        if not self.stopping.is_set():
            child.start(self._cwd)
            self._changed(self.children)
        return True

    def stop(self) -> None:
        """End every child, the last started first; what does not go in time is killed."""
        for child in reversed(self.children):
            process = child.process
            if process is None:
                continue
            if process.poll() is None:
                process.send_signal(child.end_with)
                try:
                    process.wait(GRACE_SECONDS)
                except subprocess.TimeoutExpired:
                    say("local", f"{child.name} did not end in time; killing it")
            child.kill_group()
            process.wait()
