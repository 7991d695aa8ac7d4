"""The policy shown for copying."""

import ast
from pathlib import Path

import botocore.session
import pytest
from botocore import xform_name

from pinpoint import policy
from pinpoint.buckets import Place
from pinpoint.calls import Call

MODELS = {
    "sms-voice": "pinpoint-sms-voice-v2",
    "sns": "sns",
    "sqs": "sqs",
    "cloudwatch": "cloudwatch",
    "kinesis": "kinesis",
    "firehose": "firehose",
    "mobiletargeting": "pinpoint",
}
ROOT = Path(__file__).resolve().parents[2]
# Names of our own: of functions, of permissions.
NO_CALLS = {
    *("CreateImportJob", "CreateJourney"),
    *("delete_campaign", "delete_segment", "send_message"),
}
NO_CALLERS = {"simulator", "migrations", "v1_api", "pinpoint_api", "pinpoint_v1", "policy.py"}
ALL = policy.Uses(
    read_streams=["told"], written_streams=["tells"], written_firehoses=["pours"], application="a1"
)


def actions():
    statements = policy.document("111122223333", "us-east-1", uses=ALL)["Statement"]
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


def named_in_the_code():
    """Return every attribute and every string of what makes calls: names of calls are among them.

    The simulator, our own Pinpoint interface and the policy name calls that they do not make.
    """
    names = set()
    for room in ("pinpoint", "contacts", "compliance", "campaigns", "analytics", "config"):
        for path in (ROOT / room).rglob("*.py"):
            if NO_CALLERS & {*path.parts, path.name}:
                continue
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Attribute):
                    names.add(node.attr)
                elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                    names.add(node.value)
    return names


def calls_by_name():
    """Return what the code calls: {name: the actions one of which it takes}."""
    found, names = {}, named_in_the_code()
    for service, model in MODELS.items():
        operations = botocore.session.get_session().get_service_model(model).operation_names
        for name in operations:
            if {name, xform_name(name)} & (names - NO_CALLS):
                # Some services have calls of one name, such as TagResource.
                action = name.removesuffix("Batch") if service == "sqs" else name
                found.setdefault(name, set()).add(f"{service}:{action}")
    return found


def test_every_call_that_the_code_makes_is_allowed():
    made, allowed = calls_by_name(), set(actions())
    assert len(made) > 70
    forbidden = {name for name, takes in made.items() if not takes & allowed}
    assert forbidden == set()


def test_every_action_of_the_policy_is_used():
    used = set().union(*calls_by_name().values())
    assert set(actions()) - used == set()


def test_files_in_s3_are_read_and_written_where_they_are_and_nowhere_else():
    files = policy.Files(read=[Place("in", "people/")], written=[Place("out", "$x/")])
    document = policy.document("1", "us-east-1", uses=policy.Uses(files=files))
    found = {one["Sid"]: (one["Action"], one["Resource"]) for one in document["Statement"]}
    assert found["ListFiles"] == (["s3:ListBucket"], "arn:aws:s3:::in")
    assert found["ReadFiles"] == (["s3:GetObject"], "arn:aws:s3:::in/people/*")
    assert found["WriteFiles"][1] == "arn:aws:s3:::out/${$}x/*"
    without = policy.document("1", "us-east-1")["Statement"]
    assert not [one for one in without if "s3:" in one["Action"][0]]


def test_the_policy_names_what_this_installation_uses():
    uses = policy.Uses(queues=["https://sqs.us-east-1.amazonaws.com/1/mine"], read_streams=["told"])
    found = {one["Sid"]: one for one in policy.document("1", "us-east-1", uses=uses)["Statement"]}
    assert "arn:aws:sqs:us-east-1:1:mine" in found["TakeEvents"]["Resource"]
    assert found["TakeStreams"]["Resource"] == "arn:aws:kinesis:us-east-1:1:stream/told"
    assert "TellStreams" not in found
