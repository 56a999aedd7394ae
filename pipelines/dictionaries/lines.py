"""The CSV files of one university, line by line: what stands where, so that a finding can name file and line."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from pipelines.core.dictionaries import COMMENT
from pipelines.core.errors import ConfigError

COLUMNS: dict[str, tuple[str, ...]] = {
    "institutions": ("institution_id", "name_zh", "name_en", "kind", "country"),
    "institution_aliases": ("alias", "institution_id", "language", "note"),
    "units": (
        "unit_id",
        "name_zh",
        "name_en",
        "unit_kind",
        "parent_id",
        "valid_from",
        "valid_to",
        "change",
        "successor_id",
    ),
    "unit_aliases": ("alias", "unit_id", "language", "valid_from", "valid_to", "note"),
    "journals": ("journal_id", "title_en", "title_zh", "issn", "eissn", "esi_field"),
    "journal_aliases": ("alias", "journal_id"),
    "benchmarks": ("institution_id", "benchmark_order", "note"),
}


@dataclass(frozen=True)
class Line:
    """One line of one file."""

    file: str
    number: int
    cells: dict[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")


@dataclass(frozen=True)
class Finding:
    """Something to be mended (错误) or looked at (提醒), in words, with file and line."""

    level: str
    file: str
    line: int
    found: str
    next_step: str


@dataclass
class Book:
    """All lines of a university's dictionary about institutions and units, and what could not be read as lines."""

    lines: dict[str, list[Line]]
    findings: list[Finding] = field(default_factory=list)

    def __getitem__(self, name: str) -> list[Line]:
        return self.lines[name]


def read(folder: Path) -> Book:
    """The dictionary of the folder.

    Errors: ConfigError when the folder is missing, or a file is no UTF-8.
    """
    if not folder.is_dir():
        raise ConfigError("没有这所学校的字典", where=str(folder), next_step="先运行 xueheng init 学校代号")
    book = Book({name: [] for name in COLUMNS})
    for name, columns in COLUMNS.items():
        path = folder / f"{name}.csv"
        if not path.exists():
            book.findings.append(Finding("错误", path.name, 0, "没有这个文件", f"表头应为 {','.join(columns)}"))
            continue
        book.lines[name] = list(_lines(path, columns, book.findings))
    return book


def _lines(path: Path, columns: tuple[str, ...], findings: list[Finding]) -> Iterator[Line]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise ConfigError("字典文件不是 UTF-8", where=str(path), next_step="在 Excel 中另存为“CSV UTF-8”") from error
    rows = csv.reader(text.splitlines(keepends=True))
    header = next(rows, [])
    if tuple(header) != columns:
        findings.append(Finding("错误", path.name, 1, f"表头是 {','.join(header)}", f"应为 {','.join(columns)}"))
        return
    for cells in rows:
        if not cells or cells[0].startswith(COMMENT):
            continue
        if len(cells) != len(columns):
            found = f"有 {len(cells)} 格，表头有 {len(columns)} 格"
            findings.append(Finding("错误", path.name, rows.line_num, found, "名称里有逗号时，整格用英文双引号括起来"))
            continue
        for column, cell in zip(columns, cells, strict=True):
            if cell != cell.strip():
                findings.append(Finding("提醒", path.name, rows.line_num, f"{column} 前后有空格", "删去空格"))
        yield Line(path.name, rows.line_num, {c: v.strip() for c, v in zip(columns, cells, strict=True)})
