"""Address decisions measured against the sample's truth."""

from __future__ import annotations

from typing import Any

import polars as pl

RECORD = ["source", "source_file", "source_row"]
PLACE = ["record_id", "address_role", "address_position"]


def unit_scores(
    truth_addresses: pl.DataFrame,
    records: pl.DataFrame,
    addresses: pl.DataFrame,
    affiliation_matches: pl.DataFrame,
    units: pl.DataFrame,
    own: str,
) -> dict[str, float | int | None]:
    """Shares over (printed address, unit of ours): precision, recall, f1; the same for the institution alone.

    An address that names only the university counts as one unit, the university. `asked_share`: printed addresses of ours that
    were left to people; they count as misses. A share without a denominator is None.
    """
    rows = joined(truth_addresses, records, addresses, affiliation_matches, units, own)
    counts = rows.select(
        hits=pl.col("meant").list.set_intersection("said").list.len().sum(),
        said=pl.col("said").list.len().sum(),
        meant=pl.col("meant").list.len().sum(),
        asked=(pl.col("asked") & pl.col("is_ours")).sum(),
        ours=pl.col("is_ours").sum(),
        named=pl.col("named_ours").sum(),
        right=(pl.col("is_ours") & pl.col("named_ours")).sum(),
    ).row(0, named=True)
    return {
        "precision": share(counts["hits"], counts["said"]),
        "recall": share(counts["hits"], counts["meant"]),
        "f1": share(2 * counts["hits"], counts["said"] + counts["meant"]),
        "institution_precision": share(counts["right"], counts["named"]),
        "institution_recall": share(counts["right"], counts["ours"]),
        "asked_share": share(counts["asked"], counts["ours"]),
        "addresses": rows.height,
    }


def joined(
    truth_addresses: pl.DataFrame,
    records: pl.DataFrame,
    addresses: pl.DataFrame,
    affiliation_matches: pl.DataFrame,
    units: pl.DataFrame,
    own: str,
) -> pl.DataFrame:
    """Printed addresses with the units they mean and the units we said.

    Grain: one row per printed address that truth and build share (a record delivered twice counts once).
    """
    top = units.filter(pl.col("unit_kind") == "university").get_column("unit_id").to_list()
    root = top[0] if top else ""
    ours = pl.col("institution_id") == own
    unit = pl.col("unit_id").fill_null(root)
    said = affiliation_matches.group_by("address_id").agg(
        said=unit.filter(ours & (pl.col("decision") == "match")).unique().sort(),
        named_ours=ours.any(),
        asked=(pl.col("decision") == "review").any(),
    )
    meant = truth_addresses.join(records.select(*RECORD, "record_id"), on=RECORD).select(
        *PLACE,
        *(c for c in ("traits",) if c in truth_addresses.columns),
        is_ours=ours.fill_null(False),
        meant=pl.when(ours).then(pl.col("unit_ids").fill_null(root).str.split(";")).otherwise(_NOTHING),
    )
    return (
        addresses.select(*PLACE, "address", "address_id")
        .join(meant, on=PLACE)
        .join(said, on="address_id", how="left")
        .with_columns(pl.col("said").fill_null(_NOTHING), pl.col("named_ours", "asked").fill_null(False))
    )


def by_trait(rows: pl.DataFrame) -> list[dict[str, Any]]:
    """Errors by cause, from `joined`: for each trait of an address how many were answered wrongly, not at all, or asked.

    Grain: one row per trait; worst first.
    """
    said, meant = pl.col("said").list.sort(), pl.col("meant").list.sort()
    answered = pl.col("said").list.len() > 0
    marked = rows.explode("traits", empty_as_null=True).with_columns(pl.col("traits").fill_null("（无）"))
    counted = marked.group_by(trait="traits").agg(
        addresses=pl.len(),
        wrong=(answered & (said != meant)).sum(),
        missed=(~answered & (pl.col("meant").list.len() > 0)).sum(),
        asked=pl.col("asked").sum(),
    )
    return counted.sort(pl.col("wrong") + pl.col("missed"), "trait", descending=[True, False]).to_dicts()


def share(part: int, whole: int) -> float | None:
    """part / whole, None when there is no whole."""
    return part / whole if whole else None


_NOTHING = pl.lit([], dtype=pl.List(pl.String))
