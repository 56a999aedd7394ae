"""Sheets of rosters: a header may be spread over two rows, with cells merged across and down."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import polars as pl

from pipelines.sources import _delimited, _rows, _sheets, _table


def upright(rows: list[list[str]], spec: _rows.Spec) -> list[list[str]]:
    """First rows of a table with a header of two rows put into its lower row: below a group ('成果信息') the labels, beside it the
    labels that are merged downwards. Rows with a header of one row come back as they are."""
    _, alone = _table.find(rows, spec)
    best = _best(rows, spec)
    if best is None or best[1] <= alone:
        return rows
    at, _, joined = best
    return [*rows[:at], [], joined, *rows[at + 2 :]]


def parts(
    path: Path, form: str, encoding: str, sheet: str, spec: _rows.Spec, next_step: str
) -> Iterator[_delimited.Part]:
    """Rows below the header in frames, and rows that cannot be split. Errors: SourceError when a required header is missing."""
    if form == "csv":
        yield from _delimited.frames(path, encoding, spec, next_step)
        return
    grid = _sheets.grid(path, sheet)
    first = _sheets.rows(grid, _table.SEARCHED)
    told = upright(first, spec)
    if told is not first:
        head = pl.DataFrame(
            [[*row, *[""] * (grid.width - len(row))] for row in told],
            schema=dict.fromkeys(grid.columns, pl.String),
            orient="row",
        )
        grid = pl.concat([_sheets.clean(head), grid.slice(len(first))])
    yield _table.body(grid, _table.header(_sheets.rows(grid, _table.SEARCHED), spec, path.name)), []


def _best(rows: list[list[str]], spec: _rows.Spec) -> tuple[int, int, list[str]] | None:
    """The pair of rows that together hold most known labels: where, how many, and the labels."""
    known = _table.variants(spec)
    pairs = []
    for at, (upper, lower) in enumerate(pairwise(rows)):
        width = max(len(upper), len(lower))
        wide = [[*row, *[""] * (width - len(row))] for row in (upper, lower)]
        joined = [below or above for above, below in zip(*wide, strict=True)]
        pairs.append((at, len({known[k] for cell in joined if (k := _table.label(cell)) in known}), joined))
    return max(pairs, key=lambda pair: (pair[1], -pair[0]), default=None)
