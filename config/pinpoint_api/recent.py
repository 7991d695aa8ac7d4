"""What was looked up a moment ago, kept for a second in the process: calls come in bursts."""

import threading
import time
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

Found = TypeVar("Found")
SECONDS = 1.0  # how late a change is noticed, at most
ANEW = 0.9  # the age, in seconds, at which somebody looks anew, while others use what there is
MOST = 1000


class _Kept(Generic[Found]):
    """What was found for a key last, and when it was begun to look for it."""

    def __init__(self) -> None:
        self.looking = threading.Lock()  # held by whoever looks
        self.last: tuple[float, Found] | None = None


class Recent(Generic[Found]):
    """Answers by key, of which one asker looks for all; what was not found is not kept."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._kept: dict[Hashable, _Kept[Found]] = {}
        self._guard = threading.Lock()

    def get(self, key: Hashable, look: Callable[[], Found]) -> Found:
        """Return what was found within the last second, or look."""
        kept = self._kept_for(key)
        last, now = kept.last, self._clock()
        if last is not None and now - last[0] < ANEW:
            return last[1]
        if last is not None and now - last[0] < SECONDS:
            if not kept.looking.acquire(blocking=False):
                return last[1]
        else:
            kept.looking.acquire()
        try:
            return self._look(key, kept, look)
        finally:
            kept.looking.release()

    def _kept_for(self, key: Hashable) -> _Kept[Found]:
        kept = self._kept.get(key)
        if kept is not None:
            return kept
        with self._guard:
            if len(self._kept) >= MOST:
                self._kept.clear()
            return self._kept.setdefault(key, _Kept())

    def _look(self, key: Hashable, kept: _Kept[Found], look: Callable[[], Found]) -> Found:
        now = self._clock()
        if kept.last is not None and now - kept.last[0] < ANEW:
            return kept.last[1]  # somebody else looked meanwhile
        found = look()
        if found is not None:
            kept.last = (now, found)
        else:  # strangers' keys take no room
            kept.last = None
            with self._guard:
                self._kept.pop(key, None)
        return found

    def forget(self) -> None:
        """Look for everything anew; what is being looked for at this moment is not kept."""
        with self._guard:
            self._kept.clear()
