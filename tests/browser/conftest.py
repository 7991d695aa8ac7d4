"""Chromium for Playwright: the system's if there is one, else Playwright's own."""

import os

import pytest

from config.local import browser
from tests.stack import Stack

QUIET = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def chromium():
    """Skip with the reason where no browser can be had; with CI=true that is a failure."""
    found = browser.find()
    if found is None:
        reason = "there is no Chromium here, and `make test` could not install one"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return found


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args, chromium):
    arguments = [*QUIET, "--no-sandbox"] if os.geteuid() == 0 else QUIET
    return {**browser_type_launch_args, "executable_path": chromium, "args": arguments}


@pytest.fixture(scope="module")
def stack(tmp_path_factory, begun):
    running = Stack(begun(tmp_path_factory.mktemp("stack")))
    running.start()
    yield running
    running.stop()


@pytest.fixture(autouse=True)
def _patience(page):
    """Wait for a busy machine; how fast pages are is shown by `make bench`."""
    page.set_default_timeout(90_000)
    page.set_default_navigation_timeout(90_000)
