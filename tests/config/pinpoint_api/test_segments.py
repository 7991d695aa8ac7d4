import pytest
from botocore.exceptions import ClientError
from django.contrib.admin.models import LogEntry
from django.urls import reverse

from contacts import endpoints, segments
from contacts.models import Contact, ContactList, Segment
from contacts.segments import saving, words
from tests.campaigns.factories import NOON, CampaignFactory, SegmentFactory
from tests.compliance.factories import ProgramFactory
from tests.config.pinpoint_api import caller

pytestmark = pytest.mark.django_db
GOLD = {"Attributes": {"Plan": {"AttributeType": "INCLUSIVE", "Values": ["gold"]}}}
FREE = {"Attributes": {"Plan": {"AttributeType": "INCLUSIVE", "Values": ["free"]}}}


@pytest.fixture
def app(pinpoint):
    return App(pinpoint, ProgramFactory())


class App:
    """One application, asked through boto3."""

    def __init__(self, client, program):
        self.client, self.program = client, program
        self.id = program.application_id

    def create(self, name="Gold", **request):
        answer = self.client.create_segment(
            ApplicationId=self.id, WriteSegmentRequest={"Name": name} | request
        )
        assert answer["ResponseMetadata"]["HTTPStatusCode"] == 201
        return answer["SegmentResponse"]

    def get(self, identifier):
        answer = self.client.get_segment(ApplicationId=self.id, SegmentId=identifier)
        return answer["SegmentResponse"]

    def update(self, identifier, **request):
        return self.client.update_segment(
            ApplicationId=self.id, SegmentId=identifier, WriteSegmentRequest=request
        )["SegmentResponse"]

    def delete(self, identifier):
        return self.client.delete_segment(ApplicationId=self.id, SegmentId=identifier)

    def names(self):
        found = self.client.get_segments(ApplicationId=self.id)["SegmentsResponse"]["Item"]
        return [one["Name"] for one in found]


def stored(answer):
    return Segment.objects.get(pinpoint_id=answer["Id"])


def refused(call, *given, **named):
    with pytest.raises(ClientError) as caught:
        call(*given, **named)
    return caught.value.response["Error"]["Code"], str(caught.value)


def test_a_segment_is_made_and_finds_its_people(app):
    Contact.objects.create(phone="+12125550101", attributes={"Plan": ["gold"]})
    Contact.objects.create(phone="+12125550102", attributes={"Plan": ["free"]})
    made = app.create(Dimensions=GOLD)
    assert made["SegmentType"] == "DIMENSIONAL"
    assert (made["Name"], made["Version"], made["Dimensions"]) == ("Gold", 1, GOLD)
    assert segments.count(stored(made).rules) == 1
    assert app.get(made["Id"])["Dimensions"] == GOLD


def test_a_segment_finds_the_applications_own_people_and_whom_none_registered(app):
    other = ProgramFactory()
    for place, (application, status) in enumerate(
        [(app.id, "ACTIVE"), (app.id, "INACTIVE"), (other.application_id, "ACTIVE")]
    ):
        said = {"Address": f"+1212555010{place}", "EndpointStatus": status}
        endpoints.put(application, f"e-{place}", said, NOON)
    of_both = {"Address": "+12125550105"}
    endpoints.put(app.id, "both", of_both, NOON)
    endpoints.put(other.application_id, "both", of_both, NOON)
    Contact.objects.create(phone="+12125550109")  # who came with a list
    found = segments.matching(stored(app.create()).rules).values_list("phone", flat=True)
    assert set(found) == {"+12125550100", "+12125550105", "+12125550109"}


def test_the_rule_on_whose_people_they_are_is_shown_in_words_and_may_go(app, admin_client):
    made = app.create(Dimensions=GOLD)
    kept = stored(made)
    lines = [line for _depth, line in words.lines(kept.rules)]
    assert f"Registered by the program is any of, or by none {app.program.name}" in lines
    page = admin_client.get(reverse("admin:contacts_segment_change", args=[kept.pk]))
    assert "Registered by the program" in page.content.decode()
    saving.save(kept, {**kept.rules, "rules": kept.rules["rules"][1:]}, None)
    assert app.get(made["Id"])["Dimensions"] == GOLD


def test_a_changed_segment_is_told_without_the_rule_on_whose_people_they_are(app):
    made = app.create(Dimensions=GOLD)
    kept = stored(made)
    of_rome = {"field": "country", "op": "is", "values": ["IT"]}
    saving.save(kept, {**kept.rules, "rules": [*kept.rules["rules"], of_rome]}, None)
    country = {"DimensionType": "INCLUSIVE", "Values": ["IT"]}
    assert app.get(made["Id"])["Dimensions"] == GOLD | {"Location": {"Country": country}}


def test_the_rules_of_a_deleted_programs_segment_still_hold(app):
    made = app.create(Dimensions=GOLD)
    app.program.delete()
    segments.validate(stored(made).rules)


def test_an_earlier_version_has_the_name_of_then(app):
    made = app.create("Gold", Dimensions=GOLD)
    app.update(made["Id"], Name="Platinum")
    versions = app.client.get_segment_versions(ApplicationId=app.id, SegmentId=made["Id"])
    assert [one["Name"] for one in versions["SegmentsResponse"]["Item"]] == ["Platinum", "Gold"]


def test_a_number_too_large_for_a_computers_whole_numbers_comes_back(app):
    rule = {"ComparisonOperator": "LESS_THAN", "Value": 1e300}
    made = app.create("Big", Dimensions={"Metrics": {"spent": rule}})
    assert app.get(made["Id"])["Dimensions"]["Metrics"]["spent"] == rule
    assert app.names() == ["Big"]


def test_a_segment_of_groups_names_others(app):
    gold = app.create(Dimensions=GOLD)
    groups = {
        "Include": "ALL",
        "Groups": [
            {
                "SourceType": "NONE",
                "SourceSegments": [{"Id": gold["Id"], "Version": 1}],
                "Type": "ALL",
                "Dimensions": [],
            }
        ],
    }
    made = app.create("Not gold", SegmentGroups=groups)
    assert app.get(made["Id"])["SegmentGroups"] == groups
    Contact.objects.create(phone="+12125550101", attributes={"Plan": ["gold"]})
    Contact.objects.create(phone="+12125550102")
    assert segments.count(stored(made).rules) == 1
    app.update(gold["Id"], Dimensions=FREE)
    assert segments.count(stored(made).rules) == 1  # it names version 1


def test_an_update_is_a_version_and_the_earlier_ones_stay(app):
    made = app.create(Dimensions=GOLD)
    updated = app.update(made["Id"], Name="Free", Dimensions=FREE)
    assert (updated["Version"], updated["Name"]) == (2, "Free")
    first = app.client.get_segment_version(ApplicationId=app.id, SegmentId=made["Id"], Version="1")[
        "SegmentResponse"
    ]
    assert first["Dimensions"] == GOLD
    versions = app.client.get_segment_versions(ApplicationId=app.id, SegmentId=made["Id"])
    assert [one["Version"] for one in versions["SegmentsResponse"]["Item"]] == [2, 1]
    code, _ = refused(
        app.client.get_segment_version, ApplicationId=app.id, SegmentId=made["Id"], Version="9"
    )
    assert code == "NotFoundException"


def test_a_new_name_alone_leaves_the_rules(app):
    made = app.create(Dimensions=GOLD)
    assert app.update(made["Id"], Name="Golden")["Dimensions"] == GOLD
    assert stored(made).name == "Golden"


def test_what_was_changed_in_the_admin_is_told_as_it_is_now(app):
    made = app.create(Dimensions=GOLD)
    rules = {
        "match": "all",
        "rules": [{"field": "attributes.Plan", "op": "is", "values": ["free"]}],
    }
    saving.save(stored(made), rules, None)
    assert app.get(made["Id"])["Dimensions"] == FREE
    rules["rules"].append({"field": "city", "op": "is", "values": ["Rome"]})
    saving.save(stored(made), rules, None)
    beyond = app.get(made["Id"])
    assert "Dimensions" not in beyond
    assert "SegmentGroups" not in beyond
    app.update(made["Id"], Name="Still Rome")
    assert stored(made).rules == rules


def test_names_need_not_be_unique(app):
    one, two = app.create(Dimensions=GOLD), app.create(Dimensions=FREE)
    assert one["Name"] == two["Name"] == "Gold"
    assert app.get(two["Id"])["Name"] == "Gold"
    assert {stored(one).name, stored(two).name} == {"Gold", "Gold (2)"}


def test_an_application_sees_its_own_segments_and_those_of_the_admin(app):
    SegmentFactory(name="Everybody's")
    app.create("Mine")
    other = App(app.client, ProgramFactory())
    theirs = other.create("Theirs")
    assert app.names() == ["Mine", "Everybody's"]
    assert refused(app.get, theirs["Id"])[0] == "NotFoundException"


def test_a_key_of_some_programs_does_not_change_what_all_use(app):
    shared = SegmentFactory(name="Everybody's")
    key = caller.key_with(*caller.all_permissions(), programs=[app.program], name="one")
    limited = App(caller.client_of(*key), app.program)
    code, words = refused(limited.update, shared.pinpoint_id, Name="Mine")
    assert code == "BadRequestException"
    assert "admin" in words
    assert refused(limited.delete, shared.pinpoint_id)[0] == "BadRequestException"
    assert app.update(shared.pinpoint_id, Name="Renamed")["Name"] == "Renamed"


def test_a_deleted_segment_is_gone_and_its_name_free(app):
    made = app.create(Dimensions=GOLD)
    assert app.delete(made["Id"])["SegmentResponse"]["Id"] == made["Id"]
    assert refused(app.get, made["Id"])[0] == "NotFoundException"
    assert app.names() == []
    assert stored(app.create(Dimensions=FREE)).name == "Gold"


def test_what_a_campaign_still_sends_to_is_not_deleted(app):
    made = app.create(Dimensions=GOLD)
    campaign = CampaignFactory(segment=stored(made), name="Sale", status="scheduled")
    code, words = refused(app.delete, made["Id"])
    assert (code, "Sale" in words) == ("BadRequestException", True)
    campaign.status = "completed"
    campaign.save()
    app.delete(made["Id"])
    campaign.refresh_from_db()
    assert campaign.segment.deleted_at is not None


def test_a_long_list_takes_few_queries(app, django_assert_max_num_queries):
    SegmentFactory.create_batch(8)
    with django_assert_max_num_queries(15):
        assert len(app.names()) == 8


def test_a_list_of_people_is_an_imported_segment(app):
    people = ContactList.objects.create(name="VIPs", origin="file", people=3)
    rules = {"match": "all", "rules": [{"field": "list", "op": "is", "values": [str(people.pk)]}]}
    segment = SegmentFactory(name="VIPs", rules=rules)
    found = app.get(segment.pinpoint_id)
    assert found["SegmentType"] == "IMPORT"
    assert found["ImportDefinition"]["Size"] == 3
    assert refused(app.update, segment.pinpoint_id, Dimensions=GOLD)[0] == "BadRequestException"


@pytest.mark.parametrize(
    ("request_", "member"),
    [
        ({"Dimensions": {"Demographic": {"Make": {"Values": ["x"]}}}}, "Demographic.Make"),
        ({"Dimensions": {"Attributes": {"D": {"AttributeType": "ON", "Values": ["x"]}}}}, "date"),
        ({"Dimensions": GOLD, "SegmentGroups": {"Groups": [{}]}}, "SegmentGroups"),
        (
            {"SegmentGroups": {"Groups": [{"SourceSegments": [{"Id": "nope"}]}]}},
            "SourceSegments",
        ),
        (
            {"Dimensions": {"Metrics": {"n": {"ComparisonOperator": "ABOUT", "Value": 1.0}}}},
            "Metrics.n.ComparisonOperator",
        ),
        ({"Name": ""}, "Name"),
        ({"Name": "x" * 121}, "Name"),
    ],
)
def test_what_cannot_be_made_is_refused_by_member(app, request_, member):
    name = request_.pop("Name", "Odd")
    code, words = refused(app.create, name, **request_)
    assert code == "BadRequestException"
    assert member in words
    assert not Segment.everything.exists()


def test_each_change_is_in_the_audit_log(app):
    made = app.create(Dimensions=GOLD)
    app.update(made["Id"], Dimensions=FREE)
    app.delete(made["Id"])
    entries = LogEntry.objects.filter(content_type__model="segment").order_by("pk")
    assert [entry.action_flag for entry in entries] == [1, 2, 3]
    assert {entry.user.access_key.name for entry in entries} == {"shop"}
