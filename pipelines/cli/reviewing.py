"""Review sheets for librarians."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipelines.cli._apps import eval_app, review_app
from pipelines.core.settings import Settings
from pipelines.printing import Json, out, print_json, show, words


@review_app.command("export")
def review_export(
    kind: Annotated[
        str, typer.Argument(help="核对什么：dedup（查重归并）、addresses（地址归属）、people（作者归属，含个人信息）")
    ],
    limit: Annotated[int, typer.Option(min=1, help="每页最多列出多少个问题")] = 200,
    to: Annotated[Path | None, typer.Option("--out", help="写到哪个文件；默认在数据文件夹的 review/ 下")] = None,
    as_json: Json = False,
) -> None:
    """把规则决定不了的列成 Excel，最要紧、最拿不准的在前；填好后放回收件箱。"""
    from pipelines import asking, runner

    with words(as_json):
        made = runner.review_export(Settings(), kind, limit, to)
    if as_json:
        print_json(made)
    else:
        for line in asking.exported(made):
            out.print(line, highlight=False, markup=False, soft_wrap=True)


@eval_app.command("review")
def eval_review(
    directory: Annotated[Path | None, typer.Argument(help="样例文件夹；默认为数据文件夹中的 sample")] = None,
    as_json: Json = False,
) -> None:
    """用标准答案代替馆员填核对表，量出判定多少行之后单位与人员准到什么程度。"""
    from pipelines import asking, runner

    with words(as_json):
        steps = runner.eval_review(Settings(), directory)
    print_json(steps) if as_json else show(asking.review_curve(steps), "判定行数与准确率")
