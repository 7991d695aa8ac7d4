"""What an answer of Pinpoint says, and what of it can be asked for. Pure."""

from collections.abc import Iterable
from typing import Any

from config.from_pinpoint.finding import Thing
from pinpoint.v1_api import reading
from pinpoint.v1_api.model import service_model


def request(shape: str, thing: Thing) -> dict[str, Any]:
    """Return what of an answer can be asked for, held to the model. Raises BadRequest."""
    model: Any = service_model().shape_for(shape)
    found = {member: item for member, item in pruned(thing).items() if member in model.members}
    reading.check(model, found)
    return found


def pruned(value: Any) -> Any:
    """Return an answer without what is empty in it, as Pinpoint wrote members of no meaning."""
    if isinstance(value, dict):
        inside = {member: pruned(item) for member, item in value.items()}
        return {member: item for member, item in inside.items() if item not in ({}, None)}
    return [pruned(item) for item in value] if isinstance(value, list) else value


def latest(things: Iterable[Thing], member: str) -> list[Thing]:
    """Return the latest version of each thing; `member` tells them apart."""
    found: dict[str, Thing] = {}
    for thing in sorted(things, key=number):
        found[str(thing[member])] = thing
    return list(found.values())


def number(thing: Thing) -> int:
    """Return the version that a thing is in."""
    said = str(thing.get("Version", ""))
    return int(said) if said.isdecimal() else 1


def name(thing: Thing) -> str:
    """Return what a thing is called."""
    return str(thing.get("Name") or thing.get("TreatmentName") or thing.get("Id") or "")


def renumbered(thing: Thing, here: int) -> list[str]:
    """Return that a thing's version has another number here, if it has."""
    was = number(thing)
    return [] if was == here else [f"Its version {was} is version {here} here."]
