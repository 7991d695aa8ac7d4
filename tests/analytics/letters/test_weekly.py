"""The week's overview: on whose day, with which figures, and never twice."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth.models import Permission, User
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from analytics import rollups
from analytics.letters import weekly
from analytics.models import OutgoingMail, ReportChoice
from analytics.scope import Scope
from campaigns.models import InboundMessage, Message
from tests.campaigns.factories import CampaignFactory, MessageFactory, RunFactory

PARIS, AUCKLAND = "Europe/Paris", "Pacific/Auckland"
# A Monday, eight o'clock in Paris.
MONDAY = datetime(2026, 11, 30, 7, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def choice(name="ada", zone=PARIS, weekday=0, since=MONDAY - 30 * DAY, **fields):
    user, _made = User.objects.get_or_create(username=name, email=f"{name}@example.com")
    user.user_permissions.add(Permission.objects.get(codename="view_campaign"))
    return ReportChoice.objects.create(
        user=user, zone=zone, weekday=weekday, weekly=True, weekly_since=since, **fields
    )


def told():
    return sorted(OutgoingMail.objects.values_list("to", flat=True))


@pytest.mark.django_db
def test_it_goes_out_at_eight_on_the_chosen_day_and_once():
    choice()
    assert weekly.send_due(MONDAY - timedelta(seconds=1)) == 0
    assert weekly.send_due(MONDAY) == 1
    for minutes in range(0, 3000, 60):
        assert weekly.send_due(MONDAY + timedelta(minutes=minutes)) == 0
    assert weekly.send_due(MONDAY + 7 * DAY) == 1
    assert told() == ["ada@example.com"] * 2


@pytest.mark.django_db
def test_everybody_has_it_on_their_own_day_and_in_their_own_zone():
    choice("ada")
    choice("bob", zone=AUCKLAND)  # Monday came there half a day before
    choice("eve", weekday=1)
    assert weekly.send_due(MONDAY - 12 * HOUR) == 1
    assert told() == ["bob@example.com"]
    assert weekly.send_due(MONDAY) == 1
    assert weekly.send_due(MONDAY + DAY) == 1
    assert told() == ["ada@example.com", "bob@example.com", "eve@example.com"]


@pytest.mark.django_db(transaction=True)
def test_workers_at_the_same_time_write_it_once():
    choice()

    def work(_n):
        try:
            return weekly.send_due(MONDAY)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(work, range(8))) == 1
    assert told() == ["ada@example.com"]


@pytest.mark.django_db
def test_who_asks_on_the_day_itself_gets_the_next_one():
    choice(since=MONDAY + HOUR)
    assert weekly.send_due(MONDAY + 2 * HOUR) == 0
    assert weekly.send_due(MONDAY + 7 * DAY) == 1


@pytest.mark.django_db
def test_after_days_without_a_worker_an_old_one_is_left_out():
    choice()
    assert weekly.send_due(MONDAY + 3 * DAY) == 0


@pytest.mark.django_db
@pytest.mark.parametrize("changed", [{"is_active": False}, {"email": ""}])
def test_who_has_left_or_has_no_address_gets_none(changed):
    choice()
    User.objects.update(**changed)
    assert weekly.send_due(MONDAY) == 0


@pytest.mark.django_db
def test_who_may_not_see_campaigns_any_more_gets_none():
    choice().user.user_permissions.clear()
    assert weekly.send_due(MONDAY) == 0


@pytest.mark.django_db
def test_nothing_is_written_or_forgotten_while_no_e_mail_is_set_up(settings):
    settings.EMAIL_ON = False
    choice()
    assert weekly.send_due(MONDAY) == 0
    settings.EMAIL_ON = True
    assert weekly.send_due(MONDAY + HOUR) == 1


@pytest.fixture
def week(db):
    """A week with ten texts, one of them failed, and one opt-out; the week before had two."""
    run = RunFactory(campaign=CampaignFactory(name="Sale for +12125550187"))
    for at, state, count in (
        (MONDAY - 2 * DAY, "delivered", 9),
        (MONDAY - 2 * DAY, "failed", 1),
        (MONDAY - 9 * DAY, "delivered", 2),
        (MONDAY, "delivered", 5),  # on the day itself
    ):
        MessageFactory.create_batch(
            count, run=run, state=state, sent_at=at, final_at=at, changed_at=at, aws_id="a",
            reason="UNREACHABLE" if state == "failed" else "",
        )  # fmt: skip
    InboundMessage.objects.create(
        inbound_id="in", intent="stop", received_at=MONDAY - DAY, answers=Message.objects.first()
    )
    rollups.rebuild()
    return Scope((MONDAY - 7 * DAY).date(), (MONDAY - DAY).date(), ZoneInfo(PARIS), {})


def test_the_figures_are_those_of_the_week_beside_the_week_before(week):
    report = weekly.report(week)
    assert report.subject == "The week from 2026-11-23 to 2026-11-29"
    assert report.opening == "Handed to AWS: 10. Arrived: 9. Opt-outs: 1."
    figures = {row[0]: row[1:] for row in report.tables[0].rows}
    assert figures["Handed to AWS"] == ["10", "2"]
    assert figures["Delivery rate"] == ["90.0 %", "100.0 %"]
    assert figures["Opt-out rate"] == ["11.1 %", "0.0 %"]
    assert report.tables[1].rows[0][1:] == ["10", "9", "90.0 %"]
    assert report.tables[2].rows == [["The phone is switched off or out of reach.", "1"]]


def test_text_and_html_say_the_same_link_to_the_figures_and_name_no_person(week, settings):
    settings.SITE_URL = "https://sms.example.com"
    choice()
    weekly.send_due(MONDAY)
    mail = OutgoingMail.objects.get()
    link = "https://sms.example.com/admin/figures/overview/?from=2026-11-23&to=2026-11-29"
    assert link in mail.text
    assert link.replace("&", "&amp;") in mail.html
    for told_in in (mail.text, mail.html):
        assert "90.0 %" in told_in
        assert "Sale for +1" in told_in
        assert "5550187" not in told_in


def test_what_people_named_is_no_markup(week):
    CampaignFactory._meta.model.objects.update(name="<script>alert(1)</script>")
    choice()
    weekly.send_due(MONDAY)
    assert "<script>" not in OutgoingMail.objects.get().html


@given(
    st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1)),
    st.integers(0, 6),
    st.sampled_from([PARIS, AUCKLAND, "America/New_York", "Asia/Kolkata", "America/Sao_Paulo"]),
)
def test_the_last_moment_is_eight_on_that_day_and_within_a_week(moment, weekday, zone):
    now, there = moment.replace(tzinfo=UTC), ZoneInfo(zone)
    last = weekly.last_moment(now, weekday, there)
    local = last.astimezone(there)
    assert (local.weekday(), local.hour, local.minute) == (weekday, 8, 0)
    assert timedelta(0) <= now - last.astimezone(UTC) < timedelta(days=7, hours=2)
