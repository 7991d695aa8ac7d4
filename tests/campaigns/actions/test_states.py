"""Random people press random buttons: no campaign ever gets where it may not be."""

from datetime import date, time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from campaigns import actions
from campaigns.models import Campaign, Run

pytestmark = pytest.mark.django_db
# Every change of state that there is, as one literal table to hold the actions against.
LEGAL = {
    ("submit", "draft"): {"review"},
    ("submit", "completed"): {"review"},
    ("submit", "cancelled"): {"review"},
    ("submit", "failed"): {"review"},
    ("approve", "review"): {"approved"},
    ("approve", "approved"): {"approved"},
    ("approve", "scheduled"): {"scheduled"},
    ("send_back", "review"): {"draft"},
    ("send_back", "approved"): {"draft"},
    ("edit", "draft"): {"draft"},
    ("edit", "review"): {"review"},
    ("edit", "approved"): {"review"},
    ("edit", "scheduled"): {"review"},
    ("edit", "completed"): {"draft"},
    ("edit", "cancelled"): {"draft"},
    ("edit", "failed"): {"draft"},
    ("launch", "approved"): {"sending", "scheduled"},
    ("launch", "completed"): {"sending", "scheduled"},
    ("launch", "cancelled"): {"sending", "scheduled"},
    ("launch", "failed"): {"sending", "scheduled"},
    ("pause", "sending"): {"paused"},
    ("pause", "scheduled"): {"paused"},
    # Completed: all that it had to send had gone, or its last day came while it was paused.
    ("resume", "paused"): {"sending", "scheduled", "completed"},
    ("cancel", "scheduled"): {"cancelled"},
    ("cancel", "sending"): {"cancelled"},
    ("cancel", "paused"): {"cancelled"},
}
ACTS = {
    "submit": actions.submit,
    "approve": actions.approve,
    "send_back": lambda pk, user: actions.send_back(pk, user, "No."),
    "edit": lambda pk, user: actions.save(Campaign.objects.get(pk=pk), user),
    "launch": actions.launch,
    "pause": actions.pause,
    "resume": actions.resume,
    "cancel": actions.cancel,
}
steps = st.lists(st.tuples(st.sampled_from(sorted(ACTS)), st.booleans()), max_size=25)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=steps,
    status=st.sampled_from(Campaign.Status.values),
    timing=st.sampled_from(["now", "daily"]),
)
def test_every_change_of_state_is_a_legal_one(draft, ana, ben, reviewed, steps, status, timing):
    Run.objects.filter(campaign=draft).delete()
    Campaign.objects.filter(pk=draft.pk).update(
        status=status, timing=timing, first_day=date(2026, 1, 1), clock=time(9), next_run_at=None
    )
    draft.approvals.all().delete()
    for name, by_author in steps:
        before = Campaign.objects.get(pk=draft.pk)
        try:
            ACTS[name](draft.pk, ana if by_author else ben)
        except actions.Refused:
            after = Campaign.objects.get(pk=draft.pk)
            assert (after.status, after.version) == (before.status, before.version)
            continue
        after = Campaign.objects.get(pk=draft.pk)
        assert after.status in LEGAL.get((name, before.status), set())
        assert after.runs.filter(finished_at=None).count() <= 1
        if name == "launch":
            approvals = after.approvals.filter(version=after.version)
            assert approvals.exclude(approved_by__in=[after.created_by, after.edited_by]).exists()
