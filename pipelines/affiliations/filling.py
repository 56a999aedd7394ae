"""Tables of institutions -> a registry that can be searched: every written form with who bears it now."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import polars as pl

from pipelines.affiliations.places import places_from
from pipelines.affiliations.registry import Entry, Holder, Key, Registry
from pipelines.affiliations.split import HAN, words_from

WITHDRAWN = "withdrawn"
SERIES = 4  # institutions whose names begin alike: Indian Institute of Technology, Technical University
_UMLAUT = {"ü": "ue", "ö": "oe", "ä": "ae", "Ü": "Ue", "Ö": "Oe", "Ä": "Ae"}
_UMLAUTS = re.compile("[üöäÜÖÄ]")
_BRACKET_AT_END = re.compile(r"\s*\([^()]*\)\s*$")


def registry_from(
    institutions: pl.DataFrame,
    aliases: pl.DataFrame,
    words: pl.DataFrame,
    variants: pl.DataFrame,
    countries: pl.DataFrame,
) -> Registry:
    """Index institutions (institution_id, name_zh, name_en, kind, country, city, status, parents, related, successors; the
    last three are ids joined by ';') and their aliases (alias, institution_id); `words` are abbreviations, `variants` the
    same word in other languages, `countries` as in countries.csv."""
    spoken = variants.select(abbreviation="variant", expansion="word")
    registry = Registry(
        words_from(pl.concat([words.select("abbreviation", "expansion"), spoken])), places_from(countries)
    )
    entries: list[Entry] = []
    successors: dict[str, list[str]] = {}
    named: list[tuple[str, str, bool]] = []
    for row in institutions.sort("institution_id").iter_rows(named=True):
        key = row["institution_id"]
        entries.append(_entry(registry, row))
        successors[key] = _ids(row["successors"])
        named += [(key, n, True) for n in (row["name_en"], row["name_zh"]) if n]
    named += [(i, a, False) for a, i in aliases.select("alias", "institution_id").sort(pl.all()).iter_rows()]
    living = _living({e.id: e.status for e in entries}, successors)
    bearing = list(_bearing(registry, named, living))
    registry.fill(entries, bearing)
    for key, entry, holder in _shorter(registry, bearing):
        registry.add_shorter(key, entry, holder)
    return registry


def _entry(registry: Registry, row: dict[str, Any]) -> Entry:
    return Entry(
        row["institution_id"],
        row["name_en"] or row["name_zh"] or "",
        registry.places.code(row["country"] or ""),
        frozenset(registry.key(row["city"] or "")),
        row["status"] or "active",
        row["kind"] or "",
        frozenset(_ids(row["parents"])),
        frozenset(_ids(row["related"])),
    )


def _bearing(
    registry: Registry, named: list[tuple[str, str, bool]], living: dict[str, str | None]
) -> Iterator[tuple[Key, str, Holder]]:
    """Words of each name with who bears it now; 'Siemens (Germany)' is Siemens, the country is known otherwise."""
    seen: set[tuple[Key, str]] = set()
    for entry, name, main in named:
        bearer = living.get(entry)
        if bearer and HAN.search(name):
            registry.han.add(name, bearer)
        plain = _BRACKET_AT_END.sub("", name) if main else name
        for form in {plain, _UMLAUTS.sub(lambda m: _UMLAUT[m.group()], plain)}:
            key = without_company_form(registry, registry.key(form))
            if bearer and key and (key, bearer) not in seen:
                seen.add((key, bearer))
                acronym = len(key) == 1 and sum(c.isupper() for c in form) >= 2 and len(form) <= 8
                yield key, bearer, Holder(main and bearer == entry and not _is_seat(registry, name), acronym, name)


def _shorter(registry: Registry, bearing: list[tuple[Key, str, Holder]]) -> Iterator[tuple[Key, str, Holder]]:
    """Names as addresses shorten them: the city left to its own segment, a common beginning as its initials (IIT Kanpur)."""
    series = Counter(
        first for first, _ in {(key[:size], i) for key, i, _ in bearing for size in (2, 3, 4) if len(key) > size}
    )
    for key, entry, holder in bearing:
        city = registry.entries[entry].city
        for rest in (key[: -len(city)], key[len(city) :]) if city else ():
            if len(rest) > 1 and city == frozenset(key) - frozenset(rest) and registry.may_be_seated(rest):
                yield rest, entry, Holder(False, False, holder.name, city)
        for size in (4, 3, 2):
            kinds = registry.institution_kinds & set(key[:size])
            if kinds and series[key[:size]] >= SERIES and len(key) == size + 1:
                printed = [w for w, _ in registry.split(_BRACKET_AT_END.sub("", holder.name))]
                if tuple(registry.word(w) for w in printed) == key:
                    initials = "".join(w[0] for w in printed[:size])
                    yield (initials, *key[size:]), entry, Holder(False, True, holder.name)


def _is_seat(registry: Registry, name: str) -> bool:
    """Whether a bracket at the end of a name is a town: the name before it is that of the mother institution."""
    found = _BRACKET_AT_END.search(name)
    return found is not None and registry.places.code(found.group().strip(" ()")) is None


def without_company_form(registry: Registry, key: Key) -> Key:
    """Without Ltd, Inc, GmbH … at the end."""
    while len(key) > 1 and key[-1] in registry.forms:
        key = key[:-1]
    return key


def _living(status: dict[str, str], successors: dict[str, list[str]]) -> dict[str, str | None]:
    """Who stands for a record: itself, the one successor of a withdrawn one, None where a withdrawn one has none."""

    def follow(entry: str) -> str | None:
        for _ in range(len(status)):
            if status[entry] != WITHDRAWN:
                return entry
            known = [s for s in successors[entry] if s in status]
            if len(known) != 1:
                return None
            entry = known[0]
        return None

    return {entry: follow(entry) for entry in status}


def _ids(joined: str | None) -> list[str]:
    return sorted(i for i in (joined or "").split(";") if i)
