"""RIS of every vendor: records between `TY` and `ER`; lines without a tag continue the value before them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from pipelines.sources import _text
from pipelines.sources._entries import Broken, Entry

NEXT = "请在数据库网页上重新导出这条记录；同一文件中的其他记录不受影响"
WHOLE = "记录以 TY 开始、以 ER 结束"
PIECE = 1 << 20  # bytes decoded at a time
LONGEST = 100_000  # lines of a record; the longest list of references has some thousands
# two blanks are the rule; a record whose TY has one keeps to one, so that 'IR - a method' may stand in its abstract
_TAG = re.compile(r"\ufeff?([A-Z][A-Z0-9])( {1,2})-(?: |$)(.*)")
# the end of a cut file with another file behind it; a link behind text that did not end its line
_GLUED = re.compile(r"(?<=.)(?=(?:TY  - [A-Z]{3,8}|UR  - https?://\S+)\s*$)")
_UNDECODED = re.compile(r"[\udc80-\udcff]")


@dataclass
class _Open:
    """The record that is being read; its row is 0 until it has a TY."""

    row: int = 0
    blanks: str = ""
    lines: list[str] = field(default_factory=list)
    fields: dict[str, list[list[str]]] = field(default_factory=dict)
    last: str = ""

    def add(self, line: str, tag: re.Match[str] | None) -> None:
        """A line of the record: a new value, or more of the last one."""
        self.lines.append(line)
        if tag and (tag[2] == self.blanks or not self.row):
            self.last = tag[1]
            self.fields.setdefault(self.last, []).append([tag[3].strip()])
        elif self.last:
            self.fields[self.last][-1].append(line.strip())

    def close(self, row: int, cut: bool = False) -> Entry | Broken:
        """The record as it stands."""
        text = "\n".join(self.lines)
        if not self.row:
            return _broken(row, text.strip("\n"), WHOLE, "没有 TY：记录的前半部分丢失")
        if cut:
            return _broken(row, text, WHOLE, f"到 {self.last} 为止，没有 ER：记录在中途被截断")
        if _UNDECODED.search(text):
            return _broken(row, text, "每个字节都能按文件的编码解读", "含有无法解读的字节")
        values = {tag: ["\n".join(lines).rstrip("\n") for lines in each] for tag, each in self.fields.items()}
        kind = values.pop("TY")[0].lower()
        return Entry(row, kind, next(iter(values.get("ID", ())), ""), values, text)


def entries(path: Path, encoding: str) -> Iterator[Entry | Broken]:
    """Records in the order of the file.

    A record without ER is read when another TY follows, or when the file ends with a whole line or has no ER at all; a file
    that ends inside a line was cut. Tagged lines outside a record are a record that lost its beginning.
    """
    row, ended, cut = 0, False, False
    record = _Open()
    for line, unended in _lines(path, encoding):
        cut = unended
        tag = _TAG.match(line)
        ours = tag and record.row and tag[2] == record.blanks
        if tag and tag[1] == "TY" and (ours or not record.row):
            if record.last:
                row += 1
                yield record.close(row)
            record = _Open(row + 1, tag[2])
        elif tag and tag[1] == "ER" and ours:
            row, ended = row + 1, True
            record.lines.append(line)
            yield record.close(row)
            record = _Open()
            continue
        elif tag and tag[1] == "EF" and not record.row:  # the end of the file, as some print it
            continue
        elif len(record.lines) >= LONGEST:
            if record.last:
                row += 1
                yield record.close(row, cut=True)
            record = _Open()
        record.add(line, tag)
    if record.last:
        yield record.close(row + 1, cut=cut and ended)


def _lines(path: Path, encoding: str) -> Iterator[tuple[str, bool]]:
    """Lines without their end, and whether it was missing; bytes that are no text become lone surrogates."""
    for block in _text.blocks(path, encoding, _text.after_last_line):
        begin = 0
        while begin < len(block):
            end = block.find(b"\n", begin + PIECE) + 1 or len(block)
            lines = block[begin:end].decode("utf-8", "surrogateescape").split("\n")
            begin, rest = end, lines.pop()
            yield from _unglued(lines, False)
            yield from _unglued([rest] if rest else [], True)


def _unglued(lines: list[str], cut: bool) -> Iterator[tuple[str, bool]]:
    for line in lines:
        if line.find("TY  - ", 1) > 0 or line.find("UR  - http", 1) > 0:
            yield from ((part, cut) for part in _GLUED.split(line, maxsplit=1))
        else:
            yield line, cut


def _broken(row: int, text: str, expected: str, found: str) -> Broken:
    clean = text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return Broken(row, clean, expected, found, NEXT)
