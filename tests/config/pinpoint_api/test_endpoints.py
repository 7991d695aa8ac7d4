import pytest
from botocore.exceptions import ClientError
from django.contrib.auth.models import User

from compliance import opt_outs
from compliance.models import Consent, LedgerEntry
from config.models import KeyAttestation
from contacts.models import Contact, Endpoint
from tests.campaigns.factories import NOON, ContactFactory
from tests.compliance.factories import ProgramFactory
from tests.config.pinpoint_api import caller

pytestmark = pytest.mark.django_db
ANA, BEN = "+12125550111", "+12125550112"


@pytest.fixture
def program():
    return ProgramFactory()


@pytest.fixture
def put(pinpoint, program):
    def put(endpoint_id="ana", client=pinpoint, app=program, **said):
        request = {"Address": ANA, "ChannelType": "SMS"} | said
        request = {name: value for name, value in request.items() if value is not None}
        return client.update_endpoint(
            ApplicationId=app.application_id, EndpointId=endpoint_id, EndpointRequest=request
        )

    return put


@pytest.fixture
def get(pinpoint, program):
    def get(endpoint_id="ana", app=program):
        answer = pinpoint.get_endpoint(ApplicationId=app.application_id, EndpointId=endpoint_id)
        return answer["EndpointResponse"]

    return get


def refusal(call, **arguments):
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    error = caught.value.response["Error"]
    return error["Code"], error["Message"]


def test_what_is_put_is_returned(put, get):
    said = {
        "Attributes": {"Plan": ["premium"], "Ride": ["bus", "train"]},
        "Metrics": {"orders": 4.0},
        "Demographic": {"Timezone": "America/Chicago", "Locale": "en_US", "Make": "Acme"},
        "Location": {
            "City": "Chicago", "Country": "US", "PostalCode": "60601", "Region": "IL",
            "Latitude": 41.9, "Longitude": -87.6,
        },
        "OptOut": "NONE",
        "User": {"UserId": "u-1", "UserAttributes": {"FirstName": ["Ana"]}},
    }  # fmt: skip
    answer = put(**said)
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 202
    assert answer["MessageBody"]["Message"] == "Accepted"
    found = get()
    assert {name: found[name] for name in said} == said
    assert (found["Id"], found["Address"], found["EndpointStatus"]) == ("ana", ANA, "ACTIVE")
    assert 0 <= int(found["CohortId"]) <= 99


def test_what_is_not_given_stays_and_an_empty_list_removes(put, get):
    put(Attributes={"Plan": ["premium"], "City": ["NY"]}, User={"UserId": "u-1"})
    put(Address=None, ChannelType=None, Attributes={"Plan": ["free"], "City": []})
    found = get()
    assert found["Attributes"] == {"Plan": ["free"]}
    assert found["User"]["UserId"] == "u-1"


def test_the_same_number_under_another_id_makes_the_first_inactive(put, get):
    put("first")
    put("second")
    assert (get("first")["EndpointStatus"], get("second")["EndpointStatus"]) == (
        "INACTIVE", "ACTIVE",
    )  # fmt: skip
    assert Contact.objects.count() == 1


def test_applications_name_one_person_by_ids_of_their_own(put, get):
    other = ProgramFactory()
    put("ana")
    put("ana", app=other, Address=BEN)
    assert get("ana")["Address"] == ANA
    assert get("ana", other)["Address"] == BEN


def test_an_endpoint_may_get_another_number(put, get):
    put()
    put(Address=BEN)
    assert get()["Address"] == BEN
    assert Contact.objects.count() == 2


def test_the_articles_numbers_are_taken(put, get):
    put("sms-user-001", Address="+11234567890")
    assert get("sms-user-001")["Address"] == "+11234567890"


def test_optout_none_alone_is_no_consent(put):
    put(OptOut="NONE")
    assert not Consent.objects.exists()


@pytest.fixture
def vouched(program, pinpoint):
    from config.models import AccessKey

    return KeyAttestation.objects.create(
        key=AccessKey.objects.get(), program=program, basis="web_form", origin="https://acme",
        wording="I agree", attested_by=User.objects.get(username="root"),
    )  # fmt: skip


def test_where_somebody_vouches_optout_none_is_a_yes_on_record(put, vouched, program):
    put(OptOut="NONE")
    put(OptOut="NONE")
    consent = Consent.objects.get(phone=ANA, program=program)
    assert consent.state == "active"
    entry = LedgerEntry.objects.get()
    assert (entry.source, entry.recorded_by) == ("api", "root")
    assert entry.evidence["basis"] == "web_form"
    assert entry.evidence["api_key"].startswith("SPAK")


def test_who_said_stop_is_not_opted_in_by_a_call(put, get, vouched):
    put(OptOut="NONE")
    opt_outs.opt_out(ANA, source=LedgerEntry.Source.KEYWORD, happened_at=NOON, evidence={})
    put(OptOut="NONE")
    assert get()["OptOut"] == "ALL"


def test_optout_all_is_a_no_at_once_and_stays_one(put, get, vouched, program):
    put(OptOut="NONE")
    put(OptOut="ALL")
    assert Consent.objects.get(program=program, message_class="promotional").state == "revoked"
    put(OptOut="NONE")
    assert Consent.objects.get(program=program, message_class="promotional").state == "revoked"
    assert get()["OptOut"] == "ALL"


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"Address": None}, "needs a phone number"),
        ({"Address": "12"}, "digits"),
        ({"ChannelType": "EMAIL"}, "SMS only"),
        ({"OptOut": "all"}, "ALL or NONE"),
        ({"EndpointStatus": "gone"}, "ACTIVE or INACTIVE"),
        ({"Attributes": {"n" * 51: ["x"]}}, "50 characters"),
        ({"Attributes": {"Plan": ["x" * 101]}}, "100 characters"),
        ({"Attributes": {"Plan": ["x"] * 51}}, "50 values"),
        ({"Attributes": {f"a{n}": ["x"] for n in range(251)}}, "250"),
        ({"User": {"UserId": "u" * 201}}, "200 characters"),
        ({"Demographic": {"Timezone": "Mars/Base"}}, "Timezone"),
        ({"Location": {"Country": "Atlantis"}}, "Country"),
        ({"Location": {"Latitude": 10.0}}, "both"),
        ({"Location": {"Latitude": 100.0, "Longitude": 0.0}}, "90 degrees"),
        ({"User": {"UserId": "u\0"}}, "NUL"),
    ],
)
def test_what_cannot_be_taken_is_a_bad_request_and_changes_nothing(pinpoint, program, said, words):
    request = {"Address": ANA, "ChannelType": "SMS"} | said
    request = {name: value for name, value in request.items() if value is not None}
    code, found = refusal(
        pinpoint.update_endpoint,
        ApplicationId=program.application_id,
        EndpointId="ana",
        EndpointRequest=request,
    )
    assert (code, words in found) == ("BadRequestException", True), found
    assert not Contact.objects.exists()


def test_an_id_with_braces_is_refused(pinpoint, program):
    code, _ = refusal(
        pinpoint.update_endpoint,
        ApplicationId=program.application_id,
        EndpointId="${id}",
        EndpointRequest={"Address": ANA, "ChannelType": "SMS"},
    )
    assert code == "BadRequestException"


def test_a_batch_is_written_whole(pinpoint, program, get):
    items = [
        {"Id": f"e{n}", "Address": f"+1212556{n:04d}", "ChannelType": "SMS"} for n in range(100)
    ]
    pinpoint.update_endpoints_batch(
        ApplicationId=program.application_id, EndpointBatchRequest={"Item": items}
    )
    assert Endpoint.objects.count() == 100
    assert get("e7")["Address"] == "+12125560007"


def test_a_batch_with_one_bad_item_is_written_not_at_all(pinpoint, program):
    items = [
        {"Id": "a", "Address": ANA, "ChannelType": "SMS"},
        {"Id": "b", "Address": "nobody", "ChannelType": "SMS"},
    ]
    code, words = refusal(
        pinpoint.update_endpoints_batch,
        ApplicationId=program.application_id,
        EndpointBatchRequest={"Item": items},
    )
    assert (code, "Item[1]" in words) == ("BadRequestException", True)
    assert not Contact.objects.exists()


def test_a_users_endpoints_are_listed_and_forgotten(pinpoint, program, put):
    put("one", User={"UserId": "u-1"})
    put("two", Address=BEN, User={"UserId": "u-1"})
    asked = {"ApplicationId": program.application_id, "UserId": "u-1"}
    items = pinpoint.get_user_endpoints(**asked)["EndpointsResponse"]["Item"]
    assert [item["Id"] for item in items] == ["one", "two"]
    pinpoint.delete_user_endpoints(**asked)
    assert refusal(pinpoint.get_user_endpoints, **asked)[0] == "NotFoundException"
    assert Contact.objects.count() == 2


def test_a_user_has_fifteen_endpoints_at_most(pinpoint, program, put):
    for n in range(15):
        put(f"e{n}", Address=f"+1212556{n:04d}", User={"UserId": "u-1"})
    with pytest.raises(ClientError, match="15 endpoints"):
        put("one more", User={"UserId": "u-1"})


@pytest.mark.parametrize("numbers", [(ANA, BEN), (BEN, ANA)])
def test_an_endpoint_that_stands_twice_in_a_batch_is_as_the_last_says(
    pinpoint, program, get, numbers
):
    items = [{"Id": "ana", "Address": number, "ChannelType": "SMS"} for number in numbers]
    pinpoint.update_endpoints_batch(
        ApplicationId=program.application_id, EndpointBatchRequest={"Item": items}
    )
    assert get()["Address"] == numbers[-1]


def test_a_metric_too_large_for_a_computers_whole_numbers_comes_back(put, get):
    put(Metrics={"views": 1e20})
    assert get()["Metrics"] == {"views": 1e20}


def test_an_endpoint_that_is_deleted_leaves_its_contact(pinpoint, program, put):
    put()
    asked = {"ApplicationId": program.application_id, "EndpointId": "ana"}
    assert pinpoint.delete_endpoint(**asked)["EndpointResponse"]["Id"] == "ana"
    assert refusal(pinpoint.get_endpoint, **asked)[0] == "NotFoundException"
    assert Contact.objects.filter(phone=ANA).exists()


def test_nobody_of_a_list_is_found_by_an_id_that_was_deleted(pinpoint, program, put):
    ContactFactory(phone=ANA, endpoint_id="ana")
    put()
    asked = {"ApplicationId": program.application_id, "EndpointId": "ana"}
    pinpoint.delete_endpoint(**asked)
    assert refusal(pinpoint.get_endpoint, **asked)[0] == "NotFoundException"


def test_who_came_with_a_list_is_found_by_the_id_of_the_list(get):
    contact = ContactFactory(phone=ANA, endpoint_id="ep-000123")
    assert get("ep-000123")["Address"] == ANA
    assert get(f"sendpoint-contact-{contact.pk}")["Address"] == ANA


def test_who_is_another_applications_alone_is_not_found(pinpoint, program, put, get):
    contact = ContactFactory(phone=ANA, endpoint_id="ep-1")
    put("theirs", app=ProgramFactory(name="Clinic"))
    for name in ("ep-1", f"sendpoint-contact-{contact.pk}"):
        asked = {"ApplicationId": program.application_id, "EndpointId": name}
        assert refusal(pinpoint.get_endpoint, **asked)[0] == "NotFoundException"
    put("ours")
    assert get("ep-1")["Address"] == ANA


def test_an_id_that_lists_gave_to_two_people_is_nobodys(pinpoint, program):
    ContactFactory(phone=ANA, endpoint_id="42")
    ContactFactory(phone=BEN, endpoint_id="42")
    asked = {"ApplicationId": program.application_id, "EndpointId": "42"}
    assert refusal(pinpoint.get_endpoint, **asked)[0] == "NotFoundException"


def test_a_number_that_is_no_id_of_the_application_is_nobody(pinpoint, program):
    contact = ContactFactory(phone=ANA)
    asked = {"ApplicationId": program.application_id, "EndpointId": str(contact.pk)}
    assert refusal(pinpoint.get_endpoint, **asked)[0] == "NotFoundException"
    code, _ = refusal(
        pinpoint.update_endpoint, **asked, EndpointRequest={"Attributes": {"Plan": ["gold"]}}
    )
    assert code == "BadRequestException"


def test_a_number_is_masked_for_a_key_that_may_not_see_it(put, program):
    put()
    client = caller.client_of(*caller.key_with("contacts.view_contact", name="reader"))
    found = client.get_endpoint(ApplicationId=program.application_id, EndpointId="ana")
    assert found["EndpointResponse"]["Address"] == "+1••••••••11"
