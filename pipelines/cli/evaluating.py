"""Figures against labelled data and the truth of the sample."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from pipelines.cli._apps import eval_app
from pipelines.core.settings import Settings
from pipelines.printing import Json, out, print_json, show, words


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
