"""The filter summary of an InCites export: dataset, schema, window, document types, dates. It stands behind the rows or on a second sheet."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field

from pipelines.core import schema

SOURCE = "incites"
_START = re.compile(r"(?i)^(?:filter summary|筛选(?:条件)?(?:摘要|汇总|概要)|筛选条件|过滤(?:条件|摘要))\s*[:：]?")
_DATES = re.compile(r"(?i)^(?:copyright\b|©|export(?:ed)?\s*date|导出日期|incites\s*(?:dataset|数据集)|数据集更新)")
_EXPORTED = re.compile(r"(?i)^(?:export(?:ed)?\s*date|导出日期)\s*[:：]?\s*(.+)$")
_UPDATED = re.compile(r"(?i)(?:dataset updated|数据集(?:已)?更新(?:日期|时间|于)?)\s*[:：]?\s*(.+?)(?:\.\s|。|$)")
_THROUGH = re.compile(r"(?i)(?:indexed through|截至|收录至|截止(?:到|至)?)\s*[:：]?\s*(.+?)(?:\.\s|。|\.?$)")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


@dataclass
class Summary:
    """What the lines of a summary say; `lines` as printed."""

    values: dict[str, str] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)

    def add(self, cells: Iterable[str]) -> None:
        """One line of the summary; a re-save may have cut it at its commas."""
        line = ", ".join(cell.strip() for cell in cells if cell and cell.strip())
        if not line or _START.fullmatch(line):
            return
        self.lines.append(line)
        for name, pattern in (("exported", _EXPORTED), ("dataset_updated", _UPDATED), ("data_through", _THROUGH)):
            if (match := pattern.search(line)) and (day := iso_date(match.group(1))):
                self.values.setdefault(name, day)
        key, mark, value = _cut(line)
        if mark and (known := _names().get(_plain(key))):
            self.values.setdefault(known, value)


def begins(cell: str) -> bool:
    """Whether a row whose first cell this is begins the summary."""
    return bool(_START.match(cell) or _DATES.match(cell))


def iso_date(text: str) -> str | None:
    """YYYY-MM-DD of `2026-01-05`, `Jan 05, 2026`, `2026年1月5日`, `5 January 2026`; None for anything else."""
    plain = unicodedata.normalize("NFKC", text)
    if match := re.search(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})", plain):
        year, month, day = (int(part) for part in match.groups())
    elif match := re.search(r"(?i)([a-z]{3})[a-z]*\.?\s+(\d{1,2})\s*,?\s*(\d{4})", plain):
        year, month, day = int(match.group(3)), _month(match.group(1)), int(match.group(2))
    elif match := re.search(r"(?i)(\d{1,2})\s+([a-z]{3})[a-z]*\.?,?\s+(\d{4})", plain):
        year, month, day = int(match.group(3)), _month(match.group(2)), int(match.group(1))
    else:
        return None
    return f"{year}-{month:02d}-{day:02d}" if 1 <= month <= 12 and 1 <= day <= 31 else None


def _month(name: str) -> int:
    return _MONTHS.index(name.lower()) + 1 if name.lower() in _MONTHS else 0


def _cut(line: str) -> tuple[str, str, str]:
    at = min((line.find(mark) for mark in (":", "：") if mark in line), default=-1)
    return (line[:at], line[at], line[at + 1 :].strip().strip("[]").strip()) if at > 0 else (line, "", "")


def _names() -> dict[str, str]:
    spec = schema.source(SOURCE).spec["summary"]
    return {_plain(label): name for name, labels in spec.items() for label in labels}


def _plain(text: str) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).casefold()
