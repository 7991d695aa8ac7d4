import pytest
from django.urls import reverse

from campaigns import aws_account
from config.endpoint_jobs import places
from config.pinpoint_api import keys
from pinpoint.buckets import Place
from tests.config.endpoint_jobs.factories import EndpointJobFactory
from tests.config.pinpoint_api import caller

pytestmark = pytest.mark.django_db
OUT = {"RoleArn": "x", "S3UrlPrefix": "s3://bucket/out"}


def test_the_places_that_jobs_read_and_write_are_named_once():
    key = caller.key_with(name="loader")[0]
    for _ in range(2):
        EndpointJobFactory(key=key)
        EndpointJobFactory(key=key, kind="EXPORT", definition=OUT)
    found = aws_account.uses().files
    assert found.read == [Place("bucket", "in/")]
    assert found.written == [Place("bucket", "out")]


def test_those_of_a_revoked_key_are_not():
    job = EndpointJobFactory()
    keys.revoke(job.key, by=caller.administrator())
    assert places.named().read == []


def test_no_more_are_named_than_a_policy_has_room_for():
    key = caller.key_with(name="loader")[0]
    for number in range(places.MOST + 5):
        EndpointJobFactory(key=key, definition={"S3Url": f"s3://bucket/{number}/"})
    assert len(places.named().read) == places.MOST


def test_the_account_page_offers_them_in_the_policy(admin_client):
    EndpointJobFactory()
    page = admin_client.get(reverse("admin:campaigns_awsaccount_changelist"), follow=True)
    assert "arn:aws:s3:::bucket/in/*" in page.content.decode()
