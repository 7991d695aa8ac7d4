"""What browsers are told with every page."""

import pytest
from django.urls import reverse

from tests.compliance.factories import SignUpPageFactory

pytestmark = pytest.mark.django_db


def test_a_page_says_what_may_run_in_it_and_who_may_show_it(client):
    page = client.get(reverse("admin:login"))
    parts = [part.split() for part in page["Content-Security-Policy"].split(";")]
    said = {name: values for name, *values in parts}
    assert said["script-src"] == ["'self'", "'unsafe-eval'"]
    assert said["default-src"] == said["base-uri"] == ["'none'"]
    assert said["frame-ancestors"] == ["'self'"]
    assert page["X-Frame-Options"] == "SAMEORIGIN"
    assert page["Referrer-Policy"] == "same-origin"
    assert page["X-Content-Type-Options"] == "nosniff"


def test_over_https_browsers_are_told_to_come_back_that_way_alone(client):
    assert "max-age=31536000" in client.get("/healthz/", secure=True)["Strict-Transport-Security"]
    assert "Strict-Transport-Security" not in client.get("/healthz/")


def test_a_public_form_says_itself_who_may_show_it(client):
    page = SignUpPageFactory(frame_ancestors="https://acme.example")
    answer = client.get(reverse("sign_up", args=[page.slug]))
    assert "frame-ancestors" in answer["Content-Security-Policy"]
    assert "https://acme.example" in answer["Content-Security-Policy"]
