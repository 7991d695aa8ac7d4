"""Protect configurations: which countries texts may go to (aws-sms.md 2.9).

A text to a country that is blocked is refused; what FILTER would find suspicious is not simulated.
"""

import time
import uuid
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from .account import ConfigurationSet, arn
from .errors import conflict, not_found
from .holdings import Record
from .pages import Item, filtered, named, page
from .state import State
from .tags import Tags

Request = dict[str, Any]


class Protections:
    """Makes, describes and changes them."""

    def __init__(self, state: State, tags: Tags) -> None:
        self._holdings = state.holdings
        self._rows = state.holdings.protections
        self._tags = tags
        self.by_name: dict[str, Callable[[Request], Item]] = {
            "CreateProtectConfiguration": self._create,
            "DescribeProtectConfigurations": self._describe,
            "DeleteProtectConfiguration": self._delete,
            "GetProtectConfigurationCountryRuleSet": self._rules,
            "UpdateProtectConfigurationCountryRuleSet": self._change,
            "SetAccountDefaultProtectConfiguration": self._make_default,
            "DeleteAccountDefaultProtectConfiguration": self._no_default,
            "UpdateProtectConfiguration": self._protect,
            "AssociateProtectConfiguration": self._associate,
            "DisassociateProtectConfiguration": self._disassociate,
        }

    def _create(self, request: Request) -> Item:
        token = request.get("ClientToken", "")
        made = self._holdings.tokens.get(token)
        if made and (before := self._rows.get(made.members["id"])):
            return _item(before)
        name = f"protect-{uuid.uuid4().hex}"
        self._tags.remember(token, name)
        protected = request.get("DeletionProtectionEnabled", False)
        members = {"id": name, "default": False, "protected": protected, "rules": {}}
        self._rows.put(name, Record({**members, "created_at": time.time()}))
        return _item(self._rows.get(name) or Record(members))

    def _describe(self, request: Request) -> Item:
        items = [_item(one) for one in self._rows]
        items = named(
            request, "ProtectConfigurationIds", "protect-configuration", items,
            lambda item: (item["ProtectConfigurationId"], item["ProtectConfigurationArn"]),
        )  # fmt: skip
        kept, more = page(request, filtered(request, items, {}), "ProtectConfigurationId")
        # The model allows no empty list here: AWS leaves the member out.
        return {"ProtectConfigurations": kept, **more} if kept else {}

    def _delete(self, request: Request) -> Item:
        row = self._row(request)
        name = row.members["id"]
        if row.members["protected"]:
            kind = "protect-configuration"
            raise conflict("DELETION_PROTECTION_ENABLED", "It is protected.", kind, name)
        if row.members["default"]:
            reason = "PROTECT_CONFIGURATION_IS_ACCOUNT_DEFAULT"
            raise conflict(reason, "It is the default.", "protect-configuration", name)
        if any(one.protect_id == name for one in self._holdings.configuration_sets):
            reason = "PROTECT_CONFIGURATION_ASSOCIATED_WITH_CONFIGURATION_SET"
            raise conflict(reason, "A set uses it.", "protect-configuration", name)
        return _item(self._rows.drop(name))

    def _rules(self, request: Request) -> Item:
        return self._told(self._row(request), request["NumberCapability"])

    def _change(self, request: Request) -> Item:
        row, kind = self._row(request), request["NumberCapability"]
        rules = {**row.members["rules"].get(kind, {}), **request["CountryRuleSetUpdates"]}
        changed = {**row.members, "rules": {**row.members["rules"], kind: rules}}
        return self._told(self._rows.put(changed["id"], Record(changed)), kind)

    def _told(self, row: Record, kind: str) -> Item:
        # The model allows no empty map: a country without a rule is allowed.
        rules = row.members["rules"].get(kind) or {"US": {"ProtectStatus": "ALLOW"}}
        return {**_named(row), "NumberCapability": kind, "CountryRuleSet": rules}

    def _make_default(self, request: Request) -> Item:
        wanted = self._row(request)
        for row in self._rows:
            is_it = row.members["id"] == wanted.members["id"]
            self._rows.put(row.members["id"], Record({**row.members, "default": is_it}))
        named_so = _named(wanted)
        return {
            "DefaultProtectConfigurationArn": named_so["ProtectConfigurationArn"],
            "DefaultProtectConfigurationId": named_so["ProtectConfigurationId"],
        }

    def _no_default(self, request: Request) -> Item:
        for row in self._rows:
            if row.members["default"]:
                self._rows.put(row.members["id"], Record({**row.members, "default": False}))
                named_so = _named(row)
                return {
                    "DefaultProtectConfigurationArn": named_so["ProtectConfigurationArn"],
                    "DefaultProtectConfigurationId": named_so["ProtectConfigurationId"],
                }
        raise not_found("protect-configuration", "default")

    def _protect(self, request: Request) -> Item:
        row = self._row(request)
        on = request.get("DeletionProtectionEnabled", row.members["protected"])
        return _item(self._rows.put(row.members["id"], Record({**row.members, "protected": on})))

    def _associate(self, request: Request) -> Item:
        row, owner = self._row(request), self._set(request)
        changed = replace(owner, protect_id=row.members["id"])
        self._holdings.configuration_sets.put(owner.name, changed)
        return _linked(row, owner)

    def _disassociate(self, request: Request) -> Item:
        row, owner = self._row(request), self._set(request)
        if owner.protect_id != row.members["id"]:
            reason = "PROTECT_CONFIGURATION_NOT_ASSOCIATED_WITH_CONFIGURATION_SET"
            raise conflict(reason, "It uses another.", "configuration-set", owner.name)
        self._holdings.configuration_sets.put(owner.name, replace(owner, protect_id=""))
        return _linked(row, owner)

    def _set(self, request: Request) -> ConfigurationSet:
        wanted = request["ConfigurationSetName"]
        if found := self._holdings.configuration_set(wanted):
            return found
        raise not_found("configuration-set", wanted)

    def _row(self, request: Request) -> Record:
        wanted = request["ProtectConfigurationId"]
        for row in self._rows:
            if wanted in _named(row).values():
                return row
        raise not_found("protect-configuration", wanted)


def _linked(row: Record, owner: ConfigurationSet) -> Item:
    return {
        **_named(row),
        "ConfigurationSetArn": owner.arn,
        "ConfigurationSetName": owner.name,
    }


def _named(row: Record) -> Item:
    name = row.members["id"]
    return {
        "ProtectConfigurationArn": arn("protect-configuration", name),
        "ProtectConfigurationId": name,
    }


def _item(row: Record) -> Item:
    return {
        **_named(row),
        "CreatedTimestamp": row.members["created_at"],
        "AccountDefault": row.members["default"],
        "DeletionProtectionEnabled": row.members["protected"],
    }
