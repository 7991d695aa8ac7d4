"""An empty Sendpoint to measure: real PostgreSQL and Valkey as `make run` starts them."""

import os
from pathlib import Path

import django
from django.core.management import call_command

from config.local import throwaway

FOLDER = Path(__file__).resolve().parents[1] / ".local" / "bench"


def start(settings: str = "config.settings") -> Path:
    """Start the servers, set Django up and migrate; return a folder for what else is needed.

    PostgreSQL writes to disk as in earnest (fsync on). All is gone when the process ends. Call it
    before anything of Sendpoint's is imported that has models.
    """
    folder = throwaway.folder(FOLDER)
    os.environ |= {
        "SENDPOINT_LOCAL": "1",
        "DATA_DIR": str(folder),
        "DATABASE_URL": throwaway.start_postgres(folder),
        "REDIS_URL": throwaway.start_valkey(folder),
        "DJANGO_SETTINGS_MODULE": settings,
        "LOG_LEVEL": "WARNING",
    }
    django.setup()
    call_command("migrate", verbosity=0)
    return folder
