"""The same works in every format of CNKI give the same records, authors, units, theses and ids."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.core.errors import SourceError
from pipelines.sources import _recognise, _text, modules
from tests.unit.sources import chinese_formats as formats
from tests.unit.sources.conftest import Deliver, Delivered, write

TEXTS: dict[str, Callable[..., str]] = {
    "refworks": formats.refworks,
    "noteexpress": formats.noteexpress,
    "endnote": formats.endnote,
    "page": formats.page,
    "estudy": formats.estudy,
    "custom": formats.custom,
    "notefirst": formats.notefirst,
    "table": formats.table,
}
PATENT = 1 + [w.type for w in formats.WORKS].index(formats.PATENT)
BOOKS = {"xlsx": formats.xlsx, "xls": formats.xls}
# the same for every file, or said in the words of the format
ASIDE = {
    "record_id", "raw_id", "batch_id", "source_file", "source_row", "record_hash", "delivered_at", "exported_at", "document_type_raw",
    "accession_number", "row",
}  # fmt: skip
# CNKI's dates: PubTime in some formats, the day of the paper in others; they decide the year only where none is stated
DATES = {"publication_date", "publication_year_basis"}


@pytest.fixture(scope="module")
def delivered(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Delivered]:
    folder = tmp_path_factory.mktemp("formats")
    paths = {name: write(folder / f"{name}.txt", text()) for name, text in TEXTS.items()}
    paths |= {name: make(folder / f"{name}.bin") for name, make in BOOKS.items()}
    return {name: Delivered(path, {}) for name, path in paths.items()}


def test_every_format_is_recognised_and_whole(delivered: dict[str, Delivered]) -> None:
    read = {name: (got.found.source, got.found.format, got.raw.height) for name, got in delivered.items()}
    sheets = dict.fromkeys(("table", "xlsx", "xls"), "sheet")
    forms = {name: sheets.get(name, "endnote" if name == "page" else name) for name in delivered}
    assert read == {name: ("cnki", form, len(formats.WORKS)) for name, form in forms.items()}
    assert all(got.rejected.height == 0 for got in delivered.values())


def test_one_work_has_one_id_in_every_format(delivered: dict[str, Delivered]) -> None:
    ids = pl.DataFrame({name: got.raw.sort("source_row")["record_id"] for name, got in delivered.items()})
    titles = [w.title for w in formats.WORKS]
    split = {titles[n]: set(row) for n, row in enumerate(ids.iter_rows()) if len(set(row)) > 1}
    # the custom export, its tables and NoteFirst have no field for the number of a patent or standard
    assert set(split) <= {w.title for w in formats.WORKS if w.number}
    assert all(len(both) == 2 for both in split.values())
    assert ids["refworks"].n_unique() == len(formats.WORKS)


def test_the_id_needs_no_more_than_the_labels_that_are_ticked_at_first(tmp_path: Path) -> None:
    journal = tuple(w for w in formats.WORKS if w.type == formats.JOURNAL and len(w.title) > 9)
    few = Delivered(write(tmp_path / "a.txt", formats.custom(journal, labels=8)), {})
    all_of = Delivered(write(tmp_path / "b.txt", formats.refworks(journal)), {})
    assert few.raw["record_id"].to_list() == all_of.raw["record_id"].to_list()


def test_fields_that_two_formats_carry_agree(delivered: dict[str, Delivered]) -> None:
    tables = {name: _by_row(got.table("source_records")) for name, got in delivered.items()}
    compared = 0
    for one, two in combinations(tables, 2):
        for column in set(tables[one].columns) - ASIDE - DATES:
            left, right = tables[one][column], tables[two][column]
            both = left.is_not_null() & right.is_not_null()
            differ = both & (left != right)
            if column == "publication_year":  # without a stated year some formats give the date of the issue
                differ &= tables[one]["publication_year_basis"].eq("stated") & tables[two]["publication_year_basis"].eq(
                    "stated"
                )
            assert not differ.any(), (one, two, column, left.filter(differ).to_list(), right.filter(differ).to_list())
            compared += int(both.sum())
    assert compared > 5000


@pytest.mark.parametrize(
    "table", ["source_authorships", "source_addresses", "source_authorship_addresses", "source_contributors"]
)
def test_people_units_and_links_agree(delivered: dict[str, Delivered], table: str) -> None:
    lacking = (
        {"table", "xlsx", "xls", "custom"} if table == "source_contributors" else set()
    )  # no label for supervisors
    made = {
        name: _plain(got.table(table).filter(pl.col("row") != PATENT))
        for name, got in delivered.items()
        if name not in lacking
    }
    expected = made.pop("refworks")
    assert expected
    for name, rows in made.items():
        assert rows == expected, name


def test_patents_with_a_number_have_tables_of_their_own(delivered: dict[str, Delivered]) -> None:
    for name in ("refworks", "noteexpress", "endnote"):
        got = delivered[name]
        patent = got.table("source_patents").row(0, named=True)
        assert (patent["patent_id"], patent["platform"], patent["published_date"]) == (
            "CN111020404A",
            "cnki",
            "2020-04-17",
        )
        parties = got.table("source_patent_parties").select("party_role", "party_position", "name").rows()
        inventors = [("inventor", 1, "沈知远"), ("inventor", 2, "陆听澜")]
        assert parties == ([("applicant", 1, "岭海大学")] if name != "endnote" else []) + inventors
        assert PATENT not in got.table("source_records")["row"].to_list()


def test_funders_and_grants(deliver: Deliver) -> None:
    work = replace(
        formats.WORKS[0], funding="国家自然科学基金(00000001,00000002);岭海市基金（LH-1；LH-2）；岭海大学校内基金"
    )
    rows = deliver(formats.custom((work,))).table("source_funding").select("funder", "award_number").rows()
    assert rows == [
        ("国家自然科学基金", "00000001"), ("国家自然科学基金", "00000002"), ("岭海市基金", "LH-1"), ("岭海市基金", "LH-2"),
        ("岭海大学校内基金", None),
    ]  # fmt: skip


def test_theses_agree(delivered: dict[str, Delivered]) -> None:
    for name, got in delivered.items():
        thesis = got.table("source_theses").row(0, named=True)
        assert got.table("source_theses").height == 1, name
        assert (thesis["university"], thesis["degree_level"], thesis["degree_year"]) == (
            "岭海大学",
            "doctoral",
            2018,
        ), name
        assert thesis["degree"] in ("博士", None), name


def test_records_say_what_the_works_are(delivered: dict[str, Delivered]) -> None:
    kinds = ["article"] * 6 + ["thesis", "proceedings_paper", "newspaper", "patent", "standard", "yearbook"]
    for name, got in delivered.items():
        records = _by_row(got.table("source_records"))
        said = records["document_type"].to_list()
        # a patent whose number is printed is in the patent tables
        numbered = got.table("source_patents")["patent_id"].to_list() == ["CN111020404A"]
        assert said == [None if kind == "patent" and numbered else kind for kind in kinds], name
        assert numbered is (name in ("refworks", "noteexpress", "endnote", "page")), name
        early = records["is_early_access"].to_list()
        assert early[0] is False and early[2] is True and not any(early[3:]), name
        assert records["title"].to_list()[0] == formats.WORKS[0].title
        assert records["venue"].to_list()[6:9] == ["岭海大学", "第九届虚构水利年会论文集", "岭海日报"], name
        assert records["first_page"].to_list()[7] == "269", name
        assert records["abstract"].to_list()[0] == formats.WORKS[0].abstract, name
        assert records["keywords"].to_list()[0] == "微电网; 储能; 鲁棒优化", name


def test_counts_of_the_result_table_are_metrics(delivered: dict[str, Delivered]) -> None:
    metrics = delivered["xls"].table("source_metrics")
    journal = sum(bool(w.issn) for w in formats.WORKS)
    assert metrics.group_by("metric").len().sort("metric").rows() == [
        ("citations_cnki", journal),
        ("downloads_cnki", journal),
    ]
    assert set(metrics.filter(metric="downloads_cnki")["value"]) == {1034.0}
    assert set(metrics["as_of"]) == {"2026-11-22"}
    assert delivered["custom"].table("source_metrics").height == 0


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "gb18030"])
@pytest.mark.parametrize("name", ["refworks", "estudy", "notefirst", "table"])
def test_every_encoding(tmp_path: Path, name: str, encoding: str) -> None:
    text = TEXTS[name]().replace("charset='utf-8'", f"charset='{encoding}'")
    got = Delivered(write(tmp_path / "f.txt", text.encode(encoding)), {})
    assert got.raw.height == len(formats.WORKS) and got.rejected.height == 0
    assert got.raw.sort("source_row")["title"].to_list()[0] == formats.WORKS[0].title


@pytest.mark.parametrize("name", sorted(TEXTS))
def test_blocks_cut_anywhere_lose_nothing(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipelines.sources._text.BLOCK", 1900)
    monkeypatch.setattr("pipelines.sources._tagged.PIECE", 500)
    monkeypatch.setattr("pipelines.sources._chinese_sheets.ROWS", 5)
    got = Delivered(write(tmp_path / "f.txt", TEXTS[name]()), {})
    assert got.raw["source_row"].to_list() == list(range(1, len(formats.WORKS) + 1))
    assert got.rejected.height == 0


def test_text_without_a_blank_is_known_as_utf8_at_once(tmp_path: Path) -> None:
    path = write(tmp_path / "f.txt", "海" * 800_000 + "\n")
    assert all(_text.is_utf8(block) for block in _text._whole_lines(path))
    assert _text.detect(path) == "utf-8"


def test_lines_that_are_breaks_of_a_page(deliver: Deliver) -> None:
    works = formats.WORKS[:3]
    got = deliver(formats.estudy(works).replace("\n", "<br>"))
    assert (got.found.format, got.raw.height, got.rejected.height) == ("estudy", 3, 0)
    assert got.raw["record_id"].to_list() == deliver(formats.refworks(works), name="r.txt").raw["record_id"].to_list()


def test_two_formats_in_one_file_are_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "f.txt", formats.refworks() + "\n" + formats.noteexpress())
    with pytest.raises(SourceError, match="两种格式"):
        Delivered(path, {})


def test_records_of_another_provider_are_set_aside(tmp_path: Path) -> None:
    other = formats.noteexpress(formats.WORKS[:1]).replace("CNKI", "北京万方数据股份有限公司")
    got = Delivered(write(tmp_path / "f.txt", formats.noteexpress() + other), {})
    assert (got.raw.height, got.rejected.height) == (len(formats.WORKS), 1)
    assert "别的数据库" in got.rejected["found"][0]


def test_undecodable_bytes_set_the_record_aside(tmp_path: Path) -> None:
    damaged = formats.refworks().encode().replace("储能装置".encode(), b"\xe5\xe5\xe5", 1)
    got = Delivered(write(tmp_path / "f.txt", damaged), {})
    assert (got.raw.height, got.rejected.height) == (len(formats.WORKS) - 1, 1)
    assert "无法解读" in got.rejected["found"][0]


@pytest.mark.parametrize("name", sorted(TEXTS))
@given(cut=st.integers(0, 9000), place=st.integers(0, 9000), noise=st.binary(max_size=12))
@settings(max_examples=8, deadline=None)
def test_damage_never_crashes(
    tmp_path_factory: pytest.TempPathFactory, name: str, cut: int, place: int, noise: bytes
) -> None:
    content = TEXTS[name]().encode()
    content = content[:place] + noise + content[place : max(cut, 200)]
    path = write(tmp_path_factory.mktemp("damage") / "f.txt", content)
    try:
        found = _recognise.recognise(path)
        module = modules()[found.source]
        chunks = list(module.read(path, found, {}))
    except SourceError as error:
        assert error.parts["下一步"]
        return
    numbers = sorted(n for c in chunks for n in (*c.rows["source_row"], *c.rejected["row"]))
    assert numbers == list(range(1, len(numbers) + 1))
    rows = pl.concat([c.rows for c in chunks], how="diagonal_relaxed")
    assert module.record_ids(rows).null_count() == 0


def _by_row(table: pl.DataFrame) -> pl.DataFrame:
    rows = pl.DataFrame({"row": range(1, len(formats.WORKS) + 1)}, schema={"row": pl.Int64})
    return rows.join(table, on="row", how="left", maintain_order="left")


def _plain(table: pl.DataFrame) -> list[tuple[object, ...]]:
    return table.drop("raw_id", "record_id").sort(pl.all()).rows()
