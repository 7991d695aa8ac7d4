"""What the segment builder's page posts."""


def inputs(node, place="0"):
    """Return the inputs of a tree as the page names them."""
    found = {"node": [place]}
    if "rules" not in node:
        return found | {
            f"field-{place}": node["field"],
            f"op-{place}": node["op"],
            f"value-{place}": node["values"],
        }
    found[f"match-{place}"] = node["match"]
    for n, inner in enumerate(node["rules"]):
        below = inputs(inner, f"{place}.{n}")
        found["node"] += below.pop("node")
        found |= below
    return found


def rule(field, op, *values):
    return {"field": field, "op": op, "values": list(values)}


def group(match, *rules):
    return {"match": match, "rules": list(rules)}


def segment_data(*rules, name="Premium", match="all"):
    return {"name": name, "description": "", **inputs(group(match, *rules))}
