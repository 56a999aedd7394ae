"""What changed since an export: rows paired with those told before, field by field. Pure tables; nothing is read or written."""

from __future__ import annotations

import polars as pl

from pipelines.exporting.declared import Column

KEY = ("work_id", "person_id", "author_position", "unit_id", "unit_order")
ADDED, CHANGED, SAME, WITHDRAWN, FIRST = "新增", "变更", "无变化", "撤下", "首次导出"
# A row is the one told before when person (or place in the byline) and unit are the same, then the place of the unit, then the author alone.
PAIRINGS = (
    ("work_id", "person_id", "unit_id"),
    ("work_id", "author_position", "unit_id"),
    ("work_id", "person_id", "unit_order"),
    ("work_id", "author_position", "unit_order"),
    ("work_id", "person_id"),
    ("work_id", "author_position"),
)


def credited(rows: pl.DataFrame, frozen: pl.DataFrame) -> pl.DataFrame:
    """Rows with credited_year as it was frozen, where it was. `frozen`: work_id, credited_year as text, first line first."""
    known = frozen.unique("work_id", keep="first", maintain_order=True).select(
        "work_id", frozen_year=pl.col("credited_year").cast(pl.Int64)
    )
    joined = rows.join(known, on="work_id", how="left", maintain_order="left")
    return joined.with_columns(credited_year=pl.coalesce("frozen_year", "credited_year"))


def followed(lines: pl.DataFrame, aliases: pl.DataFrame) -> pl.DataFrame:
    """Lines of the ledger under the ids that works have now; an id that was split follows its first successor."""
    once = aliases.unique("old_work_id", keep="last", maintain_order=True).select("old_work_id", newer="work_id")
    for _ in range(20):  # an id may have been merged several times
        step = lines.join(once, left_on="work_id", right_on="old_work_id", how="left", maintain_order="left")
        moved = step["newer"].is_not_null() & (step["newer"] != step["work_id"])
        if not moved.any():
            break
        lines = step.with_columns(work_id=pl.coalesce("newer", "work_id")).drop("newer")
    return lines


def standing(lines: pl.DataFrame) -> pl.DataFrame:
    """Rows as last told: of each key the last line, unless it was withdrawn. `lines` in order of arrival."""
    last = lines.with_row_index("line").unique(KEY, keep="last", maintain_order=True)
    return last.filter(pl.col("change") != WITHDRAWN).drop("line")


def content(columns: tuple[Column, ...]) -> pl.Expr:
    """The compared columns of a row as one JSON text."""
    return pl.struct(pl.col(c.name).cast(pl.String) for c in columns if c.compare).struct.json_encode()


def decoded(lines: pl.DataFrame, columns: tuple[Column, ...]) -> pl.DataFrame:
    """Rows told before with their columns again; a column they did not have is null."""
    shape = pl.Struct({c.name: pl.String() for c in columns if c.compare})
    taken = lines.with_columns(told=pl.col("content").str.json_decode(shape)).drop("content")
    fields = [pl.col("told").struct.field(c.name).alias(f"{c.name}_before") for c in columns if c.compare]
    return taken.with_columns(fields).drop("told")


def paired(rows: pl.DataFrame, told: pl.DataFrame) -> pl.DataFrame:
    """Which row is which row told before: columns row, line (numbers of both), each at most once."""
    left = rows.select(*(pl.col(k).cast(pl.String) for k in KEY)).with_row_index("row")
    right = told.select(*(pl.col(k).cast(pl.String) for k in KEY)).with_row_index("line")
    found = pl.DataFrame(schema={"row": pl.UInt32, "line": pl.UInt32})
    for keys in PAIRINGS:
        person = (
            pl.all_horizontal(pl.col(k).is_not_null() for k in keys if k == "person_id")
            if "person_id" in keys
            else True
        )
        mine, theirs = (
            side.filter(person).join(found, on=number, how="anti") for side, number in ((left, "row"), (right, "line"))
        )
        pairs = mine.join(theirs, on=list(keys), nulls_equal=True).select("row", "line").sort("row", "line")
        once = pairs.unique("row", keep="first", maintain_order=True).unique("line", keep="first", maintain_order=True)
        found = pl.concat([found, once])
    return found


def compared(
    rows: pl.DataFrame, told: pl.DataFrame, pairs: pl.DataFrame, columns: tuple[Column, ...], had: tuple[Column, ...]
) -> pl.DataFrame:
    """Rows with change and change_text: which field, old → new. `columns` are those of today, `had` those that both exports have.

    Only rows whose content is another text are taken apart. Grain: one row per row of today (change, change_text added).
    """
    lines = told.with_row_index("line").select("line", "content")
    now = rows.with_row_index("row").join(pairs, on="row", how="left", maintain_order="left")
    known = now.join(lines, on="line", how="left", maintain_order="left")
    other = known.filter(pl.col("line").is_not_null() & (pl.col("content") != content(columns)))
    parts = [_difference(c) for c in had if c.compare]
    text = pl.concat_str(parts, separator="；", ignore_nulls=True)
    differing = decoded(other, had).select("row", change_text=text).filter(pl.col("change_text") != "")
    change = (
        pl.when(pl.col("line").is_null())
        .then(pl.lit(ADDED))
        .when(pl.col("change_text").is_not_null())
        .then(pl.lit(CHANGED))
        .otherwise(pl.lit(SAME))
    )
    marked = now.join(differing, on="row", how="left", maintain_order="left").with_columns(change=change)
    return marked.select(*rows.columns, "change", "change_text")


def withdrawn(
    told: pl.DataFrame, pairs: pl.DataFrame, had: tuple[Column, ...], everywhere: pl.DataFrame
) -> pl.DataFrame:
    """Rows told before that are no more, with the reason. `everywhere`: all rows of today, whatever the scope.

    Grain: one row per row told before that no row of today stands for.
    """
    gone = decoded(told.with_row_index("line").join(pairs, on="line", how="anti").drop("line"), had)
    units = everywhere.group_by("work_id", pl.col("author_position").cast(pl.String)).agg(
        elsewhere=pl.col("unit_name_zh").drop_nulls().unique().sort().str.join("、")
    )
    works = everywhere.select("work_id", here=pl.lit(True)).unique()
    joined = gone.with_columns(pl.col("author_position").cast(pl.String)).join(
        units, on=["work_id", "author_position"], how="left", maintain_order="left", nulls_equal=True
    )
    marked = joined.join(works, on="work_id", how="left", maintain_order="left").with_columns(
        pl.col("here").fill_null(False)
    )
    reason = (
        pl.when(pl.col("elsewhere").fill_null("") != "")
        .then(pl.concat_str(pl.lit("这位作者现归 "), "elsewhere"))
        .when("here")
        .then(pl.lit("作品仍在，这位作者不再认定为本校或与另一行合并"))
        .otherwise(pl.lit("作品不再是本校成果，或所在批次已撤回"))
    )
    return marked.with_columns(change=pl.lit(WITHDRAWN), change_text=reason).drop("elsewhere", "here")


def _difference(column: Column) -> pl.Expr:
    now, before = pl.col(column.name).cast(pl.String), pl.col(f"{column.name}_before")
    words = pl.concat_str(pl.lit(f"{column.zh}："), before.fill_null("（空）"), pl.lit(" → "), now.fill_null("（空）"))
    return pl.when(now.ne_missing(before)).then(words)
