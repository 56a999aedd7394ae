"""Reconciliation of claims: people.marts.claim_reconciliation as a workbook, one sheet per outcome, its sums checked first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import polars as pl

from pipelines.core import objections, store
from pipelines.core.accesslog import log_access
from pipelines.core.errors import ConfigError, DataCheckFailed
from pipelines.exporting import declared, files

NAME = "claims"
SHEETS = ("一致", "角色不一致", "待核", "已报未收", "库有未报")


@dataclass(frozen=True)
class ClaimsReport:
    """What was written: claims by outcome, works of the library that are claimed or not."""

    build_id: str
    files: tuple[str, ...]
    claims: dict[str, int]
    library: dict[str, int]


def claims(
    place: store.Store,
    people: Path,
    build_id: str,
    *,
    year: int | None = None,
    unit: str | None = None,
    out: Path | None = None,
    purpose: str = "",
) -> ClaimsReport:
    """Write the reconciliation of the performance system's claims with the library.

    `year`: of publication, as claimed or as in the library. `unit`: part of the name of a unit, as claimed or as in the library.
    Errors: ConfigError when there are no claims; DataCheckFailed when a sum is wrong.
    """
    objections.ensure_respected(place, build_id)
    export = declared.load(NAME)
    with duckdb.connect(str(people.resolve()), read_only=True) as connection:
        rows = connection.sql(f"select * from marts.{export.table}").pl()
        given = connection.sql("select count(*) as n from lake.claimed_works").pl().item()
    if not given:
        raise ConfigError(
            "还没有收到业绩系统的导出",
            next_step="请把业绩系统导出的成果表（含工号与成果名称）放进收件箱，再运行 xueheng ingest 与 build",
        )
    check(rows, given)
    wanted = _in_scope(declared.in_words(rows, export), year, unit)
    pages = [_page(export, wanted, sheet) for sheet in SHEETS]
    stamp = store.utc_stamp(datetime.now(UTC))
    path = out or place.root / "exports" / NAME / f"业绩系统对账-{stamp}.xlsx"
    path.parent.mkdir(parents=True, exist_ok=True)
    if out is None:
        path.parent.chmod(0o700)
    counted, library = _counts(wanted)
    summary = _summary(counted, library)
    scope = f"{year or '*'}|{unit or '*'}"
    made = files.write(path, "xlsx", [summary, *pages], _about(export, build_id, scope))
    log_access(place, export.zh, scope, wanted.height, purpose, path, build_id)
    return ClaimsReport(build_id, tuple(str(m) for m in made), counted, library)


def check(rows: pl.DataFrame, given: int) -> None:
    """Every claim stands in exactly one outcome; every work and person of the library is claimed or not, never both.

    Errors: DataCheckFailed.
    """
    mine = rows.drop_nulls("claim_number")
    once = mine["claim_number"].n_unique() == mine.height == given
    ours = rows.filter("is_library_row").select("work_id", "person_id", alone=pl.col("category") == "library_only")
    both = ours.group_by("work_id", "person_id").agg(pl.col("alone").n_unique()).filter(pl.col("alone") > 1)
    loose = rows.filter(pl.col("claim_number").is_null() & (pl.col("category") != "library_only"))
    if not once or both.height or loose.height:
        raise DataCheckFailed(
            "对账的数不平",
            expected=f"申报 {given} 条各归一类，本库各行或有申报或没有",
            found=f"归类 {mine.height} 行，{mine['claim_number'].n_unique()} 条；两类都有的 {both.height} 行",
            next_step="请把本条信息交给维护人员",
        )


def _in_scope(rows: pl.DataFrame, year: int | None, unit: str | None) -> pl.DataFrame:
    if year:
        rows = rows.filter(pl.coalesce("claimed_year", "publication_year") == year)
    if unit:
        named = pl.concat_str("claimed_unit", "units_zh", separator=" ", ignore_nulls=True)
        rows = rows.filter(named.str.contains(unit, literal=True))
    return rows


def _counts(rows: pl.DataFrame) -> tuple[dict[str, int], dict[str, int]]:
    by_claim = dict(rows.drop_nulls("claim_number").group_by("category_zh").len().iter_rows())
    ours = rows.filter("is_library_row")
    alone = ours.filter(pl.col("category") == "library_only").height
    pairs = ours.select("work_id", "person_id").n_unique()
    told = {name: int(by_claim.get(name, 0)) for name in SHEETS[:-1]}
    return told | {"合计": sum(told.values())}, {"已有申报": pairs - alone, "库有未报": alone, "合计": pairs}


def _summary(counted: dict[str, int], library: dict[str, int]) -> files.Page:
    lines = [("申报一侧（条）", k, v) for k, v in counted.items()] + [
        ("本库一侧（人 × 作品）", k, v) for k, v in library.items()
    ]
    frame = pl.DataFrame(lines, schema={"side": pl.String, "item": pl.String, "count": pl.Int64}, orient="row")
    return files.Page("汇总", frame, {"side": "一侧", "item": "类别", "count": "数"})


def _page(export: declared.Export, rows: pl.DataFrame, sheet: str) -> files.Page:
    chosen = rows.filter(pl.col("category_zh") == sheet).sort(list(export.order), nulls_last=True)
    names = [c.name for c in export.columns]
    return files.Page(sheet, chosen.select(names), {c.name: c.zh for c in export.columns})


def _about(export: declared.Export, build_id: str, scope: str) -> list[tuple[str, str]]:
    lines = [
        ("这是什么", f"{export.zh}：{export.grain}。"),
        ("范围", f"年份 {scope.split('|')[0]}；单位 {scope.split('|')[1]}（* = 全部）"),
        ("构建", build_id),
        (
            "怎么对",
            "先凭 DOI，再凭入藏号，再凭题名与年份（相差不超过一年），最后在此人自己的作品里找题名相差不到 8 % 的字的（短题名只许差一字）。",
        ),
        ("一致", "找到作品，署名中有此人，申报的角色与排名都对得上（申报没有写角色的只对作品与人）。"),
        (
            "角色不一致",
            "作品与人都对，角色或排名不同；原因一列写明申报什么、署名什么。导师视同第一另外注明，不算第一作者。",
        ),
        (
            "待核",
            "作品或作者还在人工核对，或角色凭导出文件无法判定：共同第一作者各库不标，没有注明通讯作者的不等于“不是”。",
        ),
        ("已报未收", "本库没有这篇，或作品上没有此人；原因一列写明。"),
        (
            "库有未报",
            "本库已认定而没有申报的。只看申报所涉的年份（占申报 1 % 以上的）与申报人所属的人员类别，不含学位论文。",
        ),
        ("个人信息", "本文件含人员信息，只供工作使用；谁在何时导出已记入账本。"),
    ]
    return [*lines, *((f"列：{c.zh}", c.meaning) for c in export.columns)]
