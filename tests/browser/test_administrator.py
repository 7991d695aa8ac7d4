"""An administrator, by the keyboard alone: a second factor, a campaign in trouble, a lost phone."""

import re
from base64 import b32decode

import pytest
from django.contrib.auth.models import Group, User
from django_otp.oath import totp
from playwright.sync_api import Page, expect

from analytics import rollups
from campaigns.models import Campaign
from config import roles
from config.models import AuthenticatorApp
from tests.campaigns.factories import CampaignFactory, MessageFactory, RunFactory

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
MOST_TABS = 120


@pytest.fixture
def administrator():
    roles.sync()
    user = User.objects.create_user("ada", password="sendpoint", is_staff=True)
    user.groups.add(Group.objects.get(name="Administrator"))
    return user


@pytest.fixture
def troubled():
    """A campaign that is being sent, of which half is refused."""
    run = RunFactory(audience=40, campaign=CampaignFactory(name="Sale", status="sending"))
    now = run.launched_at
    sent = {"run": run, "sent_at": now, "changed_at": now, "parts": 1, "aws_id": "a"}
    for state in ("delivered", "failed"):
        for _ in range(20):
            MessageFactory(state=state, final_at=now, **sent)
    rollups.roll_up(now)
    return run.campaign


def tab_to(page: Page, words: str) -> None:
    """Press Tab until something with these words, or this name, has the focus."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        said = page.evaluate(
            "() => { const e = document.activeElement; return e === document.body ? '' :"
            " [e.getAttribute('aria-label'), e.innerText,"
            " e.labels && e.labels[0] && e.labels[0].innerText].join(' '); }"
        )
        if words.lower() in said.lower():
            ring = page.evaluate("() => getComputedStyle(document.activeElement).display")
            assert ring != "none"
            return
    raise AssertionError(f"Tab does not lead to {words!r}")


def log_in(page: Page, url: str) -> None:
    page.goto(f"{url}/admin/login/")
    tab_to(page, "Username")
    page.keyboard.type("ada")
    page.keyboard.press("Tab")
    page.keyboard.type("sendpoint")
    page.keyboard.press("Enter")


def test_from_a_second_factor_to_a_paused_campaign_by_keyboard(
    page: Page, live_server, administrator, troubled
):
    log_in(page, live_server.url)
    expect(page).to_have_title(re.compile("Home"))
    page.goto(f"{live_server.url}/admin/two-factor/")
    tab_to(page, "Set it up")
    page.keyboard.press("Enter")
    expect(page.get_by_alt_text(re.compile("QR code"))).to_be_visible()
    page.wait_for_load_state()
    secret = b32decode(page.locator("code").inner_text())
    tab_to(page, "Code")
    page.keyboard.type(f"{totp(secret):06}")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Your recovery codes")).to_be_visible()
    recovery = page.locator("li code").first.inner_text()

    page.context.clear_cookies()
    log_in(page, live_server.url)
    expect(page.get_by_label("Code")).to_be_visible()
    tab_to(page, "Code")
    page.keyboard.type(recovery)
    page.keyboard.press("Enter")
    expect(page).to_have_title(re.compile("Home"))

    tab_to(page, "Sale")
    page.keyboard.press("Enter")
    expect(page.locator("#campaign-progress")).to_be_visible()
    tab_to(page, "Pause")
    page.keyboard.press("Enter")
    expect(page.locator("#campaign-progress")).to_have_attribute("data-status", "paused")
    assert Campaign.objects.get().status == "paused"
    assert len(AuthenticatorApp.objects.get().recovery_hashes) == 9
