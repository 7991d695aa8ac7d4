"""Imports from S3: the bucket is moto's, over HTTP."""

import gzip
import itertools
import json

import pytest
from botocore.exceptions import ClientError
from django.contrib.admin.models import LogEntry

from compliance.models import Consent, LedgerEntry
from config.endpoint_jobs import importing, running
from config.models import AccessKey, EndpointJob, KeyAttestation
from config.pinpoint_api import keys
from contacts import changes, segments
from contacts.models import Contact, Endpoint, Segment
from pinpoint import clients
from tests.aws import REGION, aws, moto_url
from tests.campaigns.factories import ContactFactory, SegmentFactory
from tests.compliance.factories import ProgramFactory
from tests.config.pinpoint_api import caller

__all__ = ("aws", "moto_url")
pytestmark = pytest.mark.django_db
BUCKETS = itertools.count(1)
ROLE = "arn:aws:iam::123456789012:role/import"
ANA, BEN = "+16045550182", "+12065550117"
# As Pinpoint's own documents show it (aws-sms.md 10.2).
CSV = f"""ChannelType,Address,Id,OptOut,Location.Country,Demographic.Timezone,User.UserId,\
User.UserAttributes.FirstName,Attributes.Ride,Attributes.Ride,Metrics.orders
SMS,{ANA},ep-1,NONE,CA,America/Vancouver,u-1,Ana,Bus,Train,4
SMS,{BEN},ep-2,ALL,US,America/Los_Angeles,u-2,"Lee, Jr.",Walk,,0
"""
EXPORTED = {
    "ChannelType": "SMS", "Address": ANA, "EndpointStatus": "ACTIVE", "OptOut": "NONE",
    "Id": "ep-1", "CohortId": "37", "CreationDate": "2025-03-01T10:00:00.000Z",
    "EffectiveDate": "2026-06-01T10:00:00.000Z", "Location": {"Country": "CA"},
    "Attributes": {"Plan": ["gold"]}, "Metrics": {"orders": 4}, "User": {"UserId": "u-1"},
    "RequestId": None,
}  # fmt: skip


class Job:
    """One application, its bucket, and the worker."""

    def __init__(self, client, program, s3):
        self.client, self.program, self.s3 = client, program, s3
        self.app = {"ApplicationId": program.application_id}
        self.bucket = f"endpoints-{next(BUCKETS)}"
        s3.create_bucket(Bucket=self.bucket)

    def put(self, name, content):
        body = content if isinstance(content, bytes) else content.encode()
        self.s3.put_object(Bucket=self.bucket, Key=name, Body=body)

    def create(self, url="people/", **said):
        request = {
            "Format": "CSV", "RegisterEndpoints": True, "RoleArn": ROLE,
            "S3Url": f"s3://{self.bucket}/{url}",
        } | said  # fmt: skip
        answer = self.client.create_import_job(**self.app, ImportJobRequest=request)
        assert answer["ResponseMetadata"]["HTTPStatusCode"] == 201
        return answer["ImportJobResponse"]

    def get(self, made):
        answer = self.client.get_import_job(**self.app, JobId=made["Id"])
        return answer["ImportJobResponse"]

    def work(self):
        while running.work(lambda: self.s3):
            pass

    def run(self, *given, **said):
        made = self.create(*given, **said)
        self.work()
        return self.get(made)


@pytest.fixture
def job(pinpoint, aws):
    return Job(pinpoint, ProgramFactory(), aws("s3"))


def refusal(call, **said):
    with pytest.raises(ClientError) as caught:
        call(**said)
    error = caught.value.response["Error"]
    return error["Code"], error["Message"]


def test_a_csv_as_pinpoint_documents_it_becomes_endpoints(job):
    job.put("people/a.csv", CSV)
    found = job.run()
    assert (found["JobStatus"], found["Type"]) == ("COMPLETED", "IMPORT")
    assert (found["TotalProcessed"], found["TotalFailures"]) == (2, 0)
    assert (found["TotalPieces"], found["CompletedPieces"], found["FailedPieces"]) == (1, 1, 0)
    ana = job.client.get_endpoint(**job.app, EndpointId="ep-1")["EndpointResponse"]
    assert ana["Address"] == ANA
    assert ana["Attributes"] == {"Ride": ["Bus", "Train"]}
    assert ana["Metrics"] == {"orders": 4.0}
    assert ana["User"] == {"UserId": "u-1", "UserAttributes": {"FirstName": ["Ana"]}}
    ben = Contact.objects.get(phone=BEN)
    assert (ben.user_attributes, ben.attributes) == (
        {"FirstName": ["Lee, Jr."]}, {"Ride": ["Walk"]},
    )  # fmt: skip


def test_what_pinpoint_exported_comes_in_packed_or_not(job):
    job.put("people/a.json.gz", gzip.compress(json.dumps(EXPORTED).encode()))
    job.put("people/deeper/b", json.dumps(EXPORTED | {"Id": "ep-2", "Address": BEN}))
    job.put("people/c.csv", CSV)
    found = job.run(Format="JSON")
    assert (found["TotalProcessed"], found["TotalFailures"]) == (2, 0)
    assert Contact.objects.get(phone=ANA).attributes == {"Plan": ["gold"]}
    assert Contact.objects.get(phone=BEN).metrics == {"orders": 4.0}


def test_a_no_counts_and_a_none_is_a_yes_only_where_somebody_vouches(job):
    job.put("people/a.csv", CSV)
    job.run()
    assert {(c.phone, c.state) for c in Consent.objects.all()} == {(BEN, "revoked")}
    key = AccessKey.objects.get()
    KeyAttestation.objects.create(
        key=key,
        program=job.program,
        basis="web_form",
        wording="I agree",
        attested_by=key.created_by,
    )
    made = job.run()
    assert Consent.objects.get(phone=ANA).state == "active"
    entry = LedgerEntry.objects.latest("pk")
    assert entry.evidence["api_request"] == EndpointJob.objects.get(job_id=made["Id"]).request_id
    assert not Consent.objects.filter(phone=BEN).exclude(state="revoked").exists()


def test_a_no_on_a_line_that_is_not_taken_counts(job):
    job.put("people/a.csv", f"Address,Id,OptOut,Demographic.Timezone\n{ANA},a,ALL,Mars/Base\n")
    assert job.run()["TotalFailures"] == 1
    assert Consent.objects.filter(phone=ANA, state="revoked").exists()


def test_of_a_no_and_a_yes_in_one_file_the_no_counts(job):
    key = AccessKey.objects.get()
    KeyAttestation.objects.create(
        key=key,
        program=job.program,
        basis="web_form",
        wording="I agree",
        attested_by=key.created_by,
    )
    lines = "".join(
        f"{ANA},{n},{said}\n" for n, said in (("a", "ALL"), ("b", "NONE"), ("a", "NONE"))
    )
    job.put("people/a.csv", f"Address,Id,OptOut\n{lines}")
    job.run()
    assert set(Consent.objects.values_list("state", flat=True)) == {"revoked"}


def test_lines_that_cannot_be_taken_are_named_and_the_others_come_in(job):
    lines = [
        json.dumps({"Address": "12", "ChannelType": "SMS"}),
        json.dumps({"Address": ANA, "ChannelType": "EMAIL"}),
        "{",
        json.dumps({"Address": ANA, "OptOut": "MAYBE"}),
        json.dumps({"Address": ANA, "Attributes": {"Plan": "gold"}}),
        json.dumps({"Address": ANA, "Metrics": {"n": float("nan")}}),
        json.dumps({"Address": ANA, "Colour": "red"}),
        "x" * 1_200_000,
        json.dumps({"User": {"UserId": "nobody"}}),
        json.dumps({"Address": BEN, "ChannelType": "SMS"}),
    ]
    job.put("people/a", "\n".join(lines))
    found = job.run(Format="JSON")
    assert (found["JobStatus"], found["TotalFailures"]) == ("COMPLETED", 9), found["Failures"]
    assert f"s3://{job.bucket}/people/a, line 1: Address:" in found["Failures"][0]
    assert any("OptOut: must be ALL or NONE" in one for one in found["Failures"])
    assert [c.phone for c in Contact.objects.all()] == [BEN]
    assert not any(ANA in one for one in found["Failures"])


def test_a_segment_is_made_of_who_stands_in_the_files(job):
    ContactFactory()
    job.put("people/a.csv", CSV)
    found = job.run(DefineSegment=True, SegmentName="Riders")
    asked = {**job.app, "SegmentId": found["Definition"]["SegmentId"]}
    segment = job.client.get_segment(**asked)["SegmentResponse"]
    assert (segment["Name"], segment["SegmentType"]) == ("Riders", "IMPORT")
    assert segment["ImportDefinition"]["S3Url"] == f"s3://{job.bucket}/people/"
    assert segment["ImportDefinition"]["Size"] == 2
    phones = segments.matching(Segment.objects.get().rules).values_list("phone", flat=True)
    assert set(phones) == {ANA, BEN}
    assert not EndpointJob.objects.get().members.exists()
    [listed] = job.client.get_segment_import_jobs(**asked)["ImportJobsResponse"]["Item"]
    assert listed["Id"] == found["Id"]


def test_an_imported_segment_is_imported_anew_as_a_new_version(job):
    job.put("people/a.csv", CSV)
    first = job.run(DefineSegment=True, SegmentName="Riders")
    job.put("people/a.csv", f"Address,Id\n{ANA},ep-1\n")
    identifier = first["Definition"]["SegmentId"]
    job.run(DefineSegment=True, SegmentId=identifier)
    segment = Segment.objects.get()
    assert (segment.pinpoint_id, segment.version, segment.name) == (identifier, 2, "Riders")
    assert segments.count(segment.rules) == 1
    assert segments.count(segment.versions.get(number=1).rules) == 2


def test_a_segment_that_is_deleted_meanwhile_is_not_made_anew(job):
    job.put("people/a.csv", CSV)
    identifier = job.run(DefineSegment=True)["Definition"]["SegmentId"]
    made = job.create(DefineSegment=True, SegmentId=identifier)
    Segment.everything.all().delete()
    job.work()
    found = job.get(made)
    assert (found["JobStatus"], "deleted meanwhile" in found["Failures"][0]) == ("FAILED", True)
    assert not Segment.everything.exists()


def test_without_registering_those_who_are_known_stay_as_they_are(job):
    job.put("people/a.csv", CSV)
    job.run()
    job.put("people/a.csv", CSV.replace("Bus", "Plane"))
    job.run(RegisterEndpoints=False, DefineSegment=True, SegmentName="Riders")
    assert Contact.objects.get(phone=ANA).attributes == {"Ride": ["Bus", "Train"]}
    assert segments.count(Segment.objects.get().rules) == 2


def test_a_file_of_user_ids_makes_a_segment_of_their_endpoints(job):
    job.put("people/a.csv", CSV)
    job.run()
    job.put("users/a.csv", "User.UserId\nu-1 u-2\n")
    found = job.run("users/", DefineSegment=True, SegmentName="Users")
    assert (found["JobStatus"], found["Definition"]["SegmentName"]) == ("COMPLETED", "Users")
    assert segments.count(Segment.objects.get().rules) == 2


def test_a_number_without_an_id_keeps_the_endpoint_that_it_has(job):
    job.put("people/a.csv", f"Address,Attributes.Plan\n{ANA},gold\n")
    job.run()
    job.run()
    assert Endpoint.objects.count() == 1


def test_an_import_tells_no_campaign_of_changed_attributes(job, monkeypatch):
    told = []
    monkeypatch.setattr(changes, "_told", [lambda phone, paths: told.append(paths)])
    job.put("people/a.csv", CSV)
    job.run()
    assert told == []


def test_a_worker_that_dies_leaves_off_where_the_next_goes_on(job, monkeypatch):
    monkeypatch.setattr(importing, "AT_ONCE", 10)
    lines = "".join(f"+1212556{n:04d},e{n}\n" for n in range(95))
    job.put("people/a.csv.gz", gzip.compress(f"Address,Id\n{lines}".encode()))
    job.put(
        "people/b.csv", f"Address,Id\n{lines}".replace("+1212556", "+1213556").replace(",e", ",f")
    )
    made = job.create()
    whole, died = importing.endpoint_sets.put_all, itertools.count(1)

    def put_all(*given):
        found = whole(*given)
        if next(died) % 4 == 0:
            raise KeyboardInterrupt  # as a worker is killed: amid a transaction
        return found

    monkeypatch.setattr(importing.endpoint_sets, "put_all", put_all)
    deaths = 0
    while EndpointJob.objects.get().finished_at is None:
        try:
            running.work(lambda: job.s3)
        except KeyboardInterrupt:
            deaths += 1
    found = job.get(made)
    assert deaths > 3
    assert (found["JobStatus"], found["TotalProcessed"]) == ("COMPLETED", 190)
    assert Endpoint.objects.count() == 190


def test_a_piece_is_done_for_a_while_only(job, monkeypatch):
    monkeypatch.setattr(importing, "AT_ONCE", 10)
    monkeypatch.setattr(running, "SECONDS", 0)
    job.put("people/a.csv", "Address,Id\n" + "".join(f"+1212556{n:04d},e{n}\n" for n in range(25)))
    made = job.create()
    seen = []
    while running.work(lambda: job.s3):
        seen.append(job.get(made)["TotalProcessed"])
    assert seen == [10, 20, 25, 25]


def test_a_job_that_is_done_is_not_done_again(job):
    job.put("people/a.csv", CSV)
    job.run()
    audited = LogEntry.objects.count()
    assert not running.work(lambda: job.s3)
    assert LogEntry.objects.count() == audited


def test_who_asked_and_what_came_of_it_is_in_the_audit_log(job):
    job.put("people/a.csv", CSV)
    job.run()
    said = LogEntry.objects.filter(user__username="key:shop").values_list("change_message")
    assert [one for (one,) in said.order_by("pk")] == [
        "Asked for the import of endpoints.", "Imported 2 endpoints, 0 failed.",
    ]  # fmt: skip


def test_the_same_call_tried_again_makes_no_second_job(pinpoint, aws):
    lost = itertools.count()

    def losing(request):
        answer = caller.deliver(request)
        return answer if next(lost) else caller.AWSResponse(request.url, 503, {}, caller.Raw(b""))

    key, secret = caller.key_with(*caller.all_permissions(), name="patient")
    job = Job(caller.client_of(key, secret, losing, attempts=3), ProgramFactory(), aws("s3"))
    job.create()
    assert EndpointJob.objects.count() == 1


def test_a_key_that_is_revoked_meanwhile_imports_nothing_more(job):
    job.put("people/a.csv", CSV)
    job.create()
    keys.revoke(AccessKey.objects.get(), by=AccessKey.objects.get().created_by)
    job.work()
    one = EndpointJob.objects.get()
    assert (one.status, Contact.objects.count()) == ("FAILED", 0)
    assert "revoked" in one.failures[0]


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({}, "no file at this address"),
        ({"people/a.csv": "Address,Colour\n+1212,red"}, "column “Colour”"),
        ({"people/a.csv": "City\nNew York"}, "column “City”"),
        ({"people/a.csv.gz": b"\x1f\x8b\x08 nothing"}, "archive is damaged"),
        ({"people/a.csv.gz": gzip.compress(CSV.encode() * 99)[:-90]}, "archive is damaged"),
        ({"people/a.json": json.dumps(EXPORTED)}, "no file in the format CSV"),
    ],
)
def test_what_cannot_be_read_fails_in_words(job, files, words):
    for name, content in files.items():
        job.put(name, content)
    found = job.run(DefineSegment=True)
    assert found["JobStatus"] == "FAILED"
    assert any(words in one for one in found["Failures"]), found["Failures"]
    assert "CompletionDate" in found
    assert not Segment.objects.exists()


def test_a_bucket_that_is_not_there_fails_at_once_and_aws_away_is_tried_again(job):
    made = job.create()
    request = EndpointJob.objects.get()
    EndpointJob.objects.update(definition=request.definition | {"S3Url": "s3://never-made/x"})
    job.work()
    assert "NoSuchBucket" in job.get(made)["Failures"][0]
    made = job.create()
    away = clients.boto3.client(
        "s3", endpoint_url="http://127.0.0.1:9", region_name=REGION,
        aws_access_key_id="test", aws_secret_access_key="test",
        config=clients.Config(retries={"total_max_attempts": 1}),
    )  # fmt: skip
    assert not running.work(lambda: away)
    assert job.get(made)["JobStatus"] == "INITIALIZING"
    for _ in range(running.MOST_TROUBLES):
        running.work(lambda: away)
    assert job.get(made)["Failures"] == ["AWS is out of reach."]


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"S3Url": "https://bucket/x"}, "S3Url: must be"),
        ({"RegisterEndpoints": False}, "RegisterEndpoints: ask for"),
        ({"DefineSegment": True, "SegmentId": "nobody"}, "SegmentId: the application"),
        ({"DefineSegment": True, "SegmentName": "n" * 121}, "SegmentName: at most"),
    ],
)
def test_what_cannot_be_asked_for_is_a_bad_request(job, said, words):
    code, found = refusal(job.create, **said)
    assert (code, words in found) == ("BadRequestException", True), found
    assert not EndpointJob.objects.exists()


def test_a_segment_of_rules_or_of_somebody_else_is_not_imported_into(job):
    ruled = SegmentFactory(application_id=job.program.application_id)
    other = SegmentFactory()
    for segment in (ruled, other):
        code, _ = refusal(job.create, DefineSegment=True, SegmentId=segment.pinpoint_id)
        assert code == "BadRequestException"


def test_a_key_needs_the_permissions_to_import_and_to_make_segments(job):
    key = caller.key_with(
        "contacts.add_import", "contacts.add_contact", "contacts.change_contact", name="importer"
    )
    importer = Job(caller.client_of(*key), job.program, job.s3)
    assert importer.create()["JobStatus"] == "CREATED"
    assert refusal(importer.create, DefineSegment=True)[0] == "ForbiddenException"
    reader = Job(
        caller.client_of(*caller.key_with("contacts.view_contact", name="reader")),
        job.program, job.s3,
    )  # fmt: skip
    assert refusal(reader.create)[0] == "ForbiddenException"


def test_jobs_are_listed_page_by_page_each_application_its_own(job):
    made = [job.create()["Id"] for _ in range(3)]
    first = job.client.get_import_jobs(**job.app, PageSize="2")["ImportJobsResponse"]
    rest = job.client.get_import_jobs(**job.app, Token=first["NextToken"])["ImportJobsResponse"]
    assert [one["Id"] for one in [*first["Item"], *rest["Item"]]] == made[::-1]
    other = {"ApplicationId": ProgramFactory().application_id}
    assert job.client.get_import_jobs(**other)["ImportJobsResponse"]["Item"] == []
    code, _ = refusal(job.client.get_import_job, **other, JobId=made[0])
    assert code == "NotFoundException"
