"""A rule, minute by minute: what opens, what closes, and who is told."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission, User
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from analytics.alerts import acting, checking, telling
from analytics.models import Alert, AlertRule, OutgoingMail
from campaigns import spend
from campaigns.actions import Refused
from campaigns.models import Destination, OutgoingEvent, Spending
from tests.campaigns.factories import CampaignFactory

pytestmark = pytest.mark.django_db
NOON = datetime(2036, 11, 24, 17, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def budget(settings):
    settings.MONTHLY_BUDGET_USD = Decimal(100)


@pytest.fixture
def rule():
    return AlertRule.objects.create(
        name="Money", kind="spend", threshold=80, recovery=60, bad_checks=2, good_checks=2
    )


@pytest.fixture
def ada():
    user = User.objects.create_user("ada", email="ada@example.com", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="handle_alert"))
    return user


def spent(usd):
    Spending.objects.update_or_create(month=spend.month_of(NOON), defaults={"usd": Decimal(usd)})


def check(rule, minutes, first=0):
    for n in range(first, first + minutes):
        checking.check(rule.pk, NOON + n * MINUTE)


def mails():
    return list(OutgoingMail.objects.order_by("pk").values_list("to", "subject"))


def test_an_alert_opens_once_is_told_once_and_closes_once(rule, ada):
    Destination.objects.create(name="Pager", kind="webhook", address="https://pager.example/hook")
    spent(90)
    check(rule, 10)
    alert = Alert.objects.get()
    assert alert.opened_at == NOON + MINUTE
    assert alert.says == "This month has cost $90.00 of $100.00 (90.00 %): " + (
        "campaigns pause when it is used up."
    )
    spent(70)  # better, and not yet well
    check(rule, 5, first=10)
    assert Alert.objects.get().closed_at is None
    spent(50)
    check(rule, 5, first=15)
    alert.refresh_from_db()
    assert alert.closed_at == NOON + 16 * MINUTE
    assert mails() == [
        ("ada@example.com", "Alert: Money"),
        ("ada@example.com", "Well again: Money"),
    ]
    assert list(OutgoingEvent.objects.order_by("pk").values_list("event_type", flat=True)) == [
        "alert.opened",
        "alert.closed",
    ]


def test_the_mail_and_the_webhook_lead_to_the_alert(rule, ada, settings):
    settings.SITE_URL = "https://sms.example.com"
    Destination.objects.create(name="Pager", kind="webhook", address="https://pager.example/hook")
    spent(90)
    check(rule, 2)
    page = reverse("admin:analytics_alert_change", args=[Alert.objects.get().pk])
    assert f"https://sms.example.com{page}" in OutgoingMail.objects.get().text
    told = OutgoingEvent.objects.get().payload
    assert told["alert"]["url"] == f"https://sms.example.com{page}"
    assert (told["alert"]["value"], told["alert"]["limit"]) == ("90.00", "80.00")


def test_two_beats_of_one_minute_count_once(rule):
    spent(90)
    checking.check(rule.pk, NOON)
    checking.check(rule.pk, NOON)
    checking.check(rule.pk, NOON + timedelta(seconds=5))
    assert not Alert.objects.exists()
    assert AlertRule.objects.get(pk=rule.pk).bad_run == 1


@pytest.mark.django_db(transaction=True)
def test_workers_that_check_at_the_same_time_count_once(rule):
    spent(90)

    def work(_n):
        try:
            checking.check(rule.pk, NOON)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(8)))
    assert AlertRule.objects.get(pk=rule.pk).bad_run == 1


def test_what_is_not_committed_is_not_told(rule, ada):
    spent(90)
    check(rule, 1)
    with transaction.atomic():
        check(rule, 1, first=1)
        transaction.set_rollback(True)
    assert mails() == []
    assert AlertRule.objects.get(pk=rule.pk).bad_run == 1
    check(rule, 1, first=2)
    assert len(mails()) == 1


def test_the_database_holds_one_open_alert_of_a_rule(rule):
    Alert.objects.create(rule=rule, opened_at=NOON, says="x", closed_at=NOON)
    Alert.objects.create(rule=rule, opened_at=NOON, says="x")
    with pytest.raises(IntegrityError):
        Alert.objects.create(rule=rule, opened_at=NOON, says="x")


def test_while_a_rule_is_muted_nobody_is_told_and_afterwards_what_is_still_open(rule, ada):
    AlertRule.objects.update(muted_until=NOON + 5 * MINUTE)
    spent(90)
    check(rule, 5)
    assert Alert.objects.filter(closed_at=None).exists()
    assert mails() == []
    check(rule, 2, first=5)
    assert mails() == [("ada@example.com", "Alert: Money")]


def test_what_closes_untold_is_not_told(rule, ada):
    AlertRule.objects.update(muted_until=NOON + 9 * MINUTE)
    spent(90)
    check(rule, 3)
    spent(10)
    check(rule, 10, first=3)
    assert Alert.objects.get().closed_at
    assert mails() == []


def test_a_rule_that_is_turned_off_closes_its_alert(rule, ada):
    spent(90)
    check(rule, 2)
    AlertRule.objects.update(active=False)
    assert checking.to_check() == [rule.pk]
    check(rule, 1, first=2)
    assert Alert.objects.get().closing == "The rule was turned off."
    assert checking.to_check() == []


@pytest.fixture
def boss(client):
    boss = User.objects.create_superuser("boss")
    client.force_login(boss)
    return boss


def delete(client, rule, **given):
    return client.post(reverse("admin:analytics_alertrule_delete", args=[rule.pk]), given)


def test_a_rule_is_deleted_with_its_alerts_which_are_named_before(rule, client, boss):
    Alert.objects.create(rule=rule, opened_at=NOON, closed_at=NOON, says="It was dear.")
    asked = client.get(reverse("admin:analytics_alertrule_delete", args=[rule.pk]))
    assert "Money: It was dear." in asked.content.decode()
    assert delete(client, rule, post="yes").status_code == 302
    assert not AlertRule.objects.filter(pk=rule.pk).exists()
    assert not Alert.objects.exists()
    entry = LogEntry.objects.get()
    assert (entry.user, entry.action_flag, entry.object_repr) == (boss, 3, "Money")
    assert entry.change_message == "Deleted, with its alerts: 1."


def test_who_was_told_of_an_alert_is_told_when_its_rule_is_deleted(rule, ada, client, boss):
    Destination.objects.create(name="Pager", kind="webhook", address="https://pager.example/hook")
    spent(90)
    check(rule, 3)
    delete(client, rule, post="yes")
    assert mails() == [
        ("ada@example.com", "Alert: Money"),
        ("ada@example.com", "Watched no more: Money"),
    ]
    text = OutgoingMail.objects.latest("pk").text
    assert text.startswith("The rule was deleted.")
    assert text.endswith(reverse("admin:analytics_alert_changelist"))
    events = OutgoingEvent.objects.order_by("pk").values_list("event_type", "payload__alert__id")
    opened, closed = events
    assert (opened[0], closed[0]) == ("alert.opened", "alert.closed")
    assert opened[1] == closed[1]


def test_of_an_alert_that_nobody_heard_of_nobody_is_told_that_it_is_gone(rule, ada, client, boss):
    Alert.objects.create(rule=rule, opened_at=NOON, says="x")
    delete(client, rule, post="yes")
    assert mails() == []


def test_a_rule_is_deleted_once(rule, boss):
    for _click in range(2):
        acting.delete_rule(rule.pk, boss)
    assert LogEntry.objects.count() == 1


def test_only_some_may_delete_a_rule(rule, ada):
    with pytest.raises(PermissionDenied):
        acting.delete_rule(rule.pk, ada)
    assert AlertRule.objects.filter(pk=rule.pk).exists()


def test_a_rule_that_is_gone_is_no_trouble(rule):
    checking.check(rule.pk + 1, NOON)


def test_those_who_are_chosen_are_told_and_nobody_else(rule, ada):
    bob = User.objects.create_user("bob", email="bob@example.com")
    rule.people.add(bob)
    AlertRule.objects.update(also_to="ops@example.com\nBOB@example.com")
    rule.refresh_from_db()
    assert telling.addresses(rule) == ["ops@example.com", "bob@example.com"]


def test_without_a_choice_all_who_may_handle_alerts_are_told(rule, ada):
    User.objects.create_user("bob", email="bob@example.com")
    User.objects.create_superuser("root", email="root@example.com")
    gone = User.objects.create_user("eve", email="eve@example.com", is_active=False)
    gone.user_permissions.add(Permission.objects.get(codename="handle_alert"))
    assert telling.addresses(rule) == ["ada@example.com", "root@example.com"]


def test_an_alert_of_a_campaign_is_told_to_the_webhooks_of_its_program(ada):
    campaign, other = CampaignFactory(), CampaignFactory()
    for name, program in (("Ours", campaign.program), ("Theirs", other.program), ("All", None)):
        Destination.objects.create(name=name, kind="webhook", program=program)
    Destination.objects.create(name="Stream", kind="kinesis")
    rule = AlertRule.objects.create(
        name="Late", kind="backlog", threshold=15, recovery=2, campaign=campaign
    )
    telling.opened(rule, Alert.objects.create(rule=rule, opened_at=NOON, says="x"), NOON)
    told = OutgoingEvent.objects.values_list("destination__name", flat=True)
    assert set(told) == {"Ours", "All"}


def test_taking_an_alert_in_hand_is_on_record_and_takes_it_off_the_home_page(rule, ada, client):
    ada.user_permissions.add(
        *Permission.objects.filter(codename__in=["view_alert", "view_campaign"])
    )
    alert = Alert.objects.create(rule=rule, opened_at=NOON, says="Money is gone.")
    client.force_login(ada)
    (item,) = client.get(reverse("admin:index")).context["needs_you"]
    assert item["words"] == "Money: Money is gone."
    assert client.get(item["link"]).status_code == 200
    press = reverse("admin:analytics_alert_acknowledge", args=[alert.pk])
    client.post(press, {"note": "I asked for more."})
    client.post(press, {"note": "again"})
    assert client.get(reverse("admin:index")).context["needs_you"] == []
    alert.refresh_from_db()
    assert (alert.acknowledged_by, alert.note) == (ada, "I asked for more.")
    assert LogEntry.objects.get().get_change_message() == "Acknowledged. I asked for more."


def test_muting_is_on_record_and_takes_the_alert_off_the_home_page(rule, ada, client):
    ada.user_permissions.add(
        *Permission.objects.filter(codename__in=["view_alert", "view_campaign"])
    )
    alert = Alert.objects.create(rule=rule, opened_at=NOON, says="Money is gone.")
    client.force_login(ada)
    press = reverse("admin:analytics_alert_mute", args=[alert.pk])
    client.post(press, {"hours": "4"})
    assert client.get(reverse("admin:index")).context["needs_you"] == []
    client.post(press, {"hours": "0"})
    assert len(client.get(reverse("admin:index")).context["needs_you"]) == 1
    said = [entry.get_change_message() for entry in LogEntry.objects.order_by("pk")]
    assert said == ["Muted for 4 h.", "Unmuted."]


@pytest.mark.parametrize("hours", ["", "-4", "3", "x", "99999999999"])
def test_a_made_up_time_of_muting_is_refused(rule, ada, client, hours):
    alert = Alert.objects.create(rule=rule, opened_at=NOON, says="x")
    client.force_login(ada)
    client.post(reverse("admin:analytics_alert_mute", args=[alert.pk]), {"hours": hours})
    assert AlertRule.objects.get(pk=rule.pk).muted_until is None


def test_who_may_not_handle_alerts_does_not(rule):
    alert = Alert.objects.create(rule=rule, opened_at=NOON, says="x")
    eve = User.objects.create_user("eve")
    with pytest.raises(PermissionDenied):
        acting.acknowledge(alert.pk, "", eve)
    with pytest.raises(PermissionDenied):
        acting.mute_rule_of(alert.pk, 1, eve)


def test_who_comes_second_is_told_who_has_it(rule, ada):
    alert = Alert.objects.create(rule=rule, opened_at=NOON, says="x")
    acting.acknowledge(alert.pk, "", ada)
    with pytest.raises(Refused, match="ada has taken it in hand already"):
        acting.acknowledge(alert.pk, "", ada)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"kind": "delivery"}, "on the good side"),
        ({"recovery": 81}, "on the good side"),
        ({"country": "US"}, "of one originator or country"),
        ({"country": "usa", "kind": "opt_outs"}, "at most 2 characters"),
        ({"bad_checks": 0}, "greater than or equal to 1"),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused_in_words(rule, changed, said):
    for name, value in changed.items():
        setattr(rule, name, value)
    with pytest.raises(ValidationError, match=said):
        rule.full_clean()


FORM = {
    "name": "Money", "kind": "spend", "threshold": "70", "recovery": "60", "window_hours": "24",
    "least": "1", "bad_checks": "1", "good_checks": "1", "active": "on",
}  # fmt: skip


def test_an_administrator_changes_a_rule_and_it_counts_anew(rule, client):
    client.force_login(User.objects.create_superuser("root"))
    spent(90)
    check(rule, 1)
    page = reverse("admin:analytics_alertrule_change", args=[rule.pk])
    answer = client.post(page, {**FORM, "also_to": "ops@example.com, night@example.com"})
    assert answer.status_code == 302
    rule.refresh_from_db()
    assert (rule.threshold, rule.bad_run, rule.checked_at) == (70, 0, NOON)
    assert rule.also_to.split() == ["ops@example.com", "night@example.com"]
    assert LogEntry.objects.filter(object_id=rule.pk).exists()


def test_a_wrong_address_or_scope_is_said_on_the_page(client):
    client.force_login(User.objects.create_superuser("root"))
    page = reverse("admin:analytics_alertrule_add")
    wrong = {**FORM, "also_to": "ops", "country": "US"}
    said = client.post(page, wrong).content.decode()
    assert "ops is no e-mail address." in said
    wrong = {**FORM, "country": "US"}
    assert "Only texts that arrive and opt-outs" in client.post(page, wrong).content.decode()


def test_the_page_of_a_rule_says_so_where_no_e_mail_goes_out(rule, client, settings):
    client.force_login(User.objects.create_superuser("root"))
    page = reverse("admin:analytics_alertrule_change", args=[rule.pk])
    assert "EMAIL_URL is not set" not in client.get(page).content.decode()
    settings.EMAIL_ON = False
    assert "EMAIL_URL is not set" in client.get(page).content.decode()


@pytest.mark.parametrize("kind", AlertRule.Kind.values)
def test_the_page_of_an_alert_leads_to_where_it_can_be_looked_into(client, kind):
    client.force_login(User.objects.create_superuser("root"))
    fields = {"country": "US"} if kind in {"delivery", "drop", "opt_outs"} else {}
    rule = AlertRule.objects.create(name="X", kind=kind, threshold=1, recovery=1, **fields)
    alert = Alert.objects.create(rule=rule, opened_at=NOON, says="x")
    page = client.get(reverse("admin:analytics_alert_change", args=[alert.pk]))
    assert client.get(page.context["place"]).status_code == 200
    assert ("country=US" in page.context["place"]) is bool(fields)


def test_nobody_is_led_where_they_may_not_look(ada, client):
    ada.user_permissions.add(Permission.objects.get(codename="view_alert"))
    client.force_login(ada)
    rule = AlertRule.objects.create(name="X", kind="silent", threshold=1, recovery=1)
    alert = Alert.objects.create(rule=rule, opened_at=NOON, says="x")
    page = client.get(reverse("admin:analytics_alert_change", args=[alert.pk]))
    assert page.context["place"] == ""
