"""Rows about persons who objected, who were deleted, or whose time is over: they do not come in again, and why is said in words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import polars as pl

from pipelines.core import ledger, objections, schema, subjects
from pipelines.core.store import Store

OBJECTION, TOMBSTONE = "本人提出异议，平台不处理其个人数据", "该人员的数据已按要求删除或保存期已满，不再收录"
NEXT = "无需处理；如有疑问请看 xueheng privacy list"
_APART = re.compile(r"[;；,，、/\s]+")


@dataclass(frozen=True)
class Screened:
    """Rows that may stay, those set aside (with the reason in place of their text), and how many were reduced."""

    rows: pl.DataFrame
    withheld: pl.DataFrame  # row, text, expected, found, next_step as of rows that cannot be read
    reduced: int


class Screen:
    """What may not come in of one source."""

    def __init__(self, place: Store, source: str) -> None:
        self.spec: dict[str, Any] = schema.privacy()["sources"].get(source, {})
        objected = objections.standing(ledger.read(place.ledger, objections.STREAM)) if self.spec else None
        told = objected["identifiers"].drop_nulls().to_list() if objected is not None else []
        self.objected = {one for line in told for one in line.split("\n")}
        self.gone = set(ledger.read(place.ledger, "tombstones")["hash"]) if self.spec else set()
        self.key = subjects.secret(place) if self.gone else b""

    def __call__(self, rows: pl.DataFrame) -> Screened:
        """Sort the rows of a chunk. Nothing is looked at where nobody objected and nothing was deleted."""
        nothing = Screened(rows, _aside([], ""), 0)
        if rows.is_empty() or not (self.objected or self.gone):
            return nothing
        rows = self._unmentioned(rows)
        telling = {*self.spec.get("only", {}), *self.spec.get("ids", {}), *self.spec.get("row", [])} & set(rows.columns)
        said = [self._of(row) for row in rows.select(sorted(telling)).iter_rows(named=True)]
        marked = rows.with_columns(_why=pl.Series(said, dtype=pl.String))
        kept, kinds = self.spec.get("kept", {}), self.spec.get("kind")
        reducible = pl.col(str(kinds)).is_in(list(kept)) if kinds else pl.lit(False)
        objected = (pl.col("_why") == OBJECTION).fill_null(False)
        out = marked.filter(pl.col("_why").is_not_null() & ~(objected & reducible))
        stay = marked.filter(pl.col("_why").is_null() | (objected & reducible))
        reduced = stay.filter(pl.col("_why").is_not_null()).height
        for kind, columns in kept.items():
            empty = (pl.col("_why") == OBJECTION).fill_null(False) & (pl.col(str(kinds)) == kind)
            cells = [c for c in rows.columns if c not in (*columns, "source_row") and rows[c].dtype == pl.String]
            stay = stay.with_columns(pl.when(~empty).then(pl.col(cells)))
        return Screened(stay.drop("_why"), _aside(out["source_row"].to_list(), *out["_why"].to_list()), reduced)

    def _of(self, row: dict[str, Any]) -> str | None:
        """Why a row may not come in as it is; None when it may."""
        if any(row.get(c) != v for c, v in self.spec.get("only", {}).items()):
            return None
        named = identifiers(self.spec, row)
        if self.gone and any(subjects.keyed(self.key, *one.split(":", 1)) in self.gone for one in named):
            return TOMBSTONE
        return OBJECTION if self.objected.intersection(named) else None

    def _unmentioned(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Cells that name others by number, without the numbers of those who were deleted."""
        for column in self.spec.get("mentions", []):
            if column in rows.columns and self.gone:
                rows = rows.with_columns(pl.Series(column, [self._cell(v) for v in rows[column]], dtype=pl.String))
        return rows

    def _cell(self, text: str | None) -> str | None:
        parts = [p for p in _APART.split(text or "") if p]
        left = [p for p in parts if subjects.keyed(self.key, "person_id", p) not in self.gone]
        return text if len(left) == len(parts) else "；".join(left) or None


def identifiers(spec: dict[str, Any], row: dict[str, Any]) -> list[str]:
    """'kind:value' of everything in a raw row that says who it is about."""
    found = [f"{kind}:{_plain(kind, str(row[c]))}" for c, kind in spec.get("ids", {}).items() if row.get(c)]
    cells = [" ".join(str(row.get(c) or "").split()) for c in spec.get("row", [])]
    return [*found, f"row:{'|'.join(cells)}"] if any(cells) else found


def _plain(kind: str, value: str) -> str:
    text = value.strip()
    return text.rsplit("/", 1)[-1].upper() if kind == "orcid" else text


def _aside(rows: list[int], *reasons: str) -> pl.DataFrame:
    """Rows set aside without their content: that is what may not be kept."""
    return pl.DataFrame(
        {
            "row": rows,
            "text": ["（内容不保留）"] * len(rows),
            "expected": ["可以处理的个人数据"] * len(rows),
            "found": list(reasons)[: len(rows)],
            "next_step": [NEXT] * len(rows),
        },
        schema={"row": pl.Int64, **dict.fromkeys(("text", "expected", "found", "next_step"), pl.String)},
    )
