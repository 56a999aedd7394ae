"""The sample is deterministic, its truth matches its files, and the files parse by plain means."""

from __future__ import annotations

import csv
import hashlib
import re
from pathlib import Path

import fastexcel
import polars as pl
import pytest

from pipelines import sample
from pipelines.core.errors import ConfigError
from pipelines.sample import ei, tables, university

WORKS = 400


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sample") / "linghai"
    sample.write(folder, works=WORKS, seed=5, file_size=60)
    return folder


def truth(folder: Path, name: str) -> pl.DataFrame:
    return pl.read_parquet(folder / "truth" / f"{name}.parquet")


def digests(folder: Path) -> dict[str, str]:
    files = [p for p in sorted((folder / "inbox").rglob("*")) if p.is_file()]
    return {str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


def count_records(path: Path) -> int:
    """Records of a file by its plainest marks, without the project's readers."""
    if path.suffix == ".xlsx":
        return fastexcel.read_excel(path).load_sheet(0).height
    text = path.read_bytes().decode("utf-8-sig")
    if path.suffix == ".csv":
        return sum(1 for _ in csv.reader(text.splitlines(keepends=True))) - 1
    if text.startswith("PT\tAU"):
        return text.count("\r\n") - 1
    if path.suffix == ".net":
        return len(re.findall(r"^\{Reference Type\}", text, re.M))
    if text.startswith("FN "):
        starts, ends = len(re.findall(r"^PT ", text, re.M)), len(re.findall(r"^ER$", text, re.M))
        assert starts == ends
        assert text.endswith("\nEF")
        return starts
    return len(re.findall(r"^RT ", text, re.M))


def test_same_size_and_seed_give_the_same_bytes(written: Path, tmp_path: Path) -> None:
    again = tmp_path / "linghai"
    sample.write(again, works=WORKS, seed=5, file_size=60)
    assert digests(again) == digests(written)
    for name in ("records", "authorships", "addresses", "esi"):
        assert truth(again, name).equals(truth(written, name))


def test_another_seed_gives_another_university(written: Path, tmp_path: Path) -> None:
    other = tmp_path / "linghai"
    sample.write(other, works=60, seed=6, file_size=60)
    assert not set(truth(other, "records")["title"]) & set(truth(written, "records")["title"])


def test_truth_counts_every_record_of_every_file(written: Path) -> None:
    counts = truth(written, "records").group_by("source", "source_file").agg(pl.len(), pl.col("source_row").max())
    assert counts.height >= 12
    for source, file, rows, last in counts.rows():
        assert count_records(written / "inbox" / source / file) == rows == last, file


def test_truth_of_authors_and_addresses_follows_the_printed_text(written: Path) -> None:
    """Row n of a tagged file has the titles, authors and addresses that the truth says."""
    records = truth(written, "records").filter(source="wos", source_file="savedrecs.txt").sort("source_row")
    blocks = (written / "inbox/wos/savedrecs.txt").read_text("utf-8-sig").split("\nER\n")[:-1]
    addresses = truth(written, "addresses").filter(source="wos", source_file="savedrecs.txt", address_role="author")
    for row, block in zip(records.iter_rows(named=True), blocks, strict=True):
        assert f"UT {row['accession_number']}" in block
        assert " ".join(block.split("\nTI ")[1].split("\nSO ")[0].split()) == row["title"]
        for address in addresses.filter(source_row=row["source_row"])["address"]:
            assert f"{address}." in block


def test_every_unit_and_person_of_the_truth_exists(written: Path) -> None:
    known = {r["unit_id"] for r in tables.dictionary("units")}
    people = set(truth(written, "persons")["person_id"])
    institutions = {r["institution_id"] for r in tables.dictionary("institutions")}
    for name in ("authorships", "addresses"):
        for column in ("unit_ids", "college_ids"):
            used = truth(written, name)[column].drop_nulls().str.split(";").explode().unique()
            assert set(used) <= known
    assert set(truth(written, "authorships")["person_id"].drop_nulls()) <= people
    assert set(truth(written, "addresses")["institution_id"]) <= institutions
    assert len(people) > 300


def test_records_come_twice_and_works_in_several_databases(written: Path) -> None:
    records = truth(written, "records")
    twice = records.filter(source="wos").group_by("accession_number").len().filter(pl.col("len") > 1)
    spread = records.group_by("true_work").agg(pl.col("source").n_unique())["source"].value_counts(sort=True)
    assert twice.height > 0
    assert set(spread["source"]) >= {1, 2, 3}


def test_conference_and_journal_versions_are_two_works_with_one_title(written: Path) -> None:
    related = truth(written, "related").filter(relation="conference_journal")
    works = truth(written, "records").select("true_work", "title").with_columns(pl.col("title").str.to_lowercase())
    left = related.join(works, left_on="left_work", right_on="true_work").join(
        works, left_on="right_work", right_on="true_work"
    )
    assert related.height > 3
    assert (related["left_work"] != related["right_work"]).all()
    assert (left["title"] == left["title_right"]).any()


def test_habits_of_the_vendors_occur(written: Path) -> None:
    wos = "".join(p.read_text("utf-8-sig") for p in (written / "inbox/wos").iterdir())
    assert "(corresponding author), Linghai Univ" in wos
    assert "(通讯作者)，Linghai Univ" in wos
    assert re.search(r"\bDT Article; Early Access\n(?:(?!\nER\n).)*\nEA ", wos, re.S)
    assert re.search(r"^C1 [A-Z ,]+LINGHAI 599000,PEOPLES R CHINA\.$", wos, re.M)
    assert "gamma-Al2O3" in wos and "γ" not in wos
    assert re.search(r"Linghai (Normal|Maritime|Jiaotong|Med|Ocean) Univ|Linghai Univ Technol", wos)
    cnki = "".join(p.read_bytes().decode() for p in (written / "inbox/cnki").iterdir())
    assert re.search(r"^RT Dissertation/Thesis\r\n(?:.*\r\n)*?A3 \S+\r\nPB 岭海大学", cnki, re.M)
    assert "{Tertiary Author}: " in cnki or "{Reference Type}: Journal Article" in cnki
    sheets = pl.concat(
        fastexcel.read_excel(p).load_sheet(0, dtypes="string").to_polars()
        for p in sorted((written / "inbox/ei").iterdir())
    )
    assert tuple(sheets.columns) == ei.COLUMNS
    assert sheets["Author affiliation"].str.contains(r"^\(1\) .+, Linghai University, Linghai").any()
    assert set(sheets["Database"]) == {"Compendex", "Inspec"}
    assert sheets["DOI"].null_count() > 0


def test_old_names_of_units_are_printed_and_split_units_have_no_successor(written: Path) -> None:
    units = {r["unit_id"]: r for r in tables.dictionary("units")}
    printed = set(truth(written, "addresses")["unit_ids"].drop_nulls().str.split(";").explode())
    changes = {units[u]["change"] for u in printed}
    assert {"merged", "split"} <= changes
    assert all(not u["successor_id"] for u in units.values() if u["change"] == "split")
    assert university.colleges_of(("U033",)) == ("U010",)
    assert university.colleges_of(("U032",)) == ("U032",)


def test_nothing_real_is_written(written: Path) -> None:
    """Addresses end in .example, ids stand in blocks that nobody issues."""
    texts = [p.read_text("utf-8-sig") for p in (written / "inbox").rglob("*") if p.suffix in (".txt", ".net")]
    everything = "\n".join(texts)
    assert {d.rsplit(".")[-1] for d in re.findall(r"@([\w.-]+)", everything)} == {"example"}
    assert {d.split("/")[0] for d in re.findall(r"\b10\.\d{4,}/\S+", everything)} == {"10.5555"}
    assert set(re.findall(r"\b(\d{4}-\d{4})-\d{4}-\d{3}[\dX]\b", everything)) == {"0000-0008"}
    assert all(ut.startswith("9") for ut in re.findall(r"WOS:(\d{15})", everything))
    assert all(i.startswith("7") for i in re.findall(r"^SN (\S+)", everything, re.M))


def test_rosters_hold_movers_and_well_formed_orcids(written: Path) -> None:
    staff = (
        fastexcel.read_excel(written / "inbox/roster/教职工名单_20260901.xlsx")
        .load_sheet(0, dtypes="string")
        .to_polars()
    )
    students = (
        fastexcel.read_excel(written / "inbox/roster/学生名单_20260901.xlsx").load_sheet(0, dtypes="string").to_polars()
    )
    assert tuple(staff.columns) == tables.listed("roster_staff")
    assert staff.group_by("工号").len()["len"].max() == 2
    assert set(students["导师工号"].str.split(";").explode()) <= set(staff["工号"])
    for orcid in staff["ORCID"].drop_nulls():
        total = 0
        for digit in orcid.replace("-", "")[:-1]:
            total = (total + int(digit)) * 2
        assert "0123456789X"[(12 - total % 11) % 11] == orcid[-1]


def test_a_folder_with_other_things_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("x")
    with pytest.raises(ConfigError, match="已有别的文件"):
        sample.write(tmp_path, works=10)
    assert [p.name for p in tmp_path.iterdir()] == ["letter.txt"]


def test_journals_of_the_dictionary_have_valid_issns() -> None:
    for row in tables.dictionary("journals"):
        for issn in filter(None, (row["issn"], row["eissn"])):
            digits = [10 if c == "X" else int(c) for c in issn.replace("-", "")]
            assert sum(d * w for d, w in zip(digits, range(8, 0, -1), strict=True)) % 11 == 0
