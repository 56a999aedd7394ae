"""ProQuest Dissertations & Theses: Excel, CSV re-saved from it, RIS, BibTeX, text, XML. What is no thesis is set aside in words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import polars as pl

from pipelines.core import schema, text
from pipelines.core.errors import SourceError
from pipelines.sources import (
    Chunk,
    FileHead,
    Recognised,
    _delimited,
    _rows,
    _sheets,
    _table,
    pqdt_tables,
    pqdt_text,
    pqdt_xml,
)
from pipelines.sources.pqdt_text import Read

SOURCE = "pqdt"
NEXT = "请在 ProQuest 检索时限定学位论文（ProQuest Dissertations & Theses）后重新导出；同一文件中的论文照常使用"
_PROQUEST = re.compile(r"proquest\.com/|ProQuest|PQDT", re.I)
_PROVES = ("title", "store_id")  # headers that no other vendor's table has together with …
_AND_ONE_OF = ("article_type", "pubtitle", "link", "database", "identifiers")
_RIS = re.compile(r"^(?:DB|JF|JO|UR|N1|L1) +- .*(?:ProQuest|PQDT)", re.M | re.I)
_BIBTEX = re.compile(r"(?:url|note|journal|publisher)\s*=\s*[{\"].*ProQuest", re.I)
_XML = re.compile(r"<DISS_submission|ProQuest|UMI|PQDT|<GOID>", re.I)
_REASONS = dict.fromkeys(("xlsx", "xls", "csv"), "表头是 ProQuest 的导出（Title、StoreId）") | {
    "ris": "RIS 记录，写明来自 ProQuest",
    "bibtex": "BibTeX 记录，写明来自 ProQuest",
    "text": "ProQuest 的文本：带标签的字段，记录之间是下划线",
    "xml": "ProQuest 的学位论文 XML",
}


def recognise(head: FileHead) -> Recognised | None:
    """A table with ProQuest's own columns, or references and texts that name ProQuest."""
    if head.encoding is None:
        return None
    form = _table_form(head) or _text_form(head)
    if not form:
        return None
    details = {"sheets": _sheets_of(head)} if form in ("xlsx", "xls") else {}
    return Recognised(SOURCE, form, "theses", head.encoding, reasons=(_REASONS[form],), details=details)


def read(path: Path, found: Recognised, hints: Mapping[str, Any]) -> Iterator[Chunk]:
    """Theses as text, `source_row` counting every record of the file; records of other kinds are set aside.

    Errors: SourceError when no record of the file is a thesis.
    """
    theses, others = 0, Counter[str]()
    for rows, set_aside in _READERS[found.format](path, found):
        rows = _rows.declare(rows.with_columns(file_format=pl.lit(found.format)), SOURCE)
        rows, untitled = _rows.without_required(rows, _rows.columns(SOURCE), NEXT)
        is_thesis = _thesis()
        wrong = rows.filter(~is_thesis)
        for row in wrong.select("source_row", "article_type", "document_type", "pubtitle", "title").iter_rows():
            what = next((cell for cell in row[1:4] if cell), "没有说明资源类型")
            others[what] += 1
            set_aside.append((row[0], row[4], "学位论文（Dissertations & Theses）", f"资源类型是“{what}”", NEXT))
        theses += rows.height - wrong.height
        yield Chunk(rows.filter(is_thesis), _rows.rejected(sorted(set_aside + untitled)))
    if others and not theses:
        raise _no_thesis(path, others)


def record_ids(rows: pl.DataFrame) -> pl.Series:
    """pqdt:<ProQuest document id> from its field or the link, else pqdt:AAI<order number>, else pqdt:<hash of title, author, year>.

    The fold is frozen here, apart from the match keys, because ids must not change when those are refined.
    """
    parts = [
        pl.col(name)
        .str.extract(f"(?s){pattern}", 1)
        .str.normalize("NFKC")
        .str.to_lowercase()
        .str.replace_all(r"[^\p{L}\p{N}]", "")
        .fill_null("")
        for name, pattern in (("title", r"^(.*)$"), ("authors", r"^\s*([^;\n]+)"), ("year", r"(\d{4})"))
    ]
    hashed = text.short_hash(pl.concat_str(parts, separator="|"), 16)
    order = pl.lit("AAI") + pqdt_tables.order_number()
    return rows.select(record_id=pl.lit("pqdt:") + pl.coalesce(pqdt_tables.document_id(), order, hashed))["record_id"]


def source_records(raw: pl.LazyFrame, *, document_types: pl.DataFrame) -> pl.DataFrame:
    """Grain: one row per raw_id."""
    return pqdt_tables.records(raw, document_types)


def source_authorships(raw: pl.LazyFrame) -> pl.DataFrame:
    """Grain: one row per raw_id and author position."""
    return pqdt_tables.authorships(raw)


def source_author_identifiers(raw: pl.LazyFrame) -> pl.DataFrame:
    """Grain: one row per raw_id and ORCID."""
    return pqdt_tables.author_identifiers(raw)


def source_theses(raw: pl.LazyFrame) -> pl.DataFrame:
    """Grain: one row per raw_id."""
    return pqdt_tables.theses(raw)


def source_contributors(raw: pl.LazyFrame) -> pl.DataFrame:
    """Grain: one row per raw_id, role and position."""
    return pqdt_tables.contributors(raw)


def _excel(path: Path, found: Recognised) -> Read:
    return ((rows, []) for rows in _table.bodies(path, found.sheets, _rows.columns(SOURCE)))


def _csv(path: Path, found: Recognised) -> Read:
    return _delimited.frames(path, found.encoding or "utf-8", _rows.columns(SOURCE), NEXT)


def _of_text(reader: Callable[[Path, str], Read]) -> Callable[[Path, Recognised], Read]:
    return lambda path, found: reader(path, found.encoding or "utf-8")


_READERS: dict[str, Callable[[Path, Recognised], Read]] = {
    "xlsx": _excel,
    "xls": _excel,
    "csv": _csv,
    "ris": _of_text(pqdt_text.ris),
    "bibtex": _of_text(pqdt_text.bibtex),
    "text": _of_text(pqdt_text.texts),
    "xml": _of_text(pqdt_xml.records),
}


def _thesis() -> pl.Expr:
    """Whether a record says that it is a thesis: in its type, else in the name of its database."""
    pattern: str = schema.source(SOURCE).spec["thesis"]
    stated = pl.concat_str("article_type", "document_type", separator=" ", ignore_nulls=True)
    told = pl.when(stated != "").then(stated).otherwise(pl.coalesce("pubtitle", "database", "link"))
    return told.str.contains(pattern).fill_null(False)


def _table_form(head: FileHead) -> str:
    """Format of a table whose header is ProQuest's; '' for anything else."""
    excel = head.encoding in ("xlsx", "xls")
    lines = [line for line in head.text.replace("\r\n", "\n").replace("\r", "\n").split("\n") if line.strip()]
    mark = "\t" if excel else _sheets.separator(head.text.replace("\r", "\n"))
    known = _table.variants(_rows.columns(SOURCE))
    for line in lines[: None if excel else _table.SEARCHED]:
        if _is_head(line.split(mark), known):
            return str(head.encoding) if excel else "csv"
    return ""


def _is_head(cells: list[str], known: dict[str, str]) -> bool:
    have = {known.get(_table.label(cell.strip('" ')), "") for cell in cells}
    return have.issuperset(_PROVES) and bool(have.intersection(_AND_ONE_OF))


def _sheets_of(head: FileHead) -> list[str]:
    """Sheets whose header is ProQuest's."""
    known = _table.variants(_rows.columns(SOURCE))
    parts = [part.split("\n") for part in head.text.split("\x1d") if part]
    return [lines[0] for lines in parts if any(_is_head(line.split("\t"), known) for line in lines[1:])]


def _text_form(head: FileHead) -> str:
    """Format of references or text that name ProQuest; '' for anything else."""
    if head.encoding in ("xlsx", "xls"):
        return ""
    text = head.text.replace("\r\n", "\n").replace("\r", "\n")
    if text.lstrip().startswith("<"):
        return "xml" if _XML.search(text) and not re.match(r"\s*<(?:!doctype )?html", text, re.I) else ""
    if not _PROQUEST.search(text):
        return ""
    if re.search(r"^\ufeff?TY {1,2}- ?\w", text, re.M):
        return "ris" if _RIS.search(text) else ""
    if re.search(r"^\s*@\w+\s*[{(]", text, re.M):
        return "bibtex" if _BIBTEX.search(text) else ""
    return "text" if pqdt_text.looks_like_text(text) else ""


def _no_thesis(path: Path, others: Counter[str]) -> SourceError:
    return SourceError(
        "这是 ProQuest 的导出，但里面没有学位论文",
        expected="学位论文（Dissertations & Theses）",
        found="、".join(f"{what} {n} 条" for what, n in others.most_common(4)),
        where=path.name,
        next_step="请在 ProQuest Dissertations & Theses 中检索后导出；报纸与期刊文章目前不读取",
    )
