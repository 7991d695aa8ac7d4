"""Calls that stand in line, so that those who wait are served together. Knows no database."""

import threading
from collections import deque
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

Case = TypeVar("Case")
# Serves some cases; calls the second as soon as the next in line may begin beside it.
Work = Callable[[Sequence[Case], Callable[[], None]], None]
AT_ONCE = 1  # the more gather, the less each costs; a batch that AWS is answering has handed on
MOST = 32  # cases in one batch


class _Waiting(Generic[Case]):
    """A case in the line, and whether somebody serves it."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.taken = False
        self.served = threading.Event()
        self.error: BaseException | None = None


class _Turn:
    """The right to serve, which can be handed on before its end."""

    def __init__(self, turns: threading.Semaphore) -> None:
        self._turns, self._held = turns, False
        self._guard = threading.Lock()

    def __enter__(self) -> "_Turn":
        self._turns.acquire()
        self._held = True
        return self

    def __exit__(self, *_: object) -> None:
        self.hand_on()

    def hand_on(self) -> None:
        """Let the next in line begin; once is enough, from whatever thread."""
        with self._guard:
            held, self._held = self._held, False
        if held:
            self._turns.release()


class Line(Generic[Case]):
    """A line of cases in one process.

    While some are served, those that come meanwhile gather, and the next in line serves them all
    with its own. Nobody waits where there is nobody, nor for what is only waited for itself.
    """

    def __init__(self, at_once: int = AT_ONCE, most: int = MOST) -> None:
        self._most = most
        self._waiting: deque[_Waiting[Case]] = deque()
        self._guard = threading.Lock()
        self._turns = threading.Semaphore(at_once)

    def serve(self, case: Case, work: "Work[Case]") -> None:
        """Return once a case was served, by this thread or by another; raise what its batch did."""
        mine = _Waiting(case)
        with self._guard:
            self._waiting.append(mine)
        while not mine.taken:
            with _Turn(self._turns) as turn:
                self._work(self._take(mine), work, turn)
        mine.served.wait()
        if mine.error is not None:
            raise mine.error

    def _take(self, mine: _Waiting[Case]) -> list[_Waiting[Case]]:
        """Take the oldest, unless somebody has taken one's own meanwhile."""
        with self._guard:
            if mine.taken:
                return []
            taken = [self._waiting.popleft() for _ in range(min(self._most, len(self._waiting)))]
            for one in taken:
                one.taken = True
        return taken

    def _work(self, taken: Sequence[_Waiting[Case]], work: "Work[Case]", turn: _Turn) -> None:
        if not taken:
            return
        try:
            work([one.case for one in taken], turn.hand_on)
        except BaseException as error:  # noqa: BLE001 - whatever it was, each of them is told
            for one in taken:
                one.error = error
        finally:
            for one in taken:
                one.served.set()
