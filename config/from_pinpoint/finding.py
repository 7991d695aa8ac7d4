"""A folder, or a place in S3, with what was kept → files of endpoints, and the objects in others.

Files are told apart by what is in them, however they are called: one endpoint a line as Pinpoint
exported it, or an answer of its Get* calls as boto3, the AWS CLI or somebody's own script wrote it.
"""

import io
import json
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, cast

from contacts import endpoint_files, formats
from contacts.endpoints import NotTaken
from pinpoint import buckets
from pinpoint.buckets import Place
from pinpoint.v1_api.reading import without_nulls

MOST_BYTES = 256 * 1024**2  # of a file that is read whole
Thing = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Kept:
    """A file."""

    name: str  # its path below where we look
    raw: Callable[[], IO[bytes]]  # can be sought in

    @contextmanager
    def opened(self) -> Iterator[IO[bytes]]:
        """Open it; what is packed is unpacked."""
        with self.raw() as file:
            yield formats.opened(file)


@dataclass(slots=True)
class Found:
    """All there is."""

    endpoints: list[Kept] = field(default_factory=list)
    applications: set[str] = field(default_factory=set)  # that anything names
    # By kind, with the file that each stands in.
    things: dict[str, list[tuple[str, Thing]]] = field(default_factory=dict)
    unknown: list[tuple[str, str]] = field(default_factory=list)  # file, why


def files(where: str, client: Callable[[], Any]) -> Iterator[Kept]:
    """Yield the files of a folder, or of an address such as s3://bucket/folder/."""
    if place := Place.of(where):
        made = client()
        for one in buckets.files(made, place):
            yield Kept(one.key, _downloading(made, place.bucket, one.key))
        return
    root = Path(where)
    for path in sorted(root.rglob("*")) if root.is_dir() else [root]:
        if path.is_file() and not path.name.startswith("."):
            name = str(path.relative_to(root)) if root.is_dir() else path.name
            yield Kept(name, lambda path=path: path.open("rb"))  # type: ignore[misc]


def _downloading(client: Any, bucket: str, key: str) -> Callable[[], IO[bytes]]:
    def raw() -> IO[bytes]:
        file = tempfile.TemporaryFile()  # noqa: SIM115 - whoever asks for it closes it
        client.download_fileobj(bucket, key, file)
        file.seek(0)
        return cast(IO[bytes], file)

    return raw


def look_through(kept: Iterator[Kept]) -> Found:
    """Tell what is in each file."""
    found = Found()
    for file in kept:
        try:
            _look_at(file, found)
        except (OSError, EOFError, ValueError) as problem:
            found.unknown.append((file.name, str(problem)[:300]))
    return found


def _look_at(file: Kept, found: Found) -> None:
    with file.opened() as opened:
        first = next((line for line in endpoint_files.lines(opened) if line.raw != b"\n"), None)
    if first is None or not first.raw:
        raise ValueError("The file is empty.")
    if endpoint_files.format_of(first.raw) == endpoint_files.CSV:
        try:
            endpoint_files.header_of(first.raw)
        except NotTaken as problem:
            raise ValueError(f"It is neither JSON nor a list of endpoints: {problem}.") from problem
        found.endpoints.append(file)
        return
    line = formats.json_object(first.raw.decode("utf-8-sig", "replace").strip())[0] or {}
    if is_endpoint(line):
        found.endpoints.append(file)
        if line.get("ApplicationId"):
            found.applications.add(str(line["ApplicationId"]))
        return
    things = [*_things(_read(file))]
    if not things:
        raise ValueError("Nothing in it is known from Pinpoint.")
    for kind, thing in things:
        if thing.get("ApplicationId"):
            found.applications.add(str(thing["ApplicationId"]))
        if kind != "endpoint":
            found.things.setdefault(kind, []).append((file.name, thing))
    if lines := [json.dumps(thing).encode() for kind, thing in things if kind == "endpoint"]:
        found.endpoints.append(Kept(file.name, lambda: io.BytesIO(b"\n".join(lines))))


def _read(file: Kept) -> Any:
    with file.opened() as opened:
        text = opened.read(MOST_BYTES + 1)
    if len(text) > MOST_BYTES:
        raise ValueError("It has more than 256 MB, and its first line is no endpoint.")
    text = text.removeprefix(endpoint_files.BOM)
    try:
        return without_nulls(json.loads(text))
    except ValueError:
        lines = [formats.json_object(line.decode()) for line in text.splitlines() if line.strip()]
        if problem := next((problem for _, problem in lines if problem), ""):
            raise ValueError(problem) from None
        return [without_nulls(thing) for thing, _ in lines]


def _things(value: Any, under: str = "") -> Iterator[tuple[str, Thing]]:
    """Yield each object that is known, however deep in an answer it stands."""
    if isinstance(value, list):
        for item in value:
            yield from _things(item, under)
    elif isinstance(value, dict):
        if kind := _kind(value, under):
            yield kind, value
            return
        for name, item in value.items():
            yield from _things(item, name)


def _kind(thing: Thing, under: str) -> str:
    """Tell what an object is by what it has; "" where it is none."""
    has = thing.keys()
    if {"Id", "SegmentType"} <= has:
        return "segment"
    if {"Id", "SegmentId"} <= has and has & {"MessageConfiguration", "Schedule", "State"}:
        return "campaign"
    if {"TemplateName", "TemplateType"} <= has:
        return "template"
    if under == "ApplicationSettingsResource":
        return "settings"
    if {"Activities", "StartActivity"} & has:
        return "journey"
    if "DestinationStreamArn" in has:
        return "event stream"
    if is_endpoint(thing) and "Id" in has:
        return "endpoint"
    if {"Id", "Name", "Arn"} <= has and ":apps/" in str(thing["Arn"]):
        return "application"
    return ""


def is_endpoint(thing: Thing) -> bool:
    """Tell whether an object is an endpoint."""
    return "Address" in thing or ("ChannelType" in thing and "User" in thing)
