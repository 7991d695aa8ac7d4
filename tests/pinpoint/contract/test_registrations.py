"""Registrations from the first draft to a number that may send."""

import contextlib
import json
import urllib.request

import pytest

from . import forms
from .conftest import reason

BRAND, CAMPAIGN = "US_TEN_DLC_BRAND_REGISTRATION", "US_TEN_DLC_CAMPAIGN_REGISTRATION"
TOLL_FREE, VETTING = "US_TOLL_FREE_REGISTRATION", "US_TEN_DLC_BRAND_VETTING"


@pytest.fixture
def forward(account):
    """Let days pass."""

    def pass_days(days):
        body = json.dumps({"days": days}).encode()
        request = urllib.request.Request(f"{account}/_simulator/forward", body)
        urllib.request.urlopen(request, timeout=5).close()

    return pass_days


@pytest.fixture
def registered(sms):
    """Make registrations, which are deleted when the test ends."""
    made = []

    def create(kind, values):
        name = sms.create_registration(RegistrationType=kind)["RegistrationId"]
        made.append(name)
        fill(sms, name, values)
        return name

    yield create
    for name in made:
        with contextlib.suppress(sms.exceptions.ConflictException):  # it is under way
            sms.delete_registration(RegistrationId=name)


def fill(sms, name, values):
    for path, said in values.items():
        member = "SelectChoices" if isinstance(said, list) else "TextValue"
        sms.put_registration_field_value(RegistrationId=name, FieldPath=path, **{member: said})


def status(sms, name):
    (found,) = sms.describe_registrations(RegistrationIds=[name])["Registrations"]
    return found["RegistrationStatus"]


def last_version(sms, name):
    versions = sms.describe_registration_versions(RegistrationId=name)["RegistrationVersions"]
    return versions[-1]


@pytest.fixture
def brand(sms, registered, forward):
    name = registered(BRAND, forms.BRAND)
    sms.submit_registration_version(RegistrationId=name)
    forward(3)
    return name


def test_the_forms_describe_themselves(sms):
    kinds = sms.describe_registration_type_definitions()["RegistrationTypeDefinitions"]
    sections = sms.describe_registration_section_definitions(RegistrationType=CAMPAIGN)
    fields = sms.describe_registration_field_definitions(RegistrationType=CAMPAIGN)
    paths = [one["SectionPath"] for one in sections["RegistrationSectionDefinitions"]]
    assert {BRAND, VETTING, CAMPAIGN, TOLL_FREE} <= {one["RegistrationType"] for one in kinds}
    assert {one["SectionPath"] for one in fields["RegistrationFieldDefinitions"]} == set(paths)


def test_a_brand_is_reviewed_for_a_day_and_then_complete(sms, registered, forward):
    name = registered(BRAND, forms.BRAND)
    assert status(sms, name) == "CREATED"
    sms.submit_registration_version(RegistrationId=name)
    assert status(sms, name) == "SUBMITTED"
    forward(1)
    assert status(sms, name) == "REVIEWING"
    forward(2)
    assert status(sms, name) == "COMPLETE"
    history = last_version(sms, name)["RegistrationVersionStatusHistory"]
    assert history["SubmittedTimestamp"] < history["ApprovedTimestamp"]


def test_a_draft_with_a_gap_is_not_taken(sms, registered):
    name = registered(BRAND, {"companyInfo.companyName": "ACME"})
    assert reason(sms.submit_registration_version, RegistrationId=name) == "MISSING_PARAMETER"


def test_a_public_company_must_name_its_stock_and_confirm_by_mail(sms, registered, forward):
    public = {**forms.BRAND, "companyInfo.legalType": ["PUBLIC_PROFIT"]}
    name = registered(BRAND, public)
    assert reason(sms.submit_registration_version, RegistrationId=name) == "MISSING_PARAMETER"
    stock = {"stockSymbol": "ACME", "stockExchange": "NASDAQ"}
    mail = {"businessContactEmail": "ceo@acme.example"}
    fill(sms, name, {f"companyInfo.{key}": value for key, value in {**stock, **mail}.items()})
    sms.submit_registration_version(RegistrationId=name)
    forward(1)
    assert status(sms, name) == "REQUIRES_AUTHENTICATION"
    forward(3)


@pytest.mark.parametrize(
    ("path", "said", "expected"),
    [
        ("companyInfo.taxIdIssuingCountry", "usa", "FIELD_VALIDATION_FAILED"),
        ("contactInfo.website", "acme", "FIELD_VALIDATION_FAILED"),
        ("companyInfo.legalType", ["FAMILY"], "FIELD_VALIDATION_FAILED"),
        ("companyInfo.shoeSize", "44", "UNKNOWN_REGISTRATION_FIELD"),
    ],
)
def test_values_are_held_against_the_definition(sms, registered, path, said, expected):
    member = "SelectChoices" if isinstance(said, list) else "TextValue"
    members = {"RegistrationId": registered(BRAND, {}), "FieldPath": path, member: said}
    assert reason(sms.put_registration_field_value, **members) == expected


def test_a_declined_campaign_says_why_and_takes_a_new_version(sms, brand, registered, forward):
    shortened = "Shirts are 20% off: bit.ly/shirts. Reply STOP to end."
    name = registered(CAMPAIGN, {**forms.CAMPAIGN, "messageSamples.messageSample1": shortened})
    sms.create_registration_association(RegistrationId=name, ResourceId=brand)
    sms.submit_registration_version(RegistrationId=name)
    refused = reason(sms.create_registration_version, RegistrationId=name)
    forward(15)
    version = last_version(sms, name)
    (value,) = sms.describe_registration_field_values(
        RegistrationId=name, FieldPaths=["messageSamples.messageSample1"]
    )["RegistrationFieldValues"]
    assert refused == "CREATE_REGISTRATION_VERSION_NOT_ALLOWED"
    assert status(sms, name) == "REQUIRES_UPDATES"
    assert {one["Reason"] for one in version["DeniedReasons"]} == {"601"}
    assert value["DeniedReason"] == "601"
    sms.create_registration_version(RegistrationId=name)
    fill(sms, name, {"messageSamples.messageSample1": "ACME: 20% off. Reply STOP to end."})
    sms.submit_registration_version(RegistrationId=name)
    forward(16)
    assert status(sms, name) == "COMPLETE"


def test_a_number_of_an_approved_campaign_may_send_two_weeks_later(
    sms, brand, registered, forward, buy
):
    name = registered(CAMPAIGN, forms.CAMPAIGN)
    first = reason(sms.submit_registration_version, RegistrationId=name)
    sms.create_registration_association(RegistrationId=name, ResourceId=brand)
    sms.submit_registration_version(RegistrationId=name)
    forward(16)
    number = buy()["PhoneNumberId"]
    sms.create_registration_association(RegistrationId=name, ResourceId=number)
    (waiting,) = sms.describe_phone_numbers(PhoneNumberIds=[number])["PhoneNumbers"]
    forward(14)
    (ready,) = sms.describe_phone_numbers(PhoneNumberIds=[number])["PhoneNumbers"]
    links = sms.list_registration_associations(RegistrationId=name)["RegistrationAssociations"]
    assert first == "INVALID_REGISTRATION_ASSOCIATION"
    assert (waiting["Status"], ready["Status"]) == ("ASSOCIATING", "ACTIVE")
    assert ready["MessagingLimits"]["DailyMessageCaps"] == {"T-MOBILE": 2000}
    assert {one["ResourceType"] for one in links} == {"registration", "phone-number"}


def test_vetting_before_the_campaign_allows_more(sms, brand, registered, forward, buy):
    vetting = registered(VETTING, {})
    sms.create_registration_association(RegistrationId=vetting, ResourceId=brand)
    sms.submit_registration_version(RegistrationId=vetting)
    name = registered(CAMPAIGN, forms.CAMPAIGN)
    sms.create_registration_association(RegistrationId=name, ResourceId=brand)
    sms.submit_registration_version(RegistrationId=name)
    forward(16)
    number = buy(RegistrationId=name)["PhoneNumberId"]
    (found,) = sms.describe_phone_numbers(PhoneNumberIds=[number])["PhoneNumbers"]
    assert found["MessagingLimits"]["RateLimits"] == {"SMS": 40}


def test_a_toll_free_number_waits_for_its_verification(sms, registered, forward, buy):
    number = buy("TOLL_FREE", "TRANSACTIONAL")["PhoneNumberId"]
    name = registered(TOLL_FREE, forms.TOLL_FREE)
    attachment = sms.create_registration_attachment(AttachmentBody=forms.PICTURE)
    sms.put_registration_field_value(
        RegistrationId=name,
        FieldPath="messagingUseCase.optInImage",
        RegistrationAttachmentId=attachment["RegistrationAttachmentId"],
    )
    sms.create_registration_association(RegistrationId=name, ResourceId=number)
    sms.submit_registration_version(RegistrationId=name)
    forward(12)
    (found,) = sms.describe_phone_numbers(PhoneNumberIds=[number])["PhoneNumbers"]
    assert (found["Status"], found["RegistrationId"]) == ("ACTIVE", name)


def test_a_file_of_another_kind_is_not_taken(sms):
    call = sms.create_registration_attachment
    assert reason(call, AttachmentBody=b"GIF89a") == "ATTACHMENT_TYPE_NOT_SUPPORTED"


def test_a_sender_id_is_there_once_its_registration_is_approved(sms, forward):
    kind = "AU_SENDER_ID_REGISTRATION"
    [found] = sms.describe_registration_type_definitions(RegistrationTypes=[kind])[
        "RegistrationTypeDefinitions"
    ]
    assert found["SupportedAssociations"][0]["AssociationBehavior"] == "ASSOCIATE_ON_APPROVAL"
    name = sms.create_registration(RegistrationType=kind)["RegistrationId"]
    fill(sms, name, {"senderIdInfo.senderId": "EXAMPLECO"})
    missing = reason(sms.submit_registration_version, RegistrationId=name)
    assert missing == "MISSING_PARAMETER"
    letter = sms.create_registration_attachment(AttachmentBody=forms.PICTURE)
    sms.put_registration_field_value(
        RegistrationId=name,
        FieldPath="australiaInfo.letterOfAuthorization",
        RegistrationAttachmentId=letter["RegistrationAttachmentId"],
    )
    sms.submit_registration_version(RegistrationId=name)
    sender = {"SenderId": "EXAMPLECO", "IsoCountryCode": "AU"}
    assert sender not in there(sms)
    forward(9)
    assert status(sms, name) == "COMPLETE"
    assert sender in there(sms)
    [link] = sms.list_registration_associations(RegistrationId=name)["RegistrationAssociations"]
    assert (link["ResourceType"], link["ResourceId"]) == ("sender-id", "EXAMPLECO")
    sms.release_sender_id(**sender)
    sms.delete_registration(RegistrationId=name)


def there(sms):
    names = ("SenderId", "IsoCountryCode")
    return [{name: one[name] for name in names} for one in sms.describe_sender_ids()["SenderIds"]]
