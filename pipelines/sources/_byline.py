"""Authors, units and the links between them as Chinese databases write them; a link only where the record states it.

What states a link: the author's name before the unit (`[李强]某大学.某学院`), numbers behind names and before units (`张三[1]`,
`[1]某大学`; `张三1,2`, `1.某大学`; `张三①`, `①某大学`), a unit written once per author (units repeat and are as many as the authors).
Two lists of their own say nothing.
"""

from __future__ import annotations

import polars as pl

from pipelines.core import identifiers, text
from pipelines.sources import _values
from pipelines.sources._values import unwrap

HAN = r"\p{Han}"
_UNIT = r"大学|学院|学校|研究|中心|医院|公司|局|所|院|系|厂|室|馆|校|站|处|部|会|社"
_GROUP = (
    r"(组|委员会|学会|协会|编辑部|中心|研究所|研究院|科学院|设计院|标准院|公司|局|大学|学院|联盟|办公室|评论员|编委会)$"
)
_NUMBERS = r"[\[［(（]\s*(\d+(?:[\s,，、]+\d+)*)\s*[\]］)）]\s*$"
_NAMED = r"^[\[［]([^\]］]*\p{L}[^\]］]*)[\]］]\s*"
_NUMBERED = r"^(?:[\[［(（](\d{1,2})[\]］)）]|(\d{1,2})\s*[.．、]|(\d{1,2})\s*(?:\p{Han}))\s*"
_RAISED = (
    rf"({HAN})\s*[~^]?[(（]?(\d{{1,2}}(?:\s*[,，、]\s*\d{{1,2}})*)[)）]?\s*([,，;；、\n*＊]|$)"  # 张三1,2; 李四~(2)
)
_CIRCLED = {chr(0x2460 + n): f"[{n + 1}]" for n in range(20)}  # ① … ⑳
_REPORTER = (
    r"(^|[\s;；,，、])(?:(?:本报|本刊|新华社|特约|见习|首席|特派)\s*)*(?:记者|通讯员|实习生)[\s:：]+"  # of newspapers
)
_NOBODY = ["", "等", "et al", "et al.", "佚名", "匿名", "Anonymous", "[Anonymous]"]
_LATIN = r"\p{Lu}[\p{L}.'’-]*(?: [\p{L}.'’-]+)+"  # a name in full: two words at least
_LISTED = rf"^\s*{_LATIN}(?:(?:,{_LATIN})+|(?:,\s*{_LATIN}){{2,}}),?\s*$"  # LIN Yuan,ZHOU Wang; not `Smith, John`
_APART = rf"^\s*(?:{HAN}{{3}}\s+{HAN}{{3}}|{HAN}{{2,4}}(?:\s+{HAN}{{2,4}}){{2,}})\s*$"  # names with nothing but blanks between them
_COLUMNS = (
    "file_format", "authors", "affiliations", "first_author", "type", "src_database", "link", "degree", "publisher", "source_title",
)  # fmt: skip


def names(column: str = "authors") -> pl.Expr:
    """Names in order: `张三;李四;`, `A B;;C D`, one per line, `施吉庆;   杨亮华`; a comma beside a Chinese name separates (before 2005)."""
    kept = _entries(column).list.eval(_bare(pl.element()))
    return pl.when(kept.list.len() > 0).then(kept)


def authors(raw: _values.Table) -> pl.DataFrame:
    """Names in order with the numbers behind them. Grain: one row per raw_id and author_position."""
    frame = _values.take(raw, "authors", "hint_role", "hint_role_name")
    numbers = _entries("authors").list.eval(pl.element().str.extract(_NUMBERS, 1).fill_null(""))
    frame = frame.with_columns(name=names(), numbers=numbers)
    listed = frame.filter(pl.col("name").list.len() > 0).with_columns(
        author_position=pl.int_ranges(1, pl.col("name").list.len() + 1)
    )
    return listed.explode("name", "numbers", "author_position").with_columns(
        author_position=pl.col("author_position").cast(pl.Int64),
        numbers=pl.col("numbers").str.extract_all(r"\d+"),
        name_native=pl.when(pl.col("name").str.contains(HAN)).then("name"),
        is_group_author=pl.col("name").str.contains(_GROUP) & (pl.col("name").str.len_chars() > 4),
    )


def authorships(raw: _values.Table) -> pl.DataFrame:
    """source_authorships.

    Grain: one row per raw_id and author_position. These databases have no role field: is_corresponding is unknown unless
    batch.yml says whose corresponding papers were searched (role: corresponding).
    """
    frame = authors(raw)
    wanted = _values.searched_as_corresponding() & (pl.col("name") == pl.col("hint_role_name")).fill_null(False)
    alone = wanted.sum().over("raw_id") == 1
    frame = frame.with_columns(
        is_corresponding=pl.when(wanted & alone).then(pl.lit("yes")).otherwise(pl.lit("unknown")),
        corresponding_evidence=pl.when(wanted & alone).then(pl.lit("batch.yml role=corresponding")),
    )
    return _values.conform(frame, "source_authorships").sort("raw_id", "author_position")


def addresses(raw: _values.Table, thesis: pl.Expr) -> pl.DataFrame:
    """source_addresses: distinct units in order; of a thesis without one the university.

    Grain: one row per raw_id and unit.
    """
    units = _units(raw, thesis).unique(["raw_id", "address_position"], maintain_order=True)
    frame = units.with_columns(address_role=pl.lit("author"), address_id=text.address_id(pl.col("address")))
    return _values.conform(frame, "source_addresses").sort("raw_id", "address_position")


def links(raw: _values.Table, thesis: pl.Expr) -> pl.DataFrame:
    """source_authorship_addresses: stated, else one author with all units, or one unit for all.

    Grain: one row per raw_id, author and unit.
    """
    units, people = _units(raw, thesis), authors(raw)
    pairs = units.join(people.select("raw_id", "author_position", "name", "numbers"), on="raw_id")
    by_name = (pl.col("style") == "named") & _names_it()
    by_number = (pl.col("style") == "numbered") & pl.col("numbers").list.contains(pl.col("mark")).fill_null(False)
    by_place = (pl.col("style") == "parallel") & (pl.col("place") == pl.col("author_position"))
    stated = pairs.filter(by_name | by_number | by_place).with_columns(link=pl.lit("stated"))
    persons = people.filter(~pl.col("is_group_author")).select(
        "raw_id", "author_position", persons=pl.len().over("raw_id")
    )
    alone = units.with_columns(units=pl.col("address").n_unique().over("raw_id")).join(persons, on="raw_id")
    alone = alone.join(stated.select("raw_id").unique(), on="raw_id", how="anti").filter(pl.col("style") != "named")
    one_unit = (pl.col("units") == 1) & (pl.col("style") != "unsplit")
    link = pl.when(pl.col("persons") == 1).then(pl.lit("single_author")).when(one_unit).then(pl.lit("single_address"))
    columns = [*_values.PROVENANCE, "author_position", "address_position", "link"]
    both = pl.concat([stated.select(columns), alone.with_columns(link=link).drop_nulls("link").select(columns)])
    frame = _values.conform(
        both.unique(maintain_order=True).with_columns(address_role=pl.lit("author")), "source_authorship_addresses"
    )
    return frame.sort("raw_id", "author_position", "address_position")


def _bare(entry: pl.Expr) -> pl.Expr:
    """A name without the numbers and signs behind it; `李四等` names 李四."""
    plain = entry.str.replace(_NUMBERS, "").str.strip_chars(" ,，*＊△▲#")
    return plain.str.replace(rf"^({HAN}{{2,4}}) ?等$", "$1")


def _marked(column: str) -> pl.Expr:
    """A cell of names with the numbers behind them in brackets, without the offices that newspapers print before them."""
    flat = identifiers.unescape(pl.col(column).str.replace_all(r"[ \t\u{a0}\u{3000}]+", " "))
    flat = (
        flat.str.replace_many(_CIRCLED)
        .str.replace_all("][", ",", literal=True)
        .str.replace_all(_RAISED, "$1[$2]$3")
        .str.replace_all(_REPORTER, "$1;")
    )
    spaced = flat.str.replace_all(rf"([\]］]) +({HAN})", "$1;$2")
    listed = pl.when(spaced.str.contains(_LISTED)).then(spaced.str.replace_all(",", ";")).otherwise(spaced)
    lines = listed.str.split("\n").list.eval(
        pl.when(pl.element().str.contains(_APART) & ~pl.element().str.contains(rf"{_GROUP}|{_UNIT}"))
        .then(pl.element().str.strip_chars().str.replace_all(r"\s+", ";"))
        .otherwise(pl.element())
    )
    return lines.list.join("\n")


def _entries(column: str) -> pl.Expr:
    """Names with the numbers behind them; what names nobody is left out."""
    flat = _marked(column)
    inner = r"([\[［(（]\d+)\s*[,，、]\s*(\d+)"  # commas between numbers separate no names
    for _ in range(3):
        flat = flat.str.replace_all(inner, "$1 $2")
    marked = flat.str.replace_all(rf"({HAN}[\]］*]?|[\]］])[,，、]\s*", "$1;").str.replace_all(
        rf"[,，、]\s*({HAN})", ";$1"
    )
    found = _values.items(marked.str.replace_all(r"[；;\n]+", ";"), ";")
    return found.list.eval(pl.element().filter(~_bare(pl.element()).is_in(_NOBODY)))


def _names_it() -> pl.Expr:
    """Whether the names before a unit hold this author."""
    several = (
        pl.col("mark").str.replace_all(r"[,，、;；]", ";").str.split(";").list.eval(pl.element().str.strip_chars())
    )
    return (pl.col("mark") == pl.col("name")) | several.list.contains(pl.col("name"))


def _units(raw: _values.Table, thesis: pl.Expr) -> pl.DataFrame:
    """Units in order, each with its place in the list, what stands before it (mark) and the style of the list.

    Grain: one row per raw_id and place. style: named | numbered | parallel (a unit per author) | listed |
    unsplit (commas that may be anything). address_position numbers distinct units.
    """
    frame = _values.take(raw, *_COLUMNS)
    cell = identifiers.unescape(
        pl.coalesce("affiliations", pl.when(thesis).then(pl.coalesce("publisher", "source_title")))
    )
    glued = cell.str.replace_many(_CIRCLED).str.replace_all(r"[ \u{3000}]+([\[［]\d{1,2}[\]］])", "\n$1")
    lines = _values.items(glued, "\n")
    frame = frame.with_columns(people=names().list.len().fill_null(0), lines=lines, cell=unwrap(cell))
    frame = frame.with_columns(style=_style(frame)).with_columns(pl.col("lines").alias("line"))
    old = (pl.col("style") == "commas").fill_null(False)
    line = pl.when(old).then(_values.items(pl.col("cell").str.replace_all("，", ","), ",")).otherwise("lines")
    placed = _values.in_order(frame.with_columns(line=line), "line", "place")
    parts = _values.items(pl.col("line").str.replace_all("；", ";"), ";")
    units = placed.with_columns(unit=parts).explode("unit").drop_nulls("unit")
    named = pl.col("unit").str.extract(_NAMED, 1).forward_fill().over("raw_id", "place")  # [name]unit;second unit
    number = pl.coalesce(pl.col("unit").str.extract(_NUMBERED, n) for n in (1, 2, 3))
    mark = pl.when(pl.col("style") == "named").then(named).otherwise(number).str.strip_chars()
    bare = (
        pl.col("unit").str.replace(_NAMED, "").str.replace(r"^(?:[\[［(（]\d{1,2}[\]］)）]|\d{1,2}\s*[.．、])\s*", "")
    )
    numbered = pl.when(pl.col("style") == "numbered").then(bare.str.replace(r"^\d{1,2}\s*", "")).otherwise(bare)
    numbered = numbered.str.replace(r"\|JG\d+$", "").str.strip_chars(" ,，.。")
    units = units.with_columns(mark=mark, address=numbered).filter(pl.col("address") != "")
    style = pl.when(pl.col("style") == "commas").then(pl.lit("parallel")).otherwise("style")
    units = units.with_columns(style=style, first=pl.int_range(pl.len()).over("raw_id"))
    order = pl.col("first").min().over("raw_id", "address").rank("dense").over("raw_id").cast(pl.Int64)
    columns = [*_values.PROVENANCE, "style", "place", "mark", "address"]
    return units.with_columns(address_position=order).select(*columns, "address_position")


def _style(frame: pl.DataFrame) -> pl.Expr:
    """How the list of units is written; see `_units`. `commas` is the parallel list of records before about 2005."""
    lines, cell, people = pl.col("lines"), pl.col("cell"), pl.col("people")
    marked = pl.col("lines").list.eval(pl.element().str.contains(_NAMED)).list.all()
    numbered = cell.str.replace_many(_CIRCLED).str.contains(_NUMBERED) & _marked("authors").str.contains(r"[\[［(（]\d")
    several = (lines.list.len() == people) & (people > 1)
    repeats = several & (lines.list.n_unique() < lines.list.len())
    # a file that repeats units and never gives more or fewer units than authors writes a unit per author in every record
    asked = frame.filter((people > 1) & (lines.list.len() > 1))
    habit = asked.height > 0 and bool(asked.select(repeats.any() & several.all()).item())
    commas = _values.items(cell.str.replace_all("，", ","), ",")
    old = pl.col("authors").str.contains("[,，]") & ~pl.col("authors").str.contains("[;；\n]")
    unclear = cell.str.contains("[,，]") & ~pl.col("affiliations").str.contains("[;；\n]") & cell.str.contains(HAN)
    every = commas.list.eval(pl.element().str.contains(_UNIT)).list.all()
    # of a table of today two units behind commas may be both of one author; a unit that comes twice is one per author
    sure = (pl.col("file_format") != "sheet").fill_null(True) | (commas.list.n_unique() < commas.list.len())
    parallel = old & unclear & (commas.list.len() == people) & every & (people > 1) & sure
    return (
        pl.when(marked.fill_null(False))
        .then(pl.lit("named"))
        .when(numbered.fill_null(False))
        .then(pl.lit("numbered"))
        .when((repeats | (several & habit)).fill_null(False))
        .then(pl.lit("parallel"))
        .when(parallel.fill_null(False))
        .then(pl.lit("commas"))
        .when(unclear.fill_null(False))
        .then(pl.lit("unsplit"))
        .otherwise(pl.lit("listed"))
    )
