"""Every institution that an address names, ours, of the dictionary or as printed, with its country and town: partners are counted here."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import groupby
from typing import Any

import polars as pl

from pipelines.affiliations.candidates import COLLEGE_WORDS, INSTITUTION_WORDS, KIND_WORDS
from pipelines.affiliations.places import Places, places_from
from pipelines.affiliations.split import HAN, Words, han_text, latin_segments, words_from
from pipelines.core import schema

PRINTED = "text:"  # before the key of an institution that stands in no dictionary
_WIDER = ("hospital", "institute", "academy", "center", "laboratory", "college")
# Words that alone name nobody in particular: Univ Hosp, Natl Lab.
_BARE = (*KIND_WORDS, *INSTITUTION_WORDS, "medical", "national", "central", "general", "first", "second", "affiliated")
_HAN_NAME = re.compile(
    r"[^\s,;，；。、|]*?(?:大学|科学院|研究院|研究所|学院|医院|公司|集团|中心)(?![^\s,;，；。、|]*大学)"
)
_HAN_STRONG = ("大学", "科学院", "公司", "集团")
_NO_HAN = re.compile(r"[\s,;.。、:()（）/\-]+")


def address_institutions(
    affiliation_matches: pl.LazyFrame,
    address_countries: pl.LazyFrame,
    *,
    institutions: pl.DataFrame,
    abbreviations: pl.DataFrame,
    countries: pl.DataFrame,
) -> pl.DataFrame:
    """Institutions of each distinct address. `institution_key` groups: the dictionary's id, else the printed name with
    abbreviations spelled alike. The country is the one stated, else the institution's by the dictionary, else that of the script.
    Grain: one row per distinct address and institution named in it.
    """
    words, places = words_from(abbreviations), places_from(countries)
    home = {i: places.code(c or "") for i, c in institutions.select("institution_id", "country").iter_rows()}
    located = {a: (c, b) for a, c, b in _located(address_countries).iter_rows()}
    rows = affiliation_matches.sort("address_id", "match_position").select(
        "address_id", "address", "institution_id", "decision", "evidence"
    )
    found: list[tuple[str, int, str | None, str | None, str, str | None, str | None]] = []
    for address_id, address, matches in _by_address(rows.collect()):
        country, basis = located.get(address_id, (None, None))
        city = _city(address, words, places)
        for position, (known, text, key) in enumerate(_named(address, matches, words), 1):
            own = home.get(known) if known and basis != "stated" else None
            found.append((address_id, position, known, text, key, own or country, city))
    names = ("address_id", "institution_position", "institution_id", "institution_text", "institution_key")
    shape = dict.fromkeys((*names, "country_code", "city"), pl.String) | {"institution_position": pl.Int64}
    return schema.table("address_institutions").conform(pl.DataFrame(found, schema=shape, orient="row"))


def _located(address_countries: pl.LazyFrame) -> pl.DataFrame:
    return address_countries.select("address_id", "country_code", "country_basis").collect()


def _by_address(rows: pl.DataFrame) -> Iterator[tuple[str, str, list[tuple[str | None, str, dict[str, Any]]]]]:
    """Address, its text, and (institution, decision, evidence) of its matches, which stand together."""
    for (address_id, address), matches in groupby(rows.iter_rows(), key=lambda row: (row[0], row[1])):
        yield address_id, address, [(row[2], row[3], json.loads(row[4])) for row in matches]


def _named(
    address: str, matches: list[tuple[str | None, str, dict[str, Any]]], words: Words
) -> list[tuple[str | None, str | None, str]]:
    """(id, printed name, key) of each institution: those of the dictionary, then what is printed beside them, each once."""
    known = list(dict.fromkeys(i for i, _, _ in matches if i))
    read = {text for _, _, evidence in matches for text in _texts(evidence)}
    asked = not known and any(decision == "review" for _, decision, _ in matches)
    printed = [] if asked else printed_institutions(address, words, alone=not known)
    found: list[tuple[str | None, str | None, str]] = [(i, None, i) for i in known]
    keys: set[str] = set()
    for text in (_unread(p, read) for p in printed):
        key = institution_key(text, words)
        if text and text not in read and key not in keys and not any(text in other for other in read):
            keys.add(key)
            found.append((None, text, key))
    return found


def _unread(text: str, read: set[str]) -> str:
    """What is left of names printed without a gap once those that were read are gone: 岭海大学物理学院江原大学."""
    if not HAN.search(text):
        return text
    after = max((text.rindex(name) + len(name) for name in read if name in text), default=0)
    return text[after:] if not after or (text[after:].endswith(_HAN_STRONG) and len(text) - after > len("大学")) else ""


def _texts(evidence: dict[str, Any]) -> Iterator[str]:
    """Texts of an address that a match has read as institution or as unit of it."""
    for name in ("机构", "单位"):
        if isinstance(evidence.get(name), dict) and evidence[name].get("文字"):
            yield evidence[name]["文字"]
    yield from evidence.get("未识别部门", ())


def institution_key(text: str, words: Words) -> str:
    """Key under which printed names are one institution: case, link words, plural and abbreviations make no difference."""
    if HAN.search(text):
        return PRINTED + _NO_HAN.sub("", han_text(text)).lower()
    return PRINTED + (" ".join(words.key(text)) or text.strip().lower())


def printed_institutions(address: str, words: Words, *, alone: bool) -> list[str]:
    """Names of institutions as printed. `alone`: nothing else of the address is known, so it has at least one: an institute,
    a hospital where no university or company is named, else what the address begins with."""
    if HAN.search(address):
        return _han_names(address, alone)
    segments = latin_segments(address)
    keys = [words.key(s) for s in segments]
    strong, wider, bare = (words.families(w) for w in (INSTITUTION_WORDS, _WIDER, _BARE))
    named = [s for s, key in zip(segments, keys, strict=True) if strong.intersection(key) and not bare.issuperset(key)]
    if named or not alone or not segments:
        return named
    colleges = words.families(COLLEGE_WORDS) - words.families(("college",))
    other = [
        s
        for s, key in zip(segments, keys, strict=True)
        if wider.intersection(key) and not bare.issuperset(key) and not colleges.intersection(key[:1])
    ]
    # Chinese Acad Sci, Inst Phys: the body comes first, and the address begins with the institution.
    return [other[0] if other else segments[0]]


def _han_names(address: str, alone: bool) -> list[str]:
    names = [m.group().strip() for m in _HAN_NAME.finditer(address)]
    strong = [n for n in names if n.endswith(_HAN_STRONG)]
    if strong or not alone:
        return strong
    first = re.split(r"[\s,;，；。、|]", address.strip(), maxsplit=1)[0]
    return [names[0] if names else first or address]


def _city(address: str, words: Words, places: Places) -> str | None:
    """Town of an address, as printed: the segment before the last, without post codes, where it names no unit or country."""
    segments = latin_segments(address)
    if HAN.search(address) or len(segments) < 3:
        return None
    town = " ".join(w for w in segments[-2].split() if not any(c.isdigit() for c in w)).strip()
    named = words.families((*KIND_WORDS, *INSTITUTION_WORDS)).intersection(words.key(town))
    return town if town and not named and places.code(town) is None else None
