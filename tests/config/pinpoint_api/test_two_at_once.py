"""Two calls about the same thing: the second waits for the first, and goes on from what it made."""

import pytest
from botocore.exceptions import ClientError
from django.db import transaction

from campaigns.models import Campaign
from contacts.models import Segment
from tests.campaigns.factories import CampaignFactory
from tests.compliance.factories import ProgramFactory
from tests.config.pinpoint_api import caller
from tests.contacts.writers import PATIENCE, Writer

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def client():
    return caller.client_of(*caller.key_with(*caller.all_permissions()))


@pytest.fixture
def app():
    return {"ApplicationId": ProgramFactory(name="Offers").application_id}


def one_upon_the_other(first, second):
    """Let a call come before another is committed; return the code that refuses it, or ""."""
    with transaction.atomic():
        first()
        writer = Writer(second).begin()
    writer.join(PATIENCE)
    assert not writer.is_alive()
    if writer.error is None:
        return ""
    assert isinstance(writer.error, ClientError), writer.error
    return writer.error.response["Error"]["Code"]


def test_two_segments_of_one_name_are_both_made(client, app):
    def make():
        client.create_segment(**app, WriteSegmentRequest={"Name": "Gold"})

    assert one_upon_the_other(make, make) == ""
    assert {*Segment.objects.values_list("name", flat=True)} == {"Gold", "Gold (2)"}


def test_a_new_name_of_a_segment_does_not_undo_new_rules(client, app):
    named = app | {
        "SegmentId": client.create_segment(**app, WriteSegmentRequest={"Name": "Gold"})[
            "SegmentResponse"
        ]["Id"]
    }
    gold = {"Attributes": {"Plan": {"AttributeType": "INCLUSIVE", "Values": ["gold"]}}}

    def change(**request):
        return lambda: client.update_segment(**named, WriteSegmentRequest=request)

    assert one_upon_the_other(change(Dimensions=gold), change(Name="Platinum")) == ""
    found = client.get_segment(**named)["SegmentResponse"]
    assert (found["Name"], found["Dimensions"]) == ("Platinum", gold)


def test_a_new_description_of_a_template_does_not_undo_new_words(client):
    client.create_sms_template(TemplateName="hello", SMSTemplateRequest={"Body": "Hello"})

    def change(**request):
        return lambda: client.update_sms_template(TemplateName="hello", SMSTemplateRequest=request)

    assert one_upon_the_other(change(Body="Hi"), change(TemplateDescription="Short")) == ""
    found = client.get_sms_template(TemplateName="hello")["SMSTemplateResponse"]
    assert (found["Body"], found["TemplateDescription"]) == ("Hi", "Short")


def test_two_changes_of_a_campaign_are_both_kept(client):
    campaign = CampaignFactory()
    named = {"ApplicationId": campaign.program.application_id, "CampaignId": campaign.pinpoint_id}

    def change(**request):
        return lambda: client.update_campaign(**named, WriteCampaignRequest=request)

    assert one_upon_the_other(change(Name="New"), change(Description="Of May")) == ""
    found = client.get_campaign(**named)["CampaignResponse"]
    assert (found["Name"], found["Description"]) == ("New", "Of May")


def test_a_campaign_that_two_delete_is_deleted(client):
    campaign = CampaignFactory(status=Campaign.Status.SCHEDULED)
    named = {"ApplicationId": campaign.program.application_id, "CampaignId": campaign.pinpoint_id}
    assert one_upon_the_other(*[lambda: client.delete_campaign(**named)] * 2) == ""
    state = client.get_campaign(**named)["CampaignResponse"]["State"]
    assert state == {"CampaignStatus": "DELETED"}


def test_of_two_templates_of_one_name_the_second_is_told_to_try_again(client):
    def make():
        client.create_sms_template(TemplateName="hello", SMSTemplateRequest={"Body": "Hello"})

    assert one_upon_the_other(make, make) == "ConflictException"


def test_two_calls_put_no_more_tags_on_a_thing_than_it_may_have(client, app):
    arn = client.get_app(**app)["ApplicationResponse"]["Arn"]

    def put(letter):
        tags = {f"{letter}{number}": "" for number in range(30)}
        return lambda: client.tag_resource(ResourceArn=arn, TagsModel={"tags": tags})

    assert one_upon_the_other(put("a"), put("b")) == "BadRequestException"
