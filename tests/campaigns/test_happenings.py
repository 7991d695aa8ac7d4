"""Opt-ins and changed attributes set off the campaigns that wait for them."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from campaigns import tasks, triggers
from campaigns.models import Campaign, Happening, Message
from compliance import double_opt_in, erasure, ledger
from compliance.models import LedgerEntry
from contacts.models import Contact
from tests.campaigns.factories import CampaignFactory, ContactFactory
from tests.compliance.factories import OriginatorFactory, ProgramFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_broker(monkeypatch):
    for name in ("answer_happenings", "send_direct", "dispatch"):
        monkeypatch.setattr(getattr(tasks, name), "delay", lambda *_: None)


@pytest.fixture
def somebody():
    return ContactFactory()


def answers(event, **campaign):
    """Make a campaign under way that answers an event."""
    return CampaignFactory(status="sending", timing="event", event=event, **campaign)


def yes(phone, program, source=LedgerEntry.Source.WEB_FORM):
    return ledger.Act(
        phone=phone,
        act=LedgerEntry.Act.OPT_IN,
        source=source,
        program_id=program.pk,
        happened_at=timezone.now(),
        wording_sha256=ledger.keep_wording("Yes, text me offers."),
    )


def answer_all():
    while triggers.answer(timezone.now()):
        pass
    return list(Message.objects.filter(purpose="campaign").values_list("phone", flat=True))


def test_an_opt_in_sets_off_the_programs_own_campaign_once(somebody):
    campaign = answers("opt_in")
    answers("opt_in")  # of another program
    ledger.append([yes(somebody.phone, campaign.program)])
    assert answer_all() == [somebody.phone]
    assert answer_all() == [somebody.phone]
    assert Message.objects.get().campaign == campaign


def test_an_import_sets_off_nothing(somebody):
    campaign = answers("opt_in")
    ledger.append([yes(somebody.phone, campaign.program, LedgerEntry.Source.IMPORT)])
    assert not Happening.objects.exists()


def test_many_opt_ins_at_once_cost_no_more_queries_than_one(django_assert_max_num_queries):
    campaign = answers("opt_in")
    with CaptureQueriesContext(connection) as of_one:
        ledger.append([yes("+12125561000", campaign.program)])
    many = [yes(f"+1212557{n:04d}", campaign.program) for n in range(500)]
    with django_assert_max_num_queries(len(of_one)):
        ledger.append(many)
    assert Happening.objects.count() == 501


def test_where_no_campaign_waits_nothing_is_noted(somebody):
    campaign = answers("opt_in")
    Campaign.objects.update(status="paused")
    ledger.append([yes(somebody.phone, campaign.program)])
    assert not Happening.objects.exists()


def test_who_was_only_asked_to_confirm_has_not_joined_yet(somebody):
    program = ProgramFactory(double_opt_in=True, confirmation_originator=OriginatorFactory())
    answers("opt_in", program=program)
    act = yes(somebody.phone, program)
    assert double_opt_in.join(act) is double_opt_in.Outcome.ASKED
    assert not Happening.objects.exists()
    Message.objects.update(sent_at=timezone.now())
    double_opt_in.confirm(
        somebody.phone,
        to=program.confirmation_originator.identity,
        body="YES",
        at=timezone.now(),
        evidence={},
    )
    assert answer_all() == [somebody.phone]


def test_who_is_no_contact_gets_nothing_and_is_not_asked_about_again():
    campaign = answers("opt_in")
    ledger.append([yes("+12125559876", campaign.program)])
    assert answer_all() == []
    assert not Happening.objects.exists()


def test_an_attribute_changed_by_hand_sets_off_the_campaign_that_waits_for_it(
    admin_client, somebody
):
    answers("attributes.Plan")
    answers("attributes.Other")
    url = f"/admin/contacts/contact/{somebody.pk}/change/"
    form = {
        "phone": somebody.phone,
        "attributes": '{"Plan": ["gold"]}',
        "user_attributes": '{"FirstName": ["Ana"]}',
        "metrics": "{}",
    }
    assert admin_client.post(url, form).status_code == 302
    assert Contact.objects.get().attributes == {"Plan": ["gold"]}
    assert Happening.objects.get().kind == "attributes.Plan"
    assert answer_all() == [somebody.phone]
    admin_client.post(url, form)  # saved again, nothing changed
    assert not Happening.objects.exists()


def test_a_segment_that_no_longer_works_pauses_the_campaign_and_says_why(somebody):
    campaign = answers("opt_in")
    ledger.append([yes(somebody.phone, campaign.program)])
    campaign.segment.rules = {"match": "all", "rules": [{"field": "nonsense", "op": "is"}]}
    campaign.segment.save()
    assert answer_all() == []
    campaign.refresh_from_db()
    assert campaign.status == "paused"
    assert campaign.paused_because


def test_erasing_a_person_leaves_nothing_of_what_happened_to_them(somebody, admin_user):
    campaign = answers("opt_in")
    ledger.append([yes(somebody.phone, campaign.program)])
    erasure.erase(somebody.phone, admin_user)
    assert not Happening.objects.exists()
