"""A marketer's first campaign, from the login to the finished report, in real Chromium."""

import re
from collections import Counter

import pytest
from playwright.sync_api import Page, expect

from benchmarks import contact_list
from tests.browser.signing_in import log_in
from tests.browser.test_every_page import AXE, unreadable
from tests.stack import Stack, daytime_zone, wait_for

pytestmark = [pytest.mark.browser, pytest.mark.slow]
LINES = 3_000
BODY = (
    "Hi {{User.UserAttributes.FirstName}}! Premium members get 30% off this weekend. "
    "Use code FEB30. Reply STOP to opt out."
)
SECOND = 1000
STATES = ("delivered", "failed", "blocked", "expired", "cancelled", "unknown", "open")


@pytest.fixture(scope="module")
def stack(tmp_path_factory, begun):
    running = Stack(begun(tmp_path_factory.mktemp("journey")))
    running.environment["CAMPAIGN_REVIEW"] = "true"
    running.start()
    yield running
    running.stop()


def import_list(page: Page, stack: Stack, path: str) -> None:
    page.goto(f"{stack.url}/admin/contacts/import/add/")
    page.locator("[name=file]").set_input_files(path)
    page.get_by_label("They opted in to").select_option(label="Offers")
    page.get_by_label("The words they agreed to").fill("Yes, text me offers.")
    page.get_by_role("button", name="Check the file").click()
    expect(page.get_by_text("Where each column is stored")).to_be_visible()
    page.get_by_role("button", name="Start the import").click()
    expect(page.locator("#import-progress")).to_have_attribute(
        "data-status", "completed", timeout=120 * SECOND
    )


def build_segment(page: Page, stack: Stack) -> int:
    page.goto(f"{stack.url}/admin/contacts/segment/add/")
    page.locator("[name=name]").fill("Premium on the coasts")
    page.get_by_label("Field of rule 1").select_option("attributes.Plan")
    page.get_by_label("Values of rule 1").fill("premium")
    page.get_by_role("button", name="Add a rule").click()
    page.get_by_label("Field of rule 2").select_option("city")
    page.get_by_label("Values of rule 2").press_sequentially("New York, San Francisco")
    count = page.locator("#segment-count [data-count=matches]")
    wait_for(lambda: count.is_visible() and 0 < number(count.inner_text()) < LINES / 5, 20)
    matched = number(count.inner_text())
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("was added successfully")).to_be_visible()
    return matched


def write_campaign(page: Page, stack: Stack) -> None:
    page.goto(f"{stack.url}/admin/campaigns/campaign/add/")
    page.locator("[name=name]").fill("February Flash Sale")
    choose(page, "Premium on the coasts")
    page.locator("[name=body]").fill(BODY)
    expect(page.locator("#phone [data-preview=text]").first).to_contain_text("30% off")
    expect(page.locator("#reach [data-count=reachable]")).to_be_visible()
    expect(page.locator("[name=first_day]")).to_be_hidden()  # it goes as it is launched
    page.locator("[name=daily_limit]").fill("1")
    page.locator("[name=total_limit]").fill("3")
    page.locator("[name=messages_per_second]").fill("100")
    page.get_by_role("button", name="Save and continue editing").click()
    expect(page.get_by_role("button", name="Ask for a review")).to_be_visible()


def have_it_reviewed(page: Page, stack: Stack, *seen: str) -> None:
    """Somebody else reads these words on the review page, and approves."""
    page.get_by_role("button", name="Ask for a review").click()
    expect(page.get_by_text("somebody else must approve it")).to_be_visible()
    campaign = page.url
    log_in(page, stack, "compliance")
    page.goto(campaign)
    for words in seen:
        expect(page.locator("#campaign-review")).to_contain_text(words)
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_text("Approved.", exact=True).first).to_be_visible()
    log_in(page, stack)
    page.goto(campaign)


def read_the_report(page: Page, final: dict[str, int]) -> None:
    page.get_by_role("link", name="Report").click()
    page.locator("#stands summary").click()
    *stands, audience = [number(cell) for cell in page.locator("#stands td").all_inner_texts()]
    assert stands == [final[name] for name in STATES]
    assert audience == sum(stands)
    expect(page.locator("#unreached td", has_text="The phone is switched off")).to_be_visible()

    def counted() -> bool:  # money and answers follow some seconds later
        page.reload()
        return number(figure(page, "opt-outs")) > 0 and figure(page, "spend") != "$0.00"

    wait_for(counted, 30)
    with page.expect_download() as kept:
        page.locator("#funnel").get_by_role("button", name="PNG").click()
    assert kept.value.suggested_filename == "funnel-chart.png"
    assert kept.value.path().read_bytes().startswith(b"\x89PNG")


def see_the_dashboard(page: Page, stack: Stack) -> None:
    def counted() -> bool:
        page.goto(stack.url)
        return number(figure(page, "sent-today")) == len(stack.accepted())

    wait_for(counted, 30)
    assert float(figure(page, "delivery-rate").removesuffix(" %")) > 80
    expect(page.locator("#days-chart, #spent-chart")).to_have_count(2)
    with page.expect_download() as kept:
        page.locator("#days").get_by_role("link", name="CSV").click()
    assert kept.value.suggested_filename == "overview-days.csv"
    expect(page.get_by_text("No campaign is being sent.")).to_be_visible()


def figure(page: Page, name: str) -> str:
    return page.locator(f"[data-figure={name}]").inner_text()


def say_yes_on_a_phone(page: Page) -> None:
    """By keyboard, on the page that asks once more whom it reaches, when, and at what cost."""
    expect(page.get_by_role("heading", name="Launch “February Flash Sale”?").last).to_be_visible()
    page.set_viewport_size({"width": 375, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 375
    expect(page.locator("[data-money=about]")).to_contain_text("$")
    page.evaluate(AXE)
    assert unreadable(page, "light", with_the_frame=False) == set()
    page.get_by_role("button", name=re.compile("Yes, send it to")).press("Enter")
    page.wait_for_url("**/change/")
    page.set_viewport_size({"width": 1280, "height": 720})


def launch_again(page: Page, stack: Stack) -> None:
    page.goto(f"{stack.url}/admin/campaigns/campaign/")
    page.get_by_role("link", name="February Flash Sale").click()
    page.locator("[name=daily_limit]").fill("2")
    page.get_by_role("button", name="Save and continue editing").click()
    have_it_reviewed(page, stack, "Since version 1, which compliance approved")
    page.route("**/launch/counted/", lambda route: route.fulfill(status=500))
    page.get_by_role("button", name=re.compile("Launch again to")).click()
    expect(page.get_by_text("It could not be counted.")).to_be_visible()
    page.unroute("**/launch/counted/")
    page.reload()
    expect(page.locator("[data-again]")).to_contain_text("get it again")
    page.get_by_role("button", name=re.compile("Yes, send it again to")).click()
    expect(page.locator("#campaign-progress")).to_have_attribute("data-status", "sending")
    expect(page.locator("#campaign-progress")).to_have_attribute(
        "data-status", "completed", timeout=180 * SECOND
    )


def opted_out(page: Page, stack: Stack) -> set[str]:
    page.goto(f"{stack.url}/admin/compliance/suppression/")
    return set(re.findall(r"\+1\d{10}", page.content()))


def campaign_texts(stack: Stack) -> Counter[str]:
    """Count the campaign's texts to each number; STOP and HELP are answered besides."""
    texts = stack.accepted()
    return Counter(text["destination"] for text in texts if "30% off" in text["body"])


def number(text: str) -> int:
    return int(text.replace(",", ""))


def counts(page: Page) -> dict[str, int]:
    found = page.locator("#campaign-progress [data-count]")
    return {
        str(item.get_attribute("data-count")): number(item.inner_text()) for item in found.all()
    }


def test_a_marketer_sends_a_campaign_from_a_list_to_the_report(page: Page, stack, tmp_path):
    file = tmp_path / "list.csv"
    file.write_text(contact_list.text(LINES, seed=7, timezone=daytime_zone()))
    log_in(page, stack)
    import_list(page, stack, str(file))
    matched = build_segment(page, stack)
    write_campaign(page, stack)
    have_it_reviewed(page, stack, "all of it is new", "Texts in each hour", "New York")

    page.get_by_role("button", name=re.compile("Launch to")).press("Enter")
    say_yes_on_a_phone(page)
    progress = page.locator("#campaign-progress")
    expect(progress).to_have_attribute("data-status", "sending")
    wait_for(lambda: counts(page).get("delivered", 0) > 10, 60, stack.words)
    early = counts(page)["delivered"]
    wait_for(lambda: counts(page)["delivered"] > early, 60, stack.words)  # it moves by itself
    expect(progress).to_have_attribute("data-status", "completed", timeout=180 * SECOND)

    final = counts(page)
    assert sum(final.values()) == matched
    assert final["delivered"] > 0.8 * matched
    assert final["failed"] > 0
    assert final["open"] == 0
    # Other tests leave drafts behind.
    [campaign] = [one for one in stack.campaigns() if one["name"] == "February Flash Sale"]
    assert campaign["audience"] == matched
    texted = campaign_texts(stack)
    assert set(texted.values()) == {1}
    assert len(texted) == matched - final["blocked"]

    read_the_report(page, final)
    see_the_dashboard(page, stack)

    # Launched again with a higher cap, it reaches people anew, but nobody who answered STOP.
    stopped = opted_out(page, stack)
    assert stopped
    launch_again(page, stack)
    after = campaign_texts(stack)
    assert sum(after.values()) > sum(texted.values())
    assert {phone for phone in stopped if after[phone] > 1} == set()
    assert stack.indiscretions("30% off", "FEB30") == set()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"PK\x03\x04 not a list", "Excel workbook"),
        (b"", "The submitted file is empty"),
    ],
)
def test_a_bad_file_is_refused_beside_its_field(page: Page, stack, tmp_path, content, words):
    upload(page, stack, tmp_path, content)
    expect(page.get_by_role("alert")).to_contain_text(words)


def test_a_list_without_a_phone_column_asks_which_one_it_is(page: Page, stack, tmp_path):
    upload(page, stack, tmp_path, b"Name,Plan\nAna,free\n")
    expect(page.get_by_text("Choose the column that holds the phone numbers.")).to_be_visible()


def upload(page: Page, stack: Stack, tmp_path, content: bytes) -> None:
    file = tmp_path / "bad.csv"
    file.write_bytes(content)
    log_in(page, stack)
    page.goto(f"{stack.url}/admin/contacts/import/add/")
    page.locator("[name=file]").set_input_files(str(file))
    page.get_by_label("They opted in to").select_option(label="Offers")
    page.get_by_label("The words they agreed to").fill("Yes.")
    page.get_by_role("button", name="Check the file").click()


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("body", "Hi {{", "does not parse"),
        ("body", "Hi {{Attributes.Shoe}}", "{{Attributes.Shoe}}, which is not known"),
        ("daily_limit", "0", "A limit of 0 would send nothing"),
        ("messages_per_second", "0", "A limit of 0 would send nothing"),
    ],
)
def test_a_mistake_in_a_campaign_is_named_where_it_is(page: Page, stack, field, value, words):
    log_in(page, stack)
    page.goto(f"{stack.url}/admin/campaigns/campaign/add/")
    page.locator("[name=name]").fill("Mistake")
    page.locator(f"[name={field}]").fill(value)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(f"#id_{field}_error").get_by_text(words)).to_be_visible()


def test_a_nested_segment_is_built_in_the_page_by_keyboard(page: Page, stack):
    page.set_viewport_size({"width": 375, "height": 800})
    log_in(page, stack)
    page.goto(f"{stack.url}/admin/contacts/segment/add/")
    page.locator("[name=name]").fill("Coasts without gold")
    page.get_by_label("Field of rule 1").select_option("city")
    page.get_by_label("Values of rule 1").press_sequentially("Boston, Seattle")
    page.get_by_role("button", name="Add a group", exact=True).press("Enter")
    expect(page.get_by_label("Field of rule 2.1")).to_be_focused()
    page.get_by_label("Field of rule 2.1").select_option("attributes.Plan")
    page.get_by_label("Values of rule 2.1").fill("gold")
    page.locator("[id='match-0.1']").select_option("none")
    expect(page.locator("#segment-count [data-count=matches]")).to_have_text("2")
    expect(page.locator("#segment-count li")).to_have_count(2)
    expect(page.locator("#segment-reachable [data-count=reachable]")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 375
    page.get_by_role("button", name="Save and continue editing").click()

    expect(page.get_by_label("Values of rule 2.1")).to_have_value("gold")
    page.get_by_role("button", name="Remove group 2").press("Enter")
    expect(page.get_by_role("button", name="Add a rule", exact=True)).to_be_focused()
    expect(page.locator("#segment-count [data-count=matches]")).to_have_text("4")


def test_a_template_is_kept_and_put_into_a_campaign(page: Page, stack):
    log_in(page, stack)
    page.goto(f"{stack.url}/admin/campaigns/messagetemplate/add/")
    page.locator("[name=name]").fill("welcome")
    page.locator("[name=body]").fill("Acme: welcome. Reply STOP to opt out.")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("#result_list")).to_contain_text("welcome")
    page.goto(f"{stack.url}/admin/campaigns/campaign/add/")
    page.locator("[name=body]").fill("Hi! ")
    page.get_by_label("Template", exact=True).select_option("welcome")
    expect(page.locator("[name=body]")).to_have_value("Hi! Acme: welcome. Reply STOP to opt out.")


def test_what_was_typed_is_there_again_when_the_login_has_expired(page: Page, stack):
    log_in(page, stack)
    address = f"{stack.url}/admin/campaigns/campaign/add/"
    page.goto(address)
    page.locator("[name=name]").fill("March")
    page.locator("[name=body]").fill("Acme: Hi ")
    page.get_by_label("Merge field").select_option("User.UserAttributes.FirstName")
    expect(page.locator("[name=body]")).to_have_value("Acme: Hi {{User.UserAttributes.FirstName}}")
    expect(page.locator("#draft-kept")).to_contain_text("Kept in this browser")
    page.get_by_label("Begins").select_option("event")
    page.locator("[name=event]").fill("order.shipped")
    page.get_by_label("Name in rule 1").fill("Carrier")
    page.get_by_label("Values of rule 1").fill("UPS, DHL")
    page.get_by_role("button", name="Add a rule", exact=True).press("Enter")
    expect(page.get_by_label("Name in rule 2")).to_be_focused()
    page.keyboard.insert_text("Total")
    page.get_by_label("Comparison of rule 2").select_option("is at least")
    page.get_by_label("Values of rule 2").fill("50")
    page.context.clear_cookies(name="sessionid")
    page.locator("[name=body]").press("End")
    page.keyboard.insert_text("!")  # a preview is asked for, and answered by the page to log in
    expect(page.get_by_role("alert")).to_contain_text("Your login has expired.")
    expect(page.locator("[name=body]")).to_be_focused()
    expect(page.get_by_label("Username")).to_have_count(0)
    page.get_by_role("link", name="Add another Treatment").click()
    page.locator("[name=treatments-0-name]").fill("Short")  # kept although Save follows at once
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_label("Username").fill("marketer")
    page.locator("[name=password]").fill("sendpoint")
    page.locator("[name=password]").press("Enter")
    page.wait_for_url(address)
    page.get_by_role("button", name="Restore what you typed").click()
    expect(page.locator("[name=name]")).to_have_value("March")
    expect(page.locator("[name=body]")).to_have_value("Acme: Hi {{User.UserAttributes.FirstName}}!")
    expect(page.locator("[name=treatments-0-name]")).to_have_value("Short")
    expect(page.get_by_label("Values of rule 1")).to_have_value("UPS, DHL")
    expect(page.get_by_label("Comparison of rule 2")).to_have_value("metrics.gte")
    page.get_by_role("button", name="Remove rule 1").press("Enter")
    expect(page.get_by_label("Name in rule 1")).to_have_value("Total")
    expect(page.get_by_label("Name in rule 1")).to_be_focused()

    # Saved, it is forgotten; Back shows an empty page, which would not save it a second time.
    page.locator("[name=treatments-0-percent]").fill("10")
    page.locator("[name=treatments-0-body]").fill("Acme: Hi! Reply STOP to opt out.")
    choose(page)
    page.locator("[name=body]").fill("Acme: hi {{Demographic.Locale}}! Reply STOP to opt out.")
    page.get_by_role("button", name="Write it").first.click()
    expect(page.locator("[name=body]")).to_have_value(
        'Acme: hi {{ Demographic.Locale | default: "there" }}! Reply STOP to opt out.'
    )
    expect(page.locator("#phone")).to_contain_text("hi there!")
    page.get_by_role("button", name="Save and continue editing").click()
    expect(page.get_by_role("heading", name="Draft")).to_be_visible()
    saved = page.url
    page.go_back()
    expect(page.locator("[name=name]")).to_have_value("")
    expect(page.locator("#restore-draft")).to_have_count(0)
    be_slower_than_somebody_else(page, saved)


def be_slower_than_somebody_else(page: Page, address: str) -> None:
    page.goto(address)
    other = page.context.new_page()
    other.goto(address)
    other.locator("[name=name]").fill("Theirs")
    other.get_by_role("button", name="Save and continue editing").click()
    expect(other.locator("[name=version]")).to_have_value("2")
    other.wait_for_load_state()  # its script has forgotten what it kept
    other.close()
    page.locator("[name=name]").fill("Mine")
    expect(page.locator("#draft-kept")).to_contain_text("Kept in this browser")
    page.get_by_role("button", name="Save and continue editing").click()
    expect(page.get_by_text("while you had it open")).to_be_visible()
    page.goto(address)
    expect(page.locator("[name=name]")).to_have_value("Theirs")
    expect(page.get_by_text("compare before you save")).to_be_visible()
    page.get_by_role("button", name="Restore what you typed").click()
    expect(page.locator("[name=name]")).to_have_value("Mine")


def choose(page: Page, segment: str = "Everyone") -> None:
    page.locator("[name=segment]").select_option(label=segment)
    page.locator("[name=program]").select_option(label="Offers")
    page.locator("[name=originator]").select_option(label="Marketing (+12065550100)")
