"""A pytest plugin that starts real PostgreSQL and Valkey before Django reads its settings.

Loaded with `-p tests.servers`. The controller of a parallel run starts them; its workers inherit
the addresses. DATABASE_URL and REDIS_URL, where given, are used instead.
"""

import asyncio
import atexit
import os
import shutil
import subprocess
import time
from pathlib import Path

import psutil

from config.local import parents, ports, probes
from config.local.postgres import CARELESS, STOP_WITH, Postgres
from config.local.valkey import STOP_WITH as STOP_VALKEY_WITH
from config.local.valkey import Valkey

FOLDER = Path(__file__).resolve().parents[1] / ".local" / "test"
START_SECONDS = 30
WORKERS_AT_MOST = 16  # each has one of Valkey's 16 databases


def _folder():
    """A folder of this session's; those of sessions that were killed are cleared away."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for old in FOLDER.iterdir():
        if not psutil.pid_exists(int(old.name)):
            shutil.rmtree(old, ignore_errors=True)
    folder = FOLDER / str(os.getpid())
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def _start(folder, name, server, stop_with, probe):
    server.prepare()
    log = folder / f"{name}.log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            server.command,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C is for pytest, which then ends us
            preexec_fn=parents.end_with(os.getpid(), stop_with),
        )
    atexit.register(_stop, process, stop_with)
    deadline = time.monotonic() + START_SECONDS
    while why := asyncio.run(probe()):
        if process.poll() is not None or time.monotonic() > deadline:
            raise SystemExit(f"The {name} of the tests does not start: {why}\n{log.read_text()}")
        time.sleep(0.05)


def _stop(process, how):
    process.send_signal(how)
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()


def _start_postgres(folder):
    server = Postgres(folder, ports.choose(), CARELESS)
    address = server.url_of("postgres")
    _start(folder, "postgres", server, STOP_WITH, lambda: probes.database(address))
    return address


def _start_valkey(folder):
    server = Valkey(folder, ports.choose(), lasting=False)
    _start(folder, "valkey", server, STOP_VALKEY_WITH, lambda: probes.broker(server.url))
    return server.url


def _worker_number():
    return int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % WORKERS_AT_MOST


def _prepare():
    os.environ.setdefault("SENDPOINT_LOCAL", "1")
    # Playwright leaves an event loop running in this process, for which Django refuses queries.
    os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    if "PYTEST_XDIST_WORKER" not in os.environ:
        needed = {"DATABASE_URL": _start_postgres, "REDIS_URL": _start_valkey}
        folder = _folder()
        (folder / "static").mkdir()  # WhiteNoise warns where there is no folder
        os.environ["DATA_DIR"] = str(folder)  # uploads of tests are no data of this checkout
        for name, start in needed.items():
            if not os.environ.get(name):
                os.environ[name] = start(folder)
        os.environ["SENDPOINT_TEST_REDIS"] = os.environ["REDIS_URL"]
    os.environ["REDIS_URL"] = f"{os.environ['SENDPOINT_TEST_REDIS'].rstrip('/')}/{_worker_number()}"


_prepare()
