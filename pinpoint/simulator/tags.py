"""Tags on whatever has an ARN, and the tokens that make a purchase happen once."""

from collections.abc import Callable, Iterable
from typing import Any

from .account import Account, arn
from .errors import not_found, quota
from .holdings import Holdings, Record
from .pages import Item
from .state import State

Request = dict[str, Any]
MOST = 200


class Tags:
    """Answers what is asked about tags."""

    def __init__(self, account: Account, state: State) -> None:
        self._account = account
        self._state = state
        self._holdings: Holdings = state.holdings
        self.by_name: dict[str, Callable[[Request], Item]] = {
            "TagResource": self._tag,
            "UntagResource": self._untag,
            "ListTagsForResource": self._list,
        }

    def of(self, name: str) -> list[dict[str, str]]:
        """Return the tags of a thing as AWS writes them."""
        found = self._holdings.tags.get(name)
        pairs = found.members.items() if found else ()
        return [{"Key": key, "Value": value} for key, value in sorted(pairs)]

    def put(self, name: str, tags: Iterable[dict[str, str]]) -> None:
        """Add tags to a thing."""
        added = {tag["Key"]: tag["Value"] for tag in tags}
        if not added:
            return
        found = self._holdings.tags.get(name)
        both = {**(found.members if found else {}), **added}
        if len(both) > MOST:
            raise quota("TAGS_PER_RESOURCE", "It has its most tags.")
        self._holdings.tags.put(name, Record(both))

    def remember(self, token: str, name: str) -> None:
        """Note what a ClientToken has made, so that the request said twice makes nothing more."""
        if token:
            self._holdings.tokens.put(token, Record({"id": name}))

    def _tag(self, request: Request) -> Item:
        self.put(self._known(request["ResourceArn"]), request["Tags"])
        return {}

    def _untag(self, request: Request) -> Item:
        name = self._known(request["ResourceArn"])
        kept = [tag for tag in self.of(name) if tag["Key"] not in request["TagKeys"]]
        self._holdings.tags.put(name, Record({tag["Key"]: tag["Value"] for tag in kept}))
        return {}

    def _list(self, request: Request) -> Item:
        name = self._known(request["ResourceArn"])
        return {"ResourceArn": name, "Tags": self.of(name)}

    def _known(self, name: str) -> str:
        holdings = self._holdings
        known = {thing.arn for thing in (*holdings.bought, *holdings.pools, *holdings.sender_ids)}
        known |= {arn("registration", one.members["id"]) for one in holdings.registrations}
        known |= {arn("opt-out-list", one) for one in self._state.opt_out_lists()}
        known |= {one.arn for one in self._account.configuration_sets}
        if name not in known:
            raise not_found(name.rpartition(":")[2].partition("/")[0] or "policy", name)
        return name
