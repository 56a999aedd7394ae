"""Tables for others: 一张表, and the reconciliation with the performance system."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipelines.cli._apps import export_app, reconcile_app
from pipelines.core.settings import Settings
from pipelines.printing import Json, out, print_json, words


@export_app.command("one-table")
def one_table(
    year: Annotated[int | None, typer.Option(help="只要计入这一年的；不写则全部")] = None,
    unit: Annotated[str | None, typer.Option(help="只要这个单位的（单位代码）；不写则全部")] = None,
    since: Annotated[str | None, typer.Option(help="与哪次导出相比（导出编号）；不写则与上一次同样范围的相比")] = None,
    form: Annotated[str, typer.Option("--format", help="xlsx、csv 或 parquet")] = "xlsx",
    to: Annotated[Path | None, typer.Option("--out", help="写到哪个文件；默认在数据文件夹的 exports/ 下")] = None,
    purpose: Annotated[str, typer.Option(help="用途；与导出人、时间一同记入账本")] = "",
    as_json: Json = False,
) -> None:
    """一张表：作品 × 本校作者 × 单位，附收录、等级、角色、份额与证据，以及与上次导出相比的变化。"""
    from pipelines import exporting, runner

    with words(as_json):
        settings = Settings()
        library, people = runner.published_databases(settings)
        wanted = exporting.Request(year, unit, since, form, to, purpose)
        report = exporting.one_table(runner.home(settings), people, library.parent.name, wanted)
    if as_json:
        print_json(report)
        return
    compared = f"与 {report.since} 相比新增 {report.added}、变更 {report.changed}、撤下 {report.withdrawn}"
    out.print(
        f"导出 {report.export_id}：{report.rows} 行，{report.works} 件作品；{compared if report.since else '首次导出'}"
    )
    for file in report.files:
        out.print(file, highlight=False, markup=False, soft_wrap=True)


@reconcile_app.command("claims")
def reconcile_claims(
    year: Annotated[int | None, typer.Option(help="只要这一年发表的；不写则全部")] = None,
    unit: Annotated[str | None, typer.Option(help="只要单位名称含这几个字的；不写则全部")] = None,
    to: Annotated[Path | None, typer.Option("--out", help="写到哪个 .xlsx；默认在数据文件夹的 exports/ 下")] = None,
    purpose: Annotated[str, typer.Option(help="用途；与导出人、时间一同记入账本")] = "",
    as_json: Json = False,
) -> None:
    """与业绩系统对账：一致、角色不一致、待核、已报未收、库有未报，各附依据与原因。"""
    from pipelines import exporting, runner

    with words(as_json):
        settings = Settings()
        library, people = runner.published_databases(settings)
        build_id, place = library.parent.name, runner.home(settings)
        report = exporting.claims(place, people, build_id, year=year, unit=unit, out=to, purpose=purpose)
    if as_json:
        print_json(report)
        return
    for side, counted in (("申报", report.claims), ("本库", report.library)):
        out.print(f"{side}：" + "，".join(f"{name} {count}" for name, count in counted.items()), highlight=False)
    for file in report.files:
        out.print(file, highlight=False, markup=False, soft_wrap=True)
