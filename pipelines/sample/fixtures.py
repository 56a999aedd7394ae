"""The tiny exports that tests read: cut from a small sample, ten to twenty records a file, in the true vendor formats."""

from __future__ import annotations

import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl

from pipelines.core.catalog import PROJECT
from pipelines.sample import people, roster
from pipelines.sample.citations import PERIODS
from pipelines.sample.esi import FILES, ranking, write_ranking
from pipelines.sample.people import Person, Roster
from pipelines.sample.writer import write

WORKS, SEED, SIZE, PEOPLE = 300, 20261122, 14, 20
PERIOD = "2026-05"
FURTHER = (
    "scopus/scopus.csv",
    "incites/Incites Organizations.xlsx",
    "incites/Incites Researchers.xlsx",
    "pqdt/ProQuestDocuments-2026-08-21.xlsx",
    "pqdt/ProQuestDocuments-2026-08-21.ris",
    "patents/2026-08/incopat_20260820.xlsx",
)
TAKEN = {"wos": 2, "ei": 1, "cnki": 2}  # files per source: tagged and tab; RefWorks and NoteExpress


def write_fixtures(folder: Path) -> None:
    """Write <folder>/<source>; the same bytes every time. Files made by hand that lie there stay."""
    with TemporaryDirectory() as scratch:
        sample = Path(scratch) / "sample"
        write(sample, works=WORKS, seed=SEED, file_size=SIZE)
        for source in (*TAKEN, "esi", "roster"):
            (folder / source).mkdir(parents=True, exist_ok=True)
        names: list[str] = []
        for source, count in TAKEN.items():
            written = sorted((sample / "inbox" / source).iterdir(), key=lambda p: (len(p.name), p.name))
            for path in written[:count]:
                shutil.copyfile(path, folder / source / path.name)
                names.append(path.name)
        for name in FURTHER:
            written_file = sample / "inbox" / name
            (folder / name.partition("/")[0]).mkdir(exist_ok=True)
            shutil.copyfile(written_file, folder / name.partition("/")[0] / written_file.name)
        _esi(sample / "inbox" / "esi" / PERIOD, folder / "esi")
        _roster(pl.read_parquet(sample / "truth" / "authorships.parquet"), names, folder / "roster")


def main() -> None:
    """Rewrite the committed fixtures."""
    write_fixtures(PROJECT / "tests" / "fixtures" / "landing")


def _esi(delivered: Path, folder: Path) -> None:
    plain = (
        *FILES.values(),
        f"THRESHOLD-ESI-{PERIOD.replace('-', '')}.xlsx",
        f"BaselinePercentiles-{PERIOD}.csv",
        "IndicatorsExport.xlsx",
        "batch.yml",
    )
    for name in plain:
        shutil.copyfile(delivered / name, folder / name)
    rows = list(ranking("CHE", PERIODS.index(PERIOD), 3, SEED, PEOPLE))
    write_ranking(folder / "IndicatorsExport-chemistry.xlsx", "ResearchFields   Filter Value(s): CHEMISTRY", rows)


def _roster(authorships: pl.DataFrame, files: list[str], folder: Path) -> None:
    """Rosters of a few people who sign the fixture's records."""
    signing = (
        authorships.filter(pl.col("source_file").is_in(files))["person_id"].drop_nulls().unique(maintain_order=True)
    )
    everybody = people.roster(SEED, WORKS)
    wanted = set(signing)
    students = [p for p in everybody.students if p.person_id in wanted][:PEOPLE]
    staff = [p for p in everybody.staff if p.person_id in wanted][:PEOPLE]
    tutors = [everybody.staff[s] for p in students for s in p.supervisors]
    kept = list({p.person_id: p for p in (*staff, *tutors)}.values())
    roster.write(
        folder, Roster(kept, [_retutored(p, everybody, kept) for p in students], _colleges(kept, everybody), {})
    )


def _retutored(student: Person, everybody: Roster, kept: list[Person]) -> Person:
    student.supervisors = tuple(kept.index(everybody.staff[s]) for s in student.supervisors)
    return student


def _colleges(kept: list[Person], everybody: Roster) -> dict[str, list[int]]:
    at = {id(p): n for n, p in enumerate(kept)}
    return {
        c: [at[id(everybody.staff[m])] for m in members if id(everybody.staff[m]) in at]
        for c, members in everybody.by_college.items()
    }
