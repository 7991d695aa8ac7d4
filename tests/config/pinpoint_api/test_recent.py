"""What is kept for a second: who looks, who waits, and how old an answer may be."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from config.pinpoint_api.recent import ANEW, MOST, SECONDS, Recent


class Looked:
    """A place to look, which counts, and can be made to take its time."""

    def __init__(self, *answers):
        self.answers, self.times = list(answers), 0
        self.begun, self.may_end = threading.Event(), threading.Event()
        self.may_end.set()

    def __call__(self):
        self.times += 1
        self.begun.set()
        assert self.may_end.wait(10)
        return self.answers.pop(0)


class Clock:
    def __init__(self):
        self.seconds = 100.0

    def __call__(self):
        return self.seconds


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def recent(clock):
    return Recent(clock)


def test_what_was_found_a_moment_ago_is_not_looked_for_again(recent, clock):
    look = Looked("first")
    recent.get("key", look)
    clock.seconds += ANEW * 0.99
    assert recent.get("key", look) == "first"


def test_what_is_a_second_old_is_never_answered(recent, clock):
    look = Looked("first", "second")
    recent.get("key", look)
    clock.seconds += SECONDS
    assert recent.get("key", look) == "second"


def test_an_answer_is_as_old_as_the_look_for_it_not_as_its_end(recent, clock):
    def slow():
        clock.seconds += SECONDS
        return "of a second ago"

    recent.get("key", slow)
    assert recent.get("key", lambda: "new") == "new"


def test_what_was_not_found_is_looked_for_each_time_and_takes_no_room(recent):
    look = Looked(None, "there by now")
    assert recent.get("key", look) is None
    assert recent._kept == {}
    assert recent.get("key", look) == "there by now"


def test_what_is_there_no_more_is_not_answered_any_more(recent, clock):
    look = Looked("there", None, None)
    recent.get("key", look)
    clock.seconds += ANEW
    assert recent.get("key", look) is None
    assert recent.get("key", look) is None


def test_of_many_who_ask_at_once_one_looks(recent):
    look = Looked("found")
    look.may_end.clear()
    with ThreadPoolExecutor(8) as pool:
        asked = [pool.submit(recent.get, "key", look) for _ in range(8)]
        assert look.begun.wait(10)
        look.may_end.set()
        assert [one.result(10) for one in asked] == ["found"] * 8
    assert look.times == 1


def test_while_one_looks_anew_others_use_what_there_is(recent, clock):
    look = Looked("old", "new")
    recent.get("key", look)
    clock.seconds += ANEW
    look.begun.clear()
    look.may_end.clear()
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(recent.get, "key", look)
        assert look.begun.wait(10)
        assert recent.get("key", look) == "old"
        look.may_end.set()
        assert first.result(10) == "new"
    assert recent.get("key", look) == "new"


def test_who_looked_in_vain_lets_the_next_one_look(recent):
    def broken():
        raise ConnectionError

    with pytest.raises(ConnectionError):
        recent.get("key", broken)
    assert recent.get("key", lambda: "found") == "found"


def test_what_was_being_looked_for_when_all_was_forgotten_is_not_kept(recent):
    def look():
        recent.forget()
        return "before the change"

    recent.get("key", look)
    assert recent.get("key", lambda: "after it") == "after it"


def test_the_room_for_answers_has_an_end(recent):
    for number in range(MOST + 1):
        recent.get(number, lambda: "found")
    assert len(recent._kept) <= MOST
