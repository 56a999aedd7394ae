"""Scopus rows to authors, identifiers, addresses, links and corresponding authors. Loops run over records; tables come out of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import polars as pl

from pipelines.core import text
from pipelines.sources import _values, scopus_links, scopus_names
from pipelines.sources.scopus_links import Corresponding, Places
from pipelines.sources.scopus_names import GROUP, Author

_NAMES = ("authors", "author_names", "author_ids", "file_format")
KEYS = {"record_id": pl.String, "raw_id": pl.String}
EVIDENCE = "Scopus Correspondence Address"


def authorships(raw: _values.Table) -> pl.DataFrame:
    """source_authorships of Scopus.

    Grain: one row per raw_id and author_position. Who is named is `yes`; who is not stays unknown: the cell may be cut short.
    """
    rows: list[tuple[Any, ...]] = []
    for ids, authors, _, row in _records(raw, "correspondence", "hint_role", "hint_role_name"):
        named = scopus_links.correspondence(row["correspondence"], authors)
        sure = {person.fits[0] for person in named if len(person.fits) == 1}
        maybe = {at: len(person.fits) for person in named for at in person.fits if len(person.fits) > 1}
        hinted = _hinted(row, authors)
        for at, author in enumerate(authors, 1):
            evidence = EVIDENCE if at in sure else f"{EVIDENCE} fits {maybe[at]} authors" if at in maybe else None
            if at == hinted and at not in sure:
                evidence = "batch.yml role=corresponding"
            rows.append((*ids, at, author.name, author.short, at in sure or at == hinted, evidence))
    frame = _frame(
        rows, author_position=pl.Int64, name=pl.String, name_short=pl.String, yes=pl.Boolean, evidence=pl.String
    )
    frame = frame.with_columns(
        name_native=pl.when(pl.col("name").str.contains(r"\p{Han}")).then("name"),
        is_group_author=pl.col("name").str.contains(GROUP.pattern.replace("\\b", r"\b"), literal=False)
        & ~pl.col("name").str.contains(",", literal=True),
        is_corresponding=pl.when("yes").then(pl.lit("yes")).otherwise(pl.lit("unknown")),
        corresponding_evidence=pl.col("evidence"),
    )
    return _values.conform(frame, "source_authorships").sort("raw_id", "author_position")


def author_identifiers(raw: _values.Table) -> pl.DataFrame:
    """source_author_identifiers of Scopus: author ids, and e-mails of corresponding authors.

    Grain: one row per raw_id, identifier type and value; an id on two authors of one record is nobody's.
    """
    rows: list[tuple[Any, ...]] = []
    for ids, authors, loose, row in _records(raw, "correspondence"):
        for at, author in enumerate(authors, 1):
            if author.scopus_id:
                rows.append((*ids, at, author.name, "scopus_author_id", author.scopus_id))
        rows += [(*ids, None, None, "scopus_author_id", number) for number in loose]
        for person in scopus_links.correspondence(row["correspondence"], authors):
            if person.email:
                place = person.fits[0] if len(person.fits) == 1 else None
                name = authors[place - 1].name if place else person.name
                rows.append((*ids, place, name, "email", person.email))
    frame = _frame(
        rows, author_position=pl.Int64, name=pl.String, identifier_type=pl.String, identifier_value=pl.String
    )
    key = ["record_id", "raw_id", "identifier_type", "identifier_value"]
    places = pl.col("author_position").drop_nulls().unique()
    frame = (
        frame.group_by(key, maintain_order=True)
        .agg(places.alias("places"), pl.first("name"))
        .with_columns(author_position=pl.when(pl.col("places").list.len() == 1).then(pl.col("places").list.first()))
    )
    return _values.conform(frame, "source_author_identifiers").sort("raw_id", "identifier_type", "identifier_value")


def addresses(raw: _values.Table, countries: pl.DataFrame) -> pl.DataFrame:
    """source_addresses of Scopus: affiliations, and the addresses of corresponding authors (role reprint).

    Grain: one row per raw_id, role and address position.
    """
    rows: list[tuple[Any, ...]] = []
    for ids, _, located, people in _located(raw, countries):
        rows += [(*ids, "author", at, address) for at, address in enumerate(located.addresses, 1)]
        rows += [(*ids, "reprint", at, person.address) for at, person in enumerate(people, 1) if person.address]
    frame = _frame(rows, address_role=pl.String, address_position=pl.Int64, address=pl.String)
    frame = frame.with_columns(address_id=text.address_id(pl.col("address")))
    return _values.conform(frame, "source_addresses").sort("raw_id", "address_role", "address_position")


def links(raw: _values.Table, countries: pl.DataFrame) -> pl.DataFrame:
    """source_authorship_addresses of Scopus.

    Grain: one row per raw_id, author, role and address. Stated by the place in `Authors with affiliations` and by the
    correspondence address; without that cell only a single author or a single address links.
    """
    rows: list[tuple[Any, ...]] = []
    for ids, authors, located, people in _located(raw, countries):
        rows += [(*ids, author, "author", address, "stated") for author, address in located.links]
        if not located.stated and (len(authors) == 1 or len(located.addresses) == 1):
            why = "single_author" if len(authors) == 1 else "single_address"
            every = range(1, len(located.addresses) + 1)
            rows += [(*ids, at, "author", place, why) for at in range(1, len(authors) + 1) for place in every]
        rows += [
            (*ids, person.fits[0], "reprint", at, "stated")
            for at, person in enumerate(people, 1)
            if person.address and len(person.fits) == 1
        ]
    frame = _frame(rows, author_position=pl.Int64, address_role=pl.String, address_position=pl.Int64, link=pl.String)
    ordered = ["raw_id", "address_role", "author_position", "address_position"]
    return _values.conform(frame, "source_authorship_addresses").sort(ordered)


def counts(raw: _values.Table) -> pl.DataFrame:
    """Persons and groups of each byline. Grain: one row per raw_id."""
    rows = [(*ids, len(authors)) for ids, authors, _, _ in _records(raw)]
    return _frame(rows, author_count=pl.Int64)


def _records(
    raw: _values.Table, *columns: str
) -> Iterator[tuple[tuple[str, str], list[Author], list[str], dict[str, Any]]]:
    """Record and row id, authors, ids of nobody, and the row, of every record."""
    for row in _values.take(raw, *_NAMES, *columns).iter_rows(named=True):
        listed = row["file_format"] in ("ris", "bibtex")
        authors, loose = scopus_names.byline(row["authors"], row["author_names"], row["author_ids"], listed)
        yield (row["record_id"], row["raw_id"]), authors, loose, row


def _located(
    raw: _values.Table, countries: pl.DataFrame
) -> Iterator[tuple[tuple[str, str], list[Author], scopus_links.Located, list[Corresponding]]]:
    places = Places(countries.iter_rows(named=True))
    for ids, authors, _, row in _records(raw, "authors_with_affiliations", "affiliations", "correspondence"):
        located = scopus_links.locate(authors, row["authors_with_affiliations"], row["affiliations"], places)
        yield ids, authors, located, scopus_links.correspondence(row["correspondence"], authors)


def _hinted(row: dict[str, Any], authors: list[Author]) -> int:
    """Place of the one author whose works the file holds as corresponding author (batch.yml); 0 when it says nothing."""
    if str(row["hint_role"] or "").strip().lower() not in _values.CORRESPONDING or not row["hint_role_name"]:
        return 0
    wanted = scopus_names.key(row["hint_role_name"])
    fitting = [
        at
        for at, author in enumerate(authors, 1)
        if wanted in (scopus_names.key(author.name), scopus_names.key(author.short))
    ]
    return fitting[0] if len(fitting) == 1 else 0


def _frame(rows: list[tuple[Any, ...]], **columns: Any) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=KEYS | columns, orient="row")
