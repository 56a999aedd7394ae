"""Every line of affiliations.yml is one test."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from pipelines.affiliations.candidates import dictionary_from
from pipelines.affiliations.decide import Decider
from pipelines.affiliations.places import places_from
from pipelines.core import dictionaries

CASES = yaml.safe_load(Path(__file__).with_name("affiliations.yml").read_text(encoding="utf-8"))


@cache
def decider() -> Decider:
    names = ("institutions", "institution_aliases", "units", "unit_aliases", "abbreviations")
    known = dictionary_from(*(dictionaries.load(name, "linghai") for name in names))
    return Decider(known, places_from(dictionaries.load("countries", "linghai")))


@pytest.mark.parametrize("case", CASES, ids=[c["address"][:40] for c in CASES])
def test_address(case: dict[str, Any]) -> None:
    found = [f"{m.institution_id or '-'}/{m.unit_id or '-'} {m.decision}" for m in decider().decide(case["address"])]
    assert found == case["expect"], case["because"]
