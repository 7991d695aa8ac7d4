"""Pinpoint's segments (aws-sms.md 3.4) ↔ our rule trees. Pure: the caller looks segments up.

SegmentDimensions ask for all that they name. A group of SegmentGroups is `all` of its source
segments' group and its dimensions' group. Behavior and GPSPoint are rules on `last_active_at` and
`location`. Everybody here has the channel SMS, so that a rule on Channel finds all or nobody.
"""

from collections.abc import Callable, Iterator
from typing import Any

from django.utils.translation import gettext as _

from campaigns.refusal import Refused

Rules = dict[str, Any]
# The application's id of a segment and the version wanted → a rule, or group, that asks for it.
Sources = Callable[[str, int | None], Rules]
# The number of a segment here → its id there; None: the application does not know it.
Ids = Callable[[int], str | None]

COLUMNS = {"Attributes": "attributes", "UserAttributes": "user_attributes"}
ATTRIBUTE_OPS = {
    "INCLUSIVE": "is",
    "EXCLUSIVE": "is_not",
    "CONTAINS": "contains",
    "BEFORE": "before",
    "AFTER": "after",
    "ON": "on",
    "BETWEEN": "between",
}
HOW_MANY = {"BEFORE": 1, "AFTER": 1, "ON": 1, "BETWEEN": 2}
METRIC_OPS = {
    "GREATER_THAN": "gt",
    "GREATER_THAN_OR_EQUAL": "gte",
    "LESS_THAN": "lt",
    "LESS_THAN_OR_EQUAL": "lte",
    "EQUAL": "eq",
}
SET_OPS = {"INCLUSIVE": "is", "EXCLUSIVE": "is_not"}
DAYS = {"HR_24": "1", "DAY_7": "7", "DAY_14": "14", "DAY_30": "30"}
EVERYBODY: Rules = {"match": "all", "rules": []}
NOBODY: Rules = {"match": "any", "rules": []}


def rules_of(request: dict[str, Any], sources: Sources) -> Rules:
    """Return the rule tree of a WriteSegmentRequest; everyone where it asks for nothing.

    Raises Refused, naming the member that cannot be expressed.
    """
    dimensions, groups = request.get("Dimensions"), request.get("SegmentGroups")
    if dimensions and groups:
        raise Refused(_("SegmentGroups: give either Dimensions or SegmentGroups."))
    if not groups:
        return rules_of_dimensions(dimensions or {}, "Dimensions")
    found = [
        _group(group, f"SegmentGroups.Groups[{place}]", sources)
        for place, group in enumerate(groups.get("Groups", []))
    ]
    return {"match": groups.get("Include", "ALL").lower(), "rules": found}


def _group(group: dict[str, Any], where: str, sources: Sources) -> Rules:
    parts: list[Rules] = []
    if asked := group.get("SourceSegments"):
        rules = [sources(one["Id"], one.get("Version")) for one in asked]
        parts.append({"match": group.get("SourceType", "ALL").lower(), "rules": rules})
    if dimensions := group.get("Dimensions"):
        rules = [
            rules_of_dimensions(one, f"{where}.Dimensions[{n}]") for n, one in enumerate(dimensions)
        ]
        parts.append({"match": group.get("Type", "ALL").lower(), "rules": rules})
    return {"match": "all", "rules": parts}


def rules_of_dimensions(dimensions: dict[str, Any], where: str) -> Rules:
    """Return what SegmentDimensions, or the like, ask for, all of it. Raises Refused."""
    return {"match": "all", "rules": list(_rules(dimensions, where))}


def _rules(dimensions: dict[str, Any], where: str) -> Iterator[Rules]:
    for member, column in COLUMNS.items():
        for name, said in dimensions.get(member, {}).items():
            yield _attribute(column, name, said, f"{where}.{member}.{name}")
    for name, said in dimensions.get("Metrics", {}).items():
        op = METRIC_OPS.get(said["ComparisonOperator"])
        if op is None:
            message = _("{where}.Metrics.{name}.ComparisonOperator: must be one of {known}.")
            raise Refused(message.format(where=where, name=name, known=", ".join(METRIC_OPS)))
        yield _rule(f"metrics.{name}", op, [repr(float(said["Value"]))])
    if recency := dimensions.get("Behavior", {}).get("Recency"):
        active = _rule("last_active_at", "in_last", [DAYS[recency["Duration"]]])
        is_active = recency["RecencyType"] == "ACTIVE"
        yield active if is_active else {"match": "none", "rules": [active]}
    for member, said in dimensions.get("Demographic", {}).items():
        yield from _demographic(member, said, f"{where}.Demographic.{member}")
    location = dimensions.get("Location", {})
    if country := location.get("Country"):
        _check_values(country, f"{where}.Location.Country")
        yield _rule(
            "country", SET_OPS[country.get("DimensionType", "INCLUSIVE")], country["Values"]
        )
    if point := location.get("GPSPoint"):
        yield _near(point, f"{where}.Location.GPSPoint")


def _attribute(column: str, name: str, said: dict[str, Any], where: str) -> Rules:
    kind = said.get("AttributeType", "INCLUSIVE")
    _check_values(said, where)
    wanted = HOW_MANY.get(kind)
    if wanted and len(said["Values"]) != wanted:
        message = _("{where}.Values: {kind} takes {count}.")
        raise Refused(message.format(where=where, kind=kind, count=wanted))
    return _rule(f"{column}.{name}", ATTRIBUTE_OPS[kind], said["Values"])


def _check_values(said: dict[str, Any], where: str) -> None:
    if not said.get("Values") or not all(value.strip() for value in said["Values"]):
        raise Refused(
            _("{}.Values: at least one value is needed, and none is empty.").format(where)
        )


def _demographic(member: str, said: dict[str, Any], where: str) -> Iterator[Rules]:
    if member != "Channel":
        message = _(
            "{}: nothing is kept here about apps and devices. Keep it in an attribute, and ask "
            "for that."
        )
        raise Refused(message.format(where))
    _check_values(said, where)
    includes = said.get("DimensionType", "INCLUSIVE") == "INCLUSIVE"
    if ("SMS" in said["Values"]) != includes:
        yield NOBODY


def _near(point: dict[str, Any], where: str) -> Rules:
    if "RangeInKilometers" not in point:
        raise Refused(_("{}.RangeInKilometers: is needed.").format(where))
    place = point["Coordinates"]
    given = (place["Latitude"], place["Longitude"], point["RangeInKilometers"])
    return _rule("location", "within", [repr(float(number)) for number in given])


def _rule(field: str, op: str, values: list[str]) -> Rules:
    return {"field": field, "op": op, "values": list(values)}


def within(rules: Rules, application_id: str) -> Rules:
    """Return a tree that asks for the people of an application among those of another tree."""
    own = _rule("application", "is", [application_id])
    if rules["match"] == "all":
        return {"match": "all", "rules": [own, *rules["rules"]]}
    return {"match": "all", "rules": [rules, own]}  # after it, by which `without` tells it


def without(rules: Rules, application_id: str) -> Rules:
    """Return the tree that `within` was given, or one that asks for the same."""
    own = _rule("application", "is", [application_id])
    if rules["match"] != "all" or own not in rules["rules"]:
        return rules
    rest = [one for one in rules["rules"] if one != own]
    if len(rest) == 1 and "rules" in rest[0] and rules["rules"][0] != own:
        return dict(rest[0])
    return {"match": "all", "rules": rest}


def request_of(rules: Rules, ids: Ids) -> dict[str, Any] | None:
    """Return Dimensions or SegmentGroups that ask for the same as a tree.

    None where Pinpoint's shapes cannot say it: rules on consent, on lists, in groups of groups.
    """
    if (dimensions := dimensions_of(rules)) is not None:
        return {"Dimensions": dimensions}
    groups = [_as_group(node, ids) for node in rules["rules"]]
    if any(group is None for group in groups):
        return None
    return {"SegmentGroups": {"Include": rules["match"].upper(), "Groups": groups}}


def _as_group(node: Rules, ids: Ids) -> dict[str, Any] | None:
    if (dimensions := _one(node)) is not None:
        return {"Type": "ALL", "Dimensions": [dimensions]}
    parts = [node]
    if "rules" in node and node["match"] == "all" and all("rules" in one for one in node["rules"]):
        parts = node["rules"]
    found: dict[str, Any] = {}
    for part in parts:
        said = _as_sources(part, ids) or _as_type(part)
        if said is None or said.keys() & found.keys():
            return None
        found |= said
    return found


def _as_sources(node: Rules, ids: Ids) -> dict[str, Any] | None:
    """Return a group of rules that each ask for one segment as SourceSegments."""
    rules = node.get("rules") or [node]
    asked = [one["values"] for one in rules if one.get("field") == "segment" and one["op"] == "is"]
    if len(asked) != len(rules) or any(len(values) != 1 for values in asked):
        return None
    found = [ids(int(values[0])) for values in asked]
    if None in found:
        return None
    match = node.get("match", "all").upper()
    return {"SourceType": match, "SourceSegments": [{"Id": one} for one in found]}


def _as_type(node: Rules) -> dict[str, Any] | None:
    if not node.get("rules"):
        return None
    found = [_one(one) for one in node["rules"]]
    return None if None in found else {"Type": node["match"].upper(), "Dimensions": found}


def _one(node: Rules) -> dict[str, Any] | None:
    return dimensions_of(node if "rules" in node else {"match": "all", "rules": [node]})


def dimensions_of(rules: Rules) -> dict[str, Any] | None:
    """Return a tree as one SegmentDimensions; None where it is more than that."""
    if rules["match"] != "all":
        inactive = _inactive(rules)
        return inactive and {"Behavior": {"Recency": inactive}}
    found: dict[str, Any] = {}
    for rule in rules["rules"]:
        said = _dimension(rule)
        if said is None:
            return None
        (member, name), value = said
        if name in found.setdefault(member, {}):  # a second condition on one thing
            return None
        found[member][name] = value
    return found


def _dimension(rule: Rules) -> tuple[tuple[str, str], Any] | None:
    """Return (member, name) and value of one rule."""
    if "rules" in rule:
        inactive = _inactive(rule)
        return (("Behavior", "Recency"), inactive) if inactive else None
    field, op, values = rule["field"], rule["op"], rule["values"]
    column, _dot, name = field.partition(".")
    for member, ours in COLUMNS.items():
        if column == ours and (kind := _key(ATTRIBUTE_OPS, op)):
            return (member, name), {"AttributeType": kind, "Values": values}
    if column == "metrics" and (sign := _key(METRIC_OPS, op)) and len(values) == 1:
        return ("Metrics", name), {"ComparisonOperator": sign, "Value": float(values[0])}
    if field == "last_active_at" and op == "in_last" and (days := _key(DAYS, values[0])):
        return ("Behavior", "Recency"), {"Duration": days, "RecencyType": "ACTIVE"}
    if field == "country" and (kind := _key(SET_OPS, op)):
        return ("Location", "Country"), {"DimensionType": kind, "Values": values}
    if field == "location" and op == "within":
        latitude, longitude, km = map(float, values)
        place = {"Latitude": latitude, "Longitude": longitude}
        return ("Location", "GPSPoint"), {"Coordinates": place, "RangeInKilometers": km}
    return None


def _inactive(rules: Rules) -> dict[str, str] | None:
    if rules["match"] != "none" or len(rules["rules"]) != 1:
        return None
    [rule] = rules["rules"]
    said = _dimension(rule)
    if said is None or said[0][0] != "Behavior" or "rules" in rule:
        return None
    return {"Duration": said[1]["Duration"], "RecencyType": "INACTIVE"}


def _key(names: dict[str, str], value: str) -> str | None:
    return next((name for name, ours in names.items() if ours == value), None)
