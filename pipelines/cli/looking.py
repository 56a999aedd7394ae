"""Looking at what there is: status, builds and their differences, explain, doctor."""

from __future__ import annotations

from typing import Annotated

import typer

from pipelines.cli._apps import app, builds_app
from pipelines.core.settings import Settings
from pipelines.printing import Json, out, print_json, show, words


@builds_app.command("list")
def builds_list(as_json: Json = False) -> None:
    """列出构建：哪次在发布、各有多少记录与作品。"""
    from pipelines import runner, telling

    with words(as_json):
        rows = runner.build_list(Settings())
    print_json({"builds": rows}) if as_json else show(telling.build_list(rows), "构建")


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


@builds_app.command("diff")
def builds_diff(
    old: Annotated[str, typer.Argument(help="较早的构建号，或 current（现在发布的）")],
    new: Annotated[str, typer.Argument(help="较晚的构建号，或 current")] = "current",
    table: Annotated[str | None, typer.Option(help="只比这一张表，并列出例子")] = None,
    people: Annotated[bool, typer.Option(help="个人数据的表也列出内容（需有文件权限）；否则只有行数")] = False,
    as_json: Json = False,
) -> None:
    """两次构建有什么不同：新到的文件，合并、拆开、换号的作品，每张表增减改动的行。"""
    from pipelines import runner, telling

    with words(as_json):
        told = runner.builds_diff(Settings(), old, new, table, people)
    if as_json:
        print_json(told)
        return
    for line in telling.build_difference(told):
        out.print(line, highlight=False, markup=False, soft_wrap=True)
    if told["tables"]:
        show(telling.table_differences(told["tables"]), "有不同的表")
    for line in telling.difference_examples(told["tables"]):
        out.print(line, highlight=False, markup=False, soft_wrap=True)


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
def status(
    by_batch: Annotated[bool, typer.Option("--by-batch", help="平衡表逐批列出，否则按来源")] = False,
    as_json: Json = False,
) -> None:
    """现在有什么：收到、隔离、入库、归并、归属、待核，以及发布的是哪次构建；各项之和逐一核对。"""
    from pipelines import balance, runner, telling

    with words(as_json):
        now = runner.status(Settings())
    if as_json:
        print_json(now)
    else:
        for line in telling.status(now):
            out.print(line, highlight=False)
        show(balance.table(now["batches" if by_batch else "sources"]), "平衡表")
        for line in balance.lines(now):
            out.print(line, highlight=False, markup=False, soft_wrap=True)


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
