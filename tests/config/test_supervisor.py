"""The supervisor of `make run`, with services that do little."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from config.local.leftovers import Record, Seen, end_recorded

ROOT = Path(__file__).resolve().parents[2]
SLEEPER = ["sleep", "1000"]
# A leader with a child in its process group, as Celery's worker has.
PARENT = ["sh", "-c", "sleep 1001 & sleep 1001"]
STUBBORN = ["sh", "-c", "trap '' TERM; while true; do sleep 0.1; done"]


class Supervised:
    """A supervisor in a process of its own."""

    def __init__(self, folder):
        self.folder = folder
        self.log = folder / "log"
        self.process = None

    def start(self, wait_for=None, **commands):
        with self.log.open("ab") as out:
            self.process = subprocess.Popen(
                [
                    sys.executable,
                    "-m",
                    "tests.config.supervised",
                    self.folder,
                    json.dumps(commands),
                ],
                cwd=ROOT,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        wanted = set(wait_for or commands)
        until(lambda: wanted <= set(self.record().processes), "all are started")
        return self

    def record(self):
        return Record.read(self.folder / "run.json")

    def pid(self, name):
        seen = self.record().processes.get(name)
        return seen and seen.pid

    def family(self, name):
        return [process.pid for process in self.record().processes[name].family()]

    def end(self):
        if self.process and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(20)
        end_recorded(self.record())


@pytest.fixture
def supervised(tmp_path):
    supervised = Supervised(tmp_path)
    yield supervised
    supervised.end()


def until(condition, what, seconds=15):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"it did not happen that {what}"
        time.sleep(0.02)


def runs(pid):
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def all_gone(pids):
    return not any(map(runs, pids))


def test_a_killed_service_is_started_again(supervised):
    first = supervised.start(one=SLEEPER).pid("one")
    os.kill(first, signal.SIGKILL)
    until(lambda: supervised.pid("one") not in (None, first), "it runs again")
    assert "one was killed by SIGKILL; it starts again" in supervised.log.read_text()


def test_the_children_of_a_killed_service_do_not_go_on_without_it(supervised):
    supervised.start(one=PARENT)
    until(lambda: len(supervised.family("one")) == 3, "the children run")
    family = supervised.family("one")
    os.kill(supervised.pid("one"), signal.SIGKILL)
    until(lambda: all_gone(family), "the children are gone")


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_ends_every_process_and_exits_with_0(supervised, how):
    supervised.start(one=SLEEPER, two=PARENT)
    families = supervised.family("one") + supervised.family("two")
    supervised.process.send_signal(how)
    assert supervised.process.wait(20) == 0
    assert all_gone(families)


def test_a_second_interrupt_kills_what_does_not_want_to_end(supervised):
    pid = supervised.start(one=STUBBORN).pid("one")
    supervised.process.send_signal(signal.SIGINT)
    time.sleep(1.2)  # any sooner, it would be the first one again
    assert runs(pid)
    supervised.process.send_signal(signal.SIGINT)
    assert supervised.process.wait(5) == 0
    assert not runs(pid)


def test_nothing_is_orphaned_when_the_supervisor_is_killed(supervised):
    supervised.start(one=SLEEPER, two=PARENT, three=STUBBORN)
    families = [pid for name in ("one", "two", "three") for pid in supervised.family(name)]
    children = [child.pid for child in psutil.Process(supervised.process.pid).children()]
    supervised.process.kill()
    supervised.process.wait()
    until(lambda: all_gone(families + children), "everything has ended, the watchman too")


def test_nothing_is_orphaned_when_the_watchman_was_killed_before(supervised):
    supervised.start(one=STUBBORN)
    watchman = watchman_of(supervised)
    os.kill(watchman, signal.SIGKILL)
    until(lambda: watchman_of(supervised) not in (None, watchman), "there is a new watchman")
    family = supervised.family("one")
    supervised.process.kill()
    supervised.process.wait()
    until(lambda: all_gone(family), "everything has ended")


def watchman_of(supervised):
    for child in psutil.Process(supervised.process.pid).children():
        with contextlib.suppress(psutil.NoSuchProcess):
            if any(word.endswith("watchman.py") for word in child.cmdline()):
                return child.pid
    return None


def test_a_service_that_never_stays_is_given_up(supervised):
    supervised.start(["good"], good=SLEEPER, bad=["sh", "-c", "echo no; exit 3"])
    good = supervised.pid("good")
    assert supervised.process.wait(30) == 1
    text = supervised.log.read_text()
    assert text.count("bad        | no") == 5
    assert "bad ended with code 3 for the 5th time in a row; its lines above say why" in text
    assert not runs(good)


def test_each_line_is_marked_with_the_name_of_its_process(supervised):
    supervised.start(one=["sh", "-c", "echo hello; echo again >&2; sleep 1000"])
    until(lambda: "one        | again" in supervised.log.read_text(), "its lines are written")
    assert "one        | hello" in supervised.log.read_text()


@pytest.fixture
def stray():
    """A process, with a child, that some earlier supervisor left behind."""
    process = subprocess.Popen(PARENT, start_new_session=True)
    until(lambda: psutil.Process(process.pid).children(), "its child runs")
    yield process
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def test_what_a_killed_run_left_behind_is_found_and_ended(stray):
    seen = Seen.of(stray.pid)
    family = [process.pid for process in seen.family()]
    assert end_recorded(Record(processes={"one": seen})) == ["one"]
    assert all_gone(family)


def test_children_that_outlived_a_left_over_process_are_ended_too(stray):
    seen = Seen.of(stray.pid)
    family = [process.pid for process in seen.family()]
    stray.kill()
    stray.wait()
    assert end_recorded(Record(processes={"one": seen})) == ["one"]
    assert all_gone(family)


def test_an_innocent_process_with_the_same_number_is_left_alone(stray):
    seen = Seen(stray.pid, started=psutil.Process(stray.pid).create_time() - 60)
    assert end_recorded(Record(processes={"one": seen})) == []
    assert runs(stray.pid)


def test_a_damaged_record_is_taken_for_none(tmp_path):
    (tmp_path / "run.json").write_text('{"processes": ')
    assert Record.read(tmp_path / "run.json").processes == {}
