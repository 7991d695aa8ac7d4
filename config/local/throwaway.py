"""Real PostgreSQL and Valkey that live as long as this process, for tests and benchmarks."""

import asyncio
import atexit
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import psutil

from . import parents, ports, probes
from .postgres import STOP_WITH, Postgres
from .trouble import Trouble
from .valkey import STOP_WITH as STOP_VALKEY_WITH
from .valkey import Valkey

START_SECONDS = 30


def folder(parent: Path) -> Path:
    """Make a folder of this process's own; those of processes that were killed are removed."""
    parent.mkdir(parents=True, exist_ok=True)
    for old in parent.iterdir():
        if not psutil.pid_exists(int(old.name)):
            shutil.rmtree(old, ignore_errors=True)
    own = parent / str(os.getpid())
    shutil.rmtree(own, ignore_errors=True)
    own.mkdir()
    atexit.register(shutil.rmtree, own, ignore_errors=True)
    return own


def start_postgres(data: Path, options: dict[str, str] | None = None) -> str:
    """Start a PostgreSQL with its data in a folder; return the address of its own database."""
    server = Postgres(data, ports.choose(), options)
    server.prepare()
    address = server.url_of("postgres")
    _start(data / "postgres.log", server.command, STOP_WITH, lambda: probes.database(address))
    return address


def start_valkey(data: Path) -> str:
    """Start a Valkey that keeps nothing; return its address, without the number of a database."""
    server = Valkey(data, ports.choose(), lasting=False)
    server.prepare()
    _start(data / "valkey.log", server.command, STOP_VALKEY_WITH, lambda: probes.broker(server.url))
    return server.url


def _start(
    log: Path, command: list[str], stop_with: signal.Signals, probe: Callable[[], Awaitable[str]]
) -> None:
    with log.open("wb") as out:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C is for us, and we then end it
            preexec_fn=parents.end_with(os.getpid(), stop_with),
        )
    atexit.register(_stop, process, stop_with)
    deadline = time.monotonic() + START_SECONDS
    while why := asyncio.run(_ask(probe)):
        if process.poll() is not None or time.monotonic() > deadline:
            raise Trouble(f"It does not start: {why}\n{log.read_text()}")
        time.sleep(0.05)


async def _ask(probe: Callable[[], Awaitable[str]]) -> str:
    return await probe()


def _stop(process: subprocess.Popen[bytes], how: signal.Signals) -> None:
    process.send_signal(how)
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
