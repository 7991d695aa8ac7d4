"""From an empty AWS account to the first delivered text, without leaving the admin."""

import json
import re
import urllib.request

import pytest
from playwright.sync_api import Page, expect

from tests.browser.signing_in import log_in
from tests.journeys.campaign import SURE
from tests.pinpoint.contract import forms
from tests.stack import Stack, daytime_zone, wait_for

pytestmark = [pytest.mark.browser, pytest.mark.slow]
BODY = "Sendpoint Demo: your parcel is on its way. Reply STOP to opt out."


@pytest.fixture(scope="module")
def stack(tmp_path_factory, begun):
    empty = {"numbers": [], "configuration_sets": []}
    running = Stack(begun(tmp_path_factory.mktemp("numbers")), SURE | {"account": empty})
    running.environment["AWS_SETUP_PAUSE_SECONDS"] = "0.01"
    running.environment["SNS_TOPIC_ARNS"] = ""  # what is set up here is believed by itself
    running.start()
    yield running
    running.stop()


def forward(stack: Stack, days: int) -> None:
    """Let days pass for those who review and provision."""
    body = json.dumps({"days": days}).encode()
    address = f"{stack.record().simulator}/_simulator/forward"
    urllib.request.urlopen(urllib.request.Request(address, body), timeout=5).close()


def read_now(page: Page, stack: Stack, *names: str) -> None:
    page.goto(f"{stack.url}/admin/campaigns/awssource/")
    for name in names:
        page.get_by_role("row", name=f"Select record {name}").locator(
            "input[type=checkbox]"
        ).check()
    page.locator("[name=action]").first.select_option(label="Read these from AWS now")
    page.get_by_role("button", name="Run").click()
    expect(page.get_by_text("being read")).to_be_visible()


def check_the_account(page: Page, stack: Stack, state: str, *points: str) -> None:
    """Have the account looked at, and see how points of its list stand."""
    page.goto(f"{stack.url}/admin/campaigns/awsaccount/")
    page.get_by_role("button", name=re.compile("Check")).click()
    for point in points:
        expect(page.locator(f"[data-point={point}]")).to_have_attribute("data-state", state)


def set_up_events(page: Page, stack: Stack) -> None:
    page.goto(f"{stack.url}/admin/campaigns/awsaccount/")
    page.get_by_role("button", name="Show me the calls").click()
    expect(page.get_by_text("aws sns create-topic --name sendpoint-events")).to_be_visible()
    page.get_by_role("button", name="Make these calls").click()
    expect(page.locator("#checklist")).to_be_visible()


def buy_a_number(page: Page, stack: Stack) -> str:
    page.goto(f"{stack.url}/admin/compliance/originator/")
    page.get_by_role("link", name="Request a number").click()
    expect(page.get_by_text("Up to 15 business days for the verification.")).to_be_visible()
    page.get_by_label("Type").select_option("TOLL_FREE")
    page.get_by_label("Sends").select_option("TRANSACTIONAL")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_text("About $2.00 a month")).to_be_visible()
    page.get_by_role("button", name="Yes, buy it").click()
    expect(page.get_by_text("is yours.")).to_be_visible()
    found = re.search(r"\+1833555\d{4}", page.content())
    assert found
    return found[0]


def register_it(page: Page, stack: Stack, number: str) -> str:
    wait_for(lambda: is_asked(page, stack), 60, stack.words)
    box = page.locator("section").filter(has_text="For a toll-free number")
    box.get_by_role("textbox").fill("Service line")
    box.get_by_role("button", name="Begin").click()
    page.locator("[name=_numbers]").select_option(label=number)
    for path, said in forms.TOLL_FREE.items():
        field = page.locator(f'[name="{path}"]')
        if isinstance(said, list):
            field.select_option(said[0])
        else:
            field.fill(str(said))
    page.locator('[name="messagingUseCase.optInImage"]').set_input_files(
        {"name": "form.png", "mimeType": "image/png", "buffer": forms.PICTURE}
    )
    page.get_by_role("button", name="Keep and check").click()
    expect(page.get_by_text("AWS has all that it asks for")).to_be_visible()
    expect(page.get_by_text("Attached: form.png")).to_be_visible()
    page.get_by_role("button", name="Hand it in").click()
    expect(page.get_by_text("Free.", exact=True)).to_be_visible()
    page.get_by_role("button", name="Yes, hand it in").click()
    address = page.url
    wait_for(lambda: "AWS is asked again" in shown(page, address), 60, stack.words)
    return address


def is_asked(page: Page, stack: Stack) -> bool:
    page.goto(f"{stack.url}/admin/campaigns/registration/start/")
    return page.get_by_text("For a toll-free number").is_visible()


def shown(page: Page, address: str) -> str:
    page.goto(address)
    return page.get_by_label("How it stands").inner_text()


def send_a_text(page: Page, stack: Stack, number: str) -> None:
    page.goto(f"{stack.url}/admin/campaigns/campaign/add/")
    page.locator("[name=name]").fill("First text")
    page.locator("[name=segment]").select_option(label="Everyone")
    page.locator("[name=program]").select_option(label="Offers")
    page.locator("[name=originator]").select_option(label=number)
    page.locator("[name=message_class]").select_option("transactional")
    page.locator("[name=body]").fill(BODY)
    page.get_by_role("button", name="Save and continue editing").click()
    expect(page.locator("[data-point=number]")).to_have_attribute("data-state", "green")
    page.get_by_role("button", name=re.compile("Launch to")).click()
    page.get_by_role("button", name=re.compile("Yes, send it to")).click()
    progress = page.locator("#campaign-progress")
    expect(progress).to_have_attribute("data-status", "completed", timeout=60_000)
    expect(progress.locator("[data-count=delivered]")).to_have_text("5")


def test_an_empty_account_sends_its_first_text(page: Page, stack):
    zone = daytime_zone()
    change = f"from contacts.models import Contact; Contact.objects.update(timezone={zone!r})"
    stack.manage("shell", "--verbosity=0", "-c", change)
    log_in(page, stack, "admin")
    check_the_account(page, stack, "missing", "senders", "configuration_set")
    number = buy_a_number(page, stack)
    set_up_events(page, stack)
    registration = register_it(page, stack, number)
    forward(stack, 12)
    read_now(page, stack, "Registrations", "Numbers and sender IDs")
    wait_for(lambda: "approved" in shown(page, registration), 30, stack.words)
    page.goto(f"{stack.url}/admin/compliance/originator/")
    row = page.get_by_role("row", name=re.compile(re.escape(number)))
    expect(row).to_contain_text("in order")
    ready = ("senders", "configuration_set", "destination", "way_back", "dry_run")
    check_the_account(page, stack, "ok", *ready)
    send_a_text(page, stack, number)
    assert {text["origination"] for text in stack.accepted()} == {number}
