"""The operations besides SendTextMessage: what the account has, and its opt-out lists."""

import time
from collections.abc import Callable
from typing import Any

from .account import Account, arn
from .configuration_sets import ConfigurationSets
from .errors import conflict, not_found, quota, validation
from .keywords import Keywords
from .numbers import Numbers
from .opt_outs import OptOut, digits
from .pages import Item, filtered, named, page
from .pools import Pools
from .protections import Protections
from .registration_values import RegistrationValues
from .registrations import Registrations
from .sender_ids import SenderIds
from .spend_limits import SpendLimits
from .state import State
from .tags import Tags

Request = dict[str, Any]
QUOTA_OF_MOST_THINGS = 25


class Operations:
    """Answers requests that the model allows; refusals are AwsError."""

    def __init__(self, account: Account, state: State) -> None:
        self._account = account
        self._state = state
        self.by_name: dict[str, Callable[[Request], Item]] = {
            "DescribeAccountAttributes": self._attributes,
            "DescribeAccountLimits": self._limits,
            "DescribeOptOutLists": self._opt_out_lists,
            "DescribeOptedOutNumbers": self._opted_out_numbers,
            "CreateOptOutList": self._create_opt_out_list,
            "PutOptedOutNumber": self._put_opted_out,
            "DeleteOptedOutNumber": self._delete_opted_out,
        }
        tags = Tags(account, state)
        numbers = Numbers(state, tags)
        registrations = Registrations(account, state, numbers, tags)
        values = RegistrationValues(state, registrations, tags)
        for family in (
            tags, numbers, Pools(state, numbers, tags), SenderIds(state, tags), Keywords(state),
            registrations, values, ConfigurationSets(state), SpendLimits(state),
            Protections(state, tags),
        ):  # fmt: skip
            self.by_name |= family.by_name

    # --- what the account has -------------------------------------------------------------------

    def _attributes(self, request: Request) -> Item:
        tier = [{"Name": "ACCOUNT_TIER", "Value": self._account.tier}]
        if default := self._state.holdings.default_protection():
            tier.append({"Name": "DEFAULT_PROTECT_CONFIGURATION_ID", "Value": default})
        kept, more = page(request, tier, "Name")
        return {"AccountAttributes": kept, **more}

    def _limits(self, request: Request) -> Item:
        account, holdings = self._account, self._state.holdings
        used = {
            "PHONE_NUMBERS": (len(holdings.bought), QUOTA_OF_MOST_THINGS),
            "POOLS": (len(holdings.pools), QUOTA_OF_MOST_THINGS),
            "CONFIGURATION_SETS": (len(holdings.configuration_sets), QUOTA_OF_MOST_THINGS),
            "OPT_OUT_LISTS": (len(self._state.opt_out_lists()), QUOTA_OF_MOST_THINGS),
            "SENDER_IDS": (len(holdings.sender_ids), 200),
            "REGISTRATIONS": (len(holdings.registrations), QUOTA_OF_MOST_THINGS),
            "REGISTRATION_ATTACHMENTS": (len(holdings.attachments), QUOTA_OF_MOST_THINGS),
            "VERIFIED_DESTINATION_NUMBERS": (len(account.verified_numbers), 10),
        }
        items = [{"Name": name, "Used": has, "Max": most} for name, (has, most) in used.items()]
        kept, more = page(request, items, "Name")
        return {"AccountLimits": kept, **more}

    # --- opt-out lists --------------------------------------------------------------------------

    def _opt_out_lists(self, request: Request) -> Item:
        items = [
            _opt_out_list(name, created) for name, created in self._state.opt_out_lists().items()
        ]
        items = named(
            request, "OptOutListNames", "opt-out-list", items,
            lambda item: (item["OptOutListName"], item["OptOutListArn"]),
        )  # fmt: skip
        kept, more = page(request, items, "OptOutListName")
        return {"OptOutLists": kept, **more}

    def _create_opt_out_list(self, request: Request) -> Item:
        name, lists = request["OptOutListName"], self._state.opt_out_lists()
        if name in lists:
            raise conflict("RESOURCE_ALREADY_EXISTS", "It exists.", "opt-out-list", name)
        if len(lists) >= QUOTA_OF_MOST_THINGS:
            raise quota("OPT_OUT_LISTS_PER_ACCOUNT", "The account has its most opt-out lists.")
        return _opt_out_list(name, self._state.create_list(name))

    def _opted_out_numbers(self, request: Request) -> Item:
        name = self._list_name(request)
        items = [_opted_out(entry) for entry in self._state.opt_outs.entries(name)]
        wanted = [digits(number) for number in request.get("OptedOutNumbers") or []]
        items = named(
            {**request, "OptedOutNumbers": wanted}, "OptedOutNumbers", "opted-out-number", items,
            lambda item: (item["OptedOutNumber"],),
        )  # fmt: skip
        members = {"end-user-opted-out": "EndUserOptedOut"}
        kept, more = page(request, filtered(request, items, members), "OptedOutNumber")
        return {**_list_members(name), "OptedOutNumbers": kept, **more}

    def _put_opted_out(self, request: Request) -> Item:
        name = self._list_name(request)
        entry = self._state.opt_out(name, digits(request["OptedOutNumber"]), end_user=False)
        return {**_list_members(name), **_opted_out(entry)}

    def _delete_opted_out(self, request: Request) -> Item:
        name, number = self._list_name(request), digits(request["OptedOutNumber"])
        if self._state.opt_outs.find(name, number) is None:
            raise not_found("opted-out-number", number)
        if not self._state.opt_outs.removable(name, number, time.time()):
            raise validation(
                "PHONE_NUMBER_CANNOT_BE_OPTED_IN", "The number was removed in the last 30 days."
            )
        return {**_list_members(name), **_opted_out(self._state.opt_in(name, number))}

    def _list_name(self, request: Request) -> str:
        wanted = request["OptOutListName"]
        for name in self._state.opt_out_lists():
            if wanted in (name, arn("opt-out-list", name)):
                return name
        raise not_found("opt-out-list", wanted)


def _list_members(name: str) -> Item:
    return {"OptOutListArn": arn("opt-out-list", name), "OptOutListName": name}


def _opt_out_list(name: str, created_at: float) -> Item:
    return {**_list_members(name), "CreatedTimestamp": created_at}


def _opted_out(entry: OptOut) -> Item:
    return {
        "OptedOutNumber": entry.number,
        "OptedOutTimestamp": entry.since,
        "EndUserOptedOut": entry.end_user,
    }
