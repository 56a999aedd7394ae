"""Identifiers and pages: what vendors write, and what is left of it."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.core import identifiers


def one(expression: pl.Expr, **cells: str | None) -> str | None:
    frame = pl.DataFrame({k: [v] for k, v in cells.items()}, schema=dict.fromkeys(cells, pl.String))
    value: str | None = frame.select(expression).item()
    return value


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("10.1016/j.invent.2021.10.1370360-3199", "10.1016/j.invent.2021.10.137"),
        ("10.5555/ 9781999900022", "10.5555/9781999900022"),
        ("https://doi.org/10.1002/ANIE.2019", "10.1002/anie.2019"),
        ("DOI: 10.1016/S0140-6736(05)12345-6.", "10.1016/s0140-6736(05)12345-6"),
        ("10.1000/abc).", "10.1000/abc"),
        ("10.3969/j.issn.1000-0887.2018.01.001", "10.3969/j.issn.1000-0887.2018.01.001"),
        (
            "10.1002/(SICI)1097-4636(199823)43:3&lt;338::AID-JBM16&gt;3.0.CO;2-B",
            "10.1002/(sici)1097-4636(199823)43:3<338::aid-jbm16>3.0.co;2-b",
        ),
        ("0", None),
        ("n/a", None),
        (None, None),
    ],
)
def test_doi(raw: str | None, clean: str | None) -> None:
    assert one(identifiers.doi(pl.col("d")), d=raw) == clean


def test_only_the_records_own_issn_is_taken_off_a_doi() -> None:
    expression = identifiers.doi(pl.col("d"), pl.col("s"))
    assert one(expression, d="10.1234/abc0360-3199", s="0360-3199") == "10.1234/abc"
    assert one(expression, d="10.1234/abc0360-3199", s="1000-0887") == "10.1234/abc0360-3199"
    assert one(expression, d="10.1234/0360-3199", s="0360-3199") == "10.1234/0360-3199"


@given(st.text(max_size=60))
@settings(max_examples=60, deadline=None)
def test_a_clean_doi_stays_as_it_is(text: str) -> None:
    once = one(identifiers.doi(pl.col("d")), d=f"10.1234/{text}")
    assert once is None or one(identifiers.doi(pl.col("d")), d=once) == once


@pytest.mark.parametrize(
    ("raw", "clean"),
    [("03029743", "0302-9743"), ("2190-572x", "2190-572X"), ("1234-5678", None), ("****-****", None), (None, None)],
)
def test_issn(raw: str | None, clean: str | None) -> None:
    assert one(identifiers.issn(pl.col("s")), s=raw) == clean


def test_orcid_needs_its_check_digit() -> None:
    assert one(identifiers.orcid(pl.col("o")), o="https://orcid.org/0000-0002-1694-233x") == "0000-0002-1694-233X"
    assert one(identifiers.orcid(pl.col("o")), o="0000-0002-1825-0098") is None


@pytest.mark.parametrize(
    ("pages", "first", "last"),
    [
        ("541-548", "541", "548"),
        ("123-8", "123", "128"),
        ("1106-1111+1117", "1106", "1111"),
        ("S12–S20", "S12", "S20"),
        ("2076-+", "2076", None),
        ("A01", "A01", "A01"),
        ("1 – 174", "1", "174"),
        ("-", None, None),
        (None, None, None),
    ],
)
def test_pages(pages: str | None, first: str | None, last: str | None) -> None:
    assert one(identifiers.first_page(pl.col("p")), p=pages) == first
    assert one(identifiers.last_page(pl.col("p")), p=pages) == last


def test_isbn_keeps_digits_and_x() -> None:
    assert one(identifiers.isbn(pl.col("b")), b="978-7-03-012345-6; 0-306-40615-X") == "9787030123456; 030640615X"
