"""Two people have the same thing open: the second one overwrites nothing, and learns why."""

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.urls import reverse

from campaigns.models import CannedReply, Destination, KeywordRule
from compliance.models import Program
from contacts.models import Contact
from contacts.sealing import seal
from tests.config import world
from tests.config.forms import Form

pytestmark = pytest.mark.django_db
# Which have a form that is saved, and another guard or none.
OTHERS = {
    "campaigns_campaign": "its version, see tests/campaigns/actions/test_editing.py",
    "auth_user": "administrators, whose changes are permissions and names",
    "auth_group": "the same",
    "config_accesskey": "permissions are taken or given whole",
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


TYPED = ("name", "label", "reply", "source", "body", "city", "description", "carrier_fee_usd")


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
    assert len(guarded) >= 13


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
    for name, row, news in (
        ("campaigns_destination", place, {"last_error": "it answered 500"}),
        ("contacts_contact", person, {"last_active_at": world.NOW}),
    ):
        address = reverse(f"admin:{name}_change", args=[row.pk])
        data = form_of(ana, address)
        type(row).objects.filter(pk=row.pk).update(**news)
        assert ana.post(address, typed(data, "Mine")).status_code == 302, name
