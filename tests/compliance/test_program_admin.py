import pytest
from django.urls import reverse
from django.utils import timezone

from compliance.models import Program
from contacts import endpoints
from contacts.models import Contact, Endpoint
from tests.compliance.factories import ProgramFactory

pytestmark = pytest.mark.django_db
PROGRAMS = reverse("admin:compliance_program_changelist")


@pytest.fixture
def program():
    made = ProgramFactory()
    endpoints.put(made.application_id, "ana", {"Address": "+12125550111"}, timezone.now())
    return made


def nothing_but_people_is_left():
    left = (Program.objects.exists(), Endpoint.objects.exists(), Contact.objects.exists())
    return left == (False, False, True)


def test_the_endpoints_of_a_deleted_program_go_with_it(admin_client, program):
    page = reverse("admin:compliance_program_delete", args=[program.pk])
    admin_client.post(page, {"post": "yes"})
    assert nothing_but_people_is_left()


def test_the_endpoints_of_programs_deleted_in_the_list_go_with_them(admin_client, program):
    form = {"action": "delete_selected", "_selected_action": [program.pk], "post": "yes"}
    admin_client.post(PROGRAMS, form)
    assert nothing_but_people_is_left()
