import pytest
from django.contrib.auth.models import Group, User
from django.urls import reverse

from config.models import EndpointJobFile
from tests.config.endpoint_jobs.factories import EndpointJobFactory

pytestmark = pytest.mark.django_db
NUMBER = "+12125550111"
LIST = "admin:config_endpointjob_changelist"


@pytest.fixture
def job():
    made = EndpointJobFactory(
        status="PROCESSING",
        processed=1200,
        failed=1,
        failures=[f"s3://bucket/in/a.csv, line 7: Address: {NUMBER} is no number"],
    )
    for number, done in ((1, True), (2, False), (3, True)):
        EndpointJobFile.objects.create(
            job=made, number=number, key=f"{number}.csv", size=1, done=done, failed=number == 3
        )
    return made


def page_of(client, job):
    return client.get(reverse("admin:config_endpointjob_change", args=[job.pk])).content.decode()


def test_the_list_says_who_asked_and_how_far_each_is(job, admin_client):
    page = admin_client.get(reverse(LIST)).content.decode()
    for said in (job.job_id, "loader", str(job.program), "going on", "1200"):
        assert said in page


def test_its_page_says_where_its_files_are_and_what_was_not_taken(job, admin_client):
    page = page_of(admin_client, job)
    for said in ("s3://bucket/in/", "2 of 3 done, 1 could not be read", f"{NUMBER} is no number"):
        assert said in page


def test_who_may_not_see_numbers_sees_none_among_the_reasons(job, client):
    analyst = User.objects.create_user("analyst", is_staff=True)
    analyst.groups.add(Group.objects.get(name="Analyst"))
    client.force_login(analyst)
    page = page_of(client, job)
    assert "line 7" in page
    assert NUMBER not in page


def test_the_number_of_queries_does_not_grow_with_the_jobs(
    job, admin_client, django_assert_max_num_queries
):
    admin_client.get(reverse(LIST))
    for _ in range(20):
        EndpointJobFactory(program=job.program, key=job.key)
    with django_assert_max_num_queries(12):
        admin_client.get(reverse(LIST))
