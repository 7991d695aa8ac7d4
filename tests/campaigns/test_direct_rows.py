import uuid

import pytest

from campaigns import direct_rows
from campaigns.models import Message
from tests.campaigns.factories import NOON, ContactFactory
from tests.compliance.factories import OriginatorFactory, ProgramFactory

pytestmark = pytest.mark.django_db


def write(*texts):
    sender = direct_rows.Sender(ProgramFactory().pk, OriginatorFactory(), Message.Purpose.OFFER)
    [written] = direct_rows.write([direct_rows.Order(texts)], sender, uuid.uuid4(), NOON)
    return written


def test_the_gate_is_told_of_a_person_what_is_stored_of_them():
    person = ContactFactory(
        timezone="Europe/Paris", country="FR", region="IDF", city="Paris", postal_code="75001"
    )
    [message] = write(direct_rows.Text(person.phone, "Hello"))
    told = {name: getattr(message.contact, name) for name in direct_rows.ASKED}
    assert told == {name: getattr(person, name) for name in direct_rows.ASKED}
    assert message.contact.line_type == person.line_type  # read where it is needed


def test_whoever_is_no_contact_is_nobody():
    [message] = write(direct_rows.Text("+12125550199", "Hello"))
    assert message.contact is None
