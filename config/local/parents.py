"""Let a process end when the one that started it ends, however that happens (Linux only)."""

import ctypes
import os
import sys
from collections.abc import Callable

PR_SET_PDEATHSIG = 1
Ask = Callable[[], None]
_libc = ctypes.CDLL(None)


def end_with(parent: int, how: int) -> Ask:
    """Return what a new process must call, between fork and exec, to get the signal `how`."""

    def ask() -> None:
        if not sys.platform.startswith("linux"):
            return
        _libc.prctl(PR_SET_PDEATHSIG, how)
        if os.getppid() != parent:  # it died before we asked
            os._exit(1)

    return ask
