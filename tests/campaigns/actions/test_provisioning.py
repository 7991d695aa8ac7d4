"""Buying, changing and giving back, against the simulated account."""

from uuid import uuid4

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError
from django.contrib.admin.models import LogEntry
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from campaigns import aws_audit, identity_sync, tasks
from campaigns.actions import Refused, provisioning, wording
from campaigns.aws_audit import Unclear
from campaigns.models import AwsIdentity
from compliance.models import Originator
from pinpoint.calls import make
from pinpoint.provisioning import Wanted
from tests.campaigns.factories import CampaignFactory, MessageFactory
from tests.compliance.factories import ProgramFactory

pytestmark = pytest.mark.django_db
TOPIC = "arn:aws:sns:us-east-1:111122223333:answers"


@pytest.fixture(autouse=True)
def no_broker(monkeypatch):
    monkeypatch.setattr(tasks.sync_source, "delay", lambda name: None)


@pytest.fixture
def boss():
    return get_user_model().objects.create_superuser("boss")


@pytest.fixture
def number(simulated_aws, boss):
    """A number that was just bought, and is given back afterwards."""
    row = provisioning.buy(wanted(), boss)
    yield row
    sms = identity_sync.client()
    owned = {one["PhoneNumberId"] for one in sms.describe_phone_numbers()["PhoneNumbers"]}
    if row.aws_id in owned:
        sms.update_phone_number(PhoneNumberId=row.aws_id, DeletionProtectionEnabled=False)
        sms.release_phone_number(PhoneNumberId=row.aws_id)


def wanted(**members):
    given = {
        "kind": "LONG_CODE", "country": "GB", "message_type": "PROMOTIONAL",
        "capabilities": ("SMS",), "token": str(uuid4()), **members,
    }  # fmt: skip
    return Wanted(**given)


def said():
    return LogEntry.objects.latest("pk").change_message


def fresh(row):
    return AwsIdentity.objects.select_related("originator").get(pk=row.pk)


def test_a_purchase_is_on_record_with_its_price_and_request(number):
    assert said().startswith("Bought, $1.00 a month. RequestPhoneNumber at AWS, request ")
    assert "unknown" not in said()
    assert (number.status, number.originator.active) == ("PENDING", False)


def test_two_clicks_on_one_page_buy_once(simulated_aws, boss, number):
    once = wanted()
    first = provisioning.buy(once, boss)
    assert provisioning.buy(once, boss) == first
    provisioning.release(first.pk, boss)


def test_a_purchase_that_aws_refuses_is_on_record_too(simulated_aws, boss):
    unknown = {"kind": "TEN_DLC", "country": "US", "registration_id": "registration-unknown"}
    with pytest.raises(Refused):
        provisioning.buy(wanted(**unknown), boss)
    assert said().startswith("AWS refused RequestPhoneNumber: ")
    assert "unknown." not in said()


def test_nobody_buys_without_the_permission(db):
    clerk = get_user_model().objects.create_user("clerk", is_staff=True)
    with pytest.raises(PermissionDenied):
        provisioning.buy(wanted(), clerk)


@pytest.mark.parametrize(
    "members",
    [
        {"kind": "TEN_DLC"},
        {"kind": "LONG_CODE", "country": "US"},
        {"kind": "SIMULATOR", "country": "US"},
        {"kind": "SHORT_CODE"},
        {"registration_id": "registration-1"},
    ],
)
def test_what_aws_does_not_offer_is_not_even_asked_for(boss, members):
    with pytest.raises(Refused):
        provisioning.buy(wanted(**members), boss)


def test_a_released_number_is_gone_for_campaigns(number, boss):
    provisioning.release(number.pk, boss)
    assert fresh(number).gone_at is not None
    assert not fresh(number).originator.active
    assert "ReleasePhoneNumber" in said()


def test_a_number_that_campaigns_are_to_use_stays(number, boss):
    CampaignFactory(name="Spring", originator=number.originator)
    with pytest.raises(Refused, match="Spring"):
        provisioning.release(number.pk, boss)


def test_a_protected_number_stays(number, boss):
    provisioning.set_protected(number.pk, True, boss)
    with pytest.raises(Refused, match="protected"):
        provisioning.release(number.pk, boss)


def test_what_aws_refuses_is_told_and_changes_nothing(number, boss):
    identity_sync.client().update_phone_number(
        PhoneNumberId=number.aws_id, DeletionProtectionEnabled=True
    )
    Originator.objects.filter(pk=number.originator_id).update(active=True)
    with pytest.raises(Refused, match="DELETION_PROTECTION_ENABLED"):
        provisioning.release(number.pk, boss)
    assert fresh(number).originator.active
    assert said().startswith("AWS refused")


def test_a_second_click_on_release_does_not_bring_the_number_back(number, boss, monkeypatch):
    Originator.objects.filter(pk=number.originator_id).update(active=True)

    def faster(client_of, call):
        identity_sync.drop(fresh(number), timezone.now())  # the other click, which AWS took
        raise ClientError({"Error": {"Code": "ResourceNotFoundException"}}, call.operation)

    with monkeypatch.context() as other:
        other.setattr(aws_audit, "make", faster)
        with pytest.raises(Refused):
            provisioning.release(number.pk, boss)
    assert not fresh(number).originator.active


def test_a_number_from_which_texts_wait_to_be_sent_stays(number, boss):
    MessageFactory(
        run=None, campaign=None, purpose="offer", program=ProgramFactory(),
        originator=number.originator,
    )  # fmt: skip
    with pytest.raises(Refused, match="Texts wait"):
        provisioning.release(number.pk, boss)


def test_two_clicks_ask_for_a_sender_id_once(simulated_aws, boss):
    token = str(uuid4())
    for _click in range(2):
        row = provisioning.take_sender_id("TWICE", "DE", ["PROMOTIONAL"], token, boss)
    assert AwsIdentity.objects.get() == row
    provisioning.release(row.pk, boss)


def test_a_release_that_aws_may_have_taken_leaves_the_number_off(number, boss, monkeypatch):
    Originator.objects.filter(pk=number.originator_id).update(active=True)

    def late(client_of, call):
        raise ReadTimeoutError(endpoint_url="https://aws")

    monkeypatch.setattr(aws_audit, "make", late)
    with pytest.raises(Unclear):
        provisioning.release(number.pk, boss)
    assert not fresh(number).originator.active
    assert fresh(number).gone_at is None


def test_a_purchase_whose_answer_was_late_is_the_same_when_asked_again(
    simulated_aws, boss, monkeypatch
):
    once = wanted()

    def late(client_of, call):
        make(client_of, call)
        raise ReadTimeoutError(endpoint_url="https://aws")

    with monkeypatch.context() as slow:
        slow.setattr(aws_audit, "make", late)
        with pytest.raises(Unclear):
            provisioning.buy(once, boss)
    identity_sync.read(timezone.now())
    before = AwsIdentity.objects.count()
    row = provisioning.buy(once, boss)
    assert AwsIdentity.objects.count() == before
    provisioning.release(row.pk, boss)


def test_sendpoint_answers_stop_only_where_answers_come_in(number, boss):
    with pytest.raises(Refused, match="Have answers come in first"):
        provisioning.set_own_opt_outs(number.pk, True, boss)
    provisioning.set_two_way(number.pk, TOPIC, boss)
    provisioning.set_own_opt_outs(number.pk, True, boss)
    assert fresh(number).originator.self_managed_opt_outs
    with pytest.raises(Refused, match="nobody could opt out"):
        provisioning.set_two_way(number.pk, "", boss)


def test_a_number_is_let_abroad_and_kept_home_again(number, boss):
    provisioning.set_international(number.pk, True, boss)
    assert fresh(number).international
    provisioning.set_international(number.pk, False, boss)
    assert not fresh(number).international


def test_keywords_and_tags_are_kept_as_aws_took_them(number, boss):
    wording.put_keyword(number.pk, "start", "Welcome back", "OPT_IN", boss)
    wording.tag(number.pk, "team", "shop", boss)
    with pytest.raises(Refused, match="STOP must opt"):
        wording.put_keyword(number.pk, "STOP", "Hi", "AUTOMATIC_RESPONSE", boss)
    with pytest.raises(Refused, match="stay"):
        wording.drop_keyword(number.pk, "help", boss)
    identity_sync.keep_words([number], timezone.now())
    assert {one["word"] for one in fresh(number).keywords} == {"HELP", "STOP", "START"}
    assert fresh(number).tags == {"team": "shop"}


def test_words_that_somebody_else_puts_at_the_same_time_stay(number, boss, monkeypatch):
    meanwhile = [{"word": "MENU", "message": "Soup", "action": "AUTOMATIC_RESPONSE"}]

    def slow(client_of, call):
        AwsIdentity.objects.filter(pk=number.pk).update(keywords=meanwhile)
        return make(client_of, call)

    with monkeypatch.context() as others:
        others.setattr(aws_audit, "make", slow)
        wording.put_keyword(number.pk, "start", "Welcome back", "OPT_IN", boss)
    assert [one["word"] for one in fresh(number).keywords] == ["MENU", "START"]


def test_a_number_in_a_pool_is_changed_by_its_pool(number, boss):
    pool = provisioning.make_pool(number.pk, str(uuid4()), boss)
    identity_sync.read(timezone.now())
    with pytest.raises(Refused, match="which decides for all its numbers"):
        provisioning.set_two_way(number.pk, TOPIC, boss)
    with pytest.raises(Refused, match="Take it out first"):
        provisioning.release(number.pk, boss)
    provisioning.release(pool.pk, boss)
    assert fresh(pool).gone_at is not None


def test_the_page_asks_once_more_with_the_price(simulated_aws, admin_client):
    form = {
        "kind": "LONG_CODE", "country": "GB", "message_type": "PROMOTIONAL",
        "capabilities": "SMS", "token": str(uuid4()),
    }  # fmt: skip
    address = reverse("admin:campaigns_awsidentity_request")
    shown = admin_client.post(address, form).content.decode()
    assert "About $1.00 a month" in shown
    assert not AwsIdentity.objects.exists()
    admin_client.post(address, {**form, "confirmed": "yes"})
    row = AwsIdentity.objects.get()
    gone = reverse("admin:campaigns_awsidentity_release", args=[row.pk])
    assert "for good?" in admin_client.post(gone).content.decode()
    admin_client.post(gone, {"confirmed": "yes"})
    assert fresh(row).gone_at is not None


def test_a_sender_id_is_asked_for_by_country(simulated_aws, admin_client):
    form = {"name": "ACME", "country": "DE", "token": str(uuid4()), "confirmed": "yes"}
    admin_client.post(reverse("admin:campaigns_awsidentity_sender_id"), form)
    row = AwsIdentity.objects.select_related("originator").get()
    assert (row.aws_id, row.originator.kind) == ("ACME/DE", "SENDER_ID")
    page = admin_client.get(reverse("admin:compliance_originator_change", args=[row.originator_id]))
    assert "Protect from release" in page.content.decode()
    gone = reverse("admin:campaigns_awsidentity_release", args=[row.pk])
    admin_client.post(gone, {"confirmed": "yes"})
    assert fresh(row).gone_at is not None
