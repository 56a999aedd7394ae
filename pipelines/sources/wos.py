"""Web of Science: tagged text of every era and tab-delimited text, Core Collection and All Databases."""

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
    _rows,
    _values,
    wos_addresses,
    wos_authors,
    wos_records,
    wos_tab,
    wos_tagged,
)

_TAGGED = re.compile(r"^(?:FN [^\n]*\n|VR [^\n]*\n|\s*\n)*PT ", re.M)
_ONLY_HEAD = re.compile(r"\A\s*FN [^\n]*\s+(?:VR [^\n]*\s*)?(?:EF\s*)?\Z")
_FN = re.compile(r"^FN ([^\n]+)", re.M)
_TAB = re.compile(r"\A\ufeff?PT\t[A-Z0-9]{2}\t")
_ERAS = (
    ("ISI Export", "ISI 时期（约 2006 年以前）"),
    ("Thomson Reuters", "Thomson Reuters 时期（约 2012–2016）"),
    ("Clarivate", "Clarivate 时期（2017 年以后）"),
)
_SITES = (("通讯作者", "zh"), ("corresponding author", "en"), ("reprint author", "en"), ("autor correspondente", "pt"))


def recognise(head: FileHead) -> Recognised | None:
    """Web of Science by `PT` … `UT` tags or by a header row that begins PT<TAB>; never by the FN line.

    Errors: SourceError when there is a header and nothing else.
    """
    text = head.text.replace("\r\n", "\n").replace("\r", "\n")
    if head.encoding is None or head.encoding in ("xlsx", "xls"):
        return None
    if _ONLY_HEAD.match(text):
        raise _header_only(head)
    if _TAB.match(text):
        return _tab(head, text)
    if not _TAGGED.search(text) or not re.search(r"^(?:UT [A-Z]+:|AU |TI |SO )", text, re.M):
        return None
    line = _FN.search(text)
    era = next((zh for mark, zh in _ERAS if line and mark in line.group(1)), "")
    tags = set(re.findall(r"^([A-Z][A-Z0-9])(?: |$)", text, re.M))
    kind = "inspec" if "UT INSPEC:" in text else "core"
    return _found(
        head, text, "tagged", kind, era or "未注明", tags, "记录以 PT 开始、ER 结束，含 Web of Science 字段标识"
    )


def read(path: Path, found: Recognised, hints: Mapping[str, Any]) -> Iterator[Chunk]:
    """Records as text, one column per tag; several values of a tag are lines of one cell (tagged) or joined by '; ' (tab)."""
    encoding = found.encoding or "utf-8"
    return wos_tab.read(path, encoding) if found.format == "tab" else wos_tagged.read(path, encoding)


def record_ids(rows: pl.DataFrame) -> pl.Series:
    """wos:<UT> for every row."""
    return rows.select(record_id=pl.lit("wos:") + pl.col("UT"))["record_id"]


def exported_at(rows: pl.DataFrame) -> pl.Series:
    """Export date of every row (DA); null in exports before about 2018."""
    return rows.select(exported_at=_values.iso_date(pl.col("DA")))["exported_at"]


def _tab(head: FileHead, text: str) -> Recognised:
    names = wos_tab.header(text)
    if "\n" not in text.strip():
        raise _header_only(head)
    everything = "Z9" in names and "C1" not in names and "Z2" in names
    kind = "all_databases" if everything else "core"
    return _found(
        head, text, "tab", kind, f"{len(names)} 列", set(names), "首行是以制表符分隔的 Web of Science 字段标识"
    )


def _found(head: FileHead, text: str, form: str, kind: str, era: str, present: set[str], reason: str) -> Recognised:
    missing = [
        f"{name}（{spec['zh']}）：{spec['cost']}"
        for name, spec in _rows.columns("wos").items()
        if spec.get("need") == "wanted" and name not in present
    ]
    language = next((code for mark, code in _SITES if mark in text), "")
    return Recognised("wos", form, kind, head.encoding, era, language, (reason,), tuple(missing))


def _header_only(head: FileHead) -> SourceError:
    return SourceError(
        "文件只有 Web of Science 的文件头，没有记录",
        expected="至少一条记录",
        found="0 条记录",
        where=head.path.name,
        next_step="请检查检索结果是否为空、导出时的记录范围是否填对，然后重新导出",
    )


def source_records(raw: pl.LazyFrame, *, document_types: pl.DataFrame) -> pl.DataFrame:
    """Grain: one row per raw_id."""
    return wos_records.records(raw, document_types)


def source_authorships(raw: pl.LazyFrame) -> pl.DataFrame:
    """Grain: one row per raw_id and author position."""
    return wos_authors.authorships(raw)


def source_author_identifiers(raw: pl.LazyFrame) -> pl.DataFrame:
    """Grain: one row per raw_id, identifier type and value."""
    return wos_authors.author_identifiers(raw)


def source_addresses(raw: pl.LazyFrame) -> pl.DataFrame:
    """Grain: one row per raw_id, role and address position."""
    return wos_addresses.addresses(raw)


def source_authorship_addresses(raw: pl.LazyFrame) -> pl.DataFrame:
    """Grain: one row per raw_id, author, role and address that the record links."""
    return wos_addresses.links(raw, wos_authors.authors(raw))


def source_metrics(raw: pl.LazyFrame) -> pl.DataFrame:
    """Grain: one row per raw_id and metric."""
    return wos_records.metrics(raw)
