"""`xueheng dictionary propose`: texts of our addresses that nobody knows yet, as alias lines ready to paste, what unlocks most first."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path

import polars as pl

from pipelines.affiliations.candidates import KIND_WORDS
from pipelines.affiliations.reviewed import NAME, PART, asked, segment_key
from pipelines.affiliations.split import HAN, Words, han_text, words_from
from pipelines.core import dictionaries
from pipelines.core.errors import ConfigError

# A line as it goes into the file, then what helps to decide on it.
UNIT_LINE = ("alias", "unit_id", "language", "valid_from", "valid_to", "note")
INSTITUTION_LINE = ("alias", "institution_id", "language", "note")
TOLD = ("nearest", "score", "works", "addresses", "spellings", "example")
SHOWN = 4  # spellings told of one text
_HAN_KIND = re.compile(
    r"(?:(?:全国|国家|教育部|省|市|校)*重点实验室|实验室|研究中心|工程中心|中心|研究所|研究院|学院|学部|医院|系|所|院)$"
)
NEAR = 0.5  # likeness from which a unit is suggested at all
Scan = Callable[[str], pl.LazyFrame]


def propose(scan: Scan, university: str) -> dict[str, pl.DataFrame]:
    """Suggested lines of the build: {"unit_aliases": …, "institutions": …}, each sorted by the works that they unlock.

    unit_aliases: parts of our addresses that name a unit nobody knows; one line per group of spellings, with the nearest unit.
    institutions: unknown institutions that share a name's words with us, to be told apart from us.
    """
    words = words_from(dictionaries.load("abbreviations", university))
    matches = scan("affiliation_matches").collect()
    works = scan("work_addresses").select("work_id", "address_id").unique().collect()
    units = scan("units").collect()
    aliases = dictionaries.load("unit_aliases", university)
    return {
        "unit_aliases": _unit_lines(_open_parts(matches, words), matches, works, _named(units, aliases), words),
        "institutions": _institution_lines(matches, works, university, words),
    }


def write(lines: dict[str, pl.DataFrame], to: Path) -> list[Path]:
    """One xlsx with a sheet per kind of line, or one CSV per kind beside each other.

    Errors: ConfigError for another ending.
    """
    to.parent.mkdir(parents=True, exist_ok=True)
    if to.suffix == ".csv":
        made = [to.with_name(f"{to.stem}_{name}.csv") for name in lines]
        for path, frame in zip(made, lines.values(), strict=True):
            path.write_bytes(b"\xef\xbb\xbf" + frame.write_csv().encode())  # Excel reads UTF-8 by this mark
        return made
    if to.suffix != ".xlsx":
        raise ConfigError("建议表只能写成 .xlsx 或 .csv", found=to.name, next_step="换一个扩展名")
    import xlsxwriter

    with xlsxwriter.Workbook(str(to)) as book:
        for name, frame in lines.items():
            frame.write_excel(book, worksheet=name, autofit=True, freeze_panes=(1, 0))
    return [to]


def _open_parts(matches: pl.DataFrame, words: Words) -> pl.DataFrame:
    """Grain: one row per address and open text of it (columns address_id, key, text)."""
    found = asked(matches, words).filter(pl.col("level") == PART).select("address_id", "key", "text")
    wider = [key if HAN.search(text) else " ".join(words.key(text)) for key, text in found.select("key", "text").rows()]
    return found.with_columns(key=pl.Series(wider, dtype=pl.String))  # Sci is science and sciences: one line to paste


def _unit_lines(
    parts: pl.DataFrame,
    matches: pl.DataFrame,
    works: pl.DataFrame,
    named: list[tuple[str, str]],
    words: Words,
) -> pl.DataFrame:
    names = [(unit, name, _terms(name, words)) for unit, name in named]
    rows = []
    for group in _groups(parts, matches, works).iter_rows(named=True):
        unit, name, score = _nearest(group["text"], names, words)
        line = (group["text"], unit if score >= NEAR else "", _language(group["text"]), "", "", "")
        rows.append((*line, name, score, *(group[c] for c in ("works", "addresses", "spellings", "example"))))
    return _frame(rows, UNIT_LINE)


def _institution_lines(matches: pl.DataFrame, works: pl.DataFrame, university: str, words: Words) -> pl.DataFrame:
    """Unknown institutions whose name shares a proper word with ours, or was asked about as ours."""
    institutions = dictionaries.load("institutions", university)
    own = institutions.filter(pl.col("kind") == "own")
    ours = own.get_column("institution_id").to_list()
    spelt = [n for n in (*own["name_zh"], *own["name_en"]) if n]
    names = [(ours[0] if ours else "", name, _terms(name, words)) for name in spelt]
    questions = asked(matches, words).filter(pl.col("level") == NAME).select("address_id", "key", "text")
    unknown = [
        (address, segment_key(text, words), text)
        for address, evidence in matches.filter(pl.col("decision") == "no_match")
        .select("address_id", "evidence")
        .iter_rows()
        for text in json.loads(evidence or "{}").get("未识别机构", ())
    ]
    both = pl.concat([questions, pl.DataFrame(unknown, schema=questions.schema, orient="row")]).unique()
    alike = [text for text in both["text"].unique() if any(_is_like(text, name, words) for name in spelt)]
    both = both.filter(pl.col("text").is_in(alike))
    rows = []
    for group in _groups(both, matches, works).iter_rows(named=True):
        _, name, score = _nearest(group["text"], names, words)
        line = (group["text"], "", _language(group["text"]), "")
        rows.append((*line, name, score, *(group[c] for c in ("works", "addresses", "spellings", "example"))))
    return _frame(rows, INSTITUTION_LINE)


def _is_like(text: str, name: str, words: Words) -> bool:
    """Whether a name begins as ours in Chinese, or has a word of ours that is no everyday address word."""
    if HAN.search(name):
        return bool(HAN.search(text)) and han_text(text)[:2] == han_text(name)[:2]
    return any(not words.is_known(w) and w in words.exact(text) for w in words.exact(name))


def _groups(parts: pl.DataFrame, matches: pl.DataFrame, works: pl.DataFrame) -> pl.DataFrame:
    """Grain: one row per key: its commonest spelling, works and addresses that wait for it, further spellings, one address."""
    printed = matches.select("address_id", "address").unique("address_id", keep="first")
    counted = parts.join(works, on="address_id", how="left").join(printed, on="address_id", how="left")
    grouped = counted.group_by("key").agg(
        texts=pl.col("text").sort(),
        works=pl.col("work_id").n_unique() - pl.col("work_id").is_null().any().cast(pl.Int64),
        addresses=pl.col("address_id").n_unique(),
        example=pl.col("address").min(),
    )
    told = [_spellings(texts) for texts in grouped["texts"]]
    return grouped.with_columns(
        text=pl.Series([t[0] for t in told], dtype=pl.String),
        spellings=pl.Series([" | ".join(t[1:SHOWN]) for t in told], dtype=pl.String),
    ).sort("works", "addresses", "text", descending=[True, True, False])


def _spellings(texts: Iterable[str]) -> list[str]:
    return [text for text, _ in sorted(Counter(texts).items(), key=lambda pair: (-pair[1], pair[0]))]


def _named(units: pl.DataFrame, aliases: pl.DataFrame) -> list[tuple[str, str]]:
    """(unit_id, name) of every unit below the university."""
    below = units.filter(pl.col("unit_kind") != "university")
    known = below["unit_id"].to_list()
    own = [(u, n) for u, zh, en in below.select("unit_id", "name_zh", "name_en").iter_rows() for n in (zh, en) if n]
    more = aliases.filter(pl.col("unit_id").is_in(known)).select("unit_id", "alias").iter_rows()
    return sorted({*own, *((unit, alias) for unit, alias in more)})


def _terms(text: str, words: Words) -> frozenset[str]:
    """What a name is compared by: families of its words without the kind of unit; of a Chinese one its pairs of characters."""
    if HAN.search(text):
        whole = han_text(text).replace(" ", "")
        folded = _HAN_KIND.sub("", whole) or whole
        return frozenset(folded[i : i + 2] for i in range(len(folded) - 1))
    kinds = words.families(("university", *KIND_WORDS))
    return frozenset(w for w in words.key(text) if w not in kinds) or frozenset(words.key(text))


def _nearest(text: str, names: list[tuple[str, str, frozenset[str]]], words: Words) -> tuple[str, str, float]:
    """The name that shares most (Dice, 0 to 1); of equal ones the first by unit and name."""
    terms = _terms(text, words)
    best = ("", "", 0.0)
    for unit, name, other in names:
        score = 2 * len(terms & other) / (len(terms) + len(other)) if terms or other else 0.0
        if score > best[2]:
            best = (unit, name, score)
    return best[0], best[1], round(best[2], 2)


def _language(text: str) -> str:
    return "zh" if HAN.search(text) else "en"


def _frame(rows: list[tuple[object, ...]], line: tuple[str, ...]) -> pl.DataFrame:
    shape = dict.fromkeys((*line, *TOLD), pl.String) | {"score": pl.Float64, "works": pl.Int64, "addresses": pl.Int64}
    return pl.DataFrame(rows, schema=shape, orient="row")
