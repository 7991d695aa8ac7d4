import pytest
from django.core.exceptions import PermissionDenied

from campaigns import actions
from campaigns.models import Campaign

pytestmark = pytest.mark.django_db


def edit(draft, user, **changes):
    opened = Campaign.objects.get(pk=draft.pk)
    for name, value in changes.items():
        setattr(opened, name, value)
    actions.save(opened, user)
    draft.refresh_from_db()


def test_an_edit_makes_a_new_version(draft, ben):
    edit(draft, ben, name="Other")
    assert (draft.name, draft.version, draft.edited_by) == ("Other", 2, ben)


def test_editing_after_approval_sends_it_back_to_review(draft, ana, ben, reviewed):
    actions.submit(draft.pk, ana)
    actions.approve(draft.pk, ben)
    edit(draft, ana, name="Other")
    assert draft.status == "review"
    with pytest.raises(actions.Refused):
        actions.launch(draft.pk, ana)


def test_an_ended_campaign_is_a_draft_again_when_edited(draft, ana, ben, reviewed):
    Campaign.objects.filter(pk=draft.pk).update(status="completed")
    edit(draft, ana, name="Other")
    assert draft.status == "draft"
    with pytest.raises(actions.Refused, match="approve"):
        actions.launch(draft.pk, ana)


def test_of_two_who_edit_at_once_the_second_is_told_who_was_first(draft, ana, ben):
    mine, theirs = (Campaign.objects.get(pk=draft.pk) for _ in range(2))
    theirs.name = "Theirs"
    actions.save(theirs, ben)
    mine.name = "Mine"
    with pytest.raises(actions.Refused, match="ben changed this campaign"):
        actions.save(mine, ana)
    draft.refresh_from_db()
    assert draft.name == "Theirs"


@pytest.mark.parametrize("status", ["sending", "paused"])
def test_what_is_on_its_way_is_not_edited(draft, ana, status):
    Campaign.objects.filter(pk=draft.pk).update(status=status)
    with pytest.raises(actions.Refused, match=f"is {status} now"):
        actions.save(draft, ana)


def test_who_may_only_look_edits_nothing(draft, analyst):
    with pytest.raises(PermissionDenied):
        actions.save(draft, analyst)
    with pytest.raises(PermissionDenied):
        actions.create(draft, analyst)
