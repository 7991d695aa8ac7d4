"""The policy shown for copying."""

import re
from pathlib import Path

import botocore.session
import pytest
from botocore import xform_name

from pinpoint import policy
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


def test_no_action_is_a_pattern():
    assert not [action for action in actions() if "*" in action]


def test_a_call_is_shown_as_the_command_line_has_it():
    call = Call("sns", "SetTopicAttributes", {"TopicArn": "arn:a", "AttributeValue": '{"a": 1}'})
    assert call.command == (
        "aws sns set-topic-attributes --topic-arn arn:a --attribute-value '{\"a\": 1}'"
    )


def test_every_call_that_the_code_makes_is_allowed():
    model = botocore.session.get_session().get_service_model("pinpoint-sms-voice-v2")
    code = "".join(path.read_text() for path in Path(policy.__file__).parent.glob("*.py"))
    words = set(re.findall(r"\w+", code.replace(Path(policy.__file__).read_text(), "")))
    made = {name for name in model.operation_names if words & {xform_name(name), name}}
    assert len(made) > 30
    assert made - {action.partition(":")[2] for action in actions()} == set()
