"""Seconds over records on logarithmic axes, as SVG."""

from __future__ import annotations

import math

WIDTH, HEIGHT, LEFT, RIGHT, TOP, FOOT = 560, 340, 48, 48, 30, 48
INK, LINE, QUIET = "#17406d", "#d5dde5", "#55606b"
SECOND, BAR = "#b4570f", "#2e8b57"


def growth(series: dict[str, list[tuple[int, float]]], title: str) -> str:
    """A line through (records, seconds) per name, the first one solid with its points labelled, over whole powers of ten."""
    across = _powers([float(n) for points in series.values() for n, _ in points])
    up = _powers([s for points in series.values() for _, s in points])

    def x(value: float) -> float:
        return LEFT + (math.log10(value) - across[0]) / (across[-1] - across[0]) * (WIDTH - LEFT - RIGHT)

    def y(value: float) -> float:
        return HEIGHT - FOOT - (math.log10(value) - up[0]) / (up[-1] - up[0]) * (HEIGHT - TOP - FOOT)

    parts = [f'<text x="{LEFT}" y="18" font-size="14" fill="{INK}">{title}</text>']
    for power in across:
        parts += [_rule(x(10**power), TOP, x(10**power), HEIGHT - FOOT)]
        parts += [_text(x(10**power), HEIGHT - FOOT + 18, f"{10**power:,}", "middle")]
    for power in up:
        parts += [_rule(LEFT, y(10**power), WIDTH - RIGHT, y(10**power))]
        parts += [_text(LEFT - 8, y(10**power) + 4, f"{10.0**power:g}", "end")]
    for number, (name, points) in enumerate(series.items()):
        ink, dash = ((INK, ""), (QUIET, ' stroke-dasharray="5 4"'))[bool(number)]
        line = " ".join(f"{x(n):.1f},{y(s):.1f}" for n, s in points)
        parts += [f'<polyline points="{line}" fill="none" stroke="{ink}" stroke-width="2"{dash}/>']
        parts += [f'<circle cx="{x(n):.1f}" cy="{y(s):.1f}" r="3.5" fill="{ink}"/>' for n, s in points]
        parts += [_text(x(n) + 6, y(s) + 16, f"{s:.1f}", "start", ink) for n, s in points if not number]
        parts += [_text(LEFT + 12, TOP + 18 + 18 * number, f"{name}{' (dashed)' * bool(number)}", "start", ink)]
    parts += [_text(WIDTH - RIGHT, HEIGHT - 8, "records", "end")]
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" font-family="sans-serif">'
    return "\n".join([head, f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>', *parts, "</svg>"]) + "\n"


def shares(series: dict[str, list[tuple[int, float]]], title: str, bar: float) -> str:
    """A line through (rows, share) per name over plain axes, with the share that is asked for as a rule.

    A name that ends in ' (hard)' is drawn dashed, in the ink of its twin.
    """
    right = WIDTH - 150
    last = max(n for points in series.values() for n, _ in points)
    low = math.floor(100 * min(s for points in series.values() for _, s in points)) / 100

    def x(value: float) -> float:
        return LEFT + value / last * (right - LEFT)

    def y(value: float) -> float:
        return HEIGHT - FOOT - (value - low) / (1 - low) * (HEIGHT - TOP - FOOT)

    parts = [f'<text x="{LEFT}" y="18" font-size="14" fill="{INK}">{title}</text>']
    for percent in range(round(100 * low), 101):
        parts += [_rule(LEFT, y(percent / 100), right, y(percent / 100))]
        parts += [_text(LEFT - 8, y(percent / 100) + 4, f"{percent / 100:.2f}", "end")]
    for rows in range(0, last + 1, 100):
        parts += [_text(x(rows), HEIGHT - FOOT + 18, str(rows), "middle")]
    parts += [f'<line x1="{LEFT}" y1="{y(bar):.1f}" x2="{right}" y2="{y(bar):.1f}" stroke="{BAR}" stroke-width="1.5"/>']
    inks = dict(zip(dict.fromkeys(name.removesuffix(" (hard)") for name in series), (INK, SECOND), strict=False))
    for number, (name, points) in enumerate(series.items()):
        ink = inks[name.removesuffix(" (hard)")]
        dash = ' stroke-dasharray="5 4"' if name.endswith(" (hard)") else ""
        line = " ".join(f"{x(n):.1f},{y(s):.1f}" for n, s in points)
        parts += [f'<polyline points="{line}" fill="none" stroke="{ink}" stroke-width="2"{dash}/>']
        parts += [f'<circle cx="{x(n):.1f}" cy="{y(s):.1f}" r="3" fill="{ink}"/>' for n, s in points]
        at = TOP + 16 + 22 * number
        parts += [
            f'<line x1="{right + 14}" y1="{at - 4}" x2="{right + 44}" y2="{at - 4}" stroke="{ink}" stroke-width="2"{dash}/>'
        ]
        parts += [_text(right + 50, at, name, "start", ink)]
    parts += [_text(right, HEIGHT - 8, "rows answered", "end")]
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" font-family="sans-serif">'
    return "\n".join([head, f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>', *parts, "</svg>"]) + "\n"


def _powers(values: list[float]) -> list[int]:
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    return list(range(low, max(high, low + 1) + 1))


def _rule(x1: float, y1: float, x2: float, y2: float) -> str:
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{LINE}"/>'


def _text(x: float, y: float, words: str, anchor: str, fill: str = QUIET) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" font-size="12" fill="{fill}" text-anchor="{anchor}">{words}</text>'
