"""Patents: Derwent sheets, incoPat, PatSnap, CNIPA and its like, Lens, Google Patents, Espacenet. A row is a publication (Derwent: a family)."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl

from pipelines.core import schema
from pipelines.core.errors import SourceError
from pipelines.sources import (
    Chunk,
    FileHead,
    Recognised,
    _delimited,
    _patent_numbers,
    _rows,
    _table,
    patents_derwent,
    patents_parts,
    patents_tables,
)
from pipelines.sources.patents_tables import SOURCE

NEXT = "请在平台重新导出这件专利，公开号或申请号不要改动；同一文件中的其他专利照常使用"
NEXT_SCIENTIFIC = "请从平台重新导出，不要用 Excel 改存；必须改存时先把号码列设为“文本”。同一文件中的其他专利照常使用"
NUMBERS = ("publication_number", "application_number", "patent_number", "grant_number")
_KEPT_AS_TEXT = (
    r'^="(.*)"$',
    r"^'([A-Z0-9][\w.\-/ ]+)$",
)  # how numbers are kept from becoming Excel's: ="2021…", '2021…
CN_NUMBERS = ("incopat", "patsnap", "cnipa")  # sheets in which a number without a country is a Chinese one


def recognise(head: FileHead) -> Recognised | None:
    """A table whose header row has one of every group of headers of a platform (schemas/sources/patents.yml, marks).

    Errors: SourceError for a header without rows.
    """
    if head.encoding is None or head.text.startswith("PT\t"):  # tags of Web of Science
        return None
    headers = [(name, *_header(rows), len(rows)) for name, rows in _tables(head)]
    kind = next((found for _, _, found, _ in headers if found), "")
    if not kind:
        return None
    title = _spec()["kinds"][kind]
    filled = [name for name, at, found, rows in headers if found == kind and rows > at + 1]
    if not filled:
        raise SourceError(
            f"{title} 的导出表里只有表头，没有专利", where=head.path.name, next_step="请检查导出时是否选中了专利"
        )
    form = head.encoding if head.encoding in ("xlsx", "xls") else "csv"
    reason = f"表头是 {title} 的专利导出" + (f"（工作表 {'、'.join(filled)}）" if form != "csv" else "")
    language = "zh" if kind in CN_NUMBERS else "en"
    return Recognised(SOURCE, form, kind, head.encoding, "", language, (reason,), (), {"sheets": filled})


def read(path: Path, found: Recognised, hints: Mapping[str, Any]) -> Iterator[Chunk]:
    """Rows as text in bounded chunks; a row without a number that can be read is set aside.

    Errors: SourceError when a required header is missing.
    """
    for body, broken in _bodies(path, found):
        # '-' stands for an empty cell (PatSnap)
        filled = body.with_columns(
            pl.when(~pl.col(pl.String).is_in(["-", "--", "—"])).then(_as_text(pl.col(pl.String)))
        )
        rows = filled.with_columns(platform=pl.lit(found.kind), file_format=pl.lit(found.format))
        rows = _rows.declare(_with_country(rows, found.kind), SOURCE)
        rows, set_aside = _usable(rows, found.kind)
        yield _rows.chunk(rows, SOURCE, sorted(broken + set_aside))


def record_ids(rows: pl.DataFrame) -> pl.Series:
    """patents:<number as delivered, without marks>: what tells rows of overlapping exports apart."""
    number = pl.coalesce("publication_number", "id", "application_number", "patent_number", "GA", "PN")
    plain = number.str.to_uppercase().str.replace_all(r"[\s\-/]", "")
    return rows.select(record_id=pl.lit("patents:") + plain)["record_id"]


def source_patents(raw: pl.LazyFrame) -> pl.DataFrame:
    """Grain: one row per raw_id and publication."""
    derwent, sheets = _split(raw)
    return pl.concat([patents_derwent.patents(derwent, SOURCE), patents_tables.patents(sheets)])


def source_patent_parties(raw: pl.LazyFrame) -> pl.DataFrame:
    """Grain: one row per raw_id, publication, role and position."""
    derwent, sheets = _split(raw)
    return pl.concat([patents_derwent.parties(derwent), patents_parts.parties(sheets)])


def source_patent_classes(raw: pl.LazyFrame) -> pl.DataFrame:
    """Grain: one row per raw_id, publication, scheme and position."""
    derwent, sheets = _split(raw)
    return pl.concat([patents_derwent.classes(derwent), patents_parts.classes(sheets)])


def source_patent_priorities(raw: pl.LazyFrame) -> pl.DataFrame:
    """Grain: one row per raw_id, publication and position."""
    derwent, sheets = _split(raw)
    return pl.concat([patents_derwent.priorities(derwent), patents_parts.priorities(sheets)])


def source_patent_families(raw: pl.LazyFrame) -> pl.DataFrame:
    """Grain: one row per raw_id, kind of family and member."""
    derwent, sheets = _split(raw)
    return pl.concat([patents_derwent.families(derwent), patents_parts.families(sheets)])


def source_patent_events(raw: pl.LazyFrame) -> pl.DataFrame:
    """Grain: one row per raw_id, publication, event date and text."""
    return patents_tables.events(_split(raw)[1])


def _split(raw: pl.LazyFrame) -> tuple[pl.LazyFrame, pl.LazyFrame]:
    """Derwent rows (families) and the others (publications)."""
    is_derwent = pl.col("platform") == patents_derwent.PLATFORM
    return raw.filter(is_derwent), raw.filter(~is_derwent)


def _bodies(path: Path, found: Recognised) -> Iterator[_delimited.Part]:
    """Rows below the header, sheet by sheet or piece by piece, numbered through the file, and rows that cannot be split."""
    spec = {n: c for n, c in _rows.of_kind(SOURCE, found.kind).items() if not c.get("added")}
    if found.format == "csv":
        yield from _delimited.frames(path, found.encoding or "utf-8", spec, NEXT)
        return
    yield from ((rows, []) for rows in _table.bodies(path, found.sheets, spec))


def _as_text(cell: pl.Expr) -> pl.Expr:
    for pattern in _KEPT_AS_TEXT:
        cell = cell.str.replace(pattern, "$1")
    return cell


def _with_country(rows: pl.DataFrame, kind: str) -> pl.DataFrame:
    """Numbers with their country where a sheet has it in a column of its own, or where it goes without saying."""
    numbers = [n for n in NUMBERS if n in rows.columns]
    office = pl.col("authority") if "authority" in rows.columns else pl.lit(None, pl.String)
    country = office.str.extract(r"\b([A-Z]{2})\b", 1)
    if kind in CN_NUMBERS:  # 美国 in such a sheet: its numbers are no Chinese ones
        country = pl.coalesce(country, pl.when(office.is_null() | office.str.starts_with("中国")).then(pl.lit("CN")))
    bare = r"^\s*[0-9]{7,13}(?:\.[0-9X])?[A-Z]?[0-9]?\s*$"
    return rows.with_columns(
        pl.when(pl.col(n).str.contains(bare) & country.is_not_null()).then(country + pl.col(n)).otherwise(n).alias(n)
        for n in numbers
    )


def _usable(rows: pl.DataFrame, kind: str) -> tuple[pl.DataFrame, list[_rows.Row]]:
    """Rows with a publication, application or patent number that can be read, and the others with what is wrong."""
    columns = ("PN",) if kind == patents_derwent.PLATFORM else ("id",) if kind == "google_patents" else NUMBERS
    lost = pl.any_horizontal(pl.col(c).str.contains(_patent_numbers.SCIENTIFIC).fill_null(False) for c in columns)
    rows = rows.with_columns(_lost=lost, _readable=_readable(rows, columns))
    set_aside = []
    for row in rows.filter(pl.col("_lost") | ~pl.col("_readable")).iter_rows(named=True):
        seen = "、".join(row[c] for c in columns if row[c]) or "没有号码"
        text = _rows.as_text({c: v for c, v in row.items() if not c.startswith("_")})
        if row["_lost"]:
            found, step = f"{seen}：号码被 Excel 改成了科学记数，末尾数字已丢失", NEXT_SCIENTIFIC
        elif note := next((v for v in row.values() if isinstance(v, str) and _rows.NOTE.match(v)), ""):
            found, step = f"“{note}”：不是专利，是表下的说明或合计", "这一行不需要处理"
        elif wrong := _patent_numbers.wrong_digit("、".join(row[c] for c in columns if row[c])):
            found, step = f"{seen}：申请号（专利号）的校验位不对，按前面的数字应为 {wrong}，号码抄错了", NEXT
        else:
            found, step = seen, NEXT
        expected = "可读的公开（公告）号或申请号，如 CN101234567A、CN202010123456.7、US2018399218-A1"
        set_aside.append((row["source_row"], text, expected, found, step))
    kept = rows.filter(~pl.col("_lost") & pl.col("_readable"))
    return kept.drop("_lost", "_readable"), set_aside


def _readable(rows: pl.DataFrame, columns: tuple[str, ...]) -> pl.Series:
    """Whether any of the number columns of each row can be read."""
    if columns == ("PN",):
        long = rows.select("source_row", text=patents_derwent.members_of(pl.col("PN"))).explode("text")
        known = _patent_numbers.publications(long["text"])["text"]
        return rows["source_row"].is_in(long.filter(pl.col("text").is_in(known.implode()))["source_row"].implode())
    told = patents_tables.keyed(rows, "source_row").drop_nulls("patent_id")
    return rows["source_row"].is_in(told["source_row"].implode())


@cache
def _spec() -> dict[str, Any]:
    return schema.source(SOURCE).spec


def _tables(head: FileHead) -> list[tuple[str, list[list[str]]]]:
    """First rows of every sheet by its name; of a text file its first lines by every separator."""
    if head.encoding in ("xlsx", "xls"):
        parts = [part.split("\n") for part in head.text.split("\x1d") if part]
        return [(lines[0], [line.split("\t") for line in lines[1:]]) for lines in parts]
    lines = head.text.replace("\r\n", "\n").replace("\r", "\n").split("\n")[: _table.SEARCHED]
    filled = [line for line in lines if line.strip()]
    return [
        (mark, [next(csv.reader([line], delimiter=mark), []) for line in filled])
        for mark in _delimited.MARKS
        if any(mark in line for line in filled)
    ]


def _header(rows: list[list[str]]) -> tuple[int, str]:
    """The header row and the platform whose marks it bears; '' when it bears none."""
    never = {_table.label(text) for text in _spec()["never"]}
    marks = {k: [{_table.label(t) for t in group} for group in groups] for k, groups in _spec()["marks"].items()}
    for at, row in enumerate(rows[: _table.SEARCHED]):
        have = {_table.label(cell) for cell in row if cell.strip()}
        if len(have) < 3 or have & never:
            continue
        for kind, groups in marks.items():
            if all(have & group for group in groups):
                return at, kind
    return 0, ""
