"""How often the public forms may be used: by one address, and for one number. Kept in Valkey."""

import hashlib
import hmac
from collections.abc import Mapping

from django.conf import settings

from compliance.valkey import connection

HOUR = 3600
DAY = 24 * HOUR


def too_many(uses: Mapping[str, tuple[int, int]]) -> int:
    """Count one use of each name; return the seconds to wait, 0 where all are within limits.

    `uses` maps a name to (limit, window in seconds). Names are hashed under the secret key, so
    that Valkey holds neither numbers nor addresses. Raises redis.RedisError when it is away.
    """
    keys = {_key(name): limits for name, limits in uses.items()}
    with connection().pipeline() as pipe:
        for key, (_limit, window) in keys.items():
            pipe.set(key, 0, ex=window, nx=True)
            pipe.incr(key)
            pipe.ttl(key)
        answers = pipe.execute()
    counts, waits = answers[1::3], answers[2::3]
    over = [
        max(wait, 1)
        for (limit, _window), count, wait in zip(keys.values(), counts, waits, strict=True)
        if count > limit
    ]
    return max(over, default=0)


def _key(name: str) -> str:
    digest = hmac.new(settings.SECRET_KEY.encode(), name.encode(), hashlib.sha256).hexdigest()
    return f"sendpoint:form:{digest}"
