"""The monthly spend limits, and the lower one that an account sets itself (aws-sms.md 2.9)."""

from collections.abc import Callable
from typing import Any

from .errors import validation
from .holdings import Record
from .pages import Item, page
from .state import State

Request = dict[str, Any]


class SpendLimits:
    """Tells them, and lets that of texts be changed."""

    def __init__(self, state: State) -> None:
        self._holdings = state.holdings
        self.by_name: dict[str, Callable[[Request], Item]] = {
            "DescribeSpendLimits": self._describe,
            "SetTextMessageSpendLimitOverride": self._override,
            "DeleteTextMessageSpendLimitOverride": self._forget,
        }

    def _describe(self, request: Request) -> Item:
        text = self._holdings.overrides.get("TEXT") is not None
        limits = [
            _limit("TEXT", self._holdings.spend_limit_usd, self._holdings.most_usd, overridden=text)
        ]
        limits += [_limit(kind, 1, 1, overridden=False) for kind in ("VOICE", "MEDIA", "NOTIFY")]
        kept, more = page(request, limits, "Name")
        return {"SpendLimits": kept, **more}

    def _override(self, request: Request) -> Item:
        usd = request["MonthlyLimit"]
        if usd > self._holdings.most_usd:
            reason = "REQUESTED_SPEND_LIMIT_HIGHER_THAN_SERVICE_LIMIT"
            raise validation(reason, "It is above the account's maximum.")
        self._holdings.overrides.put("TEXT", Record({"usd": usd}))
        return {"MonthlyLimit": usd}

    def _forget(self, request: Request) -> Item:
        if self._holdings.overrides.get("TEXT"):
            self._holdings.overrides.drop("TEXT")
        return {"MonthlyLimit": int(self._holdings.most_usd)}


def _limit(kind: str, enforced: float, most: float, *, overridden: bool) -> Item:
    return {
        "Name": f"{kind}_MESSAGE_MONTHLY_SPEND_LIMIT",
        "EnforcedLimit": int(enforced),
        "MaxLimit": int(most),
        "Overridden": overridden,
    }
