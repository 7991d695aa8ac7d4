"""The simulator of AWS in a process of its own."""

import json
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from tests.stack import ROOT

START_SECONDS = 20


def start(
    folder: Path, endpoint: str, config: dict[str, Any], *, state: str = "state", seed: int = 1
) -> tuple[subprocess.Popen[bytes], str, Path]:
    """Start it; return the process, its address, and its log. Notifications go to `endpoint`."""
    number = len(list(folder.glob("config-*.json")))
    path, log = folder / f"config-{number}.json", folder / f"log-{number}.txt"
    path.write_text(json.dumps(config))
    command = [
        sys.executable, "-m", "pinpoint.simulator", "--port", "0",
        "--state-dir", str(folder / state), "--config", str(path), "--seed", str(seed),
        "--deliver-to", endpoint,
    ]  # fmt: skip
    with log.open("wb") as stderr:
        process = subprocess.Popen(command, cwd=ROOT, stderr=stderr)
    return process, _address(process, log), log


def _address(process: subprocess.Popen[bytes], log: Path) -> str:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        if found := re.search(r"^simulator listening on (\S+)$", log.read_text(), re.MULTILINE):
            return found[1]
        time.sleep(0.02)
    process.kill()
    process.wait()
    raise AssertionError(f"the simulator did not start: {log.read_text()}")
