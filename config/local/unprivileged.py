"""PostgreSQL refuses to run as root. Where we are root (CI, containers), run it as somebody else.

No system user is made and no folder's permissions are loosened, so a checkout in /root works.
"""

import os
import pwd
import shutil
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path

from .trouble import Trouble


@dataclass(frozen=True)
class Way:
    """How to start a program without being root, and who must own the files it keeps."""

    prefix: tuple[str, ...] = ()
    owner: int | None = None

    def hand_over(self, folder: Path) -> None:
        """Give the folder, and what is in it, to the user that the program will run as."""
        if self.owner is None:
            return
        for path in (folder, *folder.rglob("*")):
            if path.lstat().st_uid != self.owner:
                os.chown(path, self.owner, self.owner, follow_symlinks=False)


def find_way(stop_with: signal.Signals) -> Way:
    """Return the first way that works here; `stop_with` is sent when the parent dies."""
    if os.geteuid() != 0:
        return Way()
    for way in (user_namespace(), other_user(stop_with)):
        if shutil.which(way.prefix[0]) and _works(way):
            return way
    raise Trouble(
        "PostgreSQL does not run as root, and this system lets root neither make a user namespace "
        "(unshare) nor change its user (setpriv). Run make as another user, or give DATABASE_URL."
    )


def user_namespace() -> Way:
    """In a user namespace of its own, the program sees root's files as those of its own user."""
    uid = _known_uid()
    prefix = ("unshare", "--user", f"--map-user={uid}", f"--map-group={uid}", "--")
    return Way(prefix, owner=0)


def other_user(stop_with: signal.Signals) -> Way:
    """Be another user that keeps one right of root's: to pass through closed folders."""
    uid = _known_uid()
    rights = ("--inh-caps=+dac_override", "--ambient-caps=+dac_override")
    # The kernel forgets the wish to end with the parent when the user changes: say it again.
    ending = f"--pdeathsig={stop_with.name.removeprefix('SIG')}"
    return Way(
        ("setpriv", f"--reuid={uid}", f"--regid={uid}", "--clear-groups", *rights, ending), uid
    )


def _known_uid() -> int:
    """PostgreSQL insists on a user that /etc/passwd knows."""
    try:
        return pwd.getpwnam("nobody").pw_uid
    except KeyError:
        return next(user.pw_uid for user in pwd.getpwall() if user.pw_uid != 0)


def _works(way: Way) -> bool:
    return subprocess.run([*way.prefix, "true"], capture_output=True, check=False).returncode == 0
