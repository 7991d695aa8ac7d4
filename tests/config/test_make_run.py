"""`make run`, as a person types it."""

import contextlib
import json
import os
import re
import signal
import subprocess
import time
import urllib.error
import urllib.request

import psutil
import pytest

from config.local.leftovers import Record, end_recorded
from tests.stack import GIVEN, ROOT

START_SECONDS = 300  # installed and migrated while other tests run beside it
PROCESSES = {"postgres", "valkey", "simulator", "web", "worker", "beat"}

pytestmark = pytest.mark.slow


class MakeRun:
    """`make run` with a data folder of its own."""

    def __init__(self, data):
        self.data = data
        self.outside = {name: value for name, value in os.environ.items() if name not in GIVEN}
        self.runs = []

    def start(self):
        log = self.data / f"run-{time.monotonic_ns()}.log"
        with log.open("wb") as out:
            process = subprocess.Popen(
                ["make", "run"],
                cwd=ROOT,
                env={**self.outside, "DATA_DIR": str(self.data), "PORT": "0"},
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.runs.append((process, log))
        return process

    @property
    def make(self):
        return self.runs[-1][0]

    def text(self):
        return self.runs[-1][1].read_text()

    def start_and_wait(self):
        process = self.start()
        until(lambda: "Sendpoint is ready at" in self.text() or process.poll() is not None)
        assert process.poll() is None, self.text()
        return process

    def record(self):
        return Record.read(self.data / "run.json")

    def pid(self, name):
        seen = self.record().processes.get(name)
        return seen and seen.pid

    def family(self):
        """Every process that runs for this data folder, and the ones below them."""
        leaders = [seen.pid for seen in self.record().processes.values()]
        below = [
            child
            for pid in leaders
            if psutil.pid_exists(pid)
            for child in psutil.Process(pid).children(recursive=True)
        ]
        return leaders + [child.pid for child in below]

    def health(self):
        try:
            with urllib.request.urlopen(f"{self.record().url}/healthz/", timeout=5) as answer:
                return answer.status, json.load(answer)["status"]
        except urllib.error.HTTPError as error:
            return error.code, json.load(error)["status"]
        except OSError as error:
            return 0, str(error)

    def manage(self, *arguments):
        return subprocess.run(
            [".venv/bin/python", "manage.py", *arguments],
            cwd=ROOT,
            env={**self.outside, "SENDPOINT_ENV_FILE": str(self.data / "env")},
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        ).stdout.strip()

    def end(self):
        for process, _ in self.runs:
            if process.poll() is None:
                process.terminate()
                process.wait(40)
        if (supervisor := self.record().supervisor) and supervisor.is_alive():
            psutil.Process(supervisor.pid).kill()
        end_recorded(self.record())


@pytest.fixture
def first_run(tmp_path):
    """`make run` on a machine that has never seen it."""
    make_run = MakeRun(tmp_path)
    yield make_run
    make_run.end()


@pytest.fixture(scope="module")
def from_before(tmp_path_factory, begun):
    """`make run` with data that are there from the last time."""
    make_run = MakeRun(begun(tmp_path_factory.mktemp("running")))
    yield make_run
    make_run.end()


@pytest.fixture
def running(from_before):
    """One that runs; the test before may have ended it."""
    if not from_before.runs or from_before.make.poll() is not None:
        from_before.start_and_wait()
    return from_before


def until(condition, seconds=START_SECONDS):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def alive(pids):
    found = []
    for pid in pids:
        with contextlib.suppress(psutil.NoSuchProcess):
            if psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:
                found.append(pid)
    return found


def test_it_starts_everything_and_says_where_and_who(first_run):
    first_run.start_and_wait()
    assert set(first_run.record().processes) == PROCESSES
    assert first_run.health() == (200, "ok")
    assert re.search(r"ready at http://127\.0\.0\.1:\d+/ after [\d.]+ s", first_run.text())
    assert "marketer, compliance, analyst or admin; password: sendpoint" in first_run.text()


def test_a_second_one_is_refused_while_the_first_runs(running):
    second = MakeRun(running.data)
    assert second.start().wait(30) != 0
    assert f"Sendpoint already runs with the data in {running.data}" in second.text()


@pytest.mark.parametrize("name", sorted(PROCESSES))
def test_it_is_healthy_again_after_a_part_was_killed(running, name):
    killed = running.pid(name)
    os.kill(killed, signal.SIGKILL)
    until(lambda: running.pid(name) not in (None, killed), 20)
    until(lambda: running.health() == (200, "ok"), 60)
    assert f"{name} was killed by SIGKILL; it starts again" in running.text()


def test_SIGTERM_to_make_ends_everything_and_the_next_one_has_its_data(running):  # noqa: N802
    running.manage("createsuperuser", "--no-input", "--username=ann", "--email=ann@example.com")
    family = running.family()
    running.make.terminate()
    running.make.wait(40)
    until(lambda: not alive(family), 20)
    assert running.record().processes == {}

    running.start_and_wait()
    count = "from django.contrib.auth.models import User; print(User.objects.count())"
    assert running.manage("shell", "--verbosity=0", "-c", count) == "5"  # the demo's four, and Ann


@pytest.mark.parametrize("killed", ["make", "supervisor"])
def test_nothing_is_orphaned_when_it_is_killed_and_the_next_one_recovers(running, killed):
    family = running.family()
    pid = running.make.pid if killed == "make" else running.record().supervisor.pid
    os.kill(pid, signal.SIGKILL)
    running.make.wait(10)
    until(lambda: not alive(family), 20)
    running.start_and_wait()
    assert running.health() == (200, "ok")


def test_the_next_one_ends_what_was_left_when_the_watchman_was_killed_too(running):
    supervisor = psutil.Process(running.record().supervisor.pid)
    family = running.family()
    leaders = [seen.pid for seen in running.record().processes.values()]
    for child in supervisor.children():
        if child.pid not in leaders:
            supervisor.suspend()  # so that it cannot hire another
            child.kill()
    supervisor.kill()
    running.make.wait(10)
    running.start_and_wait()
    assert not alive(family)
    assert running.health() == (200, "ok")
