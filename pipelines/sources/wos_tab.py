"""Web of Science tab-delimited text: no quoting unless Excel has saved it, ragged rows, columns by header name (every database)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from pipelines.core.errors import SourceError
from pipelines.sources import Chunk, _rows, _spans, _text

SOURCE = "wos"
HEADER = b"PT\t"
QUOTED = r'^".*"$'
PEOPLE = ("AU", "AF", "BA", "C1")
_TAGGED = re.compile(rb"^(?:FN [^\t\n]*|PT [A-Z])$", re.M)
NEXT = "请在 Web of Science 重新导出（建议选纯文本格式）；不要用 Excel 打开后再保存。同一文件中的其他记录不受影响"


@dataclass(frozen=True)
class _Cells:
    """Cells of a block: where they start and end, line and place in the line."""

    start: _spans.Positions
    end: _spans.Positions
    line: _spans.Positions
    place: _spans.Positions


def header(text: str) -> list[str]:
    """Column names of the first line; trailing empty names dropped."""
    names = [name.strip() for name in text.split("\n", 1)[0].rstrip("\r\n").split("\t")]
    while names and not names[-1]:
        names.pop()
    return names


def read(path: Path, encoding: str) -> Iterator[Chunk]:
    """Rows in chunks; short rows are padded, a row with filled cells beyond the header or without UT is set aside."""
    return _text.ahead(_chunks(path, encoding))


def _chunks(path: Path, encoding: str) -> Iterator[Chunk]:
    names: list[str] = []
    row = 0
    for block in _text.blocks(path, encoding, _text.after_last_line):
        for part in _tables(block, path):
            if part.startswith(HEADER):
                end = part.find(b"\n") + 1 or len(part)
                names = header(part[:end].decode("utf-8", "replace"))
                del part[:end]
            if part:
                chunk = _parse(part, names, row)
                row += chunk.rows.height + chunk.rejected.height
                yield chunk


def _tables(block: bytearray, path: Path) -> Iterator[bytearray]:
    """A block, cut where another tab-delimited file begins behind the first (its header, with or without a BOM).

    Errors: SourceError when tagged text begins there.
    """
    rest = block.replace(b"\n\xef\xbb\xbf", b"\n") if b"\n\xef\xbb\xbf" in block else block
    if any(mark in rest for mark in (b"\nFN ", b"\nPT ")) and _TAGGED.search(rest):
        raise glued(path, "制表符分隔文件", "带字段标识的纯文本")
    while (at := rest.find(b"\n" + HEADER)) >= 0:
        yield rest[: at + 1]
        rest = rest[at + 1 :]
    yield rest


def glued(path: Path, first: str, second: str) -> SourceError:
    """Two files of different formats in one."""
    return SourceError(
        f"文件前面是{first}，后面接着{second}：两种格式的文件粘在了一起",
        expected="一个文件只有一种格式",
        where=path.name,
        next_step="请把原来的两个文件分别放入收件箱",
    )


def _parse(block: bytearray, names: list[str], rows_before: int) -> Chunk:
    if not block.endswith(b"\n"):
        block += b"\n"
    cells = _cells(np.frombuffer(block, dtype=np.uint8))
    height = int(cells.line[-1]) + 1
    filled = cells.end > cells.start
    over = np.zeros(height, dtype=bool)
    over[cells.line[filled & (cells.place >= len(names))]] = True
    broken = np.zeros(height, dtype=bool) if _text.is_utf8(block) else _undecodable(block)
    blank = np.bincount(cells.line[filled], minlength=height) == 0
    number = np.cumsum(~blank) + rows_before
    good = ~(over | broken | blank)
    columns = list(dict.fromkeys(names))
    column = np.array([columns.index(name) for name in names], dtype=np.int64)
    keep = filled & good[cells.line]
    spans = _spans.Spans(
        cells.start[keep],
        (cells.end - cells.start)[keep],
        column[cells.place[keep]],
        (np.cumsum(good) - 1)[cells.line[keep]],
    )
    rows = _unquoted(_spans.frame(block, spans, columns, int(good.sum())))
    rows = rows.with_columns(source_row=pl.Series(number[good], dtype=pl.Int64), file_format=pl.lit("tab"))
    rows, set_aside = _rows.without_required(rows, _rows.columns(SOURCE), NEXT)
    lines = bytes(block).split(b"\n")
    for at in np.flatnonzero((over | broken) & ~blank):
        expected = f"{len(names)} 列" if over[at] else "每个字节都能按文件的编码解读"
        found = f"{lines[at].count(bytes([9])) + 1} 列，超出部分有内容" if over[at] else "含有无法解读的字节"
        set_aside.append((int(number[at]), lines[at].decode("utf-8", "replace"), expected, found, NEXT))
    return _rows.chunk(rows, SOURCE, sorted(set_aside))


def _unquoted(rows: pl.DataFrame) -> pl.DataFrame:
    """Cells without the quotation marks of Excel, which puts every cell with a comma in them; a row that it saved has its
    people and addresses so. The vendor's own rows have none: a title there may begin and end with a quotation."""
    shown = [pl.col(name).str.contains(QUOTED) for name in PEOPLE if name in rows.columns]
    saved = pl.any_horizontal(pl.lit(False), *shown).fill_null(False)
    if not rows.select(saved.any()).item():
        return rows
    text = pl.selectors.string()
    bare = text.str.slice(1, text.str.len_chars() - 2).str.replace_all('""', '"', literal=True)
    return rows.with_columns(pl.when(saved & text.str.contains(QUOTED)).then(bare).otherwise(text))


def _cells(text: _spans.Bytes) -> _Cells:
    ends = np.flatnonzero((text == 9) | (text == 10))
    start = np.append(0, ends[:-1] + 1)
    is_line_end = text[ends] == 10
    line = np.cumsum(is_line_end) - is_line_end
    first = np.append(0, np.flatnonzero(is_line_end)[:-1] + 1)
    place = np.arange(len(ends)) - first[line]
    end = ends.copy()
    while (blank := (end > start) & (text[end - 1] == 32)).any():
        end = end - blank
    while (blank := (end > start) & (text[np.minimum(start, len(text) - 1)] == 32)).any():
        start = start + blank
    return _Cells(start, end, line, place)


def _undecodable(block: bytearray) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    return np.array([not _text.is_utf8(line) for line in bytes(block).split(b"\n")[:-1]])
