"""Pages of a list, the newest first, by tokens that hold where the last page ended."""

from typing import Any, TypeVar

from django.core import signing
from django.db.models import Model, QuerySet

from config.pinpoint_api.calls import Call
from pinpoint.v1_api.errors import BadRequest

Row = TypeVar("Row", bound=Model)
SALT = "pinpoint_api.paging"


def page(call: Call, found: QuerySet[Row], *, by: str = "Token") -> tuple[list[Row], str]:
    """Return one page of what was found, and the token of the next; "" on the last page.

    `by` is boto3's name of the parameter. A token holds for the operation, application and key
    that it was made for. Raises BadRequest.
    """
    size = call.page_size()
    rows = found.order_by("-pk")
    if given := call.params.get(by):
        rows = rows.filter(pk__lt=_after(call, str(given)))
    items = list(rows[: size + 1])
    more = len(items) > size
    return items[:size], _token(call, items[size - 1].pk) if more else ""


def _scope(call: Call) -> list[Any]:
    return [call.operation, call.params.get("ApplicationId", ""), call.key.pk]


def _token(call: Call, pk: int) -> str:
    return signing.dumps([*_scope(call), pk], salt=SALT)


def _after(call: Call, token: str) -> int:
    try:
        *scope, pk = signing.loads(token, salt=SALT)
    except signing.BadSignature as problem:
        raise BadRequest("token: is not one that this operation gave") from problem
    if scope != _scope(call):
        raise BadRequest("token: was given by another operation, application or key")
    return int(pk)
