"""E-mails, handed to a mail server that listens on this machine."""

import smtplib
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db import transaction

from analytics.mail import delivery, outbox
from analytics.mail.acting import resend
from analytics.models import OutgoingMail
from tests.analytics.mail.smtp_server import Server
from tests.compliance.factories import OriginatorFactory

pytestmark = pytest.mark.django_db
NOON = datetime(2036, 11, 24, 17, tzinfo=UTC)
LETTER = outbox.Letter("a", "ada@example.com", "Report", "12 texts.", "<p>12 texts.</p>")


@pytest.fixture
def server(settings):
    server = Server()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = server.server_address
    settings.EMAIL_TIMEOUT = 3
    settings.DEFAULT_FROM_EMAIL = "Sendpoint <sms@example.org>"
    yield server
    server.shutdown()
    server.server_close()


def send_all(now=NOON):
    count = 0
    while delivery.deliver_next(now):
        count += 1
    return count


def test_a_letter_arrives_once_as_text_and_html(server):
    outbox.post([LETTER])
    outbox.post([LETTER])
    assert send_all() == 1
    (taken,) = server.taken
    assert (taken["to"], taken["from"]) == ("ada@example.com", "Sendpoint <sms@example.org>")
    assert taken["subject"] == "Report"
    assert taken["auto-submitted"] == "auto-generated"
    assert taken.get_body(("plain",)).get_content().strip() == "12 texts."
    assert taken.get_body(("html",)).get_content().strip() == "<p>12 texts.</p>"
    mail = OutgoingMail.objects.get()
    assert (mail.state, mail.attempts, mail.ended_at) == ("sent", 1, NOON)
    assert taken["message-id"] == mail.message_id
    assert mail.message_id.endswith("@example.org>")


def test_what_is_not_committed_is_not_sent(server):
    with transaction.atomic():
        outbox.post([LETTER])
        transaction.set_rollback(True)
    assert send_all() == 0


def test_nothing_is_written_where_no_mail_is_set_up(settings):
    settings.EMAIL_ON = False
    outbox.post([LETTER])
    assert not OutgoingMail.objects.exists()


def test_no_number_of_a_person_is_in_an_e_mail_but_our_own_may_be():
    ours = OriginatorFactory().identity
    words = f"From {ours} to +12125550187."
    outbox.post([outbox.Letter("b", "ada@example.com", words, words, words)])
    mail = OutgoingMail.objects.get()
    for told in (mail.subject, mail.text, mail.html):
        assert ours in told
        assert "5550187" not in told


def test_a_name_with_line_breaks_adds_no_header(server):
    outbox.post([outbox.Letter("c", "ada@example.com", "Sale\r\nBcc: eve@example.com", "x")])
    send_all()
    assert server.taken[0]["bcc"] is None
    assert server.taken[0]["subject"] == "Sale Bcc: eve@example.com"


def test_what_the_server_would_not_take_now_is_tried_again_after_growing_pauses(server):
    server.data = "451 later ada@example.com"
    outbox.post([LETTER])
    now, pauses = NOON, []
    while send_all(now):
        mail = OutgoingMail.objects.get()
        pauses.append((mail.due_at - now).total_seconds())
        now = mail.due_at
    assert pauses == [*delivery.LADDER, 0]
    assert (mail.state, mail.error) == ("given_up", "SMTPDataError 451")


def test_after_trouble_it_is_the_same_e_mail_that_arrives(server):
    server.hang_up = True  # it was taken, and nobody knows
    outbox.post([LETTER])
    send_all()
    assert OutgoingMail.objects.get().state == "waiting"
    server.hang_up = False
    send_all(NOON + timedelta(minutes=1))
    first, second = server.taken
    assert first["message-id"] == second["message-id"]
    assert OutgoingMail.objects.get().state == "sent"


def test_an_address_that_does_not_exist_is_given_up_at_once(server):
    server.rcpt = "550 no such ada@example.com"
    outbox.post([LETTER])
    assert send_all() == 1
    mail = OutgoingMail.objects.get()
    assert (mail.state, mail.error) == ("given_up", "SMTPRecipientsRefused 550")


def test_a_server_that_is_away_keeps_no_other_e_mail_from_being_tried(server, settings):
    server.shutdown()
    server.server_close()
    outbox.post([LETTER, outbox.Letter("b", "bob@example.com", "Report", "x")])
    assert send_all() == 2
    assert set(OutgoingMail.objects.values_list("state", "error")) == {
        ("waiting", "ConnectionRefusedError")
    }


@pytest.mark.parametrize(
    ("trouble", "for_good"),
    [
        (smtplib.SMTPRecipientsRefused({"a@b": (550, b"no")}), True),
        (smtplib.SMTPRecipientsRefused({"a@b": (450, b"full")}), False),
        (smtplib.SMTPDataError(554, b"spam"), True),
        (smtplib.SMTPAuthenticationError(535, b"who?"), False),
        (smtplib.SMTPSenderRefused(550, b"you?", "a@b"), False),
        (TimeoutError(), False),
    ],
)
def test_only_what_the_server_never_takes_is_given_up(trouble, for_good):
    assert delivery.is_permanent(trouble) is for_good


def test_what_a_dead_worker_held_is_sent_after_the_lease(server):
    outbox.post([LETTER])
    assert delivery._claim(NOON)
    assert send_all() == 0
    assert send_all(NOON + delivery.LEASE + timedelta(seconds=1)) == 1


def test_who_has_lost_the_lease_writes_nothing():
    outbox.post([LETTER])
    slow = delivery._claim(NOON)
    other = delivery._claim(NOON + timedelta(hours=1))
    delivery._record(other, None, NOON + timedelta(hours=1))
    delivery._record(slow, TimeoutError(), NOON + timedelta(hours=2))
    assert OutgoingMail.objects.get().state == "sent"


def test_what_was_given_up_can_be_sent_again_by_those_who_may(server):
    outbox.post([LETTER])
    OutgoingMail.objects.update(state="given_up", ended_at=NOON, attempts=9)
    ids = list(OutgoingMail.objects.values_list("pk", flat=True))
    with pytest.raises(PermissionDenied):
        resend(ids, User.objects.create_user("eve"))
    assert resend(ids, User.objects.create_superuser("ada")) == 1
    assert send_all() == 1
    assert LogEntry.objects.get().get_change_message() == "Sent again."
    assert resend(ids, User.objects.get(username="ada")) == 0


def test_what_was_sent_long_ago_is_dropped_and_what_was_given_up_stays():
    long_ago = NOON - delivery.KEPT - timedelta(days=1)
    for key, state in (("a", "sent"), ("b", "given_up")):
        OutgoingMail.objects.create(key=key, state=state, ended_at=long_ago)
    assert delivery.drop_old(NOON) == 1
    assert OutgoingMail.objects.get().key == "b"
