"""The pages of compliance staff: what they show, and what they let nobody do."""

import pytest
from django.contrib.auth.models import Group, User
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from compliance import erasure, ledger
from compliance.models import Consent, LedgerEntry, SuppressedNumber
from tests.compliance.acts import act, no, yes
from tests.compliance.factories import ProgramFactory

pytestmark = pytest.mark.django_db
ANA = "+12125550111"


@pytest.fixture
def login(client):
    def login(role):
        user = User.objects.create_user(role, is_staff=True)
        user.groups.add(Group.objects.get(name=role))
        client.force_login(user)
        return client

    return login


def entry_page(client, pk):
    return client.get(reverse("admin:compliance_ledgerentry_change", args=[pk])).content.decode()


def test_an_entry_shows_its_evidence_and_what_is_missing(login):
    words = ledger.keep_wording("Yes, text me offers.")
    entry = yes(ANA, ProgramFactory(), wording_sha256=words, evidence={"ip": "192.0.2.1"})
    page = entry_page(login("Compliance"), entry.pk)
    assert ANA in page
    assert "Yes, text me offers." in page
    assert "192.0.2.1" in page
    assert page.count("missing: it was not recorded") == 5


def test_an_erased_persons_entry_says_so(login):
    entry = yes(ANA, ProgramFactory(), evidence={"ip": "192.0.2.1"})
    client = login("Compliance")
    erasure.erase(ANA, User.objects.get())
    page = entry_page(client, entry.pk)
    assert "erased with the person" in page
    assert ANA not in page


def test_a_number_in_any_format_finds_its_entries(login):
    yes(ANA, ProgramFactory())
    no("+12125550112")
    url = reverse("admin:compliance_ledgerentry_changelist")
    page = login("Compliance").get(url, {"q": "(212) 555-0111"}).content.decode()
    assert ANA in page
    assert "+12125550112" not in page


def test_a_page_of_entries_takes_the_same_queries_however_many(
    login, django_assert_max_num_queries
):
    program = ProgramFactory()
    client = login("Compliance")
    for n in range(30):
        yes(f"+121255501{n:02d}", program)
    with django_assert_max_num_queries(12):
        client.get(reverse("admin:compliance_ledgerentry_changelist"))


def test_nobody_can_change_or_delete_an_entry(admin_client):
    entry = yes(ANA, ProgramFactory())
    url = reverse("admin:compliance_ledgerentry_change", args=[entry.pk])
    assert admin_client.post(url, {"source": "paper"}).status_code == 403
    url = reverse("admin:compliance_ledgerentry_delete", args=[entry.pk])
    assert admin_client.post(url, {"post": "yes"}).status_code == 403
    assert LedgerEntry.objects.get().source == "web_form"


def correct(client, pk, note="Wrong list"):
    url = reverse("admin:compliance_ledgerentry_correct", args=[pk])
    return client.post(url, {"note": note}, follow=True).content.decode()


def test_a_wrong_yes_can_be_corrected(login):
    entry = yes(ANA, ProgramFactory(), source="import")
    client = login("Compliance")
    assert "Recorded as entry 2." in correct(client, entry.pk)
    assert Consent.objects.get().state == "revoked"
    assert "This record was found to be wrong" in entry_page(client, entry.pk)
    assert "Wrong list" in entry_page(client, 2)
    assert "This record was corrected before." in correct(client, entry.pk)
    assert LedgerEntry.objects.count() == 2


def test_a_correction_needs_a_reason_and_something_to_correct(login):
    entry = yes(ANA, ProgramFactory())
    gone = act("+12125550112", "erasure", source="operator")
    client = login("Compliance")
    assert "Say what is wrong" in correct(client, entry.pk, note=" ")
    assert "Only what a person did can be corrected." in correct(client, gone.pk)
    assert LedgerEntry.objects.count() == 2


@pytest.mark.parametrize("role", ["Marketer", "Analyst"])
def test_others_can_neither_see_evidence_nor_correct(login, role):
    entry = yes(ANA, ProgramFactory())
    client = login(role)
    for page in ("change", "correct", "file"):
        url = reverse(f"admin:compliance_ledgerentry_{page}", args=[entry.pk])
        assert client.post(url).status_code == 403
    assert client.get(reverse("admin:compliance_suppressednumber_add")).status_code == 403
    assert LedgerEntry.objects.count() == 1


def test_an_attached_file_can_be_downloaded(login):
    sha256 = ledger.keep_attachment(ContentFile(b"signed"), "form.pdf")
    entry = yes(ANA, ProgramFactory(), source="paper", evidence={}, attachment_sha256=sha256)
    client = login("Compliance")
    assert "form.pdf" in entry_page(client, entry.pk)
    answer = client.get(reverse("admin:compliance_ledgerentry_file", args=[entry.pk]))
    assert b"".join(answer.streaming_content) == b"signed"


def suppress(client, **fields):
    url = reverse("admin:compliance_suppressednumber_add")
    data = {"reason": "litigator", "source": "List 7", "country": "US", "numbers": ""} | fields
    return client.post(url, data, follow=True).content.decode()


def test_typed_numbers_are_suppressed(login):
    page = suppress(login("Compliance"), numbers="(212) 555-0111\nnobody")
    assert "1 number added, 0 known before." in page
    assert "1 lines were refused" in page
    assert SuppressedNumber.objects.get().added_by.username == "Compliance"


def test_a_file_of_numbers_is_suppressed(login):
    page = suppress(login("Compliance"), file=SimpleUploadedFile("l.csv", b"phone\n2125550111\n"))
    assert "1 number added" in page


def test_a_list_needs_numbers_or_a_file(login):
    assert "one of the two" in suppress(login("Compliance"))


def test_a_number_can_be_looked_up_and_taken_off_the_list(login):
    client = login("Compliance")
    suppress(client, numbers=ANA)
    url = reverse("admin:compliance_suppressednumber_changelist")
    assert "List 7" in client.get(url, {"q": "212-555-0111"}).content.decode()
    assert "List 7" not in client.get(url, {"q": "212-555-0112"}).content.decode()
    number = SuppressedNumber.objects.get()
    delete = reverse("admin:compliance_suppressednumber_delete", args=[number.pk])
    client.post(delete, {"post": "yes"})
    assert not SuppressedNumber.objects.exists()


def test_an_erased_person_cannot_be_taken_off_the_list_by_anybody(admin_client):
    act(ANA, "erasure", source="operator")
    number = SuppressedNumber.objects.get()
    url = reverse("admin:compliance_suppressednumber_delete", args=[number.pk])
    assert admin_client.post(url, {"post": "yes"}).status_code == 403
    assert SuppressedNumber.objects.exists()
