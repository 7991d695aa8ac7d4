from django.test import Client
from django.urls import reverse


def test_a_page_from_before_the_login_says_how_to_go_on(db):
    answer = Client(enforce_csrf_checks=True).post(reverse("admin:login"), {})
    assert answer.status_code == 403
    assert "Go back and reload the page" in answer.content.decode()
