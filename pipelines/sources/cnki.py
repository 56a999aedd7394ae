"""CNKI 中国知网: RefWorks and NoteExpress text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import polars as pl

from pipelines.core import schema, text
from pipelines.core.errors import SourceError
from pipelines.sources import Chunk, FileHead, Recognised, _rows, _text, cnki_tables

SOURCE = "cnki"
NEXT = "请在知网重新导出这条文献（RefWorks 或 NoteExpress 格式）；同一文件中的其他记录不受影响"
_REFWORKS = re.compile(r"^RT [A-Z][A-Za-z/ ]+$", re.M)
_NOTEEXPRESS = re.compile(r"^\{Reference Type\}:", re.M)
_PROVIDER = re.compile(r"^(?:DS|\{Database Provider\}:) *(.+)$", re.M)
_STARTS = {"refworks": (b"\nRT ", b"\nrt "), "noteexpress": (b"\n{Reference Type}",)}
_FILENAME = r"(?i)[?&]filename=([A-Za-z0-9.]+)"


def recognise(head: FileHead) -> Recognised | None:
    """RefWorks by `RT` and `T1` lines, NoteExpress by `{Reference Type}:`; of CNKI unless another provider is named."""
    if head.encoding is None or head.encoding in ("xlsx", "xls"):
        return None
    content = head.text.replace("\r\n", "\n").replace("\r", "\n")
    if _NOTEEXPRESS.search(content):
        form, shape = "noteexpress", "{Reference Type}: 开头的 NoteExpress 记录"
    elif _REFWORKS.search(content) and re.search(r"^(T1|A1)", content, re.M):
        form, shape = "refworks", "RT 开头的 RefWorks 记录"
    else:
        return None
    providers = {p.strip() for p in _PROVIDER.findall(content)}
    if providers and not any("CNKI" in p or "知网" in p for p in providers):
        return None
    if not re.search(r"^(T1|\{Title\}:) *\S", content, re.M):
        raise SourceError("文件里没有任何题名", where=head.path.name, next_step="请在知网重新选择文献后导出")
    reason = f"{shape}，数据库为 {'、'.join(sorted(providers)) or '未注明'}"
    return Recognised(SOURCE, form, form, head.encoding, language="zh", reasons=(reason,))


def read(path: Path, found: Recognised, hints: Mapping[str, Any]) -> Iterator[Chunk]:
    """Records as text. Lines without a tag continue the field before them; blank lines end nothing."""
    form = found.format
    starts = _STARTS[form]
    row = 0
    blocks = _text.blocks(path, found.encoding or "utf-8", lambda data: max(data.rfind(s) for s in starts) + 1)
    for block in blocks:
        chunk = _parse(block.decode("utf-8", "replace"), form, row)
        row += chunk.rows.height + chunk.rejected.height
        yield chunk


def record_ids(rows: pl.DataFrame) -> pl.Series:
    """cnki:<file name of CNKI> where the link gives it, else cnki:<hash of title, venue, year, issue, first page, first author>.

    The fold is frozen here, apart from the match keys, because ids must not change when those are refined.
    """
    first = (
        ("title", r"^(.*)$"),
        ("source_title", r"^(.*)$"),
        ("year", r"(\d{4})"),
        ("issue", r"^0*(\S+)"),
        ("pages", r"^\s*([^-–+\s]+)"),
        ("authors", r"^\s*([^;；,，]+)"),
    )
    venue = pl.coalesce("source_title", "publisher").alias("source_title")
    parts = [
        pl.col(name)
        .str.extract(f"(?s){pattern}", 1)
        .str.normalize("NFKC")
        .str.to_lowercase()
        .str.replace_all(r"[^\p{L}\p{N}]", "")
        .fill_null("")
        for name, pattern in first
    ]
    hashed = text.short_hash(pl.concat_str(parts, separator="|"), 16)
    known = pl.col("link").str.extract(_FILENAME, 1).str.to_uppercase()
    return rows.with_columns(venue).select(record_id=pl.lit("cnki:") + pl.coalesce(known, hashed))["record_id"]


def _parse(block: str, form: str, rows_before: int) -> Chunk:
    lines = pl.DataFrame({"line": block.split("\n")}).with_row_index("at")
    pattern = _refworks_pattern() if form == "refworks" else r"^\{([^}]+)\}[:：] ?(.*)()$"
    key, value = (
        pl.col("line").str.extract(pattern, 1),
        pl.coalesce(pl.col("line").str.extract(pattern, n) for n in (2, 3)),
    )
    lines = lines.with_columns(key=key.str.to_uppercase() if form == "refworks" else key.str.strip_chars())
    begins = pl.col("key").is_in(["RT", "Reference Type"]).fill_null(False)
    lines = lines.with_columns(
        value=pl.when(pl.col("key").is_null()).then("line").otherwise(value).str.strip_chars(),
        record=begins.cast(pl.Int64).cum_sum(),
        field=pl.col("key").is_not_null().cum_sum(),
    )
    before = "\n".join(v for v in lines.filter(pl.col("record") == 0)["line"] if v.strip())
    lost = [(rows_before + 1, before, "记录以文献类型开始", "前半部分丢失", NEXT)] if before else []
    lines = lines.filter(pl.col("record") > 0)
    wide = _wide(lines).with_columns(source_row=pl.col("record") + rows_before + len(lost), file_format=pl.lit(form))
    for name in _rows.required(_rows.columns(SOURCE)):
        if name not in wide.columns:
            wide = wide.with_columns(pl.lit(None, pl.String).alias(name))
    rows, set_aside = _rows.without_required(wide.drop("record"), _rows.columns(SOURCE), NEXT)
    return _rows.chunk(rows, SOURCE, lost + set_aside)


def _wide(lines: pl.DataFrame) -> pl.DataFrame:
    """One row per record, one column per declared field; fields given twice are joined by a line feed."""
    fields = lines.group_by("record", "field", maintain_order=True).agg(pl.first("key"), pl.col("value").str.join("\n"))
    names = {h: name for name, spec in _rows.columns(SOURCE).items() for h in spec.get("headers", [])}
    fields = fields.with_columns(pl.col("key").replace(names), pl.col("value").str.strip_chars())
    cells = (
        fields.filter(pl.col("value") != "")
        .group_by("record", "key", maintain_order=True)
        .agg(pl.col("value").str.join("\n"))
    )
    wide = cells.pivot("key", index="record", values="value", maintain_order=True)
    every = lines.select("record").unique().sort("record")
    return every.join(wide, on="record", how="left")


def _refworks_pattern() -> str:
    tags = {
        h
        for spec in _rows.columns(SOURCE).values()
        for h in spec.get("headers", [])
        if re.fullmatch("[A-Z][A-Z0-9]", h)
    }
    written = sorted(tags) + sorted(schema.source(SOURCE).spec["lower_case_tags"])
    # `A1林行众` occurs: a tag may be followed by Chinese text without a blank
    return rf"^({'|'.join(written)})(?:[ \t]+(.*)|([^\x00-\x7F].*)|\s*)$"


def source_records(raw: pl.LazyFrame, *, document_types: pl.DataFrame) -> pl.DataFrame:
    """Grain: one row per raw_id."""
    return cnki_tables.records(raw, document_types)


def source_authorships(raw: pl.LazyFrame) -> pl.DataFrame:
    """Grain: one row per raw_id and author position."""
    return cnki_tables.authorships(raw)


def source_addresses(raw: pl.LazyFrame) -> pl.DataFrame:
    """Grain: one row per raw_id and unit."""
    return cnki_tables.addresses(raw)


def source_authorship_addresses(raw: pl.LazyFrame) -> pl.DataFrame:
    """Grain: one row per raw_id, author and unit, only where it is safe."""
    return cnki_tables.links(raw)
