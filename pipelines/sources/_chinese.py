"""Rows of the Chinese databases to records, theses, advisors, counts and record ids: one reading for every format and vendor."""

from __future__ import annotations

import polars as pl

from pipelines.core import identifiers, schema, text
from pipelines.sources import _byline, _tagged, _values
from pipelines.sources._values import unwrap

_COLUMNS = (
    "file_format", "type", "title", "title_other", "authors", "first_author", "affiliations", "source_title", "year", "issue", "volume", "pages",
    "page_first", "page_last", "page_count", "keywords", "abstract", "issn", "isbn", "cn", "language", "doi", "link", "publisher",
    "date", "degree", "number", "src_database", "series", "major", "clc", "funding", "editions",
)  # fmt: skip
_FILENAME = r"(?i)[?&]filename=([A-Za-z0-9.]+)"
_YEAR = r"((?:18|19|20)\d{2})"
_TIMED = r"\d{4}-\d{1,2}-\d{1,2}[ T]\d{1,2}:\d{2}"  # CNKI prints the minute only of what is online before its issue
_WRITTEN = r"^(\d{4})\s*[/.年]\s*(\d{1,2})\s*[/.月]\s*(\d{1,2})日?"  # 2020/1/5, 2020年1月5日
_TAGGED = [
    "refworks",
    "noteexpress",
    "endnote",
    "estudy",
    "custom",
    "brackets",
    "notefirst",
]  # a key may stand twice in them
_ONLINE_DAY = (
    r"(?i)/(?:urlid|detail)/\d{2}\.\d{4,5}\.[\w-]{1,6}\.((?:19|20)\d{6})\.\d{4}\.\d{3}"  # 44.1000.TP.20230401.1001.002
)
_SERIAL = r"^([2-5]\d{4})(?:\.\d+)?$"  # a date as Excel counts it
_ONLINE = r"(?i)[?&]dbname=(?:CAPJ|DKFX)"
_PATENT_NUMBER = r"^\s*([A-Z]{2}\s?\d{5,}[A-Z0-9.]*)\s*$"
_STANDARD_NUMBER = r"^\s*([A-Z][A-Z/]*[ /]?[\w.]*\d[\w.\s/-]*)$"
_GRANT = r"^(.+?)\s*[(（\[【]\s*([^()（）]*\d[^()（）]*?)\s*[)）\]】]\s*$"
_AWARD_WORDS = (
    r"(?i)^(?:(?:批准|项目|课题|资助|基金|合同)?编?号|(?:grant\s*)?no)\s*[.．:：]*\s*"  # No.41900001, 批准号：41900001
)
_LIKE_JOURNALS = ("journal article",)
_APART = (
    "thesis",
    "conference proceedings",
    "newspaper article",
    "patent",
    "standard",
    "yearbook",
    "book",
    "book chapter",
)
GENERIC = 9  # letters; shorter titles (卷首语, 编者按) occur again and again


def kind(source: str) -> pl.Expr:
    """What a row is, by the database it comes from, else by its type, else by its link; null when none says."""
    spec = schema.source(source).spec
    places = {"src_database": spec["kinds"], "type": spec["kinds"], "link": spec.get("linked_kinds", {})}
    said = [
        pl.when(pl.col(column).str.strip_chars().str.contains(pattern)).then(pl.lit(name))
        for column, kinds in places.items()
        for name, pattern in kinds.items()
    ]
    return pl.coalesce(*said)


def is_thesis(source: str) -> pl.Expr:
    """Whether a row is a thesis."""
    return kind(source).eq("thesis").fill_null(False)


def patent_number(source: str) -> pl.Expr:
    """Publication number of a patent, wherever the format puts it; null for everything else."""
    places = [_line(n).str.extract(_PATENT_NUMBER, 1) for n in ("number", "issn", "cn", "degree")]
    return pl.when(kind(source) == "patent").then(pl.coalesce(places))


def settled(raw: _values.Table, source: str) -> pl.DataFrame:
    """Rows whose columns mean the same in every format and for every type of literature.

    Grain: one row per raw row. Formats put the number of a patent or standard, the university, the date into different fields.
    """
    frame = _values.take(raw, *_COLUMNS, *_values.DELIVERY).with_columns(kind=kind(source))
    frame = _one_title(frame)
    frame = frame.with_columns(
        identifiers.unescape(unwrap(pl.col(n))).alias(n)
        for n in (
            "title",
            "title_other",
            "source_title",
            "publisher",
            "series",
            "link",
            "year",
            "date",
            "degree",
            "funding",
        )
    )
    patent, standard = pl.col("kind") == "patent", pl.col("kind") == "standard"
    thesis, meeting = pl.col("kind") == "thesis", pl.col("kind") == "conference proceedings"
    norm = [_line(n).str.extract(_STANDARD_NUMBER, 1) for n in ("number", "isbn", "volume")]
    loose = patent | standard | (pl.col("kind") == "yearbook")
    title = pl.col("title").str.replace(r"\s*[（(\[【［]?网络首发[)）\]】］]?$", "")
    return frame.with_columns(
        title=title,
        number=pl.when(patent).then(patent_number(source)).when(standard).then(pl.coalesce(norm)),
        date=_date(),
        venue=pl.when(thesis)
        .then(pl.coalesce("publisher", "source_title"))
        .when(meeting)
        .then(pl.coalesce("series", "source_title"))
        .otherwise(pl.coalesce("source_title", pl.when(pl.col("kind") == "newspaper article").then("publisher"))),
        conference=pl.when(meeting & pl.col("series").is_not_null()).then("source_title"),
        isbn=pl.coalesce("isbn", pl.when(pl.col("kind").is_in(["yearbook", "book"])).then("volume")),
        issn=pl.when(patent).then(None).otherwise("issn"),
        volume=pl.when(loose).then(None).otherwise(_counted("volume", "卷")),
        issue=pl.when(thesis | loose).then(None).otherwise(_counted("issue", "期")).str.replace(r"^0+([0-9])", "$1"),
        pages=_pages(),
        name=_byline.names(),
    )


def records(raw: _values.Table, source: str, document_types: pl.DataFrame) -> pl.DataFrame:
    """source_records.

    Grain: one row per raw_id. Of a thesis the university, of a newspaper the paper is the venue.
    """
    frame = settled(raw, source)
    frame = frame.with_columns(_values.document_type(frame["kind"], source, document_types).alias("document_type"))
    early = _early_access()
    online = pl.when(early).then(pl.col("link").str.extract(_ONLINE_DAY, 1))
    stated, dated = pl.col("year").str.extract(_YEAR, 1), pl.coalesce("date", online).str.extract(_YEAR, 1)
    basis = pl.when(early).then(pl.lit("early_access")).otherwise(pl.lit("date"))
    doi_raw = pl.coalesce(
        "doi", pl.col("link").str.extract(r"/doi/(10\.\S+)", 1), pl.col("link").str.extract(r"doi\.org/(10\.\S+)", 1)
    )
    frame = frame.with_columns(
        source=pl.lit(source),
        accession_number=pl.coalesce(file_name(), "number"),
        exported_at=exported(),
        doi_raw=doi_raw,
        doi=identifiers.doi(doi_raw, identifiers.issn(pl.col("issn"))),
        title_other=pl.when(pl.col("title_other") != pl.col("title")).then("title_other"),
        language=_values.language(pl.col("language"), pl.col("title")),
        publication_year=pl.coalesce(stated, dated).cast(pl.Int64),
        publication_year_basis=pl.when(stated.is_not_null())
        .then(pl.lit("stated"))
        .when(dated.is_not_null())
        .then(basis),
        publication_date=pl.col("date"),
        is_early_access=early,
        document_type_raw=unwrap(pl.coalesce("type", "src_database")),
        is_retracted=pl.col("title").str.contains(r"撤稿|^\s*[（(【\[]?撤回").fill_null(False),
        issn=identifiers.issn(pl.col("issn")),
        isbn=identifiers.isbn(pl.col("isbn")),
        first_page=identifiers.first_page(pl.col("pages")),
        last_page=identifiers.last_page(pl.col("pages")),
        author_count=pl.col("name").list.len().fill_null(0),
        abstract=_abstract(),
        keywords=_keywords(),
        categories=_values.items(pl.col("clc").str.replace_all(r"[/;；,，\n]+|\*{2,}", ";"), ";").list.join("; "),
        index_editions=pl.col("editions"),
    )
    return _values.conform(frame, "source_records")


def theses(raw: _values.Table, source: str) -> pl.DataFrame:
    """source_theses: degree as printed, its level also from the database (博士, 硕士), the university.

    Grain: one row per raw_id.
    """
    spec = schema.source(source).spec
    frame = settled(raw, source).filter(pl.col("kind") == "thesis")
    said = pl.concat_str(pl.col("degree").fill_null(""), pl.col("src_database").fill_null(""), separator=" ")
    both = said.str.contains(spec["doctoral"]) & said.str.contains(spec["master"])
    level = pl.when(both).then(None).when(said.str.contains(spec["doctoral"])).then(pl.lit("doctoral"))
    frame = frame.with_columns(
        degree_level=level.when(said.str.contains(spec["master"])).then(pl.lit("master")),
        degree_year=pl.coalesce("year", "date").str.extract(_YEAR, 1),
        university=pl.col("venue"),
        subject=unwrap(pl.col("major")),
        pages_count=pl.coalesce("page_count", pl.col("pages")).str.extract(r"^\s*(\d{1,5})\s*页?$", 1),
    )
    return _values.conform(frame, "source_theses")


def contributors(raw: _values.Table, source: str) -> pl.DataFrame:
    """source_contributors: the supervisors of theses.

    Grain: one row per raw_id, role and position.
    """
    frame = _values.take(raw, "supervisors", "type", "src_database", "degree", "link").filter(is_thesis(source))
    frame = _values.in_order(frame.with_columns(name=_byline.names("supervisors")), "name", "contributor_position")
    frame = frame.with_columns(
        contributor_role=pl.lit("advisor"),
        name_native=pl.when(pl.col("name").str.contains(_byline.HAN)).then("name"),
    )
    return _values.conform(frame, "source_contributors").sort("raw_id", "contributor_role", "contributor_position")


def funding(raw: _values.Table) -> pl.DataFrame:
    """source_funding: `基金A(号1,号2);基金B(号3)`, also separated by slashes; a funder without a number has one row.

    Grain: one row per raw_id, funder and grant number, in the order of the field.
    """
    frame = _values.take(raw, "funding")
    flat = unwrap(pl.col("funding")).str.replace_all(r"([)）])\s*[;；/、,，]\s*", "$1\n")
    for _ in range(4):  # semicolons before the first bracket of a part
        flat = flat.str.replace_all(r"(?m)^([^()（）\n;；]*)[;；]", "$1\n")
    parts = frame.with_columns(part=_values.items(flat, "\n")).explode("part").drop_nulls("part")
    number = pl.col("part").str.extract(_GRANT, 2).str.replace_all(r"[;；，、]", ",")
    parts = parts.with_columns(
        funder=pl.coalesce(pl.col("part").str.extract(_GRANT, 1), "part").str.strip_chars(" ;；,，:："),
        award_number=_values.items(number, ",").list.eval(pl.element().str.replace(_AWARD_WORDS, "")),
    )
    placed = parts.filter(pl.col("funder") != "").explode("award_number")
    placed = placed.with_columns(funding_position=pl.int_range(1, pl.len() + 1).over("raw_id"))
    return _values.conform(placed, "source_funding").sort("raw_id", "funding_position")


def metrics(raw: _values.Table, counts: dict[str, str]) -> pl.DataFrame:
    """source_metrics: counts that the export prints (column of the row -> metric); an empty cell is no count.

    Grain: one row per raw_id and metric.
    """
    frame = _values.take(raw, *counts, "source_file", "delivered_at", "batch_id")
    as_of = pl.coalesce(exported(), pl.col("delivered_at").str.slice(0, 10))
    parts = [
        frame.with_columns(metric=pl.lit(metric), value=_values.number(pl.col(column)), as_of=as_of)
        for column, metric in counts.items()
    ]
    return _values.conform(pl.concat(parts).drop_nulls("value"), "source_metrics").sort("raw_id", "metric")


def record_ids(rows: pl.DataFrame, source: str) -> pl.Series:
    """<source>:<hash of what every format of the vendor gives>, so that one paper has one id in all of them.

    Journal articles: title, journal, first author. Theses and conference papers: title, first author. Patents and standards: their
    number where the format prints it. Other titles shorter than nine letters, or without an author: also year, issue, first page.
    The fold is frozen here, apart from the match keys, because ids must not change when those are refined.
    """
    frame = settled(rows, source)
    first = pl.coalesce(pl.col("name").list.first(), _byline.names("first_author").list.first())
    group = pl.when(pl.col("kind").is_in(_APART)).then("kind").otherwise(pl.lit(""))
    titled = pl.col("kind").is_in(["thesis", "conference proceedings", "patent", "standard"]).fill_null(False)
    title, author = _plain(pl.col("title")), _plain(first)
    year = pl.coalesce("year", "date").str.extract(_YEAR, 1)
    page = identifiers.first_page(pl.col("pages"))
    often = ((title.str.len_chars() < GENERIC) | (author == "")) & ~titled
    where = pl.concat_str(year.fill_null(""), _plain(pl.col("issue")), _plain(page), separator="|")
    parts = [group, title, pl.when(titled).then(pl.lit("")).otherwise(_plain(pl.col("venue"))), author]
    nameless = (author == "") & pl.col("kind").is_in(["thesis", "conference proceedings"]).fill_null(False)
    apart = pl.when(often).then(where).when(nameless).then(year.fill_null("")).otherwise(pl.lit(""))
    works = pl.concat_str(*parts, apart, separator="|")
    numbered = pl.concat_str(group, _plain(pl.col("number")), separator="|")
    key = pl.when(pl.col("number").is_not_null()).then(numbered).otherwise(works)
    return frame.select(record_id=pl.lit(f"{source}:") + text.short_hash(key, 16))["record_id"]


def exported() -> pl.Expr:
    """Date in the file's own name: CNKI-20210429002635507 (since about 2021), CNKI-637066357426093750 (.NET ticks, 2018-2020),
    LY_20170602204532 (CSSCI), 2026-08-28@cus (VIP)."""
    name = pl.col("source_file")
    stamp = name.str.extract(r"CNKI-(\d{17,18})", 1)
    days = [stamp.str.extract(r"^(20\d{6})\d{9}$", 1), name.str.extract(r"^LY_(20\d{6})\d{6}", 1)]
    plain = pl.coalesce(day.str.to_date("%Y%m%d", strict=False) for day in days)
    dashed = name.str.extract(r"^(20\d{2}-\d{2}-\d{2})(?:@|cqvip)", 1).str.to_date("%Y-%m-%d", strict=False)
    ticks = stamp.str.extract(r"^(6\d{17})$", 1).cast(pl.Int64, strict=False)
    seconds = (ticks - 621_355_968_000_000_000) // 10_000_000  # ticks of 100 ns since the year 1
    return pl.coalesce(plain, dashed, pl.from_epoch(seconds, time_unit="s").dt.date()).dt.to_string("%Y-%m-%d")


def file_name() -> pl.Expr:
    """CNKI's name of the document (ZNYX202101034) in its older links; the links of today hide it."""
    return pl.col("link").str.extract(_FILENAME, 1).str.to_uppercase()


def _early_access() -> pl.Expr:
    """A journal article without year, volume and issue whose format would give them, or with CNKI's marks of 网络首发."""
    journal = pl.col("kind").is_in(_LIKE_JOURNALS).fill_null(False)
    unissued = pl.all_horizontal(pl.col(n).is_null() for n in ("issue", "volume", "year"))
    bare = pl.col("date").is_null() & ~pl.col("file_format").is_in(["custom", "sheet", "brackets"]).fill_null(False)
    marked = pl.col("date").str.contains(_TIMED) | pl.col("link").str.contains(_ONLINE)
    said = pl.col("src_database").str.contains("网络首发").fill_null(False)
    return journal & ((unissued & (bare | marked.fill_null(False))) | said)


def _abstract() -> pl.Expr:
    """Without CNKI's marks: `(#br)` is a line break, `<正>` says that the text is the paper's beginning."""
    flat = identifiers.unescape(pl.col("abstract").str.replace_all(_tagged.JOINT, "$1$2"))
    flat = flat.str.replace_all("(#br)", " ", literal=True)
    return unwrap(flat.str.replace_all(r"^\s*[〈⟨<＜]正[＞>⟩〉]\s*", ""))


def _keywords() -> pl.Expr:
    """Between semicolons, slashes or lines; lists that machines made have commas and nothing else."""
    flat = identifiers.unescape(pl.col("keywords"))
    commas = ~flat.str.contains(r"[;；\n]") & (flat.str.count_matches("[,，]") > 1) & flat.str.contains(_byline.HAN)
    marked = pl.when(commas).then(flat.str.replace_all("[,，]", ";")).otherwise(flat)
    return _values.items(marked.str.replace_all(r"[;；\n]+", ";"), ";").list.join("; ")


def _one_title(frame: pl.DataFrame) -> pl.DataFrame:
    """Of a title that a tagged format gives twice the first, and the second as that of the other language."""
    titles = pl.col("title").str.strip_chars().str.split("\n").list.eval(pl.element().str.strip_chars())
    twice = pl.col("file_format").is_in(_TAGGED) & (titles.list.len() > 1)
    return frame.with_columns(
        title=pl.when(twice).then(titles.list.first()).otherwise("title"),
        title_other=pl.coalesce("title_other", pl.when(twice).then(titles.list.get(1, null_on_oob=True))),
    )


def _date() -> pl.Expr:
    """The date, or a year that is a whole date; days as Excel counts them and 2020/1/5 in the form of the others."""
    days = pl.duration(days=pl.col("date").str.extract(_SERIAL, 1).cast(pl.Int64))
    serial = (pl.lit("1899-12-30").str.to_date() + days).dt.to_string("%Y-%m-%d")
    full = pl.when(pl.col("year").str.contains(r"\d{4}[-/]\d")).then("year")
    plain = pl.coalesce(serial, "date", full).str.replace(r"[ T]0?0:00:00(?:\.0+)?Z?$", "")
    return plain.str.replace(_WRITTEN, "$1-0$2-0$3").str.replace_all(r"-0(\d\d)\b", "-$1")


def _pages() -> pl.Expr:
    """The pages, of several values the last range, without the words around them; else first and last page side by side."""
    ends = pl.concat_str("page_first", "page_last", separator="-", ignore_nulls=True)
    given = pl.coalesce("pages", pl.when(ends != "").then(ends))
    values = given.str.split("\n").list.eval(pl.element().str.strip_chars())
    ranged = values.list.eval(pl.element().filter(pl.element().str.contains(r"[-–~+]"))).list.last()
    return pl.coalesce(ranged, values.list.last()).str.replace(r"^第\s*", "").str.replace(r"(\d)\s*页$", "$1")


def _counted(column: str, unit: str) -> pl.Expr:
    """A volume or issue without the words around its number: 第3期 is 3."""
    return unwrap(pl.col(column)).str.replace(rf"^第?\s*(.+?)\s*{unit}$", "$1")


def _line(column: str) -> pl.Expr:
    """The first line of a field: RefWorks prints the number of a standard twice (C1, ID)."""
    return pl.col(column).str.split("\n").list.first()


def _plain(value: pl.Expr) -> pl.Expr:
    """Letters and digits only, half width, lower case; '' for nothing."""
    bare = value.str.replace_all(r"(?i)</?(?:sub|sup|i|b|em)>", "").str.normalize("NFKC").str.to_lowercase()
    return bare.str.replace_all(r"[^\p{L}\p{N}]", "").fill_null("")
