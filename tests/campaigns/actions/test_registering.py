"""From a draft to a number that may send, against the simulated account."""

import json
import re
import urllib.request
from datetime import timedelta

import psycopg
import pytest
from botocore.exceptions import EndpointConnectionError, ReadTimeoutError
from django.contrib.admin.models import LogEntry
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from campaigns import aws_audit, handing_in, identity_sync, registration_sync, tasks
from campaigns.actions import Refused, provisioning, registering
from campaigns.models import AwsIdentity, AwsSource, Registration, RegistrationForm
from compliance.models import Brand, Originator
from pinpoint.calls import make
from pinpoint.registrations import Registrations
from tests.campaigns.actions.test_provisioning import wanted
from tests.campaigns.factories import NOON
from tests.compliance.factories import OriginatorFactory
from tests.pinpoint.contract import forms

pytestmark = pytest.mark.django_db
BRAND, CAMPAIGN = registration_sync.BRAND, registration_sync.CAMPAIGN


@pytest.fixture(autouse=True)
def no_broker(monkeypatch):
    for task in (tasks.sync_source, tasks.hand_in):
        monkeypatch.setattr(task, "delay", lambda *args: None)


@pytest.fixture
def aws(simulated_aws, settings):
    """The simulated account, which is asked without pauses; and a way to let days pass there."""
    settings.AWS_SETUP_PAUSE_SECONDS = 0
    registration_sync.read_forms(NOON)
    # Those of the account that other tests share stay.
    before = {one["RegistrationId"] for one in registration_sync.client().all()}

    def forward(days):
        body = json.dumps({"days": days}).encode()
        request = urllib.request.Request(f"{simulated_aws}/_simulator/forward", body)
        urllib.request.urlopen(request, timeout=5).close()

    yield forward
    sms = identity_sync.client()
    for row in Registration.objects.exclude(aws_id="").exclude(aws_id__in=before):
        forward(40)
        sms.delete_registration(RegistrationId=row.aws_id)


@pytest.fixture
def boss():
    return get_user_model().objects.create_superuser("boss")


def draft(kind, values, boss, **members):
    row = registering.begin(kind, "Acme", boss)
    return registering.write(row.pk, values, members.get("brand"), members.get("numbers", ()), boss)


def handed_in(row, boss):
    registering.submit(row.pk, boss)
    assert handing_in.hand_in(row.pk, NOON)
    return fresh(row)


def fresh(row):
    return Registration.objects.get(pk=row.pk)


def looked(*, hours=12):
    registration_sync.read(NOON + timedelta(hours=hours), lambda pk: None)


@pytest.fixture
def brand(aws, boss):
    """An approved brand."""
    row = handed_in(draft(BRAND, forms.BRAND, boss), boss)
    aws(3)
    looked()
    return fresh(row)


def test_the_forms_are_those_of_aws(aws):
    form = RegistrationForm.objects.get(kind=CAMPAIGN)
    assert {one["SectionPath"] for one in form.sections} >= {"campaignInfo", "messageSamples"}
    assert any("ConditionalBehavior" in field for field in form.fields)


def test_a_brand_is_handed_in_once_and_approved(brand, boss):
    assert (brand.step, brand.status) == ("at_aws", "COMPLETE")
    assert [status for status, _when in brand.versions[0]["history"]][-1] == "APPROVED"
    assert not handing_in.hand_in(brand.pk, NOON)
    said = [entry.change_message for entry in LogEntry.objects.order_by("pk")]
    assert said[:3] == ["Begun.", "Written.", "To be handed in."]
    assert said[3].startswith("Begun at AWS. CreateRegistration at AWS, request ")
    assert said[-1].startswith("Handed in. SubmitRegistrationVersion at AWS, request ")


def test_every_single_call_of_handing_in_is_on_record_without_the_values(brand):
    said = "\n".join(entry.change_message for entry in LogEntry.objects.order_by("pk"))
    for path, value in forms.BRAND.items():
        assert re.search(
            rf"^{path}: PutRegistrationFieldValue at AWS, request \S{{8,}}", said, re.M
        )
        assert str(value) not in said
    assert "request unknown" not in said


def test_a_draft_with_gaps_is_kept_and_not_handed_in(aws, boss):
    row = draft(BRAND, {"companyInfo.companyName": "ACME"}, boss)
    assert "companyInfo.taxId" in registering.wrong_with(row)
    with pytest.raises(Refused):
        registering.submit(row.pk, boss)
    assert fresh(row).values == {"companyInfo.companyName": "ACME"}


def test_what_is_under_way_is_not_written(aws, boss):
    row = draft(BRAND, forms.BRAND, boss)
    registering.submit(row.pk, boss)
    with pytest.raises(Refused):
        registering.write(row.pk, {}, None, (), boss)


def test_a_worker_that_died_after_the_submission_does_not_submit_again(aws, boss):
    row = handed_in(draft(BRAND, forms.BRAND, boss), boss)
    Registration.objects.filter(pk=row.pk).update(step="handing_in")
    assert handing_in.hand_in(row.pk, NOON)
    assert len(registration_sync.client().versions(row.aws_id)) == 1
    assert fresh(row).step == "at_aws"


def test_a_submission_whose_answer_was_late_is_found_at_aws_by_the_next_try(
    aws, boss, monkeypatch, admin_client
):
    row = draft(BRAND, forms.BRAND, boss)
    registering.submit(row.pk, boss)

    def late(client_of, call):
        made = make(client_of, call)
        if call.operation == "SubmitRegistrationVersion":
            raise ReadTimeoutError(endpoint_url="https://aws")
        return made

    with monkeypatch.context() as slow:
        slow.setattr(aws_audit, "make", late)
        handing_in.hand_in(row.pk, NOON)
    assert (fresh(row).step, bool(fresh(row).problem)) == ("handing_in", True)
    page = admin_client.get(reverse("admin:campaigns_registration_change", args=[row.pk]))
    assert "It goes on by itself" in page.content.decode()
    assert handing_in.hand_in(row.pk, NOON)
    assert (fresh(row).step, fresh(row).problem) == ("at_aws", "")
    assert len(registration_sync.client().versions(fresh(row).aws_id)) == 1


def test_a_new_version_is_thrown_away_at_aws_as_well(aws, boss, brand):
    registering.rewrite(brand.pk, boss)
    registering.write(brand.pk, {"companyInfo.companyName": "Oops"}, None, (), boss)
    identity_sync.client().create_registration_version(
        RegistrationId=brand.aws_id
    )  # as far as handing in had come
    assert registering.discard(brand.pk, boss)
    Registration.objects.update(check_at=NOON)
    looked()
    assert (fresh(brand).step, fresh(brand).status) == ("at_aws", "COMPLETE")
    assert fresh(brand).values["companyInfo.companyName"] == "ACME Shop Inc."


def test_a_draft_that_aws_never_saw_is_thrown_away(aws, boss):
    row = draft(BRAND, {}, boss)
    assert not registering.discard(row.pk, boss)
    assert not Registration.objects.exists()


def test_two_workers_hand_one_registration_in_once(boss):
    RegistrationForm.objects.create(kind=BRAND, title="Brand", read_at=NOON)
    row = draft(BRAND, {}, boss)
    registering.submit(row.pk, boss)
    with psycopg.connect(**connection.get_connection_params()) as other:
        other.execute("SELECT pg_advisory_lock(%s, %s)", [handing_in.LOCK, row.pk])
        assert not handing_in.hand_in(row.pk, NOON)
    assert fresh(row).step == "handing_in"


def test_what_was_interrupted_is_taken_up_again(aws, boss):
    row = draft(BRAND, forms.BRAND, boss)
    registering.submit(row.pk, boss)
    resumed = []
    registration_sync.read(NOON, resumed.append)
    assert resumed == [row.pk]


def test_what_aws_does_not_take_is_a_draft_again_with_the_reason(boss, monkeypatch):
    RegistrationForm.objects.create(kind=BRAND, title="Brand", read_at=NOON)

    class Away(Registrations):
        def create(self, kind, token):
            raise EndpointConnectionError(endpoint_url="x")

    monkeypatch.setattr(registration_sync, "client", lambda: Away(None, 0))
    row = draft(BRAND, {}, boss)
    registering.submit(row.pk, boss)
    handing_in.hand_in(row.pk, NOON)
    assert (fresh(row).step, fresh(row).problem) == ("draft", "AWS is out of reach.")


def test_a_declined_campaign_says_what_to_mend_and_takes_a_new_version(aws, boss, brand):
    short = {"messageSamples.messageSample1": "ACME: 20% off: bit.ly/shirts STOP to end."}
    row = draft(CAMPAIGN, {**forms.CAMPAIGN, **short}, boss, brand=brand.pk)
    assert "601" in {one.code for one in registering.doubts_of(row)}
    row = handed_in(row, boss)
    aws(15)
    looked()
    row = fresh(row)
    assert row.status == "REQUIRES_UPDATES"
    assert row.troubles["messageSamples.messageSample1"].startswith("601")
    registering.rewrite(row.pk, boss)
    mended = {**forms.CAMPAIGN}
    registering.write(row.pk, mended, brand.pk, (), boss)
    row = handed_in(row, boss)
    aws(16)
    looked(hours=24)
    assert fresh(row).status == "COMPLETE"
    assert len(fresh(row).versions) == 2


def test_a_campaigns_number_gets_its_pace_and_its_brands_cap(aws, boss, brand):
    row = handed_in(draft(CAMPAIGN, forms.CAMPAIGN, boss, brand=brand.pk), boss)
    aws(16)
    looked()
    number = provisioning.buy(wanted(kind="TEN_DLC", country="US"), boss)
    registering.associate(row.pk, number.pk, boss)
    aws(15)
    identity_sync.read(timezone.now())  # what a purchase tells is not overwritten by older news
    Registration.objects.update(check_at=NOON)
    looked()
    found = Originator.objects.get(pk=number.originator_id)
    assert (found.active, found.registered, found.pace) == (True, True, 1)
    assert found.ten_dlc_campaign.name == row.aws_id
    assert found.brand == Brand.objects.get(name="ACME", daily_parts=2000)
    provisioning.release(number.pk, boss)


@pytest.mark.parametrize("step", ["draft", "handing_in"])
def test_a_reading_leaves_alone_what_is_being_written_or_handed_in(aws, boss, step):
    row = handed_in(draft(BRAND, forms.BRAND, boss), boss)
    mine = {"companyInfo.companyName": "ACME Holding"}
    Registration.objects.filter(pk=row.pk).update(step=step, values=mine)
    looked()
    assert (fresh(row).step, fresh(row).values) == (step, mine)


def test_a_new_version_that_is_begun_while_aws_is_asked_stays_begun(aws, boss, brand):
    class Slow(Registrations):
        def links(self, name):
            registering.rewrite(brand.pk, boss)
            return super().links(name)

    slow = Slow(identity_sync.client(), 0)
    (found,) = slow.all([brand.aws_id])
    Registration.objects.update(check_at=NOON)
    registration_sync.keep(slow, found, NOON)
    assert fresh(brand).step == "draft"


def test_polls_come_less_often_while_nothing_changes(aws, boss):
    row = handed_in(draft(BRAND, forms.BRAND, boss), boss)
    pauses = []
    for hour in (1, 2, 3):
        Registration.objects.update(check_at=NOON)
        looked(hours=hour)
        pauses.append(fresh(row).check_at - fresh(row).checked_at)
    assert pauses == sorted(pauses)
    assert pauses[0] < pauses[-1]


def test_nobody_writes_without_the_permission(db):
    clerk = get_user_model().objects.create_user("clerk", is_staff=True)
    with pytest.raises(PermissionDenied):
        registering.begin(BRAND, "Acme", clerk)


def test_the_page_keeps_checks_and_asks_once_more(aws, admin_client):
    admin_client.post(
        reverse("admin:campaigns_registration_start"), {"kind": BRAND, "label": "Acme"}
    )
    row = Registration.objects.get()
    address = reverse("admin:campaigns_registration_write", args=[row.pk])
    form = {path: said[0] if isinstance(said, list) else said for path, said in forms.BRAND.items()}
    shown = admin_client.post(address, {**form, "contactInfo.website": "acme", "check": "yes"})
    shown = admin_client.get(shown["Location"]).content.decode()
    assert "1 thing is missing or has not the right form" in shown
    answer = admin_client.post(address, {**form, "check": "yes"}, follow=True)
    assert "AWS has all that it asks for" in answer.content.decode()
    submit = reverse("admin:campaigns_registration_submit", args=[row.pk])
    assert "About $4, once." in admin_client.post(submit).content.decode()
    assert fresh(row).step == "draft"
    admin_client.post(submit, {"confirmed": "yes"})
    assert fresh(row).step == "handing_in"
    page = admin_client.get(reverse("admin:campaigns_registration_change", args=[row.pk]))
    assert "It is being handed in" in page.content.decode()


def test_a_file_goes_to_aws_and_a_wrong_one_does_not(aws, boss, admin_client):
    row = registering.begin(registration_sync.TOLL_FREE, "Line", boss)
    address = reverse("admin:campaigns_registration_write", args=[row.pk])
    picture = SimpleUploadedFile("form.png", forms.PICTURE)
    admin_client.post(address, {"messagingUseCase.optInImage": picture})
    found = fresh(row).values["messagingUseCase.optInImage"]
    assert fresh(row).files == {found: "form.png"}
    with pytest.raises(Refused, match="PDF, PNG or JPEG"):
        registering.attach(row.pk, "messagingUseCase.optInImage", "x.gif", b"GIF89a", boss)


AUSTRALIA = "AU_SENDER_ID_REGISTRATION"


def test_every_type_that_aws_names_can_be_begun(aws, admin_client):
    RegistrationForm.objects.create(
        kind="XX_NEW_REGISTRATION", title="Something new", description="Told by AWS.", read_at=NOON
    )
    shown = admin_client.get(reverse("admin:campaigns_registration_start")).content.decode()
    assert shown.index("US toll-free number") < shown.index("Australia sender ID")
    assert "Told by AWS." in shown
    assert "AWS does not tell the price here" in shown


def test_a_sender_id_that_is_registered_abroad_becomes_a_sender(aws, boss, admin_client):
    AwsSource.objects.create(name=identity_sync.IDENTITIES, due_at=NOON + timedelta(days=9))
    row = registering.begin(AUSTRALIA, "Down under", boss)
    letter = registering.attach(
        row.pk, "australiaInfo.letterOfAuthorization", "letter.png", forms.PICTURE, boss
    )
    said = {
        "senderIdInfo.senderId": "EXAMPLECO",
        "australiaInfo.letterOfAuthorization": letter,
    }
    registering.write(row.pk, said, None, (), boss)
    assert registering.doubts_of(fresh(row)) == []
    question = admin_client.post(reverse("admin:campaigns_registration_submit", args=[row.pk]))
    assert "AWS does not tell the price here" in question.content.decode()
    row = handed_in(row, boss)
    aws(9)
    looked()
    assert fresh(row).status == "COMPLETE"
    assert AwsSource.objects.get(name=identity_sync.IDENTITIES).due_at == NOON + timedelta(hours=12)
    identity_sync.read(NOON)
    sender = Originator.objects.get(identity="EXAMPLECO")
    assert (sender.kind, sender.country, sender.registered) == ("SENDER_ID", "AU", True)
    identity_sync.client().release_sender_id(SenderId="EXAMPLECO", IsoCountryCode="AU")


def test_a_registration_abroad_takes_numbers_of_its_country_alone(boss):
    form = RegistrationForm.objects.create(
        kind="GB_LONG_CODE_REGISTRATION",
        title="Long codes",
        read_at=NOON,
        associations=[
            {
                "ResourceType": "phone-number",
                "IsoCountryCode": "GB",
                "AssociationBehavior": "ASSOCIATE_AFTER_COMPLETE",
            }
        ],
    )
    british = OriginatorFactory(kind="LONG_CODE", country="GB", identity="+442071234567")
    american = OriginatorFactory(kind="TEN_DLC", country="US", identity="+12065550133")
    for place, sender in enumerate((british, american)):
        AwsIdentity.objects.create(
            aws_id=f"phone-{place}", arn=f"arn:{place}", originator=sender, read_at=NOON
        )
    assert [one.originator for one in registering.numbers_for(form)] == [british]
