"""Web of Science tagged text (savedrecs.txt, .ciw, .isi): from bytes to one row per record, one column per tag."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl

from pipelines.sources import RECORD, Chunk, _rows, _spans, _text, wos_tab

SOURCE = "wos"
INDENT = "\n   "  # a continuation line begins with exactly three blanks
NEXT = (
    "请在 Web of Science 重新导出这条记录（格式：纯文本，内容：全记录与引用的参考文献）；同一文件中的其他记录不受影响"
)
WHOLE_FILE = "请重新导出并完整下载这个文件，核对记录数与网页上导出的范围是否一致；文件中其他记录已读入"
Row = tuple[int, str, str, str, str]
Codes = npt.NDArray[np.int32]
Flags = npt.NDArray[np.bool_]


def _code(tag: str) -> int:
    return ord(tag[0]) << 8 | ord(tag[1])


_TAB = re.compile(rb"^(?:EF)?(?:\xef\xbb\xbf)?PT\t[A-Z0-9]{2}\t", re.M)
_BLANK = np.isin(np.arange(256), (10, 32))
PT, ER, EF, FN, VR = (_code(tag) for tag in ("PT", "ER", "EF", "FN", "VR"))


@dataclass(frozen=True)
class _Fields:
    """The tagged lines of a block: tag code, where the value starts and ends, number of the segment it lies in."""

    code: Codes
    start: _spans.Positions
    end: _spans.Positions
    wrapped: Flags
    segment: _spans.Positions


def read(path: Path, encoding: str) -> Iterator[Chunk]:
    """Records in chunks; a record that is not closed by ER, lacks UT or holds undecodable bytes is set aside."""
    return _text.ahead(_chunks(path, encoding))


def after_last_record(data: bytearray) -> int:
    """Position behind the last line `ER` of a block, 0 if there is none."""
    at = len(data)
    while (at := data.rfind(b"\nER", 0, at)) >= 0:
        end = data.find(b"\n", at + 3)
        if end >= 0 and not data[at + 3 : end].strip():
            return end + 1
    return 0


def _chunks(path: Path, encoding: str) -> Iterator[Chunk]:
    row = 0
    for block in _text.blocks(path, encoding, after_last_record):
        if b"\xef" in block and b"\n\xef\xbb\xbf" in block:  # files with a BOM, one behind the other
            block = block.replace(b"\n\xef\xbb\xbf", b"\n")
        if b"\t" in block and b"PT\t" in block and _TAB.search(block):  # a tab is rare and quickly looked for
            raise wos_tab.glued(path, "带字段标识的纯文本", "制表符分隔文件")
        chunk = _parse(block, row)
        row += chunk.rows.height + chunk.rejected.height
        if row:
            yield chunk


def _parse(block: bytearray, rows_before: int) -> Chunk:
    block += b"\n\n\n"  # four bytes can be looked at from any line on
    fields = _fields(np.frombuffer(block, dtype=np.uint8))
    first, last = _segment_ends(fields.segment)
    opened, closed = fields.code[first] == PT, fields.code[last] == ER
    is_record = ~np.isin(fields.code[first], (FN, VR, ER, EF))
    whole = opened & closed & is_record
    if not _text.is_utf8(block):
        whole &= np.array([_decodes(block, fields, a, b) for a, b in zip(first, last, strict=True)], dtype=bool)
    number = np.cumsum(is_record) + rows_before
    own = _own_text(block, fields, first[whole], last[whole])
    rows = _frame(block, fields, whole).with_columns(source_row=pl.Series(number[whole], dtype=pl.Int64), **own)
    rows, set_aside = _rows.without_required(rows, _rows.columns(SOURCE), NEXT)
    rows, twice = _two_in_one(rows)
    broken = np.flatnonzero(is_record & ~whole)
    set_aside += twice
    set_aside += [_broken(block, fields, first[s], last[s], int(number[s]), s == len(first) - 1) for s in broken]
    return _rows.chunk(rows.with_columns(file_format=pl.lit("tagged")), SOURCE, sorted(set_aside))


def _fields(text: _spans.Bytes) -> _Fields:
    """Lines that begin with a tag; every other line belongs to the tag before it."""
    lines = np.append(0, _spans.places(text, 10) + 1)
    lines = lines[lines < len(text) - 3]
    four = np.ndarray((len(text) - 3,), np.uint32, text, strides=(1,))[lines]
    likely = np.flatnonzero((four & 0xFF) != 32)
    four = four[likely]
    one, two, three = four & 0xFF, four >> 8 & 0xFF, four >> 16 & 0xFF
    code = (one << 8 | two).astype(np.int32)
    shaped = (one >= 65) & (one <= 90) & ((two >= 65) & (two <= 90) | (two >= 48) & (two <= 57))
    tagged = shaped & ((three == 32) | (three == 10) & _known()[code])
    at, code = likely[tagged], code[tagged]
    line = lines[at]
    wrapped = np.append(at[1:], len(lines)) - at > 1
    end = np.append(line[1:] - 1, len(text))[: len(line)]
    start = np.minimum(line + 3, end)
    open_ = np.arange(len(end))
    while len(open_ := open_[(end[open_] > start[open_]) & _BLANK[text[end[open_] - 1]]]):
        end[open_] -= 1
    return _Fields(code, start, end, wrapped, _segments(code))


@cache
def _known() -> Flags:
    """Whether a code is a declared tag."""
    known = np.zeros(1 << 16, dtype=bool)
    known[[_code(name) for name in (*_rows.columns(SOURCE), "ER", "EF") if len(name) == 2]] = True
    return known


def _segments(code: Codes) -> _spans.Positions:
    """Segment of each field: a new one begins at PT, at FN, and behind ER or EF."""
    begins = (code == PT) | (code == FN)
    begins[1:] |= (code[:-1] == ER) | (code[:-1] == EF)
    begins[:1] = True
    return np.cumsum(begins) - 1


def _segment_ends(segment: _spans.Positions) -> tuple[_spans.Positions, _spans.Positions]:
    """First and last field of every segment."""
    step = np.flatnonzero(np.diff(segment))
    empty = not len(segment)
    return (segment[:0], segment[:0]) if empty else (np.append(0, step + 1), np.append(step, len(segment) - 1))


def _frame(block: bytearray, fields: _Fields, whole: Flags) -> pl.DataFrame:
    row_of_segment = np.cumsum(whole) - 1
    keep = whole[fields.segment] & (fields.code != ER) if len(whole) else np.zeros(0, dtype=bool)
    keep &= fields.end > fields.start
    codes = np.flatnonzero(np.bincount(fields.code[keep], minlength=1 << 16))
    column = np.zeros(1 << 16, dtype=np.uint16)
    column[codes] = np.arange(len(codes))
    column = column[fields.code[keep]]
    names = [chr(code >> 8) + chr(code & 255) for code in codes]
    spans = _spans.Spans(
        fields.start[keep],
        (fields.end - fields.start)[keep],
        column,
        row_of_segment[fields.segment[keep]],
    )
    wrapped = np.unique(column[fields.wrapped[keep]])
    unwrapped = [pl.col(names[i]).str.replace_many([INDENT], ["\n"]) for i in wrapped]
    return _spans.frame(block, spans, names, int(whole.sum())).with_columns(unwrapped)


def _own_text(
    block: bytearray, fields: _Fields, first: _spans.Positions, last: _spans.Positions
) -> dict[str, pl.Series]:
    """The text of every record from PT to ER."""
    start = fields.start[first] - 3
    number = np.arange(len(first))
    spans = _spans.Spans(start, fields.end[last] - start, np.zeros_like(number), number)
    return {RECORD: _spans.frame(block, spans, [RECORD], len(first))[RECORD]}


def _two_in_one(rows: pl.DataFrame) -> tuple[pl.DataFrame, list[Row]]:
    """Records with one accession number, and those with several: the lines between two records are lost."""
    if rows.is_empty():
        return rows, []
    several = pl.col("UT").str.contains("\n", literal=True)
    aside = [
        (row["source_row"], _rows.as_text(row), "每条记录一个入藏号（UT）",
         f"两个入藏号：{row['UT'].replace(chr(10), '、')[:200]}；两条记录之间的 ER 与 PT 丢失，字段混在一起", NEXT)
        for row in rows.filter(several).iter_rows(named=True)
    ]  # fmt: skip
    return (rows.filter(~several), aside) if aside else (rows, aside)


def _decodes(block: bytearray, fields: _Fields, first: int, last: int) -> bool:
    return _text.is_utf8(bytes(block[fields.start[first] : fields.end[last]]))


def _broken(block: bytearray, fields: _Fields, first: int, last: int, row: int, at_end: bool) -> Row:
    text = bytes(block[max(fields.start[first] - 3, 0) : fields.end[last]]).decode("utf-8", "replace")
    expected = "记录以 PT 开始、以 ER 结束"
    if fields.code[first] != PT:
        return row, text, expected, f"开头是 {_name(fields.code[first])}：记录的前半部分丢失", NEXT
    if fields.code[last] != ER:
        found = f"到 {_name(fields.code[last])} 为止，没有 ER：记录在中途被截断"
        if at_end:  # a block without its last ER is the end of the file
            return row, text, expected, f"{found}；这是文件的最后一条，文件可能没有下载完整", WHOLE_FILE
        return row, text, expected, found, NEXT
    return row, text, "每个字节都能按文件的编码解读", "含有无法解读的字节", NEXT


def _name(code: int) -> str:
    return chr(code >> 8) + chr(code & 255)
