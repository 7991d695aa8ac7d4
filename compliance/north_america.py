"""States, provinces and postal codes of the United States and Canada, and their time zones.

Postal codes narrow a state that has two zones only where the whole three-digit area lies in one.
"""

import re
from functools import lru_cache

_E, _C, _M, _P = "New_York", "Chicago", "Denver", "Los_Angeles"

# State: its names and every zone in it.
_US = {
    "AL": ("Alabama", _C, _E),  # Phenix City keeps Eastern time
    "AK": ("Alaska", "Anchorage", "Juneau", "Adak"),
    "AZ": ("Arizona", "Phoenix", _M),  # the Navajo Nation changes its clocks
    "AR": ("Arkansas", _C),
    "CA": ("California", _P),
    "CO": ("Colorado", _M),
    "CT": ("Connecticut", _E),
    "DC": ("District of Columbia|Washington DC", _E),
    "DE": ("Delaware", _E),
    "FL": ("Florida", _E, _C),
    "GA": ("Georgia", _E),
    "HI": ("Hawaii", "Pacific/Honolulu"),
    "IA": ("Iowa", _C),
    "ID": ("Idaho", "Boise", _P),
    "IL": ("Illinois", _C),
    "IN": ("Indiana", _E, _C),
    "KS": ("Kansas", _C, _M),
    "KY": ("Kentucky", _E, _C),
    "LA": ("Louisiana", _C),
    "MA": ("Massachusetts", _E),
    "MD": ("Maryland", _E),
    "ME": ("Maine", _E),
    "MI": ("Michigan", _E, _C),
    "MN": ("Minnesota", _C),
    "MO": ("Missouri", _C),
    "MS": ("Mississippi", _C),
    "MT": ("Montana", _M),
    "NC": ("North Carolina", _E),
    "ND": ("North Dakota", _C, _M),
    "NE": ("Nebraska", _C, _M),
    "NH": ("New Hampshire", _E),
    "NJ": ("New Jersey", _E),
    "NM": ("New Mexico", _M),
    "NV": ("Nevada", _P, _M),
    "NY": ("New York", _E),
    "OH": ("Ohio", _E),
    "OK": ("Oklahoma", _C, _M),  # Kenton keeps Mountain time
    "OR": ("Oregon", _P, "Boise"),
    "PA": ("Pennsylvania", _E),
    "RI": ("Rhode Island", _E),
    "SC": ("South Carolina", _E),
    "SD": ("South Dakota", _C, _M),
    "TN": ("Tennessee", _E, _C),
    "TX": ("Texas", _C, _M),
    "UT": ("Utah", _M),
    "VA": ("Virginia", _E),
    "VT": ("Vermont", _E),
    "WA": ("Washington|Washington State", _P),
    "WI": ("Wisconsin", _C),
    "WV": ("West Virginia", _E),
    "WY": ("Wyoming", _M),
    "AS": ("American Samoa", "Pacific/Pago_Pago"),
    "GU": ("Guam", "Pacific/Guam"),
    "MP": ("Northern Mariana Islands", "Pacific/Saipan"),
    "PR": ("Puerto Rico", "Puerto_Rico"),
    "VI": ("Virgin Islands|US Virgin Islands", "St_Thomas"),
}
_CA = {
    "AB": ("Alberta", "Edmonton"),
    "BC": ("British Columbia", "Vancouver", "Edmonton", "Fort_Nelson"),
    "MB": ("Manitoba", "Winnipeg"),
    "NB": ("New Brunswick|Nouveau Brunswick", "Halifax"),
    "NL": ("Newfoundland and Labrador|Newfoundland|Terre Neuve et Labrador", "St_Johns", "Halifax"),
    "NS": ("Nova Scotia|Nouvelle Ecosse", "Halifax"),
    "NT": ("Northwest Territories", "Edmonton"),
    "NU": ("Nunavut", "Toronto", "Winnipeg", "Edmonton"),
    "ON": ("Ontario", "Toronto", "Winnipeg"),
    "PE": ("Prince Edward Island|Ile du Prince Edouard", "Halifax"),
    "QC": ("Quebec|Québec", "Toronto", "Halifax"),
    "SK": ("Saskatchewan", "Regina", "Edmonton"),
    "YT": ("Yukon", "Whitehorse"),
}
TERRITORIES = frozenset({"AS", "GU", "MP", "PR", "VI"})


def _zone(name: str) -> str:
    return name if "/" in name else f"America/{name}"


# Country → state → every zone in it.
ZONES = {
    country: {state: frozenset(map(_zone, row[1:])) for state, row in table.items()}
    for country, table in (("US", _US), ("CA", _CA))
}
STATE_NAMES = {
    f"{country}-{state}": row[0].partition("|")[0]
    for country, table in (("US", _US), ("CA", _CA))
    for state, row in table.items()
}
_NAMES = {
    (country, re.sub(r"[^a-z]", "", name.lower())): state
    for country, table in (("US", _US), ("CA", _CA))
    for state, row in table.items()
    for name in (*row[0].split("|"), state, country + state)
}


@lru_cache(maxsize=10_000)
def state_named(country: str, text: str) -> str:
    """Return the state (FL) that a text names: Florida, FL, US-FL, Fla is none of them → ""."""
    return _NAMES.get((country, re.sub(r"[^a-z]", "", text.lower())), "")


# First three digits of ZIP codes, from the first of each to the next (USPS, L002).
_ZIP_BEGINS = (
    "005 NY,006 PR,008 VI,009 PR,010 MA,028 RI,030 NH,039 ME,050 VT,055 MA,056 VT,060 CT,070 NJ,"
    "090 -,100 NY,150 PA,197 DE,200 DC,201 VA,202 DC,206 MD,220 VA,247 WV,269 -,270 NC,290 SC,"
    "300 GA,320 FL,340 -,341 FL,343 -,344 FL,345 -,346 FL,348 -,349 FL,350 AL,370 TN,386 MS,"
    "398 GA,400 KY,428 -,430 OH,460 IN,480 MI,500 IA,529 -,530 WI,550 MN,568 -,569 DC,570 SD,"
    "578 -,580 ND,589 -,590 MT,600 IL,630 MO,659 -,660 KS,680 NE,694 -,700 LA,715 -,716 AR,730 OK,"
    "733 TX,734 OK,750 TX,800 CO,817 -,820 WY,832 ID,839 -,840 UT,848 -,850 AZ,866 -,870 NM,885 TX,"
    "886 -,889 NV,899 -,900 CA,962 -,967 HI,969 -,970 OR,980 WA,995 AK"
)
# Areas that reach into a second state: Fishers Island, Alta.
_ZIP_ALSO = {"063": "NY", "834": "WY"}
_ZIP_WHOLE = {"96799": "AS", **{str(n): "GU" for n in range(96910, 96933)}}
_ZIP_WHOLE |= {str(n): "MP" for n in range(96950, 96953)}
EXCEPTIONAL_ZIPS = frozenset(_ZIP_WHOLE)  # of which the first three digits tell another state

# Three-digit areas that lie in one zone as a whole, in states that have two.
_ONE_ZONE = {
    _E: "320-323 326-349 400 402-406 410-418 460-462 466-474 478 480-497 374 376 378 379",
    _C: "325 350-367 369 420-424 463 476 477 370-372 375 380-384 660-676 680-689 570-574 580-584 "
    "587 730-738 740-749 750-797",
    _M: "693 577 799 885",
    "Boise": "832-834 836 837",
    _P: "838 889-897 970-976 978",
    "Phoenix": "850-859 863 864",
}
_CANADA = {
    "A": "NL",
    "B": "NS",
    "C": "PE",
    "E": "NB",
    **dict.fromkeys("GHJ", "QC"),
    **dict.fromkeys("KLMNP", "ON"),
    "R": "MB",
    "S": "SK",
    "T": "AB",
    "V": "BC",
    "Y": "YT",
}


def _zip_states() -> dict[str, str]:
    begins = [entry.split() for entry in _ZIP_BEGINS.split(",")]
    ends = [first for first, _ in begins[1:]] + ["1000"]
    return {
        f"{number:03}": state
        for (first, state), end in zip(begins, ends, strict=True)
        for number in range(int(first), int(end))
        if state != "-"
    }


def _one_zone() -> dict[str, str]:
    found = {}
    for zone, areas in _ONE_ZONE.items():
        for area in areas.split():
            first, _, last = area.partition("-")
            for number in range(int(first), int(last or first) + 1):
                found[f"{number:03}"] = _zone(zone)
    return found


_ZIP_STATE = _zip_states()
_ZIP_ZONE = _one_zone()


def states_of_postal_code(country: str, code: str) -> frozenset[str]:
    """Return the states (FL) a ZIP or Canadian postal code may be in; empty if it is none."""
    if country == "CA":
        first = code.strip().upper()[:1]
        return frozenset({"NT", "NU"}) if first == "X" else _some(_CANADA.get(first))
    digits = code.strip()[:5]
    if len(digits) < 5 or not digits.isdecimal():
        return frozenset()
    if whole := _ZIP_WHOLE.get(digits):
        return frozenset({whole})
    return _some(_ZIP_STATE.get(digits[:3])) | _some(_ZIP_ALSO.get(digits[:3]))


def zones_of_postal_code(country: str, code: str) -> frozenset[str]:
    """Return the zones a postal code may be in: one where its area lies in one as a whole."""
    states = states_of_postal_code(country, code)
    if country == "US" and states and (zone := _ZIP_ZONE.get(code.strip()[:3])):
        return frozenset({zone})
    return frozenset(zone for state in states for zone in ZONES[country][state])


def _some(state: str | None) -> frozenset[str]:
    return frozenset({state}) if state else frozenset()


# Cities of states with two zones, where a region and a city are all that is known.
_CITIES = {
    ("US-FL", _E): "miami,jacksonville,tampa,orlando,tallahassee,st petersburg,hialeah,"
    "fort lauderdale,port st lucie,cape coral,gainesville,sarasota,naples,hollywood,lakeland",
    ("US-FL", _C): "pensacola,panama city,fort walton beach,destin",
    ("US-TX", _C): "houston,san antonio,dallas,austin,fort worth,arlington,plano,lubbock,laredo,"
    "irving,corpus christi,amarillo,midland,odessa,mcallen,waco,frisco,mckinney,garland",
    ("US-TX", _M): "el paso",
    ("US-TN", _C): "nashville,memphis,clarksville,murfreesboro,franklin,jackson",
    ("US-TN", _E): "knoxville,chattanooga,johnson city,kingsport",
    ("US-KY", _E): "louisville,lexington,covington,richmond,frankfort",
    ("US-KY", _C): "bowling green,owensboro,paducah",
    ("US-IN", _E): "indianapolis,fort wayne,south bend,bloomington,carmel,fishers,muncie",
    ("US-IN", _C): "evansville,gary,hammond",
    ("US-MI", _E): "detroit,grand rapids,ann arbor,lansing,flint,kalamazoo,warren",
    ("US-KS", _C): "wichita,overland park,kansas city,topeka,olathe,lawrence",
    ("US-NE", _C): "omaha,lincoln,grand island,bellevue",
    ("US-NE", _M): "scottsbluff",
    ("US-ND", _C): "fargo,bismarck,grand forks,minot",
    ("US-ND", _M): "dickinson",
    ("US-SD", _C): "sioux falls,aberdeen,brookings",
    ("US-SD", _M): "rapid city",
    ("US-ID", "Boise"): "boise,meridian,nampa,idaho falls,pocatello,twin falls",
    ("US-ID", _P): "coeur dalene,lewiston,moscow",
    ("US-OR", _P): "portland,salem,eugene,bend,gresham,hillsboro,medford",
    ("US-NV", _P): "las vegas,reno,henderson,sparks,carson city",
    ("US-AZ", "Phoenix"): "phoenix,tucson,mesa,scottsdale,chandler,tempe,glendale,gilbert,yuma",
    ("US-AL", _C): "birmingham,montgomery,huntsville,mobile,tuscaloosa",
    ("US-OK", _C): "oklahoma city,tulsa,norman,edmond,lawton",
    ("CA-BC", "Vancouver"): "vancouver,victoria,surrey,burnaby,richmond,kelowna",
    ("CA-ON", "Toronto"): "toronto,ottawa,mississauga,hamilton,london,brampton,windsor",
    ("CA-QC", "Toronto"): "montreal,montral,quebec,qubec,laval,gatineau",
    ("CA-SK", "Regina"): "regina,saskatoon",
    ("CA-NL", "St_Johns"): "st johns",
}
CITIES = {
    (state, city): _zone(zone)
    for (state, zone), cities in _CITIES.items()
    for city in cities.split(",")
}
