"""Nobody without the permission sees a phone number, whatever page they open."""

import re

import pytest
from django.contrib.auth.models import Permission
from django.http import HttpResponse, StreamingHttpResponse
from django.test import RequestFactory
from django.urls import reverse

from compliance.models import Originator
from config.masking import HideNumbers
from contacts.models import Contact
from tests.config import world

pytestmark = pytest.mark.django_db
SHOWN = re.compile(r"212\D{0,3}555\D{0,3}0187")  # world.NUMBER


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def analyst():
    return world.person("Analyst")


def text_of(response):
    streamed = getattr(response, "streaming_content", None)
    content = b"".join(streamed) if streamed is not None else response.content
    return content.decode(errors="replace")


@pytest.mark.slow
def test_no_page_shows_an_analyst_the_number_of_a_person(client, analyst):
    world.build()
    client.force_login(analyst)
    seen, leaks = 0, []
    for name, address in world.pages():
        response = client.get(address)
        if response.status_code == 200:
            text = text_of(response)
            seen += "•" in text
            leaks += [name] if SHOWN.search(text) else []
    assert leaks == []
    assert seen >= 15  # pages on which there was a number to hide


def test_who_may_see_numbers_sees_them(client, analyst):
    world.build()
    analyst.user_permissions.add(Permission.objects.get(codename="see_numbers"))
    client.force_login(analyst)
    assert world.NUMBER in text_of(client.get(reverse("admin:contacts_contact_changelist")))


def test_our_own_numbers_are_no_secret(client, analyst):
    world.build()
    client.force_login(analyst)
    ours = Originator.objects.get().identity
    assert ours in text_of(client.get(reverse("admin:compliance_originator_changelist")))


def test_a_person_is_found_by_the_whole_number_and_by_nothing_less(client, analyst):
    world.build()
    client.force_login(analyst)
    for page in ("contacts_contact", "campaigns_message", "compliance_consent"):
        address = reverse(f"admin:{page}_changelist")
        whole, part = (
            client.get(address, {"q": term}).context["cl"].result_list
            for term in ("(212) 555-0187", "555018")
        )
        assert (len(whole) > 0, len(part)) == (True, 0), page


@pytest.mark.parametrize("page", ["contacts_contact", "campaigns_message", "compliance_consent"])
def test_the_address_bar_does_not_tell_digit_by_digit(client, analyst, page):
    world.build()
    client.force_login(analyst)
    answer = client.get(reverse(f"admin:{page}_changelist"), {"phone__startswith": "+1212"})
    assert answer.status_code in {302, 400}


def test_who_sees_a_masked_number_cannot_save_it(client, analyst):
    world.build()
    analyst.user_permissions.add(Permission.objects.get(codename="change_contact"))
    client.force_login(analyst)
    contact = Contact.objects.get(phone=world.NUMBER)
    address = reverse("admin:contacts_contact_change", args=[contact.pk])
    assert 'name="phone"' not in text_of(client.get(address))


def test_a_file_that_is_streamed_is_masked_line_by_line(analyst):
    pieces = [b"phone,plan\n+1212", b"5550187,gold\n", b"+12125550187,", b"plain"]
    request = RequestFactory().get("/")
    request.user = analyst
    hide = HideNumbers(lambda _: StreamingHttpResponse(iter(pieces), content_type="text/csv"))
    assert text_of(hide(request)) == "phone,plan\n+1••••••••87,gold\n+1••••••••87,plain"


def test_bytes_that_are_no_text_come_through_a_file_of_text(analyst):
    request = RequestFactory().get("/")
    request.user = analyst
    pieces = [b"caf\xe9 +12125550187\n\xff"]
    hide = HideNumbers(lambda _: StreamingHttpResponse(iter(pieces), content_type="text/plain"))
    answer = b"".join(hide(request).streaming_content)
    assert answer == b"caf\xe9 " + "+1••••••••87".encode() + b"\n\xff"


def test_what_is_no_text_is_left_as_it_is(analyst):
    request = RequestFactory().get("/")
    request.user = analyst
    picture = b"\x89PNG +12125550187"
    hide = HideNumbers(lambda _: HttpResponse(picture, content_type="image/png"))
    assert hide(request).content == picture
