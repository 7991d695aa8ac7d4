"""Random secrets of this checkout, kept beside its data."""

import os
import secrets
from pathlib import Path


def keep(data: Path, name: str) -> str:
    """Return the secret of this name, made when it is first asked for."""
    path = data / name
    if path.is_file() and (value := path.read_text().strip()):
        return value
    value = secrets.token_urlsafe(48)
    write_private(path, value + "\n")
    return value


def write_private(path: Path, text: str) -> None:
    """Replace a file that only we may read, so that nobody ever sees half of it."""
    draft = path.with_name(f"{path.name}.{os.getpid()}.new")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
    draft.replace(path)
