"""Patents of all platforms under one schema: one row per publication, differences kept visible, legal status as events over deliveries."""

from __future__ import annotations

import polars as pl

from pipelines.core import schema

FAMILY = "family"
# Columns that say one thing together: all of them come from one delivery.
TOGETHER = (
    ("title", "title_other"),
    ("legal_status", "legal_status_raw", "status_as_of"),
    ("publication_number", "kind_code", "is_grant"),
)
OF_THE_ROW = ("platform", "batch_id", "source_file", "source_row", "delivered_at")
APPLICATION = ("application_id", "application_basis", "application_number")
# An application that is stated stands before one that was completed, and that before one that merely repeats the publication.
BASES = {"stated": 0, "year_added": 1, "same_number": 2, "publication": 3}
COMPARED = ("application_id", "application_date", "published_date", "grant_date", "patent_type", "legal_status")
STATUS = "status"


def patents(source_patents: pl.LazyFrame) -> pl.LazyFrame:
    """Every publication once.

    Grain: one row per patent_id. The newest delivery wins field by field; what Derwent states of a family only fills what no other
    platform says of the publication. A stated application number stands before a derived one, however new.
    """
    wanted = schema.table("patents").polars
    grouped = {c for group in TOGETHER for c in group} | {*OF_THE_ROW, *APPLICATION, "patent_id", "platforms"}
    merged = (
        _ordered(source_patents)
        .group_by("patent_id", maintain_order=True)
        .agg(
            pl.col("platform").unique().sort().str.join("+").alias("platforms"),
            *(pl.col(c).first() for c in OF_THE_ROW),
            *(pl.col(c).drop_nulls().first() for c in wanted if c not in grouped),
            *(_first_filled(group) for group in TOGETHER),
            pl.struct(APPLICATION).sort_by(_basis(), maintain_order=True).first().alias("_application"),
        )
        .unnest("_application", *(f"{group[0]}_group" for group in TOGETHER))
    )
    return _one_application(merged).select(list(wanted)).sort("patent_id")


def patent_differences(source_patents: pl.LazyFrame, patents: pl.LazyFrame) -> pl.LazyFrame:
    """What platforms say differently about one publication.

    Grain: one row per patent_id, field and platform, the newest value of each; only fields of which two platforms differ.
    """
    known = pl.col("application_basis").is_in(["stated", "year_added"])
    rows = _ordered(source_patents).with_columns(application_id=pl.when(known).then("application_id"))
    keys = ["patent_id", *OF_THE_ROW]
    long = rows.select(*keys, *COMPARED).unpivot(
        COMPARED, index=keys, variable_name="field_name", value_name="value_text"
    )
    newest = long.drop_nulls("value_text").unique(
        ["patent_id", "field_name", "platform"], keep="first", maintain_order=True
    )
    differing = newest.filter(pl.col("value_text").n_unique().over("patent_id", "field_name") > 1)
    chosen = patents.select("patent_id", *COMPARED).unpivot(
        COMPARED, index="patent_id", variable_name="field_name", value_name="_chosen"
    )
    told = differing.join(chosen, on=["patent_id", "field_name"], how="left")
    marked = told.with_columns(is_chosen=pl.col("value_text").eq_missing(pl.col("_chosen")))
    table = schema.table("patent_differences")
    return marked.select(list(table.polars)).sort(table.key)


def patent_parties(source_patent_parties: pl.LazyFrame, source_patents: pl.LazyFrame) -> pl.LazyFrame:
    """Applicants, assignees, inventors, agents.

    Grain: one row per patent_id, role and position, of the delivery that stands for the role.
    """
    return _of_first(source_patent_parties, source_patents, "patent_parties", "party_role")


def patent_classes(source_patent_classes: pl.LazyFrame, source_patents: pl.LazyFrame) -> pl.LazyFrame:
    """Classes.

    Grain: one row per patent_id, scheme and position, of the delivery that stands for the scheme.
    """
    return _of_first(source_patent_classes, source_patents, "patent_classes", "class_scheme")


def patent_priorities(source_patent_priorities: pl.LazyFrame, source_patents: pl.LazyFrame) -> pl.LazyFrame:
    """Priorities. A delivery that states numbers stands before one that knows the earliest date alone.

    Grain: one row per patent_id and position, of the delivery that stands for the publication.
    """
    numbered = pl.col("priority_number").is_not_null().any().over("raw_id", "patent_id")
    best = numbered.max().over("patent_id")
    return _of_first(source_patent_priorities.filter(numbered == best), source_patents, "patent_priorities")


def patent_families(source_patent_families: pl.LazyFrame, source_patents: pl.LazyFrame) -> pl.LazyFrame:
    """Families by the platforms' own word.

    Grain: one row per kind of family and member. A family grows: the newest delivery that names the member says which one it is in.
    """
    moments = source_patents.select("raw_id", "delivered_at").unique("raw_id")
    rows = source_patent_families.join(moments, on="raw_id", how="left").sort(
        "patent_id", "family_kind", "delivered_at", "family_id", "raw_id",
        descending=[False, False, True, False, False],
        nulls_last=True,
    )  # fmt: skip
    table = schema.table("patent_families")
    kept = rows.unique(["patent_id", "family_kind"], keep="first", maintain_order=True)
    return kept.select(list(table.polars)).sort(table.key)


def patent_events(
    source_patent_events: pl.LazyFrame, source_patents: pl.LazyFrame, patents: pl.LazyFrame
) -> pl.LazyFrame:
    """Legal events with the delivery that first showed them.

    Grain: one row per patent_id, platform and event. A delivery whose status differs from the one before (of the same platform: two
    platforms that disagree are no change) is an event; a delivery that says no status is none, never a lapse.
    """
    told = pl.concat([_changes(source_patents), _listed(source_patent_events, source_patents)], how="diagonal")
    # an export that gives the present status and the list of events tells the newest event twice
    same = ["patent_id", "platform", "event_kind", "event_date", "event_text", "first_seen"]
    told = told.unique(same, keep="first", maintain_order=True)
    dates = source_patents.select("patent_id", "platform", _delivered=pl.col("delivered_at").str.slice(0, 10)).unique()
    earlier = (
        told.select("patent_id", "platform", "event_date", "first_seen")
        .drop_nulls("event_date")
        .unique()
        .join(dates, on=["patent_id", "platform"])
        .filter(
            pl.col("_delivered") < pl.col("first_seen").str.slice(0, 10), pl.col("event_date") < pl.col("_delivered")
        )
        .select("patent_id", "platform", "event_date", "first_seen", is_late_data=pl.lit(True))
        .unique()
    )
    joined = told.join(
        earlier, on=["patent_id", "platform", "event_date", "first_seen"], how="left"
    ).join(patents.select("patent_id", "application_id"), on="patent_id", how="left")  # fmt: skip
    table = schema.table("patent_events")
    return joined.with_columns(pl.col("is_late_data").fill_null(False)).select(list(table.polars)).sort(table.key)


def _ordered(source_patents: pl.LazyFrame) -> pl.LazyFrame:
    """Delivered rows, those first that stand for a publication: not of a family, newest, fullest."""
    content = [c for c in schema.table("patents").polars if c in schema.table("source_patents").polars]
    return source_patents.with_columns(
        _family=pl.col("statement_scope") == FAMILY,
        _fullness=pl.sum_horizontal(pl.col(c).is_not_null() for c in content),
    ).sort(
        "patent_id", "_family", "delivered_at", "_fullness", "record_hash", "raw_id",
        descending=[False, False, True, True, False, False],
        nulls_last=True,
    )  # fmt: skip


def _basis() -> pl.Expr:
    return pl.col("application_basis").replace_strict(BASES, default=len(BASES), return_dtype=pl.Int8)


def _first_filled(group: tuple[str, ...]) -> pl.Expr:
    """The first delivery that fills the group's first column, all columns from it."""
    return pl.struct(group).filter(pl.col(group[0]).is_not_null()).first().alias(f"{group[0]}_group")


def _one_application(patents: pl.LazyFrame) -> pl.LazyFrame:
    """A publication known by its number alone (CN…B, EP…B1) belongs to the application that another publication of that number states."""
    number = pl.col("patent_id").str.strip_suffix(pl.col("kind_code").fill_null(""))
    stated = (
        patents.filter(pl.col("application_basis").is_in(["stated", "year_added"]))
        .select(_number=number, _application="application_id")
        .unique()
        .filter(pl.len().over("_number") == 1)
    )
    alone = pl.when(pl.col("application_basis") == "same_number").then("application_id")
    joined = patents.with_columns(_number=alone).join(stated, on="_number", how="left")
    return joined.with_columns(application_id=pl.coalesce("_application", "application_id"))


def _of_first(rows: pl.LazyFrame, source_patents: pl.LazyFrame, table: str, *by: str) -> pl.LazyFrame:
    """Rows of the delivery that stands for each publication (and role, scheme)."""
    wanted = schema.table(table)
    order = _ordered(source_patents).select("raw_id", "patent_id").with_row_index("_place")
    placed = rows.join(order, on=["raw_id", "patent_id"], how="left")
    first = placed.filter(pl.col("_place") == pl.col("_place").min().over("patent_id", *by))
    return first.select(list(wanted.polars)).sort(wanted.key)


def _changes(source_patents: pl.LazyFrame) -> pl.LazyFrame:
    """Deliveries in which a publication's status is not what the delivery before said; the first one counts."""
    at = ("patent_id", "platform")
    seen = source_patents.drop_nulls("legal_status").sort(*at, "delivered_at", "record_hash", "raw_id")
    daily = seen.unique([*at, "delivered_at"], keep="last", maintain_order=True)
    before = {c: pl.col(c).shift(1).over(at) for c in ("legal_status", "legal_status_raw")}
    compared = daily.with_columns(
        status_before=before["legal_status"],
        _same=pl.all_horizontal(pl.col(c).eq_missing(earlier) for c, earlier in before.items()),
    )
    return compared.filter(~pl.col("_same")).select(
        *at, "legal_status", "status_before", "batch_id", "source_file", "source_row",
        event_kind=pl.lit(STATUS),
        event_date="status_as_of",
        event_text="legal_status_raw",
        first_seen="delivered_at",
    )  # fmt: skip


def _listed(source_patent_events: pl.LazyFrame, source_patents: pl.LazyFrame) -> pl.LazyFrame:
    """Events that exports list, each of the earliest delivery that shows it."""
    rows = source_patents.select(
        "raw_id", "patent_id", "platform", "delivered_at", "batch_id", "source_file", "source_row"
    )
    joined = source_patent_events.join(rows, on=["raw_id", "patent_id"], how="inner").sort("delivered_at", "raw_id")
    key = ["patent_id", "platform", "event_kind", "event_date", "event_text"]
    first = joined.unique(key, keep="first", maintain_order=True)
    return first.select(
        *key, "legal_status", "batch_id", "source_file", "source_row", first_seen="delivered_at",
        status_before=pl.lit(None, pl.String),
    )  # fmt: skip
