"""The log holds no number of a person, no text, no secret."""

import logging

import pytest
from django.db import IntegrityError, transaction

from config.logs import Discreet
from contacts.models import Contact
from tests.campaigns.factories import ContactFactory

NUMBER = "+12125550187"


def written(words, *arguments, trouble=None):
    said = (type(trouble), trouble, trouble.__traceback__) if trouble else None
    return Discreet("%(message)s").format(
        logging.LogRecord("x", logging.ERROR, "x.py", 1, words, arguments, said)
    )


@pytest.mark.parametrize("number", [NUMBER, "(212) 555-0187", "%2B12125550187"])
def test_a_number_is_masked_whoever_logs_it(number):
    assert "555" not in written("GET /admin/?q=%s HTTP/1.1", number)


def test_what_is_no_number_stays():
    assert written("campaign %s paused after %s texts", 4711, 1234567) == (
        "campaign 4711 paused after 1234567 texts"
    )


@pytest.mark.django_db
def test_a_refused_row_is_not_told_with_its_values():
    contact = ContactFactory(phone=NUMBER, user_attributes={"FirstName": ["Ana\nBelle"]})
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        Contact.objects.create(phone=contact.phone)
    assert NUMBER in str(caught.value)  # PostgreSQL does say it
    said = written("it failed", trouble=caught.value)
    assert "duplicate key value" in said
    assert "DETAIL:  (left out)" in said
    assert "555" not in said


@pytest.mark.django_db
def test_the_rest_of_a_text_with_lines_is_left_out_with_it():
    said = written("x\nDETAIL:  Failing row contains (1, Hi Ana,\nyour code is 4711).\nHINT:  no")
    assert "4711" not in said
    assert said.endswith("HINT:  no")
