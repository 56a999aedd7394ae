"""Match keys of titles."""

from __future__ import annotations

import polars as pl

from pipelines.core.text import folded

# What a database adds about the text, not a part of its title: '… [Chinese]', '… (in German)', '…（英文）'.
_LANGUAGE_NOTE = (
    r"(?i)\s*[\[(（]\s*(?:article )?(?:in )?"
    r"(?:chinese|english|german|french|russian|spanish|japanese|korean|portuguese|italian|polish|中文|英文)\s*[\])）]\s*\.?\s*$"
)


def title_key(title: pl.Expr) -> pl.Expr:
    """Folded title without a closing language note."""
    return folded(title.str.replace(_LANGUAGE_NOTE, ""))
