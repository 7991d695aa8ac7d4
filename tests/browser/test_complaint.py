"""Someone signs up without JavaScript and complains; the officer finds the proof, in Chromium."""

import json
import zipfile

import pytest
from playwright.sync_api import Browser, Page, expect

from compliance.packs.checking import problems
from tests.compliance.factories import SignUpPageFactory

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
READING = 2100  # ms; the form takes no answer that comes faster than a person reads


@pytest.fixture
def page_of_program():
    return SignUpPageFactory(slug="offers", program__name="Offers")


def sign_up(browser: Browser, url: str) -> None:
    visitor = browser.new_context(java_script_enabled=False)
    page = visitor.new_page()
    page.goto(f"{url}/forms/offers/")
    box = page.get_by_role("checkbox")
    expect(box).not_to_be_checked()
    page.get_by_label("Your mobile number").fill("(212) 555-0111")
    box.check()
    page.wait_for_timeout(READING)
    page.get_by_role("button", name="Sign up").click()
    expect(page.get_by_role("heading")).to_have_text("You are signed up")
    visitor.close()


def log_in(page: Page, url: str) -> None:
    page.goto(f"{url}/admin/login/")
    page.get_by_label("Username").fill("admin")
    page.locator("[name=password]").fill("password")
    page.locator("[name=password]").press("Enter")
    expect(page.get_by_role("link", name="Look up a number")).to_be_attached()


def test_from_a_sign_up_and_a_complaint_to_the_evidence_pack(
    browser, page, live_server, page_of_program, admin_user, tmp_path
):
    sign_up(browser, live_server.url)
    log_in(page, live_server.url)
    page.goto(f"{live_server.url}/admin/compliance/ledgerentry/lookup/")
    page.get_by_label("Phone number").fill("212.555.0111")
    page.get_by_role("button", name="Look up").click()
    history = page.get_by_role("region", name="Consent history")
    expect(history).to_contain_text("Opt-in confirmed: Offers (promotional), by web form")
    expect(history).to_contain_text(page_of_program.disclosure)
    page.get_by_label("What it is for").fill("Complaint 4711")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download the evidence pack").click()
    download.value.save_as(tmp_path / "pack.zip")
    content = json.loads(zipfile.ZipFile(tmp_path / "pack.zip").read("evidence.json"))
    assert problems(content) == []
    [entry] = content["consent"]["entries"]
    assert entry["missing_evidence"] == []
    assert entry["evidence"]["checkbox_at_load"] is False
    assert entry["evidence"]["checkbox_at_submit"] is True
