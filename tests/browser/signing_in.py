"""At the door of a running system."""

import re

from playwright.sync_api import Page, expect

from tests.stack import Stack


def log_in(page: Page, stack: Stack, name: str = "marketer") -> None:
    page.context.clear_cookies()
    page.goto(stack.url)
    page.get_by_label("Username").fill(name)
    page.locator("[name=password]").fill("sendpoint")
    page.locator("[name=password]").press("Enter")
    expect(page).to_have_title(re.compile("Sendpoint"))
