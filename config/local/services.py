"""The processes that Sendpoint is made of, and how to see that each is ready."""

import sys
from collections.abc import Mapping
from pathlib import Path

from . import ports, probes
from .postgres import STOP_WITH, Postgres
from .supervisor import Service
from .valkey import Valkey

WEB_THREADS = 8
# Dispatch, events, tidying and a long import do not wait for each other.
WORKER_PROCESSES = 4


def postgres(server: Postgres) -> Service:
    """PostgreSQL."""
    return Service(
        "postgres",
        server.command,
        probe=lambda: probes.database(server.url_of("postgres")),
        prepare=server.prepare,
        stop_with=STOP_WITH,
    )


def valkey(server: Valkey) -> Service:
    """Valkey, which is Celery's broker and holds the buckets of pacing."""
    return Service(
        "valkey", server.command, probe=lambda: probes.broker(server.url), prepare=server.prepare
    )


def simulator(data: Path, port: int, web_port: int, environment: Mapping[str, str]) -> Service:
    """The stand-in for AWS; SIMULATOR_CONFIG names a file that changes how it behaves."""
    config = environment.get("SIMULATOR_CONFIG")
    return Service(
        "simulator",
        [
            *(sys.executable, "-m", "pinpoint.simulator", "--port", str(port)),
            *("--state-dir", str(data / "simulator")),
            *("--deliver-to", f"http://{ports.HOST}:{web_port}/aws/sns/"),
            *(("--config", config) if config else ()),
        ],
        environment,
        probe=lambda: probes.http(port, "/_simulator/health"),
    )


def web(port: int, environment: Mapping[str, str]) -> Service:
    """The web server; it is ready when it says that everything is alive."""

    async def probe() -> str:
        # Asked too early, it would log an error each time.
        for role in ("worker", "beat"):
            if why := await probes.heartbeat(environment["REDIS_URL"], role):
                return why
        return await probes.http(port, "/healthz/")

    return Service(
        "web",
        [
            *(sys.executable, "-m", "granian", "--interface", "wsgi", "config.wsgi:application"),
            *("--host", ports.HOST, "--port", str(port), "--no-ws", "--log-level", "error"),
            *("--workers", "1", "--blocking-threads", str(WEB_THREADS)),
        ],
        environment,
        probe=probe,
    )


def worker(environment: Mapping[str, str]) -> Service:
    """The Celery worker. Its log names every task at INFO, several a second: too much to read."""
    return Service(
        "worker",
        [
            *(sys.executable, "-W", "ignore:You're running the worker", "-m", "celery"),
            *("--quiet", "-A", "config", "worker"),
            *("--concurrency", str(WORKER_PROCESSES), "--loglevel", "WARNING"),
            *("--without-gossip", "--without-mingle"),
        ],
        environment,
        prepare=lambda: probes.forget_heartbeat(environment["REDIS_URL"], "worker"),
    )


def beat(environment: Mapping[str, str]) -> Service:
    """Celery's beat, which nudges the tasks."""
    return Service(
        "beat",
        [
            *(sys.executable, "-m", "celery", "--quiet", "-A", "config", "beat"),
            *("--scheduler", "config.beat.BeatScheduler", "--pidfile", ""),
            *("--loglevel", "WARNING"),
        ],
        environment,
        prepare=lambda: probes.forget_heartbeat(environment["REDIS_URL"], "beat"),
    )


def receiver(environment: Mapping[str, str]) -> Service:
    """What takes AWS's events off queues and streams, those too that are set up while it runs."""
    return Service(
        "receiver",
        [sys.executable, "manage.py", "receive"],
        environment,
        prepare=lambda: probes.forget_heartbeat(environment["REDIS_URL"], "receiver"),
    )


def command(name: str, environment: Mapping[str, str]) -> Service:
    """One of manage.py's commands, which runs once; errors are all that it says."""
    return Service(name, [sys.executable, "manage.py", name, "--verbosity", "0"], environment)
