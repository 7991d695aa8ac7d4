"""STOP, its one confirmation, silence, and START; and an answer that an officer must read."""

import json
import re
import time
import urllib.request

import pytest
from playwright.sync_api import Page, expect

from tests.browser.signing_in import log_in
from tests.stack import Stack, wait_for

pytestmark = [pytest.mark.browser, pytest.mark.slow]
ANA, BEN, OURS = "+16175550111", "+16175550112", "+12065550100"


def texts(stack: Stack, person: str) -> list[str]:
    return [text["body"] for text in stack.accepted() if text["destination"] == person]


def writes(stack: Stack, person: str, body: str) -> None:
    request = urllib.request.Request(
        f"{stack.record().simulator}/_simulator/inbound",
        data=json.dumps({"from": person, "to": OURS, "body": body}).encode(),
        headers={"Content-Type": "application/json"},
    )
    urllib.request.urlopen(request, timeout=5).close()


def opted_out(page: Page, stack: Stack) -> str:
    page.goto(f"{stack.url}/admin/compliance/suppression/")
    return page.content()


def heard(page: Page, stack: Stack, body: str) -> bool:
    page.goto(f"{stack.url}/admin/campaigns/inboundmessage/")
    return page.get_by_text(body, exact=True).first.is_visible()


def test_a_stop_is_confirmed_once_then_there_is_silence_until_start(page: Page, stack):
    began = time.monotonic()
    writes(stack, ANA, "Stop")
    wait_for(lambda: texts(stack, ANA), 60, stack.words)
    assert time.monotonic() - began < 300
    (confirmation,) = texts(stack, ANA)
    assert "opted out" in confirmation
    log_in(page, stack, "compliance")
    assert ANA in opted_out(page, stack)

    writes(stack, ANA, "STOP")
    wait_for(lambda: heard(page, stack, "STOP"), 60, stack.words)
    writes(stack, ANA, "Are you still there")
    # Texts come in any order: once this one is there, START is surely the later wish.
    wait_for(lambda: heard(page, stack, "Are you still there"), 60, stack.words)
    writes(stack, ANA, "START")
    wait_for(lambda: len(texts(stack, ANA)) > 1, 60, stack.words)
    page.goto(f"{stack.url}/admin/campaigns/inboundmessage/?q={ANA.removeprefix('+')}")
    assert "opted in again" in texts(stack, ANA)[1]
    assert len(texts(stack, ANA)) == 2
    assert ANA not in opted_out(page, stack)
    # The search above had her number in its address.
    assert stack.indiscretions(ANA[2:], "Are you still there", "opted in again") == set()


def test_an_officer_reads_an_unsure_answer_and_decides(page: Page, stack):
    writes(stack, BEN, "Who is this?")
    log_in(page, stack, "compliance")

    def counted() -> bool:
        page.goto(stack.url)
        return page.get_by_role("link", name="1 answer may be an opt-out").is_visible()

    wait_for(counted, 60, stack.words)
    page.get_by_role("link", name="1 answer may be an opt-out").click()
    page.get_by_role("link", name=re.compile("Who is this")).click()
    expect(page.get_by_text("“Who is this?”")).to_be_visible()
    page.get_by_role("button", name="Is an opt-out").click()
    expect(page.get_by_text("Recorded as an opt-out of everything.")).to_be_visible()
    assert BEN in opted_out(page, stack)
    assert texts(stack, BEN) == []
