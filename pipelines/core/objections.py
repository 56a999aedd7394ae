"""Who objected to the processing of his personal data, and whether a published build knows it already."""

from __future__ import annotations

import polars as pl

from pipelines.core import ledger
from pipelines.core.errors import DataCheckFailed
from pipelines.core.store import Store

STREAM, TABLE = "objections", "objectors"
OBJECTED, WITHDRAWN = "objected", "withdrawn"
METHOD = "objection"  # of a decision about an author: he is known, and left out because he wishes it


def standing(lines: pl.DataFrame) -> pl.DataFrame:
    """Objections that stand: the last line of each subject decides.

    Grain: one row per subject.
    """
    last = lines.unique("subject", keep="last", maintain_order=True)
    return last.filter(pl.col("action") == OBJECTED)


def without(rows: pl.LazyFrame, objections: pl.LazyFrame | None, *columns: str) -> pl.LazyFrame:
    """Rows none of whose `columns` names a person who objected."""
    if objections is None:
        return rows
    for column in columns:
        rows = rows.join(objections.select(pl.col("person_id").alias(column)), on=column, how="anti")
    return rows


def ensure_respected(place: Store, build_id: str, person_id: str | None = None) -> None:
    """Raise when a build still holds somebody who objected since it was made, or the person asked for objected.

    Errors: DataCheckFailed with the reason, never the name.
    """
    objected = standing(ledger.read(place.ledger, STREAM))
    if person_id is not None and person_id in set(objected["person_id"]):
        reason = objected.filter(pl.col("person_id") == person_id)["reason"][0]
        raise DataCheckFailed(
            "这份报告暂缓发出：本人已提出异议，不再处理其个人数据",
            found=f"理由：{reason}",
            safe="没有生成任何文件",
            next_step="请与本人联系；本人撤回异议后运行 xueheng privacy withdraw 并重新构建",
        )
    files = sorted(place.table(build_id, TABLE).glob("*.parquet"))
    known = set(pl.concat([pl.read_parquet(f) for f in files])["person_id"]) if files else set()
    late = objected.filter(~pl.col("person_id").is_in(list(known)))
    if late.height:
        raise DataCheckFailed(
            "含人员信息的报告与导出暂缓：有人提出了异议，而发布的构建里还有其个人数据",
            found=f"{late.height} 人，最近一次 {late['date'][-1][:10]}；构建 {build_id}",
            safe="没有生成任何文件",
            next_step="请先运行 xueheng build，再出报告；新的构建不含其个人数据",
        )
