"""Persons who objected: known again, so that no namesake gets their works, and left out of every answer."""

from __future__ import annotations

import json

import polars as pl

from pipelines.core.objections import METHOD

EVIDENCE = json.dumps({"本人提出异议": True}, ensure_ascii=False)


def left_out(answers: pl.DataFrame, objectors: pl.LazyFrame | None) -> pl.DataFrame:
    """Answers without the persons who objected: nobody is named where it is one of them, and they are nobody's candidates.

    Grain: as `answers`.
    """
    gone = (
        objectors.select("person_id").collect()["person_id"]
        if objectors is not None
        else pl.Series([], dtype=pl.String)
    )
    if gone.is_empty():
        return answers
    ids = gone.implode()
    parted = pl.col("candidate_ids").str.split(";")
    told = answers.with_columns(
        candidate_ids=pl.when(parted.list.set_intersection(pl.lit(gone).implode()).list.len() > 0)
        .then(parted.list.filter(~pl.element().is_in(gone.to_list())).list.join(";"))
        .otherwise("candidate_ids")
    )
    is_gone = pl.col("person_id").is_in(ids).fill_null(False)
    emptied: dict[str, str | None] = {
        c: None for c in ("person_id", "unit_id", "score", "margin", "candidate_ids") if c in answers.columns
    }
    said = {"decision": "no_match", "method": METHOD} | (
        {"evidence": EVIDENCE} if "evidence" in answers.columns else {}
    )
    return told.with_columns(
        pl.when(~is_gone).then(pl.col(c)).otherwise(pl.lit(v)).alias(c) for c, v in {**emptied, **said}.items()
    ).select(answers.columns)  # fmt: skip
