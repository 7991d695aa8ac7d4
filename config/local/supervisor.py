"""Starts processes, starts them again when they die, and ends every one of them in the end."""

import asyncio
import contextlib
import os
import signal
import time
from asyncio.subprocess import DEVNULL, STDOUT, Process
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from . import parents
from .leftovers import Record, Seen
from .stream import Stream
from .trouble import Trouble
from .watch import Watch

GRACE_SECONDS = 10.0  # from the first signal to SIGKILL
READY_SECONDS = 90.0
STEADY_SECONDS = 10.0  # who lived longer did not die at once
MOST_FAILURES = 5
FIRST_PAUSE_SECONDS = 0.5
LONGEST_LINE = 2**20


async def _always_ready() -> str:
    return ""


def _nothing() -> None:
    return


@dataclass(frozen=True)
class Service:
    """A process that shall always run. `probe` answers why it is not ready, or nothing."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    probe: Callable[[], Awaitable[str]] = _always_ready
    prepare: Callable[[], None] = _nothing
    stop_with: signal.Signals = signal.SIGTERM


class Supervisor:
    """Keeps services running, and `run.json` in step with what runs."""

    def __init__(self, stream: Stream, record: Record, record_path: Path) -> None:
        self._stream = stream
        self._record = record
        self._record_path = record_path
        self._watch = Watch()
        self._running: dict[str, tuple[Process, Service]] = {}
        self._keepers: dict[str, asyncio.Task[None]] = {}
        self._readers: set[asyncio.Task[None]] = set()
        self._batches: list[list[str]] = []  # in the order of their starts

    async def __aenter__(self) -> "Supervisor":
        self._record.supervisor = Seen.of(os.getpid())
        self._record.processes = {}
        await self._watch.start()
        return self

    async def __aexit__(self, *exception: object) -> None:
        """End every process that is left; what was started last, and may need others, first."""
        await self._stop(set(self._running) - set(self._keepers))
        for batch in reversed(self._batches):
            await self._stop(set(batch))
        if self._readers:  # their last words
            await asyncio.wait(self._readers, timeout=1)
        await self._watch.stop()

    async def start(self, *services: Service) -> None:
        """Start services beside each other, and return when all of them are ready."""
        self._batches.append([service.name for service in services])
        for service in services:
            self._keepers[service.name] = asyncio.create_task(self._keep(service))
        ready = asyncio.create_task(self._until_all_ready(services))
        lost = asyncio.create_task(self.wait())
        try:
            done, _ = await asyncio.wait([ready, lost], return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            lost.cancel()
            ready.cancel()
            await asyncio.gather(ready, lost, return_exceptions=True)

    async def wait(self) -> None:
        """Return never; raise Trouble when a service cannot be kept running."""
        done, _ = await asyncio.wait(self._keepers.values(), return_when=asyncio.FIRST_COMPLETED)
        for keeper in done:
            await keeper

    async def run(self, service: Service) -> None:
        """Run a command to its end, which must be a good one."""
        process = await self._spawn(service)
        code = await process.wait()
        self._bury(service.name)
        if code != 0:
            raise Trouble(f"{service.name} {_how(code)}; its lines above say why.")

    def kill_all(self) -> None:
        """End everything now, without asking."""
        for process, _ in self._running.values():
            _kill_group(process.pid)

    async def _stop(self, names: set[str]) -> None:
        """End these services: ask, wait, kill."""
        keepers = [self._keepers.pop(name) for name in names & set(self._keepers)]
        for keeper in keepers:
            keeper.cancel()
        await asyncio.gather(*keepers, return_exceptions=True)
        await asyncio.gather(*map(self._end, names & set(self._running)))

    async def _keep(self, service: Service) -> None:
        failures = 0
        while True:
            began = time.monotonic()
            process = await self._spawn(service)
            code = await process.wait()
            self._bury(service.name)
            failures = 1 if time.monotonic() - began > STEADY_SECONDS else failures + 1
            if failures == MOST_FAILURES:
                raise Trouble(
                    f"{service.name} {_how(code)} for the {failures}th time in a row; "
                    "its lines above say why."
                )
            pause = FIRST_PAUSE_SECONDS * 2 ** (failures - 1)
            self._stream.say(f"{service.name} {_how(code)}; it starts again in {pause:g} s")
            await asyncio.sleep(pause)

    async def _spawn(self, service: Service) -> Process:
        """Start the process as the leader of a session of its own, and read what it says."""
        service.prepare()
        # A pipe of our own: asyncio's would keep the process's end from us until its last
        # descendant closed it.
        read, write = os.pipe()
        try:
            process = await asyncio.create_subprocess_exec(
                *service.command,
                stdin=DEVNULL,
                stdout=write,
                stderr=STDOUT,
                env=dict(service.environment),
                start_new_session=True,
                preexec_fn=parents.end_with(os.getpid(), service.stop_with),
            )
        finally:
            os.close(write)
        self._running[service.name] = (process, service)
        self._watch.add(process.pid, service.stop_with)
        self._record.processes[service.name] = Seen.of(process.pid, service.stop_with)
        self._record.write(self._record_path)
        reader = asyncio.create_task(self._read(service.name, read))
        self._readers.add(reader)
        reader.add_done_callback(self._readers.discard)
        return process

    def _bury(self, name: str) -> None:
        """The process has ended: its children, if any are left, must not go on without it."""
        process, _ = self._running.pop(name)
        _kill_group(process.pid)
        self._watch.remove(process.pid)
        self._record.processes.pop(name, None)
        self._record.write(self._record_path)

    async def _end(self, name: str) -> None:
        process, service = self._running[name]
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(service.stop_with)
        try:
            await asyncio.wait_for(process.wait(), GRACE_SECONDS)
        except TimeoutError:
            self._stream.say(f"{name} does not end by itself within {GRACE_SECONDS:g} s: killed")
            _kill_group(process.pid)
            await process.wait()
        self._bury(name)

    async def _until_all_ready(self, services: Sequence[Service]) -> None:
        await asyncio.gather(*map(self._until_ready, services))

    async def _until_ready(self, service: Service) -> None:
        deadline = time.monotonic() + READY_SECONDS
        while why := await service.probe():
            if time.monotonic() > deadline:
                raise Trouble(f"{service.name} was not ready within {READY_SECONDS:g} s: {why}")
            await asyncio.sleep(0.1)

    async def _read(self, name: str, descriptor: int) -> None:
        reader = asyncio.StreamReader(limit=LONGEST_LINE)
        transport, _ = await asyncio.get_running_loop().connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(descriptor, "rb")
        )
        try:
            while True:
                try:
                    line = await reader.readline()
                except ValueError:  # longer than the limit, and already thrown away
                    line = b"(a line of more than a megabyte was left out)\n"
                if not line:
                    return
                if text := line.decode(errors="replace").rstrip():
                    self._stream.say(text, name)
        finally:
            transport.close()


def _kill_group(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)


def _how(code: int) -> str:
    return f"was killed by {signal.Signals(-code).name}" if code < 0 else f"ended with code {code}"
