"""Configuration sets and where their events go (aws-sms.md 2.9). One destination each: SNS."""

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from .account import ConfigurationSet
from .errors import conflict, not_found, quota, validation
from .pages import Item, filtered, named, page
from .state import State

Request = dict[str, Any]
MOST = 25


class ConfigurationSets:
    """Makes them, describes them and takes them away."""

    def __init__(self, state: State) -> None:
        self._sets = state.holdings.configuration_sets
        self._find = state.holdings.configuration_set
        self.by_name: dict[str, Callable[[Request], Item]] = {
            "DescribeConfigurationSets": self._describe,
            "CreateConfigurationSet": self._create,
            "DeleteConfigurationSet": self._delete,
            "SetDefaultMessageType": self._set_default_type,
            "CreateEventDestination": self._create_destination,
            "UpdateEventDestination": self._update_destination,
            "DeleteEventDestination": self._delete_destination,
        }

    def _describe(self, request: Request) -> Item:
        items = [_item(one) for one in self._sets]
        items = named(
            request, "ConfigurationSetNames", "configuration-set", items,
            lambda item: (item["ConfigurationSetName"], item["ConfigurationSetArn"]),
        )  # fmt: skip
        for item in items:  # two filters look inside the destinations
            destinations = item["EventDestinations"]
            item["_names"] = [one["EventDestinationName"] for one in destinations]
            item["_types"] = [kind for one in destinations for kind in one["MatchingEventTypes"]]
        members = {"event-destination-name": "_names", "matching-event-types": "_types"}
        kept, more = page(request, filtered(request, items, members), "ConfigurationSetName")
        for item in kept:
            del item["_names"], item["_types"]
        return {"ConfigurationSets": kept, **more}

    def _create(self, request: Request) -> Item:
        name = request["ConfigurationSetName"]
        if self._sets.get(name):
            raise conflict("RESOURCE_ALREADY_EXISTS", "It exists.", "configuration-set", name)
        if len(self._sets) >= MOST:
            raise quota("CONFIGURATION_SETS_PER_ACCOUNT", "The account has its most of them.")
        made = ConfigurationSet(name, topic_arn="", event_types=(), created_at=time.time())
        self._sets.put(name, made)
        return {**_named(made), "CreatedTimestamp": made.created_at}

    def _delete(self, request: Request) -> Item:
        gone = self._sets.drop(self._owner(request).name)
        item = _item(gone)
        return {**item, "EventDestinations": item["EventDestinations"]}

    def _set_default_type(self, request: Request) -> Item:
        kind = request["MessageType"]
        changed = replace(self._owner(request), default_message_type=kind)
        self._sets.put(changed.name, changed)
        return {**_named(changed), "MessageType": kind}

    def _create_destination(self, request: Request) -> Item:
        owner, name = self._owner(request), request["EventDestinationName"]
        if owner.topic_arn and owner.destination == name:
            raise conflict("RESOURCE_ALREADY_EXISTS", "It exists.", "event-destination", name)
        if owner.topic_arn:
            raise quota("EVENT_DESTINATIONS_PER_CONFIGURATION_SET", "One is simulated.")
        return self._put(replace(owner, destination=name, enabled=True), request)

    def _update_destination(self, request: Request) -> Item:
        owner = self._with_destination(request)
        return self._put(replace(owner, enabled=request.get("Enabled", owner.enabled)), request)

    def _put(self, changed: ConfigurationSet, request: Request) -> Item:
        if "SnsDestination" in request:
            changed = replace(changed, topic_arn=request["SnsDestination"]["TopicArn"])
        if not changed.topic_arn:
            raise validation("DESTINATION_TYPE_NOT_SUPPORTED", "Only SNS is simulated.")
        if types := request.get("MatchingEventTypes"):
            changed = replace(changed, event_types=tuple(types))
        self._sets.put(changed.name, changed)
        return {**_named(changed), "EventDestination": _destination(changed)}

    def _delete_destination(self, request: Request) -> Item:
        owner = self._with_destination(request)
        self._sets.put(owner.name, replace(owner, topic_arn=""))
        return {**_named(owner), "EventDestination": _destination(owner)}

    def _owner(self, request: Request) -> ConfigurationSet:
        wanted = request["ConfigurationSetName"]
        if found := self._find(wanted):
            return found
        raise not_found("configuration-set", wanted)

    def _with_destination(self, request: Request) -> ConfigurationSet:
        owner, name = self._owner(request), request["EventDestinationName"]
        if not owner.topic_arn or owner.destination != name:
            raise not_found("event-destination", name)
        return owner


def _named(one: ConfigurationSet) -> Item:
    return {"ConfigurationSetArn": one.arn, "ConfigurationSetName": one.name}


def _item(one: ConfigurationSet) -> Item:
    default = one.default_message_type
    return {
        **_named(one),
        "EventDestinations": [_destination(one)] if one.topic_arn else [],
        **({"DefaultMessageType": default} if default else {}),
        **({"ProtectConfigurationId": one.protect_id} if one.protect_id else {}),
        "CreatedTimestamp": one.created_at,
    }


def _destination(one: ConfigurationSet) -> Item:
    return {
        "EventDestinationName": one.destination,
        "Enabled": one.enabled,
        "MatchingEventTypes": list(one.event_types),
        "SnsDestination": {"TopicArn": one.topic_arn},
    }
