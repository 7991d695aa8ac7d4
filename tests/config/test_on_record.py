"""Whatever a person changes is in the audit log, in the transaction of the change."""

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from analytics.models import OutgoingMail
from campaigns.models import Campaign, Destination, Message, RememberedNumber, Run
from compliance.models import Program, Suppression
from config.models import AuthenticatorApp
from contacts.models import AttributeName
from tests.campaigns.factories import SegmentFactory
from tests.compliance.factories import OriginatorFactory, ProgramFactory
from tests.config import world
from tests.config.forms import Form
from tests.config.on_record import Source, transactions
from tests.config.test_access import ACTIONS

pytestmark = pytest.mark.django_db

# What leaves no row of its own, and why.
WITHOUT = {
    "analytics.letters.choosing.send_test": "an e-mail to oneself changes nothing",
    "campaigns.actions.conversing.mark_read": "looking is no change that anybody asks about",
    "campaigns.actions.events.record_happening": "programs do, thousands a second; it is a row",
    "compliance.policies.changing.keep": "the admin writes what it was and what it became",
    "compliance.policies.changing.drop": "the admin writes it, in a transaction around it",
}


def test_every_action_of_a_person_leads_to_an_audit_row():
    actions = dict(Source().actions())
    assert len(actions) >= 60
    assert {name for name, audits in actions.items() if not audits} == set(WITHOUT)


# Tables of machinery: sessions, sign-ins, the audit log itself, what was read.
MACHINERY = {
    *("django_session", "axes_accesslog", "axes_accessattempt", "axes_accessfailurelog"),
    *("django_content_type", "django_admin_log"),
}


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def boss(client):
    world.build()
    AttributeName.objects.create(path="user_attributes.FirstName")  # the campaign's text names it
    # What nothing refers to, so that it can be deleted.
    SegmentFactory(), ProgramFactory(), OriginatorFactory()
    Destination.objects.create(name="Idle", kind="webhook", address="https://idle.example")
    Destination.objects.update(kind="webhook")
    Program.objects.update(description="Offers")
    Campaign.objects.update(created_by=None, edited_by=None)
    return User.objects.create_superuser("boss", password="sendpoint-boss")


def post(client, address, data, prepare=None):
    """Post, look what was committed together, undo it; return what is wrong, or None."""
    with transaction.atomic():
        if prepare:
            prepare()
        client.force_login(User.objects.get(username="boss"))
        before = LogEntry.objects.count()
        with transactions() as done:
            answer = client.post(address, data)
        wrote = [set(one.tables) for one in done if set(one.tables) - MACHINERY]
        rows = LogEntry.objects.count() - before
        errors = getattr(answer.context, "get", lambda _: None)("errors") if answer.context else ""
        transaction.set_rollback(True)
    if not rows:
        return f"nothing on record, {answer.status_code}: {errors or answer.content[-300:]!r}"
    apart = [sorted(tables) for tables in wrote if "django_admin_log" not in tables]
    return f"not in one transaction: {apart}" if apart else None


def pages(ending):
    for name, address in world.pages():
        if name.startswith("admin:") and name.endswith(ending):
            yield name, address


CHANGED = ("name", "label", "city", "reply", "source", "note", "body", "first_name", "per_part_usd")


def typed(data):
    """Return a form's data with something typed into it."""
    field = next((name for name in CHANGED if name in data), None)
    if field is None:
        return data
    value = "0.07" if field == "per_part_usd" else f"{data[field][0]} too"
    return data | {field: [value]}


def forms(client, ending):
    """Yield the pages with a form that can be saved, and what it holds."""
    client.force_login(User.objects.get(username="boss"))
    for name, address in pages(ending):
        answer = client.get(address)
        if answer.status_code == 200 and b'name="_save"' in answer.content:
            model = name.removeprefix("admin:").removesuffix(ending).split("_", 1)[1]
            yield name, address, Form(answer.content.decode(), f"{model}_form").data


def let_edit():
    Campaign.objects.update(status="draft")


@pytest.mark.slow
def test_every_form_of_an_object_that_is_saved_is_on_record(client, boss):
    let_edit()
    wrong, tried = {}, 0
    for name, address, data in forms(client, "_change"):
        wrong[name] = post(client, address, typed(data))
        tried += 1
    assert {name: words for name, words in wrong.items() if words} == {}
    assert tried >= 17


@pytest.mark.slow
def test_everything_that_is_added_by_a_form_is_on_record(client, boss):
    let_edit()
    filled = {name.replace("_change", "_add"): data for name, _, data in forms(client, "_change")}
    wrong, tried = {}, 0
    for name, address, empty in forms(client, "_add"):
        if name not in ADDED:
            continue
        known = {key: value for key, value in filled.get(name, {}).items() if "-" not in key}
        wrong[name] = post(client, address, empty | known | ADDED[name])
        tried += 1
    assert {name: words for name, words in wrong.items() if words} == {}
    assert tried == len(ADDED)


# What must differ from the object that is there.
ADDED = {
    "admin:analytics_alertrule_add": {"name": "Other"},
    "admin:auth_group_add": {"name": "Other"},
    "admin:auth_user_add": {
        "username": "new",
        "usable_password": "true",
        **dict.fromkeys(("password1", "password2"), "a-long-password-9"),
    },
    "admin:campaigns_campaign_add": {"name": "Other"},
    "admin:campaigns_cannedreply_add": {"name": "Other"},
    "admin:campaigns_destination_add": {"name": "Other", "kind": "webhook"},
    "admin:campaigns_keywordrule_add": {"name": "Other", "keyword": "OTHER"},
    "admin:campaigns_messagetemplate_add": {"name": "other"},
    "admin:campaigns_price_add": {"country": "DE"},
    "admin:compliance_brand_add": {"name": "Other"},
    "admin:compliance_emergency_add": {"jurisdiction": "US-TX"},
    "admin:compliance_holidaychange_add": {"day": "2027-12-24", "review_on": "2028-01-01"},
    "admin:compliance_originator_add": {"identity": "+12065550199"},
    "admin:compliance_policy_add": {"first_day": "2198-01-01", "last_day": ""},
    "admin:compliance_program_add": {"name": "Other"},
    "admin:compliance_tendlccampaign_add": {"name": "Other"},
    "admin:config_accesskey_add": {"name": "Other"},
    "admin:contacts_contact_add": {"phone": "+12125550142"},
    "admin:contacts_segment_add": {"name": "Other"},
}


@pytest.mark.slow
def test_everything_that_is_deleted_is_on_record(client, boss):
    client.force_login(boss)
    wrong = {}
    for model in admin.site._registry:
        others = model._default_manager.exclude(pk=boss.pk if model is User else None)
        newest = others.order_by("-pk").first()
        name = f"{model._meta.app_label}_{model._meta.model_name}"
        address = reverse(f"admin:{name}_delete", args=[newest.pk])
        page = client.get(address)
        if page.status_code == 200 and b'name="post"' in page.content:
            wrong[name] = post(client, address, {"post": "yes"})
    assert {name: words for name, words in wrong.items() if words} == {}
    assert len(wrong) >= 14


def give_everybody_an_app():
    for user in User.objects.all():
        AuthenticatorApp.objects.create(user=user, name="app", confirmed=True, sealed=b"?")


# What an action finds something to do with.
PREPARED = {
    ("analytics.outgoingmail", "send_again"): lambda: OutgoingMail.objects.update(
        state="given_up", ended_at=world.NOW
    ),
    ("auth.user", "reset_two_factor"): give_everybody_an_app,
    ("campaigns.message", "send_again"): lambda: Run.objects.update(expires_at="2199-01-01T00:00Z"),
}


@pytest.mark.slow
def test_every_action_on_the_rows_of_a_list_is_on_record(client, boss):
    Message.objects.update(state="unknown", changed_at=world.NOW.replace(year=2025), left_at=None)
    wrong = {}
    for label, actions in ACTIONS.items():
        model = apps.get_model(label)
        address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        for action in actions:
            rows = model.objects.order_by("-pk")
            if label == "auth.user":
                rows = rows.exclude(pk=boss.pk)
            data = {"action": action, "_selected_action": [rows.first().pk], "post": "yes"}
            wrong[label, action] = post(client, address, data, PREPARED.get((label, action)))
    assert {name: words for name, words in wrong.items() if words} == {}


def set_to(status):
    return lambda: Campaign.objects.update(status=status)


def let_boss_remember():
    boss = User.objects.get(username="boss")
    RememberedNumber.objects.create(pk=1, user=boss, phone=world.NUMBER, used_at=world.NOW)


# What the buttons and the pages of one's own send, and what must be so before.
PRESSED = {
    "admin:analytics_alert_acknowledge": ({"note": "I look."}, None),
    "admin:analytics_alert_mute": ({"hours": "4"}, None),
    "admin:campaigns_campaign_cancel": (
        {"confirmed": "yes", "seen": "1"},
        lambda: Run.objects.update(number=1),
    ),
    "admin:campaigns_campaign_pause": ({}, None),
    "admin:campaigns_campaign_resume": ({}, set_to("paused")),
    "admin:campaigns_campaign_send_back": ({"comment": "No."}, set_to("review")),
    "admin:campaigns_campaign_submit": ({}, set_to("draft")),
    "admin:campaigns_campaign_dry_run": ({}, None),
    "admin:campaigns_campaign_forget_number": ({"remembered": "1"}, let_boss_remember),
    "admin:campaigns_conversation_assign": ({"assignee": ""}, None),
    "admin:compliance_answerreview_not": ({}, None),
    "admin:compliance_answerreview_opt_out": ({}, None),
    "admin:compliance_ledgerentry_correct": ({"note": "It was somebody else."}, None),
    "admin:compliance_suppressednumber_add": (
        {
            "numbers": "+12125550143",
            "reason": "other",
            "source": "A letter",
            "country": "US",
        },
        None,
    ),
    "admin:contacts_contact_export": ({}, None),
    "admin:contacts_import_rejected": ({}, None),
    "admin:contacts_import_start": ({}, None),
    "admin:contacts_import_columns": (
        {"kind-0": "phone", "kind-1": "attributes", "name-1": "Tier"},
        None,
    ),
    "admin:auth_user_password_change": (
        {
            **dict.fromkeys(("password1", "password2"), "a-long-password-9"),
            "usable_password": "true",
        },
        None,
    ),
    "campaign_export": ({}, None),
    "own_password": (
        {
            "old_password": "sendpoint-boss",
            **dict.fromkeys(("new_password1", "new_password2"), "a-long-password-9"),
        },
        None,
    ),
    "two_factor": ({"wish": "begin"}, None),
}


@pytest.mark.slow
def test_every_button_is_on_record(client, boss):
    addresses = dict(world.pages())
    wrong = {
        name: post(client, addresses[name], data, prepare)
        for name, (data, prepare) in PRESSED.items()
    }
    assert {name: words for name, words in wrong.items() if words} == {}


def test_a_file_that_is_handed_in_is_on_record(client, boss):
    address = reverse("admin:contacts_import_add")
    file = SimpleUploadedFile("more.csv", b"Phone\n+12125550144\n")
    data = {"file": file, "default_country": "US", "program": "", "consent": "none"}
    assert post(client, address, data) is None


def test_the_walk_sees_what_is_changed_without_a_row_or_beside_it():
    with transactions() as done:
        with transaction.atomic():
            Message.objects.update(attempts=1)
            with transaction.atomic():
                Campaign.objects.update(status="draft")
        Suppression.objects.update(since=timezone.now())
    assert [one.tables for one in done] == [
        ["campaigns_message", "campaigns_campaign"],
        ["compliance_suppression"],
    ]


def test_the_walk_does_not_see_what_was_undone():
    with transactions() as done:
        with transaction.atomic():
            Message.objects.update(attempts=1)
            transaction.set_rollback(True)
        with transaction.atomic():
            Campaign.objects.update(status="draft")
    assert [one.tables for one in done] == [["campaigns_campaign"]]
