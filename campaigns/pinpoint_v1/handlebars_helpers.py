"""The helpers of Pinpoint's templates that are known here, and what they take (aws-sms.md 10.3)."""

from campaigns.pinpoint_v1.handlebars_parsing import Use
from campaigns.pinpoint_v1.liquid_terms import Untranslatable

# Helper -> how many values it takes at least and at most, and by which names.
HELPERS: dict[str, tuple[int, int, frozenset[str]]] = {
    **dict.fromkeys(("eq", "neq", "gt", "gte", "lt", "lte"), (2, 2, frozenset({"yes", "no"}))),
    **dict.fromkeys(("and", "or"), (2, 20, frozenset({"yes", "no"}))),
    **dict.fromkeys(("not", "if"), (1, 1, frozenset({"yes", "no"}))),
    **dict.fromkeys(("upper", "lower", "capitalizeFirst", "capitalize"), (1, 1, frozenset())),
    **dict.fromkeys(("ordinalize", "slugify", "stripTags"), (1, 1, frozenset())),
    **dict.fromkeys(("ljust", "rjust"), (1, 3, frozenset({"size", "pad"}))),
    "center": (1, 1, frozenset({"size", "pad"})),
    "abbreviate": (2, 2, frozenset()),
    "cut": (1, 2, frozenset()),
    "inflect": (3, 3, frozenset({"includeCount"})),
    "join": (2, 2, frozenset({"prefix", "suffix"})),
    "replace": (3, 3, frozenset()),
    "substring": (2, 3, frozenset()),
    "yesno": (1, 4, frozenset({"yes", "no", "maybe"})),
    "dateFormat": (1, 1, frozenset({"inputFormat", "outputFormat", "tz"})),
    "now": (0, 1, frozenset({"tz"})),
}
CONDITIONS = frozenset({"eq", "neq", "gt", "gte", "lt", "lte", "and", "or", "not", "if"})
FILTER = {name: f"hb_{name}" for name in HELPERS} | {"if": "hb_true"}


def check(what: Use) -> None:
    """Raise Untranslatable if a helper is not known, or not given what it takes."""
    if what.name not in HELPERS:
        raise Untranslatable(f"the helper “{what.name}” is not supported")
    least, most, names = HELPERS[what.name]
    if not least <= len(what.given) <= most:
        wanted = str(least) if least == most else f"{least} to {most}"
        raise Untranslatable(f"“{what.name}” takes {wanted} values, not {len(what.given)}")
    if unknown := sorted(set(what.named) - names):
        raise Untranslatable(f"“{what.name}” does not take {unknown[0]}=")
    sized = len(what.given) > 1 or "size" in what.named
    if what.name in {"ljust", "rjust", "center"} and not sized:
        raise Untranslatable(f"“{what.name}” needs a size")
