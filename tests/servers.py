"""A pytest plugin that starts real PostgreSQL and Valkey before Django reads its settings.

Loaded with `-p tests.servers`. The controller of a parallel run starts them; its workers inherit
the addresses. DATABASE_URL and REDIS_URL, where given, are used instead.
"""

import os
from pathlib import Path

from config.local import throwaway
from config.local.postgres import CARELESS

FOLDER = Path(__file__).resolve().parents[1] / ".local" / "test"
WORKERS_AT_MOST = 16  # each has one of Valkey's 16 databases


def _worker_number():
    return int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % WORKERS_AT_MOST


def _prepare():
    os.environ.setdefault("SENDPOINT_LOCAL", "1")
    # Playwright leaves an event loop running in this process, for which Django refuses queries.
    os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    if "PYTEST_XDIST_WORKER" not in os.environ:
        folder = throwaway.folder(FOLDER)
        (folder / "static").mkdir()  # WhiteNoise warns where there is no folder
        os.environ["DATA_DIR"] = str(folder)  # uploads of tests are no data of this checkout
        if not os.environ.get("DATABASE_URL"):
            os.environ["DATABASE_URL"] = throwaway.start_postgres(folder, CARELESS)
            os.environ["SENDPOINT_TEST_POSTGRES"] = "ours"  # and all that is in it ends with us
        if not os.environ.get("REDIS_URL"):
            os.environ["REDIS_URL"] = throwaway.start_valkey(folder)
        os.environ["SENDPOINT_TEST_REDIS"] = os.environ["REDIS_URL"]
    os.environ["REDIS_URL"] = f"{os.environ['SENDPOINT_TEST_REDIS'].rstrip('/')}/{_worker_number()}"


_prepare()
