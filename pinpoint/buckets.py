"""Files in S3: those below an address, read from some byte on, and written whole."""

import gzip
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any, cast

BUFFER = 1024 * 1024
# s3://bucket/folder/file
ADDRESS = re.compile(r"s3://(?P<bucket>[a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:/(?P<key>.*))?")


@dataclass(frozen=True, slots=True)
class Place:
    """A bucket, and the beginning of the names in it."""

    bucket: str
    key: str

    @classmethod
    def of(cls, address: str) -> "Place | None":
        """Read an address such as s3://bucket/folder/; None where it is not one."""
        found = ADDRESS.fullmatch(address)
        return cls(found["bucket"], found["key"] or "") if found else None

    def __str__(self) -> str:
        return f"s3://{self.bucket}/{self.key}"


@dataclass(frozen=True, slots=True)
class Found:
    """An object below a place."""

    key: str
    size: int
    etag: str


def files(client: Any, place: Place) -> Iterator[Found]:
    """Yield what lies below a place, in S3's order; folders and empty files are none."""
    pages = client.get_paginator("list_objects_v2").paginate(Bucket=place.bucket, Prefix=place.key)
    for page in pages:
        for item in page.get("Contents", []):
            if item["Size"]:
                yield Found(item["Key"], item["Size"], item["ETag"])


def opened(client: Any, bucket: str, file: Found, after: int = 0) -> IO[bytes]:
    """Open a file at byte `after` of what is in it: a .gz is unpacked. It streams.

    Raises ClientError (PreconditionFailed) where the file is another one by now.
    """
    packed = file.key.endswith(".gz")
    if not packed and after >= file.size:  # S3 refuses to begin there
        return io.BytesIO()
    wanted = {} if packed or not after else {"Range": f"bytes={after}-"}
    answer = client.get_object(Bucket=bucket, Key=file.key, IfMatch=file.etag, **wanted)
    # boto3's body has all that a buffered reader asks for.
    raw = io.BufferedReader(cast(Any, answer["Body"]), BUFFER)
    if not packed:
        return raw
    unpacked = cast(IO[bytes], gzip.GzipFile(fileobj=raw))
    while after and (skipped := unpacked.read(min(after, BUFFER))):
        after -= len(skipped)
    return unpacked


def put(client: Any, place: Place, file: IO[bytes]) -> None:
    """Write an object from the beginning of a file, a large one in parts, each sent anew alone."""
    file.seek(0)
    client.upload_fileobj(file, place.bucket, place.key)
