import pytest
from botocore.exceptions import ClientError
from django.contrib.admin.models import LogEntry
from django.utils import timezone

from compliance.models import Program
from config.pinpoint_api import believing, keys
from contacts import endpoints
from contacts.models import Endpoint
from tests.campaigns.factories import CampaignFactory
from tests.compliance.factories import ProgramFactory
from tests.config.pinpoint_api import caller

pytestmark = pytest.mark.django_db


@pytest.fixture
def program():
    return ProgramFactory(name="Offers")


def refusal(call, **arguments):
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    error = caught.value.response["Error"]
    return error["Code"], error["Message"]


def test_an_application_that_is_made_is_a_program(pinpoint):
    made = pinpoint.create_app(CreateApplicationRequest={"Name": "Shop", "tags": {"team": "web"}})
    found = made["ApplicationResponse"]
    program = Program.objects.get(application_id=found["Id"])
    assert (program.name, found["tags"]) == ("Shop", {"team": "web"})
    assert pinpoint.get_app(ApplicationId=found["Id"])["ApplicationResponse"] == found


def test_a_name_that_is_taken_is_refused(pinpoint, program):
    code, words = refusal(pinpoint.create_app, CreateApplicationRequest={"Name": "Offers"})
    assert (code, "already exists" in words) == ("BadRequestException", True)


def test_a_key_of_some_programs_may_name_the_one_it_makes(program):
    client = caller.client_of(
        *caller.key_with("compliance.add_program", "compliance.view_program", programs=[program])
    )
    made = client.create_app(CreateApplicationRequest={"Name": "Shop"})["ApplicationResponse"]
    assert client.get_app(ApplicationId=made["Id"])["ApplicationResponse"]["Name"] == "Shop"


def test_a_key_whose_only_program_was_deleted_may_name_no_other(program):
    other = ProgramFactory(name="Clinic")
    wanted = ["compliance.view_program", "compliance.delete_program"]
    key, secret = caller.key_with(*wanted, programs=[program])
    client = caller.client_of(key, secret)
    client.delete_app(ApplicationId=program.application_id)
    assert client.get_apps()["ApplicationsResponse"]["Item"] == []
    assert refusal(client.get_app, ApplicationId=other.application_id)[0] == "NotFoundException"
    keys.change(key, wanted, [], by=caller.administrator())
    assert client.get_apps()["ApplicationsResponse"]["Item"] == []


def test_a_key_of_some_programs_can_be_let_name_all(program):
    key, secret = caller.key_with("compliance.view_program", programs=[program])
    ProgramFactory(name="Clinic")
    keys.change(key, ["compliance.view_program"], [], by=caller.administrator())
    believing.KNOWN.forget()
    assert len(caller.client_of(key, secret).get_apps()["ApplicationsResponse"]["Item"]) == 2


def test_an_application_without_evidence_is_deleted(pinpoint, program):
    endpoints.put(program.application_id, "ana", {"Address": "+12125550111"}, timezone.now())
    found = pinpoint.delete_app(ApplicationId=program.application_id)["ApplicationResponse"]
    assert found["Id"] == program.application_id
    assert not Program.objects.exists()
    assert not Endpoint.objects.exists()  # else its people were another application's for ever
    assert "Deleted" in LogEntry.objects.latest("pk").change_message


def test_an_application_with_campaigns_is_kept(pinpoint, program):
    CampaignFactory(program=program)
    code, words = refusal(pinpoint.delete_app, ApplicationId=program.application_id)
    assert (code, "evidence" in words) == ("BadRequestException", True)
    assert Program.objects.filter(pk=program.pk).exists()


def test_what_nobody_set_is_told_as_pinpoint_told_it(pinpoint, program):
    app = {"ApplicationId": program.application_id}
    assert pinpoint.get_app(**app)["ApplicationResponse"]["tags"] == {}
    found = pinpoint.get_application_settings(**app)["ApplicationSettingsResource"]
    assert (found["Limits"], found["CampaignHook"]) == ({"Daily": 0}, {})
    pinpoint.update_application_settings(
        **app,
        WriteApplicationSettingsRequest={
            name: found[name] for name in ("Limits", "CampaignHook", "QuietTime")
        },
    )
    campaign = CampaignFactory(program=program)
    named = {"CampaignId": campaign.pinpoint_id}
    pinpoint.update_campaign(**app, **named, WriteCampaignRequest={"Description": "x"})
    found = pinpoint.get_campaign(**app, **named)["CampaignResponse"]
    assert found["HoldoutPercent"] == 0


def test_settings_are_the_programs_rules(pinpoint, program):
    pinpoint.update_application_settings(
        ApplicationId=program.application_id,
        WriteApplicationSettingsRequest={
            "Limits": {"Daily": 2}, "QuietTime": {"Start": "20:00", "End": "09:30"},
        },
    )  # fmt: skip
    program.refresh_from_db()
    assert (program.most_in_day, f"{program.window_start:%H:%M}") == (2, "09:30")
    found = pinpoint.get_application_settings(ApplicationId=program.application_id)
    assert found["ApplicationSettingsResource"]["QuietTime"] == {"Start": "20:00", "End": "09:30"}
    assert found["ApplicationSettingsResource"]["Limits"] == {"Daily": 2}


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"QuietTime": {"Start": "23:00", "End": "06:00"}}, "47 CFR"),
        ({"QuietTime": {"Start": "late", "End": "06:00"}}, "QuietTime.Start"),
        ({"Limits": {"Daily": 1000}}, "100"),
        ({"Limits": {"MessagesPerSecond": 60}}, "each campaign"),
        ({"CampaignHook": {"LambdaFunctionName": "mine"}}, "Lambda"),
    ],
)
def test_settings_that_cannot_hold_are_refused_in_words(pinpoint, program, said, words):
    code, found = refusal(
        pinpoint.update_application_settings,
        ApplicationId=program.application_id,
        WriteApplicationSettingsRequest=said,
    )
    assert (code, words in found) == ("BadRequestException", True), found


def test_the_channel_is_described_changed_and_deleted(pinpoint, program):
    app = {"ApplicationId": program.application_id}
    assert pinpoint.get_sms_channel(**app)["SMSChannelResponse"]["Enabled"] is True
    pinpoint.update_sms_channel(**app, SMSChannelRequest={"Enabled": False})
    found = pinpoint.get_sms_channel(**app)["SMSChannelResponse"]
    assert (found["Enabled"], found["Version"], found["Platform"]) == (False, 1, "SMS")
    found = pinpoint.delete_sms_channel(**app)["SMSChannelResponse"]
    assert (found["IsArchived"], found["Enabled"]) == (True, False)


def test_a_channel_cannot_name_a_number_that_is_not_here(pinpoint, program):
    code, _ = refusal(
        pinpoint.update_sms_channel,
        ApplicationId=program.application_id,
        SMSChannelRequest={"Enabled": True, "ShortCode": "99999"},
    )
    assert code == "BadRequestException"


def test_tags_are_put_listed_and_taken_off(pinpoint, program):
    app = pinpoint.get_app(ApplicationId=program.application_id)["ApplicationResponse"]["Arn"]
    pinpoint.tag_resource(ResourceArn=app, TagsModel={"tags": {"a": "1", "b": "2"}})
    pinpoint.tag_resource(ResourceArn=app, TagsModel={"tags": {"a": "3"}})
    pinpoint.untag_resource(ResourceArn=app, TagKeys=["b"])
    assert pinpoint.list_tags_for_resource(ResourceArn=app)["TagsModel"]["tags"] == {"a": "3"}


def test_an_arn_of_something_else_has_no_tags(pinpoint, program):
    ours = f"arn:aws:mobiletargeting:us-east-1:000000000000:apps/{program.application_id}"
    for arn in (
        "arn:aws:s3:::bucket",
        f"{ours}x",
        f"{ours}/segments/nothing",
        f"{ours}/journeys/1",
    ):
        assert refusal(pinpoint.list_tags_for_resource, ResourceArn=arn)[0] == "NotFoundException"


def test_an_arn_is_known_whatever_its_region_and_account(pinpoint, program):
    theirs = f"arn:aws:mobiletargeting:eu-west-1:123456789012:apps/{program.application_id}"
    pinpoint.tag_resource(ResourceArn=theirs, TagsModel={"tags": {"a": "1"}})
    app = pinpoint.get_app(ApplicationId=program.application_id)["ApplicationResponse"]
    assert app["tags"] == {"a": "1"}


def test_what_belongs_to_an_application_has_tags(pinpoint, program):
    app = {"ApplicationId": program.application_id}
    segment = pinpoint.create_segment(**app, WriteSegmentRequest={"Name": "Gold"})
    template = pinpoint.create_sms_template(
        TemplateName="hello", SMSTemplateRequest={"Body": "Hello"}
    )
    campaign = CampaignFactory(program=program)
    arns = [
        segment["SegmentResponse"]["Arn"],
        template["CreateTemplateMessageBody"]["Arn"],
        pinpoint.get_campaign(**app, CampaignId=campaign.pinpoint_id)["CampaignResponse"]["Arn"],
    ]
    for arn in arns:
        pinpoint.tag_resource(ResourceArn=arn, TagsModel={"tags": {"a": "1"}})
        assert pinpoint.list_tags_for_resource(ResourceArn=arn)["TagsModel"]["tags"] == {"a": "1"}


def test_a_key_cannot_see_or_put_tags_of_an_application_that_is_not_its_own(pinpoint, program):
    made = pinpoint.create_app(CreateApplicationRequest={"Name": "Shop", "tags": {"a": "1"}})
    theirs = made["ApplicationResponse"]["Arn"]
    wanted = ["compliance.view_program", "compliance.change_program"]
    client = caller.client_of(*caller.key_with(*wanted, programs=[program], name="offers"))
    calls = {
        client.list_tags_for_resource: {},
        client.tag_resource: {"TagsModel": {"tags": {"a": "2"}}},
        client.untag_resource: {"TagKeys": ["a"]},
    }
    for call, more in calls.items():
        assert refusal(call, ResourceArn=theirs, **more)[0] == "NotFoundException"
    found = pinpoint.list_tags_for_resource(ResourceArn=theirs)["TagsModel"]["tags"]
    assert found == {"a": "1"}
