"""What patent sheets put into one cell: parties, classes, priorities, family members."""

from __future__ import annotations

import re

import polars as pl

from pipelines.core import schema
from pipelines.sources import _patents, _values, patents_tables

GOOGLE = "google_patents"
# role -> columns, the name as printed before the platform's standardised one
ROLES = {
    "applicant": ("applicants", "applicants_standard"),
    "assignee_current": ("assignees", "assignees_standard"),
    "inventor": ("inventors",),
    "agent": ("agents",),
    "agency": ("agencies",),
}
ADDRESSES = {"applicant": "address", "assignee_current": "assignee_address"}
CLASSES = {"ipc": ("ipc_main", "ipc"), "cpc": ("cpc_main", "cpc"), "locarno": ("locarno",), "uspc": ("uspc",)}
FAMILIES = {"simple": ("simple_family_id", "simple_family"), "extended": ("extended_family_id", "extended_family")}
_BRACKET_COUNTRY = r"\s*[\[(]([A-Z]{2})[\])]\s*$"  # Espacenet: HYUNDAI MOTOR CO LTD [KR]
_AGENCY_CODE = r"[\s(（]+(\d{5})[)）]?\s*$"  # 某专利代理事务所 32243
_DATE = re.compile(
    r"\d{4}[.\-/年]\d{1,2}[.\-/月]\d{1,2}日?|(?<!\d)(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?!\d)"
)
_UNNAMED = r"不公[开告布].*(?:姓名|发明人|设计人)"  # 其他发明人请求不公开姓名: nobody's name
_MAIN, _LISTED = 0, 1


def parties(raw: _values.Table) -> pl.DataFrame:
    """source_patent_parties of sheets. The address of a Chinese sheet is that of the first party.

    Grain: one row per raw_id, publication, role and position.
    """
    columns = [c for names in ROLES.values() for c in names]
    frame = patents_tables.keyed(raw, "platform", "applicant_country", *columns, *ADDRESSES.values()).drop_nulls(
        "patent_id"
    )
    roles = []
    for role, (printed, *standard) in ROLES.items():
        own = pl.col(ADDRESSES[role]) if role in ADDRESSES else pl.lit(None, pl.String)
        country = pl.col("applicant_country") if role == "applicant" else pl.lit(None, pl.String)
        cell = pl.coalesce(printed, *standard)
        roles.append(
            frame.select(
                "raw_id", "patent_id", party_role=pl.lit(role), party=_listed(cell), address=own, country=country
            ).explode("party")
        )
    long = pl.concat(roles).drop_nulls("party").filter(~pl.col("party").str.contains(_UNNAMED))
    is_agency = pl.col("party_role") == "agency"
    named = long.with_columns(
        name=_values.unwrap(pl.col("party").str.replace(_BRACKET_COUNTRY, "").str.replace(_AGENCY_CODE, "")),
        party_code=pl.when(is_agency).then(pl.col("party").str.extract(_AGENCY_CODE, 1)),
        country=pl.coalesce(pl.col("party").str.extract(_BRACKET_COUNTRY, 1), "country"),
        statement_scope=pl.lit(_patents.PUBLICATION),
    ).drop_nulls("name")
    placed = _patents.numbered(
        named.unique(["raw_id", "patent_id", "party_role", "name"], keep="first", maintain_order=True),
        "source_patent_parties",
        "party_position",
        "party_role",
    )
    first = pl.col("party_position") == 1
    return placed.with_columns(
        address=pl.when(first).then(_values.unwrap(pl.col("address"))),
        country=pl.when(first | pl.col("country").str.contains(r"^[A-Z]{2}$")).then("country"),
        name_native=pl.when(pl.col("name").str.contains(r"\p{Han}")).then("name"),
    )


def classes(raw: _values.Table) -> pl.DataFrame:
    """source_patent_classes of sheets; a class of designs in a column of IPC is a Locarno class.

    Grain: one row per raw_id, publication, scheme and position; the main class first.
    """
    columns = [c for names in CLASSES.values() for c in names]
    frame = patents_tables.keyed(raw, "platform", *columns).drop_nulls("patent_id")
    lists = [
        frame.select(
            "raw_id",
            "patent_id",
            class_scheme=pl.lit(scheme),
            given=_patents.split(pl.col(column), (*_marks(), ", ") if scheme != "uspc" else _marks()),
            is_main=pl.lit(True if column.endswith("_main") else None),
        ).explode("given")
        for scheme, names in CLASSES.items()
        for column in names
    ]
    coded = (
        pl.concat(lists)
        .drop_nulls("given")
        .with_columns(
            class_code=pl.when(pl.col("class_scheme") == "uspc")
            .then("given")
            .otherwise(_patents.class_code(pl.col("given")))
        )
        .with_columns(
            class_scheme=pl.when(
                (pl.col("class_scheme") == "ipc") & pl.col("class_code").str.contains(r"^\d{2}-\d{2}$")
            )
            .then(pl.lit("locarno"))
            .otherwise("class_scheme"),
            statement_scope=pl.lit(_patents.PUBLICATION),
        )
    )
    once = coded.drop_nulls("class_code").unique(
        ["raw_id", "patent_id", "class_scheme", "class_code"], keep="first", maintain_order=True
    )
    marked = pl.col("is_main").any().over("raw_id", "patent_id", "class_scheme")
    return _patents.numbered(
        once.with_columns(is_main=pl.when(marked).then(pl.col("is_main").fill_null(False))),
        "source_patent_classes",
        "class_position",
        "class_scheme",
    )


def priorities(raw: _values.Table) -> pl.DataFrame:
    """source_patent_priorities of sheets: number, country and date of one cell or of cells side by side.

    Grain: one row per raw_id, publication and position. An earliest priority date alone is a priority without number.
    """
    columns = ("priority_numbers", "priority_text", "priority_dates", "priority_countries", "earliest_priority_date")
    frame = patents_tables.keyed(raw, *columns).drop_nulls("patent_id")
    beside = frame.select(
        "raw_id",
        "patent_id",
        number=_patents.split(pl.coalesce("priority_numbers", "priority_text"), _marks()),
        dates=_patents.split(pl.col("priority_dates"), _marks()),
        countries=_patents.split(pl.col("priority_countries"), _marks()),
        earliest=_patents.iso_date(pl.col("earliest_priority_date")),
    )
    numbered = beside.drop_nulls("number").with_columns(
        _at=pl.int_ranges(0, pl.col("number").list.len()),
        paired=pl.col("dates").list.len() == pl.col("number").list.len(),
        lands=pl.col("countries").list.len() == pl.col("number").list.len(),
    )
    long = numbered.explode("number", "_at").with_columns(
        date_beside=pl.when("paired").then(pl.col("dates").list.get(pl.col("_at"), null_on_oob=True)),
        land_beside=pl.when("lands").then(pl.col("countries").list.get(pl.col("_at"), null_on_oob=True)),
    )
    read = _priority_texts(long["number"])
    known = long.join(read, left_on="number", right_on="text", how="left", maintain_order="left").with_columns(
        priority_date=pl.coalesce(
            _patents.iso_date(pl.col("date_within")), _patents.iso_date(pl.col("date_beside"))
        ),
        country=pl.coalesce("land_within", pl.col("land_beside").str.extract(r"^([A-Z]{2})$", 1)),
    )  # fmt: skip
    lone = pl.col("number_within").str.contains(r"^[0-9]")
    filled = known.with_columns(
        priority_number=pl.when(lone & pl.col("country").is_not_null())
        .then(pl.col("country") + pl.col("number_within"))
        .otherwise("number_within")
    )
    identified = _patents.with_application(filled, "priority_number", "priority_date").with_columns(
        priority_id="application_id"
    )
    dated = beside.filter(pl.col("number").is_null()).drop_nulls("earliest")
    both = pl.concat(
        [
            identified.select("raw_id", "patent_id", "priority_id", "priority_number", "country", "priority_date"),
            dated.select("raw_id", "patent_id", priority_date="earliest"),
        ],
        how="diagonal",
    ).with_columns(statement_scope=pl.lit(_patents.PUBLICATION))
    return _patents.numbered(both.unique(maintain_order=True), "source_patent_priorities", "priority_position")


def families(raw: _values.Table) -> pl.DataFrame:
    """source_patent_families of sheets: the row itself and the members that it lists.

    Grain: one row per raw_id, kind of family and member. Without an id of the platform the least member stands for the family.
    """
    columns = [c for names in FAMILIES.values() for c in names]
    frame = patents_tables.keyed(raw, *columns).drop_nulls("patent_id")
    kinds = []
    for kind, (stated, listed) in FAMILIES.items():
        rows = frame.filter(pl.col(stated).is_not_null() | pl.col(listed).is_not_null())
        members = rows.select(
            "raw_id", own="patent_id", stated=patents_tables.family_id(stated), member=_patents.split(pl.col(listed), (*_marks(), ","))
        ).explode("member")  # fmt: skip
        known = _patents.with_publication(members, "member")
        own = rows.select("raw_id", own="patent_id", patent_id="patent_id", stated=patents_tables.family_id(stated))
        both = pl.concat([own, known.select("raw_id", "own", "patent_id", "stated")]).drop_nulls("patent_id")
        least = pl.col("patent_id").min().over("raw_id", "own")
        kinds.append(both.with_columns(family_kind=pl.lit(kind), family_id=pl.coalesce("stated", least)))
    return _patents.first_of(pl.concat(kinds), "source_patent_families")


def _marks() -> list[str]:
    return patents_tables.family_marks("")


def _listed(cell: pl.Expr) -> pl.Expr:
    """Names in a cell; Google's are joined by ', ', which names hold too."""
    is_google = pl.col("platform") == GOOGLE
    # lists that people made: 甲、乙 or 甲，乙
    chinese = cell.str.replace_all("、", "\n", literal=True).str.replace_all(
        r"(\p{Han}[)）]?)\s*[,，/]\s*(\p{Han})", "$1\n$2"
    )
    return pl.when(is_google).then(_patents.split(_google_names(cell), ())).otherwise(_patents.split(chinese, _marks()))


def _google_names(cell: pl.Expr) -> pl.Expr:
    """A name per line: a comma divides unless the next part is the rest of a firm's or person's name (Ltd., Inc., Jr.)."""
    parts = "|".join(re.escape(p.rstrip(".")) for p in schema.source(patents_tables.SOURCE).spec["name_parts"])
    rest = rf"(?i), ((?:{parts})\.?(?:,|$))"
    kept = cell.str.replace_all(rest, "\u0000$1").str.replace_all(rest, "\u0000$1")
    return kept.str.replace_all(", ", "\n").str.replace_all("\u0000", ", ").str.replace_all(r",\n", "\n")


def _priority_texts(cells: pl.Series) -> pl.DataFrame:
    """text, number_within, date_within, land_within of every different priority: 'US 62/432,553 2016.12.09 US'."""
    rows = []
    for text in cells.drop_nulls().unique().sort():
        dates = list(_DATE.finditer(text))  # the last one: a serial may look like a date
        date = dates[-1] if dates and dates[-1].group() != text.strip() else None
        rest = f"{text[: date.start()]} {text[date.end() :]}" if date else text
        land = re.search(r"(?<![A-Z])(?!PCT)([A-Z]{2})(?![A-Z])", rest)
        number = re.sub(r"^[\s:：,，()（）\[\]]+|[\s:：,，()（）\[\]]+$", "", rest)
        number = re.sub(r"\s+[A-Z]{2}$|^([A-Z]{2})\s+(?=\1)", "", number)
        rows.append((text, number or None, date.group() if date else None, land.group(1) if land else None))
    names = ("text", "number_within", "date_within", "land_within")
    return pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String), orient="row")
