"""EI Engineering Village: Excel and CSV of detailed records, ASCII text, RIS, BibTeX; Compendex, Inspec and others may lie in one file."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import polars as pl

from pipelines.core.errors import SourceError
from pipelines.sources import (
    Chunk,
    FileHead,
    Recognised,
    _delimited,
    _rows,
    _table,
    ei_authors,
    ei_entries,
    ei_records,
    ei_text,
)

SOURCE = "ei"
NEXT = "请在 Engineering Village 重新下载这条记录（Excel 或 CSV，Detailed record）；同一文件中的其他记录不受影响"
PROVES = ("accession_number", "title", "authors")  # headers that no other vendor's table has together with …
AND_ONE_OF = ("database", "main_heading", "controlled_terms", "classification", "affiliations")
WITHOUT_NUMBER = ("title", "authors", "main_heading", "controlled_terms", "classification", "database")
_NAMED = rf"(?:Compilation and indexing terms|{ei_records.DATABASES}\b)"
_RIS = re.compile(rf"^(?:N1|M1|DB) +- .*{_NAMED}", re.M | re.I)
_BIBTEX = re.compile(rf"^\s*copyright\s*=\s*[{{\"].*{_NAMED}", re.M | re.I)
_TEXT = re.compile(r"^\ufeff?\s*<RECORD \d+>\s*\n[\s\S]{0,4000}?^Accession number:", re.M)
_REASONS = {
    "csv": "表头是 Engineering Village 的详细记录",
    "text": "记录以 <RECORD n> 开始，字段标签是 Engineering Village 的",
    "ris": "RIS 记录，注明数据库是 Compendex、Inspec 等",
    "bibtex": "BibTeX 记录，copyright 注明数据库是 Compendex、Inspec 等",
}


def recognise(head: FileHead) -> Recognised | None:
    """A table with Accession number, Title, Author and one of EI's own columns; or text, RIS, BibTeX that names its databases.

    Errors: SourceError when there is a header and nothing else.
    """
    if head.encoding in ("xlsx", "xls"):
        return _sheet(head)
    if head.encoding is None:
        return None
    text = head.text.replace("\r\n", "\n").replace("\r", "\n")
    form, present = _form(head, text)
    if not form:
        return None
    kind = "detailed" if form in ("csv", "text") else "reference"
    return Recognised(SOURCE, form, kind, head.encoding, "", "en", (_REASONS[form],), _missing(present))


def read(path: Path, found: Recognised, hints: Mapping[str, Any]) -> Iterator[Chunk]:
    """Records as text; a row without title or accession number is set aside, so is one whose number a spreadsheet has spoilt."""
    spec = _rows.columns(SOURCE)
    for rows, set_aside in _parts(path, found, spec):
        if "accession_number" in rows.columns:
            rows = rows.with_columns(pl.col("accession_number").str.strip_chars().str.replace(r"^(\d+)\.0$", "$1"))
            spoilt = pl.col("accession_number").str.contains(r"^\d(?:[.,]\d+)?E\+?\d+$").fill_null(False)
            set_aside = [*set_aside, *(_spoilt(row) for row in rows.filter(spoilt).iter_rows(named=True))]
            rows = rows.filter(~spoilt)
        rows, incomplete = _rows.without_required(rows, spec, NEXT)
        rows = rows.with_columns(file_format=pl.lit(found.format))
        yield _rows.chunk(rows, SOURCE, sorted([*set_aside, *incomplete]))


def record_ids(rows: pl.DataFrame) -> pl.Series:
    """ei:<accession number>."""
    return rows.select(record_id=pl.lit("ei:") + pl.col("accession_number"))["record_id"]


def head_rows(head: FileHead) -> list[tuple[str, list[list[str]]]]:
    """Sheets of FileHead.text: name and first rows."""
    parts = [part.split("\n") for part in head.text.split("\x1d") if part]
    return [(lines[0], [line.split("\t") for line in lines[1:]]) for lines in parts]


def source_records(raw: pl.LazyFrame, *, document_types: pl.DataFrame) -> pl.DataFrame:
    """Grain: one row per raw_id."""
    return ei_records.records(raw, document_types)


def source_authorships(raw: pl.LazyFrame) -> pl.DataFrame:
    """Grain: one row per raw_id and author position."""
    return ei_authors.authorships(raw)


def source_author_identifiers(raw: pl.LazyFrame) -> pl.DataFrame:
    """Grain: one row per raw_id and e-mail."""
    return ei_authors.author_identifiers(raw)


def source_addresses(raw: pl.LazyFrame) -> pl.DataFrame:
    """Grain: one row per raw_id and address position."""
    return ei_authors.addresses(raw)


def source_authorship_addresses(raw: pl.LazyFrame) -> pl.DataFrame:
    """Grain: one row per raw_id, author and address that the numbers link."""
    return ei_authors.links(raw)


def source_metrics(raw: pl.LazyFrame) -> pl.DataFrame:
    """Grain: one row per raw_id and metric."""
    return ei_records.metrics(raw)


def _sheet(head: FileHead) -> Recognised | None:
    tables = head_rows(head)
    for name, rows in tables:
        have = _have(rows)
        if not have:
            continue
        at, _ = _table.find(rows, _rows.columns(SOURCE))
        if len(rows) <= at + 1:
            raise _only_header(head)
        reason = f"工作表“{name}”的表头是 Engineering Village 的详细记录"
        return Recognised(
            SOURCE,
            "xlsx",
            "detailed",
            head.encoding,
            "",
            "en",
            (reason,),
            _missing(have),
            {"sheets": _table.alike(tables, rows[at])},
        )
    return None


def _form(head: FileHead, text: str) -> tuple[str, set[str]]:
    """Format of a text file and the columns that its beginning shows; '' when it is none of ours."""
    if _TEXT.search(text):
        return "text", ei_text.present(text)
    if _RIS.search(text) and re.search(r"^\ufeff?TY {1,2}-", text, re.M):
        return "ris", ei_entries.present(text, "ris") | {"accession_number"}
    if _BIBTEX.search(text):
        return "bibtex", ei_entries.present(text, "bibtex") | {"accession_number"}
    lines = text.split("\n")[: _table.SEARCHED]
    _, grid = _delimited.opening(lines, _rows.columns(SOURCE))
    if have := _have(grid):
        if len([line for line in lines if line.strip()]) < 2:
            raise _only_header(head)
        return "csv", have
    return "", set()


def _have(rows: list[list[str]]) -> set[str]:
    """Columns of a table's header when it is the header of detailed records, else nothing."""
    spec = _rows.columns(SOURCE)
    at, hits = _table.find(rows, spec)
    known = _table.variants(spec)
    have = {known.get(_table.label(cell), "") for cell in rows[at]} if rows else set()
    ours = hits >= 4 and have.issuperset(PROVES) and have.intersection(AND_ONE_OF)
    spoilt = have.issuperset(WITHOUT_NUMBER)  # the reader says which column is missing
    return have if ours or spoilt else set()


def _missing(present: set[str]) -> tuple[str, ...]:
    wanted = [(n, s) for n, s in _rows.columns(SOURCE).items() if s.get("need") == "wanted" and n not in present]
    return tuple(f"{n}（{s['zh']}）：{s['cost']}" for n, s in wanted)


def _parts(path: Path, found: Recognised, spec: _rows.Spec) -> Iterator[_delimited.Part]:
    """Rows of a file in parts of bounded size; an Excel sheet is in memory anyway."""
    encoding = found.encoding or "utf-8"
    if found.format == "csv":
        yield from _delimited.frames(path, encoding, spec, NEXT)
    elif found.format == "text":
        yield from ei_text.records(path, encoding)
    elif found.format in ("ris", "bibtex"):
        yield from (ei_entries.ris if found.format == "ris" else ei_entries.bibtex)(path, encoding)
    else:
        yield from ((rows, []) for rows in _table.bodies(path, found.sheets, spec))


def _spoilt(row: dict[str, Any]) -> _rows.Row:
    """A row whose accession number Excel has turned into 2.02E+13."""
    found = f"入藏号是“{row['accession_number']}”：文件用 Excel 打开后保存过"
    return row["source_row"], _rows.as_text(row), "完整的入藏号", found, NEXT


def _only_header(head: FileHead) -> SourceError:
    return SourceError("表里只有表头，没有记录", where=head.path.name, next_step="请检查下载时是否选中了记录")
