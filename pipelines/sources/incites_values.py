"""Cells of InCites: numbers as Java and Excel write them, marks of missing values, yes and no."""

from __future__ import annotations

import polars as pl

MISSING = ("n/a", "na", "-", "--", "not available", "null", "none", "不适用", "无")
_GROUPED = r"^[-+]?[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?%?$"  # else a comma is the point of a European Excel
_NUMBER = r"^([-+]?[0-9]{1,15}(?:\.[0-9]+)?(?:[eE][-+]?[0-9]{1,3})?)%?$"


def filled(text: pl.Expr) -> pl.Expr:
    """The text, null where the vendor says that there is no value. Missing is not zero."""
    plain = text.str.strip_chars()
    return pl.when(~plain.str.to_lowercase().is_in([*MISSING, ""])).then(plain)


def number(text: pl.Expr) -> pl.Expr:
    """A value as number: '1,234', '85.7', '85,7', '85.7%', '4.57E-6', 'YES'; null for anything else, never zero."""
    plain = filled(text)
    bare = plain.str.replace_all(r"\s", "").str.replace_all("，", ",", literal=True)
    point = bare.str.replace(r"^([-+]?\d+),(\d+%?)$", "$1.$2")
    bare = pl.when(bare.str.contains(_GROUPED)).then(bare.str.replace_all(",", "", literal=True)).otherwise(point)
    digits = bare.str.extract(_NUMBER, 1).cast(pl.Float64, strict=False)
    yes = plain.str.to_lowercase().replace_strict(
        {"yes": 1.0, "no": 0.0, "是": 1.0, "否": 0.0, "y": 1.0}, default=None, return_dtype=pl.Float64
    )
    return pl.coalesce(digits, yes)
