"""The whole of Sendpoint on this machine, brought up in order."""

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from . import environment, leftovers, ports, probes, services
from .environment import Given
from .interrupts import until_signal
from .leftovers import Record
from .postgres import DATABASE, Postgres
from .stream import Stream
from .supervisor import Supervisor
from .trouble import Trouble
from .valkey import Valkey

GIVEN_SECONDS = 5.0


@dataclass(frozen=True)
class Plan:
    """What was asked for."""

    data: Path
    given: Given
    port: str | None
    demo: bool


class System:
    """One installation: its data folder, its ports, its processes."""

    def __init__(self, plan: Plan, stream: Stream) -> None:
        self._plan = plan
        self._stream = stream
        self._record_path = plan.data / "run.json"
        self._record = Record.read(self._record_path)
        self._supervisor = Supervisor(stream, self._record, self._record_path)
        self._chosen: dict[str, int] = {}
        self._began = time.monotonic()

    async def run(self) -> None:
        """Bring everything up, and keep it up until a signal says to stop."""
        self._clear()
        async with self._supervisor:
            await until_signal(
                self._work(), first=self._say_goodbye, again=self._supervisor.kill_all
            )
        self._stream.say(f"Everything has ended. The data stays in {self._plan.data}.")

    def _clear(self) -> None:
        if found := leftovers.end_recorded(self._record):
            self._stream.say("Ended what the last run left behind: " + ", ".join(found))

    def _say_goodbye(self) -> None:
        self._stream.say("Stopping. Another Ctrl-C kills what does not end by itself.")

    async def _work(self) -> None:
        web_port = ports.for_web(self._plan.port)
        if self._plan.port is None and web_port != ports.DEFAULT_WEB_PORT:
            self._stream.say(f"Port {ports.DEFAULT_WEB_PORT} is taken; this is port {web_port}.")
        database, broker = await self._stores()
        settings = environment.settings(self._plan.data, database, broker, web_port)
        if not self._plan.given.aws:
            settings |= environment.simulated_aws(self._port("simulator"))
        environment.write_file(self._plan.data / "env", settings)
        for name in ("media", "static"):  # WhiteNoise warns where there is no folder
            (self._plan.data / name).mkdir(exist_ok=True)
        await self._fill(database, environment.for_processes(settings))
        await self._start(web_port, environment.for_processes(settings))
        self._welcome(web_port)
        await self._supervisor.wait()

    async def _stores(self) -> tuple[str, str]:
        """Start the database and the broker that were not given; return their addresses."""
        given, wanted = self._plan.given, []
        database, broker = given.database, given.broker
        if not database:
            postgres = Postgres(self._plan.data, self._port("postgres"))
            database = postgres.url
            wanted.append(services.postgres(postgres))
        if not broker:
            valkey = Valkey(self._plan.data, self._port("valkey"))
            broker = f"{valkey.url}/0"
            wanted.append(services.valkey(valkey))
        if given.database:
            await _answers("DATABASE_URL", lambda: probes.database(database))
        if given.broker:
            await _answers("REDIS_URL", lambda: probes.broker(broker))
        await self._supervisor.start(*wanted)
        if not given.database:
            await probes.make_database(postgres.url_of("postgres"), DATABASE)
        return database, broker

    async def _fill(self, database: str, processes: dict[str, str]) -> None:
        self._stream.say("Bringing the database up to date")
        await self._supervisor.run(services.command("migrate", processes))
        # Whoever has deleted the demo, or has data of their own, does not get it again.
        if self._plan.demo and not await probes.has_users(database):
            await self._supervisor.run(services.command("load_demo", processes))

    async def _start(self, web_port: int, processes: dict[str, str]) -> None:
        wanted = [
            services.web(web_port, processes),
            services.worker(processes),
            services.beat(processes),
        ]
        # With a real AWS, a queue may be set up from the admin at any time.
        named = processes.get("SQS_QUEUE_URLS") or processes.get("KINESIS_STREAMS")
        if named or self._plan.given.aws:
            wanted.append(services.receiver(processes))
        if not self._plan.given.aws:
            port = self._port("simulator")
            self._record.simulator = f"http://{ports.HOST}:{port}"
            wanted.insert(0, services.simulator(self._plan.data, port, web_port, processes))
        await self._supervisor.start(*wanted)
        self._record.url = f"http://{ports.HOST}:{web_port}"
        self._record.write(self._record_path)

    def _port(self, name: str) -> int:
        """Return the port that this service has here, the same from run to run if possible."""
        chosen = self._chosen.get(name) or ports.choose(self._record.ports.get(name))
        self._chosen[name] = self._record.ports[name] = chosen
        return chosen

    def _welcome(self, web_port: int) -> None:
        lines = [
            "",
            f"Sendpoint is ready at http://{ports.HOST}:{web_port}/ "
            f"after {time.monotonic() - self._began:.1f} s.",
        ]
        if self._plan.demo and not self._plan.given.database:
            lines.append("Log in as marketer, compliance, analyst or admin; password: sendpoint.")
        if self._record.simulator:
            lines.append(f"AWS is simulated: {self._record.simulator}/_simulator/messages")
        file = self._plan.data / "env"
        with contextlib.suppress(ValueError):  # the data may be elsewhere
            file = file.relative_to(Path.cwd())
        lines += [f"Commands: SENDPOINT_ENV_FILE={file} .venv/bin/python manage.py ...", ""]
        for line in lines:
            self._stream.say(line)


async def _answers(name: str, probe: Callable[[], Awaitable[str]]) -> None:
    """Wait until what was given answers."""
    deadline = time.monotonic() + GIVEN_SECONDS
    while why := await probe():
        if time.monotonic() > deadline:
            raise Trouble(
                f"{name} is given, but does not answer: {why}\n"
                f"Mend it, or leave {name} out to have one started here."
            )
        await asyncio.sleep(0.5)
