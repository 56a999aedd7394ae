"""What cleaning changed, told row by row: an unusable DOI, a DOI with something glued to it, text read with the wrong encoding."""

from __future__ import annotations

import polars as pl

from pipelines.core import repair, schema
from pipelines.normalise.deliveries import newest_by_field, of_byline

TEXTS = ("title", "title_other", "venue", "abstract", "keywords")
_PLAIN = pl.col("plain")  # the DOI as delivered, lower case, without its prefix
_GLUED = _PLAIN.str.contains(r"[0-9]{4}-[0-9]{3}[0-9x]$") & ~pl.col("doi").str.ends_with(_PLAIN.str.slice(-9))
# In this order: the first that holds names the repair.
DOI_RULES: tuple[tuple[str, pl.Expr], ...] = (
    ("不是可用的 DOI", pl.col("doi").is_null()),
    ("去掉末尾粘连的 ISSN", _GLUED),
    ("还原网址转义", _PLAIN.str.contains(r"%[0-9a-f]{2}")),
    ("还原 HTML 实体", _PLAIN.str.contains(r"&(?:amp|lt|gt|quot|#39);")),
    ("去掉中间的空白", _PLAIN.str.contains(r"\s")),
    ("去掉首尾多余的字符", pl.lit(True)),
)


def mended(rows: pl.LazyFrame, *columns: str) -> pl.LazyFrame:
    """Rows whose texts are repaired where that is certain."""
    return rows.with_columns(repair.repaired(pl.col(c)) for c in columns)


def repairs(
    source_records: pl.LazyFrame, record_deliveries: pl.LazyFrame, source_authorships: pl.LazyFrame
) -> pl.LazyFrame:
    """Values that differ from what was delivered by more than their written form.

    Grain: one row per record and repaired field (names: one row per author).
    """
    chosen = newest_by_field(source_records, record_deliveries)
    names = of_byline(source_authorships, record_deliveries)
    texts = [_texts(chosen, c, pl.lit(c)) for c in TEXTS]
    signed = _texts(names, "name", pl.format("author_{}", pl.col("author_position")))
    return pl.concat([_dois(chosen), *texts, signed]).sort("record_id", "field_name")


def _dois(rows: pl.LazyFrame) -> pl.LazyFrame:
    """DOIs that are not simply the delivered text in lower case without its prefix."""
    bare = (
        pl.col("doi_raw")
        .str.strip_chars()
        .str.to_lowercase()
        .str.replace(r"^(?:https?://(?:dx\.)?doi\.org/|doi:?\s*)", "")
    )
    changed = rows.filter(pl.col("doi_raw").is_not_null()).with_columns(plain=bare)
    changed = changed.filter(~pl.col("doi").eq_missing(pl.col("plain")))
    name = pl.coalesce(pl.when(holds.fill_null(False)).then(pl.lit(rule)) for rule, holds in DOI_RULES)
    return _told(changed, pl.lit("doi"), name, pl.col("doi_raw"), pl.col("doi"))


def _texts(rows: pl.LazyFrame, column: str, field: pl.Expr) -> pl.LazyFrame:
    suspicious = rows.filter(pl.col(column).str.contains(repair.SUSPICIOUS))
    found = pl.col("found").struct
    changed = suspicious.with_columns(found=repair.explained(pl.col(column))).filter(found.field("rule").is_not_null())
    return _told(changed, field, found.field("rule"), pl.col(column), found.field("text"))


def _told(rows: pl.LazyFrame, field: pl.Expr, rule: pl.Expr, before: pl.Expr, after: pl.Expr) -> pl.LazyFrame:
    told = rows.select(
        "record_id",
        field.alias("field_name"),
        rule.alias("repair_rule"),
        before.alias("value_before"),
        after.alias("value_after"),
    )
    return told.cast(schema.table("repairs").polars)  # type: ignore[arg-type]
