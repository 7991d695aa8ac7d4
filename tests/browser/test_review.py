"""Review → approve → scheduled → sent: two people and a clock, in real Chromium."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.signing_in import log_in
from tests.stack import Stack, daytime_zone, wait_for

pytestmark = [pytest.mark.browser, pytest.mark.slow]
BODY = "Sendpoint Demo: Hi {{User.UserAttributes.FirstName}}! Reply STOP to opt out."


@pytest.fixture(scope="module")
def stack(tmp_path_factory, begun):
    running = Stack(begun(tmp_path_factory.mktemp("review")))
    running.environment["CAMPAIGN_REVIEW"] = "true"
    running.start()
    yield running
    running.stop()


def write(page: Page, stack: Stack) -> str:
    page.goto(f"{stack.url}/admin/campaigns/campaign/add/")
    page.locator("[name=name]").fill("Weekly")
    for name, label in (
        ("segment", "Everyone"),
        ("program", "Offers"),
        ("originator", "Marketing (+12065550100)"),
    ):
        page.locator(f"[name={name}]").select_option(label=label)
    page.locator("[name=body]").fill(BODY)
    page.locator("[name=timing]").select_option("once")
    page.locator("[name=first_day]").fill("2036-12-01")
    page.locator("[name=clock]").fill("09:00")
    page.get_by_role("button", name="Save and continue editing").click()
    expect(page.get_by_role("button", name="Ask for a review")).to_be_visible()
    return page.url


def bring_its_hour_forward(stack: Stack) -> None:
    stack.manage(
        "shell",
        "--verbosity=0",
        "-c",
        "from django.utils import timezone; from campaigns.models import Campaign; "
        "Campaign.objects.update(first_day='2026-01-01', next_run_at=timezone.now())",
    )


def test_a_campaign_is_reviewed_approved_scheduled_and_sent(page: Page, stack):
    zone = daytime_zone()
    stack.manage(
        "shell",
        "--verbosity=0",
        "-c",
        f"from contacts.models import Contact; Contact.objects.update(timezone={zone!r})",
    )
    log_in(page, stack, "marketer")
    campaign = write(page, stack)
    page.get_by_role("button", name="Ask for a review").click()
    expect(page.get_by_text("somebody else must approve it")).to_be_visible()
    expect(page.get_by_role("button", name="Approve")).to_have_count(0)

    log_in(page, stack, "compliance")
    page.goto(campaign)
    page.get_by_label("Comment for the author").fill("Good words.")
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_text("Approved.", exact=True)).to_be_visible()

    log_in(page, stack, "marketer")
    page.goto(campaign)
    page.get_by_role("button", name="Schedule").click()
    page.get_by_role("button", name="Yes, schedule it").click()
    expect(page.locator("#campaign-progress")).to_have_attribute("data-status", "scheduled")
    expect(page.get_by_text("The next run opens on Mon 1 Dec 2036")).to_be_visible()
    page.get_by_text("Who did what").click()
    expect(page.locator("#campaign-timeline")).to_contain_text("Approved: Good words.")

    bring_its_hour_forward(stack)
    wait_for(lambda: len(stack.accepted()) == 5, 60, stack.words)
    page.goto(campaign)
    expect(page.locator("#campaign-progress")).to_have_attribute(
        "data-status", "completed", timeout=60_000
    )
    (totals,) = stack.campaigns()
    assert totals["audience"] == 5
