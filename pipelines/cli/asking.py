"""Asking the warehouse: SQL of one's own, and the questions of the cookbook."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipelines.cli._apps import app
from pipelines.core.errors import ConfigError
from pipelines.core.settings import Settings
from pipelines.printing import Json, err, out, print_json, show, words

Form = Annotated[str | None, typer.Option("--format", help="table、csv、xlsx 或 parquet；不写则看 --out 的扩展名")]
Out = Annotated[Path | None, typer.Option("--out", help="写到哪个文件")]
Purpose = Annotated[str, typer.Option(help="用途；看含个人信息的库时与时间、何人一同记入账本")]


@app.command()
def sql(
    query: Annotated[str | None, typer.Argument(help="一条 SQL（只读）")] = None,
    file: Annotated[Path | None, typer.Option(help="从文件读 SQL")] = None,
    form: Form = None,
    to: Out = None,
    people: Annotated[bool, typer.Option(help="同时打开含个人信息的 people.duckdb（需有文件权限）")] = False,
    purpose: Purpose = "",
    as_json: Json = False,
) -> None:
    """在已发布的数据库上查询；结果打印或写成文件，用时、行数与构建号在标准错误。"""
    with words(as_json):
        if (query is None) == (file is None):
            raise ConfigError(
                "请给出一条 SQL，或用 --file 给出一个文件", next_step='例如 xueheng sql "FROM marts.unit"'
            )
        if file is not None and not file.is_file():
            raise ConfigError("找不到 SQL 文件", where=str(file))
        text = query if file is None else file.read_text(encoding="utf-8-sig")
        assert text is not None
        _answer(text, people, form, to, purpose, as_json)


@app.command()
def cookbook(
    name: Annotated[str | None, typer.Argument(help="问题的名字；不写则列出全部")] = None,
    values: Annotated[
        list[str] | None, typer.Option("--set", help="换一个参数，例如 --set 学院=化学学院；可写多次")
    ] = None,
    text: Annotated[bool, typer.Option("--sql", help="只打印 SQL，不查询")] = False,
    form: Form = None,
    to: Out = None,
    purpose: Purpose = "",
    as_json: Json = False,
) -> None:
    """图书馆常问的问题与现成的答案：warehouse/cookbook/。"""
    from pipelines import cookbook as book

    with words(as_json):
        if name is None:
            listed = [
                {"名字": q.name, "问题": q.title, "参数": "、".join(q.values), "库": q.database}
                for q in book.questions().values()
            ]
            print_json({"questions": listed}) if as_json else show(listed, "现成的问题")
            return
        asked = book.question(name)
        query = asked.asked_with(_pairs(values or []))
        if text:
            out.file.write(query)
            return
        for line in (asked.title, f"读法：{asked.reading}"):
            err.print(line, markup=False, highlight=False, soft_wrap=True)
        _answer(query, asked.personal, form, to, purpose, as_json)


def _pairs(values: list[str]) -> dict[str, str]:
    wrong = [v for v in values if "=" not in v]
    if wrong:
        raise ConfigError("--set 须写成 参数=值", found="、".join(wrong))
    return {name.strip(): value for name, _, value in (v.partition("=") for v in values)}


def _answer(query: str, people: bool, form: str | None, to: Path | None, purpose: str, as_json: bool) -> None:
    """Ask, write or print, and say on standard error how long it took, of which build, how many rows."""
    from pipelines import answering, runner
    from pipelines.core.provenance import digest

    chosen = _format(form, to)
    settings = Settings()
    library, personal = runner.published_databases(settings)
    if people and not personal.exists():
        raise ConfigError("没有含个人信息的库，或没有权限读", where=str(personal))
    answer = answering.ask(library, personal if people else None, query)
    made = answering.write(answer, chosen, to, query) if to else None
    if people:
        from pipelines.core.accesslog import log_access

        home = runner.home(settings)
        log_access(home, "sql", f"查询 {digest(query)}", answer.rows.height, purpose, made or personal, answer.build_id)
    rows = answer.rows
    if as_json:
        found = {"columns": rows.columns, "build_id": answer.build_id, "seconds": round(answer.seconds, 3)}
        print_json(found | ({"file": str(made), "count": rows.height} if made else {"rows": rows.rows(named=True)}))
    elif made:
        out.print(str(made), highlight=False, markup=False, soft_wrap=True)
    else:
        show(rows.rows(named=True))
    told = f"{rows.height} 行，用时 {answer.seconds:.3f} 秒，构建 {answer.build_id}"
    err.print(told, markup=False, highlight=False, soft_wrap=True)


def _format(form: str | None, to: Path | None) -> str:
    """The format asked for, or that of the file's extension. ConfigError when the two do not go together."""
    chosen = form or (to.suffix.lstrip(".").lower() if to else "table")
    if chosen not in ("table", "csv", "xlsx", "parquet"):
        raise ConfigError(f"没有 {chosen} 这种格式", expected="table、csv、xlsx、parquet")
    if (chosen == "table") != (to is None):
        raise ConfigError("写成文件须同时给出 --out，打印成表则不写 --out", expected="--format csv --out 结果.csv")
    return chosen
