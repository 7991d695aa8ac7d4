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
    """Every code and English name in small letters, from the time zone database's own table."""
    table = resources.files("tzdata").joinpath("zoneinfo/iso3166.tab").read_text("utf-8")
    codes = {name: code for code, names in ALSO_CALLED.items() for name in names}
    for line in table.splitlines():
        if not line.startswith("#"):
            code, name = line.split("\t")
            codes[name.lower()] = codes[code.lower()] = code
    return codes


def code_of(text: str) -> str:
    """Return the two-letter code of a country named by code or name, or "" if unknown."""
    return _codes().get(text.strip().lower().replace(".", ""), "")
