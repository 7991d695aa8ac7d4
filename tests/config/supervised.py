"""`python -m tests.config.supervised FOLDER '{"name": ["command", ...]}'`: services that do little,
under the real supervisor."""

import asyncio
import json
import sys
from pathlib import Path

from config.local.interrupts import until_signal
from config.local.leftovers import Record
from config.local.stream import Stream
from config.local.supervisor import Service, Supervisor
from config.local.trouble import Trouble


async def main(folder, commands):
    supervisor = Supervisor(Stream(), Record(), folder / "run.json")

    async def work():
        await supervisor.start(*(Service(name, words) for name, words in commands.items()))
        await supervisor.wait()

    async with supervisor:
        await until_signal(work(), first=lambda: None, again=supervisor.kill_all)


if __name__ == "__main__":
    try:
        asyncio.run(main(Path(sys.argv[1]), json.loads(sys.argv[2])))
    except Trouble as trouble:
        sys.exit(f"trouble: {trouble}")
