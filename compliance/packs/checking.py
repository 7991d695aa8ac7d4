"""Check an evidence pack by itself: nothing in it was changed since it was made."""

import hashlib
import json
from itertools import pairwise
from typing import Any

from compliance.canonical import Said, commitment
from compliance.packs.making import FORMAT, checksum

# Where the fields of an entry stand in its hashed form: the form's name comes first.
PLACE = {name: place for place, name in enumerate(Said._fields, 1)}


def problems(content: dict[str, Any]) -> list[str]:
    """Return, in words, everything that does not hold in a pack. Pure."""
    if content.get("format") != FORMAT:
        return ["This is not an evidence pack of a known format."]
    if content["checksum"] != checksum(content):
        return ["The checksum does not match."]
    found = []
    entries = content["consent"]["entries"]
    for entry in entries:
        found += [f"Entry {entry['number']}: {problem}" for problem in _of_entry(content, entry)]
    for before, after in pairwise(entries):
        follows = after["number"] == before["number"] + 1
        if follows and _said(after, "previous_hash") != before["hash"]:
            found.append(f"Entry {after['number']} does not follow the one before it.")
    for wording in content["wordings"]:
        if _sha256(wording["text"]) != wording["sha256"]:
            found.append(f"The wording {wording['sha256']} was changed.")
    for text in content.get("texts", {}).get("sent", []):
        if text["body"] and _sha256(text["body"]) != text["body_sha256"]:
            found.append(f"The text {text['number']} was changed.")
    if not content["chain"]["unbroken_to_head"]:
        found.append("The chain was broken when the pack was made.")
    return found


def _of_entry(content: dict[str, Any], entry: dict[str, Any]) -> list[str]:
    found = []
    if _sha256(entry["hashed"]) != entry["hash"]:
        found.append("its content was changed.")
    if _said(entry, "subject") != content["subject"]:
        found.append("it is about somebody else.")
    personal = entry["personal_evidence"]
    if personal and commitment(personal["salt"], personal["fields"]) != _said(entry, "commitment"):
        found.append("its personal evidence was changed.")
    wording = _said(entry, "wording_id")
    if wording and wording not in {kept["sha256"] for kept in content["wordings"]}:
        found.append("the words that were agreed to are missing.")
    return found


def _said(entry: dict[str, Any], name: str) -> Any:
    return json.loads(entry["hashed"])[PLACE[name]]


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
