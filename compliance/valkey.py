"""The process's connection to Valkey/Redis."""

import functools

import redis
from django.conf import settings


@functools.cache
def connection() -> redis.Redis:
    """Return the connection; whatever goes through it gives up within seconds."""
    return redis.Redis.from_url(settings.REDIS_URL, socket_timeout=5, socket_connect_timeout=2)
