"""A person's rights: objection, extract, deletion; retention; the list of who objected; the PIA record."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from pipelines.cli._apps import privacy_app
from pipelines.core.settings import Settings
from pipelines.printing import Json, out, print_json, show, words

Who = Annotated[str, typer.Argument(help="工号、学号、ORCID、邮箱或中文姓名（唯一时）")]
Reason = Annotated[str, typer.Option(help="理由；与经办人、时间一同记入账本")]


@privacy_app.command("object")
def object_(person: Who, reason: Reason, as_json: Json = False) -> None:
    """登记异议：不再处理此人的个人数据；收件、构建、报告都照办。"""
    from pipelines import runner
    from pipelines.privacy import deciding

    with words(as_json):
        pseudonym = deciding.object_(runner.published(Settings()), person, reason)
    if as_json:
        print_json({"subject": pseudonym, "action": "objected"})
    else:
        out.print(
            f"异议已登记（{pseudonym}）。含人员信息的报告与导出从现在起暂缓；请运行 xueheng build，新的构建不再归属此人的成果。"
        )


@privacy_app.command()
def withdraw(person: Who, reason: Reason, as_json: Json = False) -> None:
    """本人撤回异议。"""
    from pipelines import runner
    from pipelines.privacy import deciding

    with words(as_json):
        pseudonym = deciding.withdraw(runner.published(Settings()), person, reason)
    if as_json:
        print_json({"subject": pseudonym, "action": "withdrawn"})
    else:
        out.print(f"异议已撤回（{pseudonym}）。清空过的列要等下一份名册；请重新放入名册并运行 xueheng build。")


@privacy_app.command("list")
def list_(as_json: Json = False) -> None:
    """有效的异议，与删除留下的墓碑数。"""
    from pipelines import runner
    from pipelines.privacy import deciding

    with words(as_json):
        told = deciding.listed(runner.home(Settings()))
    if as_json:
        print_json(told)
        return
    show(told["objections"], "有效的异议")
    for kind, count in told["tombstones"].items():
        out.print(f"墓碑（{'本人要求删除' if kind == 'person' else '保存期满'}）：{count}", highlight=False)


@privacy_app.command()
def extract(
    person: Who,
    to: Annotated[Path, typer.Option("--out", help="写到哪个文件夹")],
    purpose: Annotated[str, typer.Option(help="用途；与导出人、时间一同记入账本")] = "本人查阅",
    as_json: Json = False,
) -> None:
    """本人信息全文：各表、原始文件、报告与账本中关于此人的每一行，xlsx 与 json。"""
    from pipelines import runner
    from pipelines.privacy import extracting

    with words(as_json):
        made = extracting.extract(runner.published(Settings()), person, to, purpose)
    if as_json:
        print_json(made)
        return
    show([{"在哪里": place, "行": count} for place, count in made.rows.items()], "本人信息全文")
    for file in made.files:
        out.print(file, highlight=False, markup=False, soft_wrap=True)


@privacy_app.command()
def erase(
    person: Who,
    reason: Reason,
    yes: Annotated[bool, typer.Option("--yes", help="确认：删除后找不回来")] = False,
    as_json: Json = False,
) -> None:
    """删除此人的个人数据，留下墓碑：同样的数据再来也不收。"""
    from pipelines import runner
    from pipelines.core.errors import ConfigError
    from pipelines.privacy import deciding

    with words(as_json):
        if not yes:
            raise ConfigError(
                "删除后找不回来", safe="没有改动任何东西", next_step="确认要删，请加 --yes；可先用 extract 留给本人"
            )
        told = deciding.erase(runner.published(Settings()), person, reason)
    if as_json:
        print_json(told)
        return
    out.print(f"已删除（{told.pseudonym}）：" + "，".join(f"{k} {v}" for k, v in told.removed.items()), highlight=False)
    for line in told.left:
        out.print(line, highlight=False)


@privacy_app.command()
def purge(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只说有多少期满，不删")] = False, as_json: Json = False
) -> None:
    """删除保存期已满的校外人员数据（期限见字典 retention），留下墓碑。"""
    from pipelines import runner
    from pipelines.privacy import retention

    with words(as_json):
        settings = Settings()
        told = retention.purge(runner.home(settings), settings.university, datetime.now(UTC).date(), dry_run)
    if as_json:
        print_json(told)
        return
    found = "，".join(f"{source} {count} 行" for source, count in told.rows.items()) or "没有"
    out.print(f"保存期已满：{found}" + ("（没有删）" if dry_run and told.rows else ""), highlight=False)
    if told.rows and told.done:
        out.print("已删除；请运行 xueheng build，发布后较早的构建随即删除。", highlight=False)


@privacy_app.command()
def pia(as_json: Json = False) -> None:
    """个人信息保护影响评估（docs/pia.md）是否在有效期内。"""
    from pipelines.privacy import pia as record

    said = record.assessed(datetime.now(UTC).date())
    if as_json:
        print_json(said)
    else:
        state = "在有效期内" if said.is_current else said.reason
        out.print(f"评估记录版本 {said.version or '—'}，批准于 {said.approved or '—'}：{state}", highlight=False)
    if not said.is_current:
        raise typer.Exit(2)
