"""Setting up events: SNS and SQS are moto's, the rest an empty simulated account of its own."""

import json
import urllib.request

import botocore.session
import pytest
from botocore.exceptions import ClientError
from botocore.validate import ParamValidator
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.urls import reverse

from campaigns import aws_account, aws_audit
from campaigns.actions import Refused, setting_up
from campaigns.models import AwsAccount
from compliance.models import ListCheck
from pinpoint import clients
from pinpoint.calls import make
from tests import simulated
from tests.aws import moto_url
from tests.compliance.factories import OriginatorFactory

__all__ = ("moto_url",)
pytestmark = pytest.mark.django_db
ENDPOINT = "https://sms.example.com/aws/sns/"
FOREIGN = {"Sid": "Theirs", "Effect": "Allow", "Principal": "*", "Action": "sns:GetTopicAttributes"}
POLICY = {"Version": "2012-10-17", "Statement": [FOREIGN | {"Resource": "*"}]}
SEEN = "admin:campaigns_awsaccount_set_up"
EMPTY: dict[str, object] = {"account": {"configuration_sets": []}}


@pytest.fixture(scope="module")
def simulator(tmp_path_factory):
    folder = tmp_path_factory.mktemp("set-up")
    process, url, _log = simulated.start(folder, "http://127.0.0.1:9/", EMPTY)
    yield url
    process.kill()
    process.wait()


@pytest.fixture(autouse=True)
def account(simulator, moto_url, monkeypatch, settings):
    """Let boto3 speak to an account in which nothing is set up."""
    settings.SNS_TOPIC_ARNS = settings.SQS_QUEUE_URLS = []
    for service in ("SNS", "SQS", "STS"):
        monkeypatch.setenv(f"AWS_ENDPOINT_URL_{service}", moto_url)
    for service in ("PINPOINT_SMS_VOICE_V2", "CLOUDWATCH"):
        monkeypatch.setenv(f"AWS_ENDPOINT_URL_{service}", simulator)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    clients.sms_client.cache_clear()
    empty(moto_url)
    yield
    clients.sms_client.cache_clear()


def empty(moto_url):
    """Take everything away."""
    urllib.request.urlopen(urllib.request.Request(f"{moto_url}/moto-api/reset", method="POST"))
    sms = aws_account.client_of("pinpoint-sms-voice-v2")
    for one in sms.describe_configuration_sets()["ConfigurationSets"]:
        sms.delete_configuration_set(ConfigurationSetName=one["ConfigurationSetName"])
    for one in sms.describe_phone_numbers()["PhoneNumbers"]:
        sms.update_phone_number(PhoneNumberId=one["PhoneNumberId"], TwoWayEnabled=False)


@pytest.fixture
def admin():
    return User.objects.create_superuser("setter")


def operations(plan):
    return [call.operation for call in plan.calls]


def test_the_plan_for_a_queue_makes_everything_in_an_order_that_works(admin):
    assert operations(setting_up.plan_events("", admin)) == [
        *["CreateTopic"] * 2,
        *["CreateQueue"] * 2,
        *["Subscribe"] * 2,
        "CreateConfigurationSet",
        "CreateEventDestination",
        *["UpdatePhoneNumber"] * 3,
    ]


@pytest.mark.parametrize("endpoint", ["", ENDPOINT], ids=["queue", "address"])
def test_every_call_is_one_that_awss_own_model_allows(admin, endpoint):
    session = botocore.session.get_session()
    for call in setting_up.plan_events(endpoint, admin).calls:
        shape = session.get_service_model(call.service).operation_model(call.operation).input_shape
        found = ParamValidator().validate(dict(call.members), shape)
        assert not found.has_errors(), found.generate_report()
        assert set(call.members) <= set(shape.members)


def test_a_plan_asks_and_changes_nothing(admin):
    first, again = (setting_up.plan_events("", admin).digest for _ in range(2))
    assert first == again
    assert not AwsAccount.objects.filter(topics__len__gt=0)


@pytest.mark.parametrize("endpoint", ["", ENDPOINT], ids=["queue", "address"])
def test_wherever_it_failed_it_goes_on_and_then_has_nothing_to_do(admin, moto_url, endpoint):
    whole = setting_up.plan_events(endpoint, admin).calls
    for done in (0, 1, 5, len(whole)):
        empty(moto_url)
        for call in whole[:done]:
            make(aws_account.client_of, call)
        rest = setting_up.plan_events(endpoint, admin)
        setting_up.set_up_events(endpoint, rest.digest, admin)
        left = set(operations(setting_up.plan_events(endpoint, admin)))
        # Moto confirms no subscription by itself; asking SNS again is harmless.
        assert left <= ({"Subscribe"} if endpoint else set()), done


def test_what_is_published_arrives_in_the_queue_that_is_read(admin):
    plan = setting_up.plan_events("", admin)
    setting_up.set_up_events("", plan.digest, admin)
    [url] = aws_account.queues()
    sns, sqs = aws_account.client_of("sns"), aws_account.client_of("sqs")
    sns.publish(TopicArn=plan.place.events_topic, Message="{}")
    [message] = sqs.receive_message(QueueUrl=url)["Messages"]
    assert json.loads(message["Body"])["TopicArn"] == plan.place.events_topic
    attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    assert plan.place.dead_letters in attributes["RedrivePolicy"]
    assert all(topic in attributes["Policy"] for topic in plan.place.topics)


def test_its_topics_are_believed_and_others_are_not(admin):
    plan = setting_up.plan_events(ENDPOINT, admin)
    assert not aws_account.believed(plan.place.events_topic)
    setting_up.set_up_events(ENDPOINT, plan.digest, admin)
    assert aws_account.believed(plan.place.events_topic)
    assert not aws_account.believed(f"{plan.place.events_topic}-other")


def test_every_call_is_on_record_with_its_request(admin):
    plan = setting_up.plan_events("", admin)
    setting_up.set_up_events("", plan.digest, admin)
    said = LogEntry.objects.filter(change_message__contains=" at AWS, request ")
    commands = [row.change_message.rpartition("; ")[0] for row in said.order_by("pk")]
    assert commands == [call.command for call in plan.calls]
    assert not said.filter(change_message__contains="unknown")


def test_what_others_may_do_with_a_topic_stays(admin):
    sns = aws_account.client_of("sns")
    topic = sns.create_topic(Name="sendpoint-events", Attributes={"Policy": json.dumps(POLICY)})[
        "TopicArn"
    ]
    plan = setting_up.plan_events("", admin)
    setting_up.set_up_events("", plan.digest, admin)
    policy = json.loads(sns.get_topic_attributes(TopicArn=topic)["Attributes"]["Policy"])
    assert [one["Sid"] for one in policy["Statement"]] == ["Theirs", "SendpointEvents"]


def test_answers_that_go_to_another_system_are_left_there(admin):
    sms = aws_account.client_of("pinpoint-sms-voice-v2")
    number = sms.describe_phone_numbers()["PhoneNumbers"][0]
    theirs = "arn:aws:sns:us-east-1:123456789012:theirs"
    sms.update_phone_number(
        PhoneNumberId=number["PhoneNumberId"], TwoWayEnabled=True, TwoWayChannelArn=theirs
    )
    plan = setting_up.plan_events("", admin)
    assert plan.elsewhere == [number["PhoneNumber"]]
    assert operations(plan).count("UpdatePhoneNumber") == 2


def test_only_what_was_seen_is_done(admin):
    with pytest.raises(Refused, match="changed meanwhile"):
        setting_up.set_up_events("", "another plan", admin)
    assert not LogEntry.objects.exists()


def test_an_address_without_tls_is_refused_outside_of_trials(admin, settings):
    settings.SENDPOINT_LOCAL = False
    with pytest.raises(Refused, match="https"):
        setting_up.plan_events("http://sms.example.com/aws/sns/", admin)


def test_the_page_shows_each_call_before_it_is_made(admin_client):
    page = admin_client.post(reverse(SEEN), {"way": "queue"}).content.decode()
    assert "11 calls to AWS are still to be made" in page
    assert "aws pinpoint-sms-voice-v2 create-configuration-set" in page
    assert "AWS may charge for texts that come in." in page
    assert not LogEntry.objects.exists()


def test_the_page_makes_them_and_checks_anew(admin_client, admin):
    seen = setting_up.plan_events("", admin).digest
    admin_client.post(reverse(SEEN), {"way": "queue", "seen": seen})
    points = {one["key"]: one["state"] for one in AwsAccount.objects.get().points}
    assert points["destination"] == points["way_back"] == points["two_way"] == "ok"


def test_countries_that_aws_blocks_are_shown(admin_client):
    sms = aws_account.client_of("pinpoint-sms-voice-v2")
    name = sms.create_protect_configuration()["ProtectConfigurationId"]
    sms.update_protect_configuration_country_rule_set(
        ProtectConfigurationId=name,
        NumberCapability="SMS",
        CountryRuleSetUpdates={"FR": {"ProtectStatus": "BLOCK"}, "US": {"ProtectStatus": "ALLOW"}},
    )
    admin_client.post(reverse("admin:campaigns_awsaccount_check"))
    page = admin_client.get(reverse("admin:campaigns_awsaccount_changelist")).content.decode()
    sms.delete_protect_configuration(ProtectConfigurationId=name)
    assert name in page
    assert "FR: refuse every text" in page


def test_a_list_that_aws_lacks_is_made_and_on_record(admin_client):
    OriginatorFactory(opt_out_list="Offers")
    admin_client.post(reverse("admin:campaigns_awsaccount_check"))
    where = reverse("admin:campaigns_awsaccount_changelist")
    assert "Make Offers at AWS" in admin_client.get(where).content.decode()
    admin_client.post(reverse("admin:campaigns_awsaccount_list"), {"name": "Offers"})
    assert "Make Offers at AWS" not in admin_client.get(where).content.decode()
    said = LogEntry.objects.latest("pk").change_message
    assert "create-opt-out-list --opt-out-list-name Offers; " in said


def test_lists_are_read_at_once_when_somebody_asks(admin_client):
    OriginatorFactory(opt_out_list="Default")
    for _ in range(2):
        admin_client.post(reverse("admin:campaigns_awsaccount_read"))
    assert ListCheck.objects.get().finished_at is None


def test_a_refusal_half_way_ends_it_and_is_on_record(admin, monkeypatch):
    def refuse(client_of, call):
        if call.operation == "Subscribe":
            answer = {"Error": {"Code": "AccessDenied"}, "ResponseMetadata": {"RequestId": "r-1"}}
            raise ClientError(answer, call.operation)
        return make(client_of, call)

    monkeypatch.setattr(aws_audit, "make", refuse)
    with pytest.raises(Refused, match="give the credentials that permission"):
        setting_up.set_up_events("", setting_up.plan_events("", admin).digest, admin)
    said = LogEntry.objects.latest("pk").change_message
    assert said.startswith("AWS refused Subscribe: ")
    assert said.endswith("Request r-1.")
    assert operations(setting_up.plan_events("", admin))[0] == "Subscribe"
    assert [url.rpartition("/")[2] for url in aws_account.queues()] == ["sendpoint"]
