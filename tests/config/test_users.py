"""Nobody hands out, or takes over, more than they have."""

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.urls import reverse

from tests.config import world

pytestmark = pytest.mark.django_db
USERS = ["view_user", "add_user", "change_user", "delete_user", "view_group", "change_group"]


@pytest.fixture
def clerk(client):
    """Somebody of compliance who also looks after the logins."""
    user = world.person("Compliance")
    user.user_permissions.set(Permission.objects.filter(codename__in=USERS))
    client.force_login(user)
    return user


def change(client, user, **fields):
    url = reverse("admin:auth_user_change", args=[user.pk])
    given = {"username": user.username, "is_active": "on", "is_staff": "on"}
    return client.post(url, given | fields)


def test_a_role_can_be_given_by_who_has_all_it_gives(client, clerk):
    new = User.objects.create_user("new", is_staff=True)
    officers = Group.objects.get(name="Compliance")
    assert change(client, new, groups=officers.pk).status_code == 302
    assert list(new.groups.all()) == [officers]


def test_a_role_that_gives_more_cannot_be_given(client, clerk):
    new = User.objects.create_user("new", is_staff=True)
    chiefs = Group.objects.get(name="Administrator")
    assert change(client, new, groups=chiefs.pk).status_code == 200
    assert not new.groups.exists()


def test_nobody_makes_a_superuser_who_is_none(client, clerk):
    change(client, clerk, is_superuser="on", user_permissions=[1])
    clerk.refresh_from_db()
    assert not clerk.is_superuser
    assert clerk.user_permissions.count() == len(USERS)


@pytest.mark.parametrize("role", ["Administrator", "Marketer"])
def test_the_login_of_somebody_who_may_do_more_cannot_be_taken_over(client, clerk, role):
    chief = world.person(role)
    assert change(client, chief, username="mine").status_code == 403
    password = reverse("admin:auth_user_password_change", args=[chief.pk])
    assert client.get(password).status_code == 403
    assert client.post(reverse("admin:auth_user_delete", args=[chief.pk])).status_code == 403


def test_a_role_that_may_do_more_cannot_be_changed(client, clerk):
    marketers = Group.objects.get(name="Marketer")
    url = reverse("admin:auth_group_change", args=[marketers.pk])
    assert client.post(url, {"name": "Marketer", "permissions": []}).status_code == 403


def test_a_superuser_makes_others(client, admin_user):
    client.force_login(admin_user)
    new = User.objects.create_user("new", is_staff=True)
    assert change(client, new, is_superuser="on").status_code == 302
    new.refresh_from_db()
    assert new.is_superuser
