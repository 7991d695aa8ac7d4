"""Rates as AWS enforces them: never more than so many in any one second."""

from collections import deque

WINDOW_SECONDS = 1.0


class Window:
    """A sliding window of one second that holds at most `limit` units."""

    def __init__(self, limit: float) -> None:
        self.limit = limit
        self._taken: deque[tuple[float, int]] = deque()
        self._used = 0

    def take(self, units: int, now: float) -> bool:
        """Take units at a monotonic time in seconds, if the window has room for them.

        A text of more parts than the limit passes when the second before it was empty: it could
        never be sent otherwise.
        """
        if not self.has_room(units, now):
            return False
        self._taken.append((now, units))
        self._used += units
        return True

    def has_room(self, units: int, now: float) -> bool:
        """Tell whether `take` would succeed."""
        while self._taken and self._taken[0][0] <= now - WINDOW_SECONDS:
            self._used -= self._taken.popleft()[1]
        return self._used == 0 or self._used + units <= self.limit
