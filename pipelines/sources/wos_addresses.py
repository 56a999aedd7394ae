"""Web of Science addresses: C1 in every form, RP in every era and language, and which author each belongs to.

A link is made only where the record states it (names in brackets, exactly) or where there is one author; never by position.
"""

from __future__ import annotations

import polars as pl

from pipelines.core import identifiers, text
from pipelines.sources import _values, wos_form

MARK = "\x1e"  # stands for "(corresponding author), " in whatever language
NAMES = ("name", "name_short", "name_native")
BLOCK = ["raw_id", "address_position", "name_key"]


def addresses(raw: _values.Table) -> pl.DataFrame:
    """source_addresses of Web of Science.

    Grain: one row per raw_id, role and address position.
    """
    both = [
        address_lines(raw).with_columns(address_role=pl.lit("author")),
        reprint_blocks(raw).with_columns(address_role=pl.lit("reprint")),
    ]
    columns = [*_values.PROVENANCE, "address_role", "address_position", "address"]
    frame = pl.concat([f.select(columns) for f in both]).drop_nulls("address")
    frame = frame.with_columns(address_id=text.address_id(pl.col("address")))
    return _values.conform(frame, "source_addresses").sort("raw_id", "address_role", "address_position")


def links(raw: _values.Table, byline: pl.DataFrame) -> pl.DataFrame:
    """source_authorship_addresses of Web of Science.

    Grain: one row per raw_id, author, role and address that the record links.
    """
    stated = _author_links(raw, byline)
    named = reprint_authors(raw, byline).filter((pl.col("role") == "yes") & pl.col("has_address"))
    reprint = named.with_columns(address_role=pl.lit("reprint"), link=pl.lit("stated"))
    columns = [*_values.PROVENANCE, "author_position", "address_role", "address_position", "link"]
    frame = pl.concat([stated.select(columns), reprint.select(columns)]).unique(maintain_order=True)
    return _values.conform(frame, "source_authorship_addresses").sort(
        "raw_id", "address_role", "address_position", "author_position"
    )


def address_lines(raw: _values.Table) -> pl.DataFrame:
    """C1, one row per line: position, names in brackets (null for a plain line), address without the final period."""
    frame = wos_form.take(raw, "C1", "UT", *wos_form.BYLINE)
    inspec = wos_form.is_inspec()
    listed = frame.filter(~inspec).with_columns(line=_values.items(identifiers.unescape(pl.col("C1")), "\n"))
    listed = _values.in_order(listed, "line", "address_position")
    listed = listed.select(
        *_values.PROVENANCE,
        "address_position",
        pl.col("line").str.extract(r"^\[([^\]]*)\]", 1).alias("names"),
        _address(pl.col("line").str.replace(r"^\[[^\]]*\]\s*", "")).alias("address"),
    )
    return pl.concat([listed, _inspec_lines(frame.filter(inspec))]).sort("raw_id", "address_position")


def reprint_blocks(raw: _values.Table) -> pl.DataFrame:
    """RP, one row per block: position, the names as text, the address (null where it cannot be told from the names)."""
    frame = wos_form.take(raw, "RP", *wos_form.BYLINE)
    rp = identifiers.unescape(_values.unwrap(pl.col("RP"))).str.replace_all("；", ";").str.strip_chars("; ")
    frame = frame.with_columns(rp=rp, short=wos_form.people())
    frame = frame.drop_nulls("rp").with_columns(rp=_marked(frame.drop_nulls("rp")))
    marked = frame.filter(pl.col("rp").str.contains(MARK, literal=True))
    plain = frame.filter(~pl.col("rp").str.contains(MARK, literal=True))
    columns = [*_values.PROVENANCE, "address_position", "names", "address"]
    return pl.concat([_marked_blocks(marked).select(columns), _plain_block(plain).select(columns)]).sort(
        "raw_id", "address_position"
    )


def reprint_authors(raw: _values.Table, byline: pl.DataFrame) -> pl.DataFrame:
    """RP names to authors: short form, else full form; where a short form fits several, the address decides or nothing does.

    Grain: one row per raw_id, block, name and author it may mean; author_position null = a name that is nobody's.
    role: yes | candidate.
    """
    blocks = reprint_blocks(raw)
    names = blocks.with_columns(name=_values.items(pl.col("names"), ";")).explode("name").drop_nulls("name")
    names = names.with_columns(name_key=name_key(pl.col("name")))
    meant = _meant(names, byline)
    written = names.group_by(BLOCK).agg(written=pl.len())
    meant = meant.join(written, on=BLOCK, how="left").with_columns(fits=pl.col("author_position").count().over(BLOCK))
    unsure = meant.filter(pl.col("fits") > pl.col("written"))
    if unsure.is_empty():
        return _with_role(meant.with_columns(by_address=pl.lit(False)))
    decided = _by_address(unsure, raw, byline)
    meant = meant.join(decided, on=[*BLOCK, "author_position"], how="left")
    return _with_role(meant.with_columns(pl.col("by_address").fill_null(False)))


def _meant(names: pl.DataFrame, byline: pl.DataFrame) -> pl.DataFrame:
    """Each name with every author it may mean: by short form, else full form, else, where no short form is printed, initials."""
    whole, printed = pl.col("name"), pl.coalesce("name_short", "name")
    bare = byline.filter(pl.col("name_short").is_null())
    initials, first = _initials(pl.col("name")), _initials(pl.col("name")).str.extract(r"^(.*,.)", 1)
    ways = (
        (byline, name_key, printed, whole),
        (byline, name_key, pl.col("name"), whole),
        (byline, plain_key, printed, whole),
        (byline, plain_key, pl.col("name"), whole),
        (bare, name_key, initials, initials),
        (bare, name_key, first, first),
    )
    found, rest = [], names
    for authors, key, theirs, asked in ways:
        known = authors.select("raw_id", "author_position", full="name", _key=key(theirs)).drop_nulls("_key")
        joined = rest.with_columns(_key=key(asked)).join(known, on=["raw_id", "_key"], how="left").drop("_key")
        found.append(joined.drop_nulls("author_position"))
        rest = joined.filter(pl.col("author_position").is_null()).drop("author_position", "full")
    found[-1] = _abbreviated(found[-1])
    return pl.concat([*found, rest], how="diagonal").drop("full").unique(maintain_order=True)


def _abbreviated(meant: pl.DataFrame) -> pl.DataFrame:
    """Of authors with the family name and first letter of `Wang, YX`, those whose given name holds its letters in order, if any."""
    letters = pl.col("name").str.extract(r",\s*(.+)$", 1).str.extract_all(r"\p{L}").list.join(".*")
    given = pl.col("full").str.extract(r",\s*(.+)$", 1)
    fits = given.str.contains(pl.concat_str([pl.lit("(?i)^"), letters])).fill_null(False)
    return meant.with_columns(fits=fits).filter(pl.col("fits") | ~pl.col("fits").any().over(BLOCK)).drop("fits")


def _initials(name: pl.Expr) -> pl.Expr:
    """`Family, G. H.`, `Family, Gu-Hong`, `Family, GH`, and `Gu Hong Family` where there is no comma, as `Family,GH`."""
    family = pl.coalesce(name.str.extract(r"^([^,]+),", 1), name.str.extract(r"^[^,]+ ([^, ]+)$", 1))
    given = pl.coalesce(name.str.extract(r"^[^,]+,\s*(.+)$", 1), name.str.extract(r"^([^,]+) [^, ]+$", 1))
    capitals = given.str.extract_all(r"\p{Lu}").list.join("")
    return pl.when(capitals != "").then(pl.concat_str([family, capitals], separator=","))


def _with_role(meant: pl.DataFrame) -> pl.DataFrame:
    """yes where a name fits one author, or the address chose; candidate where it fits several and nothing chose."""
    nobody, clear = pl.col("author_position").is_null(), pl.col("fits") <= pl.col("written")
    chosen = pl.col("by_address").any().over(BLOCK)
    role = pl.when((clear | pl.col("by_address")) & ~nobody).then(pl.lit("yes"))
    out = meant.with_columns(
        has_address=pl.col("address").is_not_null(),
        role=role.when(~nobody & ~chosen).then(pl.lit("candidate")),
        evidence=pl.when(pl.col("by_address"))
        .then(pl.lit("RP name and address"))
        .when(~clear)
        .then(pl.format("RP short form fits {} authors", "fits"))
        .otherwise(pl.lit("RP")),
    )
    return out.filter(pl.col("role").is_not_null() | nobody).select(
        *_values.PROVENANCE, "address_position", "has_address", "name", "author_position", "role", "evidence"
    )


def name_key(name: pl.Expr) -> pl.Expr:
    """Names are the same when their letters and the comma are: case, periods, hyphens and blanks do not count."""
    key = name.str.to_lowercase().str.replace_all(r"[^\p{L}\p{N},]", "").str.strip_chars(",")
    return pl.when(key != "").then(key)


def plain_key(name: pl.Expr) -> pl.Expr:
    """name_key without accents: people write `María` in their profile, the database prints `Maria`."""
    return name_key(name.str.normalize("NFKD").str.replace_all(r"\p{M}", ""))


def meant_by(names: pl.DataFrame, byline: pl.DataFrame) -> pl.DataFrame:
    """Rows with a `name` and the author_position of the one author of their record it means, else null.

    Accents count first, and do not where nobody is found with them.
    """
    rest = names.with_row_index("_row")
    found = []
    for key in (name_key, plain_key):
        forms = [byline.select("raw_id", "author_position", _key=key(pl.col(n))) for n in NAMES]
        every = pl.concat(forms).drop_nulls("_key").unique()
        one = every.group_by("raw_id", "_key").agg(
            pl.col("author_position").filter(pl.len() == 1).first(), _known=pl.lit(True)
        )
        joined = rest.with_columns(_key=key(pl.col("name"))).join(one, on=["raw_id", "_key"], how="left").drop("_key")
        found.append(joined.drop_nulls("_known"))
        rest = joined.filter(pl.col("_known").is_null()).drop("_known", "author_position")
    return pl.concat([*found, rest], how="diagonal").sort("_row").drop("_row", "_known")


def _author_links(raw: _values.Table, byline: pl.DataFrame) -> pl.DataFrame:
    listed = address_lines(raw).drop_nulls("address")
    bracketed = listed.with_columns(name=_values.items(pl.col("names"), ";")).explode("name").drop_nulls("name")
    # exact AF form first; the folded forms only for names that are nobody's as printed
    exact = byline.select("raw_id", "author_position", "name").filter(pl.len().over("raw_id", "name") == 1)
    printed = byline.select("raw_id", "name").unique()
    hits = bracketed.join(exact, on=["raw_id", "name"], how="inner")
    rest = bracketed.join(printed, on=["raw_id", "name"], how="anti")
    folded = meant_by(rest, byline).drop_nulls("author_position")
    alone = byline.filter((pl.col("persons") == 1) & (pl.col("author_position") == 1)).select(
        "raw_id", "author_position"
    )
    single = listed.filter(pl.col("names").is_null()).join(alone, on="raw_id", how="inner")
    columns = [*_values.PROVENANCE, "author_position", "address_position"]
    stated = pl.concat([hits.select(columns), folded.select(columns)]).with_columns(link=pl.lit("stated"))
    by_count = single.select(columns).with_columns(link=pl.lit("single_author"))
    return (
        pl.concat([stated, by_count])
        .with_columns(address_role=pl.lit("author"))
        .unique(["raw_id", "author_position", "address_position"], keep="first", maintain_order=True)
    )


def _by_address(unsure: pl.DataFrame, raw: _values.Table, byline: pl.DataFrame) -> pl.DataFrame:
    """Of the authors a short form fits, the only one whose own address names the organisation of the RP block."""
    few = unsure["raw_id"].unique().implode()
    raw, byline = raw.lazy().filter(pl.col("raw_id").is_in(few)), byline.filter(pl.col("raw_id").is_in(few))
    organisation = pl.col("address").str.split(",").list.first().str.to_lowercase().str.strip_chars()
    own = _author_links(raw, byline).join(
        address_lines(raw).select("raw_id", "address_position", organisation.alias("organisation")),
        on=["raw_id", "address_position"],
    )
    own = own.select("raw_id", "author_position", "organisation").unique()
    hits = unsure.with_columns(organisation=organisation).join(
        own, on=["raw_id", "author_position", "organisation"], how="inner"
    )
    hits = hits.select(*BLOCK, "author_position").unique()
    return hits.filter(pl.len().over(BLOCK) == 1).with_columns(by_address=pl.lit(True))


def _marked(frame: pl.DataFrame) -> pl.Series:
    """RP with the bracketed role word after the names replaced by MARK.

    The words are listed in schemas/sources/wos.yml; another word counts when what stands before it begins with an author.
    """
    column = frame["rp"].str.replace_all(wos_form.marker_pattern(wos_form.markers()), MARK)
    unmarked = frame.with_columns(rp=column).filter(~pl.col("rp").str.contains(MARK, literal=True))
    first = unmarked.select(
        "short",
        pl.col("rp").str.extract(r"^([^()（）;]+?)\s*(?:;[^()（）]*)?[(（]", 1).alias("name"),
        pl.col("rp").str.extract(r"^[^()（）]+[(（]([^()（）]+)[)）]\s*[,，]", 1).alias("word"),
    )
    new = first.filter(pl.col("short").list.contains(pl.col("name")))["word"].drop_nulls().unique().sort().to_list()
    return column.str.replace_all(wos_form.marker_pattern(tuple(new)), MARK) if new else column


def _marked_blocks(frame: pl.DataFrame) -> pl.DataFrame:
    """`names MARK address.; names MARK address`: addresses hold no semicolon, so the first one ends them."""
    parts = frame.select(*_values.PROVENANCE, pl.col("rp").str.split(MARK).alias("part"))
    parts = _values.in_order(parts, "part", "place").with_columns(last=pl.col("place") == pl.len().over("raw_id"))
    head = pl.when(pl.col("last")).then("part").otherwise(pl.col("part").str.extract(r"^([^;]*)", 1))
    tail = pl.when(pl.col("place") == 1).then("part").otherwise(pl.col("part").str.extract(r"^[^;]*;(.*)$", 1))
    parts = parts.with_columns(
        address=_address(head.str.strip_chars("; ")).shift(-1), names=_values.unwrap(tail.str.strip_chars("; "))
    )
    return parts.filter(~pl.col("last")).with_columns(address_position=pl.col("place"))


def _plain_block(frame: pl.DataFrame) -> pl.DataFrame:
    """`Marelko, YP, NAS Lakeland, …` (no role word): the name is an author's, of one or two parts; else the first two parts."""
    two, one = r"^([^,]+,[^,]+),\s*(.+)$", r"^([^,]+),\s*(.+)$"
    rp = pl.col("rp")
    is_one = pl.col("short").list.contains(rp.str.extract(one, 1)) & ~pl.col("short").list.contains(
        rp.str.extract(two, 1)
    )
    is_one = is_one.fill_null(False)
    return frame.with_columns(
        address_position=pl.lit(1, pl.Int64),
        names=pl.when(is_one).then(rp.str.extract(one, 1)).otherwise(pl.coalesce(rp.str.extract(two, 1), rp)),
        address=_address(pl.when(is_one).then(rp.str.extract(one, 2)).otherwise(rp.str.extract(two, 2))),
    )


def _inspec_lines(frame: pl.DataFrame) -> pl.DataFrame:
    """Inspec: authors, then their address, in one '; ' list that is wrapped softly; what is no author is an address."""
    parts = frame.select(
        *_values.PROVENANCE,
        wos_form.people().alias("person"),
        _values.items(_values.unwrap(pl.col("C1")), ";").alias("part"),
    )
    parts = _values.in_order(parts, "part", "place")
    is_name = pl.col("person").list.contains(pl.col("part")).fill_null(False)
    parts = parts.with_columns(is_name=is_name).with_columns(
        group=(~pl.col("is_name")).cast(pl.Int64).cum_sum().over("raw_id") - (~pl.col("is_name")).cast(pl.Int64)
    )
    grouped = parts.group_by(*_values.PROVENANCE, "group", maintain_order=True).agg(
        names=pl.col("part").filter("is_name").str.join("; "),
        address=pl.col("part").filter(~pl.col("is_name")).first(),
    )
    return grouped.drop_nulls("address").select(
        *_values.PROVENANCE,
        pl.col("group").rank("ordinal").over("raw_id").cast(pl.Int64).alias("address_position"),
        pl.when(pl.col("names") != "").then("names").alias("names"),
        _address(pl.col("address")).alias("address"),
    )


def _address(address: pl.Expr) -> pl.Expr:
    """White space folded, final period off."""
    bare = _values.unwrap(address).str.strip_chars_end(" .;")
    return pl.when(bare != "").then(bare)
