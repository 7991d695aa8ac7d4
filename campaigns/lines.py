"""Calls that stand in line, so that those who wait are served together. Knows no database."""

import threading
from collections import deque
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

Case = TypeVar("Case")
# Serves some cases; calls the second as soon as the next in line may begin beside it.
Work = Callable[[Sequence[Case], Callable[[], None]], None]
MOST = 32  # cases in one batch


class _Waiting(Generic[Case]):
    """A case in the line. It is called once: to serve, or when it was served."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.called = threading.Event()
        self.served = False
        self.error: BaseException | None = None


class _Turn(Generic[Case]):
    """The right to serve, which can be handed on before its end."""

    def __init__(self, line: "Line[Case]") -> None:
        self._line, self._held = line, True
        self._guard = threading.Lock()

    def hand_on(self) -> None:
        """Let the next in line begin; once is enough, from whatever thread."""
        with self._guard:
            held, self._held = self._held, False
        if held:
            self._line.call_next()


class Line(Generic[Case]):
    """A line of cases in one process.

    While some are served, those that come meanwhile gather, and the first of them serves them all:
    the more gather, the less each costs. Nobody waits where there is nobody, nor for what is only
    waited for itself. Of those who wait, nobody wakes up but who serves, and who was served.
    """

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._waiting: deque[_Waiting[Case]] = deque()  # empty while nobody has the turn
        self._turn_is_taken = False
        self._guard = threading.Lock()

    def serve(self, case: Case, work: "Work[Case]") -> None:
        """Return once a case was served, by this thread or by another; raise what its batch did."""
        mine = _Waiting(case)
        with self._guard:
            self._waiting.append(mine)
            wait, self._turn_is_taken = self._turn_is_taken, True
        if wait:
            mine.called.wait()
        if not mine.served:
            self._serve_waiting(work)
        if mine.error is not None:
            raise mine.error

    def call_next(self) -> None:
        """Give the turn to who has waited longest, or leave it to the next who comes."""
        with self._guard:
            if self._waiting:
                self._waiting[0].called.set()
            else:
                self._turn_is_taken = False

    def _serve_waiting(self, work: "Work[Case]") -> None:
        """Serve the oldest, of which one's own is the first."""
        with self._guard:
            taken = [self._waiting.popleft() for _ in range(min(self._most, len(self._waiting)))]
        turn = _Turn(self)
        error: BaseException | None = None
        try:
            work([one.case for one in taken], turn.hand_on)
        except BaseException as problem:  # noqa: BLE001 - whatever it was, each of them is told
            error = problem
        turn.hand_on()
        for one in taken:
            one.error, one.served = error, True
            one.called.set()
