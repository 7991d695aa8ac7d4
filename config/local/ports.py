"""Free TCP ports on this machine."""

import errno
import random
import socket

from .trouble import Trouble

HOST = "127.0.0.1"
DEFAULT_WEB_PORT = 8000
# Below the range from which systems pick the near end of outgoing connections: a client that
# retries on a port in that range can, by chance, connect to itself.
CHOICE = range(20_000, 30_000)


def is_free(port: int) -> bool:
    """Say whether a server could listen on this port now."""
    with socket.socket() as probe:
        # Connections that linger after the last run do not keep a server from listening.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            if error.errno in (errno.EADDRINUSE, errno.EACCES):
                return False
            raise
    return True


def choose(remembered: int | None = None) -> int:
    """Return the remembered port if it is free, else any free one."""
    if remembered and is_free(remembered):
        return remembered
    for port in random.sample(CHOICE, 200):
        if is_free(port):
            return port
    raise Trouble(f"No free port was found between {CHOICE.start} and {CHOICE.stop}.")


def for_web(wanted: str | None) -> int:
    """Return the port of the web server. PORT decides; 0 stands for any free one."""
    if wanted is None:
        return next(port for port in range(DEFAULT_WEB_PORT, 65_536) if is_free(port))
    if not wanted.isdecimal() or int(wanted) > 65_535:
        raise Trouble(f"PORT must be a number from 0 to 65535, not {wanted!r}.")
    if int(wanted) == 0:
        return choose()
    if not is_free(int(wanted)):
        raise Trouble(
            f"Port {wanted} is taken. Give another one (PORT=8001 make run), or leave PORT out "
            "to have the next free one chosen."
        )
    return int(wanted)
