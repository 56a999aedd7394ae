"""What certain links of other works teach: partners, identifiers, disputes; bounded, and the same whatever the order of rows."""

from __future__ import annotations

import json
from typing import Any

import polars as pl
from polars.testing import assert_frame_equal

from pipelines.people import disputed_identifiers, list_matches, supervision_network
from tests.unit.people.test_person_matches import library, roster_forms, rows, run

SURNAMES = pl.DataFrame({"character": ["王"], "position": ["surname"], "readings": ["wang"], "rank": ["1"]})
NAMESAKES = [("p1", "王小明", "c1"), ("p2", "汪晓明", "c1"), ("p3", "李静", "c1"), ("p4", "陈强", "c2")]
UNSURE, PARTNER = ("Wang, Xiaoming", "c1"), ("Li, Jing", "c1")
Works = dict[str, list[tuple[str, str]]]


def archive(
    people: list[tuple[str, str, str]],
    works: Works,
    natives: dict[tuple[str, int], str] | None = None,
    journals: dict[str, str] | None = None,
    **more: Any,
) -> dict[str, pl.LazyFrame]:
    """Tables of several works; natives: characters printed for an author; journals: by the first letter of a work."""
    tables = library(people, [])
    authorships, addresses = [], []
    for work, authors in works.items():
        for position, (name, unit) in enumerate(authors, 1):
            here = {"work_id": work, "record_id": f"r{work}", "author_position": position}
            native = (natives or {}).get((work, position))
            authorships.append(here | {"name": name, "name_native": native})
            addresses.append(here | {"address_role": "author", "address_position": position, "address_id": f"a{unit}"})
    journals = journals or {}
    records = [
        {"record_id": f"r{work}", "work_id": work, "publication_year": 2020, "venue": journals.get(work[0])}
        for work in works
    ]
    return tables | {
        "work_authorships": rows("work_authorships", *authorships),
        "work_addresses": rows("work_addresses", *addresses),
        "works": rows("works", *records),
        "clusters": rows("clusters", *records),
        "records": rows("records", *records),
        **{name: rows(name, *lines) for name, lines in more.items()},
    }


def identifier(work: str, position: int, name: str, value: str, kind: str = "scopus_author_id") -> dict[str, Any]:
    return {
        "record_id": f"r{work}",
        "author_position": position,
        "name": name,
        "identifier_type": kind,
        "identifier_value": value,
    }


def answer(tables: dict[str, pl.LazyFrame], work: str, position: int = 1) -> str:
    row = run(tables).filter(work_id=work, author_position=position).row(0, named=True)
    return str(row["person_id"] or row["decision"])


def known_with_partner(count: int, namesake: int = 2) -> tuple[Works, dict[tuple[str, int], str]]:
    """Works that p1 signs in his own characters together with 李静, and such of his namesake p2 alone."""
    mine = {f"k{n}": [UNSURE, PARTNER] for n in range(count)}
    theirs = {f"o{n}": [UNSURE] for n in range(namesake)}
    return mine | theirs, {(work, 1): "王小明" if work in mine else "汪晓明" for work in mine | theirs}


def test_namesakes_are_told_apart_by_partners_and_journal_of_several_other_works() -> None:
    works, natives = known_with_partner(4)
    journal = {"k": "Polymers", "w": "Polymers", "o": "Glass"}
    with_partner, alone = works | {"w": [UNSURE, PARTNER]}, works | {"w": [UNSURE]}
    assert answer(archive(NAMESAKES, with_partner, natives, journal), "w") == "p1"
    assert answer(archive(NAMESAKES, with_partner, natives), "w") == "review"  # partners alone
    assert answer(archive(NAMESAKES, alone, natives, journal), "w") == "review"  # the journal alone


def test_partners_say_nothing_against_a_namesake_of_whom_nothing_is_known() -> None:
    works, natives = known_with_partner(4, namesake=0)
    journal = {"k": "Polymers", "w": "Polymers"}
    assert answer(archive(NAMESAKES, works | {"w": [UNSURE, PARTNER]}, natives, journal), "w") == "review"


def test_one_link_alone_spreads_to_nothing() -> None:
    works, natives = known_with_partner(1)
    tables = archive(NAMESAKES, works | {f"w{n}": [UNSURE, PARTNER] for n in range(20)}, natives)
    assert set(run(tables).filter(pl.col("work_id").str.starts_with("w"), author_position=1)["decision"]) == {"review"}


def test_an_identifier_seen_on_two_certain_works_decides_and_a_link_on_one_does_not() -> None:
    for count, expected in ((2, "p1"), (1, "review")):
        works, natives = known_with_partner(count)
        said = [identifier(work, 1, UNSURE[0], "57") for work in [*works, "w"] if work[0] != "o"]
        tables = archive(NAMESAKES, works | {"w": [UNSURE]}, natives, author_identifiers=said)
        assert answer(tables, "w") == expected


def test_an_identifier_of_two_persons_proves_nothing_and_is_one_question() -> None:
    works: Works = {f"k{n}": [UNSURE] for n in range(4)} | {"w": [UNSURE]}
    natives = {(f"k{n}", 1): "王小明" if n < 2 else "汪晓明" for n in range(4)}
    said = [identifier(work, 1, UNSURE[0], "57") for work in works]
    tables = archive(NAMESAKES, works, natives, author_identifiers=said)
    assert answer(tables, "w") == "review"
    asked = disputed_identifiers(
        run(tables).lazy(),
        *(tables[n] for n in ("work_authorships", "author_identifiers", "clusters", "people")),
        roster_forms(tables["people"], surnames=SURNAMES).lazy(),
        surnames=SURNAMES,
    )
    assert asked.select("identifier_value", "dispute", "works_count", "person_ids").rows() == [
        ("57", "persons", 5, "p1;p2")
    ]


def test_ten_shuffles_one_answer() -> None:
    works, natives = known_with_partner(5)
    works |= {"w": [UNSURE, PARTNER], "x": [PARTNER, ("Chen, Qiang", "c2")], "y": [UNSURE, ("Wang, X", "c1")]}
    said = [identifier(work, 1, UNSURE[0], "57") for work in ("k0", "k1", "w")]
    said += [
        identifier("x", n, name, "0000-0001-5109-3700", "orcid") for n, name in ((1, "Li, Jing"), (2, "Chen, Qiang"))
    ]
    tables = archive(NAMESAKES, works, natives, author_identifiers=said)
    expected = run(tables)
    assert set(expected["decision"]) == {"match", "review"}
    for seed in range(10):
        mixed = {n: t.collect().sample(fraction=1, shuffle=True, seed=seed).lazy() for n, t in tables.items()}
        assert_frame_equal(run(mixed), expected)


def test_evidence_is_told_in_words() -> None:
    works, natives = known_with_partner(4)
    found = run(archive(NAMESAKES, works | {"w": [UNSURE, PARTNER]}, natives))
    said = json.loads(found.filter(work_id="w", author_position=1).item(0, "evidence"))
    assert said["其他作品合著"] == "与常年合著者同署（四件以上）" and said["姓名"] == "全拼相同"


def test_network_holds_roster_and_theses_with_works_together() -> None:
    people = [("s1", "李静", "c1"), ("t1", "王小明", "c1")]
    tables = archive(people, {"w": [("Li, Jing", "c1"), UNSURE], "d": [("李静", "")]})
    student = pl.when(pl.col("person_id") == "s1").then(pl.lit("phd")).otherwise(pl.lit("staff"))
    tables |= {
        "people": tables["people"].with_columns(person_type=student),
        "theses": rows("theses", {"record_id": "rd", "degree_year": 2021}),
        "contributors": rows(
            "contributors",
            {"record_id": "rd", "contributor_role": "advisor", "contributor_position": 1, "name": "王小明"},
        ),
    }
    found = supervision_network(
        *(tables[n] for n in ("supervisions", "people", "theses", "contributors", "clusters", "works")),
        roster_forms(tables["people"], surnames=SURNAMES).lazy(),
        run(tables).lazy(),
        surnames=SURNAMES,
    )
    columns = ["student_id", "supervisor_id", "supervision_source", "theses_count", "works_together", "first_together"]
    assert found.select(columns).rows() == [("s1", "t1", "thesis", 1, 1, 2020)]


def test_lists_of_scholars_ask_initials_and_namesakes() -> None:
    people = library([("p1", "王小明", "c1"), ("p2", "汪晓明", "c1"), ("p3", "李静", "c1")], [])["people"]
    names = {
        "Li, Jing": "Our University, China",
        "Li, J.": "Our Univ",
        "Wang, Xiaoming": "Our Univ",
        "Wu, Di": "Our Univ",
    }
    names |= {"Li, Jing ": "Our University of Technology"}
    lines = [{"list_name": "hcr", "list_edition": "2024", "name": n, "affiliation": a} for n, a in names.items()]
    found = list_matches(
        rows("people_lists", *lines),
        people,
        roster_forms(people, surnames=SURNAMES).lazy(),
        surnames=SURNAMES,
        institutions=pl.DataFrame(
            {"institution_id": ["ours"], "kind": ["own"], "name_zh": ["我校"], "name_en": ["Our University"]}
        ),
        institution_aliases=pl.DataFrame({"institution_id": ["ours"], "alias": ["Our Univ"]}),
    )
    assert dict(found.select("name", pl.coalesce("person_id", "decision")).iter_rows()) == {
        "Li, Jing": "p3",
        "Li, J.": "review",
        "Wang, Xiaoming": "review",
        "Wu, Di": "no_match",
    }
