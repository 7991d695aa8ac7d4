"""Exports to S3: the bucket is moto's, over HTTP."""

import gzip
import itertools
import json
from contextlib import suppress

import pytest
from botocore.exceptions import ClientError
from django.contrib.admin.models import LogEntry

from compliance import opt_outs
from compliance.models import LedgerEntry
from config.endpoint_jobs import exporting, running
from config.models import EndpointJob
from contacts import endpoints
from contacts.models import Segment
from tests.aws import aws, moto_url
from tests.campaigns.factories import NOON, ContactFactory
from tests.compliance.factories import ProgramFactory
from tests.config.pinpoint_api import caller

__all__ = ("aws", "moto_url")
pytestmark = pytest.mark.django_db
BUCKETS = itertools.count(1)
ROLE = "arn:aws:iam::123456789012:role/export"
GOLD = {"Attributes": {"Plan": {"AttributeType": "INCLUSIVE", "Values": ["gold"]}}}


class Job:
    """One application, its bucket, and the worker."""

    def __init__(self, client, program, s3):
        self.client, self.program, self.s3 = client, program, s3
        self.app = {"ApplicationId": program.application_id}
        self.bucket = f"exports-{next(BUCKETS)}"
        s3.create_bucket(Bucket=self.bucket)

    def add(self, number, **said):
        request = {"Address": f"+1212555{number:04d}", "ChannelType": "SMS"} | said
        return endpoints.put(self.program.application_id, f"e{number}", request, NOON)

    def create(self, prefix="out/", **said):
        request = {"RoleArn": ROLE, "S3UrlPrefix": f"s3://{self.bucket}/{prefix}"} | said
        answer = self.client.create_export_job(**self.app, ExportJobRequest=request)
        assert answer["ResponseMetadata"]["HTTPStatusCode"] == 202
        return answer["ExportJobResponse"]

    def run(self, *given, **said):
        made = self.create(*given, **said)
        while running.work(lambda: self.s3):
            pass
        return self.client.get_export_job(**self.app, JobId=made["Id"])["ExportJobResponse"]

    def files(self):
        listed = self.s3.list_objects_v2(Bucket=self.bucket).get("Contents", [])
        return [item["Key"] for item in listed]

    def exported(self):
        packed = [
            self.s3.get_object(Bucket=self.bucket, Key=key)["Body"].read() for key in self.files()
        ]
        return [json.loads(line) for one in packed for line in gzip.decompress(one).splitlines()]

    def segment(self, dimensions):
        request = {"Name": "Gold", "Dimensions": dimensions}
        answer = self.client.create_segment(**self.app, WriteSegmentRequest=request)
        return answer["SegmentResponse"]["Id"]


@pytest.fixture
def job(pinpoint, aws):
    return Job(pinpoint, ProgramFactory(), aws("s3"))


def refusal(call, **said):
    with pytest.raises(ClientError) as caught:
        call(**said)
    error = caught.value.response["Error"]
    return error["Code"], error["Message"]


def test_all_endpoints_of_an_application_are_written_as_getendpoint_has_them(job):
    job.add(100, Attributes={"Plan": ["gold"]}, User={"UserId": "u-1"})
    job.add(101, EndpointStatus="INACTIVE")
    endpoints.put(ProgramFactory().application_id, "x", {"Address": "+12125550999"}, NOON)
    found = job.run()
    assert (found["JobStatus"], found["Type"], found["TotalProcessed"]) == (
        "COMPLETED", "EXPORT", 2,
    )  # fmt: skip
    assert job.files() == [f"out/{found['Id']}/00001.gz"]
    shown = [
        job.client.get_endpoint(**job.app, EndpointId=name)["EndpointResponse"]
        for name in ("e100", "e101")
    ]
    assert job.exported() == shown


def test_who_said_no_in_any_way_stands_there_as_out(job):
    job.add(100, OptOut="NONE")
    opt_outs.opt_out(
        "+12125550100", source=LedgerEntry.Source.KEYWORD, happened_at=NOON, evidence={}
    )
    job.run()
    assert [one["OptOut"] for one in job.exported()] == ["ALL"]


def test_what_was_exported_is_imported_as_it_was(job):
    for number in range(100, 105):
        job.add(number, Attributes={"n": [str(number)]}, Metrics={"orders": number / 2})
    job.run()
    before = job.exported()
    for number in range(100, 105):
        job.client.delete_endpoint(**job.app, EndpointId=f"e{number}")
    request = {
        "Format": "JSON", "RegisterEndpoints": True, "RoleArn": ROLE,
        "S3Url": f"s3://{job.bucket}/out",
    }  # fmt: skip
    job.client.create_import_job(**job.app, ImportJobRequest=request)
    while running.work(lambda: job.s3):
        pass
    job.run("again/")
    kept = ("Id", "Address", "Attributes", "Metrics", "OptOut", "EndpointStatus")
    after = job.exported()[:5]  # "again/" comes first
    assert [{name: one[name] for name in kept} for one in after] == [
        {name: one[name] for name in kept} for one in before
    ]


def test_a_segment_is_written_as_it_was_when_the_job_was_made(job):
    job.add(100, Attributes={"Plan": ["gold"]})
    job.add(101, Attributes={"Plan": ["free"]})
    stranger = ContactFactory(attributes={"Plan": ["gold"]})
    identifier = job.segment(GOLD)
    made = job.create(SegmentId=identifier)
    anybody = {"Attributes": {"Plan": {"Values": ["free"]}}}
    job.client.update_segment(
        **job.app, SegmentId=identifier, WriteSegmentRequest={"Dimensions": anybody}
    )
    while running.work(lambda: job.s3):
        pass
    assert {one["Id"] for one in job.exported()} == {"e100", f"sendpoint-contact-{stranger.pk}"}
    [listed] = job.client.get_segment_export_jobs(**job.app, SegmentId=identifier)[
        "ExportJobsResponse"
    ]["Item"]
    assert (listed["Id"], listed["Definition"]["SegmentId"]) == (made["Id"], identifier)


def test_a_key_of_some_programs_exports_nobody_of_the_others(job):
    job.add(100)
    endpoints.put(ProgramFactory().application_id, "x", {"Address": "+12125550999"}, NOON)
    everyone = Segment.objects.create(name="Everyone")
    key = caller.key_with(*caller.all_permissions(), programs=[job.program], name="limited")
    job.client = caller.client_of(*key)
    assert job.run(SegmentId=everyone.pinpoint_id)["TotalProcessed"] == 1
    assert [one["Id"] for one in job.exported()] == ["e100"]


def test_a_segment_can_be_deleted_although_it_was_exported(job, admin_client):
    job.add(100, Attributes={"Plan": ["gold"]})
    identifier = job.segment(GOLD)
    made = job.run(SegmentId=identifier)
    pk = Segment.objects.get(pinpoint_id=identifier).pk
    admin_client.post(f"/admin/contacts/segment/{pk}/delete/", {"post": "yes"})
    assert not Segment.everything.filter(pk=pk).exists()
    found = job.client.get_export_job(**job.app, JobId=made["Id"])["ExportJobResponse"]
    assert found["Definition"]["SegmentId"] == identifier


def test_an_earlier_version_of_a_segment_is_written(job):
    job.add(100, Attributes={"Plan": ["gold"]})
    identifier = job.segment(GOLD)
    job.client.update_segment(
        **job.app, SegmentId=identifier, WriteSegmentRequest={"Dimensions": {}}
    )
    job.add(101)
    job.run(SegmentId=identifier, SegmentVersion=1)
    assert [one["Id"] for one in job.exported()] == ["e100"]
    code, words = refusal(job.create, SegmentId=identifier, SegmentVersion=9)
    assert (code, "no version 9" in words) == ("BadRequestException", True)


def test_a_worker_that_dies_leaves_no_endpoint_out_and_none_twice(job, monkeypatch):
    monkeypatch.setattr(exporting, "AT_ONCE", 3)
    monkeypatch.setattr(exporting, "MOST_OF_FILE", 6)
    for number in range(100, 120):
        job.add(number)
    job.create()
    counted, whole = itertools.count(1), exporting.progress.held

    def held(*given):
        if next(counted) % 2:
            raise KeyboardInterrupt  # after the file is there, before that is known
        return whole(*given)

    monkeypatch.setattr(exporting.progress, "held", held)
    while EndpointJob.objects.get().finished_at is None:
        with suppress(KeyboardInterrupt):
            running.work(lambda: job.s3)
    assert len(job.files()) == 4
    assert sorted(one["Id"] for one in job.exported()) == [f"e{n}" for n in range(100, 120)]


def test_an_application_without_endpoints_writes_no_file(job):
    assert job.run()["JobStatus"] == "COMPLETED"
    assert job.files() == []


def test_a_bucket_that_is_not_there_fails_the_job(job):
    job.add(100)
    found = job.run(S3UrlPrefix="s3://never-made-either/x")
    assert (found["JobStatus"], "NoSuchBucket" in found["Failures"][0]) == ("FAILED", True)


def test_a_key_that_may_not_see_numbers_exports_nothing(job):
    key = caller.key_with("contacts.view_contact", "contacts.view_segment", name="reader")
    reader = Job(caller.client_of(*key), job.program, job.s3)
    assert refusal(reader.create)[0] == "ForbiddenException"


def test_who_asked_and_what_went_out_is_in_the_audit_log(job):
    job.add(100)
    job.run()
    said = LogEntry.objects.filter(user__username="key:shop").order_by("pk")
    assert [one.change_message for one in said] == [
        "Asked for the export of endpoints.",
        f"Exported 1 endpoints to s3://{job.bucket}/out/.",
    ]


def test_jobs_are_listed(job):
    made = [job.create()["Id"] for _ in range(2)]
    listed = job.client.get_export_jobs(**job.app)["ExportJobsResponse"]["Item"]
    assert [one["Id"] for one in listed] == made[::-1]
    code, _ = refusal(job.client.get_import_job, **job.app, JobId=made[0])
    assert code == "NotFoundException"
