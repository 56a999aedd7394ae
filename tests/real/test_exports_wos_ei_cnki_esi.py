"""Real vendor files: record counts equal PROVENANCE.tsv."""

from __future__ import annotations

import csv

import polars as pl
import pytest

from pipelines.core.errors import SourceError
from pipelines.sources import _recognise, modules
from tests.conftest import SHARED
from tests.unit.sources.conftest import Delivered

pytestmark = pytest.mark.skipif(not SHARED.exists(), reason="../shared (licensed real files) is not here")
EXPORTS = SHARED / "exports"
READ = ("Excel, detailed",)


def provenance() -> list[tuple[str, str, int]]:
    """path, format, records of the files of our sources."""
    if not EXPORTS.exists():
        return []
    with (EXPORTS / "PROVENANCE.tsv").open(encoding="utf-8", newline="") as handle:
        rows = csv.DictReader(handle, delimiter="\t", quoting=csv.QUOTE_NONE)
        ours = [r for r in rows if r["path"].split("/")[0] in ("ei",)]
        return [(r["path"], r["format"], int(r["records"])) for r in ours]


def is_read(form: str) -> bool:
    return any(part in form for part in READ)


@pytest.mark.parametrize(
    ("path", "form", "records"), [r for r in provenance() if is_read(r[1])], ids=lambda v: str(v)[-40:]
)
def test_record_counts(path: str, form: str, records: int) -> None:
    found = _recognise.recognise(EXPORTS / path)
    assert found.source == path.split("/")[0]
    chunks = list(modules()[found.source].read(EXPORTS / path, found, {}))
    rows = sum(c.rows.height for c in chunks)
    assert rows == records
    assert sum(c.rejected.height for c in chunks) == 0


@pytest.mark.parametrize(
    "path", [path for path, form, _ in provenance() if not is_read(form)], ids=lambda v: str(v)[-40:]
)
def test_formats_that_are_not_read_are_refused_in_words(path: str) -> None:
    with pytest.raises(SourceError) as caught:
        _recognise.recognise(EXPORTS / path)
    assert caught.value.parts["下一步"] and "认不出" not in caught.value.what


def deliver(path: str) -> Delivered:
    return Delivered(EXPORTS / path, {})


def test_ei_links_and_databases() -> None:
    got = deliver("ei/compendex-inspec-detailed-2020.xlsx")
    assert dict(got.table("source_records")["index_editions"].value_counts().iter_rows()) == {
        "Compendex": 172,
        "Inspec": 228,
    }
    assert got.table("source_records")["publication_year"].null_count() == 0
    byline = got.module.ei_authors.authors(got.raw.lazy()).explode("numbers").drop_nulls("numbers")
    assert (
        got.table("source_authorship_addresses").height
        == byline.select("raw_id", "author_position", "numbers").unique().height
    )
    named = got.raw["corresponding"].count()
    assert got.table("source_authorships").filter(pl.col("is_corresponding") == "yes")["raw_id"].n_unique() >= named - 2
