"""Configuration sets, spend limits and protect configurations, as AWS's own model has them."""

from uuid import uuid4

import pytest

from .conftest import reason

TOPIC = "arn:aws:sns:us-east-1:111122223333:events"


@pytest.fixture
def configuration_set(sms):
    name = f"set-{uuid4().hex}"
    sms.create_configuration_set(ConfigurationSetName=name)
    yield name
    sms.delete_configuration_set(ConfigurationSetName=name)


def described(sms, name):
    (found,) = sms.describe_configuration_sets(ConfigurationSetNames=[name])["ConfigurationSets"]
    return found


def test_a_configuration_set_begins_without_a_destination(sms, configuration_set):
    assert described(sms, configuration_set)["EventDestinations"] == []


def test_it_is_made_once(sms, configuration_set):
    members = {"ConfigurationSetName": configuration_set}
    assert reason(sms.create_configuration_set, **members) == "RESOURCE_ALREADY_EXISTS"


def test_a_destination_is_made_changed_and_taken_away(sms, configuration_set):
    names = {"ConfigurationSetName": configuration_set, "EventDestinationName": "sns"}
    sms.create_event_destination(
        **names, MatchingEventTypes=["TEXT_ALL"], SnsDestination={"TopicArn": TOPIC}
    )
    sms.update_event_destination(**names, Enabled=False)
    (destination,) = described(sms, configuration_set)["EventDestinations"]
    assert destination["SnsDestination"] == {"TopicArn": TOPIC}
    assert destination["Enabled"] is False
    sms.delete_event_destination(**names)
    assert described(sms, configuration_set)["EventDestinations"] == []


def limit(sms):
    found = sms.describe_spend_limits()["SpendLimits"]
    return next(one for one in found if one["Name"] == "TEXT_MESSAGE_MONTHLY_SPEND_LIMIT")


def test_an_account_sets_itself_a_lower_limit_and_takes_it_back(sms):
    most = limit(sms)["MaxLimit"]
    sms.set_text_message_spend_limit_override(MonthlyLimit=most - 1)
    assert limit(sms)["EnforcedLimit"] == most - 1
    assert limit(sms)["Overridden"]
    sms.delete_text_message_spend_limit_override()
    assert limit(sms)["EnforcedLimit"] == most


def test_no_limit_goes_above_what_aws_allows(sms):
    call = sms.set_text_message_spend_limit_override
    found = reason(call, MonthlyLimit=limit(sms)["MaxLimit"] + 1)
    assert found == "REQUESTED_SPEND_LIMIT_HIGHER_THAN_SERVICE_LIMIT"


def test_an_account_without_a_protect_configuration_says_nothing(sms):
    assert "ProtectConfigurations" not in sms.describe_protect_configurations()


def test_a_protect_configuration_keeps_its_rules(sms):
    name = sms.create_protect_configuration()["ProtectConfigurationId"]
    names = {"ProtectConfigurationId": name, "NumberCapability": "SMS"}
    sms.update_protect_configuration_country_rule_set(
        **names, CountryRuleSetUpdates={"FR": {"ProtectStatus": "BLOCK"}}
    )
    found = sms.get_protect_configuration_country_rule_set(**names)
    assert found["CountryRuleSet"] == {"FR": {"ProtectStatus": "BLOCK"}}
    sms.delete_protect_configuration(ProtectConfigurationId=name)


@pytest.fixture
def protection(sms):
    """A protect configuration that blocks France, taken off and away afterwards."""
    name = sms.create_protect_configuration()["ProtectConfigurationId"]
    sms.update_protect_configuration_country_rule_set(
        ProtectConfigurationId=name,
        NumberCapability="SMS",
        CountryRuleSetUpdates={"FR": {"ProtectStatus": "BLOCK"}},
    )
    yield name
    for one in sms.describe_protect_configurations().get("ProtectConfigurations", []):
        if one["ProtectConfigurationId"] == name:
            if one["AccountDefault"]:
                sms.delete_account_default_protect_configuration()
            sms.delete_protect_configuration(ProtectConfigurationId=name)


FRENCH = {"DestinationPhoneNumber": "+33612345678", "MessageBody": "Bonjour", "DryRun": True}
BLOCKED = "DESTINATION_COUNTRY_BLOCKED_BY_PROTECT_CONFIGURATION"


def test_the_accounts_default_refuses_texts_to_what_it_blocks(sms, protection):
    assert reason(sms.send_text_message, **FRENCH) != BLOCKED  # nothing can send in this account
    sms.set_account_default_protect_configuration(ProtectConfigurationId=protection)
    assert reason(sms.send_text_message, **FRENCH) == BLOCKED
    found = reason(sms.delete_protect_configuration, ProtectConfigurationId=protection)
    assert found == "PROTECT_CONFIGURATION_IS_ACCOUNT_DEFAULT"
    sms.delete_account_default_protect_configuration()
    assert reason(sms.send_text_message, **FRENCH) != BLOCKED  # nothing can send in this account


def test_one_of_a_configuration_set_holds_for_texts_that_name_the_set(sms, protection):
    sms.create_configuration_set(ConfigurationSetName="guarded")
    link = {"ProtectConfigurationId": protection, "ConfigurationSetName": "guarded"}
    sms.associate_protect_configuration(**link)
    [found] = sms.describe_configuration_sets(ConfigurationSetNames=["guarded"])[
        "ConfigurationSets"
    ]
    assert found["ProtectConfigurationId"] == protection
    assert reason(sms.send_text_message, **FRENCH) != BLOCKED  # nothing can send in this account
    assert reason(sms.send_text_message, **FRENCH, ConfigurationSetName="guarded") == BLOCKED
    found = reason(sms.delete_protect_configuration, ProtectConfigurationId=protection)
    assert found == "PROTECT_CONFIGURATION_ASSOCIATED_WITH_CONFIGURATION_SET"
    sms.disassociate_protect_configuration(**link)
    found = reason(sms.disassociate_protect_configuration, **link)
    assert found == "PROTECT_CONFIGURATION_NOT_ASSOCIATED_WITH_CONFIGURATION_SET"
    sms.delete_configuration_set(ConfigurationSetName="guarded")


def test_a_protect_configuration_that_is_asked_for_twice_is_made_once(sms, protection):
    once = {"ClientToken": "page-1"}
    first = sms.create_protect_configuration(**once)["ProtectConfigurationId"]
    assert sms.create_protect_configuration(**once)["ProtectConfigurationId"] == first
    sms.delete_protect_configuration(ProtectConfigurationId=first)
