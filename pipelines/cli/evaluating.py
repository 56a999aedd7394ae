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


@eval_app.command("people")
def eval_people(
    directory: Annotated[Path, typer.Argument(help="标注集文件夹：每个 .jsonl.gz 是一个集，一行一个署名")],
    only: Annotated[str | None, typer.Option("--set", help="只量这一个集（文件名去掉 .jsonl.gz）")] = None,
    errors: Annotated[bool, typer.Option(help="错对按缘由计数")] = False,
    as_json: Json = False,
) -> None:
    """在标注的作者署名上量名册外作者归并的准确率：成对与 B³，中文姓名与其他姓名分开。"""
    from pipelines.evaluate import author_clusters

    with words(as_json):
        figures = author_clusters.evaluate(directory, Settings().university, only, errors)
    if as_json:
        print_json(figures)
        return
    show(author_clusters.rows(figures), str(directory))
    for name, found in figures.items():
        if errors:
            show(found["causes"], f"{name}：错对")


@eval_app.command("universities")
def eval_universities(
    directory: Annotated[Path, typer.Argument(help="存放 Web of Science 导出文件的文件夹（要有 C1 与 C3）")],
    top: Annotated[int, typer.Option(min=1, help="取最常出现的多少所大学")] = 40,
    registry: Annotated[Path | None, typer.Option(help="公开机构名录的文件夹（*.tsv.gz），补充各校的其他名称")] = None,
    names: Annotated[Path | None, typer.Option(help="校名表（CSV：name, other_name）：旧名、合并前的校名")] = None,
    errors: Annotated[bool, typer.Option(help="列出每一处不一致，供人阅读")] = False,
    as_json: Json = False,
) -> None:
    """以 C3 为准，量学校一级的判定：C3 不给程序看，大学的字典只有校名（和公开名录里的别名）。"""
    from pipelines.evaluate import universities

    with words(as_json):
        known = universities.registered(registry) if registry else {}
        for name, others in (universities.written(names) if names else {}).items():
            known[name] = [*known.get(name, ()), *others]
        where = universities.lands(registry) if registry else {}
        figures = universities.scores(universities.read(directory), Settings().university, top, known, where)
    if not errors:
        figures["disagreements"] = len(figures["disagreements"])
    print_json(figures) if as_json else out.print_json(json.dumps(figures, ensure_ascii=False))


@eval_app.command("affiliations")
def eval_affiliations(
    directory: Annotated[Path, typer.Argument(help="标注集文件夹：*.jsonl.gz，机构名录在 registry/*.tsv.gz")],
    only: Annotated[
        list[str] | None, typer.Option("--set", help="只量这一个集（文件名去掉 .jsonl.gz），可重复")
    ] = None,
    errors: Annotated[bool, typer.Option(help="列出每个错例及其缘由")] = False,
    as_json: Json = False,
) -> None:
    """在标注的地址上量机构判定的准确率：名录作词典，待核算未判；另计无机构者不答的比例与速度。"""
    from pipelines.evaluate import affiliations

    with words(as_json):
        figures = affiliations.evaluate(directory, tuple(only or ()), errors=errors)
    if as_json:
        print_json(figures)
        return
    show(affiliations.rows(figures), str(directory))
    for name, found in figures["sets"].items():
        if errors:
            show([{"缘由": cause, "条": count} for cause, count in found["causes"].items()], f"{name}：错例")
