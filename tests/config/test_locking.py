"""Wrong passwords lock a login: of one person, from one place, for a while."""

from datetime import timedelta

import pytest
import time_machine
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.urls import reverse
from django.utils import timezone

from tests.config import world

pytestmark = pytest.mark.django_db
WRONG, RIGHT = "not it", "sendpoint"


@pytest.fixture
def marketer():
    return world.person("Marketer")


def log_in(client, password, name="Marketer", address="203.0.113.7"):
    typed = {"username": name, "password": password}
    return client.post(reverse("admin:login"), typed, REMOTE_ADDR=address)


def lock(client):
    for _ in range(5):
        answer = log_in(client, WRONG)
    return answer


def test_the_fifth_wrong_password_locks_and_says_for_how_long(client, marketer):
    answer = lock(client)
    assert answer.status_code == 429
    assert "Try again in 15 minutes" in answer.content.decode()
    assert answer["Retry-After"] == "900"


def test_the_right_password_does_not_help_while_it_is_locked(client, marketer):
    lock(client)
    assert log_in(client, RIGHT).status_code == 429
    assert "_auth_user_id" not in client.session


def test_it_is_open_again_after_a_while(client, marketer):
    lock(client)
    with time_machine.travel(timezone.now() + timedelta(minutes=16), tick=False):
        assert log_in(client, RIGHT).status_code == 302


def test_nobody_can_lock_others_out_from_elsewhere(client, marketer):
    lock(client)
    assert log_in(client, RIGHT, address="198.51.100.4").status_code == 302


def test_others_at_the_same_address_are_not_locked(client, marketer):
    world.person("Analyst")
    lock(client)
    assert log_in(client, RIGHT, name="Analyst").status_code == 302


def test_the_right_password_begins_the_count_anew(client, marketer):
    for _ in range(3):
        for _ in range(4):
            log_in(client, WRONG)
        assert log_in(client, RIGHT).status_code == 302


def test_behind_a_proxy_the_visitors_own_address_counts(client, marketer, settings):
    settings.PROXIES_IN_FRONT = 1
    client.defaults["HTTP_X_FORWARDED_FOR"] = "203.0.113.9"
    lock(client)
    client.defaults["HTTP_X_FORWARDED_FOR"] = "203.0.113.9, 198.51.100.4"
    assert log_in(client, RIGHT).status_code == 302


def test_an_administrator_unlocks_and_it_is_on_record(client, marketer):
    lock(client)
    admin = world.person("Administrator")
    client.force_login(admin)
    chosen = {"action": "unlock", "_selected_action": [marketer.pk]}
    page = client.post(reverse("admin:auth_user_changelist"), chosen, follow=True)
    assert "1 login is open again." in page.content.decode()
    assert LogEntry.objects.get().change_message == "Unlocked the login."
    client.logout()
    assert log_in(client, RIGHT).status_code == 302


@pytest.mark.parametrize("password", ["short", "123456789012", "Administrator1", "password1234"])
def test_a_password_that_is_easily_guessed_is_refused(client, password):
    client.force_login(User.objects.create_superuser("root"))
    typed = {"username": "administrator1", "password1": password, "password2": password}
    answer = client.post(reverse("admin:auth_user_add"), typed)
    assert answer.context["errors"]
    assert not User.objects.filter(username="administrator1").exists()
