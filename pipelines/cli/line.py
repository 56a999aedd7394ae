"""The main line: sample, inspect, ingest, build, report."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from pipelines.cli._apps import app, archive_app, schema_app
from pipelines.core.errors import PipelineError
from pipelines.core.settings import Settings
from pipelines.printing import Json, bar, err, out, plain, print_json, show, words


@app.command()
def sample(
    directory: Annotated[Path, typer.Argument(help="写到哪个文件夹")],
    works: Annotated[int, typer.Option(help="作品数")] = 2000,
    seed: Annotated[int, typer.Option(help="随机种子；同一种子写出同样的文件")] = 1,
    hard: Annotated[bool, typer.Option("--hard", help="难例：版本、系列、同名人、各库印法不同，逐条标明缘由")] = False,
    as_json: Json = False,
) -> None:
    """写出虚构的岭海大学的导出文件与标准答案。"""
    from pipelines import sample as university

    with words(as_json), bar() as progress:
        report = university.write(directory, works=works, seed=seed, hard=hard, progress=progress)
    print_json(report) if as_json else out.print(f"已写到 {directory}", plain(report))


@app.command()
def inspect(files: Annotated[list[Path], typer.Argument(help="一个或多个导出文件")], as_json: Json = False) -> None:
    """看文件是什么：来源、格式、编码、记录数、缺什么及其后果；认不出或读不了的说明原因。"""
    from pipelines import runner, telling

    settings = Settings()
    found: list[dict[str, Any]] = []
    refused: list[PipelineError] = []
    for file in files:
        try:
            found.append(runner.inspect(settings, file))
        except PipelineError as error:
            refused.append(error)
            found.append({"file": file.name, **error.as_dict()})
            err.print(str(error), markup=False, highlight=False, soft_wrap=True)
            continue
        if not as_json:
            for line in telling.inspected(found[-1]):
                out.print(line, highlight=False, markup=False, soft_wrap=True)
    if as_json:
        print_json(found[0] if len(found) == 1 else {"files": found})
    if refused:
        raise typer.Exit(refused[0].exit_code)


@schema_app.command("diff")
def schema_diff(file: Annotated[Path, typer.Argument(help="一个导出文件")], as_json: Json = False) -> None:
    """一个文件的列与登记的布局相比：有哪些、缺哪些、哪些没有登记、最接近哪一列。"""
    from pipelines import telling
    from pipelines.sources import _layout

    with words(as_json):
        told = _layout.diff(file)
    if as_json:
        print_json(told)
    else:
        for line in telling.layout(told):
            out.print(line, highlight=False, markup=False, soft_wrap=True)


@app.command()
def ingest(
    source: Annotated[str | None, typer.Argument(help="只读入这个来源；不写则全部")] = None, as_json: Json = False
) -> None:
    """收件箱 → 原始库：识别、登记、检查，坏的隔离。"""
    from pipelines import runner
    from pipelines.core import catalog

    settings = Settings()
    with words(as_json), bar() as progress:
        arrived = runner.intake(settings, progress=progress)
        reports = [
            runner.ingest(settings, s, progress=progress) for s in ([source] if source else catalog.source_names())
        ]
    if as_json:
        print_json({"intake": arrived.as_dict(), "ingest": [r.as_dict() for r in reports]})
        return
    for report in (arrived, *reports):
        out.print(report.words(), highlight=False, markup=False)


@app.command()
def withdraw(
    source: Annotated[str, typer.Argument(help="数据源")],
    batch_id: Annotated[str, typer.Argument(help="批次号")],
    reason: Annotated[str, typer.Option(help="为什么撤回")],
    as_json: Json = False,
) -> None:
    """撤回一个批次：以后的构建不再使用它，文件与账本都留着。"""
    from pipelines import runner

    with words(as_json):
        runner.withdraw(Settings(), source, batch_id, reason)
    if as_json:
        print_json({"source": source, "batch_id": batch_id, "withdrawn": True})
    else:
        out.print(f"已撤回 {source}/{batch_id}。重新构建后生效。")


@app.command()
def build(force: Annotated[bool, typer.Option(help="没有新数据也重新构建")] = False, as_json: Json = False) -> None:
    """从原始库构建并发布数据库。"""
    from pipelines import runner

    with words(as_json), bar() as progress:
        report = runner.build(Settings(), progress=progress, force=force)
    if as_json:
        print_json(report)
    elif report.published is None:
        out.print("没有新数据，已发布的构建保持不变。")
    else:
        out.print(f"已发布 {report.build_id}，用时 {sum(report.seconds.values()):.1f} 秒")
        show([{"来源": s, **v} for s, v in report.published.balance["sources"].items()], "平衡表")
        for warning in report.published.warnings:
            out.print(f"注意：{warning}", highlight=False)


@archive_app.command("import")
def archive_import(
    folder: Annotated[Path, typer.Argument(help="存放历年 ESI 导出文件的文件夹；其中的文件不会改动")],
    mapping: Annotated[Path | None, typer.Option(help="对应表（CSV）：文件或文件夹,期次")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只列出每个文件的内容、期次与依据，不导入")] = False,
    as_json: Json = False,
) -> None:
    """整批导入历年的 ESI 文件夹：期次来自文件夹名、文件内容或对应表；拿不准的只列出，不猜。"""
    from pipelines import runner

    with words(as_json), bar() as progress:
        report = runner.import_archive(Settings(), folder, mapping, dry_run, progress)
    if as_json:
        print_json(report.as_dict())
        return
    show([file.line() for file in report.files], "归档")
    out.print(report.words(), highlight=False, markup=False)


@app.command()
def report(
    name: Annotated[str, typer.Argument(help="报告名称，即 reports/ 下的文件夹")],
    period: Annotated[str, typer.Option(help="期，例如 2026-11")],
    unit: Annotated[str | None, typer.Option(help="单位代码；不写则每个学院一份")] = None,
    as_json: Json = False,
) -> None:
    """生成报告（PDF、网页、Excel、JSON）。"""
    from pipelines import runner

    settings = Settings()
    with words(as_json), bar() as progress:
        units = [unit] if unit else [t["unit_id"] for t in runner.report_targets(settings, name, {"period": period})]
        made = []
        for number, unit_id in enumerate(units):
            progress(number, len(units), f"{name} {unit_id}")
            made.append(runner.report(settings, name, {"period": period, "unit_id": unit_id}))
    if as_json:
        print_json({"reports": [asdict(m) for m in made]})
    else:
        for files in made:
            out.print(str(files.pdf), highlight=False)
