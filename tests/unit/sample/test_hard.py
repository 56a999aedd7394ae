"""Hard mode: every trait occurs and is true, works depend on nothing but their number, memory holds no works."""

from __future__ import annotations

import hashlib
import random
import re
from collections import Counter
from pathlib import Path

import fastexcel
import polars as pl
import pytest

from pipelines import runner, sample
from pipelines.core.settings import Settings
from pipelines.sample import citations, crowd, families, habits, names, titles
from pipelines.sample.causes import ADDRESS_TRAITS, PERSON_TRAITS
from pipelines.sample.draw import Draw
from pipelines.sample.model import Work, World
from pipelines.sample.names import Name
from pipelines.sample.series import Series
from pipelines.sample.traits import TRAITS
from tests.unit.sources.conftest import Delivered

WORKS, SEED = 2000, 3


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hard") / "linghai"
    sample.write(folder, works=WORKS, seed=SEED, hard=True, file_size=300)
    return folder


@pytest.fixture(scope="module")
def world() -> World:
    return World(SEED, WORKS, crowd.roster(SEED, WORKS), hard=True)


def truth(folder: Path, name: str = "records") -> pl.DataFrame:
    return pl.read_parquet(folder / "truth" / f"{name}.parquet")


def having(records: pl.DataFrame, trait: str) -> pl.DataFrame:
    return records.filter(pl.col("traits").list.contains(trait))


def told(work: Work) -> tuple[object, ...]:
    return (
        work.title,
        work.year,
        work.doi,
        work.first_page,
        work.traits,
        [a.name.zh for a in work.authors],
        work.related,
    )


def test_a_work_depends_on_its_number_alone(world: World) -> None:
    """Whatever was asked for before: so works may be made in any chunks and processes."""
    numbers = list(range(200, 420))
    in_order = {n: told(families.make(world, n)) for n in numbers}
    random.Random(1).shuffle(numbers)
    other = World(SEED, WORKS, crowd.roster(SEED, WORKS), hard=True)
    assert all(told(families.make(other, n)) == in_order[n] for n in numbers)


def test_same_size_and_seed_give_the_same_bytes(tmp_path: Path) -> None:
    digests = []
    for name in ("one", "two"):
        sample.write(tmp_path / name, works=150, seed=9, hard=True, file_size=40)
        files = sorted(p for p in (tmp_path / name).rglob("*") if p.is_file() and p.name != "sample.json")
        digests.append([hashlib.sha256(p.read_bytes()).hexdigest() for p in files])
    assert digests[0] == digests[1]


def test_every_trait_occurs_and_no_other(written: Path) -> None:
    found = Counter(truth(written)["traits"].explode().drop_nulls())
    assert set(found) == set(TRAITS)


def test_causes_of_addresses_and_people_occur_and_are_what_the_text_shows(written: Path) -> None:
    addresses, people = truth(written, "addresses"), truth(written, "persons")
    assert set(addresses["traits"].explode().drop_nulls()) == set(ADDRESS_TRAITS)
    assert set(people["traits"].explode().drop_nulls()) == set(PERSON_TRAITS)
    assert having(addresses, "no_unit")["unit_ids"].unique().to_list() == ["U000"]
    assert having(addresses, "neighbour_university")["institution_id"].str.starts_with("linghai-").all()
    assert having(addresses, "hospital_alone")["address"].str.contains("Cent Hosp|中心医院").all()
    plain = addresses.filter(pl.col("traits").list.len() == 0, pl.col("institution_id") == "linghai")
    assert plain["address"].str.contains("(?i)Linghai Univ|岭海大学").all()
    shared = having(people, "namesake_elsewhere")["name_zh"].value_counts()
    assert shared["count"].min() > 1


def test_every_printed_record_is_in_truth_once(written: Path) -> None:
    records = truth(written)
    assert not records.select("source", "source_file", "source_row").is_duplicated().any()
    for source, file, rows in records.group_by("source", "source_file").agg(pl.len()).rows():
        path = next((written / "inbox" / source).rglob(file))
        if path.suffix == ".xlsx":
            assert fastexcel.read_excel(path).load_sheet(0).height == rows
        elif source in ("wos", "cnki"):
            text = path.read_bytes().decode("utf-8-sig")
            tabbed = text.count("\r\n") - 1 if text.startswith("PT\tAU") else 0
            assert (tabbed or len(re.findall(r"^(?:PT |RT |\{Reference Type\})", text, re.M))) == rows, file


def test_titles_of_truth_stand_in_the_files(written: Path) -> None:
    records = truth(written).filter(source="wos", source_file="savedrecs.txt").sort("source_row")
    blocks = (written / "inbox/wos/savedrecs.txt").read_text("utf-8-sig").split("\nER\n")[:-1]
    for row, block in zip(records.iter_rows(named=True), blocks, strict=True):
        assert " ".join(block.split("\nTI ")[1].split("\nSO ")[0].split()) == " ".join(row["title"].split())


def test_a_work_is_met_in_several_databases_and_languages(written: Path) -> None:
    records = truth(written).filter(pl.col("source").is_in(["wos", "ei", "cnki"]))
    assert 1.45 < records.height / records["true_work"].n_unique() < 1.8
    both = records.group_by("true_work").agg(pl.col("source").unique())
    assert both.filter(pl.col("source").list.contains("cnki"), pl.col("source").list.len() > 1).height > 100


def test_abstracts_share_a_doi_and_columns_a_title(written: Path, world: World) -> None:
    works = [families.make(world, n) for n in range(WORKS)]
    supplement = [w for w in works if "abstract_supplement" in w.traits]
    dois = Counter(w.doi for w in supplement)
    assert max(dois.values()) >= 8
    assert len({w.title for w in supplement}) == len(supplement)
    columns = Counter(w.title.en for w in works if "generic_title" in w.traits)
    assert max(columns.values()) >= 4
    twins = [w for w in works if "edition_twin" in w.traits]
    assert all(w.doi.startswith("10.5555/iedn.") for w in twins)


def test_works_of_one_group_differ_in_title(world: World) -> None:
    """Hard negatives, not the same paper under two numbers."""
    groups: dict[int, list[str]] = {}
    for number in range(WORKS):
        work = families.make(world, number)
        if "one_word_group" in work.traits:
            first = work.related[0] if work.related else work.index
            groups.setdefault(first, []).append(work.title.en)
    assert max(len(g) for g in groups.values()) > 6
    assert all(len(set(g)) == len(g) for g in groups.values())


def test_a_later_delivery_has_the_same_number_and_newer_figures(written: Path) -> None:
    records = truth(written).filter(source="wos")
    again = having(records, "delivered_twice")
    pairs = again.join(records, on="accession_number", suffix="_first").filter(
        pl.col("source_file") != pl.col("source_file_first")
    )
    assert pairs.height == again.height > 20
    assert (pairs["true_work"] == pairs["true_work_first"]).all()
    text = "\n".join(p.read_text("utf-8-sig") for p in sorted((written / "inbox/wos").iterdir()))
    blocks: dict[str, list[str]] = {}
    for block in text.split("\nER\n"):
        if found := re.search(r"^UT (WOS:\d+)", block, re.M):
            blocks.setdefault(found[1], []).append(block)
    twice = [b for b in blocks.values() if len(b) == 2]
    assert any("\nEA " in a + b and not ("\nEA " in a and "\nEA " in b) for a, b in twice)
    cited = [[re.search(r"^TC (\d+)", b, re.M) for b in pair] for pair in twice]
    assert any(a and b and a[1] != b[1] for a, b in cited)


def test_two_numbers_of_one_work_are_two_records(written: Path) -> None:
    records = truth(written)
    second = having(records, "second_number").join(records, on=["source", "true_work"], suffix="_first")
    assert (second["accession_number"] != second["accession_number_first"]).any()
    assert (
        records.filter(source="wos").group_by("accession_number").agg(pl.col("true_work").n_unique())["true_work"].max()
        == 1
    )


def test_nothing_real_is_written(written: Path) -> None:
    texts = [p.read_text("utf-8-sig") for p in (written / "inbox").rglob("*") if p.suffix in (".txt", ".net")]
    everything = "\n".join(texts)
    dois = set(re.findall(r"\b10\.\d{4,}/\s?[^\s.]+", everything))
    assert {d.split("/")[0] for d in dois} == {"10.5555", "10.3969"}
    assert all(d.startswith("10.3969/j") for d in dois if d.startswith("10.3969"))
    assert set(re.findall(r"10\.3969/j\.issn\.(\d)", everything)) == {"7"}  # ISSNs that nobody issues
    assert {d.rsplit(".")[-1] for d in re.findall(r"@([\w.-]+)", everything)} == {"example"}


def test_people_share_names_in_one_college_across_colleges_and_with_students(written: Path) -> None:
    people = truth(written, "persons").unique("person_id")
    staff = people.filter(pl.col("kind").is_in(["staff", "postdoc"]))
    students = people.filter(~pl.col("kind").is_in(["staff", "postdoc"]))
    assert staff.group_by("name_zh", "unit_id").len()["len"].max() >= 2
    assert staff.group_by("name_zh").agg(pl.col("unit_id").n_unique())["unit_id"].max() >= 2
    assert staff.join(students, on="name_zh").height > 50


def test_the_full_crowd_is_held_in_little_memory() -> None:
    """6,000 staff and 200,000 students at 300,000 works; a student is made when asked for and is always the same."""
    everybody = crowd.roster(1, crowd.FULL_WORKS)
    assert (len(everybody.staff), len(everybody.students)) == (crowd.FULL_STAFF, crowd.FULL_STUDENTS)
    first = everybody.students[123_456]
    assert first == everybody.students._make(123_456)
    assert first.name == crowd.Students(1, everybody.staff, 200_000)[123_456].name
    sample_names = Counter(everybody.students[n].name.zh for n in range(0, 200_000, 40))
    assert sum(c for c in sample_names.values() if c > 1) > 1500  # of 5,000


def test_files_are_written_while_works_stream_by(tmp_path: Path) -> None:
    """A series holds the records of its next file that come again, and no others."""
    held: list[int] = []

    class Probe(Series):
        def open(self, number: int) -> str:
            return f"{number}"

        def put(self, found: object) -> None:
            held.append(len(self._again))

        def end(self) -> None:
            pass

    series = Probe(tmp_path, 50, lambda record, file, row: None, hard=True)
    for n in range(2000):
        series.add(n, Draw(1), later=n if n % 20 == 0 else None)  # type: ignore[arg-type]
    assert max(held) <= 3
    assert series.records > 2000


def test_a_hard_sample_is_read_without_a_rejected_row(tmp_path: Path) -> None:
    sample.write(tmp_path / "sample", works=120, seed=4, hard=True)
    (tmp_path / "data/inbox").mkdir(parents=True)
    sources = ("wos", "ei", "cnki", "scopus")
    for source in sources:
        (tmp_path / "sample/inbox" / source).rename(tmp_path / "data/inbox" / source)
    settings = Settings(data_dir=tmp_path / "data", settle_seconds=0)
    runner.intake(settings)
    for source in sources:
        report = runner.ingest(settings, source)
        assert report.read == report.accepted == truth(tmp_path / "sample").filter(source=source).height, report.words()


@pytest.mark.parametrize(
    ("style", "full"),
    [
        (names.HALF, "Zhang, Xiao-ming"),
        (names.BARE, "Zhang, XM"),
        (names.LOWER, "Zhang, Xm"),
        (names.DASHED, "Zhang, X.-M."),
    ],
)
def test_further_styles_of_names(style: int, full: str) -> None:
    assert Name("张晓明", "zhang", ("xiao", "ming")).full(style) == full


def test_other_readings_and_turned_names(world: World) -> None:
    from pipelines.sample import habits_names as change

    assert change._read_otherwise(Name("单雨", "shan", ("yu",)), Draw(1)).full() == "Dan, Yu"
    assert change._read_otherwise(Name("张乐", "zhang", ("le",)), Draw(1)).full() == "Zhang, Yue"
    assert change._turned(Name("张晓明", "zhang", ("xiao", "ming"))).full() == "Xiaoming, Zhang"


def test_another_translation_differs_and_keeps_its_rare_words() -> None:
    title = "Effect of steam content on the coking resistance of novel ZSM-5 zeolite: XK-2041 as an example"
    found = {titles.retranslated(title, Draw.of(1, 33, n)) for n in range(20)}
    assert len(found) > 5
    assert all("XK-2041" in t and "zeolite" in t.lower() for t in found)


def test_habits_leave_the_work_itself_alone(world: World) -> None:
    for number in range(120):
        work = families.make(world, number)
        before = told(work)
        for source in habits.SOURCES:
            seen = habits.seen(work, source, Draw.of(1, 34, number))
            assert set(seen.traits) >= set(work.traits)
        assert told(work) == before


def test_a_hot_list_is_delivered_empty_in_one_release_alone(written: Path) -> None:
    """Nothing hot that time is an answer: a row with rows_count 0 among the deliveries, which a missing file has not."""
    sizes = {}
    for period in citations.PERIODS:
        path = written / "inbox" / "esi" / period / "DocumentsExport_Hot.xlsx"
        got = Delivered(path, {"esi_period": period})
        assert (got.found.kind, got.found.details["list_kind"]) == ("documents", "hot")
        sizes[period] = got.raw.height
    assert [period for period, size in sizes.items() if not size] == [citations.PERIODS[citations.QUIET]]
