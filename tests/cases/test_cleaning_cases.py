"""Every case of cleaning.yml is one test."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml

from pipelines.core import identifiers, repair, text

CASES = yaml.safe_load(Path(__file__).with_name("cleaning.yml").read_text(encoding="utf-8"))["cases"]
ISSN = pl.lit("0360-3199")
CLEAN: dict[str, Callable[[pl.Expr], pl.Expr]] = {
    "doi": lambda raw: identifiers.doi(raw, ISSN),
    "mojibake": repair.repaired,
    "title_key": text.folded,
    "issn": identifiers.issn,
    "orcid": identifiers.orcid,
    "first_page": identifiers.first_page,
    "last_page": identifiers.last_page,
}


@pytest.mark.parametrize("case", CASES, ids=lambda c: f"{c['what']}: {c['because']}")
def test_a_value_becomes_what_the_case_says(case: dict[str, Any]) -> None:
    given = pl.DataFrame({"value": [case["given"]]})
    found = given.select(CLEAN[case["what"]](pl.col("value")))["value"][0]
    assert (found or "") == case["expect"]
