"""What somebody kept of Pinpoint, as boto3 and the AWS CLI wrote it, comes here."""

import gzip
import json
from io import StringIO

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import connection

from campaigns.models import Campaign, Message, MessageTemplate
from compliance import opt_outs
from compliance.models import Consent, LedgerEntry, Program, Suppression
from contacts import endpoints, segments
from contacts.models import Contact, ContactList, Endpoint, Segment
from tests.aws import aws, moto_url
from tests.campaigns.factories import NOON
from tests.compliance.factories import OriginatorFactory
from tests.config.pinpoint_api import caller
from tests.config.pinpoint_api.conftest import _nothing_was_asked_before, pinpoint

__all__ = ("_nothing_was_asked_before", "aws", "moto_url", "pinpoint")
pytestmark = pytest.mark.django_db
APP = "0123456789abcdef0123456789abcdef"
ANA, BEN, EVA = "+12065550101", "+12065550102", "+12065550103"
NUMBER = "+12065559999"
ARN = f"arn:aws:mobiletargeting:us-east-1:1:apps/{APP}"
DATES = {"CreationDate": "2025-03-01T10:00:00.000Z", "LastModifiedDate": "2026-06-01T10:00:00Z"}
OURS = ("contacts_", "campaigns_", "compliance_", "django_admin", "config_")
GOLD = {"Attributes": {"Plan": {"AttributeType": "INCLUSIVE", "Values": ["gold"]}}}


def endpoint(name, number, **said):
    return {
        "ChannelType": "SMS", "Address": number, "EndpointStatus": "ACTIVE", "OptOut": "NONE",
        "Id": name, "ApplicationId": APP, "CohortId": "37", "RequestId": None,
        "CreationDate": "2025-03-01T10:00:00.000Z", "EffectiveDate": "2026-06-01T10:00:00.000Z",
        "Attributes": {"Plan": ["gold"]}, "User": {"UserId": f"u-{name}"},
    } | said  # fmt: skip


def segment(name, **said):
    return {
        "ApplicationId": APP, "Arn": f"{ARN}/segments/{name}",
        "Id": name, "Name": name.title(), "SegmentType": "DIMENSIONAL", "Version": 1, "tags": {},
        **DATES, "Dimensions": {"Attributes": {}, "Demographic": {}, "Location": {}},
    } | said  # fmt: skip


def campaign(name, **said):
    return {
        "ApplicationId": APP, "Arn": f"{ARN}/campaigns/{name}",
        "Id": name, "Name": name.title(), "SegmentId": "gold", "SegmentVersion": 1, "Version": 1,
        **DATES, "AdditionalTreatments": [], "Hook": {}, "IsPaused": False, "Limits": {},
        "MessageConfiguration": {"SMSMessage": {
            "Body": "Hi {{User.UserAttributes.FirstName}}!", "MessageType": "PROMOTIONAL",
            "OriginationNumber": NUMBER, "EntityId": "1101",
        }},
        "Schedule": {"StartTime": "IMMEDIATE", "QuietTime": {}},
        "State": {"CampaignStatus": "SCHEDULED"},
    } | said  # fmt: skip


def template(name, **said):
    return {
        "Arn": f"arn:aws:mobiletargeting:us-east-1:1:templates/{name}/SMS", "TemplateName": name,
        "TemplateType": "SMS", "Version": "1", "Body": "Hi {{Attributes.Name}}", **DATES,
    } | said  # fmt: skip


@pytest.fixture
def kept(tmp_path):
    """A folder with something of everything."""

    def write(name, content):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())

    write.path = tmp_path
    write("apps.json", {"ApplicationsResponse": {"Item": [
        {"Arn": ARN, "Id": APP, "Name": "Shop"},
    ]}, "ResponseMetadata": {"RetryAttempts": 0}})  # fmt: skip
    lines = [endpoint("ana", ANA), endpoint("ben", BEN, OptOut="ALL"), endpoint("eva", EVA)]
    write("people/1.gz", gzip.compress("\n".join(map(json.dumps, lines)).encode()))
    write("segments.json", {"SegmentsResponse": {"Item": [
        segment("both", SegmentGroups={"Include": "ALL", "Groups": [
            {"SourceSegments": [{"Id": "gold", "Version": 1}], "SourceType": "ANY", "Type": "ANY",
             "Dimensions": []},
        ]}),
        segment("gold", Dimensions=GOLD),
    ]}})  # fmt: skip
    write("templates/hello.json", {"SMSTemplateResponse": template("hello")})
    write("campaigns.json", {"Item": [campaign("sale")]})
    return write


@pytest.fixture
def move(kept):
    OriginatorFactory(identity=NUMBER, message_class="promotional")
    User.objects.create_superuser("root")

    def move(where=None, left=False, **options):
        printed = StringIO()
        given = {"by": "root", "json": True} | options
        where = str(where or kept.path)
        if left:
            with pytest.raises(SystemExit) as ended:
                call_command("migrate_from_pinpoint", where, stdout=printed, **given)
            assert ended.value.code == 3
        else:
            call_command("migrate_from_pinpoint", where, stdout=printed, **given)
        return json.loads(printed.getvalue()) if given["json"] else printed.getvalue()

    return move


def outcomes(report):
    return {(one["kind"], one["id"]): one["outcome"] for one in report["objects"]}


def everything():
    """Return all rows of all tables, but for sessions and the like."""
    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            if table.startswith(
                ("contacts_", "campaigns_", "compliance_", "django_admin", "config_")
            ):
                cursor.execute(f'SELECT * FROM "{table}"')
                found[table] = sorted(map(str, cursor.fetchall()))
    return found


def test_all_that_was_kept_is_here_under_its_own_ids(move, pinpoint):
    report = move()
    assert outcomes(report) == {
        ("application", APP): "exactly", ("template", "hello"): "exactly",
        ("segment", "gold"): "exactly", ("segment", "both"): "exactly",
        ("campaign", "sale"): "exactly",
    }  # fmt: skip
    assert report["endpoints"]["exactly"] == 3
    app = {"ApplicationId": APP}
    ana = pinpoint.get_endpoint(**app, EndpointId="ana")["EndpointResponse"]
    assert {name: ana[name] for name in ("Address", "CohortId", "CreationDate", "Attributes")} == {
        "Address": ANA, "CohortId": "37", "CreationDate": "2025-03-01T10:00:00.000Z",
        "Attributes": {"Plan": ["gold"]},
    }  # fmt: skip
    assert pinpoint.get_segment(**app, SegmentId="gold")["SegmentResponse"]["Dimensions"] == GOLD
    found = pinpoint.get_campaign(**app, CampaignId="sale")["CampaignResponse"]
    assert (found["Name"], found["SegmentId"]) == ("Sale", "gold")
    assert Campaign.objects.get(pinpoint_id="sale").india_entity == "1101"
    assert found["MessageConfiguration"]["SMSMessage"]["Body"].startswith("Hi {{User.")
    both = Segment.objects.get(pinpoint_id="both")
    assert segments.count(both.rules) == 3
    assert pinpoint.get_app(**app)["ApplicationResponse"]["Name"] == "Shop"
    assert MessageTemplate.objects.get().name == "hello"


def test_a_campaign_is_a_draft_that_sends_nothing(move):
    move()
    assert Campaign.objects.get().status == "draft"
    assert Campaign.objects.get().next_run_at is None
    assert not Message.objects.exists()


def test_running_again_changes_nothing(move):
    move()
    before = everything()
    report = move()
    assert everything() == before
    assert set(outcomes(report).values()) == {"there already"}
    assert report["endpoints"]["there already"] == 3


def test_what_a_program_changed_since_is_not_taken_back(move):
    move()
    endpoints.put(APP, "ana", {"Attributes": {"Plan": ["free"]}}, NOON)
    move()
    assert Contact.objects.get(phone=ANA).attributes == {"Plan": ["free"]}


def test_a_dry_run_tells_the_same_and_writes_nothing(move):
    before = everything()
    told = move(dry_run=True)
    assert everything() == before
    report = move()
    assert told["objects"] == report["objects"]
    assert told["endpoints"]["exactly"] == 3


def test_opted_out_people_are_suppressed_and_nobody_is_opted_in_without_evidence(move):
    report = move()
    assert report["endpoints"]["opted_out"] == 1
    assert list(Suppression.objects.values_list("phone", "scope")) == [(BEN, "all")]
    assert not Consent.objects.exists()
    entry = LedgerEntry.objects.get()
    assert (entry.source, entry.recorded_by, entry.evidence["line"]) == ("import", "root", 2)
    assert len(entry.evidence["file_sha256"]) == 64


def test_with_evidence_those_with_none_are_opted_in_but_never_who_said_no(move, kept):
    # Of one number that two files tell differently of, the no counts, in whatever order they come.
    other = endpoint("ben", BEN, ApplicationId="fedcba9876543210fedcba9876543210")
    kept("a-first.jsonl", json.dumps(other).encode())
    opt_outs.opt_out(EVA, source=LedgerEntry.Source.KEYWORD, happened_at=NOON, evidence={})
    report = move(basis="web_form", wording="I agree")
    assert list(Consent.objects.values_list("phone", "state")) == [(ANA, "active")]
    assert report["endpoints"]["opted_in"] == 1
    assert Program.objects.count() == 2


def test_a_no_counts_of_who_cannot_come_too(move, kept):
    lost = endpoint("zoe", "+12065550104", OptOut="ALL", Attributes={"n" * 60: ["x"]})
    kept("people/2.json", json.dumps(lost).encode())
    report = move(left=True)
    assert report["endpoints"]["not"] == 1
    assert Suppression.objects.filter(phone="+12065550104").exists()
    assert not Contact.objects.filter(phone="+12065550104").exists()


def test_lines_that_do_not_come_are_told_with_their_reasons(move, kept):
    lines = [
        endpoint("mail", "a@example.com", ChannelType="EMAIL"),
        endpoint("short", "12"),
        endpoint("zone", "+12065550105", Demographic={"Timezone": "Mars/Base", "Make": "Acme"}),
        endpoint("else", "+12065550106", ApplicationId="unknown"),
    ]
    kept("people/2.json", "\n".join([*map(json.dumps, lines), "{", "[]"]).encode())
    told, report = move(dry_run=True, left=True), move(left=True)
    assert told["endpoints"]["lines"] == report["endpoints"]["lines"]
    assert (report["endpoints"]["not"], report["endpoints"]["approximately"]) == (5, 1)
    said = {one["line"]: " ".join(one["reasons"]) for one in report["endpoints"]["lines"]}
    assert "not EMAIL" in said[1]
    assert "too few digits" in said[2]
    assert "Left out: Demographic.Timezone" in said[3]
    assert "ApplicationId is not known" in said[4]
    assert Endpoint.objects.get(endpoint_id="zone").demographic == {"Make": "Acme"}


def test_a_csv_goes_to_the_application_that_is_named(move, kept):
    kept("other/list.csv", b"Id,Address,OptOut\ncsv-1,+12065550107,NONE\n")
    move(application=APP)
    assert Endpoint.objects.get(endpoint_id="csv-1").application_id == APP


def test_an_imported_segment_has_the_people_of_the_folder_named_by_its_id(move, kept):
    imported = {"SegmentType": "IMPORT", "ImportDefinition": {
        "Format": "JSON", "RoleArn": "", "S3Url": "s3://bucket/vip", "ExternalId": "", "Size": 2,
    }}  # fmt: skip
    kept("more.json", [segment("vip", **imported), segment("lost", **imported)])
    kept("vip/1.gz", gzip.compress(json.dumps(endpoint("eva", EVA)).encode()))
    told, report = move(dry_run=True, left=True), move(left=True)
    assert told["objects"] == report["objects"]
    assert outcomes(report)["segment", "vip"] == "exactly"
    vip = Segment.objects.get(pinpoint_id="vip")
    assert [one.phone for one in segments.matching(vip.rules)] == [EVA]
    assert ContactList.objects.get().people == 1
    [lost] = [one for one in report["objects"] if one["id"] == "lost"]
    assert "folder named by its ID" in lost["reasons"][0]


def test_versions_of_a_segment_are_kept(move, kept):
    kept("gold/versions.json", {"SegmentsResponse": {"Item": [
        segment("vary", Version=2, Dimensions=GOLD), segment("vary", Version=1),
    ]}})  # fmt: skip
    kept("late.json", {"SegmentResponse": segment("late", Version=4, Dimensions=GOLD)})
    report = move()
    assert outcomes(report)["segment", "vary"] == "exactly"
    assert Segment.objects.get(pinpoint_id="vary").versions.count() == 2
    [late] = [one for one in report["objects"] if one["id"] == "late"]
    assert late["reasons"] == ["Its version 4 is version 1 here."]


def test_what_comes_approximately_or_not_says_why(move, kept):
    sms = campaign("x")["MessageConfiguration"]["SMSMessage"]
    kept("more-campaigns.json", {"CampaignsResponse": {"Item": [
        campaign("past", Schedule={
            "StartTime": "2026-01-01T10:00:00Z", "EndTime": "2026-02-01T10:00:00Z",
            "Frequency": "WEEKLY", "Timezone": "UTC-05",
        }),
        campaign("mixed", MessageConfiguration={"SMSMessage": sms, "EmailMessage": {"Title": "x"}}),
        campaign("both", TemplateConfiguration={"EmailTemplate": {"Name": "letter"}}),
        campaign("mail", MessageConfiguration={"EmailMessage": {"Title": "x"}}),
        campaign("gone", State={"CampaignStatus": "DELETED"}),
        campaign("hooked", Hook={"LambdaFunctionName": "x", "Mode": "FILTER"}),
        campaign("elsewhere", SegmentId="never"),
        campaign("unknown", MessageConfiguration={"SMSMessage": sms | {"OriginationNumber": "+1"}}),
    ]}})  # fmt: skip
    kept("apple.json", {"SegmentResponse": segment("apple", Dimensions={
        "Demographic": {"Make": {"DimensionType": "INCLUSIVE", "Values": ["Apple"]}},
    })})  # fmt: skip
    kept("list.json", {"TemplatesResponse": {"Item": [
        {name: value for name, value in template("listed").items() if name != "Body"},
        template("mail", TemplateType="EMAIL"),
    ]}})  # fmt: skip
    kept("journey.json", {"JourneyResponse": {"Id": "j", "Name": "J", "Activities": {}}})
    kept("notes.txt", b"call Bob\n")
    told, report = move(dry_run=True, left=True), move(left=True)
    assert told["objects"] == report["objects"]
    said = {one["id"]: (one["outcome"], " ".join(one["reasons"])) for one in report["objects"]}
    wanted = {
        "past": ("approximately", "EndTime"), "mixed": ("approximately", "EmailMessage"),
        "both": ("approximately", "EmailTemplate"),
        "mail": ("not", "SMSMessage"), "gone": ("not", "deleted"), "hooked": ("not", "Hook"),
        "elsewhere": ("not", "no segment never"), "unknown": ("not", "OriginationNumber"),
        "apple": ("not", "Make"), "listed": ("not", "GetSmsTemplate"), "j": ("not", "campaigns"),
        "notes.txt": ("not", "neither JSON"),
    }  # fmt: skip
    found = {name: (said[name][0], words in said[name][1]) for name, (_, words) in wanted.items()}
    assert found == {name: (outcome, True) for name, (outcome, _) in wanted.items()}, said
    assert said["mail"][0] == "not"


def test_the_report_is_for_people_too(move, kept):
    kept("notes.txt", b"call Bob\n")
    printed = move(left=True, json=False)
    assert "there already" in printed.splitlines()[0]
    assert "1 numbers opted out, 0 opted in." in printed
    assert "file notes.txt (notes.txt), not: It is neither JSON" in printed
    assert ANA not in printed


def test_it_comes_from_s3_as_well(move, kept, aws, moto_url, monkeypatch):
    s3 = aws("s3")
    s3.create_bucket(Bucket="kept-of-pinpoint")
    for path in kept.path.rglob("*"):
        if path.is_file():
            key = f"all/{path.relative_to(kept.path)}"
            s3.upload_file(str(path), "kept-of-pinpoint", key)
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", moto_url)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    report = move("s3://kept-of-pinpoint/all/")
    assert report["endpoints"]["exactly"] == 3
    assert Campaign.objects.exists()


def test_who_may_not_and_what_is_not_there_are_told(move, tmp_path):
    User.objects.create_user("visitor")
    for given, words in (
        ({"by": "nobody"}, "no active user nobody"),
        ({"by": "visitor"}, "visitor lacks the permissions"),
        ({"wording": "I agree"}, "Give --basis and --wording both"),
        ({"where": tmp_path / "nowhere"}, "nothing at"),
    ):
        with pytest.raises(CommandError, match=words):
            move(**given)


def test_an_old_program_goes_on_with_its_ids(move, pinpoint):
    move()
    app = {"ApplicationId": APP}
    key = caller.key_with("contacts.add_contact", "contacts.change_contact", name="old program")
    caller.client_of(*key).update_endpoint(
        **app, EndpointId="ana", EndpointRequest={"Attributes": {"Plan": ["silver"]}}
    )
    assert Contact.objects.get(phone=ANA).attributes == {"Plan": ["silver"]}
    pinpoint.update_segment(
        **app, SegmentId="gold", WriteSegmentRequest={"Name": "Gold", "Dimensions": {}}
    )
    assert Segment.objects.get(pinpoint_id="gold").version == 2
