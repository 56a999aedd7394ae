"""Which authors to decide: those whose address is ours, and those without a link in a work that has an address of ours."""

from __future__ import annotations

import polars as pl

PLACE = ["work_id", "author_position"]


def authors_in_scope(
    work_authorships: pl.LazyFrame,
    work_addresses: pl.LazyFrame,
    works: pl.LazyFrame,
    affiliation_matches: pl.LazyFrame,
    own_theses: pl.LazyFrame,
    own: str,
) -> pl.DataFrame:
    """Authors to decide, with what the byline says of them.

    `link` is stated (an address of ours is theirs) or unknown (no address is theirs, the work has one of ours).
    A thesis of ours (own_theses: work_id) needs no address.
    `units` are our units on their own addresses, `listed` our units on the work's addresses that belong to nobody yet.
    Grain: one row per work and author position.
    """
    ours = affiliation_matches.filter(pl.col("institution_id") == own).select("address_id", "match_position", "unit_id")
    printed = work_addresses.join(ours.with_columns(ours=pl.lit(True)), on="address_id", how="left")
    linked, free = _printed_for(printed.with_columns(pl.col("ours").fill_null(False)))
    foreign = work_addresses.join(ours, on="address_id", how="anti").select("work_id", mixed=True).unique()
    addressed = work_addresses.join(ours, on="address_id", how="semi").select("work_id")
    mine = pl.concat([addressed, own_theses.select("work_id")]).unique()
    nothing = pl.lit([], dtype=pl.List(pl.String))
    found = (
        work_authorships.filter(pl.col("is_group_author").fill_null(False).not_())
        .join(mine, on="work_id", how="semi")
        .join(linked, on=PLACE, how="left")
        .filter(pl.col("link").fill_null("unknown") != "elsewhere")
        .join(free, on="work_id", how="left")
        .join(works.select("work_id", "publication_year"), on="work_id", how="left")
        .join(foreign, on="work_id", how="left")
        .with_columns(
            pl.col("link").fill_null("unknown"),
            pl.col("units", "listed").fill_null(nothing),
            pl.col("mixed").fill_null(False),
        )
    )
    kept = ["name", "name_short", "name_native", "record_id", "publication_year", "link", "units", "listed", "mixed"]
    return found.select(*PLACE, *kept).sort(PLACE).collect()


def _printed_for(printed: pl.LazyFrame) -> tuple[pl.LazyFrame, pl.LazyFrame]:
    """What the addresses say of each linked author (link, units), and of each work where nobody is linked (listed)."""
    order = ["address_role", "record_id", "address_position", "match_position"]
    units = pl.col("unit_id").sort_by(order).drop_nulls().unique(maintain_order=True)
    link = pl.when(pl.col("ours").any()).then(pl.lit("stated")).otherwise(pl.lit("elsewhere"))
    linked = printed.filter(pl.col("author_position").is_not_null()).group_by(PLACE).agg(link=link, units=units)
    free = printed.filter(pl.col("author_position").is_null() & pl.col("ours")).group_by("work_id").agg(listed=units)
    return linked, free


def unit_lines(units: pl.LazyFrame) -> pl.DataFrame:
    """How units hang together: the college that a unit belongs to today, and all units it lies in.

    Grain: one row per unit (columns unit_id, college, kind, above = the unit and all above it below the university).
    """
    rows = units.select("unit_id", "unit_kind", "parent_id", "successor_id").sort("unit_id").collect()
    kinds = dict(rows.select("unit_id", "unit_kind").iter_rows())
    parents = dict(rows.select("unit_id", "parent_id").drop_nulls().iter_rows())
    successors = dict(rows.select("unit_id", "successor_id").drop_nulls().iter_rows())

    def walk(start: str, links: dict[str, str]) -> list[str]:
        path = [start]
        while (following := links.get(path[-1])) and following not in path and kinds.get(following) != "university":
            path.append(following)
        return path

    found = []
    for unit in kinds:
        above = walk(unit, parents)
        newest = walk(above[-1], successors)[-1]
        found.append((unit, walk(newest, parents)[-1], kinds[unit] or "", above))
    shape: dict[str, pl.DataType] = {
        "unit_id": pl.String(),
        "college": pl.String(),
        "kind": pl.String(),
        "above": pl.List(pl.String()),
    }
    return pl.DataFrame(found, schema=shape, orient="row")
