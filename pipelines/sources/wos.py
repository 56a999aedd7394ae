"""Web of Science: every format and era, Core Collection and All Databases; patents of Derwent may stand among the records."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from pipelines.core import schema
from pipelines.core.errors import SourceError
from pipelines.sources import (
    Chunk,
    FileHead,
    Recognised,
    _rows,
    _values,
    patents_derwent,
    wos_addresses,
    wos_authors,
    wos_entries,
    wos_form,
    wos_records,
    wos_references,
    wos_sheet,
    wos_tab,
    wos_tagged,
)

_TAGGED = re.compile(r"^(?:FN [^\n]*\n|VR [^\n]*\n|\s*\n)*PT ", re.M)
_TAGS = re.compile(r"^([A-Z][A-Z0-9])(?: |$)", re.M)
_OURS = re.compile(r"^(?:UT [A-Z]+:|AU |TI |SO )", re.M)
_ONLY_HEAD = re.compile(r"\A\s*FN [^\n]*\s+(?:VR [^\n]*\s*)?(?:EF\s*)?\Z")
_FN = re.compile(r"^FN ([^\n]+)", re.M)
_TAB = re.compile(r"\A\ufeff?PT\t[A-Z0-9]{2}\t")
_BIBTEX = re.compile(r"^\s*@\w+\s*\{\s*(?:ISI|WOS):\s*\S|^\s*Unique-ID\s*=\s*\{+\s*[A-Z]+:\S", re.M)
_DATABASE = re.compile(r"(?:^UT |\t)([A-Z]{3,8}):[A-Z0-9]", re.M)
_ERAS = (
    ("ISI Export", "ISI 时期（约 2006 年以前）"),
    ("Thomson Reuters", "Thomson Reuters 时期（约 2012–2016）"),
    ("Clarivate", "Clarivate 时期（2017 年以后）"),
)
_SITES = (("通讯作者", "zh"), ("corresponding author", "en"), ("reprint author", "en"), ("autor correspondente", "pt"))


def recognise(head: FileHead) -> Recognised | None:
    """Web of Science by `PT` … `UT` tags, a header row, or numbers of its databases in BibTeX and RIS; never by the FN line.

    Errors: SourceError when there is a header and nothing else.
    """
    if head.encoding is None:
        return None
    text = head.text.replace("\r\n", "\n").replace("\r", "\n")
    if (sheets := wos_sheet.found(head)) is not None:
        names, present = sheets
        form = "工作表“" + "”“".join(names) + "”的表头" if head.encoding in ("xlsx", "xls") else "首行"
        kind = _kind(text, present)
        return _found(head, text, "sheet", kind, "", present, f"{form}是 Web of Science 的列名，UT 列是入藏号", names)
    if head.encoding in ("xlsx", "xls"):
        return None
    if _ONLY_HEAD.match(text):
        raise _header_only(head)
    if _TAB.match(text):
        return _tab(head, text)
    if _TAGGED.search(text) and _OURS.search(text):
        line = _FN.search(text)
        era = next((zh for mark, zh in _ERAS if line and mark in line.group(1)), "") or "未注明"
        tags = set(_TAGS.findall(text))
        reason = "记录以 PT 开始、ER 结束，含 Web of Science 字段标识"
        return _found(head, text, "tagged", _kind(text, tags), era, tags, reason)
    return _references(head, text)


def read(path: Path, found: Recognised, hints: Mapping[str, Any]) -> Iterator[Chunk]:
    """Records as text, one column per tag; several values of a tag are lines of one cell, or joined by '; ' (tab, sheet)."""
    encoding = found.encoding or "utf-8"
    if found.format == "sheet":
        return wos_sheet.read(path, encoding, found.details["sheets"])
    readers = {"tab": wos_tab.read, "bibtex": wos_entries.bibtex, "ris": wos_entries.ris}
    return readers.get(found.format, wos_tagged.read)(path, encoding)


def record_ids(rows: pl.DataFrame) -> pl.Series:
    """wos:<UT> for every row."""
    return rows.select(record_id=pl.lit("wos:") + wos_form.accession())["record_id"]


def exported_at(rows: pl.DataFrame) -> pl.Series:
    """Export date of every row (DA); null in exports before about 2018."""
    return rows.select(exported_at=_values.iso_date(pl.col("DA")))["exported_at"]


def _tab(head: FileHead, text: str) -> Recognised:
    names = wos_tab.header(text)
    if "\n" not in text.strip():
        raise _header_only(head)
    reason = "首行是以制表符分隔的 Web of Science 字段标识"
    return _found(head, text, "tab", _kind(text, set(names)), f"{len(names)} 列", set(names), reason)


def _references(head: FileHead, text: str) -> Recognised | None:
    """BibTeX and RIS whose records have numbers of Web of Science."""
    if _BIBTEX.search(text):
        return _found(
            head,
            text,
            "bibtex",
            "core",
            "",
            wos_entries.present(text, "bibtex"),
            "BibTeX，记录号是 Web of Science 入藏号",
        )
    prefixes = "|".join(("WOS", "ISI", "DIIDW", *schema.source("wos").spec["databases"]))
    if re.search(r"^\ufeff?TY  ?-", text, re.M) and re.search(rf"^AN  ?- (?:{prefixes}):\S", text, re.M):
        return _found(
            head, text, "ris", "core", "", wos_entries.present(text, "ris"), "RIS，AN 是 Web of Science 入藏号"
        )
    return None


def _kind(text: str, columns: set[str]) -> str:
    """core, all_databases, or inspec and derwent (patents) where all records are of that database."""
    databases = set(_DATABASE.findall(text))
    alone = {"INSPEC": "inspec", "DIIDW": "derwent"}
    if len(databases) == 1 and (only := alone.get(databases.pop())):
        return only
    return "all_databases" if {"Z8", "Z9"} <= columns and "AF" not in columns else "core"


def _found(
    head: FileHead,
    text: str,
    form: str,
    kind: str,
    era: str,
    present: set[str],
    reason: str,
    sheets: Sequence[str] = (),
) -> Recognised:
    missing = [
        f"{name}（{spec['zh']}）：{spec['cost']}"
        for name, spec in _rows.columns("wos").items()
        if spec.get("need") == "wanted"
        and not present.intersection((name, *spec.get("or", ())))
        and kind in spec.get("kinds", [kind])
    ]
    language = next((code for mark, code in _SITES if mark in text), "")
    details = {"sheets": list(sheets)} if sheets else {}
    return Recognised("wos", form, kind, head.encoding, era, language, (reason,), tuple(missing), details)


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


def source_cited_references(raw: pl.LazyFrame) -> pl.DataFrame:
    """Grain: one row per raw_id and reference."""
    return wos_references.cited_references(raw)


def source_funding(raw: pl.LazyFrame) -> pl.DataFrame:
    """Grain: one row per raw_id, funder and grant number."""
    return wos_references.funding(raw)


# --- patents of Derwent Innovations Index among the rows
def source_patents(raw: pl.LazyFrame) -> pl.DataFrame:
    """Grain: one row per raw_id and member of the family."""
    return patents_derwent.patents(raw.filter(wos_form.is_patent()), "wos")


def source_patent_parties(raw: pl.LazyFrame) -> pl.DataFrame:
    """Grain: one row per raw_id, member, role and position."""
    return patents_derwent.parties(raw.filter(wos_form.is_patent()))


def source_patent_classes(raw: pl.LazyFrame) -> pl.DataFrame:
    """Grain: one row per raw_id, member, scheme and position."""
    return patents_derwent.classes(raw.filter(wos_form.is_patent()))


def source_patent_priorities(raw: pl.LazyFrame) -> pl.DataFrame:
    """Grain: one row per raw_id, basic patent and position."""
    return patents_derwent.priorities(raw.filter(wos_form.is_patent()))


def source_patent_families(raw: pl.LazyFrame) -> pl.DataFrame:
    """Grain: one row per raw_id and member."""
    return patents_derwent.families(raw.filter(wos_form.is_patent()))
