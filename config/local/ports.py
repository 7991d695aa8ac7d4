"""TCP ports on this machine, held for the servers that this process will start.

Between the choice of a port and the server that listens on it lie seconds, minutes after an
update. Somebody else's server, or the near end of any connection, could have it by then. So the
port is bound here, and stays so until this process ends: nobody is given it, and a server that
sets SO_REUSEADDR, as all of ours do, may listen on it all the same (Linux: a bound socket that
does not listen is no conflict where both have SO_REUSEADDR).
"""

import errno
import random
import socket

from .trouble import Trouble

HOST = "127.0.0.1"
DEFAULT_WEB_PORT = 8000
# Below the range from which systems pick the near end of outgoing connections: a client that
# retries on a port in that range can, by chance, connect to itself.
CHOICE = range(20_000, 30_000)

_held: dict[int, socket.socket] = {}


def choose(remembered: int | None = None) -> int:
    """Return the remembered port if it is free, else any free one."""
    if remembered and _hold(remembered, though_lingering=True):
        return remembered
    for port in random.sample(CHOICE, 200):
        if _hold(port):
            return port
    raise Trouble(f"No free port was found between {CHOICE.start} and {CHOICE.stop}.")


def for_web(wanted: str | None) -> int:
    """Return the port of the web server. PORT decides; 0 stands for any free one."""
    if wanted is None:
        ports = range(DEFAULT_WEB_PORT, 65_536)
        return next(port for port in ports if _hold(port, though_lingering=True))
    if not wanted.isdecimal() or int(wanted) > 65_535:
        raise Trouble(f"PORT must be a number from 0 to 65535, not {wanted!r}.")
    if int(wanted) == 0:
        return choose()
    if not _hold(int(wanted), though_lingering=True):
        raise Trouble(
            f"Port {wanted} is taken. Give another one (PORT=8001 make run), or leave PORT out "
            "to have the next free one chosen."
        )
    return int(wanted)


def _hold(port: int, *, though_lingering: bool = False) -> bool:
    """Take a port if it is free.

    `though_lingering`: connections of the last run that have not quite ended do not matter. A
    port that another Sendpoint holds looks the same until its server listens, so that this is
    for ports with a reason of their own; what is picked at random must be nobody's at all.
    """
    if port in _held:
        return False
    holder = socket.socket()
    try:
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, though_lingering)
        holder.bind((HOST, port))
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    except OSError as error:
        holder.close()
        if error.errno in (errno.EADDRINUSE, errno.EACCES):
            return False
        raise
    _held[port] = holder
    return True
