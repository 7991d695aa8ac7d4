"""The supervisor's end of the watchman (watchman.py)."""

import asyncio
import contextlib
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from pathlib import Path

PROGRAM = Path(__file__).with_name("watchman.py")


class Watch:
    """Tells the watchman whom to end if we cannot, and sees to it that there is a watchman."""

    def __init__(self) -> None:
        self._groups: dict[int, int] = {}
        self._watchman: Process | None = None
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Have a watchman from now on."""
        await self._hire()
        self._task = asyncio.create_task(self._keep())

    def add(self, pid: int, how: int) -> None:
        """Have this process group ended, with this signal first, when we are gone."""
        self._groups[pid] = how
        self._tell(f"+{pid} {how}\n")

    def remove(self, pid: int) -> None:
        """The group is gone, and its number may come round to others."""
        self._groups.pop(pid, None)
        self._tell(f"-{pid}\n")

    async def stop(self) -> None:
        """Send the watchman home."""
        if self._task:
            self._task.cancel()
        if self._watchman and self._watchman.stdin:
            self._watchman.stdin.close()
            await self._watchman.wait()

    async def _hire(self) -> None:
        self._watchman = await asyncio.create_subprocess_exec(
            *(sys.executable, "-I", str(PROGRAM)),
            stdin=PIPE,
            stdout=DEVNULL,
            start_new_session=True,
        )
        for pid, how in self._groups.items():
            self._tell(f"+{pid} {how}\n")

    async def _keep(self) -> None:
        while self._watchman:
            await self._watchman.wait()
            await self._hire()

    def _tell(self, line: str) -> None:
        # One that was killed is replaced at once, and the new one is given the whole list.
        if self._watchman and self._watchman.stdin:
            with contextlib.suppress(ConnectionError, RuntimeError):
                self._watchman.stdin.write(line.encode())
