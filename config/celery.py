"""The Celery app, and the heartbeats that /healthz/ reads."""

import importlib
import os
from typing import Any

import redis
from celery import Celery, signals
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
app = Celery("sendpoint")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

HEARTBEAT_SECONDS = 20  # how long a heartbeat counts as alive
_redis: redis.Redis | None = None


def beat_heart(role: str) -> None:
    """Note in the broker that a process of this role (`worker`, `beat`) is alive now."""
    global _redis
    if _redis is None:
        _redis = redis.Redis.from_url(settings.REDIS_URL, socket_timeout=2)
    try:
        _redis.set(f"sendpoint:alive:{role}", "1", ex=HEARTBEAT_SECONDS)
    except redis.RedisError:
        # The broker being away is what /healthz/ reports; the heart must not stop for it.
        return


@signals.worker_init.connect
def load_what_sends(**kwargs: Any) -> None:
    """Load the HTTP client once, before the worker's processes part."""
    importlib.import_module("pinpoint.wire_gateway")


@signals.heartbeat_sent.connect
def worker_is_alive(**kwargs: Any) -> None:
    """Celery's worker sends this every two seconds."""
    beat_heart("worker")
