"""Posting one event to a webhook, signed as Standard Webhooks says (standardwebhooks.com)."""

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import urllib3

TIMEOUT_SECONDS = 5.0
PREFIX = "whsec_"
# No redirects: an address must be the one that an administrator has entered.
_pool = urllib3.PoolManager(
    num_pools=20, retries=False, timeout=urllib3.Timeout(total=TIMEOUT_SECONDS)
)


def new_secret() -> str:
    """Make the key of a webhook's signatures."""
    return PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def signature(secret: str, event_id: str, sent_at: datetime, body: bytes) -> str:
    """Return what the header `webhook-signature` holds: v1, and HMAC-SHA256 in base64."""
    key = base64.b64decode(secret.removeprefix(PREFIX))
    signed = f"{event_id}.{int(sent_at.timestamp())}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def post(
    address: str, secret: str, event_id: str, event: Mapping[str, Any], sent_at: datetime
) -> str:
    """Post an event; return what is wrong, "" = it was taken with 2xx within five seconds."""
    body = json.dumps(event).encode()
    try:
        answer = _pool.request(
            "POST",
            address,
            body=body,
            redirect=False,
            headers={
                "Content-Type": "application/json",
                "User-Agent": "Sendpoint",
                "webhook-id": event_id,
                "webhook-timestamp": str(int(sent_at.timestamp())),
                "webhook-signature": signature(secret, event_id, sent_at, body),
            },
        )
    except urllib3.exceptions.HTTPError as error:
        return f"no answer: {type(error).__name__}"
    return "" if 200 <= answer.status < 300 else f"it answered {answer.status}"
