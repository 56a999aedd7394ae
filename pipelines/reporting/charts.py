"""Figures as inline SVG in one style: flat, labelled with their values, readable in black and white."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from jinja2 import Environment
from markupsafe import Markup

from pipelines.reporting.fonts import FALLBACK, FAMILY

INK, LINE, QUIET = "#17406d", "#b9c4cf", "#55606b"
WIDTH, HEIGHT, TOP, FOOT = 172.0, 25.0, 5.0, 5.0  # millimetres

_BARS = Environment(autoescape=True).from_string(
    """<svg class="chart" role="img" aria-label="{{ title }}" viewBox="0 0 {{ width }} {{ height }}"
  width="{{ width }}mm" height="{{ height }}mm" font-size="2.9"
  font-family="{{ family }}" font-weight="400">
<line x1="0" x2="{{ end }}" y1="{{ base }}" y2="{{ base }}" stroke="{{ line }}" stroke-width="0.2"/>
{% for bar in bars %}
{% if bar.value is none %}
<rect x="{{ bar.x }}" y="{{ bar.y }}" width="{{ bar.w }}" height="{{ bar.h }}" fill="none"
  stroke="{{ quiet }}" stroke-width="0.25" stroke-dasharray="1 0.8"/>
<text x="{{ bar.middle }}" y="{{ bar.text }}" text-anchor="middle" fill="{{ quiet }}">缺档</text>
{% else %}
<rect x="{{ bar.x }}" y="{{ bar.y }}" width="{{ bar.w }}" height="{{ bar.h }}" fill="{{ bar.fill }}" stroke="{{ ink }}" stroke-width="0.25"/>
<text x="{{ bar.middle }}" y="{{ bar.text }}" text-anchor="middle" fill="{{ ink }}">{{ bar.value }}</text>
{% endif %}
<text x="{{ bar.middle }}" y="{{ height - 1.2 }}" text-anchor="middle" fill="{{ quiet }}">{{ bar.label }}</text>
{% endfor %}
</svg>"""
)


def bars(title: str, points: Sequence[tuple[str, int | None]]) -> Markup:
    """One bar per label, the last one filled; a missing value is a dashed outline with 缺档, a zero is a flat bar with 0."""
    base = HEIGHT - FOOT
    highest = max([value for _, value in points if value is not None], default=0) or 1
    step = min(WIDTH / max(len(points), 1), 24.0)
    drawn = []
    for place, (label, value) in enumerate(points):
        height = (base - TOP) * (0.5 if value is None else value / highest)
        drawn.append(
            {
                "label": label,
                "value": value,
                "x": round(place * step + step * 0.18, 2),
                "y": round(base - height, 2),
                "w": round(step * 0.64, 2),
                "h": round(height, 2),
                "middle": round(place * step + step / 2, 2),
                "text": round(base - height - 1.4, 2),
                "fill": INK if place == len(points) - 1 else "#d5e0ec",
            }
        )
    look = {"line": LINE, "ink": INK, "quiet": QUIET, "family": f"{FAMILY}, {FALLBACK}"}
    size = {"width": WIDTH, "height": HEIGHT, "base": base, "end": round(step * len(points), 2)}
    return Markup(_BARS.render(title=title, bars=drawn, **look, **size))


TREND_WIDTH, TREND_HEIGHT, TREND_TOP, TREND_FOOT = 300, 96, 18, 16  # pixels: drawn for the screen
WORSE = "#b4570f"

_TREND = Environment(autoescape=True).from_string(
    """<svg class="trend" role="img" aria-label="{{ title }}" viewBox="0 0 {{ width }} {{ height }}"
  width="{{ width }}" height="{{ height }}" font-size="11">
<title>{{ title }}</title>
<line x1="4" x2="{{ width - 4 }}" y1="{{ base }}" y2="{{ base }}" stroke="{{ line }}"/>
{% for run in runs %}
<polyline points="{{ run }}" fill="none" stroke="{{ ink }}" stroke-width="1.5"/>
{% endfor %}
{% for dot in dots %}
<circle cx="{{ dot.x }}" cy="{{ dot.y }}" r="{{ 4 if dot.worse else 2 }}" fill="{{ worse if dot.worse else ink }}">
<title>{{ dot.label }}：{{ dot.text }}</title></circle>
{% endfor %}
<text x="4" y="12" fill="{{ quiet }}">{{ least }} – {{ most }}</text>
<text x="{{ width - 4 }}" y="12" text-anchor="end" fill="{{ worse if is_worse else ink }}" font-weight="700">{{ last }}</text>
<text x="4" y="{{ height - 3 }}" fill="{{ quiet }}">{{ first_label }}</text>
<text x="{{ width - 4 }}" y="{{ height - 3 }}" text-anchor="end" fill="{{ quiet }}">{{ last_label }}</text>
</svg>"""
)


@dataclass(frozen=True)
class Point:
    """One point of a trend: its label, value (None = missing, the line is broken), value as text, whether it is marked."""

    label: str
    value: float | None
    text: str
    is_worse: bool = False


def trend(title: str, points: Sequence[Point]) -> Markup:
    """A line over builds with its lowest, highest and last value in words; marked points are larger and of another colour."""
    known = [p for p in points if p.value is not None]
    if not known:
        return Markup("")
    least, most = min(known, key=lambda p: p.value or 0), max(known, key=lambda p: p.value or 0)
    low, high = float(least.value or 0), float(most.value or 0)
    base, step = TREND_HEIGHT - TREND_FOOT, (TREND_WIDTH - 16) / max(len(points) - 1, 1)
    runs: list[list[str]] = [[]]
    dots = []
    for place, point in enumerate(points):
        if point.value is None:
            runs.append([])
            continue
        share = (point.value - low) / (high - low) if high > low else 0.5
        x, y = round(8 + place * step, 1), round(base - 4 - share * (base - TREND_TOP - 8), 1)
        runs[-1].append(f"{x},{y}")
        dots.append({"x": x, "y": y, "label": point.label, "text": point.text, "worse": point.is_worse})
    return Markup(
        _TREND.render(
            title=title, runs=[" ".join(r) for r in runs if len(r) > 1], dots=dots, base=base, width=TREND_WIDTH,
            height=TREND_HEIGHT, ink=INK, line=LINE, quiet=QUIET, worse=WORSE, least=least.text, most=most.text,
            last=points[-1].text, is_worse=points[-1].is_worse, first_label=points[0].label, last_label=points[-1].label,
        )
    )  # fmt: skip
