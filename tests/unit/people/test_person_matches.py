"""Stage person_matches: grain, decisions of people, independence of order, bounded crowds."""

from __future__ import annotations

import json

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from pipelines.core import schema
from pipelines.core.ledger import STREAMS
from pipelines.core.names import default_surnames
from pipelines.people import candidates, person_matches, roster_forms
from pipelines.people.scope import unit_lines

DECISIONS = STREAMS["decisions_people"]
UNITS = [
    ("u0", "university", None, None),
    ("c1", "college", "u0", None),
    ("c2", "college", "u0", None),
    ("old", "college", "u0", "c1"),
]
TABLES = (
    "work_authorships",
    "work_addresses",
    "works",
    "affiliation_matches",
    "units",
    "people",
    "supervisions",
    "author_identifiers",
    "clusters",
    "records",
    "claimed_works",
    "theses",
    "contributors",
)


def rows(table: str, *values: dict[str, object]) -> pl.LazyFrame:
    wanted = schema.table(table)
    return pl.LazyFrame([{c: v.get(c) for c in wanted.polars} for v in values], schema=wanted.polars)


def library(people: list[tuple[str, str, str]], authors: list[tuple[str, str]]) -> dict[str, pl.LazyFrame]:
    """people: id, Han name, unit; authors of one work: name, own unit ('' = only the university)."""
    places = [
        {"work_id": "w", "record_id": "r", "author_position": n, "name": a} for n, (a, _) in enumerate(authors, 1)
    ]
    where = [
        {
            "work_id": "w",
            "record_id": "r",
            "address_role": "author",
            "address_position": n,
            "author_position": n,
            "address_id": f"a{u}",
        }
        for n, (_, u) in enumerate(authors, 1)
    ]
    matches = [
        {
            "address_id": f"a{u}",
            "match_position": 1,
            "institution_id": "ours",
            "unit_id": u or None,
            "decision": "match",
        }
        for u in ("", "c1", "c2", "old")
    ]
    shape = [dict(zip(("unit_id", "unit_kind", "parent_id", "successor_id"), u, strict=True)) for u in UNITS]
    found = {
        "work_authorships": rows("work_authorships", *places),
        "work_addresses": rows("work_addresses", *where),
        "works": rows("works", {"work_id": "w", "publication_year": 2020}),
        "affiliation_matches": rows("affiliation_matches", *matches),
        "units": rows("units", *shape),
        "people": rows(
            "people", *({"person_id": i, "name_zh": n, "unit_id": u, "valid_from": "2010-01-01"} for i, n, u in people)
        ),
        "supervisions": rows("supervisions"),
        "author_identifiers": rows("author_identifiers"),
        "clusters": rows("clusters", {"record_id": "r", "work_id": "w"}),
        "records": rows("records", {"record_id": "r", "doi": "10.5555/w"}),
        "claimed_works": rows("claimed_works"),
        "theses": rows("theses"),
        "contributors": rows("contributors"),
    }
    return {name: found[name] for name in TABLES}


def run(tables: dict[str, pl.LazyFrame], *said: dict[str, str]) -> pl.DataFrame:
    surnames = pl.DataFrame({"character": ["王"], "position": ["surname"], "readings": ["wang"], "rank": ["1"]})
    return person_matches(
        *tables.values(),
        pl.LazyFrame(list(said), schema=dict.fromkeys(DECISIONS, pl.String)),
        roster_forms(tables["people"], surnames=surnames).lazy(),
        surnames=surnames,
        institutions=pl.DataFrame(
            {"institution_id": ["ours"], "kind": ["own"], "name_zh": ["我校"], "name_en": ["Our University"]}
        ),
        institution_aliases=pl.DataFrame({"institution_id": ["ours"], "alias": ["Our Univ"]}),
    )


TWO = [("p1", "王小明", "c1"), ("p2", "王强", "c2")]


def test_columns_grain_and_readable_evidence() -> None:
    found = run(library(TWO, [("Wang, Xiaoming", "c1"), ("Wang, Qiang", "c2"), ("Nobody, Here", "c1")]))
    assert found.columns == list(schema.table("person_matches").polars)
    assert found["person_id"].to_list() == ["p1", "p2", None]
    assert found["decision"].to_list() == ["match", "match", "no_match"]
    assert json.loads(found.item(0, "evidence"))["单位"] == "同一单位"


def test_a_person_outranks_the_machine_and_an_undo_gives_back() -> None:
    tables = library(TWO, [("Wang, Xiaoming", "c1")])
    no = {"record_id": "r", "author_position": "1", "name": "Wang, Xiaoming", "scope": "仅此一篇"}
    no |= {"decision": "都不是", "reviewer": "馆员乙", "date": "2026-01-01"}
    yes = no | {"decision": "本人", "person_id": "p2", "date": "2026-02-01"}
    assert run(tables, no).select("person_id", "decision", "method").row(0) == (None, "no_match", "reviewer")
    assert run(tables, yes, no).item(0, "person_id") == "p2"
    assert run(tables, no, no | {"decision": "撤销", "date": "2026-03-01"}).item(0, "person_id") == "p1"


def test_empty_tables_give_an_empty_table() -> None:
    assert run({name: rows(name) for name in TABLES}).is_empty()
    assert run(library([], [("Wang, Xiaoming", "c1")])).item(0, "decision") == "no_match"


@given(
    st.lists(st.tuples(st.sampled_from(["王小明", "王晓明", "王强"]), st.sampled_from(["c1", "c2"])), max_size=5),
    st.randoms(),
)
@settings(deadline=None, max_examples=12)
def test_order_of_rows_changes_nothing(staff: list[tuple[str, str]], random) -> None:  # type: ignore[no-untyped-def]
    people = [(f"p{n}", name, unit) for n, (name, unit) in enumerate(staff)]
    tables = library(people, [("Wang, Xiaoming", "c1"), ("Wang, X", "c2"), ("Wang, Qiang", "")])
    mixed = {
        name: frame.collect().sample(fraction=1, shuffle=True, seed=random.randrange(99)).lazy()
        for name, frame in tables.items()
    }
    assert_frame_equal(run(tables), run(mixed))


def test_a_crowd_is_asked_when_nothing_narrows_it() -> None:
    crowd = [(f"p{n}", "王强", "c1") for n in range(candidates.CROWD + 1)]
    found = run(library(crowd, [("Wang, Qiang", "")]))
    assert found.select("decision", "candidates_count").row(0) == ("review", len(crowd))


def test_unit_lines_follow_parents_and_successors() -> None:
    lines = unit_lines(library([], [])["units"])
    college = dict(lines.select("unit_id", "college").iter_rows())
    assert college["old"] == "c1" and college["c2"] == "c2"


def test_roster_forms_keep_the_strongest_way_to_a_key() -> None:
    people = rows(
        "people", {"person_id": "p", "name_zh": "王小明", "name_en": "Xiaoming Wang", "former_names": "王明"}
    ).collect()
    forms = candidates.roster_forms(people, default_surnames())
    kinds = dict(forms.select("key", "kind").iter_rows())
    assert kinds["wang xiaoming"] == "full" and kinds["wang ming"] == "former" and kinds["wang x"] == "initial"
    assert forms.select("key", "person_id").is_duplicated().sum() == 0
