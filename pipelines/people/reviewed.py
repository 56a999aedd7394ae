"""Open author cases in groups that one answer settles, and the answers of librarians in force.

A group is one printed name at one unit of ours with the same candidates: with one candidate all such cases, with several those
that hang together by co-authors, since two namesakes of one college seldom share them. An answer about one case of a group
settles the others, as far as nothing speaks against it.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from typing import Any

import polars as pl

from pipelines.core import decisions
from pipelines.core.decisions import NOBODY, PERSON, SEVERAL
from pipelines.core.text import fold
from pipelines.people.scope import PLACE

KEY = ("record_id", "author_position", "name", "scope")
GROUP, ONE = "同组各篇", "仅此一篇"  # how far an answer reaches
TOGETHER = "同组"  # in the evidence: the case that stands for the group …
DISPUTED = "同组判定"  # … and that its answers differ
NAMES = ("name", "name_native", "name_short")
Place = tuple[str, int]


@dataclass(frozen=True)
class Said:
    """What stands about one author of one work."""

    person: str | None  # None: nobody of the roster
    words: dict[str, str]


def standing(lines: pl.DataFrame) -> pl.DataFrame:
    """What stands about authors. Grain: one row per author of a record and scope with an answer; see core.decisions."""
    return decisions.standing(lines, KEY, ("person_id",))


def in_force(lines: pl.DataFrame, work_authorships: pl.LazyFrame, clusters: pl.LazyFrame) -> pl.DataFrame:
    """Answers by the author they are about today, whatever work his record is in now.

    An answer names a record, a place in its byline and the name printed there. It goes to the author at that place of the work who
    signs so, else to the only one who does, else to nobody.
    Grain: one row per work, author position and scope (columns decision, person_id, reviewer, date, history); the newest counts.
    """
    told = standing(lines).filter(~pl.col("conflict"))
    works = clusters.select("record_id", "work_id").join(
        told.lazy().select("record_id").unique(), on="record_id", how="semi"
    )
    told = told.join(works.collect(), on="record_id")
    here = work_authorships.join(told.lazy().select("work_id").unique(), on="work_id", how="semi")
    forms: dict[str, dict[int, set[str]]] = defaultdict(lambda: defaultdict(set))
    for work, position, *names in here.select(*PLACE, *NAMES).collect().iter_rows():
        forms[work][position].update(fold(n) for n in names if n)
    places = [
        _place(row["author_position"], fold(row["name"]), forms[row["work_id"]])
        for row in told.select("work_id", "author_position", "name").iter_rows(named=True)
    ]
    placed = told.with_columns(author_position=pl.Series(places, dtype=pl.Int64)).drop_nulls("author_position")
    return (
        placed.sort("date", "record_id", "name")
        .unique([*PLACE, "scope"], keep="last", maintain_order=True)
        .select(*PLACE, "scope", "decision", "person_id", "reviewer", "date", "history")
    )


def _place(position: str, signed: str, forms: dict[int, set[str]]) -> int | None:
    """Where in the byline the author stands who was answered about."""
    fitting = [place for place, names in forms.items() if signed in names]
    if position.isdigit() and int(position) in fitting:
        return int(position)
    return fitting[0] if len(fitting) == 1 else None


def with_decisions(
    machine: pl.DataFrame, said: pl.DataFrame, work_authorships: pl.LazyFrame, homes: pl.DataFrame
) -> pl.DataFrame:
    """The machine's answers under those of librarians; open cases told which group they are in.

    `said`: answers as `in_force` gives them; `homes`: work_id, author_position, person_id, unit_id – where each candidate would be
    credited without a printed unit. Grain: as `machine`, one row per work and author position.
    """
    # What was answered may have taught the machine: it still belongs to the group it was asked about for.
    answered = machine.join(said.filter(pl.col("scope") == GROUP), on=PLACE, how="semi")
    open_cases = pl.concat([machine.filter(pl.col("decision") == "review"), answered]).unique(
        PLACE, maintain_order=True
    )
    signed = work_authorships.join(open_cases.lazy().select("work_id").unique(), on="work_id", how="semi")
    answers = {((row["work_id"], row["author_position"]), row["scope"]): row for row in said.iter_rows(named=True)}
    apart = {place for (place, scope), row in answers.items() if scope == GROUP and row["decision"] == SEVERAL}
    together = groups(open_cases, signed.sort(PLACE).collect(), apart)
    found, disputed = _spread(answers, together, machine)
    return _answered(machine, found, _notes(together, disputed), homes)


def groups(open_cases: pl.DataFrame, authorships: pl.DataFrame, apart: Iterable[Place] = ()) -> dict[Place, Place]:
    """Which case stands for each open case; cases of a group that was said to hold several persons stand alone.

    `open_cases`: rows of person_matches left open; `authorships`: rows of work_authorships.
    """
    signed = authorships.join(open_cases.select("work_id").unique(), on="work_id", how="semi")
    names = {(w, p): (n, k) for w, p, n, k in _names(signed)}
    company: dict[str, dict[int, str]] = defaultdict(dict)
    for (work, position), (_, key) in names.items():
        company[work][position] = key
    sets = _Sets()
    rows = open_cases.select(*PLACE, "unit_id", "candidates_count", "candidate_ids").sort(PLACE)
    for work, position, unit, count, ids in rows.iter_rows():
        place = (work, position)
        name, _ = names.get(place, ("", ""))
        block = (name, unit, count, ";".join(sorted((ids or "").split(";"))))
        sets.join(place, place)
        if name and count == 1:
            sets.join(place, block)
        elif name:
            for other, key in company[work].items():
                if other != position and key:
                    sets.join(place, (*block, key))
    places = [(work, position) for work, position, *_ in rows.iter_rows()]
    members: dict[Hashable, list[Place]] = defaultdict(list)
    for place in places:
        members[sets.root(place)].append(place)
    split = {sets.root(place) for place in apart if sets.has(place)}
    return {p: p if root in split else first[0] for root, first in members.items() for p in first}


def open_groups(person_matches: pl.DataFrame) -> pl.DataFrame:
    """Open cases as the table tells their groups; the first open one stands for each.

    Grain: one row per open case (columns of person_matches, lead_work, lead_position).
    """
    told = pl.col("evidence").str.json_path_match(f"$.{TOGETHER}")
    own = pl.concat_str("work_id", pl.col("author_position").cast(pl.String), separator=" ")
    cases = person_matches.filter(pl.col("decision") == "review").with_columns(group=pl.coalesce(told, own)).sort(PLACE)
    first = {
        f"lead_{name}": pl.col(column).first().over("group")
        for name, column in zip(("work", "position"), PLACE, strict=True)
    }
    return cases.with_columns(**first).drop("group")


def _names(authorships: pl.DataFrame) -> Iterable[tuple[str, int, str, str]]:
    """Place, folded printed name, and key by which co-authors are compared."""
    printed = pl.coalesce("name_native", "name", "name_short").fill_null("")
    unique = authorships.select(printed=printed).unique()["printed"].to_list()
    keys = {text: fold(text) for text in unique}
    for work, position, text, key in authorships.select(*PLACE, printed, key=pl.col("name_key")).iter_rows():
        yield work, position, keys[text], key or keys[text]


def _spread(
    answers: dict[tuple[Place, str], dict[str, Any]], together: dict[Place, Place], machine: pl.DataFrame
) -> tuple[dict[Place, Said], set[Place]]:
    """Answers for single works and, over whole groups, those that agree; and the groups whose answers do not.

    One person is never two authors of one work.
    """
    direct = {
        place: _said(row)
        for (place, _), row in sorted(answers.items(), key=lambda item: item[0][1] == ONE)  # the narrower one last
        if row["decision"] in (PERSON, NOBODY)
    }
    reaching: dict[Place, list[Said]] = defaultdict(list)
    for (place, scope), row in answers.items():
        if scope == GROUP and row["decision"] in (PERSON, NOBODY) and place in together:
            reaching[together[place]].append(_said(row))
    agreed = {lead: said[0] for lead, said in reaching.items() if len({s.person for s in said}) == 1}
    disputed = set(reaching) - set(agreed)
    taken: dict[tuple[str, str], int] = defaultdict(int)
    linked = machine.filter(pl.col("decision") == "match").select(*PLACE, "person_id")
    for work, position, person in linked.iter_rows():
        taken[work, person] += (work, position) not in direct
    for (work, _), said in direct.items():
        taken[work, said.person or ""] += 1
    found = dict(direct)
    for (work, position), lead in sorted(together.items()):
        reached = agreed.get(lead)
        if reached is None or (work, position) in direct or (reached.person and taken[work, reached.person]):
            continue
        found[work, position] = Said(reached.person, reached.words | {TOGETHER: f"{lead[0]} {lead[1]}"})
        taken[work, reached.person or ""] += 1
    return found, disputed


def _notes(together: dict[Place, Place], disputed: set[Place]) -> dict[Place, dict[str, str]]:
    """What the evidence of an open case says of its group, where it is not alone in it."""
    sizes = Counter(together.values())
    told = {place: {TOGETHER: f"{lead[0]} {lead[1]}"} for place, lead in together.items() if sizes[lead] > 1}
    for place, note in told.items():
        note.update({DISPUTED: "互相不同"} if together[place] in disputed else {})
    return told


def _said(row: dict[str, Any]) -> Said:
    words = {"人工": row["reviewer"], "日期": row["date"], "判定": row["history"]}
    return Said(row["person_id"] if row["decision"] == PERSON else None, words)


def _answered(
    machine: pl.DataFrame, said: dict[Place, Said], notes: dict[Place, dict[str, str]], homes: pl.DataFrame
) -> pl.DataFrame:
    places = sorted({*said, *notes})
    rows = [
        (
            *place,
            place in said,
            one.person if (one := said.get(place)) else None,
            _json(one.words if one else notes[place]),
        )
        for place in places
    ]
    shape = {
        "work_id": pl.String,
        "author_position": pl.Int64,
        "has": pl.Boolean,
        "said_person": pl.String,
        "words": pl.String,
    }
    told = pl.DataFrame(rows, schema=shape, orient="row").join(
        homes.select(*PLACE, said_person="person_id", home="unit_id")
        .group_by(*PLACE, "said_person")
        .agg(pl.min("home")),
        on=[*PLACE, "said_person"],
        how="left",
    )
    has = pl.col("has").fill_null(False)
    own = pl.col("evidence").str.strip_suffix("}")
    gap = pl.when(own.str.len_chars() > 1).then(pl.lit(", ")).otherwise(pl.lit(""))
    return machine.join(told, on=PLACE, how="left", maintain_order="left").with_columns(
        person_id=pl.when(has).then("said_person").otherwise("person_id"),
        unit_id=pl.when(has & pl.col("said_person").is_not_null()).then(pl.coalesce("unit_id", "home")).otherwise("unit_id"),
        decision=pl.when(~has)
        .then("decision")
        .when(pl.col("said_person").is_not_null())
        .then(pl.lit("match"))
        .otherwise(pl.lit("no_match")),
        method=pl.when(has).then(pl.lit("reviewer")).otherwise("method"),
        score=pl.when(has).then(1.0).otherwise("score"),
        margin=pl.when(has).then(1.0).otherwise("margin"),
        evidence=pl.when(pl.col("words").is_not_null())
        .then(pl.concat_str(own, gap, "words", pl.lit("}")))
        .otherwise("evidence"),
    ).drop("has", "said_person", "words", "home")  # fmt: skip


def _json(words: dict[str, str]) -> str:
    """Members of a JSON object without its braces."""
    return json.dumps(words, ensure_ascii=False)[1:-1]


class _Sets:
    """Disjoint sets of anything that can be a key."""

    def __init__(self) -> None:
        self._parent: dict[Hashable, Hashable] = {}

    def has(self, one: Hashable) -> bool:
        return one in self._parent

    def root(self, one: Hashable) -> Hashable:
        path = []
        while (above := self._parent.setdefault(one, one)) != one:
            path.append(one)
            one = above
        for below in path:
            self._parent[below] = one
        return one

    def join(self, one: Hashable, other: Hashable) -> None:
        self._parent[self.root(one)] = self.root(other)
