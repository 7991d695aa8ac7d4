"""Who is calling? An access key whose secret signed this very request, just now, and only once."""

import functools
import hashlib
import logging
from datetime import datetime, timedelta

import redis
from django.conf import settings
from django.db.models import Q

from compliance.forms import limits
from compliance.valkey import connection
from config.models import AccessKey
from config.pinpoint_api.recent import Recent
from contacts.sealing import unseal
from pinpoint import signed_requests
from pinpoint.signed_requests import Arrived, NotSigned
from pinpoint.v1_api.errors import ApiError, Forbidden, TooManyRequests
from pinpoint.v1_api.model import SIGNING_NAME

logger = logging.getLogger(__name__)
# A key that was revoked is refused within a second.
KNOWN: Recent[AccessKey | None] = Recent()
STRANGERS = (20, 60)  # calls with keys that do not exist, from one address, in so many seconds
USED_EVERY = timedelta(minutes=1)  # how exactly it is known when a key was last used
# KEYS: how often an access key called in this second; a request that may come only once, if it is
# one. ARGV: how long that is remembered, in seconds. Returns {calls of the second, 1 if the request
# came before}. One script, since every call waits for it.
COUNT = """
local calls = redis.call('INCR', KEYS[1])
if calls == 1 then redis.call('PEXPIRE', KEYS[1], 1000) end
local again = 0
if KEYS[2] and not redis.call('SET', KEYS[2], 1, 'NX', 'EX', ARGV[1]) then again = 1 end
return {calls, again}
"""


def key_of(arrived: Arrived, address: str, now: datetime) -> AccessKey:
    """Return the key that signed a request from an IP address; its user comes with it.

    Raises Forbidden; TooManyRequests where one address tries key after key that is none.
    """
    try:
        claim = signed_requests.claim_of(arrived, SIGNING_NAME)
        found = KNOWN.get(claim.access_key, lambda: _look_up(claim.access_key))
        if found is None:
            _count_stranger(address)
            raise NotSigned(
                "UnrecognizedClientException",
                "There is no such access key, or it was revoked. Keys are made in the admin.",
            )
        signed_requests.check(arrived, claim, _secret(found), now)
    except NotSigned as problem:
        raise Forbidden(str(problem), code=problem.code) from problem
    _note_use(found, now)
    return found


def _count_stranger(address: str) -> None:
    try:
        wait = limits.too_many({f"api stranger {address}": STRANGERS})
    except redis.RedisError:
        return  # they are refused as it is
    if wait:
        words = "Too many calls with access keys that do not exist; wait."
        raise TooManyRequests(words, retry_after=wait)


def _look_up(access_key: str) -> AccessKey | None:
    keys = AccessKey.objects.select_related("user")
    found: AccessKey | None = keys.filter(
        access_key=access_key, revoked_at=None, user__is_active=True
    ).first()
    if found is not None:
        found.user.get_all_permissions()  # kept by the user: each call asks for one of them
    return found


def check_limits(key: AccessKey, arrived: Arrived) -> None:
    """Raise TooManyRequests where a key calls too often, Forbidden where a request comes again.

    The same call and attempt twice, under one signature, is somebody who listened.
    """
    names = [f"sendpoint:api:{key.pk}"]
    if arrived.method != "GET":
        names.append(_name_of(arrived))
    try:
        calls, again = _count()(keys=names, args=[int(2 * signed_requests.SKEW.total_seconds())])
    except redis.RedisError as problem:
        logger.warning("Valkey is out of reach; calls of the interface wait for it")
        raise ApiError("Not everything is running here; try again soon.") from problem
    if calls > settings.API_REQUESTS_PER_SECOND:
        raise TooManyRequests("The key calls too often; slow down.", retry_after=1)
    if again:
        raise Forbidden(
            "This very request came before; sign it anew.", code="InvalidSignatureException"
        )


@functools.cache
def _count() -> "redis.commands.core.Script":
    return connection().register_script(COUNT)


def _name_of(arrived: Arrived) -> str:
    """Name a request by what makes it this very one.

    boto3 names its calls and their attempts after signing: two calls of one second that say the
    same have one signature, and both count.
    """
    named = ("authorization", "amz-sdk-invocation-id", "amz-sdk-request")
    said = "\n".join(arrived.headers.get(name, "") for name in named)
    return f"sendpoint:signed:{hashlib.sha256(said.encode()).hexdigest()}"


def _secret(key: AccessKey) -> str:
    secret = _unsealed(bytes(key.sealed))
    if secret is None:
        raise NotSigned(
            "UnrecognizedClientException",
            "The installation's SECRET_KEY was changed; make a new access key in the admin.",
        )
    return secret


@functools.lru_cache(maxsize=256)
def _unsealed(sealed: bytes) -> str | None:
    secret = unseal(sealed)
    return secret.decode() if secret is not None else None


def _note_use(key: AccessKey, now: datetime) -> None:
    if key.last_used_at is None or now - key.last_used_at > USED_EVERY:
        stale = Q(last_used_at=None) | Q(last_used_at__lt=now - USED_EVERY)
        AccessKey.objects.filter(stale, pk=key.pk).update(last_used_at=now)
        key.last_used_at = now
