"""The text that asks a person to confirm a sign-up (compliance/double_opt_in.py)."""

import logging
from collections.abc import Iterable

from campaigns import direct
from campaigns.models import Message
from compliance.models import OptInRequest

logger = logging.getLogger(__name__)


def ask(request: OptInRequest, text: str) -> bool:
    """Queue the text, once for each request; False if it can never go."""
    try:
        direct.send(
            phone=request.phone,
            body=text,
            program_id=request.program_id,
            originator_id=request.originator_id,
            purpose=Message.Purpose.OPT_IN,
            key=_key(request.entry_id),
        )
    except direct.NotPossible as problem:
        logger.error("nobody can be asked to confirm: %s", problem)
        return False
    return True


def asked(entry_ids: Iterable[int]) -> set[int]:
    """Return those of the requests whose text was handed to AWS. One query."""
    keys = {_key(entry_id): entry_id for entry_id in entry_ids}
    sent = Message.objects.filter(key__in=list(keys), sent_at__isnull=False)
    return {keys[key] for key in sent.values_list("key", flat=True) if key}


def _key(entry_id: int) -> str:
    return f"opt-in:{entry_id}"
