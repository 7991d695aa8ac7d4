"""Names of things as Pinpoint had them. Pure."""

import uuid


def new_id() -> str:
    """Return 32 hexadecimal digits, as applications, segments and campaigns are called."""
    return uuid.uuid4().hex
