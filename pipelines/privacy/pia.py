"""The record of the personal information protection impact assessment (docs/pia.md): its version, its date, whether it still holds."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pipelines.core.errors import ConfigError
from pipelines.core.settings import PROJECT

RECORD = PROJECT / "docs" / "pia.md"
MONTHS = 12
_VERSION = re.compile(r"^- 版本：\s*(\S+)", re.MULTILINE)
_DATE = re.compile(r"^- 批准日期：\s*(\d{4})-(\d{2})-(\d{2})\s*$", re.MULTILINE)


@dataclass(frozen=True)
class Assessment:
    """Version, day of approval (None = not approved yet), whether it holds today, and why not."""

    version: str | None
    approved: date | None
    is_current: bool
    reason: str


def assessed(today: date, record: Path = RECORD) -> Assessment:
    """What the record says of itself."""
    if not record.exists():
        return Assessment(None, None, False, "没有个人信息保护影响评估记录")
    text = record.read_text(encoding="utf-8")
    version = found[1] if (found := _VERSION.search(text)) else None
    told = _DATE.search(text)
    if version is None or told is None:
        return Assessment(version, None, False, "评估记录还没有批准：缺版本或批准日期")
    try:
        approved = date(*(int(part) for part in told.groups()))
    except ValueError:
        return Assessment(version, None, False, f"批准日期不是日期：{'-'.join(told.groups())}")
    if approved > today:
        return Assessment(version, approved, False, f"批准日期 {approved} 在今天之后")
    if (today.year - approved.year) * 12 + today.month - approved.month - (today.day < approved.day) >= MONTHS:
        return Assessment(version, approved, False, f"评估记录批准于 {approved}，已满 {MONTHS} 个月")
    return Assessment(version, approved, True, "")


def pia_is_current(today: date, record: Path = RECORD) -> bool:
    """Whether profiles of persons may be made today."""
    return assessed(today, record).is_current


def ensure_assessed(today: date, record: Path = RECORD) -> None:
    """Raise when the assessment is missing, not approved or older than a year. Errors: ConfigError."""
    said = assessed(today, record)
    if not said.is_current:
        raise ConfigError(
            "不能制作人才画像：个人信息保护影响评估不在有效期内",
            found=said.reason,
            where="docs/pia.md",
            safe="没有生成任何文件",
            next_step="请按 docs/pia.md 复评并写明版本与批准日期",
        )
