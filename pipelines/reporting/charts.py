"""Figures as inline SVG in one style: flat, labelled with their values, readable in black and white."""

from __future__ import annotations

from collections.abc import Sequence

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
