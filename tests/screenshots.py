"""`make screenshots`: Chromium visits the main pages of a seeded system and keeps what it sees.

The pictures of docs/screenshots are made here and nowhere else. A page is a line of PAGES.
"""

import os
import re
import tempfile
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks import contact_list
from config.local import browser
from tests.browser.signing_in import log_in
from tests.stack import Stack, daytime_zone, wait_for

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "screenshots"
PEOPLE = 600
WIDE, PHONE = {"width": 1280, "height": 800}, {"width": 375, "height": 800}
COLORS = 128
# The name of the picture, whose login, the page under /admin/ or the words of a link on the list
# there, and what is scrolled to.
PAGES: tuple[tuple[str, str, str, str, str], ...] = (
    ("home", "marketer", "", "", ""),
    ("campaigns", "marketer", "campaigns/campaign/", "", ""),
    ("composer", "marketer", "campaigns/campaign/", "Autumn sale", "#id_body"),
    ("sending", "marketer", "campaigns/campaign/", "Weekly offers", ""),
    ("review", "compliance", "campaigns/campaign/", "Members’ evening", "#campaign-review"),
    ("report", "analyst", "figures/campaign/?campaign={report}", "", ""),
    ("figures", "analyst", "figures/overview/", "", ""),
    ("one-campaign", "analyst", "figures/campaign/?campaign={report}", "", "#treatments"),
    ("inbox", "marketer", "campaigns/conversation/", "", ""),
    ("segment", "marketer", "contacts/segment/", "Gold in the west", ""),
    ("contacts", "marketer", "contacts/contact/", "", ""),
    ("import", "marketer", "contacts/import/", "people.csv", ""),
    ("look-up", "compliance", "compliance/ledgerentry/lookup/", "", ""),
    ("sending-rules", "compliance", "compliance/policy/", "", ""),
    ("senders", "admin", "compliance/originator/", "", ""),
    ("sender", "admin", "compliance/originator/", "12065550100", ""),
    ("account", "admin", "campaigns/awsaccount/", "", ""),
    ("alerts", "analyst", "analytics/alert/", "", ""),
    ("alert-rules", "admin", "analytics/alertrule/", "", ""),
    ("reports", "analyst", "reports/", "", ""),
    ("audit-log", "admin", "admin/logentry/", "", ""),
    ("my-settings", "marketer", "my-settings/", "", ""),
    ("two-factor", "marketer", "two-factor/", "", ""),
)
# light, dark and phone, as the pictures' names say.
LOOKS = (("", "light", WIDE), ("-dark", "dark", WIDE), ("-phone", "light", PHONE))


def main() -> None:
    """Start a system, fill it, take every picture, end it."""
    with tempfile.TemporaryDirectory() as folder:
        stack = Stack(Path(folder))
        stack.start()
        try:
            report = _fill(stack, Path(folder))
            with sync_playwright() as playwright:
                chromium = _chromium(playwright.chromium.launch)
                for suffix, scheme, size in LOOKS:
                    _visit(chromium, stack, report, suffix, scheme, size)
                chromium.close()
        finally:
            stack.stop()


def _chromium(launch: object) -> Browser:
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    found: Browser = launch(executable_path=browser.find(), args=arguments)  # type: ignore[operator]
    return found


def _fill(stack: Stack, folder: Path) -> int:
    """Send one campaign to its end, let another be on its way; return the first one's id."""
    people = folder / "people.csv"
    people.write_text(contact_list.text(PEOPLE, seed=11))
    consent = ("--program", "Offers", "--class", "promotional", "--basis", "web_form")
    words = ("--origin", "https://www.example.com", "--wording", "Yes, text me offers.")
    options = (*consent, *words, "--attested-by", "marketer")
    stack.manage("import_contacts", str(people), *options, good=(0, 3))  # 3: lines were rejected
    zoned = f"from tests.seeded import first; first({daytime_zone()!r})"
    stack.manage("shell", "--verbosity=0", "-c", zoned)
    wait_for(lambda: _done(stack, "Flash sale"), 180, stack.words)
    # The figures of answers and money follow the texts by some seconds.
    wait_for(lambda: stack.simulated("stats")["accepted"] > PEOPLE // 2, 60, stack.words)
    stack.manage("shell", "--verbosity=0", "-c", "from tests.seeded import then; then()")
    return next(int(one["id"]) for one in stack.campaigns() if one["name"] == "Flash sale")


def _done(stack: Stack, name: str) -> bool:
    return any(one["name"] == name and one["status"] == "completed" for one in stack.campaigns())


def _visit(
    chromium: Browser, stack: Stack, report: int, suffix: str, scheme: str, size: dict[str, int]
) -> None:
    who = ""
    context = chromium.new_context(color_scheme=scheme, viewport=size)  # type: ignore[arg-type]
    page = context.new_page()
    for name, login, address, link, place in sorted(PAGES, key=lambda row: row[1]):
        if login != who:
            who = login
            log_in(page, stack, who)
        page.goto(f"{stack.url}/admin/{address.format(report=report)}")
        if link:
            page.get_by_role("link", name=re.compile(link)).first.click()
        page.wait_for_load_state("networkidle")
        if place:
            page.locator(place).first.scroll_into_view_if_needed()
        _keep(page, f"{name}{suffix}")
    context.close()


def _keep(page: Page, name: str) -> None:
    """Keep a picture small: 128 colours do for a page."""
    page.wait_for_timeout(300)  # charts draw themselves
    picture = Image.open(BytesIO(page.screenshot(animations="disabled"))).convert("RGB")
    FOLDER.mkdir(parents=True, exist_ok=True)
    picture.quantize(COLORS).save(FOLDER / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main()
