"""一张表: people.marts.deep_index as a declared table, with what changed since the export before; years frozen in the ledger."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import polars as pl

from pipelines.core import ledger, objections, store
from pipelines.core.accesslog import log_access
from pipelines.core.errors import ConfigError
from pipelines.exporting import changes, declared, files

NAME = "one_table"
ALL = "*"


@dataclass(frozen=True)
class Request:
    """What is wanted: scope, export to compare with (None = the last one of the same scope), format, file, purpose."""

    year: int | None = None
    unit: str | None = None
    since: str | None = None
    form: str = "xlsx"
    out: Path | None = None
    purpose: str = ""

    @property
    def scope(self) -> str:
        return f"{self.year or ALL}|{self.unit or ALL}"


@dataclass(frozen=True)
class ExportReport:
    """What was written and how it differs from the export it was compared with."""

    export_id: str
    build_id: str
    files: tuple[str, ...]
    scope: str
    since: str | None
    rows: int
    works: int
    added: int
    changed: int
    withdrawn: int
    credited: int


def one_table(place: store.Store, people: Path, build_id: str, wanted: Request) -> ExportReport:
    """Write 一张表 and remember in the ledger what it said.

    Errors: ConfigError for an unknown export to compare with, an unknown unit, or a scope the older export does not hold.
    """
    objections.ensure_respected(place, build_id)
    export = declared.load(NAME)
    moment = datetime.now(UTC)
    export_id = f"{store.utc_stamp(moment)}-{uuid.uuid4().hex[:6]}"
    past = ledger.read(place.ledger, "one_table_exports")
    since = _reference(past, wanted)
    aliases = ledger.read(place.ledger, "work_id_aliases")
    everywhere, frozen = _rows(place, people, export, past, aliases)
    rows = _in_scope(everywhere, wanted)
    told, columns = _told(place, past, since, wanted, export, aliases)
    if told is None:
        marked = rows.with_columns(change=pl.lit(changes.FIRST), change_text=pl.lit(None, pl.String))
        gone = _shape(rows).clear()
    else:
        pairs = changes.paired(rows, told)
        marked = changes.compared(rows, told, pairs, export.columns, columns)
        gone = _shape(changes.withdrawn(told, pairs, columns, everywhere))
    path = wanted.out or place.root / "exports" / NAME / f"{export_id}.{wanted.form}"
    path.parent.mkdir(parents=True, exist_ok=True)
    if wanted.out is None:
        path.parent.chmod(0o700)
    about = _about(export, wanted, export_id, build_id, since, marked, people)
    made = files.write(path, wanted.form, _pages(export, marked, gone), about)
    credited = _remember(place, export, export_id, build_id, wanted, since, marked, gone, frozen, path, moment)
    counts = dict(marked.group_by("change").len().iter_rows())
    return ExportReport(
        export_id, build_id, tuple(str(m) for m in made), wanted.scope, since, marked.height, marked["work_id"].n_unique(),
        counts.get(changes.ADDED, 0), counts.get(changes.CHANGED, 0), gone.height, credited,
    )  # fmt: skip


def _reference(past: pl.DataFrame, wanted: Request) -> str | None:
    if wanted.since is None:
        same = past.filter(pl.col("scope") == wanted.scope)
        return str(same["export_id"][-1]) if same.height else None
    found = past.filter(pl.col("export_id") == wanted.since)
    if found.is_empty():
        raise ConfigError(
            f"没有编号为 {wanted.since} 的导出", found="已有：" + ("、".join(past["export_id"].tail(5)) or "无"),
            next_step="请从中选一个；不写 --since 则与上一次同样范围的导出相比",
        )  # fmt: skip
    year, unit = str(found["scope"][0]).split("|")
    if year not in (ALL, str(wanted.year)) or unit not in (ALL, str(wanted.unit)):
        raise ConfigError(
            f"导出 {wanted.since} 的范围（年份 {year}，单位 {unit}）不包含这次的范围（{wanted.scope.replace('|', '，')}）",
            next_step="请选范围相同或更大的导出",
        )
    return wanted.since


def _rows(
    place: store.Store, people: Path, export: declared.Export, past: pl.DataFrame, aliases: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """All rows of the build as the export prints them, with frozen years; and the works whose year was frozen before."""
    excluded = ", ".join(f"'{t}'" for t in export.exclude_document_types) or "''"
    order = ", ".join(f"{c} nulls last" for c in export.order)
    extra = [k for k in changes.KEY if k not in export.polars]
    names = ", ".join([*export.polars, *extra])
    query = f"select {names} from marts.{export.table} where document_type is null or document_type not in ({excluded})"
    with duckdb.connect(str(people.resolve()), read_only=True) as connection:
        rows = connection.sql(f"{query} order by {order}").pl()
    spoken = declared.in_words(rows, export).with_columns(
        pl.col(name).cast(kind) for name, kind in export.polars.items() if kind != pl.String()
    )
    rounded = spoken.with_columns(pl.col(pl.Float64).round(6))
    lines = ledger.read(place.ledger, "credited_years").join(past.select("export_id"), on="export_id", how="semi")
    frozen = changes.followed(lines, aliases)
    return changes.credited(rounded, frozen).drop("frozen_year"), frozen.select("work_id").unique()


def _in_scope(rows: pl.DataFrame, wanted: Request) -> pl.DataFrame:
    if wanted.unit and not rows["unit_id"].is_in([wanted.unit]).any():
        units = rows.select("unit_id", "unit_name_zh").unique().sort("unit_id").rows()
        raise ConfigError(
            f"没有单位 {wanted.unit} 的成果",
            expected="、".join(f"{u} {n}" for u, n in units)[:600],
            next_step="请写单位代码",
        )
    if wanted.year:
        rows = rows.filter(pl.col("credited_year") == wanted.year)
    return rows.filter(pl.col("unit_id") == wanted.unit) if wanted.unit else rows


def _told(
    place: store.Store,
    past: pl.DataFrame,
    since: str | None,
    wanted: Request,
    export: declared.Export,
    aliases: pl.DataFrame,
) -> tuple[pl.DataFrame | None, tuple[declared.Column, ...]]:
    """Rows as that export told them, in the scope wanted now; and the columns that both have. None for a first export."""
    if since is None:
        return None, ()
    numbered = past.with_row_index("place")
    then = numbered.filter(pl.col("export_id") == since)
    scope, upto = str(then["scope"][0]), int(then["place"][0])
    exports = numbered.filter((pl.col("scope") == scope) & (pl.col("place") <= upto)).select("export_id")
    lines = ledger.read(place.ledger, "one_table_rows").join(exports, on="export_id", how="semi", maintain_order="left")
    rows = changes.standing(lines)
    had = str(then["columns"][0]).split(",")
    columns = tuple(c for c in export.columns if c.name in had)
    year = rows["content"].str.json_path_match("$.credited_year")
    if wanted.year and scope.startswith(ALL):
        rows = rows.filter(year == str(wanted.year))
    if wanted.unit and scope.endswith(ALL):
        rows = rows.filter(pl.col("unit_id") == wanted.unit)
    return changes.followed(rows, aliases), columns


def _shape(rows: pl.DataFrame) -> pl.DataFrame:
    """The columns of the sheet 变化 for rows that are no more."""
    have = rows.columns
    before = {"title": "title_before", "name": "person_name_zh_before", "unit_name_zh": "unit_name_zh_before"}
    taken = [(pl.col(b) if b in have else pl.lit(None, pl.String)).alias(n) for n, b in before.items()]
    told = [(pl.col(c) if c in have else pl.lit(None, pl.String)).alias(c) for c in ("change", "change_text")]
    return rows.select(*(pl.col(k).cast(pl.String) for k in changes.KEY), *taken, *told)


def _pages(export: declared.Export, marked: pl.DataFrame, gone: pl.DataFrame) -> list[files.Page]:
    headers = {c.name: c.zh for c in export.columns} | {"change": "变化", "change_text": "变化内容"}
    table = marked.select("change", "change_text", *export.polars)
    shown = ("change", "work_id", "title", "person_id", "name", "unit_name_zh", "change_text")
    told = marked.filter(pl.col("change").is_in([changes.ADDED, changes.CHANGED])).with_columns(
        name=pl.coalesce("person_name_zh", "name_byline")
    )
    both = pl.concat([told.select(shown), gone.select(shown)]).sort("change", "work_id")
    named = {**headers, "name": "作者"}
    return [
        files.Page(export.zh, table, {k: headers[k] for k in table.columns}),
        files.Page("变化", both, {k: named[k] for k in shown}),
    ]


def _remember(
    place: store.Store, export: declared.Export, export_id: str, build_id: str, wanted: Request, since: str | None,
    marked: pl.DataFrame, gone: pl.DataFrame, frozen: pl.DataFrame, path: Path, moment: datetime,
) -> int:  # fmt: skip
    """Years, rows, the export and the access into the ledger; the line of the export last, since it makes the others count."""
    (place.ledger / "one_table_rows").mkdir(parents=True, exist_ok=True)
    (place.ledger / "one_table_rows").chmod(0o700)
    date = moment.isoformat(timespec="seconds")
    fresh = marked.drop_nulls("credited_year").join(frozen, on="work_id", how="anti")
    years = fresh.select("work_id", "credited_year").unique("work_id", keep="first", maintain_order=True)
    fixed = {"export_id": pl.lit(export_id), "date": pl.lit(date)}
    ledger.append(place.ledger, "credited_years", years.with_columns(policy=pl.lit("counting_policy"), **fixed))
    told = marked.filter(pl.col("change") != changes.SAME).with_columns(content=changes.content(export.columns))
    ended = gone.with_columns(content=pl.lit(None, pl.String))
    columns = [*changes.KEY, "change", "content"]
    lines = pl.concat([f.select(pl.col(c).cast(pl.String) for c in columns) for f in (ended, told)])
    ledger.append(
        place.ledger, "one_table_rows", lines.with_columns(export_id=pl.lit(export_id), scope=pl.lit(wanted.scope))
    )
    line = {
        "export_id": export_id, "scope": wanted.scope, "since": since, "build_id": build_id, "columns": ",".join(export.polars),
        "rows": str(marked.height), "file": path.name, "date": date,
    }  # fmt: skip
    shape = dict.fromkeys(ledger.STREAMS["one_table_exports"], pl.String)
    ledger.append(place.ledger, "one_table_exports", pl.DataFrame([line], schema=shape))
    log_access(place, export.zh, wanted.scope, marked.height, wanted.purpose, path, build_id)
    return years.height


def _about(
    export: declared.Export,
    wanted: Request,
    export_id: str,
    build_id: str,
    since: str | None,
    marked: pl.DataFrame,
    people: Path,
) -> list[tuple[str, str]]:
    loose = marked.filter(pl.col("unit_basis").is_in(["原学部未分配", "署名（直属实验室等）", "未归属"]))
    counted = loose.group_by("unit_name_zh").agg(pl.col("work_id").n_unique()).sort("unit_name_zh").rows()
    lines = [
        ("这是什么", f"{export.zh}：{export.grain}。"),
        ("范围", f"计入年份 {wanted.year or '全部'}；单位 {wanted.unit or '全部'}；不含学位论文"),
        ("导出编号", export_id),
        ("构建", build_id),
        ("相比", since or "这一范围的首次导出，没有可比的"),
        (
            "怎么数",
            "全校按作品号去重计数；各学院各计一次，所以学院之和可以大于全校。分数计数用“本行份额”，全校各行之和等于本校份额之和。",
        ),
        ("空与零", "空格表示没有数据，不是零；“待定”“待公布”“无该年版次”都不是“否”。"),
        ("没有归到学院的", "；".join(f"{name} {count} 件" for name, count in counted) or "没有"),
        ("个人信息", "本文件含人员信息，只供工作使用；谁在何时导出已记入账本。"),
        ("CSV", "以 = + - @ 开头的文字前加了一个撇号，防止被当成公式；编号类请以文本导入。"),
    ]
    return [*lines, *((f"列：{c.zh}", c.meaning) for c in export.columns)]
