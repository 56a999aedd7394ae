"""How a command speaks: one JSON object or a table on standard output, everything else on standard error."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, is_dataclass
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from pipelines.core.errors import PipelineError

out = Console(width=None if sys.stdout.isatty() else 200)
err = Console(stderr=True)
Json = Annotated[bool, typer.Option("--json", help="在标准输出上只打印一个 JSON 对象")]


@contextmanager
def words(as_json: bool) -> Iterator[None]:
    """Errors as Chinese words on standard error (and as the JSON object), exit code by error class."""
    try:
        yield
    except PipelineError as error:
        if as_json:
            print_json(error.as_dict())
        err.print(str(error), markup=False, highlight=False, soft_wrap=True)
        raise typer.Exit(error.exit_code) from None


@contextmanager
def bar() -> Iterator[Any]:
    """A progress callback (done, total, text) drawn on standard error."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=err, transient=True) as progress:
        task = progress.add_task("", total=None)
        yield lambda done, total, text="": progress.update(task, completed=done, total=total, description=text)


def plain(value: Any) -> Any:
    """A value as JSON and people can take it."""
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    if isinstance(value, Path):
        return str(value)
    return value


def print_json(content: Any) -> None:
    """One JSON object on one line."""
    sys.stdout.write(json.dumps(plain(content), ensure_ascii=False, default=lambda v: str(plain(v))) + "\n")


def show(rows: list[dict[str, Any]], title: str = "") -> None:
    """Rows as a table; a line in words when there are none."""
    if not rows:
        out.print(f"{title}（没有）")
        return
    table = Table(title=title, title_justify="left")
    for name in rows[0]:
        table.add_column(str(name), overflow="fold")
    for row in rows:
        table.add_row(*("" if v is None else str(v) for v in row.values()))
    out.print(table)
