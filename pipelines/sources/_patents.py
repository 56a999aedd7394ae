"""Cells of patent exports to values: dates, classes, parties, and the shape that every patent table shares."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from pipelines.core import schema
from pipelines.sources import _patent_numbers, _values

PUBLICATION, FAMILY = "publication", "family"  # whose statement a row is: a family's is not made of a single member
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_EPOCH = "1899-12-30"  # day 0 of Excel
_IPC = r"^([A-H]\d{2}[A-Z])\s*-?0*(\d{1,4})(?:/(\d{1,6}))?"
_LOCARNO = r"(?i)^(?:LOC\s*\(?\d*\)?\s*CL?\.?\s*)?(\d{2})\s*[-–]\s*(\d{2})\b"


def iso_date(text: pl.Expr) -> pl.Expr:
    """YYYY-MM-DD of a date as vendors and Excel write it; null when day and month cannot be told apart.

    21/12/2017 in a column tells how 01/02/2017 is meant there.
    """
    plain = text.str.strip_chars()
    by_year = plain.str.extract_groups(r"^(?<y>\d{4})\s*[-./年]\s*(?<m>\d{1,2})\s*[-./月]\s*(?<d>\d{1,2})(?:\D|$)")
    compact = plain.str.extract_groups(r"^(?<y>(?:1[6-9]|20)\d{2})(?<m>\d{2})(?<d>\d{2})$")
    by_name = plain.str.to_lowercase().str.extract_groups(r"^(?<d>\d{1,2})[ -]+(?<m>[a-z]{3})[a-z]*[., -]+(?<y>\d{4})$")
    american = plain.str.to_lowercase().str.extract_groups(r"^(?<m>[a-z]{3})[a-z]*\.? +(?<d>\d{1,2}),? +(?<y>\d{4})$")
    slashed = plain.str.extract_groups(r"^(?<a>\d{1,2})[/.](?<b>\d{1,2})[/.](?<y>\d{4})(?:\D|$)")
    a, b = (slashed.struct.field(n).cast(pl.Int64, strict=False) for n in ("a", "b"))
    # which of the two is the day the column tells, where any of its dates does and none says otherwise
    day_first = (a > 12).any() & ~(b > 12).any() | (a > 12) | (a == b)
    month_first = (b > 12).any() & ~(a > 12).any() | (b > 12)
    by_day = pl.when(day_first).then(_day(slashed.struct.field("y"), b, a))
    by_month = pl.when(month_first).then(_day(slashed.struct.field("y"), a, b))
    serial = plain.str.extract(r"^([1-6]\d{4})(?:\.\d+)?$", 1).cast(pl.Int64, strict=False)
    return pl.coalesce(
        *(_day(*(g.struct.field(n) for n in "ymd")) for g in (by_year, compact)),
        *(_day(g.struct.field("y"), _month(g.struct.field("m")), g.struct.field("d")) for g in (by_name, american)),
        by_day,
        by_month,
        (pl.lit(_EPOCH).str.to_date() + pl.duration(days=serial)).dt.to_string("%Y-%m-%d"),
    )


def split(text: pl.Expr, marks: Iterable[str]) -> pl.Expr:
    """Parts of a cell of several values, whichever of the marks or line breaks it uses; null when empty."""
    found = [*marks]
    return _values.items(text.str.replace_many(found, ["\n"] * len(found)) if found else text, "\n")


def class_code(text: pl.Expr) -> pl.Expr:
    """IPC and CPC as C12N15/09 ('C12N-015/09', 'E01B3/32(2006.01)I', 'C12N 15/09'), Locarno as 06-04; others as written."""
    group = text.str.extract(_IPC, 2)
    ipc = pl.concat_str(text.str.extract(_IPC, 1), group, pl.lit("/") + text.str.extract(_IPC, 3), ignore_nulls=True)
    locarno = pl.concat_str(text.str.extract(_LOCARNO, 1), pl.lit("-"), text.str.extract(_LOCARNO, 2))
    plain = _values.unwrap(text.str.replace(r"\s*\(\d{4}\.\d{2}\).*$", ""))
    return pl.when(group.is_not_null()).then(ipc).otherwise(pl.coalesce(locarno, plain))


def with_publication(frame: pl.DataFrame, column: str) -> pl.DataFrame:
    """Add what the publication number in `column` says: patent_id, authority, serial, kind_code, is_grant, patent_type, same_number."""
    known = _patent_numbers.publications(frame[column])
    return frame.join(known, left_on=column, right_on="text", how="left", maintain_order="left")


def with_application(frame: pl.DataFrame, column: str, filed: str, *, drops_year: bool = False) -> pl.DataFrame:
    """Add application_id and application_basis from the number in `column` and the ISO filing date in `filed`."""
    year = pl.col(filed).str.slice(0, 4).fill_null("")
    keyed = frame.with_columns(_year=year)
    known = _patent_numbers.applications(keyed.select(text=column, year="_year"), drops_year=drops_year)
    joined = keyed.join(known, left_on=[column, "_year"], right_on=["text", "year"], how="left", maintain_order="left")
    return joined.drop("_year")


def with_application_key(frame: pl.DataFrame) -> pl.DataFrame:
    """Fill application_id where the export states no usable one, so that applications can always be counted.

    same_number: the publication number without its kind, for offices whose A and B bear one number; publication: the whole number.
    """
    shared = pl.when(pl.col("same_number")).then(pl.concat_str("authority", "serial"))
    basis = (
        pl.when(pl.col("application_id").is_not_null())
        .then("application_basis")
        .when(shared.is_not_null())
        .then(pl.lit("same_number"))
        .otherwise(pl.lit("publication"))
    )
    return frame.with_columns(
        application_id=pl.coalesce("application_id", shared, "patent_id"), application_basis=basis
    )


def numbered(frame: pl.DataFrame, table: str, position: str, *by: str) -> pl.DataFrame:
    """Rows of a patent table numbered from 1 in their order within raw_id, patent_id and `by`, in the table's shape."""
    placed = frame.with_columns(pl.int_range(1, pl.len() + 1).over("raw_id", "patent_id", *by).alias(position))
    return _values.conform(placed, table)


def first_of(frame: pl.DataFrame, table: str) -> pl.DataFrame:
    """One row per key of the table, the first one, in the table's shape."""
    return _values.conform(frame.unique(schema.table(table).key, keep="first", maintain_order=True), table)


def _month(name: pl.Expr) -> pl.Expr:
    return name.replace_strict({n: i for i, n in enumerate(_MONTHS, 1)}, default=None, return_dtype=pl.Int64)


def _day(year: pl.Expr, month: pl.Expr, day: pl.Expr) -> pl.Expr:
    parts = (part.cast(pl.Int64, strict=False) for part in (year, month, day))
    return pl.format("{}-{}-{}", *parts).str.to_date("%Y-%m-%d", strict=False).dt.to_string("%Y-%m-%d")
