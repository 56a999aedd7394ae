"""Questions of a library that have an answer in the warehouse: warehouse/cookbook/*.sql, a head comment and a bare SELECT each.

Head comment: the question; 读法 (how to read the answer); 参数 (what to change); 数据库 (library or people). What may be
changed stands as plain literals, one a line, in the first common table expression, named 参数.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pipelines.core.errors import ConfigError
from pipelines.core.settings import PROJECT

FOLDER = PROJECT / "warehouse" / "cookbook"
_PARAMETERS = re.compile(r"^with 参数 as \(\n(?P<body>.*?)\n\)", re.DOTALL | re.MULTILINE)
_LITERAL = re.compile(r"(?P<literal>cast\(null as varchar\)|'(?:[^']|'')*'|-?\d+(?:\.\d+)?) as (?P<name>\w+)")
_HEADS = ("读法", "参数", "数据库")


@dataclass(frozen=True)
class Question:
    """One file of the cookbook."""

    name: str
    title: str
    reading: str
    parameters: str
    database: str  # library | people
    sql: str

    @property
    def personal(self) -> bool:
        return self.database == "people"

    @property
    def values(self) -> dict[str, str]:
        """The parameters as written in the file: Chinese name -> SQL literal."""
        return {m["name"]: m["literal"] for m in _LITERAL.finditer(self._body)}

    @property
    def _body(self) -> str:
        found = _PARAMETERS.search(self.sql)
        return found["body"] if found else ""

    def asked_with(self, given: Mapping[str, str]) -> str:
        """The SQL with other values for some parameters. Errors: ConfigError for an unknown one, or text where a number stands."""
        unknown = [name for name in given if name not in self.values]
        if unknown:
            raise ConfigError(
                f"问题 {self.name} 没有参数 {'、'.join(unknown)}", expected="、".join(self.values) or "（没有参数）"
            )

        def literal(match: re.Match[str]) -> str:
            name = match["name"]
            return f"{_as_literal(given[name], match['literal'], name)} as {name}" if name in given else match[0]

        return self.sql.replace(self._body, _LITERAL.sub(literal, self._body), 1)


def questions() -> dict[str, Question]:
    """The whole cookbook by name."""
    return {path.stem: read(path) for path in sorted(FOLDER.glob("*.sql"))}


def question(name: str) -> Question:
    """One question. Errors: ConfigError when there is none of that name."""
    path = FOLDER / f"{name}.sql"
    if not re.fullmatch(r"\w+", name) or not path.exists():
        raise ConfigError(f"没有名为 {name} 的问题", next_step="全部问题：xueheng cookbook")
    return read(path)


def read(path: Path) -> Question:
    """A file of the cookbook. Errors: ConfigError when its head comment or its parameters are not as they must be."""
    sql = path.read_text(encoding="utf-8")
    head = [line[2:].strip() for line in sql.splitlines() if line.startswith("--")]
    told = dict(line.split("：", 1) for line in head if line.split("：", 1)[0] in _HEADS)
    missing = [name for name in _HEADS if name not in told]
    database = re.match(r"library|people", told.get("数据库", ""))
    if missing or database is None or not _PARAMETERS.search(sql):
        raise ConfigError(
            f"问题 {path.stem} 的开头不完整",
            expected="题目、读法、参数、数据库（library 或 people）四行注释，第一个公共表表达式名为“参数”",
            found="缺 " + "、".join(missing) if missing else "数据库或参数写法不对",
            where=str(path),
        )
    return Question(path.stem, head[0], told["读法"], told["参数"], database[0], sql)


def _as_literal(given: str, written: str, name: str) -> str:
    if not written[0].isdigit() and written[0] != "-":
        return "'" + given.replace("'", "''") + "'"
    if not re.fullmatch(r"-?\d+(\.\d+)?", given):
        raise ConfigError(f"参数 {name} 须为数", found=given)
    return given
