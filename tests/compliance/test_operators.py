"""What staff record of what people said on paper, by mail or on the phone."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group, User
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from compliance import evidence, operators
from compliance.models import Attachment, Consent, LedgerEntry, OptInRequest, Suppression
from compliance.operators import NotPossible, Told
from tests.compliance.acts import act, no
from tests.compliance.factories import OriginatorFactory, ProgramFactory

pytestmark = pytest.mark.django_db
ANA = "+12125550111"


@pytest.fixture
def officer():
    user = User.objects.create_user("olga", is_staff=True)
    user.groups.add(Group.objects.get(name="Compliance"))
    return user


def told(kind="opt_in", **more):
    fields = {"phone": ANA, "source": "paper", "happened_at": timezone.now()} | more
    return Told(act=kind, **fields)


def test_a_yes_on_paper_is_recorded_with_its_scan(officer):
    scan = SimpleUploadedFile("form.pdf", b"signed")
    program = ProgramFactory()
    operators.record(
        told(program=program, wording="Yes, text me.", note="At the fair", file=scan), officer
    )
    entry = LedgerEntry.objects.get()
    assert (entry.source, entry.recorded_by, entry.wording.text) == (
        "paper",
        "olga",
        "Yes, text me.",
    )
    assert evidence.recorded(entry) == {"note": "At the fair"}
    assert Attachment.objects.get().pk == entry.attachment_sha256
    assert Consent.objects.get(phone=ANA).state == "active"


def test_a_no_without_a_program_is_to_everything(officer):
    operators.record(told("opt_out", source="operator", note="Called us"), officer)
    assert Suppression.objects.get(phone=ANA).scope == "all"


@pytest.mark.parametrize("of", ["the program", "everything", "erased"])
def test_a_yes_that_cannot_undo_a_no_is_refused_and_not_recorded(officer, of):
    program = ProgramFactory()
    if of == "erased":
        act(ANA, "erasure", source="operator")
    else:
        no(ANA, program if of == "the program" else None)
    with pytest.raises(NotPossible, match="only their own text or form"):
        operators.record(told(program=program), officer)
    assert LedgerEntry.objects.count() == 1


def test_a_program_that_asks_twice_asks(officer):
    program = ProgramFactory(double_opt_in=True, confirmation_originator=OriginatorFactory())
    operators.record(told(program=program), officer)
    assert Consent.objects.get(phone=ANA).state == "pending"
    assert OptInRequest.objects.get().phone == ANA


def test_a_yes_names_its_program(officer):
    with pytest.raises(NotPossible, match="Choose the program"):
        operators.record(told(), officer)


def test_nothing_is_recorded_before_it_happens(officer):
    with pytest.raises(NotPossible, match="future"):
        operators.record(
            told("opt_out", happened_at=timezone.now() + timedelta(minutes=5)), officer
        )


def test_it_takes_the_permission():
    with pytest.raises(PermissionDenied):
        operators.record(told("opt_out"), User.objects.create_user("mia"))


def send(client, **fields):
    data = {
        "phone": "(212) 555-0111",
        "act": "opt_out",
        "source": "operator",
        "message_class": "promotional",
        "basis": "express",
        "happened_at": "2026-11-20 10:00",
    }
    url = reverse("admin:compliance_ledgerentry_add")
    return client.post(url, data | fields, follow=True).content.decode()


def test_the_page_records_a_call(client, officer):
    client.force_login(officer)
    assert "Recorded." in send(client, note="Asked on the phone not to be texted")
    assert Suppression.objects.get().phone == ANA


def test_the_page_says_what_is_wrong(client, officer):
    client.force_login(officer)
    assert "Choose the program" in send(client, act="opt_in")
    assert "too few digits" in send(client, phone="12")
    assert not LedgerEntry.objects.exists()


def test_others_cannot_open_the_page(client):
    marketer = User.objects.create_user("mia", is_staff=True)
    marketer.groups.add(Group.objects.get(name="Marketer"))
    client.force_login(marketer)
    assert client.get(reverse("admin:compliance_ledgerentry_add")).status_code == 403
