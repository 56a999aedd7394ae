"""Match keys of titles."""

from __future__ import annotations

import polars as pl

from pipelines.core.text import folded

# What a database adds about the text, not a part of its title: '… [Chinese]', '… (in German)', '…（英文）', '… [Review] [31 refs]',
# '….[Erratum appears in …]', '… [corrected]'. Other closing brackets stay: they tell complexes of two metals apart.
_LANGUAGE = r"(?:article )?(?:in )?(?:chinese|english|german|french|russian|spanish|japanese|korean|portuguese|italian|polish|中文|英文)"
_NOTE = (
    r"(?:review|\d+ refs?|abstract|letter|editorial|comment|summary|see comments?|corrected|abstract only|conference abstract"
    r"|(?:published )?errat(?:um|a) .*|comment (?:in|on) .*|summary for .*|retraction .*|original article)"
)
_VERSION = (
    r"\s*\((?:(?:extended|short|panel|tutorial|poster|demo|demonstration|invited|experience|keynote|industrial|full|conference)"
    r" )?(?:abstract|version|panel|panel session|tutorial|tutorial session|session|talk|paper|demo|demonstration|description|poster)\)"
)
_ADDED = rf"(?i)(?:[\s.]*(?:[\[(（]\s*{_LANGUAGE}\s*[\])）]|\[\s*{_NOTE}\s*\]))+\s*\.?\s*$"


def title_key(title: pl.Expr) -> pl.Expr:
    """Folded title without notes of the database and without '(extended abstract)' and its like."""
    return folded(title.str.replace(_ADDED, "").str.replace_all(f"(?i){_VERSION}", ""))
