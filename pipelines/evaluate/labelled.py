"""Labelled sets of deduplication (`records.csv.gz`, `clusters.csv`) in the shape of source tables."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from pipelines.core import identifiers, schema
from pipelines.core.errors import SourceError

_COLUMNS = ("rid", "entrytype", "title", "author", "year", "journal", "booktitle", "volume", "number", "pages", "doi")
_ENTRY_TYPES = {"article": "article", "inproceedings": "proceedings_paper", "conference": "proceedings_paper"}
_INITIALS = re.compile(r"(?:[A-Za-z]\.?[- ]?){1,3}|[A-Z]{2,3}|(?:[a-z]\.){1,3}")
_GLUED = re.compile(r"(?<=[A-Za-z]\.)(?=[^\W\d_]{2,}|[A-Z]['’])")  # 'Aziz A. A.Kenney L. S.'
_SEPARATORS = re.compile(r"\s*;\s*|\s+and\s+|\s*&\s*|,\s*and\s+", re.IGNORECASE)
_NO_PERSON = re.compile(r"et\.? al\.?|others|anonymous|n/?a|\W*", re.IGNORECASE)
_GENERATION = re.compile(r"(?:jr|sr|i{2,3}|iv)\.?", re.IGNORECASE)  # 'Jr.' belongs to the name before it
_WORD = re.compile(r"[^\W\d_]{2,}")


@dataclass(frozen=True)
class LabelledSet:
    """Records and authors as source tables; `gold` has record_id and cluster for every record."""

    records: pl.DataFrame
    authorships: pl.DataFrame
    gold: pl.DataFrame


def read(directory: Path) -> LabelledSet:
    """A labelled set; a record that no cluster lists is alone.

    Errors: SourceError when a file or a column is missing.
    """
    try:
        rows = pl.read_csv(directory / "records.csv.gz", infer_schema_length=0, null_values=[""])
        listed = pl.read_csv(directory / "clusters.csv", infer_schema_length=0)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise SourceError("读不到标注集", where=str(directory), found=str(error)) from error
    missing = [c for c in _COLUMNS if c not in rows.columns]
    if missing:
        raise SourceError("标注集缺少列", where=str(directory), found="、".join(missing), expected="、".join(_COLUMNS))
    rows = rows.with_columns(record_id=pl.format("gold:{}", "rid"))
    records = schema.table("source_records").conform(_records(rows))
    gold = rows.join(listed, on="rid", how="left").select("record_id", cluster=pl.coalesce("cluster", "rid"))
    return LabelledSet(records, _authorships(rows), gold)


def _records(rows: pl.DataFrame) -> pl.DataFrame:
    year = pl.col("year").str.extract(r"((?:1[5-9]|20)\d\d)").cast(pl.Int64)
    return rows.select(
        "record_id", "title", "volume",
        raw_id=pl.col("record_id"), record_hash=pl.col("record_id"), source=pl.lit("gold"),
        publication_year=year,
        venue=pl.coalesce("journal", "booktitle"),
        conference=pl.when(pl.col("journal").is_null()).then("booktitle"),
        issue=pl.col("number"),
        first_page=identifiers.first_page(pl.col("pages")),
        last_page=identifiers.last_page(pl.col("pages")),
        doi=identifiers.doi(pl.col("doi")),
        document_type=pl.col("entrytype").str.to_lowercase().replace_strict(_ENTRY_TYPES, default=None, return_dtype=pl.String),
    )  # fmt: skip


def _authorships(rows: pl.DataFrame) -> pl.DataFrame:
    split = [
        (record, i, name)
        for record, text in rows.select("record_id", "author").iter_rows()
        for i, name in enumerate(author_names(text or ""), 1)
    ]
    frame = pl.DataFrame(
        split, schema={"record_id": pl.String, "author_position": pl.Int64, "name": pl.String}, orient="row"
    )
    return schema.table("source_authorships").conform(frame.with_columns(raw_id=pl.col("record_id")))


def author_names(text: str) -> list[str]:
    """Single names of an author field: 'A, B and C, D', 'A B; C D', 'Aziz A. A.Kenney L. S.', 'kearns, m., m. li,'."""
    if " and " not in text and ";" not in text and len(_GLUED.split(text)) > 1 and "," not in text:
        return [n.strip() for n in _GLUED.split(text) if n.strip()]
    segments = [
        [p.strip() for p in s.split(",") if not _NO_PERSON.fullmatch(p.strip())] for s in _SEPARATORS.split(text)
    ]
    natural = any(len(parts) == 1 and len(_WORD.findall(parts[0])) > 1 for parts in segments)
    return [name for parts in segments for name in _by_commas(parts, natural)]


def _by_commas(parts: list[str], natural: bool) -> list[str]:
    """'Surname, Given' is one name; a longer list alternates surnames and initials, or lists whole names.

    natural: other names of the same field are written 'Given Surname', so a comma between two such names parts them.
    """
    names: list[str] = []
    open_surname = False
    generation = len(parts) > 1 and _GENERATION.fullmatch(parts[1]) is not None
    if natural and len(parts) == 2 and all(len(_WORD.findall(p)) > 1 for p in parts):
        return parts
    if len(parts) == 3 and generation and not _WORD.search(parts[0].partition(" ")[2]):  # 'Smith, Jr., John'
        return [f"{parts[0]}, {parts[2]}"]
    if len(parts) == 2 and ("." not in parts[0] or _INITIALS.fullmatch(parts[1])) and not generation:
        return [", ".join(parts)]
    for part in parts:
        if names and _GENERATION.fullmatch(part):
            names[-1] += f", {part}"
        elif open_surname and _INITIALS.fullmatch(part):
            names[-1] += f", {part}"
            open_surname = False
        else:
            names.append(part)
            open_surname = "." not in part
    return names
