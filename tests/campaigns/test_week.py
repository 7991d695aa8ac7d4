"""A virtual clock drives a campaign through a week over all zones of the United States."""

import time
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from campaigns import pacing, queue
from campaigns.dispatch import Dispatcher
from campaigns.models import Message
from tests.campaigns.factories import ContactFactory, MessageFactory, opted_in, run_of
from tests.campaigns.gateways import Accepting

pytestmark = pytest.mark.django_db
# Where people with these area codes may be, written down by hand.
EAST, CENTRE = "America/New_York", "America/Chicago"
MOUNTAIN, WEST = "America/Denver", "America/Los_Angeles"
ARIZONA, ALASKA, HAWAII = "America/Phoenix", "America/Anchorage", "Pacific/Honolulu"
AREAS = {
    "212": [EAST],
    "312": [CENTRE],
    "303": [MOUNTAIN],
    "602": [ARIZONA],
    "310": [WEST],
    "907": [ALASKA, "America/Adak"],
    "808": [HAWAII],
    "850": [EAST, CENTRE],
    "208": [MOUNTAIN, WEST],
    "701": [CENTRE, MOUNTAIN],
    "270": [EAST, CENTRE],
    "541": [WEST, MOUNTAIN],
    "928": [ARIZONA, MOUNTAIN],
    "423": [EAST, CENTRE],
    "605": [CENTRE, MOUNTAIN],
}
STATED = ("America/Puerto_Rico", "America/Adak", "America/Indiana/Knox", HAWAII, ARIZONA)
STEP = timedelta(minutes=30)
# Weeks in which the clocks of most of the United States change, from a moment when it is night.
CHANGES = {
    "forward": datetime(2027, 3, 11, 6, 10, tzinfo=UTC),
    "back": datetime(2026, 10, 29, 5, 10, tzinfo=UTC),
}


class Clocked(Accepting):
    """Remembers when, on the virtual clock, each number was texted."""

    def __init__(self):
        super().__init__()
        self.now = None
        self.left = []

    def send(self, text):
        self.left.append((self.now, text.clearance.phone))
        return super().send(text)


def make_campaign(start):
    run, _ = run_of(0)
    run.launched_at, run.expires_at = start, start + timedelta(days=7)
    run.save()
    zones = {f"+1{area}555{n:04d}": AREAS[area] for area in AREAS for n in (101, 102)}
    stated = {f"+1212555{9000 + n}": zone for n, zone in enumerate(STATED)}
    contacts = [ContactFactory(phone=phone) for phone in zones]
    contacts += [ContactFactory(phone=phone, timezone=zone) for phone, zone in stated.items()]
    opted_in(run.campaign.program, *(contact.phone for contact in contacts))
    # One lot is due each six hours over the week: in the night, at dawn, at dusk.
    for n, contact in enumerate(contacts):
        due = start + timedelta(hours=6 * (n % 20))
        MessageFactory(run=run, contact=contact, phone=contact.phone, due_at=due)
    return run, zones | {phone: [zone] for phone, zone in stated.items()}


@pytest.mark.parametrize("change", CHANGES)
def test_no_promotional_text_leaves_outside_its_window(change):
    start = CHANGES[change]
    run, zones = make_campaign(start)
    gateway, now = Clocked(), start
    while now < start + timedelta(days=8):
        if queue.runs_with_work(now):
            gateway.now = now
            pacing.connection().flushdb()
            dispatcher = Dispatcher(gateway, now=lambda now=now: now, at_once=4)
            dispatcher.work(run.pk, until=time.monotonic() + 30)
        queue.expire(now)
        now += STEP
    assert sorted(phone for _, phone in gateway.left) == sorted(zones)  # everybody, once
    for moment, phone in gateway.left:
        for zone in zones[phone]:
            local = moment.astimezone(ZoneInfo(zone))
            assert 8 <= local.hour < 21, (phone, zone, local)
    assert not Message.objects.exclude(state="accepted").exists()
