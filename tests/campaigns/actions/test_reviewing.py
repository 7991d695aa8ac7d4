import pytest
from django.contrib.admin.models import LogEntry
from django.core.exceptions import PermissionDenied

from campaigns import actions
from campaigns.models import Approval
from contacts.segments import saving
from tests.campaigns.actions.conftest import person
from tests.campaigns.factories import SegmentFactory

pytestmark = pytest.mark.django_db


def test_a_draft_is_not_launched_before_somebody_approved_it(draft, ana, reviewed):
    with pytest.raises(actions.Refused, match="Somebody else must approve"):
        actions.launch(draft.pk, ana)


def test_without_review_a_draft_is_launched_by_its_author(draft, ana):
    assert actions.launch(draft.pk, ana).number == 1


def test_asking_approving_and_launching(draft, ana, ben, reviewed):
    actions.submit(draft.pk, ana)
    draft.refresh_from_db()
    assert draft.status == "review"
    actions.approve(draft.pk, ben, "Fine.")
    draft.refresh_from_db()
    assert draft.status == "approved"
    actions.launch(draft.pk, ana)
    draft.refresh_from_db()
    assert draft.status == "sending"
    assert list(
        LogEntry.objects.order_by("pk").values_list("user__username", "change_message")
    ) == [
        ("ana", "Asked for a review."),
        ("ben", "Approved: Fine."),
        ("ana", "Launched run 1."),
    ]


def test_nobody_approves_what_they_wrote(draft, ana, reviewed):
    actions.submit(draft.pk, ana)
    with pytest.raises(actions.Refused, match="somebody else must approve"):
        actions.approve(draft.pk, ana)


def test_nobody_approves_what_they_edited(draft, ana, ben, reviewed):
    actions.save(draft, ben)
    actions.submit(draft.pk, ana)
    with pytest.raises(actions.Refused, match="somebody else must approve"):
        actions.approve(draft.pk, ben)


def test_one_person_approves_once(draft, ana, ben, reviewed):
    actions.submit(draft.pk, ana)
    actions.approve(draft.pk, ben)
    with pytest.raises(actions.Refused, match="already"):
        actions.approve(draft.pk, ben)


def test_who_may_only_look_approves_nothing(draft, ana, analyst, reviewed):
    actions.submit(draft.pk, ana)
    with pytest.raises(PermissionDenied):
        actions.approve(draft.pk, analyst)
    assert not Approval.objects.exists()


def test_a_campaign_that_is_not_ready_is_not_reviewed(draft, ana):
    draft.originator.active = False
    draft.originator.save()
    with pytest.raises(actions.Refused, match="not active"):
        actions.submit(draft.pk, ana)


def test_sending_back_needs_a_comment(draft, ana, ben, reviewed):
    actions.submit(draft.pk, ana)
    with pytest.raises(actions.Refused, match="what should be changed"):
        actions.send_back(draft.pk, ben, "  ")


def test_what_was_sent_back_is_a_draft_without_approvals(draft, ana, ben, reviewed):
    actions.submit(draft.pk, ana)
    actions.approve(draft.pk, ben)
    actions.send_back(draft.pk, ben, "Name the brand.")
    draft.refresh_from_db()
    assert draft.status == "draft"
    actions.submit(draft.pk, ana)
    with pytest.raises(actions.Refused, match="in review now"):
        actions.launch(draft.pk, ana)


def test_an_ended_campaign_goes_out_again_with_the_approval_it_has(draft, ana, ben, reviewed):
    actions.submit(draft.pk, ana)
    actions.approve(draft.pk, ben)
    actions.launch(draft.pk, ana)
    actions.cancel(draft.pk, ana)
    assert actions.launch(draft.pk, ana).number == 2


def test_compliance_staff_may_approve(draft, ana, reviewed):
    actions.submit(draft.pk, ana)
    actions.approve(draft.pk, person("officer", "Compliance"))
    draft.refresh_from_db()
    assert draft.status == "approved"


def change_rules(segment):
    saving.save(segment, {"match": "none", "rules": [CITY]}, None)


CITY = {"field": "city", "op": "is", "values": ["Nowhere"]}


def test_with_other_rules_of_its_segment_an_approval_counts_no_more(draft, ana, ben, reviewed):
    actions.submit(draft.pk, ana)
    actions.approve(draft.pk, ben)
    change_rules(draft.segment)
    with pytest.raises(actions.Refused, match="Somebody else must approve"):
        actions.launch(draft.pk, ana)
    actions.approve(draft.pk, ben, "These too.")  # their first yes is replaced
    assert draft.approvals.get().comment == "These too."
    assert actions.launch(draft.pk, ana).number == 1


def test_the_rules_of_a_segment_within_the_segment_are_approved_too(draft, ana, ben, reviewed):
    inner = SegmentFactory()
    asks = {"field": "segment", "op": "is", "values": [str(inner.pk)]}
    saving.save(draft.segment, {"match": "all", "rules": [asks]}, None)
    actions.submit(draft.pk, ana)
    actions.approve(draft.pk, ben)
    change_rules(inner)
    with pytest.raises(actions.Refused, match="Somebody else must approve"):
        actions.launch(draft.pk, ana)


def test_an_ended_campaign_is_reviewed_again_when_its_segment_changed(draft, ana, ben, reviewed):
    actions.submit(draft.pk, ana)
    actions.approve(draft.pk, ben)
    actions.launch(draft.pk, ana)
    actions.cancel(draft.pk, ana)
    change_rules(draft.segment)
    with pytest.raises(actions.Refused, match="must approve"):
        actions.launch(draft.pk, ana)
    actions.submit(draft.pk, ana)
    actions.approve(draft.pk, ben)
    assert actions.launch(draft.pk, ana).number == 2
