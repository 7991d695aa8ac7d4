"""Every page and every action, tried as each role and as nobody, against one table."""

from pathlib import Path

import pytest
from botocore.exceptions import NoCredentialsError
from django.contrib import admin
from django.contrib.auth.models import AnonymousUser, Group, Permission
from django.contrib.messages.storage.fallback import FallbackStorage
from django.contrib.sessions.backends.db import SessionStore
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.test import RequestFactory
from django.urls import resolve

from campaigns import identity_sync
from config import roles
from tests.config import world

pytestmark = pytest.mark.django_db
TABLE = Path(__file__).with_name("access.txt")
ROLES = {"M": "Marketer", "C": "Compliance", "A": "Analyst", "X": "Administrator", "n": "nobody"}
NOT_FOR_THE_METHOD = 405
EVIL = "//evil.example"


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture(autouse=True)
def no_aws(monkeypatch):
    """Whoever may, presses every button: AWS must not be there."""

    def client():
        raise NoCredentialsError

    monkeypatch.setattr(identity_sync, "client", client)


def table():
    """Read the table: the name of a page, who may look, who may post."""
    lines = TABLE.read_text().splitlines()
    rows = [line.split() for line in lines if line and not line.startswith("#")]
    return {name: (look.strip("-"), post.strip("-")) for name, look, post in rows}


def may(user, method, address):
    """Ask a page's view, render nothing, undo what it did; None: it does not take the method."""
    came_from = f"https:{EVIL}/"  # and asks to be led there
    request = getattr(RequestFactory(), method)(f"{address}?next={EVIL}", HTTP_REFERER=came_from)
    request.user, request.session = user, SessionStore()
    request._messages, request._dont_enforce_csrf_checks = FallbackStorage(request), True
    view, args, kwargs = resolve(address)
    try:
        with transaction.atomic():
            answer = view(request, *args, **kwargs)
            transaction.set_rollback(True)
            for close in answer._resource_closers:  # `close` would end the transaction's connection
                close()
    except PermissionDenied:
        return False
    if answer.status_code == NOT_FOR_THE_METHOD:
        return None
    assert EVIL not in answer.get("Location", "").partition("?")[0], (method, address)
    assert answer.status_code in {200, 204, 302, 400, 403}, (method, address, answer.status_code)
    to_login = answer.status_code == 302 and "/login/" in answer["Location"]
    return not (answer.status_code == 403 or to_login)


def found(user):
    """Return per page whether somebody may look at it and post to it."""
    seen = {}
    for name, address in world.pages():
        if not address.startswith("/admin/"):
            continue
        seen[name] = (may(user, "get", address), may(user, "post", address))
    return seen


@pytest.mark.slow
def test_every_page_lets_in_whom_the_table_says_and_nobody_else():
    world.build()
    everybody = {letter: found(world.person(name)) for letter, name in ROLES.items()}
    actual = {
        name: tuple(
            "".join(letter for letter, seen in everybody.items() if seen[name][side])
            for side in (0, 1)
        )
        for name in everybody["X"]
    }
    wanted = table()
    differing = [
        f"{name} {look or '-'} {post or '-'}"
        for name, (look, post) in actual.items()
        if wanted.get(name) != (look, post)
    ]
    assert differing == []
    assert set(wanted) - set(actual) == set()


def test_without_a_login_there_is_only_logging_in_and_out():
    world.build()
    open_pages = {name for name, (look, post) in found(AnonymousUser()).items() if look or post}
    assert open_pages == {"admin:login", "admin:logout", "sign_in"}


ACTIONS = {
    "analytics.outgoingmail": {"send_again": "X"},
    "auth.user": {"unlock": "X", "reset_two_factor": "X"},
    "config.accesskey": {"revoke": "X"},
    "campaigns.message": {"send_again": "MX", "leave": "MX"},
    "campaigns.awssource": {"read_now": "X"},
    "campaigns.event": {"replay": "CX"},
    "campaigns.outgoingevent": {"send_again": "X"},
    "campaigns.cannedreply": {"delete_selected": "MX"},
    "campaigns.keywordrule": {"delete_selected": "MX"},
    "campaigns.destination": {"delete_selected": "X"},
    "campaigns.price": {"delete_selected": "X"},
    "contacts.segment": {"delete_selected": "MX"},
    "compliance.program": {"delete_selected": "X"},
    "compliance.originator": {"delete_selected": "X"},
    "compliance.brand": {"delete_selected": "X"},
    "compliance.tendlccampaign": {"delete_selected": "X"},
}


def test_every_action_of_a_list_is_offered_to_whom_the_table_says_and_nobody_else():
    people = {letter: world.person(name) for letter, name in ROLES.items()}
    offered = {}
    for model, pages in admin.site._registry.items():
        for letter, user in people.items():
            request = RequestFactory().get("/")
            request.user = user
            for name in pages.get_actions(request):
                actions = offered.setdefault(model._meta.label_lower, {})
                actions[name] = actions.get(name, "") + letter
    assert offered == ACTIONS


def test_the_roles_are_made_with_what_they_may_do():
    assert set(Group.objects.values_list("name", flat=True)) == set(ROLES.values()) - {"nobody"}
    marketer = world.person("Marketer")
    assert marketer.has_perm("campaigns.launch_campaign")
    assert not marketer.has_perm("compliance.erase_person")


def test_what_the_site_took_from_a_role_is_not_given_again():
    marketer = Group.objects.get(name="Marketer")
    launch = Permission.objects.get(codename="launch_campaign")
    marketer.permissions.remove(launch)
    roles.sync()
    assert launch not in marketer.permissions.all()


def test_what_the_site_added_to_a_role_or_renamed_stays():
    analyst = Group.objects.get(name="Analyst")
    analyst.permissions.add(Permission.objects.get(codename="launch_campaign"))
    Group.objects.filter(pk=analyst.pk).update(name="Auditors")
    roles.sync()
    assert analyst.permissions.filter(codename="launch_campaign").exists()
    assert not Group.objects.filter(name="Analyst").exists()


def test_a_role_that_the_site_deleted_does_not_come_back():
    Group.objects.get(name="Analyst").delete()
    roles.sync()
    assert not Group.objects.filter(name="Analyst").exists()


def test_what_a_new_version_gives_or_takes_reaches_the_role(monkeypatch):
    less = [name for name in roles.ROLES["Analyst"] if name != "campaigns.view_message"]
    monkeypatch.setitem(roles.ROLES, "Analyst", [*less, "campaigns.view_event"])
    roles.sync()
    codenames = Group.objects.get(name="Analyst").permissions.values_list("codename", flat=True)
    assert "view_event" in codenames
    assert "view_message" not in codenames
