"""`make run`: everything Sendpoint needs on one machine, started, watched and ended together."""

import argparse
import contextlib
import fcntl
import json
import os
import secrets
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from config.local import leftovers, servers
from config.local.supervisor import Child, Supervisor, say

ROOT = Path(__file__).resolve().parent.parent.parent
ACCOUNT = "arn:aws:sns:us-east-1:111122223333"
TOPICS = f"{ACCOUNT}:sendpoint-events,{ACCOUNT}:sendpoint-inbound"
HEALTHY_WITHIN_SECONDS = 120
LOGINS = ("marketer", "compliance", "admin")


class Local:
    """One local installation in one data directory."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.environment = dict(os.environ)
        self.facts: dict[str, str] = {}
        self.supervisor = Supervisor(ROOT, changed=self._record)

    def run(self) -> int:
        """Start everything, then watch until told to stop; return the exit code."""
        began = time.monotonic()
        port = self._port()
        self._settings(port)
        self._database()
        self._broker()
        self._prepare()
        self._aws(port)
        self._application(port)
        if not self._wait_until_healthy(port):
            return 1
        self._greet(port, time.monotonic() - began)
        while not self.supervisor.stopping.wait(0.5):
            if not self.supervisor.tend():
                return 1
        return 0

    def _port(self) -> int:
        given = self.environment.get("PORT")
        if given:
            if not given.isdigit():
                raise SystemExit(f"PORT={given} is not a port number.")
            if servers.is_listening(int(given)):
                raise SystemExit(f"Port {given} is taken. Choose another: PORT=8001 make run")
            return int(given)
        return next(port for port in range(8000, 9000) if not servers.is_listening(port))

    def _settings(self, port: int) -> None:
        secret = self.data / "secret_key"
        if not secret.exists():
            secret.write_text(secrets.token_urlsafe(50))
            secret.chmod(0o600)
        self.environment |= {
            "SENDPOINT_LOCAL": "1",
            "SECRET_KEY": secret.read_text(),
            "DATA_DIR": str(self.data),
            "PYTHONUNBUFFERED": "1",
            "DJANGO_SETTINGS_MODULE": "config.settings",
        }
        self.facts["url"] = f"http://127.0.0.1:{port}"

    def _database(self) -> None:
        if "DATABASE_URL" not in self.environment:
            cluster, port = self.data / "postgres", servers.free_port()
            servers.make_cluster(cluster)
            command = servers.postgres(cluster, port, ["shared_buffers=256MB"])
            self._child("postgres", command, signal.SIGINT)
            self._wait_for_port("postgres", port)
            self.environment["DATABASE_URL"] = f"postgres://postgres@127.0.0.1:{port}/postgres"
        self.facts["database_url"] = self.environment["DATABASE_URL"]

    def _broker(self) -> None:
        if "REDIS_URL" not in self.environment:
            port = servers.free_port()
            command = servers.valkey(self.data / "valkey", port, ["--appendonly", "yes"])
            self._child("valkey", command)
            self._wait_for_port("valkey", port)
            self.environment["REDIS_URL"] = f"redis://127.0.0.1:{port}/0"
        self.facts["redis_url"] = self.environment["REDIS_URL"]

    def _prepare(self) -> None:
        for command in (["migrate", "--verbosity", "0"], ["load_demo"]):
            say("local", f"manage.py {' '.join(command)}")
            done = subprocess.run(
                [sys.executable, "manage.py", *command], cwd=ROOT, env=self.environment, check=False
            )
            if done.returncode:
                raise SystemExit(f"manage.py {command[0]} failed; its message is above.")

    def _aws(self, web_port: int) -> None:
        if "AWS_ENDPOINT_URL_PINPOINT_SMS_VOICE_V2" in self.environment:
            return
        port = self._simulator_port()
        origin = f"http://127.0.0.1:{port}"
        command = [sys.executable, "-m", "pinpoint.simulator", "--port", str(port)]
        command += ["--state-dir", str(self.data / "simulator")]
        command += ["--deliver-to", f"http://127.0.0.1:{web_port}/aws/sns/"]
        if config := self.environment.get("SIMULATOR_CONFIG"):
            command += ["--config", config]
        self._child("simulator", command)
        self._wait_for_port("simulator", port)
        self.environment |= {
            "AWS_ENDPOINT_URL_PINPOINT_SMS_VOICE_V2": origin,
            "SNS_EXTRA_ORIGIN": origin,
            "SNS_TOPIC_ARNS": TOPICS,
            "AWS_ACCESS_KEY_ID": self.environment.get("AWS_ACCESS_KEY_ID", "local"),
            "AWS_SECRET_ACCESS_KEY": self.environment.get("AWS_SECRET_ACCESS_KEY", "local"),
        }
        self.facts["simulator"] = origin

    def _simulator_port(self) -> int:
        """Keep the simulator's port: certificates that Sendpoint cached name it."""
        kept = self.data / "simulator_port"
        if kept.exists() and not servers.is_listening(int(kept.read_text())):
            return int(kept.read_text())
        port = servers.free_port()
        kept.write_text(str(port))
        return port

    def _application(self, port: int) -> None:
        binary = Path(sys.executable).parent
        celery = [str(binary / "celery"), "-A", "config"]
        self._child(
            "web",
            [
                *(str(binary / "granian"), "--interface", "wsgi", "config.wsgi:application"),
                *("--host", "127.0.0.1", "--port", str(port)),
                *("--workers", "1", "--blocking-threads", "8", "--no-access-log"),
            ],
        )
        self._child("worker", [*celery, "worker", "--concurrency", "4", "--loglevel", "WARNING"])
        self._child("beat", [*celery, "beat", "--loglevel", "WARNING", "--pidfile="])

    def _child(
        self, name: str, command: list[str], end_with: signal.Signals = signal.SIGTERM
    ) -> None:
        self.supervisor.add(Child(name, command, dict(self.environment), end_with))

    def _wait_for_port(self, name: str, port: int) -> None:
        for _ in range(600):
            if servers.is_listening(port):
                return
            if not self.supervisor.tend() or self.supervisor.stopping.wait(0.1):
                break
        raise SystemExit(f"{name} did not start; its own words are above.")

    def _wait_until_healthy(self, port: int) -> bool:
        end = time.monotonic() + HEALTHY_WITHIN_SECONDS
        answer = "no answer"
        while time.monotonic() < end:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz/", timeout=5):
                    return True
            except urllib.error.HTTPError as error:
                answer = error.read().decode(errors="replace")
            except OSError as error:
                answer = str(error)
            if not self.supervisor.tend() or self.supervisor.stopping.wait(0.3):
                return False
        say("local", f"not healthy after {HEALTHY_WITHIN_SECONDS} s: {answer}")
        return False

    def _greet(self, port: int, seconds: float) -> None:
        self.facts["healthy"] = "yes"
        self._record(self.supervisor.children)
        for line in (
            f"Sendpoint is up after {seconds:.0f} s:  http://127.0.0.1:{port}/",
            f"Logins: {', '.join(LOGINS)}; password: sendpoint (they exist only locally)",
            "Ctrl-C ends everything; the data stays in " + str(self.data),
        ):
            say("local", line)

    def _record(self, children: list[Child]) -> None:
        leftovers.record(self.data / "run.json", children, self.facts)


@contextlib.contextmanager
def only_one(data: Path) -> Iterator[None]:
    """Hold the data directory's lock; a second run of the same checkout is told so."""
    with (data / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SystemExit(
                f"Sendpoint is already running from {data}{_address(data)}. "
                "End it with Ctrl-C there first."
            ) from None
        yield


def _address(data: Path) -> str:
    try:
        return f" ({json.loads((data / 'run.json').read_text())['url']})"
    except (OSError, ValueError, KeyError):
        return ""


def main() -> int:
    """Run until Ctrl-C or SIGTERM."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data-dir", type=Path, default=ROOT / ".local")
    data: Path = parser.parse_args().data_dir.resolve()
    data.mkdir(parents=True, exist_ok=True)
    with only_one(data):
        leftovers.end(data / "run.json")
        local = Local(data)
        for how in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(how, lambda *_: local.supervisor.stopping.set())
        try:
            return local.run()
        finally:
            say("local", "ending everything")
            local.supervisor.stop()
            (data / "run.json").unlink(missing_ok=True)


if __name__ == "__main__":
    sys.exit(main())
