"""A verdict: what the gate found in a batch, in words, with the first bad rows; saved beside what it is about."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from pipelines.core.errors import PipelineError

FAIL = "fail"
WARN = "warn"
LABELS = {"expected": "应为", "found": "实际", "where": "位置", "safe": "影响", "next_step": "下一步"}


@dataclass(frozen=True)
class Finding:
    """One thing that is not as it should be. `rows` are the first row numbers, `count` is how many there are."""

    check: str
    severity: str
    what: str
    expected: str = ""
    found: str = ""
    where: str = ""
    safe: str = ""
    next_step: str = ""
    count: int = 0
    rows: tuple[int, ...] = ()

    def words(self) -> str:
        """What happened, expected, found, where, what is safe, next step: one line each."""
        lines = [self.what]
        lines += [f"  {label}：{getattr(self, name)}" for name, label in LABELS.items() if getattr(self, name)]
        return "\n".join(lines)

    @classmethod
    def of(cls, error: PipelineError, check: str = "structure") -> Finding:
        """The same words as an error's."""
        parts: dict[str, Any] = {name: error.parts[label] for name, label in LABELS.items()}
        return cls(check, FAIL, error.what, **parts)


@dataclass(frozen=True)
class Verdict:
    """All findings on one batch of one source."""

    source: str
    batch_id: str
    findings: tuple[Finding, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether nothing of severity `fail` was found."""
        return all(f.severity != FAIL for f in self.findings)

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "source": self.source,
            "batch_id": self.batch_id,
            "passed": self.passed,
            "findings": [asdict(f) for f in self.findings],
        }

    def as_json(self) -> str:
        """The same as text."""
        return json.dumps(self.as_dict(), ensure_ascii=False, indent=1) + "\n"

    def words(self) -> str:
        """For 说明.txt: a person reads it from top to bottom."""
        head = f"批次 {self.batch_id}（{self.source}）：" + ("有提醒" if self.passed else "有内容未被接受")
        if not self.findings:
            return f"批次 {self.batch_id}（{self.source}）：没有发现问题\n"
        numbered = [f"{n}. {f.words()}" for n, f in enumerate(self.findings, 1)]
        return "\n\n".join([head, *numbered]) + "\n"

    def save(self, folder: Path) -> None:
        """Write verdict.json and 说明.txt into a folder."""
        (folder / "verdict.json").write_text(self.as_json(), encoding="utf-8")
        (folder / "说明.txt").write_text(self.words(), encoding="utf-8")
