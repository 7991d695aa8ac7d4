"""A Chromium for the browser tests: the system's, else one that can be installed here."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

SYSTEM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find() -> str | None:
    """Return the path of a Chromium that is there already, or None."""
    return next((path for name in SYSTEM if (path := shutil.which(name))), None) or _playwrights()


def _playwrights() -> str | None:
    # A process of its own: Playwright's driver leaves an event loop behind.
    asked = subprocess.run(
        [
            sys.executable,
            "-c",
            "from playwright.sync_api import sync_playwright as s\n"
            "with s() as p: print(p.chromium.executable_path)",
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    path = asked.stdout.strip()
    return path if path and Path(path).exists() else None


def install() -> None:
    """Try Playwright's own build, then, as root on Debian or Ubuntu, the system's package."""
    attempts = [[sys.executable, "-m", "playwright", "install", "chromium"]]
    if os.geteuid() == 0 and shutil.which("apt-get"):
        attempts.insert(0, ["apt-get", "install", "-y", "-qq", "chromium"])
        attempts.insert(0, ["apt-get", "update", "-qq"])
    for command in attempts:
        print("+", " ".join(command), flush=True)
        subprocess.run(command, stdout=subprocess.DEVNULL, check=False, timeout=900)
        if find():
            return


def main() -> None:
    """Make sure there is a browser; say so where there is none (the tests then say it again)."""
    if find() is None:
        print("There is no Chromium; installing one for the browser tests.")
        install()
    print(f"Browser: {find() or 'none; the browser tests cannot run'}")


if __name__ == "__main__":
    main()
