"""The policy shown for copying."""

import re
from pathlib import Path

import botocore.session
import pytest

from pinpoint import identities, policy, provisioning, registrations
from pinpoint.calls import Call

MODELS = {
    "sms-voice": "pinpoint-sms-voice-v2",
    "sns": "sns",
    "sqs": "sqs",
    "cloudwatch": "cloudwatch",
}


def actions():
    statements = policy.document("111122223333", "us-east-1")["Statement"]
    return [action for one in statements for action in one["Action"]]


@pytest.mark.parametrize("service", MODELS)
def test_every_action_is_an_operation_of_aws(service):
    model = botocore.session.get_session().get_service_model(MODELS[service])
    named = {action.partition(":")[2] for action in actions() if action.startswith(f"{service}:")}
    assert named
    assert named <= set(model.operation_names)


@pytest.mark.parametrize("module", [identities, provisioning, registrations])
def test_every_call_about_numbers_and_registrations_is_allowed(module):
    source = Path(module.__file__).read_text()
    # Calls of the client, and operations that are named for its paginators.
    named = set(re.findall(r"_client\.([a-z]+_[a-z_]+)\(", source)) - {"get_paginator"}
    named |= set(re.findall(r"\"((?:describe|list)_[a-z_]+)\"", source))
    wanted = {"".join(word.capitalize() for word in one.split("_")) for one in named}
    assert wanted
    assert wanted <= {action.partition(":")[2] for action in actions()}


def test_no_action_is_a_pattern():
    assert not [action for action in actions() if "*" in action]


def test_a_call_is_shown_as_the_command_line_has_it():
    call = Call("sns", "SetTopicAttributes", {"TopicArn": "arn:a", "AttributeValue": '{"a": 1}'})
    assert call.command == (
        "aws sns set-topic-attributes --topic-arn arn:a --attribute-value '{\"a\": 1}'"
    )
