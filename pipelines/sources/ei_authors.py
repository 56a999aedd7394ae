"""EI rows to authors, numbered affiliations, the links the numbers state, and the corresponding author."""

from __future__ import annotations

import polars as pl

from pipelines.core import text
from pipelines.sources import _values
from pipelines.sources._values import unwrap
from pipelines.sources.ei_records import names, unescape

_ONE = r"(?:\d{1,4}|[a-z])"  # numbers, in some records letters
NUMBERS = rf"\s*\(({_ONE}(?:\s*,\s*{_ONE})*(?:\)\s*\(\s*{_ONE})*)\)\s*$"  # `(1, 2)`, `(a,b)`, `(1)(2)`
MARK = "\x1e"
PAIR = ["raw_id", "number"]


def authors(raw: _values.Table) -> pl.DataFrame:
    """Byline with the numbers behind each name. Grain: one row per raw_id and author_position."""
    frame = _values.take(raw, "authors", "hint_role", "hint_role_name")
    placed = _values.in_order(frame.with_columns(entry=names(pl.col("authors"))), "entry", "author_position")
    entry = pl.col("entry")
    return placed.with_columns(
        author_position=pl.col("author_position").cast(pl.Int64),
        name=entry.str.replace(NUMBERS, "").str.strip_chars(" ,"),
        numbers=_values.items(entry.str.extract(NUMBERS, 1).str.replace_all(r"[()]+", ","), ","),
    ).with_columns(
        family=_key(_family(pl.col("name"))),
        initials=_initials(pl.col("name")),
        authors=pl.len().over("raw_id"),
    )


def authorships(raw: _values.Table) -> pl.DataFrame:
    """source_authorships of EI.

    Grain: one row per raw_id and author_position. The named author is `yes`; EI names usually one, so the others stay unknown.
    """
    byline = authors(raw)
    named = corresponding(raw, byline).group_by("raw_id", "author_position").agg(pl.col("fits").min())
    wanted = _values.searched_as_corresponding() & (_key(pl.col("name")) == _key(pl.col("hint_role_name")))
    frame = byline.join(named, on=["raw_id", "author_position"], how="left").with_columns(
        hinted=wanted.fill_null(False)
    )
    hinted = pl.col("hinted") & (pl.col("hinted").sum().over("raw_id") == 1)
    yes = (pl.col("fits") == 1).fill_null(False)
    frame = frame.with_columns(
        is_group_author=pl.lit(False),
        name_native=pl.when(pl.col("name").str.contains(r"\p{Han}")).then("name"),
        is_corresponding=pl.when(yes | hinted).then(pl.lit("yes")).otherwise(pl.lit("unknown")),
        corresponding_evidence=pl.when(yes)
        .then(pl.lit("EI corresponding author"))
        .when(pl.col("fits") > 1)
        .then(pl.format("EI corresponding author fits {} authors", "fits"))
        .when(hinted)
        .then(pl.lit("batch.yml role=corresponding")),
    )
    return _values.conform(frame, "source_authorships").sort("raw_id", "author_position")


def author_identifiers(raw: _values.Table) -> pl.DataFrame:
    """source_author_identifiers of EI: e-mails of corresponding authors.

    Grain: one row per raw_id and e-mail; linked to an author where the name beside it fits one.
    """
    named = corresponding(raw, authors(raw)).drop_nulls("email")
    one = pl.when(pl.col("fits") == 1).then("author_position")
    frame = named.group_by("record_id", "raw_id", "email").agg(
        one.drop_nulls().unique().alias("places"), pl.first("name")
    )
    frame = frame.with_columns(
        author_position=pl.when(pl.col("places").list.len() == 1).then(pl.col("places").list.first()),
        identifier_type=pl.lit("email"),
        identifier_value=pl.col("email"),
    )
    return _values.conform(frame, "source_author_identifiers").sort("raw_id", "identifier_value")


def addresses(raw: _values.Table) -> pl.DataFrame:
    """source_addresses of EI.

    Grain: one row per raw_id and address position.
    """
    frame = _numbered(raw).with_columns(address_role=pl.lit("author"), address_id=text.address_id(pl.col("address")))
    return _values.conform(frame, "source_addresses").sort("raw_id", "address_position")


def links(raw: _values.Table) -> pl.DataFrame:
    """source_authorship_addresses of EI: the numbers; without numbers only a single author has the address.

    Grain: one row per raw_id, author and address.
    """
    places = _numbered(raw)
    byline = authors(raw)
    stated = byline.explode("numbers").drop_nulls("numbers").rename({"numbers": "number"})
    stated = stated.join(places.select(*PAIR, "address_position"), on=PAIR, how="inner").with_columns(
        link=pl.lit("stated")
    )
    alone = byline.filter((pl.col("authors") == 1) & pl.col("numbers").is_null())
    alone = alone.join(places.select("raw_id", "address_position"), on="raw_id", how="inner").with_columns(
        link=pl.lit("single_author")
    )
    columns = [*_values.PROVENANCE, "author_position", "address_position", "link"]
    both = pl.concat([stated.select(columns), alone.select(columns)]).unique(maintain_order=True)
    frame = _values.conform(both.with_columns(address_role=pl.lit("author")), "source_authorship_addresses")
    return frame.sort("raw_id", "author_position", "address_position")


def corresponding(raw: _values.Table, byline: pl.DataFrame) -> pl.DataFrame:
    """Names of the corresponding-author cell and the authors each may mean: same family name, initials that agree.

    Grain: one row per raw_id, name and author it fits (none: author_position null, fits 0).
    """
    frame = _values.take(raw, "corresponding")
    # entities hold a semicolon (`Marovi&#263;, I.`): unescape before splitting
    cell = unescape(unwrap(pl.col("corresponding"))).str.replace_all(r"(@[^();]*);([^();]*@)", "$1,$2")
    listed = _values.items(cell, ";")
    entry = frame.with_columns(entry=listed).explode("entry").drop_nulls("entry")
    entry = entry.with_columns(
        name=pl.col("entry").str.replace(r"\s*\([^()]*\)\s*$", "").str.strip_chars(" ,"),
        email=pl.col("entry").str.extract(r"\(([^()\s,;]+@[^()\s,;]+)[^()]*\)\s*$", 1).str.to_lowercase(),
    )
    entry = entry.with_columns(family=_key(_family(pl.col("name"))), initials=_initials(pl.col("name")))
    # EI drops letters outside Latin-1 from Author (`Marovi, I.`) but not from this cell
    lossy = _key(_family(pl.col("name")).str.replace_all(r"[^\x00-\u{ff}]", ""))
    known = entry.join(byline, on=["raw_id", "family"], how="semi")
    other = entry.join(byline, on=["raw_id", "family"], how="anti").with_columns(family=lossy)
    families = byline.select("raw_id", "author_position", "family", "initials")
    pairs = pl.concat([known, other]).join(families, on=["raw_id", "family"], how="left")
    ours, theirs = pl.col("initials"), pl.col("initials_right")
    # 'J.C.' is Joaquim Carlos rather than Jose; an author printed as 'J.' fits only when no other does
    agree = pl.when(theirs.str.starts_with(ours)).then(1).when(ours.str.starts_with(theirs)).then(2)
    pairs = pairs.with_columns(agree=pl.when(pl.col("author_position").is_not_null()).then(agree))
    best = pl.col("agree") == pl.col("agree").min().over("raw_id", "entry")
    pairs = pairs.with_columns(author_position=pl.when(best).then("author_position"))
    pairs = pairs.unique(["raw_id", "entry", "author_position"], maintain_order=True)
    pairs = pairs.with_columns(fits=pl.col("author_position").count().over("raw_id", "entry"))
    return pairs.filter(pl.col("author_position").is_not_null() | (pl.col("fits") == 0)).select(
        *_values.PROVENANCE, "name", "email", "author_position", "fits"
    )


def _numbered(raw: _values.Table) -> pl.DataFrame:
    """`(1) A; (2) B`: split only before a number in brackets, because an affiliation may hold semicolons and brackets.

    ASCII text and RIS may have one affiliation per line or field, with or without a number.
    """
    frame = _values.take(raw, "affiliations", "file_format")
    cell = unescape(pl.col("affiliations")).str.replace_all(rf"[;\n]\s*\(({_ONE})\)\s", f"{MARK}($1) ")
    unnumbered = (pl.col("file_format") == "ris") & ~cell.str.contains(rf"^\s*\({_ONE}\)\s")
    marked = unwrap(pl.when(unnumbered.fill_null(False)).then(cell.str.replace_all("\n", MARK)).otherwise(cell))
    placed = _values.in_order(frame.with_columns(part=_values.items(marked, MARK)), "part", "address_position")
    frame = placed.with_columns(
        number=pl.col("part").str.extract(rf"^\(({_ONE})\)\s", 1),
        address=pl.col("part").str.replace(rf"^\({_ONE}\)\s*", "").str.strip_chars(" ;").str.strip_chars_end("."),
    )
    return frame.filter(pl.col("address") != "")


def _family(name: pl.Expr) -> pl.Expr:
    """Family name: before the comma; of an un-inverted name (`Anhai Wang`) the last word."""
    return pl.coalesce(name.str.extract(r"^([^,]+),", 1), name.str.extract(r"(\S+)$", 1))


def _initials(name: pl.Expr) -> pl.Expr:
    """First letters of the given names: 'Joaquim Carlos' and 'J.C.' give 'jc'."""
    given = pl.coalesce(name.str.extract(r",\s*(.*)$", 1), name.str.extract(r"^(.*)\s\S+$", 1))
    return given.str.to_lowercase().str.extract_all(r"\p{L}+").list.eval(pl.element().str.slice(0, 1)).list.join("")


def _key(name: pl.Expr) -> pl.Expr:
    """Letters only, lower case, without accents."""
    return name.str.normalize("NFKD").str.to_lowercase().str.replace_all(r"[^\p{L}]", "")
