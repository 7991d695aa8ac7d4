import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from compliance.models import ImportAttestation
from contacts import dry_run, imports
from contacts.models import Import
from tests.compliance.factories import ProgramFactory

pytestmark = pytest.mark.django_db
ADD = "admin:contacts_import_add"


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def browser(client):
    client.force_login(User.objects.create_superuser("root"))
    return client


def upload(browser, content, **fields):
    file = SimpleUploadedFile("list.csv", content.encode())
    given = {"file": file, "default_country": "us", "consent": "none"}
    return browser.post(reverse(ADD), given | fields)


def examined(browser, content):
    upload(browser, content)
    job = Import.objects.get()
    dry_run.examine(job.pk)
    job.refresh_from_db()
    return job


def page(name, job):
    return reverse(f"admin:contacts_import_{name}", args=[job.pk])


def test_a_list_without_opt_ins_is_taken_without_an_attestation(browser):
    upload(browser, "Phone\n2125550111\n")
    assert Import.objects.get().status == "examining"
    assert not ImportAttestation.objects.exists()


def test_who_vouches_says_to_what_and_to_which_words(browser):
    answer = upload(browser, "Phone\n2125550111\n", consent="given")
    assert set(answer.context["form"].errors) == {"program", "message_class", "basis", "wording"}
    assert not Import.objects.exists()


def test_another_way_to_opt_in_is_described(browser):
    given = {
        "consent": "given",
        "program": ProgramFactory().pk,
        "message_class": "promotional",
        "basis": "other",
        "wording": "Yes.",
    }
    answer = upload(browser, "Phone\n2125550111\n", **given)
    assert list(answer.context["form"].errors) == ["origin"]
    upload(browser, "Phone\n2125550111\n", **given, origin="At the fair")
    assert ImportAttestation.objects.get().origin == "At the fair"


def test_a_refused_file_says_why_beside_its_field(browser):
    answer = upload(browser, "2125550111,Ana\n2125550112,Ben\n")
    assert "not the names of the columns" in answer.context["form"].errors["file"][0]


def test_a_list_without_a_known_phone_column_leads_to_the_page_of_columns(browser):
    answer = upload(browser, "Who,Reach\nAna,2125550111\n")
    job = Import.objects.get()
    assert answer.url == page("columns", job)
    posted = {"kind-0": "user_attributes", "name-0": "Name", "kind-1": "phone"}
    browser.post(page("columns", job), posted)
    job.refresh_from_db()
    assert (job.status, job.mapping) == ("examining", ["user_attributes.Name", "phone"])


def test_the_page_of_columns_shows_what_they_hold_and_the_first_lines(browser):
    job = examined(browser, "Phone,Orders\n2125550111,4\nnobody,5\n")
    text = browser.get(page("columns", job)).content.decode()
    assert "2125550111" in text
    assert "+12125550111" in text
    assert "Not stored: This is not a phone number." in text


def test_the_preview_follows_what_is_chosen_and_stores_nothing(browser):
    job = examined(browser, "Phone,Orders\n2125550111,many\n")
    posted = {"kind-0": "phone", "kind-1": "metrics", "name-1": "Orders"}
    answer = browser.post(page("columns", job), posted, headers={"HX-Request": "true"})
    assert "is not a number" in answer.content.decode()
    job.refresh_from_db()
    assert job.mapping == ["phone", "attributes.Orders"]


def test_columns_that_cannot_be_stored_so_are_shown_again_with_the_reason(browser):
    job = examined(browser, "Phone,Orders\n2125550111,4\n")
    answer = browser.post(page("columns", job), {"kind-0": "", "kind-1": "city"})
    assert "Choose the column that holds the phone numbers." in answer.content.decode()


def test_an_import_is_started_once_and_only_after_its_dry_run(browser):
    upload(browser, "Phone\n2125550111\n")
    job = Import.objects.get()
    answer = browser.post(page("start", job), follow=True)
    assert "The dry run is not done" in answer.content.decode()
    dry_run.examine(job.pk)
    browser.post(page("start", job))
    answer = browser.post(page("start", job), follow=True)
    assert "was started before" in answer.content.decode()


def test_the_page_tells_whether_everything_came_as_the_dry_run_said(browser):
    job = examined(browser, "Phone\n2125550111\nnobody\n")
    text = browser.get(page("change", job)).content.decode()
    assert "Nothing is stored yet" in text
    imports.start(job.pk)
    imports.run(job.pk, lambda people: None)
    text = browser.get(page("progress", job)).content.decode()
    assert "Everything came as the dry run said." in text


def test_lines_that_repeat_a_number_are_named(browser):
    job = examined(browser, "Phone\n2125550111\n2125550112\n2125550111\n")
    assert "Line 4 repeats line 2." in browser.get(page("progress", job)).content.decode()
    lines = b"".join(browser.post(page("rejected", job))).decode().splitlines()
    assert lines[1:] == ['4,"It repeats line 2, which counts.",']


def test_rejected_lines_come_as_csv_that_no_spreadsheet_runs(browser):
    job = examined(browser, "Phone\n2125550111\n=cmd()\n")
    lines = b"".join(browser.post(page("rejected", job))).decode().splitlines()
    said = "Exported its rejected lines: 1, and 0 that repeat a number."
    assert LogEntry.objects.latest("pk").change_message == said
    assert lines == ["line,reason,as it stood", "3,This is not a phone number.,'=cmd()"]


def test_who_may_not_import_sees_no_form_and_chooses_nothing(browser, client):
    job = examined(browser, "Phone\n2125550111\n")
    client.force_login(User.objects.create_user("guest", is_staff=True))
    assert client.get(reverse(ADD)).status_code == 403
    assert client.post(page("columns", job), {"kind-0": "phone"}).status_code == 403
    assert client.post(page("start", job)).status_code == 403
