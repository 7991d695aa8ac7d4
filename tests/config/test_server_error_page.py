"""What somebody sees when Sendpoint itself fails, its database included: these tests have none."""

import pytest
from django.template import loader
from django.test import Client
from django.urls import reverse


@pytest.fixture
def client():
    return Client(raise_request_exception=False)


def test_the_page_needs_neither_context_nor_database():
    assert "Something went wrong here" in loader.get_template("500.html").render()


def test_without_a_database_it_says_what_to_do(client):
    client.cookies["sessionid"] = "x" * 32
    answer = client.get(reverse("admin:index"))
    assert answer.status_code == 500
    page = answer.content.decode()
    assert "may not have been saved" in page
    assert f'href="{reverse("admin:index")}"' in page
