"""Which release of ESI a table can belong to, by what the table itself says. It never says the release; it rules releases out."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import polars as pl

from pipelines.core import periods
from pipelines.sources import Chunk, Recognised

MANY = 30  # papers from which a list must hold some of the last years
_EXPORTED = re.compile(r"(?i)Export Date\D*(\d{4})[-/.](\d{2})[-/.](\d{2})")
_STAMPED = re.compile(r"(?i)(?:Copyright|©)\D*(20\d{2})")


@dataclass(frozen=True)
class Said:
    """What a table says of its time: day of export, year of the copyright line, first and last year of papers or of baselines."""

    exported: date | None = None
    stamped: int | None = None
    papers: tuple[int, int, int] | None = None  # first year, last year, how many papers
    baseline: tuple[int, int] | None = None

    def __bool__(self) -> bool:
        return any((self.exported, self.stamped, self.papers, self.baseline))

    @property
    def release(self) -> str | None:
        """The release that was on show on the day of export, where that is certain."""
        period, certain = periods.release_before(self.exported) if self.exported else ("", False)
        return period if certain else None

    def contradiction(self, period: str) -> str:
        """Why the table cannot be of this release, in words; '' when nothing speaks against it."""
        year, month = (int(part) for part in period.split("-"))
        first, last = periods.window(period)
        if self.exported and period not in _on_show(self.exported):
            return f"页脚的导出日期是 {self.exported}，那时在线的是 {' 或 '.join(_on_show(self.exported))} 期"
        # the stamp lags behind in spring; a November release may be exported in the next January
        if self.stamped and not (self.stamped in (year, year - 1) or (month == 11 and self.stamped == year + 1)):
            return f"页脚的版权年是 {self.stamped}"
        if self.baseline and self.baseline != (first, last):
            return f"基线的年份是 {self.baseline[0]}–{self.baseline[1]}，而 {period} 期应为 {first}–{last}"
        if self.papers:
            oldest, newest, count = self.papers
            # the year of the cover may differ from the year of the database by one or two
            if oldest < first - 2 or newest > year + 1 or (count >= MANY and newest < last - 2):
                return f"论文的出版年是 {oldest}–{newest}，与 {period} 期的窗口 {first}–{last} 不符"
        return ""

    def words(self) -> str:
        """What was said, for people."""
        parts = [
            f"页脚导出日期 {self.exported}" if self.exported else "",
            f"版权年 {self.stamped}" if self.stamped else "",
            f"基线年份 {self.baseline[0]}–{self.baseline[1]}" if self.baseline else "",
            f"论文出版年 {self.papers[0]}–{self.papers[1]}" if self.papers else "",
        ]
        return "，".join(part for part in parts if part)


def said(found: Recognised, chunks: Iterable[Chunk]) -> Said:
    """What a table says, from its rows and its footer."""
    rows = pl.concat([chunk.rows for chunk in chunks], how="diagonal_relaxed")
    footer = str((rows["footer"].drop_nulls().first() if rows.height else None) or found.details.get("footer") or "")
    exported, stamped = _EXPORTED.search(footer), _STAMPED.search(footer)
    years = rows["publication_date"].str.extract(r"((?:19|20)\d{2})", 1).drop_nulls().cast(pl.Int64)
    columns = sorted(int(c[:4]) for c in rows.columns if re.fullmatch(r"\d{4}(\.0)?", c))
    return Said(
        _day(exported.groups()) if exported else None,
        int(stamped.group(1)) if stamped else None,
        (min(years), max(years), len(years)) if len(years) else None,
        (columns[0], columns[-1]) if columns else None,
    )


def _on_show(day: date) -> list[str]:
    """Releases that can have been on show on a day: in an odd month the one before may still have been."""
    period, certain = periods.release_before(day)
    return [period] if certain else [_before(period), period]


def _before(period: str) -> str:
    year, month = (int(part) for part in period.split("-"))
    return f"{year}-{month - 2:02d}" if month > 2 else f"{year - 1}-{month + 10:02d}"


def _day(parts: tuple[str, ...]) -> date | None:
    try:
        return date(*(int(part) for part in parts))
    except ValueError:
        return None
