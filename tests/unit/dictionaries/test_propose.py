"""xueheng dictionary propose: unknown texts grouped, the nearest unit, works that they unlock; ready to paste."""

from __future__ import annotations

from pathlib import Path

import fastexcel
import polars as pl
import pytest

from pipelines.affiliations import decided
from pipelines.core import dictionaries, ledger, schema
from pipelines.core.errors import ConfigError
from pipelines.core.text import address_id
from pipelines.dictionaries import propose, write
from pipelines.dictionaries.propose import INSTITUTION_LINE, UNIT_LINE

KNOWN = {
    n: dictionaries.load(n, "linghai")
    for n in ("institutions", "institution_aliases", "unit_aliases", "abbreviations", "countries")
}
PRINTED = [
    ("w1", "Linghai Univ, Ctr Coastal Zone Dynam, Linghai 599000, Peoples R China"),
    ("w2", "Linghai Univ, Ctr Coastal Zone Dynam, Linghai, Peoples R China"),
    ("w2", "Center of Coastal Zone Dynam, Linghai University, Linghai, China"),
    ("w3", "Linghai Univ, Lab Quantum Stuff, Linghai, Peoples R China"),
    ("w4", "Linghai Univ, Sch Phys, Linghai, Peoples R China"),
    ("w5", "Univ Linghai Prov, Sch Phys, Linghai, Peoples R China"),
    ("w6", "Harrow State Univ, Dept Chem, Harrow, Fiji"),
    ("w7", "岭海大学海岸带工程研究中心,岭海 599000"),
]


def scan(name: str) -> pl.LazyFrame:
    units = schema.table("units").conform(dictionaries.load("units", "linghai")).lazy()
    addresses = pl.DataFrame(PRINTED, schema=["work_id", "address"], orient="row").with_columns(
        address_id=address_id(pl.col("address"))
    )
    if name == "units":
        return units
    if name == "work_addresses":
        return addresses.lazy()
    said = pl.LazyFrame(schema=dict.fromkeys(ledger.STREAMS["decisions_addresses"], pl.String))
    return decided(addresses.lazy(), units, said, **KNOWN).lazy()


def test_unknown_units_are_grouped_by_works_with_the_nearest_unit() -> None:
    lines = propose(scan, "linghai")["unit_aliases"]
    assert lines.columns[:6] == list(UNIT_LINE)
    first = lines.row(0, named=True)
    assert (first["alias"], first["works"], first["addresses"]) == ("Ctr Coastal Zone Dynam", 2, 3)
    assert first["spellings"] == "Center of Coastal Zone Dynam"
    assert first["unit_id"] == "U901", "State Key Laboratory of Coastal Zone Engineering shares most"
    stuff = lines.row(by_predicate=pl.col("alias") == "Lab Quantum Stuff", named=True)
    assert stuff["unit_id"] == "" and stuff["works"] == 1, "nothing near: nothing suggested"
    assert not lines.filter(pl.col("alias").str.contains("Phys")).height, "what is known is not proposed"
    chinese = lines.filter(pl.col("language") == "zh").row(0, named=True)
    assert (chinese["unit_id"], chinese["alias"]) == ("U901", "海岸带工程研究中心")


def test_institutions_that_look_like_ours_and_no_others() -> None:
    lines = propose(scan, "linghai")["institutions"]
    assert lines["alias"].to_list() == ["Univ Linghai Prov"], "Harrow State Univ has no word of our name"


def test_the_lines_pasted_settle_the_addresses(tmp_path: Path) -> None:
    lines = propose(scan, "linghai")["unit_aliases"].filter(pl.col("unit_id") != "").select(UNIT_LINE)
    known = KNOWN | {"unit_aliases": pl.concat([KNOWN["unit_aliases"], lines])}
    units = scan("units")
    addresses = scan("work_addresses").filter(pl.col("work_id") == "w2")
    said = pl.LazyFrame(schema=dict.fromkeys(ledger.STREAMS["decisions_addresses"], pl.String))
    found = decided(addresses, units, said, **known)
    assert set(found.select("unit_id", "decision").iter_rows()) == {("U901", "match")}


def test_files_open_in_excel(tmp_path: Path) -> None:
    lines = propose(scan, "linghai")
    [book] = write(lines, tmp_path / "new.xlsx")
    assert fastexcel.read_excel(book).sheet_names == ["unit_aliases", "institutions"]
    csvs = write(lines, tmp_path / "new.csv")
    assert [p.name for p in csvs] == ["new_unit_aliases.csv", "new_institutions.csv"]
    assert csvs[0].read_bytes().startswith(b"\xef\xbb\xbfalias,unit_id,language,valid_from,valid_to,note")
    assert lines["institutions"].columns[:4] == list(INSTITUTION_LINE)
    with pytest.raises(ConfigError, match="xlsx"):
        write(lines, tmp_path / "new.ods")
