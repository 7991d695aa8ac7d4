"""The page of one text."""

import re

import pytest
from django.contrib import admin
from django.urls import reverse

from campaigns.models import Message
from compliance.gate import Verdict
from tests.campaigns.factories import NOON, MessageFactory

pytestmark = pytest.mark.django_db


def words_of(client, message):
    page = client.get(reverse("admin:campaigns_message_change", args=[message.pk]))
    return " ".join(re.sub("<[^>]*>", " ", page.content.decode()).split())


def test_the_page_says_in_words_what_the_gate_answered(admin_client):
    answers = [
        {"verdict": verdict.value, "at": NOON.isoformat(), "rules": "1-a", "reason": reason}
        for verdict, reason in ((Verdict.DEFER, "quiet_hours"), (Verdict.SEND, ""))
    ]
    shown = words_of(admin_client, MessageFactory(decisions=answers))
    held, went = (shown.index(f"The gate {did}") for did in ("held it back", "let it pass"))
    assert held < went


def test_the_page_says_why_it_did_not_arrive(admin_client):
    shown = words_of(admin_client, MessageFactory(state="failed", reason="UNREACHABLE"))
    assert "Why The phone is switched off or out of reach." in shown


def test_the_page_holds_everything_that_is_stored_of_a_text():
    page = admin.site._registry[Message]
    shown = {name for _title, box in page.fieldsets for name in box["fields"]}
    stored = {field.name for field in Message._meta.concrete_fields} - {"id"}
    assert stored - shown == set()
