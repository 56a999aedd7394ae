"""COUNTER reports in JSON, item by item: Release 5 lists periods with instances, Release 5.1 metrics with months."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl

from pipelines.core import schema
from pipelines.core.errors import SourceError
from pipelines.sources import _rows, _text

SOURCE = "usage"
NEXT = "请从平台重新下载这份报告；文件没有下载完整时常会这样"
ROWS = 5000  # rows of one frame
LONGEST = 64 << 20  # characters without the end of an item
_ITEMS = re.compile(r'"Report_Items"\s*:\s*\[')
_HEADER = re.compile(r'"Report_Header"\s*:\s*(?=\{)')
_BETWEEN = re.compile(r"[\s,]*")
_IDS = {
    "DOI": "doi",
    "Proprietary": "proprietary_id",
    "Proprietary_ID": "proprietary_id",
    "ISBN": "isbn",
    "Print_ISSN": "issn",
    "Online_ISSN": "eissn",
    "URI": "uri",
}
_ATTRIBUTES = {
    "Data_Type": "data_type",
    "Section_Type": "section_type",
    "YOP": "yop",
    "Access_Type": "access_type",
    "Access_Method": "access_method",
}
_ITEM = {"Title": "title", "Database": "database", "Platform": "platform", "Publisher": "publisher"}
Row = dict[str, str | None]


def is_report(text: str) -> bool:
    """Whether a text is a COUNTER report in JSON."""
    begin = text.lstrip("\ufeff \t\r\n")[:1]
    return begin == "{" and '"Report_Header"' in text


def header(path: Path) -> dict[str, str]:
    """Report_Header under our names. Errors: SourceError when it is cut."""
    text = _text.beginning(path, "utf-8")
    match = _HEADER.search(text)
    try:
        said, _ = json.JSONDecoder().raw_decode(text, match.end() if match else 0)
    except (json.JSONDecodeError, RecursionError) as error:
        raise SourceError(
            "JSON 报告的 Report_Header 不完整", found=str(error)[:120], where=path.name, next_step=NEXT
        ) from error
    if not isinstance(said, dict):
        return {}
    keys: dict[str, str] = {n: k for n, k in schema.source(SOURCE).spec["header"].items() if n != "period"}
    found = {name: _plain(said.get(key)) for name, key in keys.items()}
    filters = _pairs(said.get("Report_Filters"))
    return found | {"period_from": filters.get("Begin_Date", ""), "period_to": filters.get("End_Date", "")}


def frames(
    path: Path, encoding: str, kind: str, header: dict[str, str]
) -> Iterator[tuple[pl.DataFrame, list[_rows.Row]]]:
    """One row per item, attributes and metric, in frames of bounded size; what follows a break in the JSON is one row set aside.

    Errors: SourceError when there are no Report_Items.
    """
    rows: list[Row] = []
    bad: list[_rows.Row] = []
    number = 0
    for item, text in _items(path, encoding):
        made = _rows_of(item, kind) if isinstance(item, dict) else None
        if made is None:
            number += 1
            bad.append((number, text, "完整的 JSON 条目，次数按月列出", "这里的 JSON 中断或结构不对", NEXT))
        for row in made or ():
            number += 1
            rows.append({**row, "source_row": str(number)})
        if len(rows) + len(bad) >= ROWS:
            yield _frame(rows), bad
            rows, bad = [], []
    yield _frame(rows), bad


def _items(path: Path, encoding: str) -> Iterator[tuple[Any, str]]:
    """Items of Report_Items as they come; (None, text) where the JSON breaks. Memory holds one item and one block."""
    decoder = json.JSONDecoder()
    blocks = (block.decode("utf-8", "replace") for block in _text.blocks(path, encoding, _between_characters))
    text, begun = "", False
    for block in blocks:
        text += block
        if not begun:
            match = _ITEMS.search(text)
            if not match:
                continue
            text, begun = text[match.end() :], True
        while True:
            at = _BETWEEN.match(text).end()  # type: ignore[union-attr]  # matches every text
            if text[at : at + 1] == "]":
                return
            try:
                item, end = decoder.raw_decode(text, at)
            except (json.JSONDecodeError, RecursionError):
                text = text[at:]
                break
            yield item, ""
            text = text[end:]
        if len(text) > LONGEST:
            break
    if not begun:
        raise SourceError("JSON 报告里没有 Report_Items", where=path.name, next_step=NEXT)
    yield None, text[: _rows.CLIP]


def _between_characters(data: bytearray) -> int:
    """Cut behind the last ASCII byte: never inside a character."""
    at = len(data)
    while at and data[at - 1] >= 0x80:
        at -= 1
    return at


def _rows_of(item: dict[str, Any], kind: str) -> list[Row] | None:
    """Rows of one item; None when its structure is not that of either release."""
    base: Row = {name: _plain(item.get(key)) or None for key, name in _ITEM.items() if key in item}
    base |= {_IDS[key]: value for key, value in _pairs(item.get("Item_ID")).items() if key in _IDS}
    base["publisher_id"] = "; ".join(f"{k}:{v}" for k, v in _pairs(item.get("Publisher_ID")).items()) or None
    try:
        if "Attribute_Performance" in item:
            return [row for part in item["Attribute_Performance"] for row in _release_5_1(base, part)]
        return _release_5(base | _attributes(item), item["Performance"])
    except (KeyError, TypeError, AttributeError, ValueError):
        return None


def _release_5_1(base: Row, part: dict[str, Any]) -> list[Row]:
    """{metric: {2022-01: count}}"""
    rows = []
    for metric, months in part["Performance"].items():
        counts = {_month(name): str(int(count)) for name, count in months.items()}
        rows.append({**base, **_attributes(part), "metric_type": str(metric), **counts})
    return rows


def _release_5(base: Row, performance: list[dict[str, Any]]) -> list[Row]:
    """[{Period, Instance: [{Metric_Type, Count}]}]: one period per month, or one for the whole report."""
    by_metric: dict[str, Row] = {}
    for period in performance:
        begin, end = _month(period["Period"]["Begin_Date"]), _month(period["Period"]["End_Date"])
        column = begin if begin == end else "total"
        for instance in period["Instance"]:
            row = by_metric.setdefault(
                str(instance["Metric_Type"]), {**base, "metric_type": str(instance["Metric_Type"])}
            )
            row[column] = str(int(row.get(column) or 0) + int(instance["Count"]))
    return list(by_metric.values())


def _attributes(part: dict[str, Any]) -> Row:
    return {name: _plain(part[key]) for key, name in _ATTRIBUTES.items() if part.get(key) is not None}


def _month(text: str) -> str:
    found = re.match(r"\d{4}-\d{2}", text)
    if not found:
        raise ValueError(text)
    return found.group()


def _pairs(value: Any) -> dict[str, str]:
    """Release 5 writes [{Type, Value}] or [{Name, Value}], Release 5.1 {type: value} or {type: [values]}."""
    if isinstance(value, dict):
        return {str(key): _plain(said) for key, said in value.items()}
    if isinstance(value, list):
        entries = [entry for entry in value if isinstance(entry, dict)]
        return {str(e.get("Type") or e.get("Name")): _plain(e.get("Value")) for e in entries}
    return {}


def _plain(value: Any) -> str:
    """A value as one text: lists joined, pairs as key=value."""
    if value is None:
        return ""
    if isinstance(value, list):
        return "; ".join(text for v in value if (text := _plain(v)))
    if isinstance(value, dict):
        if "Value" in value:
            return f"{value.get('Type') or value.get('Name')}={_plain(value['Value'])}"
        return "; ".join(f"{key}={_plain(said)}" for key, said in value.items())
    return str(value).strip()


def _frame(rows: list[Row]) -> pl.DataFrame:
    names = dict.fromkeys(name for row in rows for name in row)
    columns = {n: pl.Series(n, [row.get(n) for row in rows], dtype=pl.String) for n in {"source_row": None, **names}}
    frame = pl.DataFrame(columns).with_columns(pl.col(pl.String).replace("", None))
    return frame.with_columns(pl.col("source_row").cast(pl.Int64))
