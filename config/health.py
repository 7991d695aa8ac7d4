"""`GET /healthz/`: is everything that sending needs alive?"""

import psycopg
import redis
from django.conf import settings
from django.db import connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache

TIMEOUT_SECONDS = 2


@never_cache
def healthz(request: HttpRequest) -> JsonResponse:
    """Answer 200 with every part, or 503 with the ones that are down."""
    checks = {"database": _database()} | _broker()
    down = sorted(name for name, state in checks.items() if state != "ok")
    status = "down: " + ", ".join(down) if down else "ok"
    return JsonResponse({"status": status, "checks": checks}, status=503 if down else 200)


def _database() -> str:
    """Ask in a session of our own: Django's may be an old one, and would wait for ever."""
    try:
        wanted = connection.get_connection_params() | {"connect_timeout": TIMEOUT_SECONDS}
        with psycopg.connect(**wanted) as session:
            session.execute("SELECT 1")
    except psycopg.Error:
        return "down"
    return "ok"


def _broker() -> dict[str, str]:
    """Worker, beat and receiver leave a heartbeat in the broker (config/celery.py)."""
    roles = ["worker", "beat"]
    if settings.SQS_QUEUE_URLS or settings.KINESIS_STREAMS:
        roles.append("receiver")
    try:
        with redis.Redis.from_url(
            settings.REDIS_URL,
            socket_timeout=TIMEOUT_SECONDS,
            socket_connect_timeout=TIMEOUT_SECONDS,
        ) as client:
            alive = client.mget([f"sendpoint:alive:{role}" for role in roles])
    except redis.RedisError:
        return dict.fromkeys(("broker", *roles), "down")
    beating = zip(roles, alive, strict=True)
    return {"broker": "ok"} | {role: "ok" if beat else "down" for role, beat in beating}
