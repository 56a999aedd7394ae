"""The dictionary of a university: begin one, what is missing in it, what contradicts itself."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from pipelines.cli._apps import app, dictionary_app
from pipelines.core.settings import PROJECT, Settings
from pipelines.printing import Json, out, print_json, show, words

LISTED = 30  # proposed lines shown on the terminal; the file has all


@app.command()
def init(
    university: Annotated[str, typer.Argument(help="本校字典文件夹的名称（小写字母）")],
    name_zh: Annotated[str, typer.Option(help="学校的中文全称")] = "",
    name_en: Annotated[str, typer.Option(help="学校的英文全称")] = "",
    as_json: Json = False,
) -> None:
    """为一所新的大学建立字典模板与数据文件夹；写上校名，就可以马上构建。"""
    from pipelines import runner, starting

    with words(as_json):
        made = starting.init_university(university, name_zh=name_zh, name_en=name_en)
        place = runner.home(Settings())
        if as_json:
            print_json({"university": university, "files": [str(p) for p in made], "data_dir": str(place.root)})
        else:
            out.print(f"已建立 {len(made)} 个字典模板：dictionaries/{university}/；收件箱：{place.inbox}")
            for line in starting.next_steps(university, bool(name_zh or name_en)):
                out.print(line, highlight=False, soft_wrap=True)


@dictionary_app.command("check")
def check(
    university: Annotated[str | None, typer.Argument(help="字典文件夹的名称；默认为本校")] = None,
    as_json: Json = False,
) -> None:
    """检查字典里互相矛盾的地方：逐条说明在哪个文件哪一行、怎样改。有错误时退出码为 2。"""
    from pipelines import dictionaries

    chosen = university or Settings().university
    with words(as_json):
        found = dictionaries.check(PROJECT / "dictionaries" / chosen, chosen)
    wrong = sum(f.level == "错误" for f in found)
    if as_json:
        print_json({"university": chosen, "errors": wrong, "findings": [asdict(f) for f in found]})
    else:
        for f in found:
            place = f"{f.file} 第 {f.line} 行" if f.line else f.file
            out.print(f"{f.level}  {place}：{f.found}。{f.next_step}", highlight=False, markup=False, soft_wrap=True)
        out.print(f"{chosen}：错误 {wrong} 处，提醒 {len(found) - wrong} 处。", highlight=False)
    if wrong:
        raise typer.Exit(2)


@dictionary_app.command("propose")
def propose(
    to: Annotated[
        Path | None, typer.Option("--out", help="写到哪个文件（.xlsx 或 .csv）；默认在数据文件夹的 review/ 下")
    ] = None,
    as_json: Json = False,
) -> None:
    """从已发布的构建里找出字典还不认识的写法，合并相近的，建议归到哪个单位；能解开作品最多的在前。"""
    from pipelines import dictionaries, runner

    settings = Settings()
    with words(as_json):
        build = runner.published(settings)
        lines = dictionaries.propose(build.scan, settings.university)
        target = to or runner.home(settings).root / "review" / f"dictionary_{build.build_id}.xlsx"
        files = dictionaries.write(lines, target)
    if as_json:
        print_json({"files": [str(f) for f in files], **{name: frame.to_dicts() for name, frame in lines.items()}})
        return
    shown = (
        lines["unit_aliases"]
        .head(LISTED)
        .select(写法="alias", 建议单位="unit_id", 最近的名称="nearest", 相似="score", 作品="works", 例="example")
    )
    show(shown.to_dicts(), f"不认识的单位写法（共 {lines['unit_aliases'].height} 种）")
    near = lines["institutions"].head(LISTED).select(名称="alias", 最近的校名="nearest", 相似="score", 作品="works")
    show(near.to_dicts(), f"与本校名称相近、字典里没有的机构（共 {lines['institutions'].height} 个）")
    out.print("、".join(str(f) for f in files), highlight=False, soft_wrap=True)
