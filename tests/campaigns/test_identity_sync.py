"""Numbers as AWS has them become originators; what people decided stays."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from campaigns import identity_sync, syncing
from campaigns.models import AwsIdentity
from compliance.models import Originator, TenDlcCampaign
from pinpoint.identities import Identity
from tests.campaigns.factories import NOON
from tests.compliance.factories import OriginatorFactory

pytestmark = pytest.mark.django_db
NUMBER = Identity(
    aws_id="phone-1",
    arn="arn:aws:sms-voice:us-east-1:1:phone-number/phone-1",
    name="+12065550199",
    kind="TEN_DLC",
    status="PENDING",
    country="US",
    message_types=("PROMOTIONAL",),
    capabilities=("SMS",),
    monthly_usd=Decimal("1.00"),
    opt_out_list="Default",
)
READY = replace(
    NUMBER,
    status="ACTIVE",
    registration_id="registration-1",
    parts_per_second=40,
    daily_cap=40_000,
)


@pytest.fixture
def aws(monkeypatch):
    """What AWS has, as a list to change."""
    found = []
    monkeypatch.setattr(identity_sync, "client", lambda: None)
    monkeypatch.setattr(identity_sync.identities, "identities", lambda client, pause: list(found))
    return found


def originator():
    return Originator.objects.get(identity=NUMBER.name)


def read(aws, *found):
    aws[:] = found
    identity_sync.read(NOON)


def test_a_number_that_waits_is_an_originator_that_cannot_be_picked(aws):
    read(aws, NUMBER)
    assert (originator().active, originator().registered) == (False, False)
    assert AwsIdentity.objects.get().monthly_usd == Decimal("1.00")


def test_it_becomes_active_and_registered_when_aws_says_so(aws):
    read(aws, NUMBER)
    read(aws, READY)
    found = originator()
    assert (found.active, found.registered, found.parts_per_second) == (True, True, 40)
    assert found.ten_dlc_campaign == TenDlcCampaign.objects.get(name="registration-1")


def test_who_switched_a_number_off_finds_it_off(aws):
    read(aws, READY)
    Originator.objects.update(active=False)
    read(aws, READY)
    assert not originator().active


def test_a_number_entered_by_hand_before_is_taken_over_with_its_label(aws):
    OriginatorFactory(identity=NUMBER.name, label="Shop", parts_per_second=7)
    read(aws, READY)
    assert (originator().label, originator().parts_per_second) == ("Shop", 40)
    assert Originator.objects.count() == 1


def test_an_old_number_whose_registration_aws_does_not_name_keeps_its_tick(aws):
    OriginatorFactory(identity=NUMBER.name, registered=True)
    read(aws, replace(READY, registration_id=""))
    assert originator().registered


def test_a_number_that_loses_its_registration_is_not_registered(aws):
    read(aws, READY)
    read(aws, replace(READY, registration_id=""))
    assert not originator().registered


def test_a_number_that_aws_no_longer_has_sends_nothing(aws):
    read(aws, READY)
    aws.clear()
    identity_sync.read(NOON + timedelta(minutes=10))
    assert not originator().active
    assert AwsIdentity.objects.get().gone_at is not None


def test_a_number_that_was_bought_while_aws_was_asked_stays(aws):
    identity_sync.keep(READY, NOON + timedelta(seconds=1))
    read(aws)
    assert AwsIdentity.objects.get().gone_at is None


def test_what_was_changed_while_aws_was_asked_is_not_overwritten(aws):
    own = replace(READY, self_managed_opt_outs=True)
    identity_sync.keep(own, NOON + timedelta(seconds=1))
    read(aws, READY)
    assert originator().self_managed_opt_outs


def test_who_switched_a_number_off_finds_it_off_when_aws_had_it_inactive_meanwhile(aws):
    read(aws, READY)
    Originator.objects.update(active=False)
    read(aws, replace(READY, status="ASSOCIATING"))
    read(aws, READY)
    assert not originator().active


def test_a_number_comes_back_as_it_was_when_aws_had_lost_it(aws):
    second = replace(READY, aws_id="phone-2", arn="arn:2", name="+12065550198")
    read(aws, READY, second)
    Originator.objects.filter(identity=second.name).update(active=False)
    aws.clear()
    identity_sync.read(NOON + timedelta(minutes=10))
    aws[:] = [READY, second]
    identity_sync.read(NOON + timedelta(minutes=20))
    assert originator().active
    assert not Originator.objects.get(identity=second.name).active


def test_a_number_that_two_workers_keep_is_one_originator(aws, monkeypatch):
    found = identity_sync.keep(READY, NOON)
    # As for a worker that looked before the other had committed.
    nothing = AwsIdentity.objects.none()
    monkeypatch.setattr(
        AwsIdentity.objects, "select_for_update", lambda **given: nothing, raising=False
    )
    assert identity_sync.keep(READY, NOON) == found
    assert Originator.objects.count() == 1


def test_a_10dlc_campaign_entered_by_hand_stays(aws):
    mine = TenDlcCampaign.objects.create(name="C1ACME", parts_per_second=4)
    OriginatorFactory(identity=NUMBER.name, ten_dlc_campaign=mine)
    read(aws, READY)
    assert originator().ten_dlc_campaign == mine


def test_a_pool_is_as_fast_as_its_numbers_together(aws):
    pooled = replace(READY, pool_id="pool-1")
    second = replace(pooled, aws_id="phone-2", name="+12065550198", parts_per_second=10)
    pool = replace(
        NUMBER, aws_id="pool-1", name="pool-1", kind="POOL", status="ACTIVE", country="",
        members=("phone-1", "phone-2"),
    )  # fmt: skip
    read(aws, pooled, second, pool)
    found = Originator.objects.get(identity="pool-1")
    assert (found.parts_per_second, found.registered, found.active) == (50, True, True)
    assert AwsIdentity.objects.get(aws_id="pool-1").members.count() == 2


def test_one_sender_id_in_two_countries_is_two_originators(aws):
    british = replace(READY, aws_id="ACME/GB", arn="arn:gb", name="ACME", kind="SENDER_ID",
                      country="GB", registration_id="")  # fmt: skip
    german = replace(british, aws_id="ACME/DE", arn="arn:de", country="DE")
    read(aws, british, german)
    assert set(Originator.objects.values_list("identity", "country")) == {
        ("ACME", "GB"),
        ("arn:de", "DE"),
    }


def test_the_simulated_account_is_read_by_its_own_sources(simulated_aws):
    syncing.due(NOON)
    assert syncing.run(identity_sync.IDENTITIES, NOON)
    found = AwsIdentity.objects.get(originator__identity="+12065550100")
    assert (found.status, found.originator.parts_per_second) == ("ACTIVE", 100)
    assert found.originator.registered
    identity_sync.keep_words([found], NOON)
    found.refresh_from_db()
    assert {one["word"] for one in found.keywords} == {"HELP", "STOP"}
