"""Web of Science rows to authors, their roles and their identifiers."""

from __future__ import annotations

import polars as pl

from pipelines.core import identifiers
from pipelines.sources import _values, wos_addresses, wos_form
from pipelines.sources.wos_form import lines

NO_SINCE = 2016  # before, Web of Science registered one corresponding author only: absence says nothing
# a full name where a short one is expected: rows of All Databases have no AF
_SHORT = r"^(?:[^, ]+|[^,]+, ?\p{Lu}{1,5}(?:[ -]\p{Lu}{1,5})*(?: (?:Jr|Sr|2nd|3rd))?)$"
_BESIDE = r"(?i)^(.*?)/(?:https?://[^;]*/)?[^/]*$"  # the name before `/0000-…` or `/https://orcid.org/0000-…`
WEAK = "sole RP, first author, before 2016 (weak)"


def authors(raw: _values.Table) -> pl.DataFrame:
    """Byline of every row: persons in order, then group authors.

    Grain: one row per raw_id and author_position. Native names only where the record lists as many as authors.
    """
    frame = wos_form.take(raw, *wos_form.BYLINE, "BF", "CA", "GP", "cut_cells").with_columns(person=wos_form.people())
    frame = frame.with_columns(
        short=_same_length(_short()),
        full=_same_length(pl.coalesce(lines("AF"), lines("BF"))),
        native=_same_length(lines("Z2")),
        groups=pl.coalesce(lines("CA"), lines("GP")),
        persons=pl.col("person").list.len().fill_null(0).cast(pl.Int64),
    )
    persons = frame.filter(pl.col("persons") > 0).with_columns(author_position=pl.int_ranges(1, pl.col("persons") + 1))
    persons = persons.explode("person", "short", "full", "native", "author_position").select(
        *_values.PROVENANCE,
        "author_position",
        pl.coalesce("full", "person").alias("name"),
        pl.col("short").alias("name_short"),
        pl.when(pl.col("native").str.contains(r"\p{Han}")).then("native").alias("name_native"),
        pl.lit(False).alias("is_group_author"),
        "persons",
    )
    groups = _values.in_order(frame, "groups", "number").select(
        *_values.PROVENANCE,
        (pl.col("number") + pl.col("persons")).alias("author_position"),
        pl.col("groups").alias("name"),
        pl.lit(None, pl.String).alias("name_short"),
        pl.lit(None, pl.String).alias("name_native"),
        pl.lit(True).alias("is_group_author"),
        "persons",
    )
    return pl.concat([persons, groups]).sort("raw_id", "author_position")


def authorships(raw: _values.Table) -> pl.DataFrame:
    """source_authorships of Web of Science.

    Grain: one row per raw_id and author_position. is_corresponding is `no` only where RP is given, wholly understood, and the
    year is 2016 or later (indicators.md 00); a name of batch.yml (role: corresponding) is evidence too.
    """
    byline = authors(raw)
    named = wos_addresses.reprint_authors(raw, byline)
    frame = byline.join(_roles(named, byline), on=["raw_id", "author_position"], how="left")
    frame = frame.join(_records_with_rp(raw, named), on="raw_id", how="left").with_columns(
        _hinted().alias("hinted"),
        weak=(pl.col("year") < NO_SINCE) & (pl.col("author_position") == 1) & (pl.col("named") == 1),
    )
    role = pl.col("role")
    yes, certain_no = role == "yes", role.is_null() & pl.col("complete") & (pl.col("year") >= NO_SINCE)
    frame = frame.with_columns(
        is_corresponding=pl.when(yes | pl.col("hinted"))
        .then(pl.lit("yes"))
        .when(certain_no)
        .then(pl.lit("no"))
        .otherwise(pl.lit("unknown")),
        corresponding_evidence=pl.when(yes & pl.col("weak"))
        .then(pl.lit(WEAK))
        .when(yes | (role == "candidate"))
        .then("evidence")
        .when(pl.col("hinted"))
        .then(pl.lit("batch.yml role=corresponding"))
        .when(certain_no)
        .then(pl.lit("RP names others")),
    )
    return _values.conform(frame, "source_authorships")


def author_identifiers(raw: _values.Table) -> pl.DataFrame:
    """source_author_identifiers of Web of Science: ORCID, ResearcherID, e-mail.

    Grain: one row per raw_id, type and value. Linked to an author only where the name beside it is exactly one author's.
    """
    frame = wos_form.take(raw, "RI", "OI", "EM")
    byline = authors(raw)
    named = [_named(frame, tag, kind) for tag, kind in (("OI", "orcid"), ("RI", "researcher_id"))]
    known = wos_addresses.meant_by(pl.concat(named), byline)
    known = known.group_by("record_id", "raw_id", "identifier_type", "identifier_value").agg(
        # one identifier beside two authors of a paper is disputed: it stays, linked to neither
        pl.col("author_position").drop_nulls().unique().alias("positions"),
        pl.col("name").drop_nulls().unique().sort().str.join(" | "),
    )
    known = known.with_columns(
        author_position=pl.when(pl.col("positions").list.len() == 1).then(pl.col("positions").list.first())
    )
    columns = ["record_id", "raw_id", "author_position", "name", "identifier_type", "identifier_value"]
    both = pl.concat([known.select(columns), _emails(frame, byline).select(columns)])
    return _values.conform(both, "source_author_identifiers").sort("raw_id", "identifier_type", "identifier_value")


def _named(frame: pl.DataFrame, tag: str, kind: str) -> pl.DataFrame:
    """`Family, Given/ID` items of RI or OI; wrapped lines are joined before they are split."""
    split = frame.select(*_values.PROVENANCE, _values.items(_values.unwrap(pl.col(tag)), ";").alias("item"))
    split = split.explode("item").drop_nulls("item")
    value = pl.col("item").str.extract(r"([^/]+)$", 1)
    clean = (
        identifiers.orcid(value)
        if kind == "orcid"
        else value.str.to_uppercase().str.extract(r"^\s*([A-Z]{1,3}-\d{4}-\d{4})", 1)
    )
    name = _values.unwrap(pl.col("item").str.extract(_BESIDE, 1).str.strip_chars(" ,"))
    rows = split.with_columns(name=name, identifier_type=pl.lit(kind), identifier_value=clean)
    return rows.drop_nulls("identifier_value").drop("item")


def _emails(frame: pl.DataFrame, byline: pl.DataFrame) -> pl.DataFrame:
    """E-mails; Web of Science does not say whose, save where there is one author."""
    alone = byline.filter((pl.col("persons") == 1) & (pl.col("author_position") == 1)).select(
        "raw_id", "author_position", "name"
    )
    split = frame.select(
        *_values.PROVENANCE, _values.items(_values.unwrap(pl.col("EM")), ";").alias("identifier_value")
    )
    rows = split.explode("identifier_value").with_columns(pl.col("identifier_value").str.to_lowercase())
    rows = rows.filter(pl.col("identifier_value").str.contains("@", literal=True)).unique(maintain_order=True)
    one = rows.filter(pl.len().over("raw_id") == 1)
    linked = one.join(alone, on="raw_id", how="left")
    rest = rows.join(one.select("raw_id"), on="raw_id", how="anti").with_columns(
        author_position=pl.lit(None, pl.Int64), name=pl.lit(None, pl.String)
    )
    return pl.concat([linked, rest], how="diagonal_relaxed").with_columns(identifier_type=pl.lit("email"))


def _roles(named: pl.DataFrame, byline: pl.DataFrame) -> pl.DataFrame:
    """Per author that an RP name may mean: yes, or candidate where the short form fits several and nothing decides."""
    best = named.drop_nulls("author_position").sort("role", descending=True)  # yes before candidate
    return best.group_by("raw_id", "author_position", maintain_order=True).agg(pl.first("role"), pl.first("evidence"))


def _records_with_rp(raw: _values.Table, named: pl.DataFrame) -> pl.DataFrame:
    """Per row: year, number of RP names, and whether every one of them is understood."""
    year = pl.coalesce(pl.col("PY").str.extract(r"(\d{4})", 1), pl.col("EA").str.extract(r"(\d{4})", 1)).cast(pl.Int64)
    frame = wos_form.take(raw, "PY", "EA", "hint_role", "hint_role_name", "cut_cells")
    frame = frame.select("raw_id", "hint_role", "hint_role_name", year.alias("year"), whole=~wos_form.is_cut("RP"))
    counted = named.group_by("raw_id").agg(
        complete=pl.col("author_position").is_not_null().all(),
        named=pl.col("author_position").n_unique(),
    )
    known = frame.join(counted, on="raw_id", how="left")
    return known.with_columns(complete=pl.col("complete").fill_null(False) & pl.col("whole")).drop("whole")


def _hinted() -> pl.Expr:
    """Whether batch.yml says that the corresponding author searched for is this one."""
    wanted = wos_addresses.name_key(pl.col("hint_role_name"))
    same = pl.any_horizontal(wos_addresses.name_key(pl.col(n)) == wanted for n in ("name", "name_short", "name_native"))
    alone = same.fill_null(False).sum().over("raw_id") == 1
    return _values.searched_as_corresponding() & same.fill_null(False) & alone


def _short() -> pl.Expr:
    """Short forms: AU or BA, where full names stand beside them or they look abbreviated."""
    written = pl.coalesce(lines("AU"), lines("BA")).list.eval(
        pl.element().filter(~pl.element().str.contains(wos_form.NOBODY))
    )
    beside = pl.coalesce("AF", "BF").is_not_null()
    return (
        pl.when(beside)
        .then(written)
        .otherwise(written.list.eval(pl.when(pl.element().str.contains(_SHORT)).then(pl.element())))
    )


def _same_length(names: pl.Expr) -> pl.Expr:
    """A parallel list where it has as many entries as persons, else as many nulls; of a cell that Excel cut, what is left."""
    count = pl.col("person").list.len().fill_null(0)
    nulls = pl.lit(None, dtype=pl.String).repeat_by(count)
    cut = wos_form.is_cut("AU", "AF") & (names.list.len() < count)
    filled = pl.when(cut).then(names.list.concat(nulls).list.head(count)).otherwise(nulls)
    return pl.when(names.list.len() == count).then(names).otherwise(filled)
