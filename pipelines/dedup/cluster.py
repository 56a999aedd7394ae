"""Pairs to clusters: closure of the joins, but never over a contradiction; stable work ids from the ledger."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from itertools import combinations

import polars as pl

from pipelines.core.text import short_hash
from pipelines.dedup.prepare import accession_kind
from pipelines.dedup.rules import VETOES

ID_LENGTH = 12
VOTES = 3  # joins that outweigh one weak contradiction


class Forest:
    """Union-find over row numbers; the smaller number is the root, so the order of unions does not show."""

    def __init__(self, size: int) -> None:
        self.parent = list(range(size))

    def root(self, node: int) -> int:
        """The representative of a node's set."""
        parent = self.parent
        while parent[node] != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    def join(self, left: int, right: int) -> None:
        """Unite the sets of two nodes."""
        a, b = self.root(left), self.root(right)
        if a != b:
            self.parent[max(a, b)] = min(a, b)


def grouped(records: pl.DataFrame, pairs: pl.DataFrame) -> pl.DataFrame:
    """Group number of each record: joined records share one, unless the group would hold a contradiction.

    Grain: one row per record (columns row, group), in order of row. `records` needs row, record_id, source,
    accession_number, doi; `pairs` needs left_id, right_id, decision, score, rule, veto.
    """
    rows = records.select("record_id", "row")
    numbered = pairs.join(rows.rename({"record_id": "left_id", "row": "left"}), on="left_id").join(
        rows.rename({"record_id": "right_id", "row": "right"}), on="right_id"
    )
    joins = numbered.filter(pl.col("decision") == "join").sort(
        "score", "left", "right", descending=[True, False, False]
    )
    binding = pl.col("veto").is_in([veto.name for veto in VETOES if veto.contradicts])
    weak = pl.col("veto").is_in([veto.name for veto in VETOES if veto.outvoted])
    refusals = numbered.filter(
        (pl.col("decision") != "join") & (binding | ((pl.col("rule") == "librarian") & (pl.col("decision") == "apart")))
    ).select("left", "right", weak=weak.fill_null(False))
    forest = Forest(records.height)
    for left, right in joins.select("left", "right").iter_rows():
        forest.join(left, right)
    groups = pl.Series("group", [forest.root(i) for i in range(records.height)], dtype=pl.Int64)
    labelled = records.with_columns(groups)
    contested = _contested(labelled, joins, refusals)
    if contested.is_empty():
        return labelled.select("row", "group")
    split = _split(labelled.join(contested, on="group", how="semi"), joins, refusals)
    return (
        labelled.join(split, on="row", how="left", maintain_order="left")
        .select("row", group=pl.coalesce("part", "group"))
    )  # fmt: skip


def _identities(labelled: pl.DataFrame) -> pl.DataFrame:
    """What a work can have only one of: an accession number per source and kind, a DOI.

    Grain: one row per record and identity (columns row, group, kind, value).
    """
    accessions = labelled.select("row", "group", kind=accession_kind(), value="accession_number")
    dois = labelled.select("row", "group", kind=pl.lit("doi"), value=pl.col("doi"))
    return pl.concat([accessions, dois]).drop_nulls("value")


def _contested(labelled: pl.DataFrame, joins: pl.DataFrame, refusals: pl.DataFrame) -> pl.DataFrame:
    """Groups that hold two values of one identity, or a pair that a veto or a librarian keeps apart."""
    ids = _identities(labelled)
    twice = ids.group_by("group", "kind").agg(pl.col("value").n_unique()).filter(pl.col("value") > 1)
    place = labelled.select("row", "group")
    within = refusals.join(place.rename({"row": "left"}), on="left").join(
        place.rename({"row": "right", "group": "group_right"}), on="right"
    )
    apart = within.filter(pl.col("group") == pl.col("group_right"))
    return pl.concat([twice.select("group"), apart.select("group")]).unique()


def _split(labelled: pl.DataFrame, joins: pl.DataFrame, refusals: pl.DataFrame) -> pl.DataFrame:
    """Contested groups built again, surest pair first; a pair that would bring a contradiction is left out.

    Weak contradictions between two groups give way to VOTES times as many joins between them. Passes are repeated until nothing
    changes, since a group may gather votes later.

    Grain: one row per record of a contested group (columns row, part).
    """
    inside = labelled.select("row")
    edges = joins.join(inside, left_on="left", right_on="row", how="semi").select("left", "right").rows()
    direct = set(edges)
    strong = refusals.filter(~pl.col("weak")).select("left", "right").rows()
    forbidden = _neighbours([*_rivals(labelled, direct), *strong], inside["row"])
    doubted = _neighbours(refusals.filter("weak").select("left", "right").rows(), inside["row"])
    wanted = _neighbours(edges, inside["row"])
    members = {row: {row} for row in forbidden}
    home = {row: row for row in forbidden}
    changed = True
    while changed:
        changed = False
        for left, right in edges:
            a, b = sorted((home[left], home[right]), key=lambda r: (-len(members[r]), r))
            if a == b or any(forbidden[row] & members[a] for row in members[b]):
                continue
            doubts = sum(len(doubted[row] & members[a]) for row in members[b])
            if doubts and sum(len(wanted[row] & members[a]) for row in members[b]) < VOTES * doubts:
                continue
            for row in members[b]:
                home[row] = a
            members[a] |= members.pop(b)
            changed = True
    parts = {row: min(members[home[row]]) for row in forbidden}
    return pl.DataFrame({"row": list(parts), "part": list(parts.values())}, schema={"row": pl.UInt32, "part": pl.Int64})


def _neighbours(pairs: Iterable[tuple[int, int]], rows: Iterable[int]) -> dict[int, set[int]]:
    """Of each row the rows it is paired with, among the given rows."""
    found: dict[int, set[int]] = {row: set() for row in rows}
    for left, right in pairs:
        if left in found and right in found:
            found[left].add(right)
            found[right].add(left)
    return found


def _rivals(labelled: pl.DataFrame, direct: set[tuple[int, int]]) -> Iterable[tuple[int, int]]:
    """Pairs of rows with two values of one identity that no direct join has accepted."""
    by_kind = (
        _identities(labelled).group_by("group", "kind").agg("value", "row").filter(pl.col("value").list.n_unique() > 1)
    )
    for values, rows in by_kind.select("value", "row").iter_rows():
        accepted = {
            frozenset((x, y)) for (x, a), (y, b) in combinations(zip(values, rows, strict=True), 2)
            if (min(a, b), max(a, b)) in direct
        }  # fmt: skip
        for (x, a), (y, b) in combinations(zip(values, rows, strict=True), 2):
            if x != y and frozenset((x, y)) not in accepted:
                yield a, b


def identified(groups: pl.DataFrame, ledger_work_ids: pl.DataFrame) -> pl.DataFrame:
    """work_id and anchor of each group: an id that the ledger gave to one of its records, else one of its first record by rank.

    `ledger_work_ids` in order of arrival names every record that ever bore an id; the last line of a record is the id it bears. Of
    merged ids the oldest stays. Of groups that bear one id that keeps it which holds the record the id was made of; the other
    takes an id that its records bore before and nobody bears now, or a new one. So an id outlives the withdrawal of any of its
    records, and no record is drawn back to an id it left.

    Grain: one row per record. `groups` needs record_id, group, rank.
    """
    lines = ledger_work_ids.select(kept_id="work_id", record_id="anchor_record_id", first_build="first_build")
    lines = lines.with_row_index("line").with_columns(
        left=pl.col("line") < pl.col("line").max().over("record_id"),
        foreign=pl.col("kept_id") != _id_of(pl.col("record_id")),
        born=pl.col("first_build").min().over("kept_id"),
    )
    claims = groups.select("record_id", "group").join(lines, on="record_id")
    kept = _awarded(claims)
    first = groups.sort("group", "rank", "record_id", nulls_last=True).unique("group", keep="first")
    fresh = first.join(kept, on="group", how="anti")["record_id"].sort()
    new = pl.DataFrame(
        {"record_id": fresh, "new_id": _new_ids(fresh.to_list(), set(lines["kept_id"].to_list()))},
        schema_overrides={"new_id": pl.String},
    ).join(groups.select("record_id", "group"), on="record_id")
    named = pl.concat(
        [
            kept.select("group", work_id="kept_id", anchor_record_id="record_id"),
            new.select("group", work_id="new_id", anchor_record_id="record_id"),
        ]
    )
    return groups.join(named, on="group").select("record_id", "work_id", "anchor_record_id").sort("record_id")


def _awarded(claims: pl.DataFrame) -> pl.DataFrame:
    """One id per group and one group per id, best claims first, until no claim is left.

    Grain: one row per group that has an id; record_id is the record whose claim won.
    """
    awarded = [claims.clear()]
    while not claims.is_empty():
        won = claims.sort("left", "foreign", "first_build", "record_id").unique(
            "kept_id", keep="first", maintain_order=True
        )
        now = won.sort("left", "born", "kept_id").unique("group", keep="first", maintain_order=True)
        awarded.append(now)
        claims = claims.join(now, on="group", how="anti").join(now, on="kept_id", how="anti")
    return pl.concat(awarded)


def _id_of(record_id: pl.Expr) -> pl.Expr:
    return pl.concat_str(pl.lit("w_"), short_hash(record_id, ID_LENGTH))


def _new_ids(anchors: list[str], taken: set[str]) -> list[str]:
    """'w_' and 12 hex digits of SHA-256 of the anchor; a digest already given (2 in 10^9 at 10^6 works) is hashed again."""
    ids: list[str] = []
    for anchor in anchors:
        text = anchor
        while (work_id := f"w_{hashlib.sha256(text.encode()).hexdigest()[:ID_LENGTH]}") in taken:
            text += "#"
        taken.add(work_id)
        ids.append(work_id)
    return ids
