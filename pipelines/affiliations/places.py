"""Countries that an address states: a segment that is a country's name, else the end of the last segment."""

from __future__ import annotations

import re
from dataclasses import dataclass

import polars as pl

from pipelines.core.text import fold

# Addresses of the United States often end with the state. Georgia is a country too: both are then possible.
_STATES = [
    "alabama",
    "alaska",
    "arizona",
    "arkansas",
    "california",
    "colorado",
    "connecticut",
    "delaware",
    "florida",
    "georgia",
    "hawaii",
    "idaho",
    "illinois",
    "indiana",
    "iowa",
    "kansas",
    "kentucky",
    "louisiana",
    "maine",
    "maryland",
    "massachusetts",
    "michigan",
    "minnesota",
    "mississippi",
    "missouri",
    "montana",
    "nebraska",
    "nevada",
    "new_hampshire",
    "new_jersey",
    "new_mexico",
    "new_york",
    "north_carolina",
    "north_dakota",
    "ohio",
    "oklahoma",
    "oregon",
    "pennsylvania",
    "rhode_island",
    "south_carolina",
    "south_dakota",
    "tennessee",
    "texas",
    "utah",
    "vermont",
    "virginia",
    "washington",
    "west_virginia",
    "wisconsin",
    "wyoming",
]
# Short names of states and provinces: never an institution's acronym.
STATE_CODES = frozenset(
    [
        "act",
        "alta",
        "ariz",
        "calif",
        "colo",
        "conn",
        "fla",
        "ill",
        "ind",
        "mass",
        "mich",
        "minn",
        "miss",
        "nsw",
        "ont",
        "penn",
        "que",
        "qld",
        "tenn",
        "tex",
        "vic",
        "wash",
        "wis",
    ]
)
_BEFORE_A_NAME = frozenset(("new", "south", "north", "of", "in", "at"))  # University of New South Wales is no place

_SEGMENTS = re.compile(r"[,;，；、]")
Key = tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Places:
    """Names of countries, as words, and the codes (ISO 3166, two letters) that they can mean."""

    codes: dict[Key, frozenset[str]]
    longest: int

    def code(self, name: str) -> str | None:
        """Code of a country given by code or name; None when nobody knows it."""
        if len(name) == 2 and name.isupper():
            return name
        found = self.codes.get(_key(name), frozenset())
        return min(found) if len(found) == 1 else None

    def stated(self, segments: list[Key]) -> frozenset[str]:
        """Codes of the countries that the segments (words of each) state; empty when none does."""
        bare = [tuple(w for w in words if not w[0].isdigit()) for words in segments]
        found: set[str] = set()
        for words in bare:
            found |= self.codes.get(words, frozenset())
        last = next((words for words in reversed(bare) if words), ())
        return frozenset(found) or self._at_the_end(last)

    def _at_the_end(self, words: Key) -> frozenset[str]:
        for size in range(min(self.longest, len(words) - 1), 0, -1):
            found = self.codes.get(words[-size:])
            if found and words[-size - 1] not in _BEFORE_A_NAME:
                return found
        return frozenset()


def stated_in(address: str, places: Places) -> frozenset[str]:
    """Codes of the countries that an address, as printed, states."""
    return places.stated([tuple(fold(part).replace(" and ", " ").split()) for part in _SEGMENTS.split(address)])


def places_from(countries: pl.DataFrame) -> Places:
    """Look-up of countries.csv (code, name, name_zh, aliases joined by ';')."""
    codes: dict[Key, set[str]] = {}
    for code, name, zh, aliases in countries.select("code", "name", "name_zh", "aliases").iter_rows():
        for written in (name, zh, *(aliases or "").split(";")):
            if written and (key := _key(written)):
                codes.setdefault(key, set()).add(code)
    for state in _STATES:
        codes.setdefault(tuple(state.split("_")), set()).add("US")
    return Places({k: frozenset(v) for k, v in codes.items()}, max(map(len, codes), default=0))


def _key(name: str) -> Key:
    return tuple(fold(name.replace(".", "") if "." in name and " " not in name else name).replace(" and ", " ").split())
