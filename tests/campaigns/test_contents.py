import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from campaigns import actions, contents
from campaigns.models import Campaign
from tests.campaigns.factories import CampaignFactory
from tests.config import world
from tests.contacts.factories import ContactFactory

texts = st.text("ab \n.", max_size=30)


@given(before=texts, now=texts)
def test_the_pieces_of_a_change_hold_both_texts(before, now):
    for change in contents.changes({"body": before}, {"body": now}):
        assert "".join(words for kind, words in change.pieces if kind != "new") == before
        assert "".join(words for kind, words in change.pieces if kind != "gone") == now
    assert bool(contents.changes({"body": before}, {"body": now})) == (before != now)


def test_words_are_compared_one_by_one():
    (change,) = contents.changes({"body": "20% off today"}, {"body": "30% off today"})
    assert change.pieces == (("gone", "20"), ("new", "30"), ("same", "% off today"))


@pytest.fixture
def campaign(db, monkeypatch):
    monkeypatch.setattr("campaigns.preflight.check_green", lambda _: None)
    ContactFactory(city="Boston")
    rules = {"match": "all", "rules": [{"field": "city", "op": "is", "values": ["Boston"]}]}
    made = CampaignFactory(body="Acme: 20% off. Reply STOP to end", status="review")
    made.segment.rules = rules
    made.segment.save()
    return made


def test_everything_that_is_approved_is_kept_in_words(campaign):
    actions.approve(campaign.pk, world.person("Compliance"))
    kept = campaign.approvals.get().content
    assert kept == contents.of(campaign)
    assert kept["body"] == "Acme: 20% off. Reply STOP to end"
    assert "Boston" in kept["rules"]
    assert set(kept) == {*contents.FIELDS, contents.RULES, contents.TREATMENTS}


def test_no_field_that_a_marketer_fills_in_is_left_out():
    own = {"version", "status", "paused_because", "next_run_at", "pinpoint_id", "made_by_call"}
    written = {field.name for field in Campaign._meta.fields if field.name not in own}
    kept_by_the_system = {
        name for name in written - {"starts_at", "ends_at"} if name.endswith(("_at", "_by"))
    }
    assert written - kept_by_the_system - {"id"} == set(contents.FIELDS)


def test_a_reviewer_sees_what_changed_since_the_last_approval(campaign, client):
    actions.approve(campaign.pk, world.person("Compliance"))
    campaign.refresh_from_db()
    campaign.body, campaign.version, campaign.status = (
        "Acme: 30% off. Reply STOP to end",
        2,
        "review",
    )
    campaign.save()
    client.force_login(world.person("Administrator"))
    page = client.get(reverse("admin:campaigns_campaign_review", args=[campaign.pk]))
    text = page.content.decode()
    assert "Since version 1, which Compliance approved" in text
    assert ">20</del>" in text
    assert ">30</ins>" in text
    assert [change.label for change in page.context["changes"]] == ["text"]


def test_the_first_review_says_that_all_of_it_is_new(campaign, client):
    client.force_login(world.person("Compliance"))
    text = client.get(
        reverse("admin:campaigns_campaign_review", args=[campaign.pk])
    ).content.decode()
    assert "all of it is new" in text
    assert "Acme: 20% off. Reply STOP to end" in text
    assert "Boston" in contents.of(campaign)["rules"]
    assert contents.of(campaign)["rules"].splitlines()[-1].strip() in text
    assert "of 1 person can be texted" in text
    assert ("per person per day", "1") in contents.schedule(campaign)
