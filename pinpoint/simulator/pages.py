"""What all Describe operations share: ids, filters, owner and pages."""

import base64
import binascii
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from .errors import not_found, validation

Item = dict[str, Any]
DEFAULT_PAGE = 100


def page(request: Mapping[str, Any], items: Sequence[Item], key: str) -> tuple[list[Item], Item]:
    """Return one page of items, and the NextToken member if there are more.

    Items are ordered by the member `key`, and a token holds the last one that was given, so that
    changes between two pages neither repeat nor hide the others.
    """
    ordered = sorted(items, key=lambda item: str(item[key]))
    last = _decode(request["NextToken"]) if request.get("NextToken") is not None else ""
    rest = [item for item in ordered if str(item[key]) > last]
    size = request.get("MaxResults") or DEFAULT_PAGE
    if len(rest) <= size:
        return rest, {}
    return rest[:size], {"NextToken": _encode(str(rest[size - 1][key]))}


def _encode(last: str) -> str:
    return base64.urlsafe_b64encode(f"after:{last}".encode()).decode()


def _decode(token: str) -> str:
    try:
        text = base64.urlsafe_b64decode(token.encode()).decode()
    except (binascii.Error, ValueError) as error:
        raise validation("INVALID_NEXT_TOKEN", "NextToken is not valid.") from error
    if not text.startswith("after:"):
        raise validation("INVALID_NEXT_TOKEN", "NextToken is not valid.")
    return text.removeprefix("after:")


def named(
    request: Mapping[str, Any],
    member: str,
    resource_type: str,
    items: Sequence[Item],
    names_of: Callable[[Item], tuple[Any, ...]],
) -> list[Item]:
    """Keep the items that the request names; refuse a name that nothing has."""
    wanted = request.get(member)
    if not wanted:
        return [] if request.get("Owner") == "SHARED" else list(items)
    if request.get("Owner"):
        raise validation(
            "PARAMETERS_CANNOT_BE_USED_TOGETHER", f"Owner and {member} exclude each other."
        )
    kept = []
    for name in wanted:
        found = [item for item in items if name in names_of(item)]
        if not found:
            raise not_found(resource_type, str(name))
        kept += [item for item in found if item not in kept]
    return kept


def filtered(
    request: Mapping[str, Any], items: Sequence[Item], members: Mapping[str, str]
) -> list[Item]:
    """Apply Filters; `members` says which member a filter name looks at where it is not plain."""
    kept = list(items)
    for wanted in request.get("Filters") or []:
        member = members.get(wanted["Name"]) or _camel(wanted["Name"])
        values = {value.casefold() for value in wanted["Values"]}
        kept = [item for item in kept if values & _values(item.get(member))]
    return kept


def _camel(name: str) -> str:
    return "".join(word.capitalize() for word in name.split("-"))


def _values(value: Any) -> set[str]:
    if value is None:
        return set()
    if isinstance(value, list):
        return {str(item).casefold() for item in value}
    return {str(value).casefold()}
