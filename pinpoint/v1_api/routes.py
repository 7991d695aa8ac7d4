"""Method and path → operation, from the service's own model."""

import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass

from botocore.utils import percent_encode

from pinpoint.v1_api.errors import MethodNotAllowed, NotFound
from pinpoint.v1_api.model import operation_model, operation_names

# What these stand for may hold slashes, which a web server shows as if they were the path's own.
WITH_SLASHES = frozenset({"endpoint-id", "user-id", "resource-arn"})
PLACE = re.compile(r"\{([^}]+)\}")


@dataclass(frozen=True, slots=True)
class Route:
    """An operation, and what its path says."""

    operation: str
    values: Mapping[str, str]  # by boto3's names of the members
    signed_path: str  # percent-encoded, as the client wrote it


@dataclass(frozen=True, slots=True)
class _Template:
    operation: str
    method: str
    path: str
    pattern: re.Pattern[str]
    members: Mapping[str, str]  # name in the path → boto3's name

    def match(self, path: str) -> Route | None:
        """Return the route of a decoded path, if it is one of these."""
        found = self.pattern.fullmatch(path)
        if found is None:
            return None
        said = dict(zip(self.members, found.groups(), strict=True))
        written = PLACE.sub(lambda place: percent_encode(said[place[1]]), self.path)
        values = {self.members[name]: value for name, value in said.items()}
        return Route(self.operation, values, written)


@functools.lru_cache(maxsize=256)  # programs call few addresses, again and again
def find(method: str, path: str) -> Route:
    """Return the operation of a request; `path` is decoded.

    Raises NotFound, or MethodNotAllowed where only the method is not one of the path's.
    """
    others = []
    for template in _templates():
        if route := template.match(path):
            if template.method == method:
                return route
            others.append(template.method)
    if others:
        raise MethodNotAllowed(f"{path} takes {', '.join(sorted(set(others)))}, not {method}.")
    raise NotFound(f"Amazon Pinpoint's interface has no address {path}.")


@functools.cache
def _templates() -> tuple[_Template, ...]:
    """Return all, those first of which more is fixed."""
    found = [_template(name) for name in operation_names()]
    return tuple(sorted(found, key=lambda one: (len(one.members), -one.path.count("/"))))


def _template(name: str) -> _Template:
    model = operation_model(name)
    path = str(model.http["requestUri"])
    shape = model.input_shape
    members = {
        str(member.serialization["name"]): boto3_name
        for boto3_name, member in (shape.members.items() if shape else ())
        if member.serialization.get("location") == "uri"
    }
    names = PLACE.findall(path)
    pattern = PLACE.sub("\0", path)
    pieces = [re.escape(piece) for piece in pattern.split("\0")]
    for position, place in enumerate(names):
        pieces[position] += "(.+)" if place in WITH_SLASHES else "([^/]+)"
    return _Template(
        operation=name,
        method=str(model.http["method"]),
        path=path,
        pattern=re.compile("".join(pieces)),
        members={place: members[place] for place in names},
    )
