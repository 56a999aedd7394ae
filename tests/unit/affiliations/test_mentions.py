"""Institutions of a registry in addresses: what a name needs beside it, where it must stand, what gives way to what."""

from __future__ import annotations

from functools import cache

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.affiliations.filling import registry_from
from pipelines.affiliations.mentions import Finder
from pipelines.affiliations.places import places_from
from pipelines.core import dictionaries

# id, name, country, city, kind, status, parents, related, successors
_ROWS = (
    ("norum", "University of Norum", "NO", "Norum", "education", "active", "", "", ""),
    ("norum-med", "Medical University of Norum", "NO", "Norum", "education", "active", "", "", ""),
    ("norum-hospital", "Norum General Hospital", "NO", "Norum", "healthcare", "active", "", "norum", ""),
    ("old", "Norum School of Letters", "NO", "Norum", "education", "withdrawn", "", "", "norum"),
    ("trove-no", "Trove College", "NO", "Vik", "education", "active", "", "", ""),
    ("trove-se", "Trove College", "SE", "Lund", "education", "active", "", "", ""),
    ("west", "University of Westmark", "US", "Alder", "education", "active", "", "", ""),
    ("west-bay", "University of Westmark Fern Bay", "US", "Fern Bay", "education", "active", "west", "", ""),
    ("west-school", "University of Westmark School of Medicine", "US", "Alder", "education", "active", "west", "", ""),
    ("physics", "Institute of Physics", "NO", "Oslo", "facility", "active", "", "", ""),
    ("lab", "Kappelin Laboratory", "NO", "Norum", "facility", "active", "norum", "", ""),
    ("ifk", "Instituto Fernandez Kappelin", "ES", "Murcia", "facility", "active", "", "", ""),
    ("oru", "Orubo", "SE", "Lund", "company", "active", "", "", ""),
    ("board", "Norum Hospital Board", "NO", "Norum", "healthcare", "active", "", "", ""),
    ("ward", "Saint Kappelin Hospital", "NO", "Norum", "healthcare", "active", "board", "", ""),
    ("ohrid", "Port Ohrida University", "NO", "Ohrid", "education", "active", "", "", ""),
    ("clinic", "University Hospital Kappelin", "DE", "Kappelin", "healthcare", "active", "", "", ""),
    *(
        (f"tis-{town}", f"Technical Institute of Seafaring {town}", "SE", town, "education", "active", "", "", "")
        for town in ("Alno", "Brevik", "Corvo", "Durnes")
    ),
    ("linjiang", "Linjiang University", "CN", "Linjiang", "education", "active", "", "", ""),
)
# The words of general names are shared by many countries, as in a real registry.
_MORE = [
    (f"{kind}-{land}", f"{kind} {name}", land, f"Town{land}", "facility", "active", "", "", "")
    for land in ("NO", "SE", "US", "ES", "DE", "FR", "IT")
    for kind, name in (("Institute of Physics", land * 3), ("General Hospital", land * 4), ("Medical Center", land * 5))
]
_ALIASES = (
    ("Institutt Kappelin", "ifk"),
    ("IFK", "ifk"),
    ("临江大学", "linjiang"),
    ("Universitetet i Norum", "norum"),
)
COLUMNS = ("institution_id", "name_en", "country", "city", "kind", "status", "parents", "related", "successors")
INSTITUTIONS = pl.DataFrame([*_ROWS, *_MORE], schema=COLUMNS, orient="row").with_columns(
    name_zh=pl.lit(None, pl.String)
)
ALIASES = pl.DataFrame(_ALIASES, schema=("alias", "institution_id"), orient="row")


@cache
def known() -> Finder:
    words = (dictionaries.load(name, "linghai") for name in ("abbreviations", "address_words", "countries"))
    return Finder(registry_from(INSTITUTIONS, ALIASES, *words))


@pytest.mark.parametrize(
    ("address", "found", "because"),
    [
        ("Dept Phys, Univ Norum, Norum, Norway", ["norum"], "abbreviations"),
        ("Norum University, Norum, Norway", ["norum"], "the university before its place"),
        ("Universitetet i Norum, Norway", ["norum"], "an alias in another language"),
        ("Department of Physics University of Norum Norum Norway", ["norum"], "no comma at all"),
        ("School of Law of the University of Norum, Norway", ["norum"], "unit and university in one segment"),
        ("Univeristy of Norum, Norum, Norway", ["norum"], "a slip"),
        ("Medical University of Norum, Norum, Norway", ["norum-med"], "the longest name"),
        ("University of Norum Agriculture, Norum, Norway", [], "what goes on is part of the name"),
        ("University of Norum, Lund, Sweden", [], "another country"),
        ("Norum School of Letters, Norum, Norway", ["norum"], "a withdrawn record leads to its successor"),
        ("Trove College, Vik, Norway", ["trove-no"], "of two the one in the country"),
        ("University of Westmark, Fern Bay, USA", ["west-bay"], "the campus is the city"),
        ("Univ Westmark, Dept Chem, Fern Bay, CA 90000 USA", ["west-bay"], "also with a department between"),
        ("University of Westmark School of Medicine, Alder, USA", ["west"], "a school under the university's name"),
        ("Westmark School of Law, Alder, USA", ["west"], "a school under the university's name cut short"),
        ("Kappelin Laboratory, University of Norum, Norum, Norway", ["norum"], "what belongs to it is left to it"),
        ("Norum General Hospital, University of Norum, Norway", ["norum"], "the university of an address is named"),
        ("Norum General Hospital, Norum, Norway", ["norum-hospital"], "a hospital alone"),
        ("Institute of Physics, Bergen, Norway", [], "a general name without its city"),
        ("Institute of Physics, Oslo, Norway", ["physics"], "a general name with its city"),
        ("IFK, Murcia, Spain", ["ifk"], "an acronym with its city"),
        (
            "Institute of Freshwater Kinetics (IFK), Murcia, Spain",
            [],
            "an acronym that only repeats the segment before",
        ),
        ("ifk, Murcia, Spain", [], "an acronym is printed in capitals"),
        ("Orubo AB, Lund, Sweden", ["oru"], "company forms do not count"),
        ("University of Norum, Norway; Trove College, Lund, Sweden", ["norum", "trove-se"], "two institutions"),
        ("临江大学物理学院,临江", ["linjiang"], "Chinese"),
        ("临江大学城某公司", [], "大学城 is a place"),
        ("Technical Institute of Seafaring, Dept Phys, Brevik 12345, Sweden", ["tis-Brevik"], "its city as the city"),
        ("Technical Institute of Seafaring, Sweden", [], "which of them is not said"),
        ("TIS Corvo, Dept Phys, Corvo, Sweden", ["tis-Corvo"], "a beginning of many names as its initials"),
        ("tis Corvo, Dept Phys, Corvo, Sweden", [], "initials are printed in capitals"),
        ("Univ Hosp Kappelin, Kappelin, Germany", ["clinic"], "abbreviations"),
        ("Universitätsklinikum Kappelin, Kappelin, Deutschland", ["clinic"], "a compound word"),
        ("Saint Kappelin Hospital, Norum Hospital Board, Norum, Norway", ["ward"], "a hospital, not its board"),
        ("Portohrida University, Ohrid, Norway", ["ohrid"], "a blank less"),
        ("Trove (Deemed to be University), Vik, Norway", [], "a rank added makes no other institution"),
        ("Norum (Deemed University), Norum, Norway", ["norum"], "a rank that is the name's own word"),
        ("Currently at University of Norum, Norum, Norway", ["norum"], "words of an editor"),
        ("Orubb, Lund, Sweden", [], "a slip in the only word is another word"),
        ("12 Main Street, Nowhere", [], "no institution"),
        ("", [], "nothing"),
    ],
)
def test_institutions_named(address: str, found: list[str], because: str) -> None:
    assert [m.id for m in known().find(address) if not m.rivals] == found, because


def test_two_that_fit_equally_are_asked() -> None:
    (mention,) = known().find("Trove College")
    assert {mention.id, *mention.rivals} == {"trove-no", "trove-se"}


def test_what_gave_way_is_told() -> None:
    (mention,) = known().find("Kappelin Laboratory, University of Norum, Norum, Norway")
    assert (mention.text, mention.parts) == ("University of Norum", ("lab",))


@pytest.mark.parametrize(
    ("segments", "codes"),
    [
        (["univ norum", "norum", "norway"], {"NO"}),
        (["univ norum", "norum norway"], {"NO"}),
        (["dept phys", "univ new south wales"], set()),
        (["emory", "atlanta", "georgia"], {"GE", "US"}),
        (["ca 94305 usa"], {"US"}),
        ([], set()),
    ],
)
def test_countries_stated(segments: list[str], codes: set[str]) -> None:
    places = places_from(dictionaries.load("countries", "linghai"))
    assert places.stated([tuple(s.split()) for s in segments]) == codes


@given(
    st.text(max_size=60)
    | st.lists(st.sampled_from(["University", "of", "Norum", ",", "IFK", "(", "Norway", "临江大学"])).map(" ".join)
)
@settings(deadline=None, max_examples=200)
def test_any_text_gets_one_answer(text: str) -> None:
    first = known().find(text)
    assert first == known().find(text)
    assert len({m.id for m in first}) == len(first)
