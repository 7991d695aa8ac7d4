"""A Chromium for the browser tests: the system's, else one that is installed."""

import os
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
INSTALL_SECONDS = 600


def find() -> str | None:
    """Return the path of a Chromium that starts, if there is one."""
    for name in NAMES:
        if (path := shutil.which(name)) and _starts(path):
            return path
    own = _of_playwright()
    return own if own and _starts(own) else None


def install() -> list[str]:
    """Install one; return what went wrong on the way."""
    wrong = []
    for command in _ways():
        sys.stdout.write(f"No Chromium is here for the browser tests: {' '.join(command)}\n")
        try:
            subprocess.run(
                command, check=True, capture_output=True, text=True, timeout=INSTALL_SECONDS
            )
        except subprocess.CalledProcessError as error:
            last = (error.stderr or error.stdout).strip().splitlines()[-1:] or ["it says nothing"]
            wrong.append(f"`{' '.join(command)}` failed: {last[0]}")
        except (OSError, subprocess.TimeoutExpired) as error:
            wrong.append(str(error))
        if find():
            return []
    return wrong


def _ways() -> list[list[str]]:
    ways = [[sys.executable, "-m", "playwright", "install", "chromium"]]
    if os.geteuid() == 0 and shutil.which("apt-get"):
        # Debian's brings the libraries it needs, which a bare machine lacks: so it comes first.
        ways.insert(0, ["apt-get", "install", "-y", "--no-install-recommends", "chromium"])
        ways.insert(0, ["apt-get", "update"])
    return ways


def _of_playwright() -> str:
    # Asked in a process of its own: in this one, the tests', it would leave an event loop behind.
    words = (
        "from playwright.sync_api import sync_playwright as start\n"
        "with start() as playwright: print(playwright.chromium.executable_path)"
    )
    asked = subprocess.run([sys.executable, "-c", words], capture_output=True, text=True)
    return asked.stdout.strip()


def _starts(path: str) -> bool:
    # Some systems have a `chromium` that only tells how to install one.
    try:
        return subprocess.run([path, "--version"], capture_output=True, timeout=60).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def main() -> int:
    """See to it that there is a browser; where none can be had, only CI is stopped by it."""
    if find():
        return 0
    wrong = install()
    if not wrong:
        return 0
    sys.stdout.write("The browser tests have no Chromium:\n  " + "\n  ".join(wrong) + "\n")
    return 1 if os.environ.get("CI") == "true" else 0


if __name__ == "__main__":
    sys.exit(main())
