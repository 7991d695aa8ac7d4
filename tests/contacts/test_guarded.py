"""Two people have the same thing open: the second one overwrites nothing, and learns why."""

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group, Permission, User
from django.urls import reverse

from campaigns.models import CannedReply, Destination, KeywordRule
from compliance.models import Program
from config.models import AccessKey
from config.pinpoint_api.keys import permissions_of
from contacts.models import Contact
from contacts.sealing import seal
from tests.compliance.factories import ProgramFactory
from tests.config import world
from tests.config.forms import Form

pytestmark = pytest.mark.django_db
# Which have a form that is saved, and another guard or none.
OTHERS = {
    "campaigns_campaign": "its version, see tests/campaigns/actions/test_editing.py",
    "config_accesskey": "below: it has no field of text",
}


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def desks(client):
    """Two people, each with a browser."""
    world.build()
    Destination.objects.update(kind="webhook", sealed=seal(b"whsec_"))
    Program.objects.update(description="Offers")
    ana, ben = (type(client)(), type(client)())
    ana.force_login(User.objects.create_superuser("ana"))
    ben.force_login(User.objects.create_superuser("ben"))
    return ana, ben


def form_of(desk, address):
    page = desk.get(address).content.decode()
    return Form(page, f"{address.split('/')[3]}_form").data if 'name="_save"' in page else None


TYPED = (
    "name",
    "first_name",
    "label",
    "reply",
    "source",
    "body",
    "city",
    "description",
    "carrier_fee_usd",
)


def typed(data, words):
    field = next(name for name in TYPED if name in data)
    value = {"Theirs": "0.01", "Mine": "0.02"}[words] if field.endswith("usd") else words
    return data | {field: [value]}


@pytest.mark.slow
def test_of_two_who_edit_the_same_thing_the_second_is_told_and_overwrites_nothing(desks):
    ana, ben = desks
    guarded = {}
    for model in admin.site._registry:
        name = f"{model._meta.app_label}_{model._meta.model_name}"
        row = model._default_manager.order_by("pk").first()
        address = reverse(f"admin:{name}_change", args=[row.pk])
        data = form_of(ana, address)
        if data is None or name in OTHERS:
            continue
        theirs = ben.post(address, typed(form_of(ben, address), "Theirs"))
        assert theirs.status_code == 302, (name, theirs.context["errors"])
        before = model._default_manager.filter(pk=row.pk).values().get()
        mine = ana.post(address, typed(data, "Mine"))
        guarded[name] = (
            mine.status_code == 200
            and "ben changed this" in mine.content.decode()
            and model._default_manager.filter(pk=row.pk).values().get() == before
        )
    assert [name for name, held in guarded.items() if not held] == []
    assert len(guarded) >= 15


def a_user():
    return User.objects.create_user("carla"), "groups", Group.objects.all()


def a_role():
    return Group.objects.create(name="Clerks"), "permissions", Permission.objects.all()


def a_key():
    return AccessKey.objects.get(), "programs", [Program.objects.get(), ProgramFactory()]


@pytest.mark.parametrize("made", [a_user, a_role, a_key])
def test_what_was_chosen_of_many_counts_as_well(desks, made):
    ana, ben = desks
    row, field, choices = made()
    first, second = ([str(choice.pk)] for choice in choices[:2])
    address = reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])
    mine = form_of(ana, address) | {field: second}
    assert ben.post(address, form_of(ben, address) | {field: first}).status_code == 302
    assert "ben changed this" in ana.post(address, mine).content.decode()
    assert [str(pk) for pk in getattr(row, field).values_list("pk", flat=True)] == first


def test_what_a_key_may_do_counts_as_well(desks):
    ana, ben = desks
    key = AccessKey.objects.get()
    address = reverse("admin:config_accesskey_change", args=[key.pk])
    mine = form_of(ana, address)
    theirs = {"permissions": ["compliance.view_program"]}
    assert ben.post(address, form_of(ben, address) | theirs).status_code == 302
    assert "ben changed this" in ana.post(address, mine).content.decode()
    assert permissions_of(key) == theirs["permissions"]


def test_who_opens_it_anew_can_save(desks):
    ana, _ben = desks
    reply = CannedReply.objects.get()
    address = reverse("admin:campaigns_cannedreply_change", args=[reply.pk])
    for words in ("Theirs", "Mine"):
        assert ana.post(address, typed(form_of(ana, address), words)).status_code == 302
    reply.refresh_from_db()
    assert reply.name == "Mine"


def test_a_form_that_was_refused_for_another_reason_can_be_mended_and_saved(desks):
    ana, _ben = desks
    reply = CannedReply.objects.get()
    address = reverse("admin:campaigns_cannedreply_change", args=[reply.pk])
    refused = ana.post(address, form_of(ana, address) | {"name": [""]}).content.decode()
    data = Form(refused, "cannedreply_form").data
    assert ana.post(address, typed(data, "Mine")).status_code == 302


def test_what_was_deleted_meanwhile_is_not_there_again(desks):
    ana, _ben = desks
    rule = KeywordRule.objects.get()
    address = reverse("admin:campaigns_keywordrule_change", args=[rule.pk])
    data = form_of(ana, address)
    rule.delete()
    assert ana.post(address, typed(data, "Mine")).status_code == 302
    assert not KeywordRule.objects.exists()


def test_what_runs_by_itself_stands_in_nobodys_way(desks):
    ana, _ben = desks
    place, person = Destination.objects.get(), Contact.objects.get(phone=world.NUMBER)
    user, key = User.objects.get(username="author"), AccessKey.objects.get()
    for name, row, news in (
        ("campaigns_destination", place, {"last_error": "it answered 500"}),
        ("contacts_contact", person, {"last_active_at": world.NOW}),
        ("auth_user", user, {"last_login": world.NOW}),
        ("config_accesskey", key, {"last_used_at": world.NOW}),
    ):
        address = reverse(f"admin:{name}_change", args=[row.pk])
        data = form_of(ana, address)
        type(row).objects.filter(pk=row.pk).update(**news)
        assert ana.post(address, data).status_code == 302, name
