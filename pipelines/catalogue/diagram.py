"""The ER picture: what tables name which things, as SVG. Places of the cards by networkx, drawing by a template.

A thing is a table that columns of others refer to (schemas/warehouse/links.yml). Each other table stands once, in the card of the
first thing its key names; coloured dots say which further things it names.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import networkx
from jinja2 import Environment
from markupsafe import Markup

from pipelines.catalogue.facts import Table

CARD, GAP, ROW, HEAD, LEFT, COLUMNS = 330.0, 96.0, 19.0, 40.0, 60.0, 4
COLOURS = ("#17406d", "#9a3b26", "#2f6b4f", "#7a5195", "#b07d12", "#4b6a88", "#a2466a", "#3d7f8c", "#6b6b2f", "#7b4a2c", "#555555",
           "#2d4f9e", "#8a2d2d", "#1f7a3d")  # fmt: skip

_SVG = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True).from_string(
    """<svg class="er" role="img" aria-label="表与表的关系图" xmlns="http://www.w3.org/2000/svg"
  viewBox="0 0 {{ width }} {{ height }}" width="100%">
{% for edge in edges %}
<path d="{{ edge.path }}" fill="none" stroke="{{ edge.colour }}" stroke-width="{{ edge.stroke }}" stroke-opacity="0.45"/>
{% endfor %}
{% for card in cards %}
<g id="er-{{ card.name }}">
<rect x="{{ card.x }}" y="{{ card.y }}" width="{{ card.w }}" height="{{ card.h }}" rx="6" fill="#fff" stroke="{{ card.colour }}"/>
<rect x="{{ card.x }}" y="{{ card.y }}" width="{{ card.w }}" height="30" rx="6" fill="{{ card.colour }}"/>
<a href="#{{ card.anchor }}"><text x="{{ card.x + 10 }}" y="{{ card.y + 20 }}" fill="#fff" font-size="14" font-weight="700">{{ card.zh }}
<tspan font-size="11" font-weight="400">{{ card.name }}（{{ card.key }}）</tspan></text></a>
{% for row in card.rows %}
<a href="#{{ row.anchor }}"><text x="{{ card.x + 10 }}" y="{{ row.y }}" font-size="12" fill="#1d2733">{{ row.zh }}
<tspan fill="{{ "#9a3b26" if row.people else "#6a7683" }}" font-size="10">{{ row.name }}</tspan></text></a>
{% for dot in row.dots %}
<circle cx="{{ dot.x }}" cy="{{ row.y - 4 }}" r="4" fill="{{ dot.colour }}"><title>{{ dot.title }}</title></circle>
{% endfor %}
{% endfor %}
</g>
{% endfor %}
</svg>"""
)


@dataclass(frozen=True)
class Card:
    """A thing and the tables that stand in its card."""

    home: Table
    key: str
    colour: str
    tables: tuple[Table, ...]

    @property
    def height(self) -> float:
        return HEAD + ROW * max(len(self.tables), 1) + 8


def draw(tables: Iterable[Table]) -> Markup:
    """SVG of all tables that name a thing."""
    every = list(tables)
    cards = _cards(every)
    if not cards:
        return Markup("")
    places = _places(cards)
    drawn = [_drawn(card, *places[name], cards) for name, card in cards.items()]
    width = max(x for x, _ in places.values()) + CARD + 8
    height = max(y + cards[name].height for name, (_, y) in places.items()) + 8
    return Markup(_SVG.render(cards=drawn, edges=_edges(cards, places), width=width, height=height))


def _homes(table: Table) -> list[str]:
    """Things that a table names, those of its key first."""
    referring = sorted((c for c in table.columns if c.refers), key=lambda c: not c.is_key)
    return list(dict.fromkeys(c.refers.rpartition(".")[0] for c in referring))


def _cards(tables: list[Table]) -> dict[str, Card]:
    refers = {c.refers for t in tables for c in t.columns if c.refers}
    keys = {r.rpartition(".")[0]: r.rpartition(".")[2] for r in sorted(refers)}
    homes = {t.name: t for t in tables if t.name in keys and (keys[t.name] in {c.name for c in t.columns})}
    held: dict[str, list[Table]] = {name: [] for name in homes}
    for table in tables:
        first = next((h for h in _homes(table) if h in homes and h != table.name), None)
        if first and table.name not in homes:
            held[first].append(table)
    order = sorted(homes, key=lambda n: (-len(held[n]), n))
    return {n: Card(homes[n], keys[n], COLOURS[i % len(COLOURS)], tuple(held[n])) for i, n in enumerate(order)}


def _graph(cards: dict[str, Card]) -> networkx.Graph:
    """Things joined by the tables that name both; weight = how many."""
    graph = networkx.Graph()
    graph.add_nodes_from(cards)
    for name, card in cards.items():
        for table in (card.home, *card.tables):
            for other in _homes(table):
                if other in cards and other != name:
                    weight = graph.get_edge_data(name, other, {"weight": 0})["weight"]
                    graph.add_edge(name, other, weight=weight + 1)
    return graph


def _places(cards: dict[str, Card]) -> dict[str, tuple[float, float]]:
    """Columns of about equal height: things that are named together come near each other, left to right and down."""
    near = networkx.spring_layout(_graph(cards), weight="weight", seed=1)
    tallest = max(sum(c.height + 24 for c in cards.values()) / COLUMNS, max(c.height for c in cards.values()))
    columns: list[list[str]] = [[]]
    filled = 0.0
    for name in sorted(cards, key=lambda n: float(near[n][0])):
        if filled and filled + cards[name].height > tallest * 1.08 and len(columns) < COLUMNS:
            columns.append([])
            filled = 0.0
        columns[-1].append(name)
        filled += cards[name].height + 24
    places: dict[str, tuple[float, float]] = {}
    for number, names in enumerate(columns):
        y = 8.0
        for name in sorted(names, key=lambda n: -float(near[n][1])):
            places[name] = (LEFT + number * (CARD + GAP), y)
            y += cards[name].height + 24
    return places


def _drawn(card: Card, x: float, y: float, cards: dict[str, Card]) -> dict[str, object]:
    rows = []
    for number, table in enumerate(card.tables):
        others = [h for h in _homes(table) if h in cards and h != card.home.name]
        dots = [
            {"x": x + CARD - 12 - 11 * n, "colour": cards[h].colour, "title": cards[h].home.zh}
            for n, h in enumerate(others)
        ]
        place = {"y": y + HEAD + ROW * number + 10, "dots": dots, "anchor": table.anchor}
        rows.append({"zh": table.zh[:12], "name": table.name[:26], "people": table.database == "people", **place})
    size = {"x": x, "y": y, "w": CARD, "h": card.height, "colour": card.colour, "rows": rows}
    return {"zh": card.home.zh, "name": card.home.name, "key": card.key, "anchor": card.home.anchor, **size}


def _edges(cards: dict[str, Card], places: dict[str, tuple[float, float]]) -> list[dict[str, object]]:
    edges: list[dict[str, object]] = []
    for left, right, data in _graph(cards).edges(data=True):
        (x1, y1), (x2, y2) = sorted((places[left], places[right]))
        start, end = x1 + (CARD if x2 > x1 else 0), x2
        bend = GAP * 0.8 if x2 > x1 else -GAP * 0.6
        back = end - bend if x2 > x1 else end + bend
        path = f"M{start:.0f},{y1 + 15:.0f} C{start + bend:.0f},{y1 + 15:.0f} {back:.0f},{y2 + 15:.0f} {end:.0f},{y2 + 15:.0f}"
        edges.append({"path": path, "colour": cards[left].colour, "stroke": 1 + min(int(data["weight"]), 6) * 0.5})
    return edges
