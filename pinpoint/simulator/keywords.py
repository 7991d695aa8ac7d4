"""Keywords of numbers and pools: what AWS answers by itself (aws-sms.md 2.8)."""

from collections.abc import Callable
from typing import Any

from .account import Number, Pool
from .errors import conflict, not_found, quota
from .holdings import Keyword
from .pages import Item, filtered, page
from .state import State

Request = dict[str, Any]
MOST = 30
# What every number and pool has; only their words can be changed.
ALWAYS = {
    "HELP": ("Reply STOP to unsubscribe.", "AUTOMATIC_RESPONSE"),
    "STOP": ("You have been unsubscribed.", "OPT_OUT"),
}


class Keywords:
    """Answers what is asked about keywords."""

    def __init__(self, state: State) -> None:
        self._holdings = state.holdings
        self.by_name: dict[str, Callable[[Request], Item]] = {
            "DescribeKeywords": self._describe,
            "PutKeyword": self._put,
            "DeleteKeyword": self._delete,
        }

    def _describe(self, request: Request) -> Item:
        owner = self._owner(request)
        items = [_item(keyword) for keyword in self._all(_id(owner))]
        if wanted := request.get("Keywords"):
            names = {word.upper() for word in wanted}
            items = [item for item in items if item["Keyword"].upper() in names]
            if missing := names - {item["Keyword"].upper() for item in items}:
                raise not_found("keyword", min(missing))
        kept, more = page(request, filtered(request, items, {}), "Keyword")
        return {**_named(owner), "Keywords": kept, **more}

    def _put(self, request: Request) -> Item:
        owner = self._owner(request)
        known = {keyword.word.upper(): keyword for keyword in self._all(_id(owner))}
        word = request["Keyword"]
        if word.upper() not in known and len(known) >= MOST:
            pooled = isinstance(owner, Pool)
            reason = "KEYWORDS_PER_POOL" if pooled else "KEYWORDS_PER_PHONE_NUMBER"
            raise quota(reason, "It has its most keywords.")
        action = request.get("KeywordAction") or ALWAYS.get(word.upper(), ("", ""))[1]
        keyword = Keyword(
            _id(owner), word, request["KeywordMessage"], action or "AUTOMATIC_RESPONSE"
        )
        self._holdings.keywords.put(keyword.key, keyword)
        return {**_named(owner), **_item(keyword)}

    def _delete(self, request: Request) -> Item:
        owner, word = self._owner(request), request["Keyword"]
        if word.upper() in ALWAYS:
            raise conflict("RESOURCE_DELETION_NOT_ALLOWED", "HELP and STOP stay.", "keyword", word)
        key = f"{_id(owner)}/{word.upper()}"
        if self._holdings.keywords.get(key) is None:
            raise not_found("keyword", word)
        return {**_named(owner), **_item(self._holdings.keywords.drop(key))}

    def _all(self, owner: str) -> list[Keyword]:
        own = {one.word.upper(): one for one in self._holdings.keywords if one.owner == owner}
        always = {word: Keyword(owner, word, *rest) for word, rest in ALWAYS.items()}
        return list({**always, **own}.values())

    def _owner(self, request: Request) -> Number | Pool:
        wanted = request["OriginationIdentity"]
        found = self._holdings.number(wanted) or self._holdings.pool(wanted)
        if found is None:
            raise not_found("pool" if wanted.startswith("pool") else "phone-number", wanted)
        return found


def _id(owner: Number | Pool) -> str:
    return owner.number_id if isinstance(owner, Number) else owner.pool_id


def _named(owner: Number | Pool) -> Item:
    return {"OriginationIdentityArn": owner.arn, "OriginationIdentity": _id(owner)}


def _item(keyword: Keyword) -> Item:
    return {
        "Keyword": keyword.word,
        "KeywordMessage": keyword.message,
        "KeywordAction": keyword.action,
    }
