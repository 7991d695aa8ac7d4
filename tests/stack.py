"""The whole system of `make run`, on ports and data of its own, for journeys and browser tests."""

import fcntl
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from config.local import parents
from config.local.leftovers import Record

ROOT = Path(__file__).resolve().parent.parent
# What the tests' own servers, or the person who runs the tests, have put there.
GIVEN = (
    "DATABASE_URL",
    "REDIS_URL",
    "DATA_DIR",
    "PORT",
    "SECRET_KEY",
    "LEDGER_KEY",
    "AWS_ENDPOINT_URL_PINPOINT_SMS_VOICE_V2",
    "SNS_EXTRA_ORIGIN",
    "SNS_TOPIC_ARNS",
)
ZONES = ["America/New_York", "America/Los_Angeles", "Europe/Paris", "Asia/Tokyo", "Asia/Dubai"]


# Of a data folder, what is of one run alone.
OF_ONE_RUN = ("run.json", "env", "lock", "run-*.log", "stack.log", "simulator.json")


def first_data(folder: Path) -> Path:
    """Return the data of a system that has been started once; made for the first who asks.

    Migrating and the demo take two thirds of a first start, and few tests are about them.
    """
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        data, done = folder / "data", folder / "done"
        if not done.exists():
            data.mkdir(exist_ok=True)
            first = Stack(data)
            first.start()
            first.stop()
            done.touch()
    return data


def copy_data(first: Path, data: Path) -> None:
    """Let a folder begin where another has stopped."""
    shutil.copytree(first, data, dirs_exist_ok=True, ignore=shutil.ignore_patterns(*OF_ONE_RUN))


class Stack:
    """A running system; `stop` ends it and everything it started."""

    def __init__(self, data: Path, simulator: dict[str, Any] | None = None) -> None:
        self.data = data
        environment = {name: value for name, value in os.environ.items() if name not in GIVEN}
        environment["PORT"] = "0"  # any free one
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
                preexec_fn=parents.end_with(os.getpid(), signal.SIGTERM),
            )
        ended = self.process.poll
        wait_for(lambda: self.record().url or ended() is not None, 300, self.words)
        assert ended() is None, self.words()

    def record(self) -> Record:
        """Return what the system wrote down of itself: addresses, process ids."""
        return Record.read(self.data / "run.json")

    @property
    def url(self) -> str:
        """Where the admin is."""
        return self.record().url

    def pid(self, name: str) -> int | None:
        """Return the process id of `web`, `worker`, `postgres`...; None while it is down."""
        seen = self.record().processes.get(name)
        return seen.pid if seen else None

    def words(self) -> str:
        """Return the end of the log, for failures."""
        return self.log.read_text(errors="replace")[-3000:]

    def indiscretions(self, *words: str) -> set[str]:
        """Return what the log of all processes should not hold: numbers, keys, and these words."""
        log = self.log.read_text(errors="replace")
        secrets = re.findall(r"^(?:SECRET|LEDGER)_KEY=(.+)$", (self.data / "env").read_text(), re.M)
        wanted = [*words, *(key.strip("'\"") for key in secrets)]
        numbers = set(re.findall(r"(?:\+|%2B)1\d{10}", log))
        return numbers | {word for word in wanted if word in log}

    def manage(self, *arguments: str, good: tuple[int, ...] = (0,)) -> str:
        """Run a management command against the running system."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.environment | {"SENDPOINT_ENV_FILE": str(self.data / "env")},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode in good, done.stderr
        return done.stdout

    def campaigns(self) -> list[dict[str, Any]]:
        """Return what `manage.py campaigns --json` says."""
        return [json.loads(line) for line in self.manage("campaigns", "--json").splitlines()]

    def simulated(self, path: str) -> dict[str, Any]:
        """Ask the simulator."""
        return get_json(f"{self.record().simulator}/_simulator/{path}")

    def accepted(self) -> list[dict[str, Any]]:
        """Return every text that the simulator accepted."""
        texts: list[dict[str, Any]] = []
        while page := self.simulated(f"messages?after={len(texts)}&limit=10000")["messages"]:
            texts += page
        return texts

    def is_healthy(self) -> bool:
        """Ask /healthz/."""
        try:
            with urllib.request.urlopen(f"{self.url}/healthz/", timeout=10) as answer:
                return bool(answer.status == HTTPStatus.OK)
        except OSError:  # an answer of 503 is one too
            return False

    def kill(self, name: str) -> int:
        """Kill a child the hard way; return its process id."""
        pid = self.record().processes[name].pid
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


def get_json(url: str) -> dict[str, Any]:
    """Return what an address answers."""
    with urllib.request.urlopen(url, timeout=10) as answer:
        found: dict[str, Any] = json.load(answer)
    return found


def wait_for(condition: Any, seconds: float, words: Any = lambda: "") -> Any:
    """Wait until a condition holds; fail with `words()` when it does not in time.

    What takes long to ask is asked less often: the system that is waited for needs the machine.
    """
    end = time.monotonic() + seconds
    while (asked := time.monotonic()) < end:
        if value := condition():
            return value
        time.sleep(max(0.3, 3 * (time.monotonic() - asked)))
    raise AssertionError(f"it did not happen within {seconds} s\n{words()}")


def daytime_zone() -> str:
    """Return a zone where promotional texts may go for the next two hours at least."""
    now = datetime.now(UTC)
    return next(zone for zone in ZONES if 9 <= now.astimezone(ZoneInfo(zone)).hour < 19)
