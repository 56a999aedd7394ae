"""A search against its hits, over all batches that hold files of it: a missing file that comes later completes it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import polars as pl

from pipelines.core import schema
from pipelines.core.store import Store
from pipelines.ingest import history
from pipelines.ingest.raw import FileResult
from pipelines.intake.landing import Batch
from pipelines.normalise.completeness import Completeness, Exported, judge
from pipelines.validation.verdict import WARN, Finding

SEARCH = ("database", "search", "search_date")


def finding(place: Store, batch: Batch, results: list[FileResult]) -> Finding | None:
    """What is missing or too much against the noted hits; None when nothing was noted or all is there."""
    earlier = _earlier(place, batch)
    hits = batch.hints.get("hits") or next((m["hints"]["hits"] for m in earlier if m["hints"].get("hits")), None)
    records = pl.concat([r.records for r in results] or [pl.Series(dtype=pl.UInt64)])
    if hits is None or not (len(records) or schema.source(batch.source).delivery == "increment"):
        return None
    files = [Exported(r.item.original, r.accepted) for r in results]
    if earlier:
        files = [*_files(earlier), *files]
        records = pl.concat([records, _records(place, earlier)])
    judged = judge(int(hits), files, records.n_unique())
    return _told(judged, sum(r.quarantined for r in results)) if judged.missing else None


def _earlier(place: Store, batch: Batch) -> list[dict[str, Any]]:
    """Live batches of the same search; a search without its text is known by its batch alone."""
    if not batch.hints.get("search"):
        return []
    same = tuple(batch.hints.get(key) for key in SEARCH)
    found = history.live(place, batch.source)
    return [m for m in found if m["batch_id"] != batch.batch_id and tuple(m["hints"].get(k) for k in SEARCH) == same]


def _files(manifests: Iterable[dict[str, Any]]) -> list[Exported]:
    return [Exported(entry["original"], entry["accepted"]) for m in manifests for entry in m["files"] if entry["raw"]]


def _records(place: Store, manifests: Iterable[dict[str, Any]]) -> pl.Series:
    """Hashes of the record ids of earlier batches."""
    paths = [
        place.raw / m["source"] / m["batch_id"] / entry["raw"]
        for m in manifests
        for entry in m["files"]
        if entry["raw"]
    ]
    if not paths:
        return pl.Series(dtype=pl.UInt64)
    ids = pl.concat([pl.scan_parquet(p).select("record_id") for p in paths]).drop_nulls().collect()
    return ids["record_id"].hash()


def _told(judged: Completeness, aside: int) -> Finding:
    lacking = judged.missing > 0
    return Finding(
        "search_complete",
        WARN,
        f"检索结果{judged.words()}",
        expected=f"{judged.hits} 条（batch.yml 或触发表单中的 hits）",
        found=f"{judged.rows} 行{f'（另存 {aside} 行）' if aside else ''}，其中可用且不同的记录 {judged.records} 条",
        safe="已得到的记录照常使用；补齐之前，用到这一来源的报告会注明数据不完整"
        if lacking
        else "已得到的记录照常使用",
        next_step="请检查是否漏导了一个文件或一段区间；补导的文件连同写有同一检索式与日期的 batch.yml 放入收件箱即可"
        if lacking
        else "请确认 hits 是否记错，或是否混入了另一次检索的文件",
        count=abs(judged.missing),
    )
