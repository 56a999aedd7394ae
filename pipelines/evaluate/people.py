"""Author decisions measured against the sample's truth."""

from __future__ import annotations

from typing import Any

import polars as pl

from pipelines.evaluate.units import RECORD, share


def people_scores(
    truth_authorships: pl.DataFrame,
    records: pl.DataFrame,
    work_authorships: pl.DataFrame,
    person_matches: pl.DataFrame,
) -> dict[str, float | int | None]:
    """precision: links that name the right person; recall: own roster authors that are linked rightly.

    decided_share: own roster authors answered without asking (match or no_match). A share without a denominator is None.
    """
    rows = joined(truth_authorships, records, work_authorships, person_matches)
    linked, right = pl.col("decision") == "match", pl.col("person_id") == pl.col("true_person")
    ours = pl.col("true_person").is_not_null() & pl.col("is_ours")
    counts = rows.select(
        links=linked.sum(),
        hits=(linked & right).sum(),
        right_ours=(linked & right & ours).sum(),
        ours=ours.sum(),
        decided=(ours & (pl.col("decision") != "review")).sum(),
        asked=(pl.col("decision") == "review").sum(),
    ).row(0, named=True)
    return {
        "precision": share(counts["hits"], counts["links"]),
        "recall": share(counts["right_ours"], counts["ours"]),
        "decided_share": share(counts["decided"], counts["ours"]),
        "asked": counts["asked"],
        "links": counts["links"],
        "authors": counts["ours"],
    }


def by_trait(rows: pl.DataFrame, persons: pl.DataFrame) -> list[dict[str, Any]]:
    """Errors by cause, from `joined`: for each trait of the true person, or of the one wrongly named for somebody unknown.

    Grain: one row per trait; worst first.
    """
    known = persons.unique("person_id").select(who="person_id", traits="traits")
    linked, right = pl.col("decision") == "match", pl.col("person_id").eq_missing(pl.col("true_person"))
    marked = (
        rows.with_columns(who=pl.coalesce("true_person", "person_id"))
        .join(known, on="who")
        .explode("traits", empty_as_null=True)
    )
    counted = (
        marked.with_columns(pl.col("traits").fill_null("（无）"))
        .group_by(trait="traits")
        .agg(
            authors=(pl.col("true_person").is_not_null() & pl.col("is_ours")).sum(),
            wrong=(linked & ~right).sum(),
            missed=(~linked & pl.col("true_person").is_not_null() & pl.col("is_ours")).sum(),
            asked=(pl.col("decision") == "review").sum(),
        )
    )
    return counted.sort("wrong", "missed", "trait", descending=[True, True, False]).to_dicts()


def joined(
    truth_authorships: pl.DataFrame,
    records: pl.DataFrame,
    work_authorships: pl.DataFrame,
    person_matches: pl.DataFrame,
) -> pl.DataFrame:
    """Authors of each work, taken from the record that gives its byline, with truth and answer.

    `decision` is out_of_scope where the author got no row: his address is another institution's.
    Grain: one row per work and author position that truth knows.
    """
    truth = truth_authorships.join(records.select(*RECORD, "record_id"), on=RECORD).select(
        "record_id", "author_position", true_person="person_id", is_ours=pl.col("unit_ids").is_not_null()
    )
    byline = work_authorships.select("work_id", "record_id", "author_position", "name", "name_native")
    answers = person_matches.drop("unit_id")
    return (
        byline.join(truth, on=["record_id", "author_position"])
        .join(answers, on=["work_id", "author_position"], how="left")
        .with_columns(pl.col("decision").fill_null("out_of_scope"))
        .sort("work_id", "author_position")
    )
