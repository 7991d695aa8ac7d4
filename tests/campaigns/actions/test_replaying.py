import pytest
from django.contrib.admin.models import LogEntry
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from campaigns import actions
from campaigns.models import Event
from tests.campaigns.factories import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def broken():
    return Event.objects.create(
        dedupe_key="k", source="sns", payload="{", status="broken", error="no", received_at=NOON
    )


def test_a_dead_letter_is_acted_on_again_and_that_is_on_record(broken, admin_user):
    assert actions.replay_events([broken.pk], admin_user) == 1
    broken.refresh_from_db()
    assert broken.status == "new"
    assert LogEntry.objects.get().get_change_message() == "Acted on again."


def test_not_everybody_may_have_events_acted_on_again(broken, django_user_model):
    user = django_user_model.objects.create_user("nobody", password="x")
    with pytest.raises(PermissionDenied):
        actions.replay_events([broken.pk], user)


def test_the_list_of_events_offers_it(broken, admin_client):
    answer = admin_client.post(
        reverse("admin:campaigns_event_changelist"),
        {"action": "replay", "_selected_action": broken.pk},
        follow=True,
    )
    assert "1 event is acted on again." in answer.content.decode()
