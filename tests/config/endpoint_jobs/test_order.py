"""An import job beside calls about the same people: neither waits for the other for ever."""

import pytest
from django.utils import timezone

from config.endpoint_jobs import importing
from config.pinpoint_api import endpoints as endpoint_calls
from contacts import endpoints
from contacts.models import Endpoint
from tests.config.endpoint_jobs.factories import EndpointJobFactory
from tests.contacts.writers import Writer, both_end, held_up

pytestmark = pytest.mark.django_db(transaction=True)
BEN, ANA = "+12065550117", "+16045550182"


@pytest.fixture
def job():
    made = EndpointJobFactory(
        definition={"Format": "CSV", "S3Url": "s3://b/x", "RegisterEndpoints": True}
    )
    application = made.program.application_id
    for name, phone in (("ben", BEN), ("ana", ANA)):
        endpoints.put(application, name, {"Address": phone}, timezone.now())
    return made


def bring_in(job):
    lines = [{"Id": "ben", "Address": BEN}, {"Id": "ana", "Address": ANA}]
    return Writer(lambda: importing._write(job, [(None, said) for said in lines]))


def call(job, *items):
    return Writer(lambda: endpoint_calls.save(importing.call_of(job), items))


def test_a_job_and_a_batch_of_other_endpoints_of_its_people(job):
    with held_up(BEN):
        importing_ = bring_in(job).begin()
        calling = call(
            job, ("another", {"Address": "(604) 555-0182"}), ("third", {"Address": BEN})
        ).begin()
    both_end(importing_, calling)
    assert set(Endpoint.objects.values_list("endpoint_id", flat=True)) >= {"another", "third"}
