"""The page of the data dictionary: everything on it, found by typing, nothing fetched."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb
import pytest
from chromium import Browser

from pipelines import catalogue, warehouse
from pipelines.catalogue import diagram, facts
from pipelines.core import schema

BUILD = "20261122T020000Z"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("dictionary")
    warehouse.build_databases(place, lambda table: [], "linghai", BUILD)
    catalogue.write(place, {"build_id": BUILD, "sizes": catalogue.sizes(place)})
    return place


@pytest.fixture(scope="module")
def tables(folder: Path) -> list[facts.Table]:
    return facts.tables(folder)


def test_every_column_of_both_databases_is_told(tables: list[facts.Table], folder: Path) -> None:
    for name in facts.DATABASES:
        with duckdb.connect(str(folder / f"{name}.duckdb"), read_only=True) as connection:
            rows = connection.execute(
                "SELECT schema_name || '.' || table_name, column_name FROM duckdb_columns()"
                " WHERE database_name = current_database() AND NOT internal"
            ).fetchall()
        told = {(t.name, c.name) for t in tables if t.database == name for c in t.columns if c.zh and c.meaning}
        assert told == set(rows)


def test_access_key_and_origin(tables: list[facts.Table]) -> None:
    by = {t.anchor: t for t in tables}
    assert {t.access for t in tables if t.database == "people"} == {"personal"}
    assert all(t.access != "personal" for t in tables if t.database == "library")
    assert by["library.marts.esi_field_outlook"].key == ("period", "esi_field", "target")
    assert "marts.esi_field_position" in by["library.marts.esi_field_outlook"].made_from
    assert by["library.lake.works"].key == schema.table("works").key
    assert "lake.clusters" in by["library.lake.works"].made_from
    assert next(c for c in by["library.lake.clusters"].columns if c.name == "work_id").refers == "lake.works.work_id"


def test_sample_queries_run_as_they_stand(tables: list[facts.Table], folder: Path) -> None:
    for name in facts.DATABASES:
        with duckdb.connect(str(folder / f"{name}.duckdb"), read_only=True) as connection:
            for table in tables:
                if table.database == name:
                    connection.execute(table.sample).fetchall()


def test_picture_places_each_table_once_and_cards_apart(tables: list[facts.Table]) -> None:
    cards = diagram._cards(tables)
    inside = [t.anchor for card in cards.values() for t in card.tables]
    assert len(inside) == len(set(inside)) > 60
    places = diagram._places(cards)
    boxes = [(*places[n], places[n][0] + diagram.CARD, places[n][1] + c.height) for n, c in cards.items()]
    for number, one in enumerate(boxes):
        for other in boxes[:number]:
            assert one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]


def test_page_fetches_nothing(folder: Path) -> None:
    text = (folder / catalogue.PAGE).read_text(encoding="utf-8")
    assert not re.findall(r"(?:src|href)=\"(?!#)[^\"]*\"", text)
    assert "default-src 'none'" in text


def test_typing_finds_tables_and_columns(folder: Path, tmp_path: Path) -> None:
    shown = "[...document.querySelectorAll('details.t')].filter(d => !d.hidden).map(d => d.id)"
    hits = "[...document.querySelectorAll('details.t:not([hidden]) tr.hit code')].map(c => c.textContent)"
    with Browser(tmp_path / "profile") as browser:
        browser.open((folder / catalogue.PAGE).as_uri())
        every = browser.value(f"{shown}.length")
        assert every == browser.value("document.querySelectorAll('details.t').length") > 100
        browser.type("阈值 差距")
        assert "library.marts.esi_field_outlook" in browser.value(shown)
        assert "gap" in browser.value(hits)
        assert 0 < browser.value(f"{shown}.length") < every
        assert "张表" in browser.value("document.getElementById('found').textContent")
        browser.picture(tmp_path / "dictionary.png")
        assert (tmp_path / "dictionary.png").stat().st_size > 10_000
        browser.type(" 没有这样的词")
        assert browser.value(f"{shown}.length") == 0
        assert browser.value("document.getElementById('found').textContent").startswith("没有找到")
