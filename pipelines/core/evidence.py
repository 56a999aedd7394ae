"""The compared values of a pair of records as a person says them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_LIKENESS = ("相似", "相合")
_SAME = "相同"
YEARS = "年份差"


def facts(evidence: Mapping[str, Any]) -> str:
    """'题名相似 98 %，同年；DOI、卷相同；期不同；一方没有：起始页' – what agrees, what differs, what cannot be compared."""
    measured = [_measured(key, value) for key, value in evidence.items() if value is not None and not _is_flag(value)]
    told = {flag: "、".join(_subject(k) for k, v in evidence.items() if v is flag) for flag in (True, False)}
    missing = "、".join(_subject(k) for k, v in evidence.items() if v is None)
    parts = ["，".join(measured)]
    parts += [f"{told[True]}相同"] if told[True] else []
    parts += [f"{told[False]}不同"] if told[False] else []
    parts += [f"不可比：{missing}"] if missing else []
    return "；".join(p for p in parts if p)


def _is_flag(value: Any) -> bool:
    return isinstance(value, bool)


def _measured(key: str, value: Any) -> str:
    if key == YEARS:
        return f"相差 {value} 年" if value else "同年"
    return f"{key} {value:.0%}" if key.endswith(_LIKENESS) and isinstance(value, int | float) else f"{key} {value}"


def _subject(key: str) -> str:
    """'起始页相同' is about 起始页."""
    for ending in (_SAME, *_LIKENESS, "差"):
        key = key.removesuffix(ending)
    return key.strip()
