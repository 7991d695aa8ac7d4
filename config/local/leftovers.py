"""What an earlier run left behind when it was killed: found, proved to be ours, ended."""

import json
import signal
from collections.abc import Iterable
from pathlib import Path

import psutil

from config.local.supervisor import Child, say, signal_group

WAIT_SECONDS = 10


def record(path: Path, children: Iterable[Child], facts: dict[str, str]) -> None:
    """Write down who runs, so that the next run can find them; replaced as a whole."""
    running = {}
    for child in children:
        if child.process is not None:
            started = _started(child.process.pid)
            if started is not None:
                running[child.name] = {"pid": child.process.pid, "started": started}
    text = json.dumps({"children": running, **facts}, indent=2)
    draft = path.with_suffix(".new")
    draft.write_text(text)
    draft.replace(path)


def _started(pid: int) -> float | None:
    try:
        return psutil.Process(pid).create_time()
    except psutil.NoSuchProcess:
        return None


def end(path: Path) -> None:
    """End what an earlier run recorded and that still lives. A reused process id is let alone."""
    try:
        children = json.loads(path.read_text())["children"]
    except (FileNotFoundError, ValueError, KeyError):
        return
    for name, child in children.items():
        pid, started = int(child["pid"]), float(child["started"])
        if _started(pid) == started:
            say("local", f"ending {name}, left over from a run that was killed")
            _end_group(pid)
    path.unlink(missing_ok=True)


def _end_group(pid: int) -> None:
    process = psutil.Process(pid)
    # PostgreSQL takes SIGINT for "disconnect everyone and shut down".
    process.send_signal(signal.SIGINT if process.name() == "postgres" else signal.SIGTERM)
    try:
        process.wait(WAIT_SECONDS)
    except psutil.TimeoutExpired:
        say("local", f"process {pid} did not end in time; killing it")
    signal_group(pid, signal.SIGKILL)
