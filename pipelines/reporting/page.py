"""Jinja environment of reports: sandboxed, autoescaped; its filters print values and never compute with them."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

from jinja2 import FileSystemLoader, StrictUndefined
from jinja2.sandbox import SandboxedEnvironment
from markupsafe import Markup

MISSING = "—"  # no value; zero prints as 0
MINUS = "−"


def environment(folders: list[Path]) -> SandboxedEnvironment:
    """Templates of a report folder and of reports/_theme."""
    made = SandboxedEnvironment(
        loader=FileSystemLoader(folders),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {
        "number": number,
        "share": share,
        "day": day,
        "release": release,
        "rank_change": rank_change,
        "or_dash": or_dash,
        "soft": soft,
    }
    return made


def number(value: float | int | None, places: int = 0) -> str:
    """1234.5 as '1,234.5'; half rounds to even; missing as a dash."""
    if value is None:
        return MISSING
    return f"{value:,.{places}f}".replace("-", MINUS)


def share(value: float | None, places: int = 1) -> str:
    """0.125 as '12.5 %'."""
    return MISSING if value is None else f"{value * 100:.{places}f} %"


def day(value: date | str | None) -> str:
    """2026-02-28 as 2026年2月28日; text that is no ISO date stays as it is."""
    if value is None:
        return MISSING
    try:
        moment = datetime.fromisoformat(value[:10]) if isinstance(value, str) else value
    except ValueError:
        return str(value)
    return f"{moment.year}年{moment.month}月{moment.day}日"


def release(value: str | None) -> str:
    """2026-05 as 2026年5月期."""
    if value is None:
        return MISSING
    year, month = value.split("-")
    return f"{year}年{int(month)}月期"


def rank_change(value: int | None) -> str:
    """Change of a rank in words: a smaller rank is a rise."""
    if value is None:
        return MISSING
    if value == 0:
        return "持平"
    return f"升 {-value:,} 位" if value < 0 else f"降 {value:,} 位"


def or_dash(value: Any) -> Any:
    """The value, or a dash when there is none."""
    return MISSING if value is None or value == "" else value


def soft(value: str | None) -> Markup:
    """Text whose long unbroken parts (formulas, identifiers) may break after punctuation."""
    if value is None:
        return Markup(MISSING)
    escaped = str(Markup.escape(value))
    for mark in ("/", "_", "="):
        escaped = escaped.replace(mark, f"{mark}<wbr>")
    return Markup(escaped)
