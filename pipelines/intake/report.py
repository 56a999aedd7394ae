"""What an intake did, file by file, in words."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass
from typing import Any

FATES = {
    "accepted": "已收取",
    "duplicate": "重复，未改变任何数据",
    "refused": "未接受，已移入 quarantine",
    "copying": "仍在复制",
    "held": "留在收件箱，待改正",
    "ignored": "已忽略",
    "missing": "已不在收件箱",
}


@dataclass(frozen=True)
class Outcome:
    """What became of one file of the inbox."""

    file: str
    fate: str
    source: str = ""
    batch_id: str = ""
    words: str = ""
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class IntakeReport:
    """One look into the inbox. Grain of `outcomes`: one entry per file seen; `decisions` counts answers of returned sheets."""

    outcomes: tuple[Outcome, ...] = ()
    notes: tuple[str, ...] = ()
    decisions: int = 0

    @property
    def sources(self) -> tuple[str, ...]:
        """Sources with new batches."""
        return tuple(sorted({o.source for o in self.outcomes if o.fate == "accepted"}))

    @property
    def batches(self) -> tuple[tuple[str, str], ...]:
        """New batches as (source, batch_id)."""
        return tuple(sorted({(o.source, o.batch_id) for o in self.outcomes if o.fate == "accepted"}))

    @property
    def counts(self) -> dict[str, int]:
        """Files by fate."""
        found = Counter(o.fate for o in self.outcomes)
        return {fate: found[fate] for fate in FATES if found[fate]}

    @property
    def warnings(self) -> tuple[str, ...]:
        """Everything that should be told, once."""
        return tuple(dict.fromkeys([*self.notes, *(w for o in self.outcomes for w in o.warnings)]))

    def as_dict(self) -> dict[str, Any]:
        """For `--json`."""
        return {
            "sources": list(self.sources),
            "counts": self.counts,
            "decisions": self.decisions,
            "warnings": list(self.warnings),
            "files": [asdict(o) for o in self.outcomes],
        }

    def words(self) -> str:
        """A few lines: counts, then what needs a person."""
        if not self.outcomes and not self.warnings:
            return "收件箱是空的"
        lines = ["，".join(f"{FATES[fate]} {n} 个文件" for fate, n in self.counts.items())]
        told = ("refused", "held", "missing", "copying")
        lines += [f"{o.file}：{o.words or FATES[o.fate]}" for o in self.outcomes if o.fate in told]
        return "\n".join([*lines, *self.warnings])
