"""What rows of the review sheets are worth: the sample's truth answers them as a librarian would, a sheet at a time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import polars as pl

from pipelines.affiliations.reviewed import NAME, PART, asked
from pipelines.affiliations.split import words_from
from pipelines.core import dictionaries
from pipelines.core.decisions import EACH, NOBODY, NOT_OURS, PERSON, SCHOOL_ONLY, SEVERAL, UNIT
from pipelines.core.ledger import STREAMS
from pipelines.evaluate import people, units
from pipelines.people.reviewed import GROUP, ONE, open_groups
from pipelines.people.scope import PLACE

Scan = Callable[[str], pl.LazyFrame]
BUDGETS = (0, 100, 200, 500, 1000)
ADDRESSES, PEOPLE = "decisions_addresses", "decisions_people"
SHEET = 200  # rows listed by default
AGREED = 0.9  # share of addresses a text must mean the same in, for a person to answer for all of them
Line = dict[str, str]


def curve(
    rebuild: Callable[[dict[str, pl.DataFrame]], Scan], truth: Path, university: str, budgets: Iterable[int] = BUDGETS
) -> list[dict[str, Any]]:
    """Figures of units and people after so many answered rows, both sheets together, most unlocking first.

    `rebuild` makes the matching stages anew under a history of answers, which it does after every sheet. Grain: one row per budget.
    """
    librarian = _Librarian(truth, university)
    scan = rebuild({})
    first, found = None, []
    for budget in budgets:
        while librarian.answer(scan, min(SHEET, budget - librarian.rows)):
            scan = rebuild(librarian.history())
        told = librarian.figures(scan)
        first = first or told
        for kind in ("addresses", "people"):
            opened = first[f"{kind}_open"]
            told[f"{kind}_settled"] = units.share(opened - told[f"{kind}_open"], opened)
        found.append({"rows": budget, "answered": librarian.rows, **told})
    return found


class _Librarian:
    """Answers rows by the truth, and remembers what was asked."""

    def __init__(self, truth: Path, university: str) -> None:
        self.addresses = pl.read_parquet(truth / "addresses.parquet")
        self.authorships = pl.read_parquet(truth / "authorships.parquet")
        self.words = words_from(dictionaries.load("abbreviations", university))
        institutions = dictionaries.load("institutions", university)
        self.own = institutions.filter(pl.col("kind") == "own").get_column("institution_id").item()
        self.rows = 0
        self.lines: dict[str, list[Line]] = {ADDRESSES: [], PEOPLE: []}
        self.met: set[tuple[str, ...]] = set()

    def history(self) -> dict[str, pl.DataFrame]:
        """The ledger as the answers so far would make it."""
        return {s: pl.DataFrame(rows, schema=dict.fromkeys(STREAMS[s], pl.String)) for s, rows in self.lines.items()}

    def answer(self, scan: Scan, rows: int) -> int:
        """Answer so many rows of what is open, both kinds in one order by the works they hold up; how many there were."""
        if rows <= 0:
            return 0
        waiting = [*self._address_rows(scan), *self._people_rows(scan)]
        waiting = [row for row in waiting if row[2] not in self.met]
        sheet = sorted(waiting, key=lambda row: (-row[0], row[1], row[2]))[:rows]
        self.rows += len(sheet)
        for _, stream, key, line in sheet:
            self.met.add(key)
            if line:
                self.lines[stream].append({"reviewer": "标准答案", "date": "2026-01-01", **line})
        return len(sheet)

    def figures(self, scan: Scan) -> dict[str, Any]:
        """Precision, recall and share decided of units and people, and what is still open."""
        records = scan("records").select("record_id", *units.RECORD).collect()
        matches, signed = scan("affiliation_matches").collect(), scan("person_matches").collect()
        said = units.unit_scores(
            self.addresses, records, scan("addresses").collect(), matches, scan("units").collect(), self.own
        )
        who = people.people_scores(self.authorships, records, scan("work_authorships").collect(), signed)
        asked_share = said["asked_share"]
        return {
            "units": {
                "precision": said["precision"],
                "recall": said["recall"],
                "decided": None if asked_share is None else 1 - asked_share,
            },
            "people": {"precision": who["precision"], "recall": who["recall"], "decided": who["decided_share"]},
            "addresses_open": matches.filter(pl.col("decision") == "review")["address_id"].n_unique(),
            "people_open": signed.filter(pl.col("decision") == "review").height,
            "address_rows": self._address_groups(scan).height,
            "people_rows": open_groups(signed).select("lead_work", "lead_position").n_unique(),
        }

    # --- addresses
    def _address_groups(self, scan: Scan) -> pl.DataFrame:
        open_ = asked(scan("affiliation_matches").collect(), self.words)
        options = pl.col("options").list.explode(keep_nulls=False, empty_as_null=False)
        return open_.group_by("level", "key").agg(
            "address_id", text=pl.col("text").sort().first(), options=options.unique().sort()
        )

    def _address_rows(self, scan: Scan) -> Iterable[tuple[int, str, tuple[str, ...], Line | None]]:
        records = scan("records").select("record_id", *units.RECORD).collect()
        tables = {name: scan(name).collect() for name in ("addresses", "affiliation_matches", "units")}
        printed = units.joined(self.addresses, records, **tables, own=self.own)
        meant: dict[str, list[tuple[bool, list[str], list[str]]]] = {}
        for address, *row in printed.select("address_id", "is_ours", "meant", "said").iter_rows():
            meant.setdefault(address, []).append(tuple(row))
        root = set(tables["units"].filter(pl.col("unit_kind") == "university")["unit_id"])
        used = scan("work_addresses").select("work_id", "address_id").unique().collect()
        works = used.group_by("address_id").agg("work_id")
        works_of = dict(works.iter_rows())
        for level, key, ids, text, options in self._address_groups(scan).sort("level", "key").iter_rows():
            weight = len({work for address in ids for work in works_of.get(address, ())})
            told = [row for address in ids for row in meant.get(address, ())]
            line = _address_line(level, told, set(options), root)
            named = {"segment": text, "level": level, **line} if line else None
            yield weight, ADDRESSES, (ADDRESSES, level, key), named

    # --- people
    def _people_rows(self, scan: Scan) -> Iterable[tuple[int, str, tuple[str, ...], Line | None]]:
        records = scan("records").select("record_id", *units.RECORD).collect()
        signed = scan("person_matches").collect()
        byline = scan("work_authorships").collect()
        truth = people.joined(self.authorships, records, byline, signed).select(*PLACE, "true_person", known=True)
        printed = pl.coalesce("name", "name_native", "name_short").fill_null("")
        names = byline.select(*PLACE, lead_record="record_id", lead_name=printed)
        lead = {"lead_work": "work_id", "lead_position": "author_position"}
        cases = (
            open_groups(signed)
            .join(truth, on=PLACE, how="left")
            .join(names.rename({v: k for k, v in lead.items()}), on=list(lead), how="left")
            .group_by(*lead, "lead_record", "lead_name")
            .agg("true_person", pl.len(), pl.col("known").fill_null(False).all())
        )
        for work, position, record, name, persons, size, known in cases.sort(*lead).iter_rows():
            scope = GROUP if size > 1 else ONE
            line = {"record_id": record, "author_position": str(position), "name": name or "", "scope": scope}
            said = _person_line(persons) if known else None
            yield size, PEOPLE, (PEOPLE, work, str(position), scope), line | said if said else None


def _person_line(persons: list[str | None]) -> Line:
    if len(set(persons)) > 1:
        return {"decision": SEVERAL}
    return {"decision": PERSON, "person_id": persons[0]} if persons[0] else {"decision": NOBODY}


def _address_line(
    level: str, told: list[tuple[bool, list[str], list[str]]], options: set[str], root: set[str]
) -> Line | None:
    """What a text means, told (is ours, units meant, units read already) of every printed address with it; None = unsure."""
    meanings: Counter[tuple[str, str]] = Counter()
    for ours, meant, said in told:
        left = set(meant) - set(said) - root
        if not ours:
            meanings[NOT_OURS, ""] += 1
        elif not left or (level == NAME and not left & options):
            meanings[SCHOOL_ONLY, ""] += 1
        else:
            meanings[UNIT, ";".join(sorted(left))] += 1
    if not meanings:
        return None
    (decision, unit), count = meanings.most_common(1)[0]
    if count >= AGREED * len(told):
        return {"decision": decision, "unit_id": unit}
    return {"decision": EACH} if level == PART else None
