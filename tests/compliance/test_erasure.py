import json

import pytest
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import Group, User
from django.core.exceptions import PermissionDenied
from django.core.files.base import ContentFile
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from campaigns import event_log
from campaigns.models import Destination, Event, InboundMessage, Message, OutgoingEvent
from compliance import double_opt_in, erasure, evidence, gate, ledger, verification
from compliance.evidence import Status
from compliance.models import (
    AnswerReview,
    Attachment,
    Consent,
    LedgerEntry,
    PersonalEvidence,
    SuppressedNumber,
)
from contacts.models import Contact, Import, ImportMember, Refusal, RejectedLine
from pinpoint.receivers.raw import RawEvent
from tests.campaigns.events import inbound
from tests.compliance.acts import act, yes
from tests.compliance.factories import OriginatorFactory, ProgramFactory
from tests.contacts.factories import ContactFactory

pytestmark = pytest.mark.django_db
ANA = "+12125550111"
BEN = "+12125550112"


@pytest.fixture
def officer():
    user = User.objects.create_user("olga", is_staff=True)
    user.groups.add(Group.objects.get(name="Compliance"))
    return user


def texts_us(sender, body):
    name = f"in-{Event.objects.count()}"
    payload = json.dumps(inbound(sender, body, inbound_id=name))
    event_log.store([RawEvent(key=name, source="sns", payload=payload)])
    event_log.process_batch()


def known_everywhere(program):
    """Let Ana leave a trace in every table there is a way into."""
    contact = ContactFactory(phone=ANA)
    admin = User.objects.create_user("ada")
    LogEntry.objects.log_actions(admin.pk, [contact], CHANGE, "", single_object=True)
    yes(ANA, program, evidence={"ip": "192.0.2.1", "phone_as_typed": ANA})
    texts_us(ANA, f"It is me, {ANA}")
    Message.objects.create(
        phone=ANA,
        contact=contact,
        program=program,
        originator=OriginatorFactory(),
        purpose="notice",
        body=f"Hello {ANA}",
        due_at=timezone.now(),
        created_at=timezone.now(),
        changed_at=timezone.now(),
    )
    job = Import.objects.create(filename="a.csv", status="completed", encoding="utf-8")
    job.file.save("a.csv", ContentFile(f"phone\n{ANA}\n{BEN}\n".encode()))
    ImportMember.objects.create(job=job, contact=contact)
    Refusal.objects.create(job=job, phone=ANA, line=2, opt_out=True)
    RejectedLine.objects.create(job=job, number=9, reason="no", raw=f"{ANA},x")
    AnswerReview.objects.create(
        phone=ANA,
        inbound_id="in-9",
        recipient="+12065550100",
        text=f"stop? {ANA}",
        received_at=timezone.now(),
        rule="unsure",
        rules_version="1",
        holds=True,
    )
    destination = Destination.objects.create(name="CRM", address="https://crm.example/hook")
    OutgoingEvent.objects.create(
        destination=destination, event_type="_SMS.SUCCESS", payload={"phone": ANA}
    )
    asks = ProgramFactory(double_opt_in=True, confirmation_originator=OriginatorFactory())
    double_opt_in.join(
        ledger.Act(
            phone=ANA,
            act="opt_in",
            source="web_form",
            program_id=asks.pk,
            happened_at=timezone.now(),
        )
    )


def tables_that_name(text):
    with connection.cursor() as cursor:
        found = set()
        for table in connection.introspection.table_names(cursor):
            cursor.execute(
                f"SELECT count(*) FROM {table} t WHERE position(%s in t::text) > 0", [text]
            )
            if cursor.fetchone()[0]:
                found.add(table)
    return found


def test_no_table_names_an_erased_person(officer):
    known_everywhere(ProgramFactory())
    before = tables_that_name(ANA)
    assert before >= {
        "campaigns_event",
        "campaigns_inboundmessage",
        "campaigns_message",
        "campaigns_outgoingevent",
        "compliance_answerreview",
        "compliance_consent",
        "compliance_optinrequest",
        "compliance_personalevidence",
        "compliance_subject",
        "contacts_contact",
        "contacts_refusal",
        "contacts_rejectedline",
        "django_admin_log",
    }
    erasure.erase(ANA, officer)
    assert tables_that_name(ANA) == set()


def test_an_uploaded_list_no_longer_names_the_person(officer, django_capture_on_commit_callbacks):
    known_everywhere(ProgramFactory())
    with django_capture_on_commit_callbacks(execute=True):
        erasure.erase(ANA, officer)
    with Import.objects.get().file.open("rb") as file:
        assert file.read().decode() == f"phone\n\n{BEN}\n"


def test_the_chain_holds_after_an_erasure(officer):
    known_everywhere(ProgramFactory())
    erasure.erase(ANA, officer)
    verdict = verification.verify()
    assert verdict.broken is None
    assert verdict.head.entries == LedgerEntry.objects.count()


@pytest.mark.parametrize("source", ["import", "web_form", "api", "operator", "paper"])
def test_an_erased_person_is_not_texted_whatever_comes_later(officer, source):
    program = ProgramFactory()
    yes(ANA, program)
    erasure.erase(ANA, officer)
    ContactFactory(phone=ANA)
    now = timezone.now()
    yes(ANA, program, source=source, happened_at=now)
    for message_class in ("promotional", "transactional"):
        question = gate.Question(ANA, program.pk, message_class)
        assert gate.decide([question], now)[0].reason is gate.Reason.LISTED


def test_a_text_that_waits_does_not_go_any_more(officer):
    known_everywhere(ProgramFactory())
    erasure.erase(ANA, officer)
    assert set(Message.objects.values_list("state", "reason", "phone", "body")) == {
        ("cancelled", "erased", "erased", "")
    }


def test_others_keep_what_is_theirs(officer):
    program = ProgramFactory()
    known_everywhere(program)
    yes(BEN, program, evidence={"ip": "192.0.2.2"})
    texts_us(BEN, "Hi")
    erasure.erase(ANA, officer)
    assert Consent.objects.get(phone=BEN).state == "active"
    assert PersonalEvidence.objects.get().fields == {"ip": "192.0.2.2"}
    assert InboundMessage.objects.get(sender=BEN).body == "Hi"
    assert Event.objects.filter(payload__contains=BEN).exists()


def test_evidence_of_an_erased_person_is_shown_as_erased_not_as_missing(officer):
    entry = yes(ANA, ProgramFactory(), evidence={"ip": "192.0.2.1", "button": "Join"})
    erasure.erase(ANA, officer)
    found = {p.name: p.status for p in evidence.pieces(LedgerEntry.objects.get(pk=entry.pk))}
    assert found["ip"] is Status.ERASED
    assert found["button"] is Status.RECORDED
    assert found["wording"] is Status.MISSING


def attach(phone, content=b"signed"):
    sha256 = ledger.keep_attachment(ContentFile(content), "form.pdf")
    yes(phone, ProgramFactory(), source="paper", evidence={}, attachment_sha256=sha256)
    return Attachment.objects.get(pk=sha256)


def test_a_file_goes_with_its_person(officer, django_capture_on_commit_callbacks):
    file = attach(ANA).file
    with django_capture_on_commit_callbacks(execute=True):
        erasure.erase(ANA, officer)
    assert not Attachment.objects.exists()
    assert not file.storage.exists(file.name)
    assert verification.verify().broken is None


def test_a_file_that_proves_somebody_elses_act_stays(officer):
    attach(ANA)
    attach(BEN)
    erasure.erase(ANA, officer)
    assert Attachment.objects.exists()
    erasure.erase(BEN, officer)
    assert not Attachment.objects.exists()


def test_erasing_twice_is_harmless(officer):
    erasure.erase(ANA, officer)
    erasure.erase(ANA, officer)
    assert SuppressedNumber.objects.count() == 1


def test_somebody_we_never_knew_can_be_erased(officer):
    erasure.erase(ANA, officer)
    assert SuppressedNumber.objects.get().key == ledger.subject_key(ANA)


def test_the_erasure_is_audited_without_the_number(officer):
    entry_id = erasure.erase(ANA, officer)
    log = LogEntry.objects.get(user=officer)
    assert f"entry {entry_id}" in log.change_message
    assert ANA not in log.object_repr


def test_it_takes_the_permission():
    with pytest.raises(PermissionDenied):
        erasure.erase(ANA, User.objects.create_user("mia"))
    assert not LedgerEntry.objects.exists()


def test_the_database_lets_no_evidence_go_without_an_erasure():
    yes(ANA, ProgramFactory())
    act(BEN, "erasure", source="operator")
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        PersonalEvidence.objects.all().delete()


def test_the_database_refuses_to_change_evidence():
    yes(ANA, ProgramFactory())
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        PersonalEvidence.objects.update(fields={})


def test_a_person_who_texts_again_is_known_again(officer):
    erasure.erase(ANA, officer)
    act(ANA, "opt_in", at=timezone.now())
    assert not SuppressedNumber.objects.exists()
    assert not Contact.objects.exists()
