"""The whole system of `make run`, on ports and data of its own, for journeys and browser tests."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from config.local.servers import free_port

ROOT = Path(__file__).resolve().parent.parent
GIVEN = ("DATABASE_URL", "REDIS_URL", "PORT", "AWS_ENDPOINT_URL_PINPOINT_SMS_VOICE_V2")
ZONES = ["America/New_York", "America/Los_Angeles", "Europe/Paris", "Asia/Tokyo", "Asia/Dubai"]


class Stack:
    """A running system; `stop` ends it and everything it started."""

    def __init__(self, data: Path, simulator: dict[str, Any] | None = None) -> None:
        self.data = data
        environment = {name: value for name, value in os.environ.items() if name not in GIVEN}
        environment["PORT"] = str(free_port())
        if simulator is not None:
            config = data / "simulator.json"
            config.write_text(json.dumps(simulator))
            environment["SIMULATOR_CONFIG"] = str(config)
        self.environment = environment
        self.log = data / "stack.log"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it is healthy."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "config.local", "--data-dir", str(self.data)],
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        wait_for(lambda: self.facts().get("healthy"), 120, self.words)

    def facts(self) -> dict[str, Any]:
        """Return what the system wrote down of itself: addresses, process ids."""
        try:
            found: dict[str, Any] = json.loads((self.data / "run.json").read_text())
        except (FileNotFoundError, ValueError):
            return {}
        return found

    @property
    def url(self) -> str:
        """Where the admin is."""
        return str(self.facts()["url"])

    def words(self) -> str:
        """Return the end of the log, for failures."""
        return self.log.read_text(errors="replace")[-3000:]

    def manage(self, *arguments: str) -> str:
        """Run a management command against the running system."""
        facts = self.facts()
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.environment
            | {
                "SENDPOINT_LOCAL": "1",
                "DATABASE_URL": facts["database_url"],
                "REDIS_URL": facts["redis_url"],
                "SECRET_KEY": (self.data / "secret_key").read_text(),
                "DATA_DIR": str(self.data),
            },
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def campaigns(self) -> list[dict[str, Any]]:
        """Return what `manage.py campaigns --json` says."""
        return [json.loads(line) for line in self.manage("campaigns", "--json").splitlines()]

    def simulated(self, path: str) -> dict[str, Any]:
        """Ask the simulator."""
        with urllib.request.urlopen(f"{self.facts()['simulator']}/_simulator/{path}") as answer:
            found: dict[str, Any] = json.load(answer)
        return found

    def accepted(self) -> list[dict[str, Any]]:
        """Return every text that the simulator accepted."""
        texts: list[dict[str, Any]] = []
        while page := self.simulated(f"messages?after={len(texts)}&limit=10000")["messages"]:
            texts += page
        return texts

    def kill(self, name: str) -> int:
        """Kill a child the hard way; return its process id."""
        pid = int(self.facts()["children"][name]["pid"])
        os.kill(pid, signal.SIGKILL)
        return pid

    def stop(self) -> None:
        """End it in order."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(60)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                raise


def wait_for(condition: Any, seconds: float, words: Any = lambda: "") -> Any:
    """Wait until a condition holds; fail with `words()` when it does not in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if value := condition():
            return value
        time.sleep(0.3)
    raise AssertionError(f"it did not happen within {seconds} s\n{words()}")


def daytime_zone() -> str:
    """Return a zone where promotional texts may go for the next two hours at least."""
    now = datetime.now(UTC)
    return next(zone for zone in ZONES if 8 <= now.astimezone(ZoneInfo(zone)).hour < 19)
