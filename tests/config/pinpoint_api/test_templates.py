import json

import pytest
from botocore.exceptions import ClientError

from campaigns.models import Campaign, MessageTemplate
from tests.config.pinpoint_api.test_campaigns import Shop, no_broker, stored

pytestmark = pytest.mark.django_db
__all__ = ("no_broker",)
BODY = "Acme: hi {{User.UserAttributes.FirstName}}! Reply STOP to opt out."
DEFAULTS = json.dumps({"User.UserAttributes.FirstName": "friend"})


class Templates:
    def __init__(self, client):
        self.client = client

    def create(self, name="welcome", **request):
        return self.client.create_sms_template(
            TemplateName=name, SMSTemplateRequest={"Body": BODY} | request
        )["CreateTemplateMessageBody"]

    def get(self, name="welcome", **version):
        answer = self.client.get_sms_template(TemplateName=name, **version)
        return answer["SMSTemplateResponse"]

    def update(self, name="welcome", body=BODY, **given):
        request = {"Body": body} if body else {"TemplateDescription": "other"}
        self.client.update_sms_template(TemplateName=name, SMSTemplateRequest=request, **given)

    def use(self, version, name="welcome"):
        self.client.update_template_active_version(
            TemplateName=name,
            TemplateType="SMS",
            TemplateActiveVersionRequest={"Version": version},
        )


@pytest.fixture
def templates(pinpoint):
    return Templates(pinpoint)


def refused(call, *given, **named):
    with pytest.raises(ClientError) as caught:
        call(*given, **named)
    return caught.value.response["Error"]["Code"], str(caught.value)


def test_a_template_comes_back_as_it_was_sent(templates):
    made = templates.create(DefaultSubstitutions=DEFAULTS, TemplateDescription="First text")
    assert made["Arn"].endswith("templates/welcome/SMS")
    found = templates.get()
    assert (found["Body"], found["Version"], found["TemplateType"]) == (BODY, "1", "SMS")
    assert json.loads(found["DefaultSubstitutions"]) == json.loads(DEFAULTS)
    assert found["TemplateDescription"] == "First text"


def test_an_update_writes_the_latest_version_anew(templates):
    templates.create()
    templates.update(body="Acme: hello. Reply STOP to opt out.")
    assert templates.get()["Body"].startswith("Acme: hello")
    assert templates.get()["Version"] == "1"


def test_a_new_version_waits_until_it_is_used(templates):
    templates.create()
    templates.update(body="Acme: two. Reply STOP to opt out.", CreateNewVersion=True)
    assert templates.get()["Version"] == "1"
    assert templates.get(Version="2")["Body"].startswith("Acme: two")
    templates.use("latest")
    assert templates.get()["Version"] == "2"
    assert MessageTemplate.objects.get().body.startswith("Acme: two")
    listed = templates.client.list_template_versions(TemplateName="welcome", TemplateType="SMS")
    items = listed["TemplateVersionsResponse"]["Item"]
    assert [one["Version"] for one in items] == ["2", "1"]
    templates.use("1")
    assert templates.get()["Version"] == "1"


def test_templates_are_listed_by_how_they_begin(templates):
    templates.create("welcome")
    templates.create("welcome-2")
    templates.create("bye")
    found = templates.client.list_templates(Prefix="welcome")["TemplatesResponse"]["Item"]
    assert [one["TemplateName"] for one in found] == ["welcome-2", "welcome"]
    email = templates.client.list_templates(TemplateType="EMAIL")["TemplatesResponse"]
    assert email["Item"] == []
    first = templates.client.list_templates(PageSize="2")["TemplatesResponse"]
    rest = templates.client.list_templates(PageSize="2", NextToken=first["NextToken"])
    assert [one["TemplateName"] for one in rest["TemplatesResponse"]["Item"]] == ["welcome"]


def test_a_version_and_a_template_are_deleted(templates):
    templates.create()
    templates.update(CreateNewVersion=True)
    client = templates.client
    code, _ = refused(client.delete_sms_template, TemplateName="welcome", Version="1")
    assert code == "BadRequestException"  # it is in use
    client.delete_sms_template(TemplateName="welcome", Version="2")
    assert refused(templates.get, Version="2")[0] == "NotFoundException"
    client.delete_sms_template(TemplateName="welcome")
    assert refused(templates.get)[0] == "NotFoundException"


def test_a_campaign_goes_out_with_a_template(templates, settings):
    settings.CAMPAIGN_REVIEW = False
    templates.create(DefaultSubstitutions=DEFAULTS)
    shop = Shop(templates.client)
    template = {"SMSTemplate": {"Name": "welcome", "Version": "1"}}
    made = shop.create(TemplateConfiguration=template, sms={"Body": ""})
    assert made["TemplateConfiguration"] == template
    assert 'otherwise: Attributes.FirstName, "friend"' in stored(made).body


@pytest.mark.parametrize("template", [{"Name": "nope"}, {"Name": "welcome", "Version": "9"}])
def test_a_template_that_is_not_there_is_named(templates, template):
    templates.create()
    shop = Shop(templates.client)
    configuration = {"SMSTemplate": template}
    code, _ = refused(shop.create, TemplateConfiguration=configuration, sms={"Body": ""})
    assert code in {"BadRequestException", "NotFoundException"}
    assert not Campaign.objects.exists()


def test_a_name_that_nothing_fills_in_is_refused_in_a_campaign(templates):
    templates.create(Body="Acme: code {{code}}. Reply STOP to opt out.")
    shop = Shop(templates.client)
    template = {"SMSTemplate": {"Name": "welcome"}}
    code, words = refused(shop.create, TemplateConfiguration=template, sms={"Body": ""})
    assert (code, "code" in words) == ("BadRequestException", True)


@pytest.mark.parametrize(
    ("name", "request_", "member"),
    [
        ("-welcome", {}, "letter"),
        ("w" * 129, {}, "128"),
        ("welcome", {"Body": ""}, "Body"),
        ("welcome", {"Body": "x" * 1601}, "Body"),
        ("welcome", {"Body": "{{uuid}} {{md5 'a'}}"}, "md5"),
        ("welcome", {"DefaultSubstitutions": "[1]"}, "DefaultSubstitutions"),
        ("welcome", {"DefaultSubstitutions": "{"}, "DefaultSubstitutions"),
        ("welcome", {"DefaultSubstitutions": "[" * 100_000}, "DefaultSubstitutions"),
        ("welcome", {"DefaultSubstitutions": '{"a": "\\u0000"}'}, "NUL"),
        ("welcome", {"DefaultSubstitutions": '{"a": "\\ud800"}'}, "DefaultSubstitutions"),
        ("welcome", {"RecommenderId": "r"}, "RecommenderId"),
    ],
)
def test_what_is_no_template_is_refused_by_its_member(templates, name, request_, member):
    code, words = refused(templates.create, name, **request_)
    assert (code, member in words) == ("BadRequestException", True), words
    assert not MessageTemplate.objects.exists()


def test_a_name_is_taken_once(templates):
    templates.create()
    assert refused(templates.create, TemplateDescription="again")[0] == "BadRequestException"


def test_of_the_latest_version_only_can_be_written_anew(templates):
    templates.create()
    templates.update(CreateNewVersion=True)
    code, words = refused(templates.update, Version="1")
    assert (code, "latest" in words) == ("BadRequestException", True)
