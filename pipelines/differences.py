"""What is different between two builds: files, works, rows. Read from the Parquet parts of both; parts that both hold are equal unread."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from pipelines.builds import Build
from pipelines.core import ledger, schema, store
from pipelines.core.errors import ConfigError
from pipelines.stages import STAGES

EXAMPLES = 10
COMPARED = 100_000  # changed rows whose columns are compared one by one; beyond it the first ones stand for all
TEXT = 120  # characters of a value that are shown
_SIDES = ("old", "new")


def differences(old: Build, new: Build, table: str | None = None, people: bool = False) -> dict[str, Any]:
    """Files that came or left, what became of works, and per table the rows added, removed and changed.

    `table`: only this one, with examples; `people`: examples of personal tables too (the caller may read them). Equal rows that
    stand several times in a table count once. Errors: ConfigError for an unknown table or a build without its stages.
    """
    for build in (old, new):
        if not build.manifest("clusters").exists():
            raise ConfigError(
                f"构建 {build.build_id} 没有做完，不能比较", next_step="用 xueheng builds list 选做完的构建"
            )
    if table and table not in STAGES:
        raise ConfigError(f"没有名为 {table} 的表", expected="、".join(STAGES))
    found = [Compared(old, new, name, people).told(bool(table)) for name in ([table] if table else STAGES)]
    return {
        "old": old.build_id,
        "new": new.build_id,
        "circumstances": _circumstances(old, new),
        "files": _files(old, new),
        "works": works(old, new),
        "tables": [t for t in found if table or t["added"] or t["removed"] or t["changed"]],
        "tables_equal": sum(not (t["added"] or t["removed"] or t["changed"]) for t in found),
    }


@dataclass(frozen=True)
class Compared:
    """One table in two builds."""

    old: Build
    new: Build
    table: str
    people: bool = False

    def told(self, examples: bool) -> dict[str, Any]:
        """Counts, columns in which changed rows differ (column -> rows), and examples by key."""
        declared = schema.table(self.table)
        rows = {f"rows_{side}": sum(p["rows"] for p in _parts(b, self.table).values()) for side, b in self._builds()}
        head = {"table": self.table, "zh": declared.zh, "access": declared.access, **rows}
        scans = self._scans()
        if not any(scans.values()):
            return head | {"added": 0, "removed": 0, "changed": 0}
        try:
            return head | self._rows({side: _scan(files, self.table) for side, files in scans.items()}, examples)
        except PermissionError:  # another user's: the accounts of both builds are all that may be read
            return head | {"added": None, "removed": None, "changed": None}

    def _builds(self) -> tuple[tuple[str, Build], ...]:
        return (("old", self.old), ("new", self.new))

    def _scans(self) -> dict[str, list[Path]]:
        """Files of each side that the other does not hold byte for byte."""
        held = {side: _parts(build, self.table) for side, build in self._builds()}
        sums = {side: Counter(p["sha256"] for p in parts.values()) for side, parts in held.items()}
        both = sums["old"] & sums["new"]
        found: dict[str, list[Path]] = {}
        for side, build in self._builds():
            left = both.copy()
            found[side] = []
            for part in held[side].values():
                if left[part["sha256"]]:
                    left[part["sha256"]] -= 1
                else:
                    found[side].append(build.home.table(build.build_id, self.table) / part["file"])
        return found

    def _rows(self, scans: dict[str, pl.LazyFrame], examples: bool) -> dict[str, Any]:
        declared = schema.table(self.table)
        key = list(declared.key)
        hashes = {side: scan.select(_row=_hash(declared)).collect()["_row"].unique() for side, scan in scans.items()}
        keys = {}
        for side, other in (_SIDES, _SIDES[::-1]):
            only = hashes[side].filter(~hashes[side].is_in(hashes[other].implode()))
            lines = scans[side].filter(_hash(declared).is_in(only.implode())) if only.len() else scans[side].limit(0)
            keys[side] = lines.select(key).unique().collect().sort(key)
        added, removed = (
            keys[a].join(keys[b], on=key, how="anti", nulls_equal=True) for a, b in (_SIDES[::-1], _SIDES)
        )
        changed = keys["new"].join(keys["old"], on=key, how="semi", nulls_equal=True).sort(key)
        counts = {"added": added.height, "removed": removed.height, "changed": changed.height}
        if declared.access == "personal" and not self.people:
            return counts
        columns, shown = self._columns(scans, changed, key)
        told = counts | {"columns": columns, "columns_of": min(changed.height, COMPARED)}
        if examples:
            told |= {"examples": {"added": _first(added), "removed": _first(removed), "changed": shown}}
        return told

    def _columns(
        self, scans: dict[str, pl.LazyFrame], changed: pl.DataFrame, key: list[str]
    ) -> tuple[dict[str, int], list[dict[str, Any]]]:
        """Columns in which changed rows differ, with how many, and the rows that differ most, with both values."""
        if changed.is_empty():
            return {}, []
        asked = changed.head(COMPARED).lazy()
        sides = [
            scans[side].join(asked, on=key, how="semi", nulls_equal=True).unique(key, keep="first").collect()
            for side in _SIDES
        ]
        both = sides[0].join(sides[1], on=key, suffix=" new", nulls_equal=True).sort(key)
        others = [c for c in sides[0].columns if c not in key]
        differs = both.select(pl.col(c).ne_missing(pl.col(f"{c} new")) for c in others)
        counts = {c: int(differs[c].sum()) for c in others}
        most = differs.select(pl.sum_horizontal(pl.all()).arg_sort(descending=True).head(EXAMPLES)).to_series()
        rows = zip(both[most].to_dicts(), differs[most].to_dicts(), strict=True)
        shown = [
            {k: row[k] for k in key} | {c: [_short(row[c]), _short(row[f"{c} new"])] for c in others if different[c]}
            for row, different in rows
        ]
        return dict(sorted(((c, n) for c, n in counts.items() if n), key=lambda item: -item[1])), shown


def works(old: Build, new: Build) -> dict[str, Any]:
    """What became of works: counts by kind with examples; unchanged: the same records under the same id.

    merged: holds records of several old works; split: its old records are in several works now; renumbered: the same records under
    another id; grown, shrunk: the same work with more or fewer records; new, gone: no record of it was there, is there.
    """
    if sorted(p["sha256"] for p in _parts(old, "clusters").values()) == sorted(
        p["sha256"] for p in _parts(new, "clusters").values()
    ):
        return {"unchanged": new.scan("clusters").select(pl.col("work_id").n_unique()).collect().item()}
    sides = [
        b.scan("clusters").select("record_id", pl.col("work_id").alias(s))
        for s, b in zip(_SIDES, (old, new), strict=True)
    ]
    homes = sides[0].join(sides[1], on="record_id", how="full", coalesce=True)
    flows = homes.group_by("old", "new").agg(records=pl.len()).collect()
    seen = flows.with_columns(
        to=pl.col("new").n_unique().over("old") - pl.col("new").is_null().any().over("old"),
        of=pl.col("old").n_unique().over("new") - pl.col("old").is_null().any().over("new"),
        lost=pl.col("new").is_null().any().over("old"),
        got=pl.col("old").is_null().any().over("new"),
    )
    kept = pl.col("old").is_not_null() & pl.col("new").is_not_null()
    alone = kept & (pl.col("to") == 1) & (pl.col("of") == 1)
    kinds = {
        "merged": (kept & (pl.col("of") > 1), "new", "old"),
        "split": (kept & (pl.col("to") > 1), "old", "new"),
        "renumbered": (alone & (pl.col("old") != pl.col("new")), "old", "new"),
        "grown": (alone & pl.col("got") & (pl.col("old") == pl.col("new")), "new", "old"),
        "shrunk": (alone & pl.col("lost") & (pl.col("old") == pl.col("new")), "old", "new"),
        "new": (pl.col("old").is_null() & (pl.col("of") == 0), "new", "old"),
        "gone": (pl.col("new").is_null() & (pl.col("to") == 0), "old", "new"),
    }
    told: dict[str, Any] = {}
    for kind, (where, one, others) in kinds.items():
        found = seen.filter(where).group_by(one).agg(pl.col(others).drop_nulls().sort()).sort(one)
        told[kind] = {
            "works": found.height,
            "examples": [{"work_id": w, others: o} for w, o in found.head(EXAMPLES).rows()],
        }
    same = alone & ~pl.col("got") & ~pl.col("lost") & (pl.col("old") == pl.col("new"))
    return told | {"unchanged": seen.filter(same).height}


def _files(old: Build, new: Build) -> dict[str, list[dict[str, Any]]]:
    """Files of which only the new build (came) or only the old one (left) holds rows."""
    held = [
        {(b["source"], b["batch_id"], f["file"]): f for b in build.batches for f in b["files"]} for build in (old, new)
    ]

    def listed(
        keys: set[tuple[str, str, str]], side: dict[tuple[str, str, str], dict[str, Any]]
    ) -> list[dict[str, Any]]:
        return [
            {"source": s, "zh": schema.source(s).zh, "batch_id": b, "file": f, "accepted": side[s, b, f]["accepted"]}
            for s, b, f in sorted(keys)
        ]

    return {
        "came": listed(held[1].keys() - held[0].keys(), held[1]),
        "left": listed(held[0].keys() - held[1].keys(), held[0]),
    }


def _circumstances(old: Build, new: Build) -> dict[str, Any]:
    """What else may have changed a result: the program, libraries, lines in the ledger."""
    paths = [b.home.build(b.build_id) / "build.json" for b in (old, new)]
    if not all(p.exists() for p in paths):
        return {}
    a, b = (store.read_json(p) for p in paths)
    return {
        "program_old": a["git"], "program_new": b["git"],
        "versions": {n: [a["versions"].get(n), v] for n, v in b["versions"].items() if a["versions"].get(n) != v},
        "ledger": [s for s in ledger.STREAMS if a["ledger"].get(s) != b["ledger"].get(s)],
    }  # fmt: skip


def _parts(build: Build, table: str) -> dict[str, dict[str, Any]]:
    """Parts of a table; none in a build that was made before the table was."""
    return build.parts(table) if build.manifest(table).exists() else {}


def _scan(files: list[Path], table: str) -> pl.LazyFrame:
    """Files as the table is declared today; columns that a file lacks are null."""
    declared = schema.table(table)
    frames = [declared.empty().lazy()]
    for file in files:
        here = pl.scan_parquet(file)
        have = here.collect_schema().names()
        columns = [
            (pl.col(c).cast(t, strict=False) if c in have else pl.lit(None, dtype=t)).alias(c)
            for c, t in declared.polars.items()
        ]
        frames.append(here.select(columns))
    return pl.concat(frames)


def _hash(declared: schema.TableSchema) -> pl.Expr:
    return pl.struct(list(declared.polars)).hash()


def _first(keys: pl.DataFrame) -> list[dict[str, Any]]:
    return keys.head(EXAMPLES).to_dicts()


def _short(value: Any) -> Any:
    return value[:TEXT] + "…" if isinstance(value, str) and len(value) > TEXT else value
