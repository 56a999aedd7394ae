"""Real files of CNKI, Wanfang and CSSCI: counts equal PROVENANCE.tsv; authors, units and links agree with the raw text."""

from __future__ import annotations

import csv
import re
from functools import cache

import polars as pl
import pytest

from pipelines.core.errors import SourceError
from pipelines.sources import _recognise
from tests.conftest import SHARED
from tests.unit.sources.conftest import Delivered

pytestmark = pytest.mark.skipif(not SHARED.exists(), reason="../shared (licensed real files) is not here")
EXPORTS = SHARED / "exports"
SOURCES = ("cnki", "wanfang", "cssci", "vip")
REFWORKS = "cnki/refworks-CNKI-20210429002635507.txt"
CSSCI = "cssci/cssci-1-100.txt"
WANFANG = "wanfang/noteexpress-202101.net"


def provenance() -> list[tuple[str, int]]:
    """Path and records of every file of these sources, but for what a converter made."""
    if not EXPORTS.exists():
        return []
    with (EXPORTS / "PROVENANCE.tsv").open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle, delimiter="\t", quoting=csv.QUOTE_NONE))
    ours = [r for r in rows if r["path"].split("/")[0] in SOURCES and "converter" not in r["source platform"]]
    return [(r["path"], int(r["records"])) for r in ours]


@cache
def delivered(path: str) -> Delivered:
    return Delivered(EXPORTS / path, {})


@pytest.mark.parametrize(("path", "records"), provenance(), ids=lambda v: str(v)[-40:])
def test_record_counts(path: str, records: int) -> None:
    got = delivered(path)
    assert (got.found.source, got.raw.height, got.rejected.height) == (path.split("/")[0], records, 0)
    assert got.raw["record_id"].n_unique() == records
    made = got.table("source_records")
    assert made["title"].null_count() == 0 and made["document_type"].null_count() == 0


@pytest.mark.parametrize("path", [path for path, _ in provenance()], ids=lambda v: str(v)[-40:])
def test_every_name_is_printed_in_its_record_and_every_link_is_of_it(path: str) -> None:
    got = delivered(path)
    names = got.table("source_authorships").join(got.raw.select("raw_id", "authors"), on="raw_id")
    assert names.filter(~pl.col("authors").str.contains(pl.col("name"), literal=True)).height == 0
    units = got.table("source_addresses").select("raw_id", "address_position")
    links = got.table("source_authorship_addresses")
    assert links.join(units, on=["raw_id", "address_position"], how="anti").height == 0
    assert links.join(names, on=["raw_id", "author_position"], how="anti").height == 0
    alone = links.filter(pl.col("link") == "single_address")
    assert alone.join(units.group_by("raw_id").len(), on="raw_id").filter(pl.col("len") > 1).height == 0
    people = names.filter(~pl.col("is_group_author")).group_by("raw_id").agg(people=pl.len())
    one = links.filter(pl.col("link") == "single_author").join(people, on="raw_id")
    assert one.filter(pl.col("people") > 1).height == 0


def test_converted_files_are_refused_in_words() -> None:
    with pytest.raises(SourceError) as caught:
        _recognise.recognise(EXPORTS / "cnki/citespace-converted-307.txt")
    assert "CiteSpace" in caught.value.what and caught.value.parts["下一步"]


def test_cnki_two_lists_link_nobody() -> None:
    links = delivered(REFWORKS).table("source_authorship_addresses").group_by("link").len()
    assert dict(links.iter_rows()) == {"single_address": 296, "single_author": 219, "stated": 2}


def test_types_theses_and_supervisors() -> None:
    got = delivered(REFWORKS)
    kinds = got.table("source_records").group_by("document_type").len()
    assert dict(kinds.iter_rows()) == {"article": 388, "thesis": 21, "proceedings_paper": 1}
    theses = got.table("source_theses")
    assert theses.height == 21 and theses["university"].null_count() == theses["degree_level"].null_count() == 0
    assert set(got.table("source_contributors")["raw_id"]) == set(theses["raw_id"])
    mixed = delivered("cnki/noteexpress-15types.net")
    kinds = mixed.table("source_records")["document_type"].value_counts()
    assert dict(kinds.iter_rows()) == {
        "article": 5, "thesis": 2, "proceedings_paper": 1, "newspaper": 1, "book": 1, "yearbook": 2, "standard": 2,
    }  # fmt: skip
    assert mixed.table("source_patents").height == 1
    assert set(mixed.table("source_patent_parties")["party_role"]) == {"applicant", "inventor"}


def test_online_first_records_of_the_study_format() -> None:
    records = delivered("cnki/estudy-202101.txt").table("source_records")
    early = records.filter(pl.col("is_early_access"))
    assert early.height == 7 and early["issue"].null_count() == 7
    assert set(early["publication_year_basis"]) == {"early_access"}
    assert records["accession_number"].null_count() == 0


def test_a_page_answer_gives_dois_with_and_without_a_blank() -> None:
    records = delivered("cnki/showexport-api-endnote-2023.html").table("source_records").sort("row")
    assert [bool(doi) for doi in records["doi"]] == [True, True, False]
    assert records["author_count"].to_list() == [1, 6, 2]


def test_cssci_links_are_those_of_the_raw_text() -> None:
    """Read again by a program of its own: every bracketed name with the unit behind it."""
    text = (EXPORTS / CSSCI).read_text(encoding="utf-8")
    expected = set()
    for number, cell in enumerate(re.findall(r"^【机构名称】(.*)$", text, re.M), 1):
        for name, unit in re.findall(r"\[([^\]]+)\](.*?)(?=/\[|$)", cell):
            expected.add((number, name, unit.strip().strip(".").strip()))
    got = delivered(CSSCI)
    links = got.table("source_authorship_addresses").join(
        got.table("source_authorships").select("raw_id", "author_position", "name"), on=["raw_id", "author_position"]
    )
    links = links.join(
        got.table("source_addresses").select("raw_id", "address_position", "address"), on=["raw_id", "address_position"]
    )
    assert set(links.select("row", "name", "address").iter_rows()) == expected
    assert set(links["link"]) == {"stated"}


def test_cssci_issues_are_months_and_references_are_counted() -> None:
    got = delivered(CSSCI)
    records = got.table("source_records")
    assert sorted(set(records["issue"]), key=int) == ["1", "2", "3", "4", "5", "7", "8", "10", "11", "12"]
    assert set(records["publication_year"]) == {2019} and set(records["index_editions"]) == {"CSSCI"}
    text = (EXPORTS / CSSCI).read_text(encoding="utf-8")
    printed = sum(len(re.findall(r"^\d+\.", part, re.M)) for part in text.split("【参考文献】")[1:])
    assert got.table("source_metrics")["value"].sum() == printed


def test_wanfang_writes_a_unit_per_author() -> None:
    got = delivered(WANFANG)
    text = (EXPORTS / WANFANG).read_text(encoding="utf-8")
    expected = set()
    for number, record in enumerate(re.split(r"^\{Reference Type\}", text, flags=re.M)[1:], 1):
        names = [n.strip() for n in re.findall(r"^\{Author\}:(.*)$", record, re.M)]
        units = [u.strip() for u in re.findall(r"^\{Author Address\}:(.*)$", record, re.M)]
        for name, line in zip(names, units, strict=True):
            expected |= {(number, name, unit.strip(" ,.")) for unit in re.split("[;；]", line) if unit.strip()}
    links = got.table("source_authorship_addresses").join(
        got.table("source_authorships").select("raw_id", "author_position", "name"), on=["raw_id", "author_position"]
    )
    links = links.join(
        got.table("source_addresses").select("raw_id", "address_position", "address"), on=["raw_id", "address_position"]
    )
    assert set(links.select("row", "name", "address").iter_rows()) == expected


def test_the_work_that_two_formats_share_has_one_id() -> None:
    """A journal paper of the files in two formats keeps its id when it is printed again in another."""
    rows = delivered(REFWORKS).raw.filter(pl.col("type") == "Journal Article").head(50)
    module = delivered(REFWORKS).module
    as_note = rows.with_columns(
        authors=pl.col("authors").str.strip_suffix(";").str.replace_all(";", "\n"),
        **dict.fromkeys(("volume", "year"), pl.lit(None, pl.String)),
        type=pl.lit("1"),
        file_format=pl.lit("estudy"),
        src_database=pl.lit("期刊"),
        link=pl.lit("https://kns.cnki.net/kcms/detail/detail.aspx?FileName=A1&DbName=CJFQ"),
    )
    ids, again = module.record_ids(rows), module.record_ids(as_note)
    titled = rows["title"].str.len_chars() > 12
    assert ids.filter(titled).to_list() == again.filter(titled).to_list()
