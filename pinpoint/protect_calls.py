"""The calls that make protect configurations and say where they hold (aws-sms.md 2.9). Pure."""

from collections.abc import Collection
from typing import Any

from pinpoint.calls import Call
from pinpoint.survey import SMS

RULES = ("ALLOW", "BLOCK", "FILTER", "MONITOR")


def create(token: str) -> Call:
    """Make one, which allows every country. Said twice with one token, it makes one."""
    return Call(SMS, "CreateProtectConfiguration", {"ClientToken": token})


def delete(name: str) -> Call:
    """Take one away."""
    return Call(SMS, "DeleteProtectConfiguration", {"ProtectConfigurationId": name})


def set_rule(name: str, countries: Collection[str], rule: str) -> Call:
    """Say what happens to texts to these countries; others stay as they are."""
    members: dict[str, Any] = {
        "ProtectConfigurationId": name,
        "NumberCapability": "SMS",
        "CountryRuleSetUpdates": {one: {"ProtectStatus": rule} for one in sorted(countries)},
    }
    return Call(SMS, "UpdateProtectConfigurationCountryRuleSet", members)


def make_default(name: str) -> Call:
    """Let it hold for every text of the account that nothing else holds for."""
    return Call(SMS, "SetAccountDefaultProtectConfiguration", {"ProtectConfigurationId": name})


def no_default() -> Call:
    """Let none hold for the account as a whole."""
    return Call(SMS, "DeleteAccountDefaultProtectConfiguration", {})


def associate(name: str, configuration_set: str) -> Call:
    """Let it hold for texts that name a configuration set."""
    return Call(SMS, "AssociateProtectConfiguration", _link(name, configuration_set))


def disassociate(name: str, configuration_set: str) -> Call:
    """Let it hold for them no longer."""
    return Call(SMS, "DisassociateProtectConfiguration", _link(name, configuration_set))


def _link(name: str, configuration_set: str) -> dict[str, str]:
    return {"ProtectConfigurationId": name, "ConfigurationSetName": configuration_set}
