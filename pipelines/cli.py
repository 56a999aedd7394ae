"""`xueheng`: parses arguments, calls runner, prints. The same functions as the DAGs."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from pipelines.core.errors import PipelineError
from pipelines.core.settings import Settings
from pipelines.printing import Json, bar, err, out, plain, print_json, show, words

app = typer.Typer(no_args_is_help=True, add_completion=False, help="学衡：把数据库导出文件变成可信的成果库与报告。")
builds_app = typer.Typer(no_args_is_help=True, help="查看、回滚已有的构建。")
eval_app = typer.Typer(no_args_is_help=True, help="对照标准答案，量出准确率。")
schema_app = typer.Typer(no_args_is_help=True, help="各来源的布局：文件里有哪些列、叫什么。")
app.add_typer(schema_app, name="schema")
app.add_typer(builds_app, name="builds")
archive_app = typer.Typer(no_args_is_help=True, help="整批导入图书馆多年积累的导出文件。")
app.add_typer(eval_app, name="eval")
app.add_typer(archive_app, name="archive")
review_app = typer.Typer(no_args_is_help=True, help="人工核对：把拿不准的列成表，填好放回收件箱。")
app.add_typer(review_app, name="review")


@app.command()
def init(
    university: Annotated[str, typer.Argument(help="本校字典文件夹的名称（小写字母）")], as_json: Json = False
) -> None:
    """为一所新的大学建立空字典与数据文件夹。"""
    from pipelines import runner, starting

    with words(as_json):
        made = starting.init_university(university)
        place = runner.home(Settings())
        if as_json:
            print_json({"university": university, "files": [str(p) for p in made], "data_dir": str(place.root)})
        else:
            out.print(f"已建立 {len(made)} 个空字典：dictionaries/{university}/；收件箱：{place.inbox}")
            out.print(
                f"下一步：填写字典，设置 XUEHENG_UNIVERSITY={university}，把导出文件放进收件箱，再运行 xueheng ingest。"
            )


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


@builds_app.command("list")
def builds_list(as_json: Json = False) -> None:
    """列出构建：哪次在发布、各有多少记录与作品。"""
    from pipelines import runner

    with words(as_json):
        rows = runner.build_list(Settings())
    print_json({"builds": rows}) if as_json else show(rows, "构建")


@builds_app.command("rollback")
def builds_rollback(build_id: str, as_json: Json = False) -> None:
    """把发布退回到较早的一次构建；账本与文件都不动。"""
    from pipelines import runner

    with words(as_json):
        previous = runner.rollback(Settings(), build_id)
    if as_json:
        print_json({"published": build_id, "previous": previous})
    else:
        out.print(f"现在发布的是 {build_id}（此前是 {previous}）。")


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


@app.command()
def explain(work: Annotated[str, typer.Argument(help="作品号、记录号、入藏号或 DOI")], as_json: Json = False) -> None:
    """一件作品为何如此：由哪些记录合成、字段从何而来、作者与单位凭什么判定。"""
    from pipelines import runner, telling

    with words(as_json):
        told = runner.explain(Settings(), work)
    if as_json:
        print_json(told)
    else:
        for line in telling.explanation(told):
            out.print(line, highlight=False, markup=False)


@app.command()
def sql(
    query: Annotated[str, typer.Argument(help="一条 SQL（只读）")],
    people: Annotated[bool, typer.Option(help="同时打开含个人信息的 people.duckdb（需有文件权限）")] = False,
    as_json: Json = False,
) -> None:
    """在已发布的数据库上查询。"""
    from pipelines import runner

    with words(as_json):
        names, rows = runner.sql(Settings(), query, people)
    found = [dict(zip(names, row, strict=True)) for row in rows]
    print_json({"columns": names, "rows": found}) if as_json else show(found)


@eval_app.command("sample")
def eval_sample(
    directory: Annotated[Path | None, typer.Argument(help="样例文件夹；默认为数据文件夹中的 sample")] = None,
    errors: Annotated[bool, typer.Option(help="列出错例与证据")] = False,
    as_json: Json = False,
) -> None:
    """用岭海大学的标准答案量已发布构建的准确率。"""
    from pipelines import runner

    with words(as_json):
        figures = runner.eval_sample(Settings(), directory, errors)
    print_json(figures) if as_json else out.print_json(json.dumps(figures, ensure_ascii=False, default=str))


@eval_app.command("dedup")
def eval_dedup(
    directory: Annotated[Path, typer.Argument(help="标注集文件夹：records.csv.gz 与 clusters.csv")],
    peer: Annotated[list[str] | None, typer.Option(help="同时运行对照工具：bib-dedupe、splink")] = None,
    errors: Annotated[bool, typer.Option(help="列出每个误并与漏并及其证据")] = False,
    as_json: Json = False,
) -> None:
    """在一个标注集上量查重的准确率、候选召回、待核量与时间；可与对照工具并列。"""
    from pipelines import telling
    from pipelines.evaluate import comparison

    with words(as_json):
        figures = comparison.compare(directory, Settings().university, tuple(peer or ()), errors=errors)
    if as_json:
        print_json(figures)
        return
    show(telling.dedup_figures(figures), directory.name)
    if errors:
        show(telling.dedup_causes(figures["causes"]), "错例")
    for line in telling.dedup_errors(figures.get("errors", [])):
        out.print(line, highlight=False, markup=False, soft_wrap=True)


@review_app.command("export")
def review_export(
    kind: Annotated[str, typer.Argument(help="核对什么：dedup（查重归并）")],
    limit: Annotated[int, typer.Option(min=1, help="每页最多列出多少个问题")] = 200,
    to: Annotated[Path | None, typer.Option("--out", help="写到哪个文件；默认在数据文件夹的 review/ 下")] = None,
    as_json: Json = False,
) -> None:
    """把规则决定不了的列成 Excel，最要紧、最拿不准的在前；填好后放回收件箱。"""
    from pipelines import runner, telling

    with words(as_json):
        made = runner.review_export(Settings(), kind, limit, to)
    if as_json:
        print_json(made)
    else:
        for line in telling.exported(made):
            out.print(line, highlight=False, markup=False, soft_wrap=True)


@app.command()
def status(as_json: Json = False) -> None:
    """现在有什么：收到、隔离、入库、归并、归属、待核，以及发布的是哪次构建。"""
    from pipelines import runner, telling

    with words(as_json):
        now = runner.status(Settings())
    if as_json:
        print_json(now)
    else:
        for line in telling.status(now):
            out.print(line, highlight=False)


@app.command()
def doctor(as_json: Json = False) -> None:
    """检查字体、系统库、磁盘、权限与 Airflow。"""
    from pipelines import doctor as examination

    checks = examination.examine(Settings())
    if as_json:
        print_json({"ok": all(c["ok"] for c in checks), "checks": checks})
    else:
        show(
            [
                {
                    "检查": c["check"],
                    "结果": "好" if c["ok"] else "有问题",
                    "实际": c["found"],
                    "下一步": c["next_step"],
                }
                for c in checks
            ]
        )
    if not all(c["ok"] for c in checks):
        raise typer.Exit(2)


if __name__ == "__main__":
    app()
