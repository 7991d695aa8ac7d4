import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group

from campaigns import tasks
from tests.campaigns.factories import CampaignFactory, ContactFactory, opted_in


def person(name, role="Marketer"):
    user = get_user_model().objects.create_user(name, is_staff=True)
    user.groups.add(Group.objects.get(name=role))
    return user


@pytest.fixture
def ana(db):
    """Who writes the campaigns."""
    return person("ana")


@pytest.fixture
def ben(db):
    """Who reviews them."""
    return person("ben")


@pytest.fixture
def analyst(db):
    """Who may only look."""
    return person("analyst", "Analyst")


@pytest.fixture(autouse=True)
def no_broker(monkeypatch):
    """Nudges are only noted; what they would do is tested where it is done."""
    nudged = []
    monkeypatch.setattr(tasks.build_audience, "delay", lambda run_id: nudged.append(run_id))
    monkeypatch.setattr(tasks.dispatch, "delay", lambda: nudged.append("dispatch"))
    return nudged


@pytest.fixture
def reviewed(settings):
    """An installation in which campaigns are reviewed."""
    settings.CAMPAIGN_REVIEW = True


@pytest.fixture
def draft(ana):
    """A campaign that ana wrote, to three people."""
    people = ContactFactory.create_batch(3)
    campaign = CampaignFactory(
        body="Acme: hello. Reply STOP to opt out.",
        created_by=ana,
        edited_by=ana,
        program__name="Offers",
    )
    opted_in(campaign.program, *(person.phone for person in people))
    return campaign
