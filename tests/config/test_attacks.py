"""What somebody with a login, or with somebody else's browser, tries."""

from html.parser import HTMLParser

import pytest
from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.urls import get_resolver, reverse

from campaigns.models import Campaign
from tests.config import world
from tests.config.test_access import ACTIONS, ROLES

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
MARK = "<b x>\"'"  # as far as it comes unchanged, a script would
EVIL = "//evil.example"
NOBODY_ON_THEM = {"admin:password_change", "admin:password_change_done", "admin:jsi18n"}


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def admin_pages():
    return [(name, url) for name, url in world.pages() if url.startswith("/admin/")]


def test_no_page_of_the_admin_takes_a_post_that_another_site_made():
    world.build()
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.person("Administrator"))
    taken = {
        name
        for name, address in admin_pages()
        if client.post(address, {"action": "x"}, headers={"Origin": "https://evil.example"})
        .status_code not in {403, 405}
    }  # fmt: skip
    assert taken == set()


def test_only_public_doors_do_without_the_token():
    def exempt(patterns):
        for one in patterns:
            if hasattr(one, "url_patterns"):
                yield from exempt(one.url_patterns)
            elif getattr(one.callback, "csrf_exempt", False):
                yield str(one.pattern), one.name

    inside = {name for route, name in exempt(get_resolver().url_patterns) if "admin" in route}
    assert inside == set()


def test_no_action_of_a_list_is_carried_out_for_who_may_not(client):
    world.build()
    people = {letter: world.person(role) for letter, role in ROLES.items()}
    done = []
    for label, actions in ACTIONS.items():
        model = apps.get_model(label)
        address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        every = list(model.objects.values_list("pk", flat=True))
        for action, allowed in actions.items():
            for letter in set(people) - set(allowed):
                before = (LogEntry.objects.count(), sorted(model.objects.values_list("pk")))
                client.force_login(people[letter])
                client.post(address, {"action": action, "_selected_action": every, "post": "yes"})
                if before != (LogEntry.objects.count(), sorted(model.objects.values_list("pk"))):
                    done.append((label, action, letter))
    assert done == []


def test_a_campaign_takes_no_state_or_author_from_its_form(client):
    world.build()
    before = Campaign.objects.values().get()
    client.force_login(world.person("Marketer"))
    claimed = {"status": "sending", "approved_by": 1, "approved_at_0": "2026-11-26", "version": 99}
    client.post(
        reverse("admin:campaigns_campaign_change", args=[before["id"]]),
        claimed | {"created_by": 1, "name": "Mine", "body": "x"},
    )
    after = Campaign.objects.values().get()
    kept = {name for name in before if name.startswith(("status", "approved", "created_by"))}
    assert {name: after[name] for name in kept} == {name: before[name] for name in kept}


@pytest.mark.parametrize(
    "where", [EVIL, f"https:{EVIL}/x", "javascript:alert(1)", "/\\evil.example"]
)
def test_the_login_and_the_logout_lead_to_our_pages_only(client, where):
    world.person("Marketer")
    typed = {"username": "Marketer", "password": "sendpoint", "next": where}
    assert client.post(reverse("admin:login"), typed)["Location"] == reverse("admin:index")
    assert "evil" not in client.post(reverse("admin:logout"), {"next": where}).get("Location", "")


def test_a_page_of_something_that_is_not_there_breaks_nothing(client):
    world.build()
    client.raise_request_exception = False
    client.force_login(world.person("Administrator"))
    broken = {}
    for name, address in admin_pages():
        parts = address.split("/")
        if not any(part.isdigit() for part in parts):
            continue
        for wrong in ("987654321", "9" * 30, "0"):
            strange = "/".join(wrong if part.isdigit() else part for part in parts)
            for method in (client.get, client.post):
                if method(strange).status_code >= 500:
                    broken.setdefault(name, []).append((wrong, method.__name__))
    assert broken == {}


WORDS = {
    "auth.user": ["first_name", "last_name"],
    "auth.group": ["name"],
    "admin.logentry": ["object_repr", "change_message"],
    "campaigns.campaign": ["name", "body", "paused_because"],
    "campaigns.messagetemplate": ["description", "body"],
    "campaigns.message": ["body", "detail", "carrier"],
    "campaigns.inboundmessage": ["body"],
    "campaigns.conversation": ["preview"],
    "campaigns.cannedreply": ["name", "body"],
    "campaigns.keywordrule": ["name", "keyword", "reply"],
    "campaigns.event": ["payload", "error"],
    "campaigns.destination": ["name"],
    "compliance.program": ["name", "brand", "description"],
    "compliance.originator": ["label"],
    "compliance.brand": ["name"],
    "compliance.tendlccampaign": ["name"],
    "compliance.answerreview": ["text"],
    "compliance.suppressednumber": ["source"],
    "compliance.holidaychange": ["name", "source"],
    "compliance.emergency": ["source"],
    "compliance.ledgercheck": ["problem"],
    "contacts.contact": ["city", "region"],
    "contacts.segment": ["name"],
    "contacts.contactlist": ["name", "origin"],
    "contacts.import": ["filename"],
    "contacts.rejectedline": ["raw", "reason"],
    "contacts.attributename": ["path"],
}


def poison():
    """Write the mark into every name and text that people, files or AWS fill."""
    for label, names in WORDS.items():
        model = apps.get_model(label)
        there = {field.name for field in model._meta.get_fields()}
        for name in set(names) & there:
            table, column = model._meta.db_table, model._meta.get_field(name).column
            with connection.cursor() as cursor:
                # Appended, so that what is unique stays so, and a path stays one.
                cursor.execute(f'UPDATE {table} SET "{column}" = "{column}" || %s', [MARK])
    people = apps.get_model("contacts.contact")
    people.objects.update(
        attributes={"Plan": [MARK], MARK: ["x"]}, user_attributes={"FirstName": [MARK]}
    )
    apps.get_model("contacts.attributename").objects.update(common_values=[MARK])


class Reader(HTMLParser):
    """Collects what a browser would make of the mark."""

    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attrs):
        names = dict(attrs)
        if tag == "b" and "x" in names:
            self.found.append("element")
        for name, value in names.items():
            runs = name.startswith(("x-", "@", ":", "on", "hx-on"))
            if runs and value and "<b x>" in value and "JSON.parse" not in value:
                self.found.append(f"{tag} {name}")

    def handle_data(self, data):
        return


def test_no_name_or_text_of_anybody_becomes_part_of_a_page(client):
    world.build()
    poison()
    client.raise_request_exception = False
    client.force_login(User.objects.create_superuser("root"))
    marked, broken, kept, seen = {}, [], [], 0
    for name, address in admin_pages():
        answer = client.get(address)
        if answer.status_code == 500:
            broken.append(name)
        said = answer.getvalue()  # closes a file as well
        if answer.status_code == 200 and "private" not in answer.get("Cache-Control", ""):
            kept.append(name)
        if "html" not in answer.get("Content-Type", ""):
            continue
        page = said.decode()
        seen += "&lt;b x&gt;" in page
        reader = Reader()
        reader.feed(page)
        if reader.found:
            marked[name] = reader.found[:3]
    assert marked == {}
    assert broken == []
    # A shared computer, or a proxy on the way, keeps no page with people on it.
    assert set(kept) <= NOBODY_ON_THEM
    assert seen > 40  # the mark was there to be shown
