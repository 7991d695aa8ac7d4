"""The campaign's page in the admin: the buttons that a person has, and what they do."""

import re

import pytest
from django.contrib.auth.models import Group, Permission
from django.forms.models import model_to_dict
from django.urls import reverse
from django.utils import timezone

from campaigns import contents, dry_runs, remembered_numbers, tasks
from campaigns.models import Campaign, Run
from tests.campaigns.factories import CampaignFactory, RunFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def as_ana(client, ana):
    client.force_login(ana)
    return client


@pytest.fixture
def as_ben(client, ben):
    client.force_login(ben)
    return client


OTHERS = {"change", "checklist", "delete", "history", "review", "test", "dry-run", "forget-number"}


def page(campaign):
    return reverse("admin:campaigns_campaign_change", args=[campaign.pk])


def press(client, campaign, button, **data):
    address = reverse(f"admin:campaigns_campaign_{button}", args=[campaign.pk])
    return client.post(address, data, follow=True).content.decode()


def launch(client, campaign):
    """Say yes on the page that asks."""
    address = reverse("admin:campaigns_campaign_launch", args=[campaign.pk])
    counted = client.get(f"{address}counted/").content.decode()
    seen = re.search('name="seen" value="([^"]+)"', counted)
    return press(client, campaign, "launch", confirmed="yes", seen=seen[1])


def buttons(client, campaign):
    words = client.get(page(campaign)).content.decode()
    found = set(re.findall(r"/campaign/\d+/([a-z-]+)/\"", words))
    return found - OTHERS


def form_of(campaign):
    fields = {name: value for name, value in model_to_dict(campaign).items() if value is not None}
    return fields | {"treatments-TOTAL_FORMS": 0, "treatments-INITIAL_FORMS": 0}


def test_an_author_may_ask_for_a_review_but_not_approve(as_ana, draft, reviewed):
    assert buttons(as_ana, draft) == {"submit"}
    assert "Somebody else can approve it" in press(as_ana, draft, "submit")
    assert buttons(as_ana, draft) == {"send-back"}


def test_a_reviewer_approves_with_a_comment_that_stays_on_the_page(as_ben, draft, reviewed):
    Campaign.objects.filter(pk=draft.pk).update(status="review")
    assert buttons(as_ben, draft) == {"approve", "send-back"}
    assert "Approved: Looks good." in press(
        as_ben, draft, "approve", comment="Looks good.", seen=contents.digest(draft)
    )
    assert buttons(as_ben, draft) == {"launch", "send-back"}


def test_nobody_approves_what_was_changed_while_they_read_it(as_ben, draft, ana, reviewed):
    Campaign.objects.filter(pk=draft.pk).update(status="review")
    seen = re.search('name="seen" value="([0-9a-f]{64})"', as_ben.get(page(draft)).content.decode())
    draft.segment.rules = {"match": "any", "rules": []}
    draft.segment.save()
    assert "changed while you read it" in press(as_ben, draft, "approve", seen=seen[1])
    assert "changed while you read it" in press(as_ben, draft, "approve")
    draft.refresh_from_db()
    assert (draft.status, draft.approvals.count()) == ("review", 0)


def test_without_review_the_author_launches_from_the_page(as_ana, draft):
    assert buttons(as_ana, draft) == {"launch"}
    assert "Run 1 has begun" in launch(as_ana, draft)


def test_a_campaign_that_was_sent_says_that_it_would_go_out_again(as_ana, draft):
    RunFactory(campaign=draft, audience=1)
    Campaign.objects.filter(pk=draft.pk).update(status="completed")
    shown = " ".join(re.sub("<[^>]*>", " ", as_ana.get(page(draft)).content.decode()).split())
    assert "Launch again to 3 people" in shown


def test_an_edit_over_somebody_elses_is_refused_on_the_page(as_ana, draft, ben):
    form = form_of(draft)
    Campaign.objects.filter(pk=draft.pk).update(version=2, name="Theirs", edited_by=ben)
    words = as_ana.post(page(draft), {**form, "name": "Mine"}).content.decode()
    assert "ben changed this campaign" in words
    draft.refresh_from_db()
    assert draft.name == "Theirs"


def test_an_edit_is_saved_as_the_next_version(as_ana, draft):
    answer = as_ana.post(page(draft), {**form_of(draft), "name": "Mine"})
    assert answer.status_code == 302
    draft.refresh_from_db()
    assert (draft.name, draft.version) == ("Mine", 2)


def test_an_edit_of_a_treatment_is_an_edit(as_ana, draft):
    treatment = {"name": "B", "percent": 50, "body": "Acme: B. Reply STOP to opt out."}
    form = form_of(draft) | {"treatments-TOTAL_FORMS": 1}
    form |= {f"treatments-0-{name}": value for name, value in treatment.items()}
    assert as_ana.post(page(draft), form).status_code == 302
    draft.refresh_from_db()
    assert (draft.version, draft.treatments.get().percent) == (2, 50)


def test_treatments_and_hold_out_of_more_than_all_are_refused(as_ana, draft):
    form = form_of(draft) | {"treatments-TOTAL_FORMS": 1, "holdout_percent": 60}
    form |= {"treatments-0-name": "B", "treatments-0-percent": 50, "treatments-0-body": "Acme"}
    assert "come to 110 %" in as_ana.post(page(draft), form).content.decode()


def test_saving_without_a_change_keeps_the_version(as_ana, draft):
    as_ana.post(page(draft), form_of(draft))
    draft.refresh_from_db()
    assert draft.version == 1


def test_hours_of_which_the_program_leaves_nothing_are_refused(as_ana, draft):
    form = form_of(draft) | {"window_start": "21:30", "window_end": "22:30"}
    assert "nothing is left" in as_ana.post(page(draft), form).content.decode()
    form |= {"window_start": "10:00", "window_end": ""}
    assert "a beginning and an end" in as_ana.post(page(draft), form).content.decode()
    as_ana.post(page(draft), form | {"window_end": "12:00"})
    draft.refresh_from_db()
    assert (draft.window[0].hour, draft.window[1].hour) == (10, 12)


def test_each_save_keeps_what_the_version_said(as_ana, ana, draft):
    as_ana.post(page(draft), form_of(draft) | {"name": "Second"})
    [version] = draft.versions.all()
    assert (version.number, version.content["name"], version.saved_by) == (2, "Second", ana)


def test_who_saves_what_was_launched_meanwhile_is_told(as_ana, draft):
    form = form_of(draft)
    launch(as_ana, draft)
    words = as_ana.post(page(draft), {**form, "name": "Mine"}, follow=True).content.decode()
    assert "The campaign is sending now. Nothing of yours was saved." in words


def test_a_new_campaign_belongs_to_who_wrote_it(as_ana, ana):
    pattern = CampaignFactory(body="Hi. Reply STOP to opt out.")
    add = reverse("admin:campaigns_campaign_add")
    empty = {"name": "New", "version": ""}  # as the browser sends it from a new campaign's page
    answer = as_ana.post(add, form_of(pattern) | empty)
    made = Campaign.objects.get(name="New")
    assert (made.created_by, made.edited_by, made.status) == (ana, ana, "draft")
    assert answer["Location"] == page(made)  # where it is tested and submitted


def test_who_may_only_look_sees_no_button(client, analyst, draft):
    client.force_login(analyst)
    assert buttons(client, draft) == set()
    address = reverse("admin:campaigns_campaign_launch", args=[draft.pk])
    assert client.post(address).status_code == 403
    assert not Run.objects.exists()


def test_a_dry_run_is_shown_with_hours_and_reasons(as_ana, draft, ana, monkeypatch):
    monkeypatch.setattr(tasks.dry_run, "delay", lambda pk: None)
    assert "Nothing is sent" in press(as_ana, draft, "dry_run")
    result = {"people": 9, "go": 5, "parts": 5, "usd": "0.04", "reasons": {"no_consent": 4}}
    hours = {"2026-11-24T17:00:00+00:00": 5}
    draft.dry_runs.update(
        result={**dry_runs.EMPTY, **result, "hours": hours, "aws": {"": 5}},
        finished_at=timezone.now(),
    )
    words = as_ana.get(page(draft)).content.decode()
    assert "Tue 24 Nov, 12:00 EST: 5 parts" in words
    assert "There is no record that this number opted in" in words


def test_a_test_goes_out_from_the_page(as_ana, draft):
    words = press(as_ana, draft, "test", numbers="+12125550101; +12125550102")
    assert "2 tests are on their way" in words


def test_the_numbers_of_the_last_test_can_be_chosen_and_forgotten(as_ana, draft, ana):
    press(as_ana, draft, "test", numbers="+12125550101")
    (one,) = remembered_numbers.offered(ana.pk)
    shown = as_ana.get(page(draft)).content.decode()
    assert f'name="remembered" value="{one.pk}"> +12125550101</label>' in shown
    assert "1 test is on its way" in press(as_ana, draft, "test", numbers="", remembered=one.pk)
    assert "Forgotten" in press(as_ana, draft, "forget_number", remembered=one.pk)
    assert "+12125550101" not in as_ana.get(page(draft)).content.decode()


def numbers_box(page):
    return re.search('<input type="text" name="numbers" value="([^"]*)"', page)[1]


def test_what_was_typed_for_a_test_that_is_refused_is_there_once_more(as_ana, draft, ana):
    remembered_numbers.remember(ana.pk, ["+12125550101"], timezone.now())
    (one,) = remembered_numbers.offered(ana.pk)
    typed = "+12125550102, 12"
    words = press(as_ana, draft, "test", numbers=typed, remembered=one.pk)
    assert "too few digits" in words
    assert numbers_box(words) == typed
    assert f'name="remembered" value="{one.pk}" checked' in words
    assert numbers_box(as_ana.get(page(draft)).content.decode()) == ""


def test_it_is_shown_on_no_other_campaigns_page(as_ana, draft):
    as_ana.post(reverse("admin:campaigns_campaign_test", args=[draft.pk]), {"numbers": "12"})
    other = CampaignFactory()
    assert numbers_box(as_ana.get(page(other)).content.decode()) == ""
    assert numbers_box(as_ana.get(page(draft)).content.decode()) == ""


def test_who_may_not_see_numbers_sees_what_they_typed_themselves(as_ana, draft):
    Group.objects.get(name="Marketer").permissions.remove(
        Permission.objects.get(codename="see_numbers")
    )
    words = press(as_ana, draft, "test", numbers="+12125550102; 12")
    assert numbers_box(words) == "+12125550102; 12"


def test_a_number_that_was_forgotten_in_another_tab_is_chosen_again(as_ana, draft):
    for sent in ("7", "x", ""):
        assert "Choose again" in press(as_ana, draft, "test", remembered=sent)


def test_remembered_numbers_are_masked_for_those_who_may_not_see_numbers(as_ana, draft, ana):
    remembered_numbers.remember(ana.pk, ["+12125550101"], timezone.now())
    Group.objects.get(name="Marketer").permissions.remove(
        Permission.objects.get(codename="see_numbers")
    )
    shown = as_ana.get(page(draft)).content.decode()
    assert "> +1••••••••01</label>" in shown
    assert "2125550101" not in shown
