"""`GET /healthz/`: is everything that sending needs alive?"""

import psycopg
import redis
from django.conf import settings
from django.db import connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache

TIMEOUT_SECONDS = 2
QUEUES = "SELECT EXISTS (SELECT FROM campaigns_awsaccount WHERE queues <> '{}')"


@never_cache
def healthz(request: HttpRequest) -> JsonResponse:
    """Answer 200 with every part, or 503 with the ones that are down."""
    database, has_queues = _database()
    checks = {"database": database} | _broker(has_queues)
    down = sorted(name for name, state in checks.items() if state != "ok")
    status = "down: " + ", ".join(down) if down else "ok"
    return JsonResponse({"status": status, "checks": checks}, status=503 if down else 200)


def _database() -> tuple[str, bool]:
    """Return how it is, and whether queues were set up from the admin.

    Asked in a session of our own: Django's may be an old one, and would wait for ever.
    """
    try:
        wanted = connection.get_connection_params() | {"connect_timeout": TIMEOUT_SECONDS}
        with psycopg.connect(**wanted) as session:
            found = session.execute(QUEUES).fetchone()
    except psycopg.errors.UndefinedTable:  # not migrated yet
        return "ok", False
    except psycopg.Error:
        return "down", False
    return "ok", bool(found and found[0])


def _broker(has_queues: bool) -> dict[str, str]:
    """Worker, beat and receiver leave a heartbeat in the broker (config/celery.py)."""
    roles = ["worker", "beat"]
    if settings.SQS_QUEUE_URLS or settings.KINESIS_STREAMS or has_queues:
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
