"""Labelled author mentions (`*.jsonl.gz`) in the shape of the build's tables, so that the stage runs on them unchanged."""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from pipelines.core import schema
from pipelines.core.errors import SourceError
from pipelines.core.names import compatible, default_surnames, is_pinyin, name_keys
from pipelines.core.text import address_id

# Under which names sets give a field; the first that is there counts.
_NAME = ("name", "raw_name")
_WORK = ("pub", "paper_id", "doi", "work_id")
_OTHERS = ("authors", "coauthors")
_PLACE = ("organization", "affiliation", "affiliations")


@dataclass(frozen=True)
class MentionSet:
    """Tables of the build, and `gold`: mention, work_id, author_position, person, name, chinese."""

    tables: dict[str, pl.LazyFrame]
    gold: pl.DataFrame


def read(path: Path) -> MentionSet:
    """A labelled set: one JSON object per line with a person, a name, a work, and whatever else is known of the mention.

    Errors: SourceError when the file cannot be read or lacks person, name or work.
    """
    try:
        lines = [json.loads(line) for line in gzip.decompress(path.read_bytes()).decode().splitlines() if line.strip()]
    except (OSError, ValueError) as error:
        raise SourceError("读不到标注集", where=str(path), found=str(error)) from error
    if not lines or not all(line.get("person") and _written(line) and _first(line, _WORK) for line in lines):
        raise SourceError("标注集缺少人、姓名或作品号", where=str(path), expected="person、name、pub/paper_id/doi")
    return _tables(lines)


def _first(line: dict[str, Any], names: tuple[str, ...]) -> Any:
    return next((line[n] for n in names if line.get(n) not in (None, "", [])), None)


def _written(line: dict[str, Any]) -> str:
    whole = _first(line, _NAME)
    parts = [line.get(part) for part in ("first", "middle", "last")]
    return str(whole) if whole else " ".join(str(p) for p in parts if p)


def _tables(lines: list[dict[str, Any]]) -> MentionSet:
    bylines: dict[str, list[str]] = {}
    works: dict[str, dict[str, Any]] = {}
    places, contacts, gold = [], [], []
    for number, line in enumerate(lines):
        work, name = str(_first(line, _WORK)), _written(line)
        byline = bylines.setdefault(work, [str(a) for a in _first(line, _OTHERS) or []])
        position = _position(byline, name)
        year = str(line.get("year") or "")
        works[work] = {"work_id": work, "title": line.get("title"), "venue": line.get("venue") or None,
                       "publication_year": int(year) if year.isdigit() else None}  # fmt: skip
        place = _first(line, _PLACE)
        said = [place] if isinstance(place, str) else list(place or [])
        places += [(work, position, n, str(text)) for n, text in enumerate(said, 1)]
        contacts += [(work, position, name, kind, str(line[kind])) for kind in ("email", "orcid") if line.get(kind)]
        gold.append((number, work, position, str(line["person"]), name, line.get("chinese")))
    marked = pl.DataFrame(gold, orient="row", schema={
        "mention": pl.Int64, "work_id": pl.String, "author_position": pl.Int64, "person": pl.String, "name": pl.String,
        "chinese": pl.Boolean})  # fmt: skip
    return MentionSet(_built(bylines, list(works.values()), places, contacts), _told_chinese(marked))


def _position(byline: list[str], name: str) -> int:
    """Place of a name in the byline; one that is not there is put at its end."""
    if name in byline:
        return byline.index(name) + 1
    wanted, *keys = name_keys([name, *byline])
    fitting = [n for n, key in enumerate(keys, 1) if key == wanted] or [
        n for n, key in enumerate(keys, 1) if compatible(key, wanted)
    ]
    if not fitting:
        byline.append(name)
        return len(byline)
    byline[fitting[0] - 1] = name  # the set says who is meant
    return fitting[0]


def _told_chinese(gold: pl.DataFrame) -> pl.DataFrame:
    """Whether a name is Chinese: as the set says, else a known surname with a given name in pinyin."""
    known = default_surnames().rank
    names = gold["name"].unique().sort().to_list()
    words = [key.partition(" ") for key in name_keys(names)]
    looks = {n: s in known and (is_pinyin(g) or len(g) < 2) for n, (s, _, g) in zip(names, words, strict=True)}
    return gold.with_columns(pl.coalesce("chinese", pl.col("name").replace_strict(looks, return_dtype=pl.Boolean)))


def _built(
    bylines: dict[str, list[str]],
    works: list[dict[str, Any]],
    places: list[tuple[str, int, int, str]],
    contacts: list[tuple[str, int, str, str, str]],
) -> dict[str, pl.LazyFrame]:
    signed = pl.DataFrame(
        [(w, w, n, name) for w, names in bylines.items() for n, name in enumerate(names, 1)],
        schema=["work_id", "record_id", "author_position", "name"], orient="row",
    )  # fmt: skip
    unique = signed["name"].unique().sort()
    keys = pl.DataFrame({"name": unique, "name_key": name_keys(unique.to_list())})
    shape = {"work_id": pl.String, "author_position": pl.Int64, "address_position": pl.Int64, "address": pl.String}
    printed = pl.DataFrame(places, schema=shape, orient="row").with_columns(
        address_id=address_id(pl.col("address")), record_id="work_id", address_role=pl.lit("author"), match_position=1
    )
    told = {"record_id": pl.String, "author_position": pl.Int64, "name": pl.String, "identifier_type": pl.String,
            "identifier_value": pl.String}  # fmt: skip
    rows = {
        "works": pl.DataFrame(works),
        "work_authorships": signed.join(keys, on="name"),
        "work_addresses": printed,
        "affiliation_matches": printed.unique("address_id"),
        "author_identifiers": pl.DataFrame(contacts, schema=told, orient="row"),
        "clusters": signed.select("record_id", "work_id").unique(),
        "person_matches": pl.DataFrame(),
    }
    return {name: _shaped(name, frame).lazy() for name, frame in rows.items()}


def _shaped(table: str, frame: pl.DataFrame) -> pl.DataFrame:
    """Columns of a table; what the set does not have is null."""
    wanted = schema.table(table)
    missing = [pl.lit(None, kind).alias(c) for c, kind in wanted.polars.items() if c not in frame.columns]
    return wanted.conform(frame.with_columns(missing)) if frame.width else wanted.empty()
