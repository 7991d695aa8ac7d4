import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from campaigns.lines import Line


def noted(batches):
    return lambda cases, _hand_on: batches.append(cases)


def test_one_alone_is_served_alone():
    batches = []
    Line().serve(1, noted(batches))
    assert batches == [[1]]


def test_those_who_come_meanwhile_are_served_together():
    line, batches = Line(), []
    begun, go_on = threading.Event(), threading.Event()

    def work(cases, _hand_on):
        batches.append(list(cases))
        begun.set()
        go_on.wait(10)

    with ThreadPoolExecutor(6) as pool:
        first = pool.submit(line.serve, 0, work)
        begun.wait(10)
        rest = [pool.submit(line.serve, n, work) for n in range(1, 6)]
        while len(line._waiting) < 5:
            pass
        go_on.set()
        for one in (first, *rest):
            one.result(10)
    assert batches[0] == [0]
    assert [sorted(batch) for batch in batches[1:]] == [[1, 2, 3, 4, 5]]


def test_a_batch_has_no_more_than_the_most():
    line, batches = Line(most=2), []
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: line.serve(n, noted(batches)), range(50)))
    assert max(len(batch) for batch in batches) <= 2
    assert sorted(n for batch in batches for n in batch) == list(range(50))


def test_what_breaks_a_batch_is_told_to_each_of_it_and_the_line_goes_on():
    line = Line()

    def break_down(cases, _hand_on):
        raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        line.serve(1, break_down)
    done = []
    line.serve(2, noted(done))
    assert done == [[2]]


def test_the_next_begins_while_those_before_only_wait():
    line, begun, answered = Line(), threading.Event(), threading.Event()

    def waits(cases, hand_on):
        hand_on(), hand_on()  # the second time changes nothing
        begun.set()
        answered.wait(10)

    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(line.serve, 1, waits)
        begun.wait(10)
        done = []
        line.serve(2, noted(done))
        assert not first.done()
        answered.set()
        first.result(10)
    assert done == [[2]]


def test_there_is_one_turn_however_often_it_is_handed_on():
    line, inside, most = Line(), [], []

    def work(cases, hand_on):
        inside.append(cases)
        most.append(len(inside))
        inside.remove(cases)
        hand_on(), hand_on()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: line.serve(n, work), range(500)))
    assert set(most) == {1}
    batches = []
    line.serve(1, noted(batches))
    assert batches == [[1]]


def test_the_first_of_those_who_wait_serves_them_all():
    line, begun, go_on = Line(), threading.Event(), threading.Event()
    servers = []

    def work(cases, _hand_on):
        servers.append(threading.get_ident())
        begun.set()
        go_on.wait(10)

    def serve(n):
        line.serve(n, work)
        return threading.get_ident()

    with ThreadPoolExecutor(6) as pool:
        first = pool.submit(serve, 0)
        begun.wait(10)
        second = pool.submit(serve, 1)
        while len(line._waiting) < 1:
            pass
        for n in range(2, 6):
            pool.submit(serve, n)
        while len(line._waiting) < 5:
            pass
        go_on.set()
        assert servers == [first.result(10), second.result(10)]
