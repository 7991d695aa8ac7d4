"""At the door of a running system."""

from typing import Any

from playwright.sync_api import Page, expect

from tests.stack import Stack

# Who has signed in where: a password takes a while to check, on purpose.
SESSIONS: dict[tuple[str, str], list[Any]] = {}


def log_in(page: Page, stack: Stack, name: str = "marketer") -> None:
    """Sign somebody in; by the form where they did not before."""
    page.context.clear_cookies()
    page.context.add_cookies(SESSIONS.get((stack.url, name), []))
    page.goto(stack.url)
    username = page.get_by_label("Username")
    if username.is_visible():
        username.fill(name)
        page.locator("[name=password]").fill("sendpoint")
        page.locator("[name=password]").press("Enter")
    expect(username).to_have_count(0)
    SESSIONS[stack.url, name] = page.context.cookies()
