import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse

from compliance.models import SignUpPage
from tests.compliance.factories import AGREEMENT, ProgramFactory, SignUpPageFactory

pytestmark = pytest.mark.django_db


def form_data(page, **given):
    inline = {
        "slug": page.slug,
        "open": "on",
        "heading": "",
        "disclosure": AGREEMENT,
        "sent_from": "12345",
        "terms_url": "https://acme.example/terms",
        "privacy_url": "https://acme.example/privacy",
        "country": "US",
        "frame_ancestors": "",
        "id": page.pk,
        "program": page.program_id,
    } | given
    program = page.program
    return {
        "name": program.name,
        "brand": program.brand,
        "description": "Weekly offers.",
        "window_start": "08:00",
        "window_end": "21:00",
        "implied_days": 90,
        "confirmation_text": program.confirmation_text,
        "confirmation_hours": 24,
        "limits-TOTAL_FORMS": 0,
        "limits-INITIAL_FORMS": 0,
        "sign_up_page-TOTAL_FORMS": 1,
        "sign_up_page-INITIAL_FORMS": 1,
        **{f"sign_up_page-0-{name}": value for name, value in inline.items()},
    }


def save(admin_client, page, **given):
    url = reverse("admin:compliance_program_change", args=[page.program_id])
    return admin_client.post(url, form_data(page, **given))


def test_a_page_that_says_everything_can_be_opened(admin_client):
    page = SignUpPageFactory(open=False)
    assert save(admin_client, page).status_code == 302
    page.refresh_from_db()
    assert page.open


def test_a_page_cannot_be_opened_before_it_says_what_it_must(admin_client):
    page = SignUpPageFactory(open=False)
    answer = save(admin_client, page, disclosure="Yes, text me offers from Acme.")
    words = answer.content.decode()
    assert "The page cannot open yet." in words
    assert "Msg &amp; data rates may apply." in words
    assert not SignUpPage.objects.get().open


def test_what_a_draft_must_still_say_is_listed(admin_client):
    page = SignUpPageFactory(open=False, terms_url="")
    shown = admin_client.get(reverse("admin:compliance_program_change", args=[page.program_id]))
    assert "Link the terms." in shown.content.decode()


@pytest.mark.parametrize("sites", ["acme.example", "https://a.example; script-src *", "*"])
def test_only_origins_can_be_let_embed_a_page(sites):
    page = SignUpPageFactory(frame_ancestors=sites)
    with pytest.raises(ValidationError, match="Write origins"):
        page.full_clean()


def test_the_preview_shows_a_page_that_is_not_open_yet(admin_client):
    page = SignUpPageFactory(open=False)
    url = reverse("admin:compliance_program_sign_up", args=[page.program_id])
    shown = admin_client.get(url)
    assert page.disclosure.split("&")[0] in shown.content.decode()
    assert shown["X-Frame-Options"] == "SAMEORIGIN"


def test_the_preview_is_for_those_who_may_see_programs(client, django_user_model):
    page = SignUpPageFactory()
    client.force_login(django_user_model.objects.create_user("visitor", is_staff=True))
    url = reverse("admin:compliance_program_sign_up", args=[page.program_id])
    assert client.get(url).status_code == 403


def test_the_database_refuses_an_open_page_without_words():
    with pytest.raises(IntegrityError), transaction.atomic():
        SignUpPageFactory(program=ProgramFactory(), disclosure="")
