"""Result tables of the Chinese databases: .xlsx, .xls, .xls that is an HTML table, .csv, by the names of their columns."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import polars as pl
from lxml import etree

from pipelines.core import schema
from pipelines.core.errors import SourceError
from pipelines.sources import Chunk, FileHead, Recognised, _rows, _sheets, _table

ROWS = 5000  # rows of an HTML table that are handed over at a time
_CELLS = ("td", "th")
_LIBXML = {"utf-8-sig": "UTF-8", "utf-16-le": "UTF-16LE", "utf-16-be": "UTF-16BE", "cp1252": "windows-1252"}
_LABELLED = re.compile(r"^[A-Z][A-Za-z]+-[\u4e00-\u9fff]")


def recognise(head: FileHead, source: str) -> Recognised | None:
    """A table with title, author and two further known columns, whose labels, links or databases are this vendor's.

    Errors: SourceError when there is a header and nothing else.
    """
    tables = _heads(head)
    for _, rows in tables:
        spec = _rows.columns(source)
        at, hits = _table.find(rows, spec)
        known = _table.variants(spec)
        have = {known.get(_table.label(cell), "") for cell in rows[at]} if rows else set()
        if hits < 4 or not have.issuperset({"title", "authors"}):
            continue
        why = _why(rows, at, source)
        if not why:
            continue
        if len(rows) <= at + 1:
            raise SourceError("表里只有表头，没有记录", where=head.path.name, next_step="请检查导出时是否选中了文献")
        kind = head.encoding if head.encoding in ("xlsx", "xls") else "html" if _is_html(head.text) else "csv"
        return Recognised(
            source, "sheet", "sheet", head.encoding, language="zh", reasons=(f"表头有题名与作者，{why}",),
            details={"sheets": _table.alike(tables, rows[at]), "kind": kind},
        )  # fmt: skip
    return None


def read(path: Path, found: Recognised, next_step: str) -> Iterator[Chunk]:
    """Rows as text, in chunks; the header may stand below a title."""
    spec = _rows.columns(found.source)
    excel = found.details["kind"] in ("xlsx", "xls")
    for rows in _table.bodies(path, found.sheets, spec) if excel else _of_text(path, found, spec):
        good, aside = _rows.without_required(rows.with_columns(file_format=pl.lit("sheet")), spec, next_step)
        yield _rows.chunk(good, found.source, aside)


def _of_text(path: Path, found: Recognised, spec: _rows.Spec) -> Iterator[pl.DataFrame]:
    encoding = found.encoding or "utf-8"
    head, row = None, 0
    for grid in (_sheets.csv_grids if found.details["kind"] == "csv" else _html_grids)(path, encoding):
        if head is None:
            head = _table.header(_sheets.rows(grid, _table.SEARCHED), spec, path.name)
            rows = _table.body(grid, head)
        else:
            rows = _table.body(grid, _table.Header(-1, head.columns, head.labels))
        yield rows.with_columns(pl.col("source_row") + row)
        row += rows.height


def _why(rows: list[list[str]], at: int, source: str) -> str:
    """In words why a table is of this vendor, '' when nothing says so."""
    spec = schema.source(source).spec
    body = "\n".join("\t".join(row) for row in rows[at + 1 :])
    labelled = sum(bool(_LABELLED.match(cell)) for cell in rows[at]) >= 3
    if labelled and "custom" in spec["formats"]:
        return "列名是该数据库的“英文-中文”写法"
    if re.search(spec["links"], body):
        return "链接属于该数据库"
    if named := re.search(spec["providers"], "\n".join("\t".join(row) for row in rows[:at])):
        return f"表头之上写着“{named.group()}”"
    columns = _table.variants(_rows.columns(source))
    of_base = [n for n, cell in enumerate(rows[at]) if columns.get(_table.label(cell)) == "src_database"]
    values = {row[n].strip() for row in rows[at + 1 :] for n in of_base if n < len(row) and row[n].strip()}
    if values and all(re.search(spec["bases"], value) for value in values):
        return f"数据库一列为 {'、'.join(sorted(values)[:3])}"
    return ""


def _heads(head: FileHead) -> list[tuple[str, list[list[str]]]]:
    """First rows of every table in a file."""
    if head.encoding in ("xlsx", "xls"):
        sheets = [part.split("\n") for part in head.text.split("\x1d") if part]
        return [(lines[0], [line.split("\t") for line in lines[1:]]) for lines in sheets]
    if _is_html(head.text):
        return [("", _html_rows(head.text))]
    lines = head.text.replace("\r\n", "\n").replace("\r", "\n").split("\n")[: _sheets.HEAD_ROWS]
    mark = _sheets.separator("\n".join(lines))
    return [("", [[cell.strip().strip('"') for cell in line.split(mark)] for line in lines])]


def _is_html(text: str) -> bool:
    return bool(re.search(r"(?i)<table", text[:20_000]))


def _html_rows(text: str) -> list[list[str]]:
    tree = etree.fromstring(text.encode("utf-8"), etree.HTMLParser(encoding="utf-8", no_network=True))
    found = [] if tree is None else list(tree.iter("tr"))[: _sheets.HEAD_ROWS]
    return [_cells(row) for row in found]


def _cells(row: etree._Element) -> list[str]:
    return [" ".join("".join(cell.itertext()).split()) for cell in row if cell.tag in _CELLS]


def _html_grids(path: Path, encoding: str) -> Iterator[pl.DataFrame]:
    """Rows of an HTML table, as many at a time as ROWS; a row that was read is dropped from memory."""
    held: list[list[str]] = []
    width = 0
    for _, row in etree.iterparse(
        str(path), tag="tr", html=True, encoding=_LIBXML.get(encoding, encoding), no_network=True
    ):
        cells = _cells(row)
        width = max(width, len(cells))
        held.append(cells)
        row.clear()
        while row.getprevious() is not None:
            del row.getparent()[0]
        if len(held) >= ROWS:
            yield _grid(held, width)
            held = []
    if held:
        yield _grid(held, width)


def _grid(rows: list[list[str]], width: int) -> pl.DataFrame:
    padded = [[*row, *[""] * (width - len(row))] for row in rows]
    return _sheets.clean(pl.DataFrame(padded, schema={f"c{n}": pl.String for n in range(width)}, orient="row"))
