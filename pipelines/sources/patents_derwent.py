"""Derwent Innovations Index rows to patent tables: one row is a family, its members are told apart by PN, PD and AD.

Rows have a column per two-letter tag, whether they come from tagged text (a member per line) or from a sheet (members run together).
Derwent states inventors, assignees, classes and priorities of the family. Parties are repeated for every member; classes and priorities
stand with the basic patent (the first of PN), the other members keep the main class of their own line in PD.
"""

from __future__ import annotations

import polars as pl

from pipelines.sources import _patents, _values

PLATFORM = "derwent"
_NUMBER = r"[A-Z]{2}[A-Z]{0,2}\d+-[A-Z]\d?"
_DATE = r"\d{1,2} [A-Z][a-z]{2} \d{4}"
# US10999887-B2   02 Apr 2024   C12Q-001/68   202430   Pages: 12   English: from the class on everything may be missing
_DETAIL = (
    rf"(?<member>{_NUMBER})\s+(?<day>{_DATE})(?:\s+(?<main>[A-H]\d{{2}}[A-Z]-\d+/\d+))?(?:\s+\d{{6}}\b)?"
    r"(?:\s+Pages:[ \t]*(?<pages>\d*))?"
)
_APPLICATION = rf"(?<member>{_NUMBER})\s+(?<number>[A-Z]{{2,4}}[0-9A-Z]+)\s+(?<day>{_DATE})"
_PRIORITY = rf"(?<number>[A-Z]{{2,4}}\d[0-9A-Z]*)\s+(?<day>{_DATE})"
_PARTY = r"^(?<name>.*?)\s*\((?<code>[A-Z0-9]{4}(?:-[A-Za-z -]+)?)\)$"
_CLASS = r"^(?<code>[A-Z][0-9]{2})(?:\s*\((?<words>.*)\)\.?)?$"
_NEXT_CLASS = r";\s*([A-Z][0-9]{2}(?:\s*\(|\s*;|\s*$))"
_LISTS = (";",)


def patents(raw: _values.Table, source: str) -> pl.DataFrame:
    """source_patents of Derwent rows of any source.

    Grain: one row per raw_id and member of the family.
    """
    members = _members(raw, "TI", "AB", "UT", *_values.DELIVERY)
    joined = (
        members.join(_details(raw), on=["raw_id", "patent_id"], how="left")
        .join(_applications(raw), on=["raw_id", "patent_id"], how="left")
        .join(_cited(raw), on=["raw_id", "patent_id"], how="left")
    )
    keyed = _patents.with_application(joined, "application_number", "application_date", drops_year=True)
    frame = _patents.with_application_key(keyed).with_columns(
        source=pl.lit(source),
        platform=pl.lit(PLATFORM),
        statement_scope=pl.lit(_patents.FAMILY),
        publication_number=pl.col("member"),
        title=_values.unwrap(pl.col("TI")),
        abstract=_values.unwrap(pl.col("AB")),
        derwent_accession=pl.col("accession"),
        accession_number=pl.col("UT"),
        grant_date=pl.when("is_grant").then("published_date"),
    )
    return _patents.first_of(frame, "source_patents")


def parties(raw: _values.Table) -> pl.DataFrame:
    """source_patent_parties: assignees as applicants, with Derwent's code, and inventors.

    Grain: one row per raw_id, member, role and position. AE repeats a block per member: each name is kept once.
    """
    members = _members(raw, "AE", "AU").select("raw_id", "patent_id", "AE", "AU")
    both = [
        members.with_columns(party_role=pl.lit(role), party=_patents.split(pl.col(tag), _LISTS)).explode("party")
        for role, tag in (("applicant", "AE"), ("inventor", "AU"))
    ]
    long = (
        pl.concat(both).drop_nulls("party").unique(["raw_id", "patent_id", "party_role", "party"], maintain_order=True)
    )
    coded = pl.col("party").str.extract_groups(_PARTY)
    frame = long.with_columns(
        name=pl.coalesce(coded.struct.field("name"), "party"),
        party_code=coded.struct.field("code"),
        statement_scope=pl.lit(_patents.FAMILY),
    )
    return _patents.numbered(frame, "source_patent_parties", "party_position", "party_role")


def classes(raw: _values.Table) -> pl.DataFrame:
    """source_patent_classes: IPC, Derwent classes and manual codes of the basic patent; of other members their main IPC.

    Grain: one row per raw_id, member, scheme and position.
    """
    basic = _members(raw, "IP", "DC", "MC").unique("raw_id", keep="first", maintain_order=True)
    text = {
        "ipc": pl.col("IP"),
        "derwent_class": _divided(pl.col("DC")),
        "manual_code": pl.col("MC").str.replace_all(";", "\n"),
    }
    listed = [
        basic.select(
            "raw_id",
            "patent_id",
            class_scheme=pl.lit(scheme),
            given=_patents.split(cell, _LISTS if scheme == "ipc" else ()),
            statement_scope=pl.lit(_patents.FAMILY),
        ).explode("given")
        for scheme, cell in text.items()
    ]
    main = _details(raw).drop_nulls("main").select(
        "raw_id", "patent_id", class_scheme=pl.lit("ipc"), given="main", statement_scope=pl.lit(_patents.PUBLICATION)
    )  # fmt: skip
    words = pl.col("given").str.extract_groups(_CLASS)
    is_derwent = pl.col("class_scheme") == "derwent_class"
    coded = pl.concat([main, *listed]).drop_nulls("given").with_columns(
        class_code=pl.when(is_derwent)
        .then(pl.coalesce(words.struct.field("code"), "given"))
        .otherwise(_patents.class_code(pl.col("given"))),
        class_name=pl.when(is_derwent).then(_values.unwrap(words.struct.field("words"))),
        is_main=pl.when(pl.col("class_scheme") == "ipc").then(pl.col("statement_scope") == _patents.PUBLICATION),
    )  # fmt: skip
    once = coded.unique(["raw_id", "patent_id", "class_scheme", "class_code"], keep="first", maintain_order=True)
    return _patents.numbered(once, "source_patent_classes", "class_position", "class_scheme")


def priorities(raw: _values.Table) -> pl.DataFrame:
    """source_patent_priorities of the family, at its basic patent.

    Grain: one row per raw_id, basic patent and position.
    """
    basic = _members(raw, "PI").unique("raw_id", keep="first", maintain_order=True).select("raw_id", "patent_id", "PI")
    found = pl.col("PI").str.extract_all(_PRIORITY)
    long = basic.with_columns(found=found).explode("found").drop_nulls("found")
    parts = pl.col("found").str.extract_groups(_PRIORITY).struct
    named = long.select(
        "raw_id",
        "patent_id",
        priority_number=parts.field("number"),
        priority_date=_patents.iso_date(parts.field("day")),
        statement_scope=pl.lit(_patents.FAMILY),
    )
    keyed = _patents.with_application(named, "priority_number", "priority_date", drops_year=True).with_columns(
        # numbers of national phases (CN8…, CN9…) bear the year of the international filing, which PI does not state
        priority_id=pl.when(~pl.col("priority_number").str.contains(r"^CN[89]\d{7}$")).then("application_id"),
        country=pl.col("priority_number").str.extract(r"^(?:WO)?([A-Z]{2})", 1),
    )
    return _patents.numbered(keyed.unique(maintain_order=True), "source_patent_priorities", "priority_position")


def families(raw: _values.Table) -> pl.DataFrame:
    """source_patent_families: the Derwent family by its accession number.

    Grain: one row per raw_id and member.
    """
    frame = _members(raw).drop_nulls("accession").with_columns(family_kind=pl.lit("derwent"), family_id="accession")
    return _patents.first_of(frame, "source_patent_families")


def members_of(text: pl.Expr) -> pl.Expr:
    """Publication numbers in a cell of PN."""
    return _patents.split(text, _LISTS)


def _members(raw: _values.Table, *tags: str) -> pl.DataFrame:
    """One row per member that can be read, in the order of PN, with what its number says and the tags asked for."""
    frame = _values.take(raw, *dict.fromkeys(("PN", "GA", "UT", *tags)))
    accession = pl.coalesce(pl.col("GA").str.strip_chars(), pl.col("UT").str.strip_prefix("DIIDW:"))
    long = frame.with_columns(member=members_of(pl.col("PN")), accession=accession).explode("member")
    return _patents.with_publication(long, "member").drop_nulls("patent_id")


def _details(raw: _values.Table) -> pl.DataFrame:
    """raw_id, patent_id, published_date, main, pages_count of the members in PD."""
    found = _found(raw, "PD", _DETAIL)
    return found.select(
        "raw_id",
        "patent_id",
        "main",
        published_date=_patents.iso_date(pl.col("day")),
        pages_count=_values.number(pl.col("pages")),
    )


def _applications(raw: _values.Table) -> pl.DataFrame:
    """raw_id, patent_id, application_number, application_date of the members in AD."""
    found = _found(raw, "AD", _APPLICATION)
    return found.select(
        "raw_id", "patent_id", application_number="number", application_date=_patents.iso_date(pl.col("day"))
    )


def _found(raw: _values.Table, tag: str, pattern: str) -> pl.DataFrame:
    """Groups of every match of a pattern in a tag, once per member; `member` as patent_id."""
    frame = _values.take(raw, tag).drop_nulls(tag)
    long = frame.select("raw_id", found=pl.col(tag).str.extract_all(pattern)).explode("found").drop_nulls("found")
    parts = long.with_columns(pl.col("found").str.extract_groups(pattern).alias("parts")).unnest("parts")
    known = _patents.with_publication(parts, "member").drop_nulls("patent_id")
    return known.unique(["raw_id", "patent_id"], keep="first", maintain_order=True)


def _cited(raw: _values.Table) -> pl.DataFrame:
    """raw_id, patent_id, cites_count of the members in CP: cited patents are indented below the one that cites them."""
    frame = _values.take(raw, "CP").filter(pl.col("CP").str.contains(r"\n\s"))
    lines = frame.select("raw_id", line=pl.col("CP").str.split("\n")).explode("line").filter(pl.col("line") != "")
    indented = pl.col("line").str.contains(r"^\s")
    citing = lines.with_columns(
        member=pl.when(~indented).then(pl.col("line").str.strip_chars()).forward_fill().over("raw_id")
    )
    counted = citing.filter(indented).group_by("raw_id", "member", maintain_order=True).agg(cites_count=pl.len())
    known = _patents.with_publication(counted, "member").drop_nulls("patent_id")
    return known.unique(["raw_id", "patent_id"], keep="first").select("raw_id", "patent_id", "cites_count")


def _divided(text: pl.Expr) -> pl.Expr:
    """DC with a class per line: its words may hold semicolons, so only one before a class divides; twice for overlaps."""
    return text.str.replace_all(_NEXT_CLASS, "\n$1").str.replace_all(_NEXT_CLASS, "\n$1")
