"""Protect configurations from the admin, against the simulated account."""

from uuid import uuid4

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse

from campaigns import aws_account, identity_sync
from campaigns.actions import protecting
from campaigns.refusal import Refused
from tests.compliance.factories import OriginatorFactory

pytestmark = pytest.mark.django_db
PAGE = "admin:campaigns_awsaccount_protections"


@pytest.fixture
def press(simulated_aws, admin_client):
    """Press a button of the page, say yes, and return the page that comes; clean up at AWS."""

    def post(confirmed=True, **said):
        more = {"confirmed": "yes"} if confirmed else {}
        return admin_client.post(reverse(PAGE), {**said, **more}, follow=True).content.decode()

    yield post
    sms = identity_sync.client()
    for one in sms.describe_configuration_sets()["ConfigurationSets"]:
        if name := one.get("ProtectConfigurationId"):
            sms.disassociate_protect_configuration(
                ProtectConfigurationId=name, ConfigurationSetName=one["ConfigurationSetName"]
            )
    for one in sms.describe_protect_configurations().get("ProtectConfigurations", []):
        if one["AccountDefault"]:
            sms.delete_account_default_protect_configuration()
        sms.delete_protect_configuration(ProtectConfigurationId=one["ProtectConfigurationId"])


@pytest.fixture
def made(press):
    press(what="make", token=str(uuid4()))
    [one] = aws_account.here().protections
    return one["id"]


def known():
    [one] = aws_account.here().protections
    return one


def said():
    return LogEntry.objects.latest("pk").change_message


def test_one_is_made_once_however_often_the_page_is_sent(press):
    token = str(uuid4())
    press(what="make", token=token)
    press(what="make", token=token)
    assert known()["rules"] == {}
    assert "CreateProtectConfiguration at AWS, request " in said()


def test_nothing_changes_before_it_is_said_twice(press, made):
    asked = press(confirmed=False, what="rule", id=made, countries="fr, de", rule="BLOCK")
    assert "DE, FR: refuse every text?" in asked
    assert "update-protect-configuration-country-rule-set" in asked
    assert known()["rules"] == {}


def test_rules_of_countries_are_set_and_others_stay(press, made):
    press(what="rule", id=made, countries="FR DE", rule="BLOCK")
    press(what="rule", id=made, countries="GB", rule="FILTER")
    assert known()["rules"] == {"DE": "BLOCK", "FR": "BLOCK", "GB": "FILTER"}
    shown = press(what="rule", id=made, countries="FR", rule="ALLOW")
    assert known()["rules"] == {"DE": "BLOCK", "GB": "FILTER"}
    assert "drop texts that AWS holds for fraud" in shown


def test_whoever_blocks_the_country_of_a_sender_is_told(press, made):
    OriginatorFactory(identity="+12065550144", country="US")
    asked = press(confirmed=False, what="rule", id=made, countries="US", rule="BLOCK")
    assert "+12065550144" in asked


def test_it_holds_for_the_account_or_for_sendpoints_texts_and_no_longer(press, made, settings):
    press(what="default", id=made)
    press(what="use", id=made)
    assert (known()["default"], known()["sets"]) == (True, [settings.AWS_CONFIGURATION_SET])
    assert "Take it off first" in press(what="delete", id=made)
    press(what="leave", id=made)
    press(what="no_default")
    assert (known()["default"], known()["sets"]) == (False, [])
    press(what="delete", id=made)
    assert aws_account.here().protections == []


def test_what_aws_refuses_is_told_and_on_record(press, made):
    assert "NOT_ASSOCIATED" in press(what="leave", id=made)
    assert said().startswith("AWS refused DisassociateProtectConfiguration: ")


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        ({"what": "rule", "countries": "UK", "rule": "BLOCK"}, "There is no country UK."),
        ({"what": "rule", "countries": " , ", "rule": "BLOCK"}, "Name the countries"),
        ({"what": "rule", "countries": "FR", "rule": "MAYBE"}, "Choose what"),
        ({"what": "everything"}, "nothing of that kind"),
        ({"what": "make", "token": ""}, "The page is too old"),
        ({"what": "default", "id": "protect-other"}, "tells of no such"),
    ],
)
def test_what_cannot_be_is_refused_in_words_before_aws_is_asked(press, made, asked, answer):
    before = LogEntry.objects.count()
    assert answer in press(**{"id": made, **asked})
    assert LogEntry.objects.count() == before


def test_nobody_changes_them_without_the_permission(client, django_user_model):
    clerk = django_user_model.objects.create_user("clerk", is_staff=True)
    client.force_login(clerk)
    assert client.post(reverse(PAGE), {"what": "no_default"}).status_code == 403


def test_countries_are_read_as_people_write_them():
    assert protecting.countries_of("fr; DE\nGB,fr") == ["DE", "FR", "GB"]
    with pytest.raises(Refused):
        protecting.countries_of("France")
