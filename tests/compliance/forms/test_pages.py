"""The public pages, as a browser without JavaScript uses them."""

import hashlib
import re
from datetime import timedelta

import pytest
import redis
import time_machine
from django.urls import reverse

from compliance import evidence
from compliance.forms import limits, tokens
from compliance.models import Consent, LedgerEntry, Suppression, Wording
from compliance.valkey import connection
from contacts.models import Contact
from tests.compliance.acts import NOON
from tests.compliance.factories import SignUpPageFactory

pytestmark = pytest.mark.django_db
PHONE = "+12125550111"


@pytest.fixture(autouse=True)
def _no_uses_before():
    connection().flushdb()


@pytest.fixture
def clock():
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def offers():
    return SignUpPageFactory(slug="offers")


class Visitor:
    """A browser: it loads a form, waits, fills it in and sends it from that page."""

    def __init__(self, client, clock):
        self.client, self.clock = client, clock

    def load(self, url, **headers):
        shown = self.client.get(url, **headers)
        self.token = re.search(r'name="token" value="([^"]+)"', shown.content.decode())[1]
        self.clock.shift(timedelta(seconds=30))
        return shown

    def send(self, url, *, origin="http://testserver", **fields):
        headers = {"HTTP_ORIGIN": origin, "HTTP_USER_AGENT": "Firefox"}
        data = {"phone": "(212) 555-0111", "token": self.token} | fields
        return self.client.post(url, data, **headers)


@pytest.fixture
def visitor(client, clock):
    return Visitor(client, clock)


def sign_up(visitor, offers, **fields):
    url = reverse("sign_up", args=[offers.slug])
    visitor.load(url, HTTP_REFERER="https://acme.example/")
    return visitor.send(url, **({"agree": "on"} | fields))


def test_a_sign_up_is_recorded_with_its_evidence(visitor, offers, clock):
    assert sign_up(visitor, offers).status_code == 302
    entry = LedgerEntry.objects.get()
    assert (entry.act, entry.source, entry.program) == ("opt_in", "web_form", offers.program)
    assert entry.happened_at == NOON + timedelta(seconds=30)
    said = evidence.recorded(entry)
    assert said["form_url"] == "http://testserver/forms/offers/"
    assert (said["ip"], said["user_agent"]) == ("127.0.0.1", "Firefox")
    assert said["referrer"] == "https://acme.example/"
    assert (said["checkbox_at_load"], said["checkbox_at_submit"]) == (False, True)
    assert said["phone_as_typed"] == "(212) 555-0111"
    assert said["shown_at"].startswith("2026-11-24T17:00:00")


def test_the_words_kept_are_those_that_the_page_showed(visitor, offers):
    shown = visitor.load(reverse("sign_up", args=["offers"])).content.decode()
    visitor.send(reverse("sign_up", args=["offers"]), agree="on")
    kept = Wording.objects.get()
    assert kept.sha256 == LedgerEntry.objects.get().wording_id
    assert kept.sha256 == hashlib.sha256(kept.text.encode()).hexdigest() == offers.words().sha256()
    html = shown.replace("&amp;", "&")
    for said in (offers.disclosure, "Weekly offers.", "Texts come from 12345.", offers.terms_url):
        assert said in html
        assert said in kept.text


def test_who_signs_up_is_a_contact_and_may_be_texted(visitor, offers):
    sign_up(visitor, offers)
    assert Contact.objects.get().phone == PHONE
    assert Consent.objects.get(phone=PHONE).state == "active"


def test_the_box_is_never_ticked_beforehand_not_even_after_an_error(visitor, offers):
    url = reverse("sign_up", args=["offers"])
    assert "checked" not in visitor.load(url).content.decode()
    again = visitor.send(url, agree="on", phone="12")
    assert "checked" not in again.content.decode()
    assert "too few digits" in again.content.decode()


def test_without_the_tick_nothing_is_recorded(visitor, offers):
    url = reverse("sign_up", args=["offers"])
    visitor.load(url)
    assert "Tick the box" in visitor.send(url).content.decode()
    assert not LedgerEntry.objects.exists()


def test_a_double_click_records_once(visitor, offers):
    sign_up(visitor, offers)
    assert visitor.send(reverse("sign_up", args=["offers"]), agree="on").status_code == 302
    assert LedgerEntry.objects.count() == 1


def test_a_page_cannot_be_answered_for_many_numbers(visitor, offers):
    sign_up(visitor, offers)
    url = reverse("sign_up", args=["offers"])
    assert visitor.send(url, agree="on", phone="(212) 555-0112").status_code == 400
    assert LedgerEntry.objects.count() == 1


@pytest.mark.parametrize(
    "sent",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"token": "made-up"},
        {"token": ""},
        {"website": "https://spam.example"},
    ],
)
def test_what_does_not_come_from_a_person_on_our_page_is_refused(visitor, offers, sent):
    assert sign_up(visitor, offers, **sent).status_code in {200, 400}
    assert not LedgerEntry.objects.exists()


def test_a_token_of_another_page_is_refused(visitor, offers):
    other = SignUpPageFactory(slug="other")
    visitor.load(reverse("sign_up", args=["offers"]))
    assert visitor.send(reverse("sign_up", args=[other.slug]), agree="on").status_code == 400
    assert not LedgerEntry.objects.exists()


@pytest.mark.parametrize("seconds", [-29, 24 * 3600])
def test_an_answer_that_comes_too_fast_or_too_late_is_asked_for_again(
    visitor, offers, clock, seconds
):
    url = reverse("sign_up", args=["offers"])
    visitor.load(url)
    clock.shift(timedelta(seconds=seconds))
    assert "read the page once more" in visitor.send(url, agree="on").content.decode()
    assert not LedgerEntry.objects.exists()


def test_words_that_changed_meanwhile_are_not_what_was_agreed_to(visitor, offers):
    url = reverse("sign_up", args=["offers"])
    visitor.load(url)
    offers.disclosure += " And daily calls."
    offers.save()
    assert "have changed" in visitor.send(url, agree="on").content.decode()
    assert not LedgerEntry.objects.exists()


def test_one_address_is_held_back_after_too_many_uses(visitor, offers, settings):
    settings.FORM_LIMIT_PER_ADDRESS = 2
    answers = [sign_up(visitor, offers, phone=f"212555010{n}").status_code for n in range(3)]
    assert answers == [302, 302, 429]
    assert LedgerEntry.objects.count() == 2


def test_a_limit_ends_with_its_window():
    assert [limits.too_many({"a": (1, 60)}) for _ in range(2)] == [0, 60]
    assert limits.too_many({"b": (1, 60)}) == 0


def test_an_address_is_read_as_far_back_as_proxies_are_ours(visitor, offers, settings):
    settings.PROXIES_IN_FRONT = 1
    url = reverse("sign_up", args=["offers"])
    visitor.load(url)
    visitor.client.defaults["HTTP_X_FORWARDED_FOR"] = "10.0.0.1, 203.0.113.9"
    visitor.send(url, agree="on")
    assert evidence.recorded(LedgerEntry.objects.get())["ip"] == "203.0.113.9"


def test_a_closed_page_takes_no_sign_ups(visitor, offers):
    url = reverse("sign_up", args=["offers"])
    visitor.load(url)
    offers.open = False
    offers.save()
    assert "takes no sign-ups" in visitor.send(url, agree="on").content.decode()
    assert not LedgerEntry.objects.exists()


def test_only_named_sites_may_show_the_page_in_a_frame(client, offers):
    url = reverse("sign_up", args=["offers"])
    assert "frame-ancestors 'none'" in client.get(url)["Content-Security-Policy"]
    offers.frame_ancestors = "https://acme.example"
    offers.save()
    shown = client.get(url)
    assert "frame-ancestors https://acme.example" in shown["Content-Security-Policy"]
    assert "X-Frame-Options" not in shown


def stop(visitor, url, **fields):
    visitor.load(url)
    return visitor.send(url, **fields)


def test_an_opt_out_is_of_everything_unless_chosen_otherwise(visitor, offers):
    assert stop(visitor, reverse("opt_out", args=["offers"])).status_code == 302
    assert Suppression.objects.get().phone == PHONE
    assert evidence.recorded(LedgerEntry.objects.get())["form_url"].endswith("/forms/offers/stop/")


def test_an_opt_out_can_be_of_one_program(visitor, offers):
    sign_up(visitor, offers)
    stop(visitor, reverse("opt_out", args=["offers"]), scope="program")
    assert not Suppression.objects.exists()
    assert set(Consent.objects.values_list("message_class", "state")) == {
        ("promotional", "revoked"),
        ("transactional", "revoked"),
    }


def test_there_is_an_opt_out_page_without_a_program(visitor):
    assert stop(visitor, reverse("opt_out_all")).url == reverse("opt_out_all_done")
    assert Suppression.objects.exists()


def test_an_opt_out_counts_also_when_valkey_is_away_and_a_sign_up_waits(
    visitor, offers, monkeypatch
):
    def away(*args):
        raise redis.ConnectionError

    monkeypatch.setattr(limits, "connection", away)
    assert sign_up(visitor, offers).status_code == 503
    assert not LedgerEntry.objects.exists()
    assert stop(visitor, reverse("opt_out_all")).status_code == 302
    assert Suppression.objects.exists()


def test_what_could_not_be_recorded_can_be_sent_again(visitor, offers, monkeypatch):
    with monkeypatch.context() as broken:
        broken.setattr("compliance.ledger.append", lambda acts: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            sign_up(visitor, offers)
    assert visitor.send(reverse("sign_up", args=["offers"]), agree="on").status_code == 302
    assert LedgerEntry.objects.count() == 1


def test_a_token_says_who_used_it_first():
    token = tokens.read(tokens.issue("join:a", "w", 0.0), "join:a")
    uses = [tokens.take(token, person) for person in ("ana", "ana", "ben")]
    assert uses == [tokens.Use.FIRST, tokens.Use.AGAIN, tokens.Use.OTHER]
