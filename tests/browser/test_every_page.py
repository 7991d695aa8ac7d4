"""Every page: for everybody's eyes and hands, on a phone, in the dark, and by its own rules."""

import random

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from config.navigation import SECTIONS
from tests.browser.signing_in import log_in

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PAGES = (
    *("", "campaigns/campaign/", "campaigns/campaign/add/", "campaigns/message/"),
    *("campaigns/conversation/", "contacts/contact/", "contacts/segment/add/"),
    *("contacts/contact/1/change/", "compliance/program/1/change/"),
    *("contacts/segment/1/change/", "contacts/import/add/", "compliance/program/"),
    *("compliance/policy/", "compliance/ledgerentry/", "auth/user/"),
    *("campaigns/keywordrule/add/", "auth/group/add/", "auth/user/1/change/", "two-factor/"),
    *("figures/overview/", "figures/spend/", "reports/", "analytics/outgoingmail/"),
    *("analytics/alert/", "analytics/alert/999/change/", "analytics/alertrule/999/change/"),
)
# Every list that the sidebar leads to, and the other pages that somebody fills in or reads.
LISTS = [
    f"{where.replace('.', '/')}/"
    for _title, pages in SECTIONS
    for _name, _icon, where in pages
    if ":" not in where
]
OTHERS = sorted(
    {
        *LISTS,
        *("my-settings/", "password_change/", "auth/user/1/history/", "auth/user/add/"),
        *("figures/deliverability/", "figures/originators/", "figures/compliance/"),
        *(
            "figures/engine/",
            "figures/campaign/",
            "config/accesskey/add/",
            "campaigns/destination/add/",
        ),
        *("campaigns/messagetemplate/add/", "campaigns/awsidentity/request/"),
        *("campaigns/registration/start/", "compliance/ledgerentry/add/"),
        *("compliance/ledgerentry/lookup/", "compliance/policy/check/", "compliance/policy/add/"),
        *("compliance/suppressednumber/add/", "contacts/contactlist/add/", "contacts/contact/add/"),
        *("compliance/emergency/add/", "compliance/originator/add/"),
    }
    - {*PAGES}
)
SOME = 10


def test_filters_open_by_keyboard_and_a_list_is_taken_along(page: Page, stack):
    log_in(page, stack, "admin")
    page.goto(f"{stack.url}/admin/contacts/contact/")
    filters = page.get_by_role("button", name="Filters")
    filters.press("Enter")
    within = "document.getElementById('changelist-filter').contains(document.activeElement)"
    page.wait_for_function(within)
    page.keyboard.press("Escape")
    expect(filters).to_be_focused()
    with page.expect_download() as taken:
        page.get_by_role("button", name="Export CSV").press("Enter")
    assert taken.value.suggested_filename.startswith("contacts-")


def test_the_keyboard_skips_the_sidebar(page: Page, stack):
    log_in(page, stack, "admin")
    page.goto(f"{stack.url}/admin/contacts/contact/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    within = "document.getElementById('content').contains(document.activeElement)"
    assert page.evaluate(within)


def test_a_phone_leaves_room_for_the_title_beside_the_zone(page: Page, stack):
    log_in(page, stack, "admin")
    page.set_viewport_size({"width": 375, "height": 800})
    page.goto(f"{stack.url}/admin/contacts/contact/")
    title = page.locator("#header-inner h1 > a").last
    expect(title).to_have_text("Contacts")
    assert title.evaluate("title => title.scrollWidth <= title.clientWidth")
    expect(page.locator("#header-inner .zone-short")).to_be_visible()
    expect(page.locator("#header-inner .zone-name")).to_be_hidden()
    page.set_viewport_size({"width": 1280, "height": 800})
    expect(page.locator("#header-inner .zone-name")).to_be_visible()


@pytest.fixture(scope="module")
def alert(stack):
    """Something is wrong, so that there is a page of it; it stays so."""
    rule = "dict(name='Walk', kind='spend', threshold=100, recovery=0, good_checks=1000)"
    made = (
        f"AlertRule.objects.create(pk=999, **{rule}); "
        "Alert.objects.create(pk=999, rule_id=999, opened_at=timezone.now(), says='All is spent.')"
    )
    words = "from django.utils import timezone; from analytics.models import Alert, AlertRule; "
    stack.manage("shell", "--verbosity=0", "-c", words + made)


def test_no_script_that_stands_in_a_page_runs(page: Page, stack):
    broken: list[str] = []
    page.on("console", lambda said: broken.append(said.text) if said.type == "error" else None)
    page.goto(f"{stack.url}/admin/login/")
    page.evaluate("""() => {
        document.body.insertAdjacentHTML('beforeend', '<img src="x" onerror="window.ran = true">');
        const script = document.createElement('script');
        script.textContent = 'window.ran = true';
        document.body.append(script);
    }""")
    page.wait_for_timeout(300)
    assert page.evaluate("window.ran") is None
    assert any("Content Security Policy" in said for said in broken)


@pytest.fixture(scope="module", params=["some", pytest.param("all", marks=pytest.mark.soak)])
def seen(request, browser, stack, alert):
    """What is wrong with the pages, by how they are looked at; each page is opened once.

    `make test` opens some of the others, not the same in every run; `make soak` opens all.
    """
    chance = random.Random(request.config.getoption("randomly_seed", 0))
    others = OTHERS if request.param == "all" else chance.sample(OTHERS, SOME)
    context = browser.new_context(color_scheme="light")
    page = context.new_page()
    log_in(page, stack, "admin")
    found = {"light": set(), "dark": set(), "phone": set(), "said": set()}
    page.on("console", lambda said: said.type == "error" and found["said"].add(said.text))
    page.on("pageerror", lambda error: found["said"].add(str(error)))
    for path in (*PAGES, *others):
        # Charts take their width as they are loaded.
        page.set_viewport_size({"width": 375, "height": 800})
        page.emulate_media(color_scheme="light")
        assert page.goto(f"{stack.url}/admin/{path}").status == 200, path
        width = page.evaluate("document.documentElement.scrollWidth")
        found["phone"] |= {(path, width)} if width > 375 else set()
        page.set_viewport_size({"width": 1280, "height": 720})
        # Most lists are of one template, and nothing in it is loaded later.
        alike = path in others and path in LISTS
        if not alike:
            page.wait_for_load_state("networkidle")
        page.evaluate(STILL)
        page.evaluate(AXE)
        for scheme in ("light",) if alike else ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            # The frame asks for the scheme while it is loaded, and then sets this class.
            page.evaluate(
                "on => document.documentElement.classList.toggle('dark', on)", scheme == "dark"
            )
            found[scheme] |= {(path, *problem) for problem in unreadable(page, scheme, path == "")}
    context.close()
    return found


# No colours in between; in a way that the pages' own rules allow.
STILL = """() => {
    const still = new CSSStyleSheet();
    still.replaceSync('* { transition: none !important }');
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, still];
}"""
AXE = Axe().axe_script
FRAME = ["#nav-sidebar"]  # the same on every page: looked at on one
# In the dark nothing but the colours is different.
RULES = {
    "light": {"runOnly": ["wcag2a", "wcag2aa"]},
    "dark": {"runOnly": {"type": "rule", "values": ["color-contrast"]}},
}


def unreadable(page, scheme, with_the_frame):
    """What axe finds on a page, beside the frame where that is not wanted."""
    within = {"include": [["html"]], "exclude": [] if with_the_frame else [FRAME]}
    options = RULES[scheme] | {"resultTypes": ["violations"]}
    said = page.evaluate("given => axe.run(...given)", [within, options])
    return {
        (problem["id"], node["html"][:120])
        for problem in said["violations"]
        if problem["impact"] in {"serious", "critical"}
        for node in problem["nodes"]
    }


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_can_be_read_by_everybody(seen, scheme):
    assert seen[scheme] == set()


def test_on_a_phone_no_page_is_wider_than_it(seen):
    assert seen["phone"] == set()


def test_no_page_breaks_its_own_rules_or_a_script_of_its_own(seen):
    assert seen["said"] == set()
