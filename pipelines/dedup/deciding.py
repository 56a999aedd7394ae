"""What becomes of a pair: the first veto, rule or question that holds; librarians above all of them."""

from __future__ import annotations

import polars as pl

from pipelines.core import decisions
from pipelines.dedup.rules import DECISIVE, VETOES

LIBRARIAN = {decisions.SAME: "join", decisions.DIFFERENT: "apart", decisions.UNSURE: "review"}
# What a librarian sees of a pair: column -> label. Only compared values, never whole records.
_EVIDENCE = {
    "title_like": "题名相似",
    "authors_like": "作者相合",
    "venue_like": "出版物相似",
    "year_gap": "年份差",
    "doi_same": "DOI 相同",
    "volume_same": "卷相同",
    "issue_same": "期相同",
    "page_same": "起始页相同",
    "numbers_same": "题名序号相同",
}


def decided(compared: pl.DataFrame) -> pl.DataFrame:
    """The first veto, rule or question that holds for each pair; none = apart.

    Grain: one row per pair, in the order given.
    """
    number = pl.coalesce(
        pl.when(rule.when.fill_null(False)).then(pl.lit(i, pl.Int32)) for i, rule in enumerate(DECISIVE)
    )
    facts = pl.DataFrame(
        {
            "number": pl.Series(range(len(DECISIVE)), dtype=pl.Int32),
            "rule": [None if r in VETOES else r.name for r in DECISIVE],
            "veto": [r.name if r in VETOES else None for r in DECISIVE],
            "certain": [r.score for r in DECISIVE],
            "decision": [r.decision for r in DECISIVE],
            "reason": [r.zh for r in DECISIVE],
        },
        schema_overrides={"rule": pl.String, "veto": pl.String},
    )
    found = compared.with_columns(number=number).join(facts, on="number", how="left", maintain_order="left")
    likeness = pl.mean_horizontal("title_like", "authors_like").fill_null(0.5)
    return found.select(
        pl.col("record_id").alias("left_id"),
        pl.col("record_id_right").alias("right_id"),
        "blocks",
        "rule",
        "veto",
        score=(pl.col("certain").fill_null(0.3) * (0.9 + 0.1 * likeness)).round(4),
        decision=pl.col("decision").fill_null("apart"),
        evidence=pl.struct(
            pl.col("reason").fill_null("没有规则认定为同一篇").alias("理由"),
            *(
                (pl.col(c).cast(pl.Float64).round(2) if c.endswith("_like") else pl.col(c)).alias(label)
                for c, label in _EVIDENCE.items()
            ),
        ).struct.json_encode(),
    )


def librarian_decisions(lines: pl.DataFrame) -> pl.DataFrame:
    """What stands of what librarians said about pairs; a contradiction is a question again. `lines`: in order of arrival.

    Grain: one row per pair, left < right.
    """
    said = decisions.pairwise(lines)
    answer = pl.col("decision").replace_strict(LIBRARIAN, default="review", return_dtype=pl.String)
    return said.select("left_id", "right_id", "conflict", "history", decision=answer.fill_null("review"))


def with_librarians(pairs: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """Librarians outrank rules; the pair keeps what they said and what the rules would have said.

    Grain: as `pairs`.
    """
    joined = pairs.join(known, on=["left_id", "right_id"], how="left", suffix="_said", maintain_order="left")
    said = pl.col("decision_said").is_not_null()
    name = pl.when(pl.col("conflict")).then(pl.lit("librarians_disagree")).otherwise(pl.lit("librarian"))
    evidence = pl.struct(
        pl.when(pl.col("conflict"))
        .then(pl.lit("馆员判定互相矛盾，请再判"))
        .otherwise(pl.lit("馆员判定"))
        .alias("理由"),
        pl.col("history").alias("馆员"),
        pl.coalesce("rule", "veto").alias("规则原判"),
    ).struct.json_encode()
    return joined.select(
        "left_id",
        "right_id",
        "blocks",
        rule=pl.when(said).then(name).otherwise("rule"),
        veto=pl.when(said).then(pl.lit(None, dtype=pl.String)).otherwise("veto"),
        score=pl.when(said).then(1.0).otherwise("score"),
        decision=pl.coalesce("decision_said", "decision"),
        evidence=pl.when(said).then(evidence).otherwise("evidence"),
        content_key="content_key",
    )
