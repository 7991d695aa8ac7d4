"""One readable stream out of many: each line with its time and the name of who said it."""

import os
import sys
import time
from typing import TextIO

COLOURS = (36, 33, 32, 35, 34, 96, 93, 92, 95, 94)
OURS = "sendpoint"
WIDTH = 10


class Stream:
    """Where everything that the processes say is written."""

    def __init__(self, out: TextIO = sys.stdout) -> None:
        self._out = out
        self._coloured = out.isatty() and "NO_COLOR" not in os.environ
        self._colours: dict[str, int] = {}

    def say(self, text: str, name: str = OURS) -> None:
        """Write what a process said, or what the supervisor has to say itself."""
        stamp = time.strftime("%H:%M:%S")
        head = f"{stamp} {name:<{WIDTH}} |"
        if self._coloured:
            colour = self._colours.setdefault(name, COLOURS[len(self._colours) % len(COLOURS)])
            head = f"\x1b[{colour}m{head}\x1b[0m"
        try:
            for line in text.splitlines() or [""]:
                self._out.write(f"{head} {line}\n")
            self._out.flush()
        except OSError:
            # Nobody reads any more (`make run | head`): that ends no campaign.
            self._out = open(os.devnull, "w")  # noqa: SIM115 - for as long as we run
