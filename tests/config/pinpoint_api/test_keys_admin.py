import re

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission, User
from django.urls import reverse

from config.models import AccessKey, KeyAttestation
from config.pinpoint_api import keys
from tests.compliance.factories import ProgramFactory
from tests.config import world
from tests.config.pinpoint_api import caller

pytestmark = pytest.mark.django_db
ADD = reverse("admin:config_accesskey_add")
VIEW = "compliance.view_program"


def page(key):
    return reverse("admin:config_accesskey_change", args=[key.pk])


@pytest.fixture
def admin(client):
    client.force_login(world.person("Administrator"))
    return client


def test_a_key_is_made_and_its_secret_is_shown_once(admin):
    program = ProgramFactory()
    answer = admin.post(ADD, {"name": "Shop", "permissions": [VIEW], "programs": [program.pk]})
    key = AccessKey.objects.get()
    [secret] = re.findall(r"AWS_SECRET_ACCESS_KEY=(\S+)", answer.content.decode())
    assert "no-store" in answer["Cache-Control"]
    assert f"AWS_ACCESS_KEY_ID={key.access_key}" in answer.content.decode()
    client = caller.client_of(key, secret)
    assert client.get_apps()["ApplicationsResponse"]["Item"][0]["Id"] == program.application_id
    assert secret not in admin.get(page(key)).content.decode()


def test_a_double_click_makes_one_key(admin):
    for _ in range(2):
        admin.post(ADD, {"name": "Shop", "permissions": [VIEW]})
    assert AccessKey.objects.count() == 1


def test_nobody_hands_out_what_they_do_not_have(client):
    user = User.objects.create_user("half", is_staff=True)
    user.user_permissions.set(
        Permission.objects.filter(codename__in=["manage_accesskey", "view_accesskey"])
    )
    client.force_login(user)
    client.post(ADD, {"name": "Shop", "permissions": ["campaigns.send_message"]})
    assert not AccessKey.objects.exists()


def test_what_a_key_may_do_is_changed_on_its_page(admin):
    key, _ = caller.key_with(VIEW)
    form = {"permissions": ["campaigns.send_message"], **management()}
    assert admin.post(page(key), form).status_code == 302
    assert keys.permissions_of(key) == ["campaigns.send_message"]


def test_the_page_of_a_key_says_that_its_programs_are_gone(admin):
    program = ProgramFactory()
    key, _ = caller.key_with(VIEW, programs=[program])
    program.delete()
    assert "may name none" in admin.get(page(key)).content.decode()
    admin.post(page(key), {"permissions": [VIEW], **management()})
    key.refresh_from_db()
    assert key.limited


def management(**more):
    return {
        "attestations-TOTAL_FORMS": "1" if more else "0",
        "attestations-INITIAL_FORMS": "0",
        **{f"attestations-0-{name}": value for name, value in more.items()},
    }


def test_whoever_may_record_consent_vouches_for_the_people_of_a_key(admin):
    key, _ = caller.key_with(VIEW)
    program = ProgramFactory()
    said = {
        "program": program.pk, "message_class": "promotional", "basis": "web_form",
        "origin": "https://acme.example", "wording": "I agree to get texts",
    }  # fmt: skip
    admin.post(page(key), {"permissions": [VIEW]} | management(**said))
    made = KeyAttestation.objects.get()
    assert (made.key, made.program) == (key, program)
    assert made.attested_by.username == "Administrator"
    assert "Attested for" in LogEntry.objects.filter(object_id=key.pk).latest("pk").change_message


def test_a_key_is_revoked_from_the_list(admin):
    key, _ = caller.key_with(VIEW)
    form = {"action": "revoke", "_selected_action": [key.pk]}
    admin.post(reverse("admin:config_accesskey_changelist"), form)
    key.refresh_from_db()
    assert key.revoked_at is not None
    assert not key.user.is_active


def test_a_revoked_key_cannot_be_changed(admin):
    key, _ = caller.key_with(VIEW)
    keys.revoke(key, by=caller.administrator())
    admin.post(page(key), {"permissions": ["campaigns.send_message"], **management()})
    assert keys.permissions_of(key) == [VIEW]


def test_a_keys_user_cannot_sign_in():
    key, _ = caller.key_with(VIEW)
    assert not key.user.is_staff
    assert not key.user.has_usable_password()


def test_each_change_of_a_key_is_in_the_audit_log(admin):
    key, _ = caller.key_with(VIEW)
    keys.change(key, [], [], by=caller.administrator())
    keys.revoke(key, by=caller.administrator())
    said = LogEntry.objects.filter(object_id=key.pk).order_by("pk")
    words = [entry.change_message for entry in said]
    assert [one.split()[0].rstrip(".") for one in words] == ["Made", "May", "Revoked"]
