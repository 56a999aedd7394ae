"""University level on real Web of Science records: what the addresses (C1) are decided to name against the vendor's own list (C3).

C3 is hidden from the matcher. Each of the most frequent universities is asked in turn as "ours", with the others as neighbours; its
dictionary is what a librarian can write before seeing any address: the university's name, from which the abbreviations follow.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from pipelines.affiliations.candidates import dictionary_from
from pipelines.affiliations.decide import Decider
from pipelines.affiliations.places import places_from
from pipelines.core import dictionaries, schema
from pipelines.core.errors import PipelineError, SourceError
from pipelines.core.text import fold
from pipelines.evaluate.units import share
from pipelines.sources import _recognise, modules

SOURCE = "wos"
TOP = 40  # universities pooled
_UNIVERSITY = re.compile(r"Univ|College|Polytech|Institut\w* of (?:Science|Technology)|\bETH\b|\bKU Leuven\b|School of")
# Organisations that hold several universities, each listed by itself: C3 names both, an address only the one.
_UMBRELLA = re.compile(
    r"\bSystem\b|\(SUNY\)|^University of London$|^University of Wales$|^UDICE|Research Universities|^Communaute"
)
_OTHER = re.compile(r"Hospital|Medical Center")  # named after a university, counted apart
_ACRONYM = re.compile(r"\s*\(([^()]+)\)")
_HONOURED = re.compile(r"^(?:[A-Z][a-z]+ ){2,}(?=University of )")
_PLACE = re.compile(r"\s+-\s+")
_SHORT = re.compile(r"[A-Z][A-Za-z&-]*[A-Z][A-Za-z]*")  # an acronym


@dataclass(frozen=True)
class Exports:
    """addresses: record_id, address (of authors, distinct); truth: record_id, organisation of C3. Records without C3 are not here."""

    addresses: pl.DataFrame
    truth: pl.DataFrame


def read(directory: Path) -> Exports:
    """Addresses and C3 of every Web of Science file below the folder; a record that stands in several files counts once.

    Errors: SourceError when no record there has both.
    """
    found = [table for path in sorted(directory.rglob("*")) if path.is_file() and (table := _file(path))]
    if not found:
        raise SourceError("没有可用的 Web of Science 记录", where=str(directory), expected="同时有 C1 与 C3 的导出文件")
    addresses = pl.concat([a for a, _ in found]).unique().sort("record_id", "address")
    truth = pl.concat([t for _, t in found]).unique().sort("record_id", "organisation")
    both = truth.select("record_id").unique().join(addresses, on="record_id", how="semi")
    return Exports(addresses.join(both, on="record_id", how="semi"), truth.join(both, on="record_id", how="semi"))


def _file(path: Path) -> tuple[pl.DataFrame, pl.DataFrame] | None:
    module = modules()[SOURCE]
    try:
        form = _recognise.recognise(path)
        if form.source != SOURCE:
            return None
        rows = pl.concat([c.rows for c in module.read(path, form, {"path_text": str(path)})], how="diagonal_relaxed")
    except PipelineError:  # not a file that can be read: no part of this measurement
        return None
    raw = rows.with_columns(record_id=module.record_ids(rows), raw_id=pl.format("{}", "source_row")).drop_nulls(
        ["record_id", "C3"]
    )
    addresses = module.source_addresses(raw.lazy()).filter(pl.col("address_role") == "author")
    names = pl.col("C3").str.replace_all(r"\s+", " ").str.split(";").list.eval(pl.element().str.strip_chars())
    listed = raw.select("record_id", organisation=names).explode("organisation", empty_as_null=True)
    return addresses.select("record_id", "address"), listed.filter(pl.col("organisation") != "")


def universities(truth: pl.DataFrame, top: int = TOP) -> list[str]:
    """The most frequent universities of C3, umbrella organisations left out; with equal counts by name."""
    counted = truth.group_by("organisation").len().sort(["len", "organisation"], descending=[True, False])
    names = [
        n for n in counted["organisation"] if _UNIVERSITY.search(n) and not _UMBRELLA.search(n) and not _OTHER.search(n)
    ]
    return names[:top]


def names_of(organisation: str, countries: frozenset[str]) -> tuple[list[str], str | None]:
    """Names as a librarian would write them for one entry of C3, and its country where the entry states it.

    'Indian Institute of Technology (IIT) - Kharagpur' is also 'IIT Kharagpur'; 'Northeastern University - China' has a country.
    """
    base, *tail = _PLACE.split(organisation)
    base = re.sub(r",\s+[A-Z]+$", "", base)
    country = next((t for t in tail if t in countries), None)
    place = " ".join(t for t in tail if t not in countries)
    short = [s for s in _ACRONYM.findall(base) if all(_SHORT.fullmatch(w) for w in s.split())]
    full = _ACRONYM.sub("", base).strip()
    longer = [
        f"{full} {s.partition(' ')[2]}" for s in short if " " in s
    ]  # (IIT BHU): Indian Institute of Technology BHU
    plain = [_HONOURED.sub("", full)]  # Roland Adler University of Harrow is the University of Harrow
    names = [f"{n} {place}".strip() for n in (full, *longer, *short, *plain)] + longer
    return list(dict.fromkeys(names)), country


def registered(directory: Path) -> dict[str, list[str]]:
    """Folded name -> every name of the one institution that bears it, those of its predecessors too, from a public registry.

    The registry (*.tsv.gz: ror, name, other_names, relationships) has never seen an export. A name that two institutions bear is left out.
    """
    names: dict[str, list[str]] = {}
    former: dict[str, list[str]] = {}
    for key, name, others, links in _registry(directory).select("ror", "name", "other_names", "relationships").rows():
        names[key] = [name, *(o.partition("@")[0].strip() for o in (others or "").split("||") if o.strip())]
        former.setdefault(key, []).extend(re.findall(r"predecessor:(\w+)", links or ""))
        for after in re.findall(r"successor:(\w+)", links or ""):
            former.setdefault(after, []).append(key)
    found: dict[str, list[str]] = {}
    bearers: dict[str, set[str]] = {}
    for key, own in names.items():
        for name in (*own, *_initials(own[0])):
            bearers.setdefault(_key(name), set()).add(key)
            found[_key(name)] = own + [n for old in sorted(set(former[key])) for n in names.get(old, [])]
    return {name: spelt for name, spelt in found.items() if len(bearers[name]) == 1}


def lands(directory: Path) -> dict[str, str]:
    """Folded name -> country code, of names that the registry knows in one country only."""
    found: dict[str, set[str]] = {}
    for name, others, country in _registry(directory).select("name", "other_names", "country").rows():
        for written in (name, *(o.partition("@")[0].strip() for o in (others or "").split("||"))):
            found.setdefault(_key(written), set()).add(country)
    return {name: min(codes) for name, codes in found.items() if len(codes) == 1}


def _registry(directory: Path) -> pl.DataFrame:
    """The registry's parts (*.tsv.gz), all columns as text."""
    return pl.concat(
        [pl.read_csv(p, separator="\t", infer_schema_length=0, quote_char=None) for p in directory.glob("*.tsv.gz")]
    )


def _initials(name: str) -> list[str]:
    """'Serena Hollow Nadir College of Harrow' is also 'SHN College of Harrow'."""
    words = name.split()
    kinds = [i for i, w in enumerate(words) if w in ("College", "University", "Institute")]
    first = kinds[0] if kinds else 0
    return [" ".join(["".join(w[0] for w in words[:first]), *words[first:]])] if 2 <= first <= 4 else []


def written(file: Path) -> dict[str, list[str]]:
    """Folded name -> further names, from a CSV (name, other_name) as a librarian keeps it: former names, names of merged schools.

    Errors: SourceError when it cannot be read.
    """
    try:
        lines = pl.read_csv(file, infer_schema_length=0, comment_prefix=dictionaries.COMMENT).select(
            "name", "other_name"
        )
    except (OSError, pl.exceptions.PolarsError) as error:
        raise SourceError("读不到校名表", where=str(file), found=str(error), expected="列 name、other_name") from error
    found: dict[str, list[str]] = {}
    for name, other in lines.drop_nulls().iter_rows():
        found.setdefault(_key(name), []).append(other)
    return found


def _key(name: str) -> str:
    return " ".join(w for w in fold(name).split() if w not in ("the", "of", "and", "al"))


def scores(
    exports: Exports,
    university: str,
    top: int = TOP,
    known: dict[str, list[str]] | None = None,
    where: dict[str, str] | None = None,
) -> dict[str, Any]:
    """Micro precision and recall over (record, university) with Wilson intervals; `disagreements` lists every difference.

    `university` gives the common dictionaries only; its own lines are not used. `known`: more names by folded name, see `registered`;
    `where`: countries, see `lands`.
    """
    chosen = universities(exports.truth, top)
    said = decided(exports.addresses, chosen, university, known or {}, where or {})
    meant = exports.truth.filter(pl.col("organisation").is_in(chosen)).select("record_id", "organisation").unique()
    judged = meant.with_columns(in_c3=True).join(
        said.with_columns(by_matcher=True), on=["record_id", "organisation"], how="full", coalesce=True
    )
    judged = judged.with_columns(pl.col("in_c3", "by_matcher").fill_null(False))
    return figures(judged) | {
        "records": exports.addresses["record_id"].n_unique(),
        "addresses": exports.addresses["address"].n_unique(),
        "universities": len(chosen),
        "disagreements": disagreements(judged, exports),
    }


def figures(judged: pl.DataFrame) -> dict[str, Any]:
    """precision, recall, f1 and intervals of (record, university) pairs marked in_c3 and by_matcher."""
    hits = judged.filter("in_c3", "by_matcher").height
    said, meant = judged.filter("by_matcher").height, judged.filter("in_c3").height
    return {
        "precision": share(hits, said),
        "recall": share(hits, meant),
        "f1": share(2 * hits, said + meant),
        "precision_interval": wilson(hits, said),
        "recall_interval": wilson(hits, meant),
        "pairs": {"hits": hits, "said": said, "meant": meant},
    }


def wilson(part: int, whole: int, z: float = 1.96) -> list[float] | None:
    """95 % interval of a share by Wilson; None when there is no whole."""
    if not whole:
        return None
    p, square = part / whole, z * z / whole
    middle = p + square / 2
    half = z * math.sqrt(p * (1 - p) / whole + square / (4 * whole))
    return [round((middle - half) / (1 + square), 4), round((middle + half) / (1 + square), 4)]


def decided(
    addresses: pl.DataFrame, chosen: list[str], university: str, known: dict[str, list[str]], where: dict[str, str]
) -> pl.DataFrame:
    """Which of the chosen universities each record's addresses are decided to name. Grain: one row per record and university."""
    distinct = addresses["address"].unique().sort().to_list()
    rows = [
        (address, organisation)
        for organisation, decider in deciders(chosen, university, known, where)
        for address in distinct
        if any(m.institution_id == organisation for m in decider.decide(address))
    ]
    told = pl.DataFrame(rows, schema={"address": pl.String, "organisation": pl.String}, orient="row")
    return addresses.join(told, on="address").select("record_id", "organisation").unique()


def deciders(
    chosen: list[str], university: str, known: dict[str, list[str]], where: dict[str, str]
) -> Iterator[tuple[str, Decider]]:
    """A matcher for each of the universities, with the others as its neighbours and no units."""
    countries = dictionaries.load("countries", university)
    spelt = frozenset(countries["name"]) | {a for c in countries["aliases"].drop_nulls() for a in c.split(";")}
    abbreviations, places = dictionaries.load("abbreviations", university), places_from(countries)
    named = {o: names_of(o, spelt) for o in chosen}
    more = {o: [n for name in names for n in known.get(_key(name), [])] for o, (names, _) in named.items()}
    aliases = pl.DataFrame(
        sorted({(name, o) for o, (names, _) in named.items() for name in (*names[1:], *more[o])}),
        schema={"alias": pl.String, "institution_id": pl.String},
        orient="row",
    )
    units = schema.table("units").empty()
    spellings = pl.DataFrame(schema={"alias": pl.String, "unit_id": pl.String})
    for ours in chosen:
        institutions = pl.DataFrame(
            [
                (o, None, n[0], "own" if o == ours else "neighbour", c or where.get(_key(n[0])))
                for o, (n, c) in named.items()
            ],
            schema=dict.fromkeys(("institution_id", "name_zh", "name_en", "kind", "country"), pl.String),
            orient="row",
        )
        yield ours, Decider(dictionary_from(institutions, aliases, units, spellings, abbreviations), places)


def disagreements(judged: pl.DataFrame, exports: Exports) -> list[dict[str, Any]]:
    """Pairs on which C3 and the matcher differ, with the record's addresses and list, to be read by a person."""
    wrong = judged.filter(pl.col("in_c3") != pl.col("by_matcher"))
    addresses = exports.addresses.group_by("record_id").agg(addresses=pl.col("address").unique().sort())
    listed = exports.truth.group_by("record_id").agg(c3=pl.col("organisation").unique().sort())
    shown = wrong.join(addresses, on="record_id", how="left").join(listed, on="record_id", how="left")
    return shown.sort("by_matcher", "organisation", "record_id", descending=[True, False, False]).to_dicts()
