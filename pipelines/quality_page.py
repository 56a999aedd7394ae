"""quality.html of a build: what the checks found, and every figure over the builds published, on one static page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
from jinja2 import Environment

from pipelines import quality
from pipelines.core import catalog, store
from pipelines.reporting import charts
from pipelines.warehouse import SQL

NAME = "quality.html"
SHOWN = 60  # builds on a curve
_TEMPLATE = Path(__file__).with_name("quality_page.html.j2")
# the newest builds, oldest first; a metric that this build no longer has is not drawn
_SERIES = """
select metrics.metric, metrics.name_zh, limits.meaning, metrics.part, metrics.unit, metrics.decimals, metrics.build_id,
    metrics.value, metrics.is_worse, metrics.is_current, metrics.words
from marts.build_metric as metrics
inner join lake.quality_limits_dictionary as limits on metrics.metric = limits.metric
where metrics.build_id in (select distinct build_id from marts.build_metric order by build_id desc limit ?)
    and (metrics.metric, metrics.part) in (select (metric, part) from marts.build_metric where is_current)
order by metrics.metric, metrics.part, metrics.build_id
"""


def write(folder: Path, findings: list[dict[str, Any]]) -> Path:
    """Write the page into the folder of a build and return its path; made before publication, so a build held back has it too."""
    with duckdb.connect(str((folder / "library.duckdb").resolve()), read_only=True) as connection:
        answer = connection.execute(_SERIES, [SHOWN])
        names = [d[0] for d in answer.description or ()]
        rows = [dict(zip(names, row, strict=True)) for row in answer.fetchall()]
    page = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True).from_string(
        _TEMPLATE.read_text(encoding="utf-8")
    )
    html = page.render(
        build_id=folder.name,
        builds=len({row["build_id"] for row in rows}),
        checks=len(list((SQL / "checks").glob("*.sql"))),
        findings=[f | {"told": quality.told(f)} for f in findings],
        held=any(f["severity"] == "fail" for f in findings),
        metrics=_metrics(rows),
    )
    path = folder / NAME
    with store.atomic_path(path) as temporary:
        temporary.write_text(html, encoding="utf-8")
    return path


def _metrics(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Groups of charts: one of the whole university with a chart per figure, then one per figure with a chart per source."""
    titles = catalog.source_titles()
    series: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in rows:
        series.setdefault((row["part"] and row["metric"], row["part"] or row["metric"]), []).append(row)
    found: dict[str, dict[str, Any]] = {}
    for (group, _), points in series.items():
        last = points[-1]
        zh = titles.get(last["part"], last["part"]) if group else last["name_zh"]
        drawn = [charts.Point(p["build_id"][:8], p["value"], _text(p), p["is_worse"]) for p in points]
        chart = charts.trend(f"{last['name_zh']} {last['part']}".strip(), drawn)
        head = {"name_zh": last["name_zh"], "meaning": last["meaning"]} if group else {"name_zh": "全校", "meaning": ""}
        about = "" if group else last["meaning"]
        part = {"zh": zh, "about": about, "chart": chart, "words": last["words"]}
        found.setdefault(group, head | {"parts": []})["parts"].append(part)
    return [found[group] for group in sorted(found, key=lambda g: (g != "", found[g]["name_zh"]))]


def _text(row: dict[str, Any]) -> str:
    """A value as it is printed: shares in percent, counts with their unit, missing as a dash."""
    if row["value"] is None:
        return "—"
    if row["unit"] == "份额":
        return f"{100 * row['value']:.1f} %"
    return f"{row['value']:,.{row['decimals'] or 0}f} {row['unit']}"
