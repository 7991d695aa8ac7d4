"""Signing in with a second factor: codes are good once, and nobody guesses them."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission, User
from django.core.management import CommandError, call_command
from django.db import connection
from django.urls import reverse
from django_otp.oath import totp

from config.models import AuthenticatorApp
from config.two_factor import actions
from tests.config import world

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 26, 12, 0, 10, tzinfo=UTC)
STEP = timedelta(seconds=30)
HOME = reverse("admin:index")


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def marketer():
    return world.person("Marketer")


def code(user, steps=0):
    return f"{totp(AuthenticatorApp.objects.get(user=user).secret, drift=steps):06}"


@pytest.fixture
def guarded(marketer, clock):
    """Somebody who turned it on a while ago."""
    actions.begin(marketer)
    marketer.codes = actions.confirm(marketer, code(marketer))
    clock.shift(10 * STEP)
    return marketer


def give_password(client, next_page="", **where):
    typed = {"username": "Marketer", "password": "sendpoint", "next": next_page}
    return client.post(reverse("admin:login"), typed, **where)


def give_code(client, typed, **where):
    return client.post(reverse("sign_in_code"), {"code": typed}, **where)


def is_in(client):
    return "_auth_user_id" in client.session


def test_whoever_did_not_turn_it_on_needs_the_password_alone(client, marketer):
    assert give_password(client)["Location"] == HOME
    assert is_in(client)


def test_a_password_alone_lets_nobody_in_who_turned_it_on(client, guarded):
    assert give_password(client)["Location"] == reverse("sign_in_code")
    assert not is_in(client)
    assert client.get(HOME).status_code == 302


def test_with_the_code_one_comes_to_the_page_that_was_asked_for(client, guarded):
    wanted = reverse("admin:campaigns_campaign_changelist")
    give_password(client, wanted)
    assert give_code(client, code(guarded))["Location"] == wanted
    assert is_in(client)


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example", "javascript:x"])
def test_no_address_of_another_site_is_led_to(client, guarded, elsewhere):
    give_password(client, elsewhere)
    assert give_code(client, code(guarded))["Location"] == HOME


def test_a_code_without_a_password_is_worth_nothing(client, guarded):
    assert give_code(client, code(guarded))["Location"] == reverse("admin:login")
    assert not is_in(client)


def test_a_code_is_good_once(client, guarded):
    used = code(guarded)
    give_password(client)
    assert give_code(client, used).status_code == 302
    client.logout()
    give_password(client)
    assert "was used before" in give_code(client, used).content.decode()
    assert not is_in(client)


def test_a_code_of_before_the_last_one_is_not_taken_either(client, guarded):
    before = code(guarded, steps=-1)
    assert actions.verify(guarded, code(guarded))
    assert not actions.verify(guarded, before)


@pytest.mark.parametrize(("steps", "right"), [(-2, False), (-1, True), (1, True), (2, False)])
def test_clocks_may_differ_by_half_a_minute(guarded, steps, right):
    assert bool(actions.verify(guarded, code(guarded, steps))) == right


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "١٢٣٤٥٦", "-00001", "0x1234", "abcdef"])
def test_what_is_no_code_is_refused(client, guarded, typed):
    give_password(client)
    assert give_code(client, typed).status_code == 200
    assert not is_in(client)


def test_a_code_may_be_typed_with_a_space(guarded):
    typed = code(guarded)
    assert actions.verify(guarded, f"{typed[:3]} {typed[3:]}")


@pytest.mark.django_db(transaction=True)
def test_of_two_requests_with_one_code_one_is_let_in(guarded):
    def attempt(typed):
        try:
            return actions.verify(guarded, typed) is not None
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(attempt, [code(guarded)] * 2)) == [False, True]


def test_five_wrong_codes_lock_the_login_like_wrong_passwords(client, guarded, clock):
    for _ in range(5):
        give_password(client)
        answer = give_code(client, "000000")
        clock.shift(STEP)
    assert answer.status_code == 429
    assert give_password(client).status_code == 429
    assert give_code(client, code(guarded)).status_code == 429
    assert not is_in(client)


def test_wrong_codes_from_everywhere_make_the_next_wait_longer(client, guarded, clock):
    for number in range(12):
        give_password(client, REMOTE_ADDR=f"203.0.113.{number}")
        give_code(client, "000000", REMOTE_ADDR=f"203.0.113.{number}")
        clock.shift(STEP)
    tried = AuthenticatorApp.objects.get().throttling_failure_count
    assert tried == 8  # the others came too soon and were not even compared
    assert not actions.verify(guarded, code(guarded))
    clock.shift(timedelta(minutes=5))
    assert actions.verify(guarded, code(guarded))


def test_the_code_must_follow_within_ten_minutes(client, guarded, clock):
    give_password(client)
    clock.shift(timedelta(minutes=11))
    assert give_code(client, code(guarded))["Location"] == reverse("admin:login")


def test_a_password_that_was_changed_meanwhile_counts_no_more(client, guarded):
    give_password(client)
    guarded.set_password("another password")
    guarded.save()
    assert give_code(client, code(guarded))["Location"] == reverse("admin:login")


def test_who_was_shut_out_meanwhile_stays_out(client, guarded):
    give_password(client)
    User.objects.update(is_active=False)
    give_code(client, code(guarded))
    assert not is_in(client)


def test_the_session_gets_another_name_at_each_step(client, guarded):
    client.get(reverse("admin:login"))
    give_password(client)
    first = client.session.session_key
    give_code(client, code(guarded))
    assert client.session.session_key != first


def test_a_recovery_code_is_good_once_and_on_record(client, guarded):
    written = guarded.codes[3].upper().replace("-", " ")
    give_password(client)
    assert give_code(client, written).status_code == 302
    said = LogEntry.objects.first().change_message
    assert said == "Signed in with a recovery code; 9 are left."
    assert not actions.verify(guarded, written)


def test_the_database_holds_neither_the_secret_nor_a_recovery_code(guarded):
    app = AuthenticatorApp.objects.get()
    assert app.secret not in bytes(app.sealed)
    assert not set(guarded.codes) & set(app.recovery_hashes)


def test_the_old_key_is_believed_while_it_is_named(guarded, settings):
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another"
    assert actions.verify(guarded, code(guarded))


def test_without_the_old_key_a_recovery_code_still_lets_one_in(guarded, settings):
    settings.SECRET_KEY = "another"
    assert not actions.verify(guarded, "123456")
    AuthenticatorApp.objects.update(throttling_failure_count=0)
    assert actions.verify(guarded, guarded.codes[0])


def test_it_is_turned_on_by_a_code_of_the_app_which_shows_recovery_codes_once(client, marketer):
    client.force_login(marketer)
    page = client.post(reverse("two_factor"), {"wish": "begin"}, follow=True)
    assert 'src="data:image/png' in page.content.decode()
    wrong = client.post(reverse("two_factor"), {"wish": "confirm", "code": "000000"})
    assert "not right" in wrong.content.decode()
    AuthenticatorApp.objects.update(throttling_failure_count=0)
    right = client.post(reverse("two_factor"), {"wish": "confirm", "code": code(marketer)})
    assert len(right.context["codes"]) == 10
    assert right["Cache-Control"].startswith("max-age=0, no-cache, no-store")
    after = client.get(reverse("two_factor")).content.decode()
    assert "10 recovery codes are left." in after
    assert right.context["codes"][0] not in after


def test_beginning_again_does_not_undo_what_is_on(client, guarded):
    client.force_login(guarded)
    client.post(reverse("two_factor"), {"wish": "begin"})
    assert actions.app_of(guarded)


def test_it_is_turned_off_with_a_code_and_not_without(client, guarded):
    client.force_login(guarded)
    client.post(reverse("two_factor"), {"wish": "off", "code": "000000"})
    assert actions.app_of(guarded)
    actions.forgive([guarded])
    client.post(reverse("two_factor"), {"wish": "off", "code": code(guarded)})
    assert actions.app_of(guarded) is None


def test_new_recovery_codes_replace_the_old(client, guarded):
    client.force_login(guarded)
    page = client.post(reverse("two_factor"), {"wish": "renew", "code": code(guarded)})
    assert actions.verify(guarded, page.context["codes"][0])
    assert not actions.verify(guarded, guarded.codes[0])


def reset(client, *people):
    chosen = {"action": "reset_two_factor", "_selected_action": [user.pk for user in people]}
    return client.post(reverse("admin:auth_user_changelist"), chosen, follow=True).content.decode()


def test_an_administrator_resets_it_and_it_is_on_record(client, guarded):
    client.force_login(world.person("Administrator"))
    assert "1 login was reset." in reset(client, guarded)
    assert LogEntry.objects.first().change_message == "Reset the two-factor sign-in."
    client.logout()
    give_password(client)
    assert is_in(client)


def test_nobody_resets_who_may_do_more_nor_themselves(client, guarded):
    clerk = world.person("nobody")
    clerk.user_permissions.set(Permission.objects.filter(codename__in=["view_user", "change_user"]))
    client.force_login(clerk)
    assert "may do more than you" in reset(client, guarded)
    client.force_login(world.person("Administrator"))
    reset(client, User.objects.get(username="Administrator"))
    assert actions.app_of(guarded)


def test_an_administrator_unlocks_wrong_codes_as_well(client, guarded):
    actions.verify(guarded, "000000")
    client.force_login(world.person("Administrator"))
    chosen = {"action": "unlock", "_selected_action": [guarded.pk]}
    client.post(reverse("admin:auth_user_changelist"), chosen)
    assert actions.verify(guarded, code(guarded))


def test_the_last_administrator_has_a_command(guarded, capsys):
    call_command("reset_two_factor", "Marketer")
    assert actions.app_of(guarded) is None
    with pytest.raises(CommandError, match="signs in with the password alone already"):
        call_command("reset_two_factor", "Marketer")


def test_where_it_is_required_nothing_opens_before_it_is_set_up(client, marketer, settings):
    settings.TWO_FACTOR_REQUIRED = True
    give_password(client)
    assert client.get(HOME)["Location"] == reverse("two_factor")
    assert client.post(reverse("admin:contacts_segment_add"))["Location"] == reverse("two_factor")
    client.post(reverse("two_factor"), {"wish": "begin"})
    client.post(reverse("two_factor"), {"wish": "confirm", "code": code(marketer)})
    assert client.get(HOME).status_code == 200


def test_where_it_is_required_it_cannot_be_turned_off(client, guarded, settings):
    settings.TWO_FACTOR_REQUIRED = True
    give_password(client)
    give_code(client, code(guarded))
    assert "Turn it off" not in client.get(reverse("two_factor")).content.decode()
    client.post(reverse("two_factor"), {"wish": "off", "code": guarded.codes[0]})
    assert actions.app_of(guarded)


def test_where_it_is_required_a_session_of_the_password_alone_ends(client, guarded, settings):
    settings.TWO_FACTOR_REQUIRED = True
    client.force_login(guarded)
    assert client.get(HOME)["Location"] == reverse("admin:login")
    assert not is_in(client)
