"""Tagged text of the Chinese databases to rows: RefWorks, NoteExpress, EndNote, `Key-中文: value`, `【标签】value`.

A format is a `Shape`: how a line begins a field and which line begins a record; which key means which column stands in
schemas/sources/<source>.yml. Blank lines end nothing; lines without a key continue the field before them.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from pipelines.core import schema
from pipelines.core.errors import SourceError
from pipelines.sources import Chunk, _rows, _text

EXTRAS = 64  # undeclared keys of a block that become columns; if there are more, they are text
PIECE = 2 << 20  # bytes parsed at a time
GLUED = ("%A", "%I", "%K", "%Y")  # keys that EndNote answers write several times in one line
OTHERS = "写明了别的数据库"
APART = "请把各数据库的记录分别导出、分别放入；同一文件中的其他记录不受影响"
HAN = r"\u4e00-\u9fff"
_BLOCK_TAGS = re.compile(
    r"(?i)<br\s*/?>|</?(?:ul|ol|li|p|div|table|tbody|tr|td|th|body|head|html|form|pre|meta|input)\b[^<>]*>|<!doctype[^<>]*>"
)
_IDLE = (  # rules, banners, ordinals that stand before a record
    r"^[-=_*]{20,}\s*$|^南京大学中国社会科学研究评价中心|^数字文献处理系统|^版权所有.*CSSCI|^\s*〖检索"
    r"|^PageCount-页码 ?\d*$|^\s*\[\d{1,5}\]\s*$"
)
_RULE = r"^-{20,}\s*$"
JOINT = r"([^\x00-\x7F])[ \t]*\n\s*([^\x00-\x7F]|[,.;:!?)])"  # a line that was wrapped inside Chinese text
_RT = (
    r"(?i:journal|dissert|thesis|confer|newspaper|patent|standard|other|book|generic|report|law|yearbook|magazine|abstract|"
    r"unpublished|web|video|monograph|case|bill|map|personal|computer)"
)


@dataclass(frozen=True)
class Shape:
    """One tagged format.

    begins: pattern of a line that begins a record. field: pattern of a line that begins a field: group 1 is the key, the first
    filled group behind it the value; empty = the two-letter tags of the source. ruled: a line of dashes ends every record.
    declared: only declared keys are keys, because texts hold lines that look like one (【目的】).
    """

    name: str
    zh: str
    begins: str
    field: str = ""
    ruled: bool = False
    declared: bool = False


_KEY_ZH = rf"^(DataType|[A-Z][A-Za-z ]{{1,20}}-(?:DOI|[{HAN}][^:：]{{0,12}}))[:：][ \t]*(.*)$"
_LABEL = r"^【([^】]{1,12})】(.*)$"
SHAPES = (
    Shape(
        "noteexpress",
        "{Reference Type}: 开头的 NoteExpress 记录",
        r"^\{Reference Type\} ?(?::|：)",
        r"^\{([^{}]{1,40})\}\s*[:：][ \t]*(.*)$",
    ),
    Shape("refworks", "RT 开头的 RefWorks 记录", rf"^(?:RT|rt)[ \t]+{_RT}[A-Za-z/ ]*$"),
    Shape(
        "endnote",
        "%0 开头的 EndNote 记录",
        r"^%0[ \t:]+[A-Z]",
        r"^(%[0-9A-Z@+?~!&$#<>^|(*\[\]])(?::?[ \t]+(.*)|:?([^\x00-\x7F].*)|:([^ ].*)|(10\..*)|:?)$",
    ),
    Shape("estudy", "DataType 开头的知网研学记录", r"^DataType(?::|：)[ \t]*[0-9]", _KEY_ZH),
    Shape("custom", "“Title-题名: ”一类标签的自定义或查新记录", "", _KEY_ZH),
    Shape("cssci", "【来源篇名】开头的 CSSCI 记录", r"^【来源篇名】", _LABEL, ruled=True, declared=True),
    Shape("brackets", "【题名】一类标签的维普记录", "", _LABEL, declared=True),
)
_FIRST = {  # shapes whose fields the user chooses: the first label of the file begins its records
    "custom": re.compile(rf"^[A-Z][A-Za-z ]{{1,20}}-[{HAN}][^:：\n]{{0,12}}(?=[:：])", re.M),
    "brackets": re.compile(r"^【(?:序\s*号|题\s*名|作\s*者|机\s*构|刊\s*名)】", re.M),
}
_PROOF = {  # what such a file must hold besides
    "custom": re.compile(r"^Title-(?:题名|标题名?|篇名)[:：]", re.M),
    "brackets": re.compile(r"^【题\s*名】[\s\S]*^【(?:刊\s*名|机\s*构)】", re.M),
}


def shape_of(text: str) -> Shape | None:
    """The format of a text by its lines, None when it is none of these."""
    for shape in SHAPES:
        if shape.begins and re.search(shape.begins, text, re.M):
            return shape
        first = _FIRST[shape.name].search(text) if shape.name in _FIRST else None
        if first and _PROOF[shape.name].search(text):
            return replace(shape, begins="^" + re.escape(first.group()))
    return None


def named(name: str, begins: str) -> Shape:
    """The shape of this name as it was recognised."""
    return replace(next(shape for shape in SHAPES if shape.name == name), begins=begins)


def is_page(text: str) -> bool:
    """Whether a text is the HTML answer of a vendor's page rather than the text itself."""
    breaks = len(re.findall(r"(?i)<br\s*/?>", text))
    return breaks > max(3, text.count("\n")) or (bool(re.match(r"\s*<", text)) and len(_BLOCK_TAGS.findall(text)) > 3)


def plain(text: str) -> str:
    """An HTML answer as the text it shows: a line per break, no tags, no entities."""
    lines = html.unescape(_BLOCK_TAGS.sub("\n", text)).split("\n")
    return "\n".join(line.strip() for line in lines)


def read(
    path: Path, encoding: str, source: str, shape: Shape, *, page: bool, owner: str, next_step: str
) -> Iterator[Chunk]:
    """Records in chunks. A record without a title, with undecodable bytes or of another provider than `owner` is set aside.

    Errors: SourceError when records of a second format stand in the file.
    """
    reader = _Reader(source, shape, owner, next_step, path, encoding)
    begins = re.compile(shape.begins.encode(), re.M)
    cut = (lambda data: max(data.rfind(b"<li"), 0)) if page else (lambda data: _last_start(data, begins))
    for block in _text.blocks(path, encoding, cut):
        for piece in [block] if page else _pieces(block, begins):
            yield reader.chunk(piece, page)


def _pieces(block: bytearray, begins: re.Pattern[bytes]) -> Iterator[bytearray]:
    """A block in parts of about PIECE bytes that end where a record ends: a line costs twenty times its bytes while it is parsed."""
    while len(block) > PIECE:
        following = begins.search(block, block.find(b"\n", PIECE) + 1 or len(block))
        if following is None:
            break
        yield block[: following.start()]
        block = block[following.start() :]
    yield block


def _last_start(data: bytearray, begins: re.Pattern[bytes]) -> int:
    """Where the last record of a block begins; 0 when that is its start."""
    for size in (1 << 16, 1 << 20, len(data)):
        start = max(len(data) - size, 0)
        line = data.find(b"\n", start) + 1 if start else 0
        last = max((found.start() for found in begins.finditer(data, line)), default=0)
        if last or not start:
            return last
    return 0


class _Reader:
    """Blocks of one file to chunks, numbered through."""

    def __init__(self, source: str, shape: Shape, owner: str, next_step: str, path: Path, encoding: str) -> None:
        self.source, self.shape, self.owner, self.next_step = source, shape, owner, next_step
        self.where, self.encoding = path.name, encoding
        self.spec = _rows.columns(source)
        self.keys = keys(source)
        self.field = shape.field or _two_letter_tags(source)
        others = [other.begins for other in SHAPES if other.begins and other.name != shape.name]
        self.others = re.compile("|".join(others), re.M)
        self.row, self.ruled = 0, False

    def chunk(self, block: bytearray, page: bool) -> Chunk:
        """The records of a block."""
        text = block.decode("utf-8", "replace")
        lines = self._lines(self._one_format(plain(text) if page else text))
        before = "\n".join(v for v in lines.filter(pl.col("_record") == 0)["line"] if v.strip())
        lost = [(self.row + 1, before, "记录以文献类型开始", "前半部分丢失", self.next_step)] if before else []
        lines = lines.filter(pl.col("_record") > 0)
        rows = self._wide(lines).with_columns(
            source_row=pl.col("_record") + self.row + len(lost), file_format=pl.lit(self.shape.name)
        )
        self.row += len(lost) + rows.height
        absent = [pl.lit(None, pl.String).alias(n) for n in ("provider",) if n not in rows.columns]
        rows, cut = self._aside(rows.with_columns(absent), *self._not_whole(lines))
        rows, other = self._aside(rows, *self._not_ours())
        unread = "\ufffd" in text and not (self.encoding.startswith("utf-8") and _text.is_utf8(block))
        texts = [pl.col(n).str.contains("\ufffd", literal=True) for n, t in rows.schema.items() if t == pl.String]
        bad = pl.any_horizontal(texts) if unread else pl.lit(False)
        rows, torn = self._aside(rows, bad, "每个字节都能按文件的编码解读", "含有无法解读的字节")
        rows, empty = _rows.without_required(rows.drop("_record"), self.spec, self.next_step)
        return _rows.chunk(rows, self.source, sorted([*lost, *cut, *other, *torn, *empty]))

    def _one_format(self, text: str) -> str:
        if second := self.others.search(text):
            raise SourceError(
                "文件里混有两种格式的记录",
                expected=self.shape.zh,
                found=f"还有“{second.group()}”开头的记录",
                where=self.where,
                next_step="请把两种格式的文件分别放入",
            )
        return text

    def _lines(self, text: str) -> pl.DataFrame:
        """Lines with their key and value, record number and field number; banners and rules are gone."""
        line = pl.col("line")
        lines = pl.DataFrame({"line": text.split("\n")}).with_columns(
            _rule=line.str.contains(_RULE), _begins=line.str.contains(self.shape.begins)
        )
        lines = lines.with_columns(_record=pl.col("_begins").cast(pl.Int64).cum_sum())
        found = line.str.extract(self.field, 1)
        value = pl.coalesce(line.str.extract(self.field, n) for n in range(2, 1 + re.compile(self.field).groups))
        lines = lines.with_columns(_key=_folded(found, self.keys), value=value, said=found.str.strip_chars())
        opening = lines.filter(pl.col("_begins"))["_key"].unique().to_list()
        known = pl.col("_key").is_in(list(self.keys))
        extras = lines.filter(~known)["_key"].drop_nulls().n_unique()
        key = pl.col("_key") if extras <= EXTRAS and not self.shape.declared else pl.when(known).then("_key")
        key = pl.when(pl.col("_begins") | ~key.is_in(opening)).then(key)
        column = pl.coalesce(pl.col("_key").replace_strict(self.keys, default=None, return_dtype=pl.String), "said")
        lines = lines.with_columns(_key=key).with_columns(
            column=pl.when(pl.col("_key").is_not_null()).then(column),
            value=pl.when(pl.col("_key").is_null()).then("line").otherwise("value").str.strip_chars(),
            _field=pl.col("_key").is_not_null().cum_sum(),
        )
        glued = pl.col("_key").str.to_uppercase().is_in(GLUED)
        several = pl.when(glued).then(pl.col("value").str.replace_all(r"%[AIKY] ", "\n")).otherwise("value")
        return lines.with_columns(value=several).filter(~line.str.contains(_IDLE) | pl.col("_rule"))

    def _wide(self, lines: pl.DataFrame) -> pl.DataFrame:
        """One row per record, one column per key; a key given twice is joined by a line feed."""
        fields = (
            lines.filter(~pl.col("_rule"))
            .group_by("_record", "_field", maintain_order=True)
            .agg(pl.first("column"), pl.col("value").str.join("\n").str.strip_chars())
        )
        one_line = [name for name, column in self.spec.items() if column.get("one_line")]
        joined = pl.col("value").str.replace_all(JOINT, "$1$2").str.replace_all(r"\s*\n\s*", " ")
        several = pl.col("column").is_in(one_line) & pl.col("value").str.contains("\n", literal=True)
        fields = fields.with_columns(value=pl.when(several).then(joined).otherwise("value"))
        cells = fields.filter(pl.col("value") != "").group_by("_record", "column", maintain_order=True)
        wide = cells.agg(pl.col("value").str.join("\n")).pivot(
            "column", index="_record", values="value", maintain_order=True
        )
        every = lines.select(pl.col("_record").unique().sort())
        return every.join(wide, on="_record", how="left")

    def _not_whole(self, lines: pl.DataFrame) -> tuple[pl.Expr, str, str]:
        """Records without the rule that ends every record of the file: the download stopped there."""
        ends = lines.filter(pl.col("_rule"))["_record"].unique() if self.shape.ruled else pl.Series([], dtype=pl.Int64)
        self.ruled |= len(ends) > 0
        cut = ~pl.col("_record").is_in(ends.to_list()) if self.ruled else pl.lit(False)
        return cut, "记录以一行短横线结束", "没有结束线：记录在中途被截断"

    def _not_ours(self) -> tuple[pl.Expr, str, str]:
        named = pl.col("provider").is_not_null() & ~pl.col("provider").str.contains(self.owner)
        return named, f"数据库是{schema.source(self.source).zh}", OTHERS

    def _aside(
        self, rows: pl.DataFrame, bad: pl.Expr, expected: str, found: str
    ) -> tuple[pl.DataFrame, list[_rows.Row]]:
        """Rows that stay, and the others with the reason."""
        marked = rows.with_columns(_bad=bad.fill_null(False))
        gone = marked.filter(pl.col("_bad")).drop("_bad", "_record", strict=False)
        words = (expected, found, APART if found == OTHERS else self.next_step)
        aside = [(row["source_row"], _rows.as_text(row), *words) for row in gone.iter_rows(named=True)]
        return marked.filter(~pl.col("_bad")).drop("_bad"), aside


def keys(source: str) -> dict[str, str]:
    """Key as it is compared to the column it stands for; of `Title-题名` also the part before the hyphen."""
    headers = [(h, name) for name, column in _rows.columns(source).items() for h in column.get("headers", ())]
    return {_fold(_latin(h)): name for h, name in reversed(headers)} | {_fold(h): name for h, name in headers}


def _latin(key: str) -> str:
    return re.sub(rf"-(?:DOI|[{HAN}].*)$", "", key)


def _fold(key: str) -> str:
    """Lower case, runs of blanks are one; blanks inside Chinese labels do not count."""
    bare = key.strip().strip(",，").strip()
    return re.sub(r"\s+", "" if re.search(f"[{HAN}]", bare) else " ", bare).lower()


def _folded(key: pl.Expr, known: dict[str, str]) -> pl.Expr:
    """Keys as they are compared: few are distinct, many lines hold them."""

    def fold(column: pl.Series) -> pl.Series:
        seen = column.drop_nulls().unique()
        folded = [f if (f := _fold(k)) in known else _fold(_latin(k)) for k in seen]
        return column.replace(seen, pl.Series(folded, dtype=pl.String))

    return key.map_batches(fold, return_dtype=pl.String)


def _two_letter_tags(source: str) -> str:
    """Pattern of RefWorks fields: the declared tags, in lower case only those that are no English words (`lower_case_tags`)."""
    spec = schema.source(source).spec
    headers = [header for column in spec["columns"].values() for header in column.get("headers", ())]
    tags = {h for h in headers if re.fullmatch("[A-Z][A-Z0-9]|URL", h)} | set(spec["lower_case_tags"])
    # `A1林行众` occurs: a tag may be followed by Chinese text without a blank
    return rf"^({'|'.join(sorted(tags))})(?:[ \t]+(.*)|([^\x00-\x7F].*)|\s*)$"
