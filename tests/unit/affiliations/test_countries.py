"""Country of an address: stated, of its script, or not known."""

from __future__ import annotations

import polars as pl
import pytest

from pipelines.affiliations.countries import address_countries
from pipelines.core import catalog


@pytest.fixture(scope="module")
def countries() -> pl.DataFrame:
    return pl.read_csv(catalog.dictionary_files("linghai")["countries"], infer_schema=False, comment_prefix="#")


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("Linghai Univ, Sch Chem Engn, Linghai 116000, Peoples R China", ("CN", "stated")),
        ("Harbour Inst Technol, Dept Phys, Harbourton, MA 02139 USA", ("US", "stated")),
        ("Univ New South Hills, Sydney, NSW 2052, Australia", ("AU", "stated")),
        ("岭海大学 化工学院, 岭海 116000", ("CN", "script")),
        ("东京港湾大学, 东京, 日本", ("JP", "stated")),
        ("Linghai Univ, Sch Chem Engn", None),
    ],
)
def test_country(countries: pl.DataFrame, address: str, expected: tuple[str, str] | None) -> None:
    rows = pl.LazyFrame({"address_id": ["a"], "address": [address]})
    found = address_countries(rows, countries=countries).select("country_code", "country_basis").rows()
    assert found == ([expected] if expected else [])
