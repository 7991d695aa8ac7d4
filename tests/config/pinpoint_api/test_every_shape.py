"""Each operation that is answered, by requests and for answers that the service's model makes.

The least request that the model allows and the most that the table says, through a real boto3
client; then each mistake that the model tells of, signed and sent raw.
"""

import json
from collections import Counter
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
from botocore import xform_name
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError
from botocore.utils import percent_encode
from django.db import transaction

from campaigns import tasks, to_aws
from config.models import EndpointJob
from config.pinpoint_api.arns import arn
from config.pinpoint_api.table import OPERATIONS
from contacts import endpoints
from pinpoint.v1_api import reading
from pinpoint.v1_api.errors import BadRequest
from pinpoint.v1_api.model import operation_model
from tests.campaigns.factories import NOON
from tests.campaigns.gateways import Accepting
from tests.compliance.factories import OriginatorFactory, ProgramFactory
from tests.config.pinpoint_api import caller
from tests.config.pinpoint_api.generated import LEFT_OUT, Making, strange, wrong

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
NUMBER, ANA = "+12065559999", "+12065550111"
STREAM = "arn:aws:kinesis:us-east-1:123456789012:stream/events"
# What the model leaves open and only a person who reads the documents knows.
VALUES = {
    "Address": ANA,
    "ChannelType": "SMS",
    "OptOut": "ALL",
    "EndpointStatus": "ACTIVE",
    "Attributes{}[]": "gold",
    "EndpointRequest.Location.Country": "US",
    "Item[].Location.Country": "US",
    "Endpoint.Location.Country": "US",
    "Demographic.Timezone": "America/Chicago",
    "OriginationNumber": NUMBER,
    "SenderId": NUMBER,
    "ShortCode": NUMBER,
    "EndpointRequest.User.UserId": "u-1",
    "PhoneNumber": ANA,
    "IsoCountryCode": "US",
    "MessageType": "PROMOTIONAL",
    "KpiName": "txn-sms-delivered",
    "GetCampaignDateRangeKpi:KpiName": "successful-delivery-rate",
    "EndTime": datetime(2026, 2, 9, tzinfo=UTC),
    "TemplateType": "SMS",
    "ResourceArn": None,  # filled in below, as are ids
    "DestinationStreamArn": STREAM,
    "S3Url": "s3://bucket/in/",
    "S3UrlPrefix": "s3://bucket/out/",
    "PageSize": "5",
    # Tokens are made by the operation itself; other tests turn pages.
    "Token": LEFT_OUT,
    "NextToken": LEFT_OUT,
    "BatchItem{key}": "ana",
    "EventType": "order",
    "Event.Timestamp": "2026-02-01T00:00:00Z",
    "Events{}.Timestamp": "2026-02-01T00:00:00Z",
    "Addresses{key}": ANA,
    "Endpoints{key}": "ana",
    "Users{key}": "u-1",
    "DefaultSubstitutions": '{"Attributes.Name": "friend"}',
    "Prefix": "hel",
    "QuietTime.Start": "20:00",
    "QuietTime.End": "09:00",
    "Schedule.StartTime": "2199-01-01T10:00:00Z",
    "Schedule.EndTime": "2199-02-01T10:00:00Z",
    "Schedule.Timezone": "UTC-05",
    "Schedule.Frequency": "WEEKLY",
    "Limits.Total": 3,
    "Limits.MaximumDuration": 3600,
    "SizePercent": 10,
    "HoldoutPercent": 10,
    "IsPaused": True,
    "SourceSegments[].Version": 1,
    "Attributes{}.Values": ["gold"],
    "UserAttributes{}.Values": ["gold"],
    "Attributes{}.AttributeType": "INCLUSIVE",
    "UserAttributes{}.AttributeType": "INCLUSIVE",
    "ComparisonOperator": "GREATER_THAN",
    "Channel.Values": ["SMS"],
    "Country.Values": ["US"],
    # What even the least request needs, though the model does not say so.
    "CreateSegment:+WriteSegmentRequest.Name": True,
    "CreateCampaign:+WriteCampaignRequest.Name": True,
    "CreateCampaign:+SegmentId": True,
    "CreateCampaign:+IsPaused": True,
    "CreateCampaign:+Schedule": True,
    "CreateCampaign:+WriteCampaignRequest.MessageConfiguration": True,
    "CreateCampaign:+WriteCampaignRequest.MessageConfiguration.SMSMessage": True,
    "CreateCampaign:+WriteCampaignRequest.MessageConfiguration.SMSMessage.Body": True,
    "CreateImportJob:+RegisterEndpoints": True,
    "CreateSmsTemplate:+Body": True,
    "SendMessages:+Addresses": True,
    "SendMessages:+MessageConfiguration.SMSMessage": True,
    "SendMessages:+MessageConfiguration.SMSMessage.Body": True,
    "SendUsersMessages:+MessageConfiguration.SMSMessage": True,
    "SendUsersMessages:+MessageConfiguration.SMSMessage.Body": True,
    "UpdateEndpoint:+Address": True,
    "UpdateEndpointsBatch:+Item[].Id": True,
    "UpdateEndpointsBatch:+Item[].Address": True,
    "PutEvents:+Endpoint.Address": True,
    "PhoneNumberValidate:+PhoneNumber": True,
    "UpdateTemplateActiveVersion:TemplateActiveVersionRequest.Version": "1",
    "DeleteSmsTemplate:Version": "2",
    "Version": "1",
    "UpdateSmsTemplate:Version": "2",
    # A segment asks by Dimensions or by SegmentGroups; see the test of groups.
    "SegmentGroups": LEFT_OUT,
    # A campaign has its own words or a template's.
    "TemplateConfiguration": LEFT_OUT,
    "SendMessages:TemplateConfiguration": LEFT_OUT,
    "DefaultMessage": LEFT_OUT,
    "Schedule.EventFilter": LEFT_OUT,
    "Schedule.IsLocalTime": False,
    "AdditionalTreatments[].Schedule": LEFT_OUT,
    "SegmentVersion": 1,
    "CreateImportJob:SegmentId": LEFT_OUT,
    "TraceId": "trace",
}
# What the table says is refused: by itself each is a bad request that names it.
REFUSED = {
    "UpdateApplicationSettings": (
        *("CampaignHook", "JourneyLimits", "Limits.MaximumDuration", "Limits.MessagesPerSecond"),
        *("Limits.Total", "Limits.Session"),
    ),
    "CreateSegment": tuple(
        f"Demographic.{name}" for name in ("AppVersion", "DeviceType", "Make", "Model", "Platform")
    ),
    "CreateCampaign": ("Hook", "CustomDeliveryConfiguration"),
    "CreateSmsTemplate": ("RecommenderId",),
    "SendMessages": ("MediaUrl",),
}
ALIKE = {
    "UpdateSegment": "CreateSegment",
    "UpdateCampaign": "CreateCampaign",
    "UpdateSmsTemplate": "CreateSmsTemplate",
    "SendUsersMessages": "SendMessages",
}
SENDING = ("SendMessages", "SendUsersMessages")
# Of a message only the SMS is sent; the others are refused where there is no SMS beside them.
OTHERS = (
    *("ADMMessage", "APNSMessage", "BaiduMessage", "CustomMessage", "EmailMessage", "GCMMessage"),
    *("InAppMessage", "VoiceMessage", "DefaultPushNotificationMessage"),
)


def left_out(operation):
    members = REFUSED.get(ALIKE.get(operation, operation), ())
    return dict.fromkeys((*members, *OTHERS), LEFT_OUT)


@pytest.fixture(autouse=True)
def _as_fast_as_it_goes(settings):
    settings.API_REQUESTS_PER_SECOND = 1_000_000


@pytest.fixture
def world(pinpoint, monkeypatch):
    """An application with one of everything, and the values that name them."""
    monkeypatch.setattr(to_aws, "gateway", Accepting)
    monkeypatch.setattr(tasks.send_direct, "delay", lambda _: None)
    program = ProgramFactory()
    app = {"ApplicationId": program.application_id}
    OriginatorFactory(identity=NUMBER, message_class="promotional")
    said = {"Address": ANA, "ChannelType": "SMS", "User": {"UserId": "u-1"}}
    endpoints.put(program.application_id, "ana", said, NOON)
    names = ("one", "spare")
    segment, spare = (
        pinpoint.create_segment(**app, WriteSegmentRequest={"Name": name})["SegmentResponse"]
        for name in names
    )
    campaign = pinpoint.create_campaign(**app, WriteCampaignRequest={
        "Name": "Sale", "SegmentId": segment["Id"], "IsPaused": True,
        "Schedule": {"StartTime": "IMMEDIATE"},
        "MessageConfiguration": {"SMSMessage": {"Body": "Hi", "OriginationNumber": NUMBER}},
    })["CampaignResponse"]  # fmt: skip
    pinpoint.create_sms_template(TemplateName="hello", SMSTemplateRequest={"Body": "Hi"})
    pinpoint.update_sms_template(
        TemplateName="hello", CreateNewVersion=True, SMSTemplateRequest={"Body": "Ho"}
    )
    stream = {"DestinationStreamArn": STREAM, "RoleArn": "arn:aws:iam::1:role/x"}
    pinpoint.put_event_stream(**app, WriteEventStream=stream)
    jobs = {
        kind: EndpointJob.objects.create(
            kind=kind, program=program, key=caller.key_with(name=kind)[0], request_id="r",
            definition={"RoleArn": "x", "S3UrlPrefix": "s3://bucket/x"} if kind == "EXPORT"
            else {"RoleArn": "x", "S3Url": "s3://bucket/x", "Format": "CSV"},
        ).job_id
        for kind in ("IMPORT", "EXPORT")
    }  # fmt: skip
    return {
        **VALUES,
        "ApplicationId": program.application_id,
        "DeleteApp:ApplicationId": ProgramFactory().application_id,
        "SegmentId": segment["Id"],
        "SourceSegments[].Id": segment["Id"],
        "DeleteSegment:SegmentId": spare["Id"],
        "CampaignId": campaign["Id"],
        "EndpointId": "ana",
        "UserId": "u-1",
        "GetImportJob:JobId": jobs["IMPORT"],
        "GetExportJob:JobId": jobs["EXPORT"],
        "TemplateName": "hello",
        "CreateSmsTemplate:TemplateName": "another",
        "ResourceArn": arn(f"apps/{program.application_id}"),
    }


@pytest.fixture
def call(pinpoint):
    """Call an operation; return what in its raw answer is not as the model has it."""
    bodies = []

    def keep(request, **_):
        answer = caller.deliver(request)
        bodies.append(answer.content)
        return answer

    def call(operation, request):
        getattr(pinpoint, xform_name(operation))(**request)
        shape = operation_model(operation).output_shape
        if shape is None:
            return []
        payload = shape.serialization.get("payload")
        said = json.loads(bodies[-1] or b"{}")
        return [*strange(shape.members[payload] if payload else shape, said)]

    pinpoint.meta.events.register_first("before-send", keep)
    return call


def request_of(operation, world, *, most):
    values = {**world, **left_out(operation)}
    return Making(operation, values, most=most).of(operation_model(operation).input_shape)


@contextmanager
def taken_back(operation):
    """Let one call leave nothing behind for the next; what sends insists on being committed."""
    if operation in SENDING:
        yield
        return
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.mark.parametrize("most", [False, True], ids=["least", "most"])
def test_each_request_of_the_model_is_answered_in_the_models_shape(world, call, most):
    wrongs = {}
    for operation in OPERATIONS:
        try:
            with taken_back(operation):
                found = call(operation, request_of(operation, world, most=most))
        except ClientError as refusal:
            found = str(refusal)
        if found:
            wrongs[operation] = found
    assert wrongs == {}


def test_segments_by_groups_and_campaigns_by_templates_are_answered_in_the_models_shape(
    world, call
):
    other = {
        "WriteSegmentRequest.Dimensions": LEFT_OUT,
        "SourceSegments[].Id": world["DeleteSegment:SegmentId"],
        "WriteCampaignRequest.MessageConfiguration.SMSMessage.Body": LEFT_OUT,
        "AdditionalTreatments[].TemplateConfiguration": LEFT_OUT,
        "SMSTemplate.Name": "hello",
        **{f"{kind}Template": LEFT_OUT for kind in ("Email", "InApp", "Push", "Voice")},
    }
    for operation in ("CreateSegment", "UpdateSegment", "CreateCampaign", "UpdateCampaign"):
        values = {**world, **left_out(operation), **other}
        del values["SegmentGroups"], values["TemplateConfiguration"]
        request = Making(operation, values, most=True)
        with taken_back(operation):
            assert call(operation, request.of(operation_model(operation).input_shape)) == []


def test_what_the_table_says_is_refused_is_a_bad_request_that_names_it(world, call):
    said = {}
    for operation in {*REFUSED, *ALIKE}:
        for member in REFUSED[ALIKE.get(operation, operation)]:
            values = {**world, **left_out(operation)}
            del values[member]
            request = Making(operation, values, most=True)
            with taken_back(operation), pytest.raises(ClientError) as caught:
                call(operation, request.of(operation_model(operation).input_shape))
            error = caught.value.response["Error"]
            named = member.rpartition(".")[2] in error["Message"]
            said[operation, member] = (error["Code"], named)
    assert set(said.values()) == {("BadRequestException", True)}, said


def mistakes(operation, world):
    """Yield each mistaken body, with the member that is wrong; each of a shape once."""
    model = operation_model(operation).input_shape
    payload = model.serialization.get("payload")
    if payload is None:
        return
    made = Making(operation, {**world, **left_out(operation)}, most=True).of(model)
    for member, mistaken in wrong(model.members[payload], made[payload], payload):
        if member != payload:
            yield payload, member, mistaken


def test_every_mistake_that_the_model_tells_of_is_named(world):
    """Without the way there, which the next test takes, thousands are tried."""
    tried = Counter()
    for operation in OPERATIONS:
        for payload, member, mistaken in mistakes(operation, world):
            path = {
                name: "x"
                for name, one in operation_model(operation).input_shape.members.items()
                if one.serialization.get("location") == "uri"
            }
            assert payload == member.partition(".")[0]
            with pytest.raises(BadRequest) as caught:
                reading.read(operation, path, "", json.dumps(mistaken).encode())
            assert f"{member}: " in str(caught.value), (operation, member, str(caught.value))
            tried[operation] += 1
    assert len(tried) >= 17
    assert tried.total() > 400


def test_mistakes_that_boto3_would_not_send_are_bad_requests(world):
    """Some of each operation, signed and sent as any other program could send them."""
    key, secret = caller.key_with(*caller.all_permissions(), name="raw")
    wrongs = []
    for operation in OPERATIONS:
        model = operation_model(operation)
        request = request_of(operation, world, most=False)
        bodies = [(member, json.dumps(one)) for _, member, one in mistakes(operation, world)]
        bodies = bodies[:: max(1, len(bodies) // 5)]
        if model.input_shape.serialization.get("payload"):
            bodies += [("JSON", "{"), ("JSON", "[]")]
        for member, body in bodies:
            status, said = sent_raw(key, secret, model, request, body)
            if (status, said["__type"]) != (400, "BadRequestException") or member not in said[
                "Message"
            ]:
                wrongs.append((operation, member, said))
    assert wrongs == []


def sent_raw(key, secret, model, request, body):
    """Sign and send a body as it is; return status and answer."""
    path = str(model.http["requestUri"])
    for name, member in model.input_shape.members.items():
        if member.serialization.get("location") == "uri":
            path = path.replace(
                f"{{{member.serialization['name']}}}", percent_encode(request[name])
            )
    made = AWSRequest(
        method=str(model.http["method"]), url=f"http://testserver{path}", data=body,
        headers={"Content-Type": "application/json", "Host": "testserver"},
    )  # fmt: skip
    SigV4Auth(Credentials(key.access_key, secret), "mobiletargeting", "us-east-1").add_auth(made)
    answer = caller.deliver(made.prepare())
    return answer.status_code, json.loads(answer.content)
