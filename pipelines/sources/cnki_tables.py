"""CNKI rows to records, authors, units and the few links between them that are safe."""

from __future__ import annotations

import polars as pl

from pipelines.core import identifiers, text
from pipelines.sources import _values
from pipelines.sources._values import unwrap

_UNIT = r"大学|学院|学校|研究|中心|医院|公司|局|所|院|系|厂|室|馆|校|站|处|部|会|社"
_GROUP = r"(组|委员会|学会|协会|编辑部|中心|研究所|研究院|公司|局|大学|学院|联盟|办公室|评论员|编委会)$"
_COLUMNS = (
    "type", "title", "authors", "affiliations", "source_title", "year", "issue", "volume", "pages", "keywords", "abstract", "issn",
    "isbn", "language", "doi", "link", "publisher", "date", "src_database", "series", "funding",
)  # fmt: skip


def records(raw: _values.Table, document_types: pl.DataFrame) -> pl.DataFrame:
    """source_records of CNKI.

    Grain: one row per raw_id. Of a thesis or a newspaper the publisher (university, paper) is the venue.
    """
    frame = _values.take(raw, *_COLUMNS, *_values.DELIVERY)
    yearbook = pl.col("src_database").str.contains("年鉴").fill_null(False)
    kind = pl.when(yearbook).then(pl.lit("yearbook")).otherwise(unwrap(pl.col("type"))).alias("kind")
    frame = frame.with_columns(
        kind, title=identifiers.unescape(unwrap(pl.col("title"))), document_type_raw=unwrap(pl.col("type"))
    )
    frame = frame.with_columns(_values.document_type(frame["kind"], "cnki", document_types).alias("document_type"))
    journal = pl.col("document_type").eq("article").fill_null(False)
    unissued = pl.all_horizontal(pl.col(n).is_null() for n in ("issue", "volume", "date"))
    dated = pl.col("date").str.extract(r"(\d{4})", 1).cast(pl.Int64)
    stated = pl.col("year").str.extract(r"(\d{4})", 1).cast(pl.Int64)
    basis = pl.when(stated.is_not_null()).then(pl.lit("stated")).when(dated.is_not_null()).then(pl.lit("date"))
    doi_raw = pl.coalesce(
        "doi", pl.col("link").str.extract(r"/doi/(10\.\S+)", 1), pl.col("link").str.extract(r"doi\.org/(10\.\S+)", 1)
    )
    frame = frame.with_columns(
        source=pl.lit("cnki"),
        accession_number=pl.col("link").str.extract(r"(?i)[?&]filename=([A-Za-z0-9.]+)", 1).str.to_uppercase(),
        exported_at=_exported(),
        doi_raw=doi_raw,
        doi=identifiers.doi(doi_raw),
        language=_values.language(pl.col("language"), pl.col("title")),
        publication_year=pl.coalesce(stated, dated),
        publication_year_basis=basis,
        publication_date=unwrap(pl.col("date")),
        is_early_access=journal & unissued,
        is_retracted=pl.col("title").str.contains(r"撤稿|^\s*[（(【\[]?撤回").fill_null(False),
        venue=pl.coalesce(
            unwrap(pl.col("source_title")),
            pl.when(pl.col("document_type").is_in(["thesis", "newspaper"])).then(unwrap(pl.col("publisher"))),
        ),
        issn=identifiers.issn(pl.col("issn")),
        isbn=identifiers.isbn(pl.col("isbn")),
        volume=unwrap(pl.col("volume")),
        issue=unwrap(pl.col("issue")).str.replace(r"^0+([0-9])", "$1"),
        first_page=identifiers.first_page(pl.col("pages")),
        last_page=identifiers.last_page(pl.col("pages")),
        conference=pl.when(pl.col("document_type") == "proceedings_paper").then(unwrap(pl.col("series"))),
        publisher=unwrap(pl.col("publisher")),
        author_count=_names().list.len().fill_null(0),
        abstract=unwrap(pl.col("abstract").str.replace_all("(#br)", " ", literal=True).str.replace("^<正>", "")),
        keywords=_values.items(pl.col("keywords").str.replace_all("[;；\n]+", ";"), ";").list.join("; "),
        funding=unwrap(pl.col("funding")),
    )
    return _values.conform(frame, "source_records")


def authors(raw: _values.Table) -> pl.DataFrame:
    """Names in order. Grain: one row per raw_id and author_position."""
    frame = _values.take(raw, "authors", "hint_role", "hint_role_name").with_columns(name=_names())
    listed = _values.in_order(frame, "name", "author_position")
    return listed.with_columns(
        author_position=pl.col("author_position").cast(pl.Int64),
        name_native=pl.when(pl.col("name").str.contains(r"\p{Han}")).then("name"),
        is_group_author=pl.col("name").str.contains(_GROUP) & (pl.col("name").str.len_chars() > 4),
    )


def authorships(raw: _values.Table) -> pl.DataFrame:
    """source_authorships of CNKI.

    Grain: one row per raw_id and author_position. CNKI has no role field: is_corresponding is unknown unless batch.yml says
    whose corresponding papers were searched (role: corresponding).
    """
    frame = authors(raw)
    wanted = _values.searched_as_corresponding() & (pl.col("name") == pl.col("hint_role_name")).fill_null(False)
    alone = wanted.sum().over("raw_id") == 1
    frame = frame.with_columns(
        is_corresponding=pl.when(wanted & alone).then(pl.lit("yes")).otherwise(pl.lit("unknown")),
        corresponding_evidence=pl.when(wanted & alone).then(pl.lit("batch.yml role=corresponding")),
    )
    return _values.conform(frame, "source_authorships").sort("raw_id", "author_position")


def addresses(raw: _values.Table) -> pl.DataFrame:
    """source_addresses of CNKI: distinct units in order.

    Grain: one row per raw_id and unit.
    """
    frame = _units(raw).with_columns(address_role=pl.lit("author"), address_id=text.address_id(pl.col("address")))
    return _values.conform(frame, "source_addresses").sort("raw_id", "address_position")


def links(raw: _values.Table) -> pl.DataFrame:
    """source_authorship_addresses of CNKI: one unit for all, one author with all units, or a unit written once per author.

    Grain: one row per raw_id, author and unit. Two lists of different length say nothing about who belongs where.
    """
    units = _units(raw)
    people = authors(raw).filter(~pl.col("is_group_author")).select("raw_id", "author_position")
    counts = units.group_by("raw_id").agg(units=pl.len(), style=pl.first("style"))
    counts = counts.join(people.group_by("raw_id").agg(people=pl.len()), on="raw_id")
    both = units.join(people, on="raw_id").join(counts.drop("style"), on="raw_id")
    one_author, one_unit = pl.col("people") == 1, (pl.col("units") == 1) & (pl.col("style") != "unsplit")
    parallel = (pl.col("style") == "parallel") & pl.col("places").list.contains(pl.col("author_position"))
    link = pl.when(one_author).then(pl.lit("single_author")).when(one_unit).then(pl.lit("single_address"))
    both = both.with_columns(address_role=pl.lit("author"), link=link.when(parallel).then(pl.lit("stated")))
    frame = _values.conform(both.drop_nulls("link"), "source_authorship_addresses")
    return frame.sort("raw_id", "author_position", "address_position")


def _names() -> pl.Expr:
    """`张三;李四;`, `A B;;C D`, `施吉庆;   杨亮华`; a comma separates only Chinese names (records before about 2005)."""
    flat = unwrap(pl.col("authors"))
    chinese = flat.str.contains(r"^[\p{Han}·•\s,，]+$") & flat.str.contains("[,，]")
    marked = pl.when(chinese).then(flat.str.replace_all("[,，]", ";")).otherwise(flat.str.replace_all("；", ";"))
    return _values.items(marked, ";")


def _units(raw: _values.Table) -> pl.DataFrame:
    """Distinct units of each row in order, the places in the list where each stands, and the style of the list.

    style: listed (semicolons) | parallel (a unit per author, commas, before about 2005) | unsplit (commas that may be anything).
    """
    frame = _values.take(raw, "authors", "affiliations", "type", "publisher")
    thesis = pl.col("type").str.contains("(?i)thesis").fill_null(False)
    flat = unwrap(pl.coalesce("affiliations", pl.when(thesis).then("publisher")))
    semicolons = _values.items(flat.str.replace_all("；", ";"), ";")
    commas = _values.items(flat.str.replace_all("，", ","), ",")
    people = _names().list.len()
    old = pl.col("authors").str.contains("[,，]").fill_null(False) & ~pl.col("authors").str.contains("[;；]").fill_null(
        False
    )
    several = flat.str.contains("[,，]") & ~flat.str.contains("[;；]") & flat.str.contains(r"\p{Han}")
    every = commas.list.eval(pl.element().str.contains(_UNIT)).list.all()
    parallel = old & several & (commas.list.len() == people) & every & (people > 1)
    style = pl.when(parallel).then(pl.lit("parallel")).when(several).then(pl.lit("unsplit")).otherwise(pl.lit("listed"))
    frame = frame.with_columns(style=style, unit=pl.when(parallel).then(commas).otherwise(semicolons))
    placed = _values.in_order(frame, "unit", "place")
    bare = pl.col("unit").str.replace(r"^\d+\s*[.．、]\s*", "").str.strip_chars(" ,，.。")
    placed = placed.with_columns(address=bare).filter(pl.col("address") != "")
    keys = [*_values.PROVENANCE, "style", "address"]
    units = placed.group_by(keys, maintain_order=True).agg(pl.col("place").alias("places"))
    return units.with_columns(address_position=pl.int_range(1, pl.len() + 1).over("raw_id"))


def _exported() -> pl.Expr:
    """Date in the file's own name: CNKI-20210429002635507 (since about 2021) or CNKI-637066357426093750 (.NET ticks, 2018-2020)."""
    stamp = pl.col("source_file").str.extract(r"CNKI-(\d{17,18})", 1)
    plain = stamp.str.extract(r"^(20\d{6})\d{9}$", 1).str.to_date("%Y%m%d", strict=False)
    ticks = stamp.str.extract(r"^(6\d{17})$", 1).cast(pl.Int64, strict=False)
    seconds = (ticks - 621_355_968_000_000_000) // 10_000_000  # ticks of 100 ns since the year 1
    return pl.coalesce(plain, pl.from_epoch(seconds, time_unit="s").dt.date()).dt.to_string("%Y-%m-%d")
