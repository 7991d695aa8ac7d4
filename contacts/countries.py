"""The names that countries go by in people's lists → ISO 3166-1 alpha-2."""

from functools import cache
from importlib import resources

# Three-letter codes and everyday names, where the list of names says it in another way.
ALSO_CALLED = {
    "AT": ("aut",),
    "AU": ("aus",),
    "BR": ("bra",),
    "CA": ("can",),
    "CH": ("che",),
    "DE": ("deu",),
    "ES": ("esp",),
    "FR": ("fra",),
    "GB": ("gbr", "uk", "united kingdom", "great britain", "england"),
    "IE": ("irl",),
    "IN": ("ind",),
    "IT": ("ita",),
    "JP": ("jpn",),
    "MX": ("mex",),
    "NL": ("nld",),
    "NZ": ("nzl",),
    "PR": ("pri",),
    "US": ("usa", "united states of america", "america"),
}


@cache
def _codes() -> dict[str, str]:
    """Every code and English name in small letters."""
    codes = {name: code for code, names in ALSO_CALLED.items() for name in names}
    for code, name in _names().items():
        codes[name.lower()] = codes[code.lower()] = code
    return codes


@cache
def _names() -> dict[str, str]:
    """The English name of every code, from the time zone database's own table."""
    table = resources.files("tzdata").joinpath("zoneinfo/iso3166.tab").read_text("utf-8")
    return dict(line.split("\t") for line in table.splitlines() if not line.startswith("#"))


def code_of(text: str) -> str:
    """Return the two-letter code of a country named by code or name, or "" if unknown."""
    return _codes().get(text.strip().lower().replace(".", ""), "")


def in_words(code: str) -> str:
    """Return the name of a country, with its code: United States (US)."""
    return f"{_names()[code]} ({code})" if code in _names() else code
