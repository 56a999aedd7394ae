"""Institutions of labelled address strings: a public registry as the dictionary, our figures set by set, our errors by cause."""

from __future__ import annotations

import gzip
import json
import time
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl

from pipelines.affiliations.belonging import Mention
from pipelines.affiliations.filling import registry_from
from pipelines.affiliations.mentions import Finder
from pipelines.affiliations.registry import Registry
from pipelines.affiliations.split import HAN
from pipelines.core import dictionaries
from pipelines.core.errors import ConfigError, SourceError

PREFIX = "https://ror.org/"
_SETS = "*.jsonl.gz"


class Labelled(NamedTuple):
    """One labelled string; `known`: all its institutions are in the registry (None for a string without any)."""

    string: str
    labels: frozenset[str]
    known: bool | None


class Answer(NamedTuple):
    """What the matcher says of one string; `asked`: left to people."""

    found: frozenset[str]
    asked: bool
    ways: tuple[tuple[str, str], ...]


def evaluate(directory: Path, names: tuple[str, ...] = (), *, errors: bool = False) -> dict[str, Any]:
    """Figures of each set of a folder (`*.jsonl.gz`, `registry/*.tsv.gz`); without `names` of all that carry registry ids.

    Errors: ConfigError for a set that the folder does not have, SourceError for a file that cannot be read.
    """
    sets = {p.name.removesuffix(".jsonl.gz"): p for p in sorted(directory.glob(_SETS))}
    missing = [n for n in names if n not in sets]
    if missing or not sets:
        raise ConfigError(f"没有标注集 {'、'.join(missing)}", where=str(directory), expected="、".join(sets) or _SETS)
    labelled = {name: read(sets[name]) for name in names or sets}
    start = time.process_time()
    finder = Finder(registry_of(directory / "registry"))
    built = time.process_time() - start
    figures: dict[str, Any] = {"registry": len(finder.known.entries), "registry_seconds": built, "sets": {}}
    for name, rows in labelled.items():
        if any(label.startswith(PREFIX) for row in rows for label in row.labels):
            figures["sets"][name] = measure(rows, finder.find, finder.known, errors=errors)
    return figures


def measure(
    rows: list[Labelled], find: Callable[[str], list[Mention]], registry: Registry, *, errors: bool = False
) -> dict[str, Any]:
    """Micro figures over (string, institution) of the strings whose institutions are in the registry; a question is no match.

    specificity: share of the strings without institution that are answered with none (a question is no answer);
    strings_per_second: of CPU time on one core, registry loaded.
    """
    start = time.process_time()
    mentions = [find(row.string) for row in rows]
    seconds = time.process_time() - start
    said = [_answer(m) for m in mentions]
    scored = [(r, a) for r, a in zip(rows, said, strict=True) if r.known and r.labels]
    silent = [a for r, a in zip(rows, said, strict=True) if not r.labels]
    han = [(r, a) for r, a in scored if HAN.search(r.string)]
    figures: dict[str, Any] = scores(scored) | {
        "without_institution": len(silent),
        "specificity": _share(sum(not a.found and not a.asked for a in silent), len(silent)),
        "han": scores(han),
        "strings_per_second": len(rows) / seconds if seconds else None,
        "cpu_seconds": seconds,
    }
    if errors:
        wrong = [(r, a) for r, a in scored if r.labels != a.found] + [
            (r, a) for r, a in zip(rows, said, strict=True) if not r.labels and a.found
        ]
        figures["causes"] = dict(Counter(_cause(r, a, registry) for r, a in wrong).most_common())
        figures["errors"] = [_shown(r, a, registry) for r, a in wrong]
    return figures


def scores(scored: list[tuple[Labelled, Answer]]) -> dict[str, Any]:
    """Micro precision, recall, F1 and the share of strings with exactly the right institutions; None without a denominator."""
    hits = sum(len(r.labels & a.found) for r, a in scored)
    found = sum(len(a.found) for _, a in scored)
    meant = sum(len(r.labels) for r, _ in scored)
    return {
        "strings": len(scored),
        "precision": _share(hits, found),
        "recall": _share(hits, meant),
        "f1": _share(2 * hits, found + meant),
        "exact": _share(sum(r.labels == a.found for r, a in scored), len(scored)),
        "asked": sum(a.asked for _, a in scored),
    }


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _answer(mentions: list[Mention]) -> Answer:
    sure = [m for m in mentions if not m.rivals]
    return Answer(frozenset(m.id for m in sure), len(sure) < len(mentions), tuple((m.id, m.way) for m in mentions))


def _cause(row: Labelled, answer: Answer, registry: Registry) -> str:
    """Why an answer is wrong, for sorting: silence, a question, another institution of the same house, another one, more."""
    if not row.labels:
        return "named_where_none"
    missed, more = row.labels - answer.found, answer.found - row.labels
    if not answer.found:
        return "asked" if answer.asked else "silent"
    if missed and any(_one_house(registry, m, o) for m in missed for o in answer.found):
        return "same_house"
    if missed and more:
        return "another"
    return "too_few" if missed else "too_many"


def _one_house(registry: Registry, left: str, right: str) -> bool:
    """Whether two institutions are parent and child, related, or below one parent."""
    one, other = registry.entries.get(left), registry.entries.get(right)
    if one is None or other is None:
        return False
    near = one.parents | one.related | {left}
    return bool(near & (other.parents | other.related | {right}))


def _shown(row: Labelled, answer: Answer, registry: Registry) -> dict[str, Any]:
    names = {i: e.name for i in row.labels | answer.found if (e := registry.entries.get(i))}
    return {
        "cause": _cause(row, answer, registry),
        "string": row.string,
        "labels": sorted(row.labels),
        "found": sorted(answer.found),
        "ways": [list(w) for w in answer.ways],
        "names": dict(sorted(names.items())),
    }


def read(path: Path) -> list[Labelled]:
    """Strings of one set; several ids written in one label are several labels."""
    try:
        with gzip.open(path, "rt", encoding="utf-8") as text:
            lines = [json.loads(line) for line in text]
        return [Labelled(row["string"], _labels(row["labels"]), row["in_registry"]) for row in lines]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SourceError(
            "标注集读不出来", where=str(path), found=str(error), expected="每行一个 JSON：string、labels、in_registry"
        ) from error


def _labels(written: Iterable[str]) -> frozenset[str]:
    return frozenset(label.strip() for joined in written for label in joined.split(";") if label.strip())


def registry_of(directory: Path) -> Registry:
    """The registry (tab-separated, every part with its heading) with our words and countries."""
    institutions, aliases = registry_frames(directory)
    words, variants, countries = (
        dictionaries.load(name, "common") for name in ("abbreviations", "address_words", "countries")
    )
    return registry_from(institutions, aliases, words, variants, countries)


def registry_frames(directory: Path) -> tuple[pl.DataFrame, pl.DataFrame]:
    """`institutions` and `institution_aliases` as `registry_from` takes them; a label in Chinese is the Chinese name."""
    parts = sorted(directory.glob("*.tsv.gz"))
    if not parts:
        raise SourceError("没有机构名录", where=str(directory), expected="*.tsv.gz")
    rows = pl.concat(
        [pl.read_csv(p, separator="\t", quote_char=None, infer_schema_length=0) for p in parts]
    ).with_columns(institution_id=PREFIX + pl.col("ror"))
    links = _links(rows)
    other = rows.select("institution_id", alias=pl.col("other_names").str.split(" || ")).explode("alias").drop_nulls()
    tagged = other.with_columns(
        language=pl.col("alias").str.extract(r"@([a-z]{2,3})$"), alias=pl.col("alias").str.replace(r"@[a-z]{2,3}$", "")
    )
    return (
        rows.select(
            "institution_id", "country", "city", "status", name_zh=pl.lit(None, pl.String), name_en="name",
            kind=pl.col("types").str.to_lowercase(),
        ).join(links, on="institution_id", how="left"),
        tagged.select("alias", "institution_id", "language", note=pl.lit(None, pl.String)),
    )  # fmt: skip


def rows(figures: dict[str, Any]) -> list[dict[str, Any]]:
    """One line per set for the terminal."""
    shown = ("strings", "precision", "recall", "f1", "exact", "asked", "specificity", "strings_per_second")
    zh = ("条", "准确率", "召回率", "F1", "全对", "待核", "无机构者不答", "条每秒")
    return [
        {"标注集": name} | {z: _short(found[key]) for key, z in zip(shown, zh, strict=True)}
        for name, found in figures["sets"].items()
    ]


def _short(value: float | int | None) -> str:
    if value is None:
        return "—"
    return f"{value:,}" if isinstance(value, int) else f"{value:.4f}" if value <= 1 else f"{value:,.0f}"


def _links(rows: pl.DataFrame) -> pl.DataFrame:
    """parents, related and successors of each institution, both ways; a child says who its parent is."""
    told = (
        rows.select("institution_id", link=pl.col("relationships").str.split(";"))
        .explode("link")
        .drop_nulls()
        .select(
            "institution_id",
            kind=pl.col("link").str.split(":").list.get(0),
            other=PREFIX + pl.col("link").str.split(":").list.get(1, null_on_oob=True),
        )
        .drop_nulls()
    )
    down = told.filter(pl.col("kind") == "child").select(
        institution_id="other", kind=pl.lit("parent"), other="institution_id"
    )
    both = pl.concat([told.filter(pl.col("kind") != "child"), down]).unique()
    wanted = {"parents": "parent", "related": "related", "successors": "successor"}
    return both.group_by("institution_id").agg(
        **{n: pl.col("other").filter(pl.col("kind") == k).sort().str.join(";") for n, k in wanted.items()}
    )
