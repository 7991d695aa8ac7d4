"""Run the simulator: `python -m pinpoint.simulator --port 0 --state-dir DIR --deliver-to URL`."""

import argparse
import asyncio
import logging
import signal
import socket
import sys
from collections.abc import Sequence
from pathlib import Path

from aiohttp import web

from .configuration import BadConfiguration, Configuration, load
from .journal import InUse, Journal
from .server import Simulator
from .sns import Signer
from .state import State

HOST = "127.0.0.1"
MOST_REQUEST_BYTES = 3_000_000  # a file of a registration, in base64
SHUTDOWN_SECONDS = 0.05  # for answers under way; aiohttp takes 0 for "as long as it takes"

log = logging.getLogger("simulator")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run until SIGTERM or SIGINT; return the exit code."""
    options = _options(arguments)
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(name)s: %(message)s")
    try:
        configuration = load(options.config)
        options.state_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        journal = Journal(options.state_dir / "journal.jsonl")
    except (BadConfiguration, InUse, OSError) as error:
        log.error("%s", error)
        return 2
    try:
        return asyncio.run(_serve(options, configuration, journal))
    except OSError as error:
        log.error("%s", error)
        return 2


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m pinpoint.simulator",
        description="A local stand-in for AWS End User Messaging SMS.",
    )
    parser.add_argument("--port", type=int, required=True, help="0 picks a free one")
    parser.add_argument("--state-dir", type=Path, required=True, help="journal and signing key")
    parser.add_argument("--deliver-to", required=True, help="where SNS notifications are posted")
    parser.add_argument("--config", type=Path, help="JSON that overrides the defaults")
    parser.add_argument("--seed", type=int, default=1, help="one seed, one course of events")
    return parser.parse_args(arguments)


async def _serve(
    options: argparse.Namespace, configuration: Configuration, journal: Journal
) -> int:
    """Listen, say so, and work until a signal comes."""
    stop = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    state = State(configuration.account, journal)
    signer = Signer(options.state_dir, configuration.notifications.signature_version)
    listener = socket.create_server((HOST, options.port))
    origin = f"http://{HOST}:{listener.getsockname()[1]}"
    simulator = Simulator(
        configuration, state, signer, origin=origin, endpoint=options.deliver_to, seed=options.seed
    )
    app = web.Application(client_max_size=MOST_REQUEST_BYTES)
    simulator.add_routes(app)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=SHUTDOWN_SECONDS)
    try:
        await runner.setup()
        await web.SockSite(runner, listener).start()
        sys.stderr.write(f"simulator listening on {origin}\n")
        sys.stderr.flush()
        await _until(stop, simulator)
    finally:
        await runner.cleanup()
        state.close()
    return 0


async def _until(stop: asyncio.Event, simulator: Simulator) -> None:
    """Deliver notifications until the stop comes; a failure in that work ends the process."""
    work = asyncio.create_task(simulator.run())
    stopped = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait([work, stopped], return_when=asyncio.FIRST_COMPLETED)
        if work.done():
            work.result()
    finally:
        work.cancel()
        stopped.cancel()
        await asyncio.gather(work, stopped, return_exceptions=True)


if __name__ == "__main__":
    sys.exit(main())
