"""The page of the data dictionary: one HTML file, nothing fetched, search in the page itself."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader

from pipelines.catalogue import diagram
from pipelines.catalogue.facts import ACCESS, LAYERS, Table
from pipelines.core import store

FILES = {"library": "library.duckdb（公共库）", "people": "people.duckdb（人员库）"}
KINDS = {"VARCHAR": "文字", "VARCHAR[]": "文字列表", "BIGINT": "整数", "INTEGER": "整数", "HUGEINT": "整数", "DOUBLE": "小数",
         "BOOLEAN": "是否", "DATE": "日期", "TIMESTAMP": "时间"}  # fmt: skip


def write(path: Path, tables: list[Table], told: dict[str, Any]) -> None:
    """Write the page atomically; `told` gives build_id and sizes."""
    loader = FileSystemLoader(Path(__file__).parent)
    template = Environment(loader=loader, autoescape=True, trim_blocks=True, lstrip_blocks=True).get_template(
        "page.html"
    )
    here = {t.name for t in tables}
    text = template.render(
        tables=tables,
        picture=diagram.draw(tables),
        anchors={name: next(t.anchor for t in tables if t.name == name) for name in here},
        layers=LAYERS,
        access=ACCESS,
        files=FILES,
        kinds=KINDS,
        counts=Counter(t.layer for t in tables),
        columns=sum(len(t.columns) for t in tables),
        **told,
    )
    with store.atomic_path(path) as temporary:
        temporary.write_text(text, encoding="utf-8")
