"""Writes InCites exports: the document list with its normalised indicators, organisations, researchers, research areas (Chinese)."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from math import exp, log
from pathlib import Path
from typing import NamedTuple
from zlib import crc32

from pipelines.sample import citations, esi, tables
from pipelines.sample.citations import PERCENTILES, PERIODS
from pipelines.sample.draw import INCITES, Draw
from pipelines.sample.model import World
from pipelines.sample.people import Person
from pipelines.sample.record import Record
from pipelines.sample.sheets import Cell, Sheet
from pipelines.sample.truth import Truth

DOCUMENTS, ORGANIZATIONS, RESEARCHERS, AREAS_ZH = (
    tables.listed(f"incites_{name}") for name in ("documents", "organizations", "researchers", "areas_zh")
)
YEARS = (2016, 2026)
EXPORTED, UPDATED, THROUGH = "Aug 20, 2026", "2026-07-30", "2026-06-30"
NOT_YET, SHOWN = (
    0.015,
    300,
)  # share of Web of Science papers that InCites does not hold yet; researchers that are tracked
POTENTIAL = {"GEO": 0.86, "PHA": 0.71}  # fields not entered, and our citations there relative to the threshold
AHEAD = 1.03  # InCites against ESI


class Value(NamedTuple):
    """What InCites says of one paper; `top` is the share of papers at least as cited, 0 best."""

    cites: int
    category_expected: float
    journal_expected: float
    top: float

    @property
    def cnci(self) -> float:
        """Citations over the world's mean of the field and year."""
        return self.cites / self.category_expected

    @property
    def jnci(self) -> float:
        """Citations over the mean of the journal and year."""
        return self.cites / self.journal_expected


@dataclass
class Tally:
    """Papers of one person, or of one field and year."""

    cites: list[int] = field(default_factory=list)
    cnci: float = 0.0
    jnci: float = 0.0
    top: list[float] = field(default_factory=list)
    first: int = 0
    corresponding: int = 0
    highly_cited: int = 0

    def add(self, value: Value, listed: bool) -> None:
        """One more paper."""
        self.cites.append(value.cites)
        self.top.append(value.top)
        self.cnci += value.cnci
        self.jnci += value.jnci
        self.highly_cited += listed


def value(cites: int, esi_field: str, year: int, journal: str) -> Value:
    """Indicators that agree with the ESI baselines of the newest release."""
    level = max(0.4, float(citations.threshold(esi_field, year, PERIODS[-1])))
    expected = round(level * esi.MEAN, 2)
    return Value(cites, expected, round(expected * _standing(journal), 6), top_share(cites, level))


def _standing(journal: str) -> float:
    """How much a journal is cited against its field: 0.6 to 1.6."""
    return 0.6 + crc32(journal.encode()) % 1000 / 1000


def jif(journal: str) -> float:
    """Impact factor of a journal, the same in every list."""
    return 3.1 * _standing(journal)


def top_share(cites: int, level: float) -> float:
    """Percentage of papers cited at least as often: between the printed percentiles on a logarithmic scale; uncited is 100."""
    if cites <= 0:
        return 100.0
    marks = [(level * ratio, float(name.rstrip("%"))) for name, ratio in PERCENTILES.items()]
    if cites >= marks[0][0]:
        return round(marks[0][1] * marks[0][0] / cites, 4)
    for (high, best), (low, worst) in pairwise(marks):
        if cites >= low:
            part = log(cites / low) / log(high / low)
            return round(exp(log(worst) + part * log(best / worst)), 4)
    low, worst = marks[-1]
    return round(100 - (100 - worst) * cites / low, 4)


class Documents:
    """A document list: rows as they come, then the summary of what was exported."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.count = 0
        self._out = path.open("w", encoding="utf-8", newline="")
        self._rows = csv.writer(self._out, lineterminator="\r\n")
        self._rows.writerow(DOCUMENTS)

    def add(self, found: Record, code: str, shown: Value) -> None:
        """One paper."""
        self.count += 1
        self._rows.writerow(_document(found, code, shown))

    def close(self, *filters: str) -> None:
        """The lines under the list."""
        lines = ["", *summary(filters)]
        self._out.write("".join(f'"{line}"\r\n' if "," in line else f"{line}\r\n" for line in lines))
        self._out.close()


def _document(found: Record, code: str, shown: Value) -> list[str]:
    f, work = found.fields, found.work
    ut = work.accession()
    pages = f"{work.first_page}-{work.last_page}" if work.first_page else "n/a"
    link = f"https://gateway.webofknowledge.com/gateway/Gateway.cgi?GWVersion=2&KeyUT=ISI:{ut.removeprefix('WOS:')}"
    factor = jif(work.journal.journal_id if work.journal else "")
    return [
        ut, str(f.get("DI", "")) or "n/a", f"MEDLINE:{f['PM']}" if f.get("PM") else "n/a", found.title, link,
        "; ".join(f["AF"][:5]), str(f["SO"]), area(code), work.document_type, work.volume or "n/a", work.issue or "n/a",
        pages, str(work.year), str(shown.cites), f"{shown.journal_expected:g}", f"{shown.category_expected:g}",
        f"{shown.jnci:.4f}", f"{shown.cnci:.4f}", f"{100 - shown.top:.4f}", f"{factor:.1f}",
    ]  # fmt: skip


class Incites:
    """Takes the Web of Science records of ours while works stream by; keeps sums, never the papers."""

    def __init__(self, folder: Path, world: World, truth: Truth) -> None:
        self.folder, self.world, self.truth = folder, world, truth
        self._documents = Documents(folder / "Incites Documents.csv")
        self._people: dict[str, Tally] = {}
        self._areas: dict[tuple[str, int], Tally] = {}

    @property
    def documents(self) -> int:
        """Papers on the list."""
        return self._documents.count

    def add(self, found: Record) -> None:
        """A printed record: articles and reviews of ours inside the time period, but a few that are not indexed yet."""
        work = found.work
        story = work.story
        if story is None or not work.ours() or work.early_access or work.document_type not in ("Article", "Review"):
            return
        if not YEARS[0] <= work.year <= YEARS[1]:
            return
        draw = Draw.of(self.world.seed, INCITES, work.index)
        if draw.chance(NOT_YET):
            self.truth.add("incites", work.accession(), work.key, None, None, None, None, None, False)
            return
        code, listed = story.fields[-1], story.listed[-1]
        journal = work.journal.journal_id if work.journal else ""
        found_value = value(int(story.tc * 0.985), code, work.year, journal)
        self._documents.add(found, code, found_value)
        told = (found_value.cites, found_value.cnci, found_value.jnci, found_value.top)
        self.truth.add("incites", work.accession(), work.key, code, *told, listed)
        self._areas.setdefault((code, work.year), Tally()).add(found_value, listed)
        for position, author in enumerate(work.authors):
            person = author.person
            if person and self.world.roster.positions.get(person.person_id, SHOWN) < SHOWN:
                tally = self._people.setdefault(person.person_id, Tally())
                tally.add(found_value, listed)
                tally.first += position == 0
                tally.corresponding += position in work.corresponding

    def close(self) -> int:
        """The other tables; returns the number of files."""
        self._documents.close("Organization Name: [Linghai University]")
        self._write_areas()
        self._write_researchers()
        for number, (code, part) in enumerate(POTENTIAL.items()):
            name = "Incites Organizations.xlsx" if not number else f"Incites Organizations ({number}).xlsx"
            write_organizations(self.folder / name, code, part, self.world.seed, esi.size(self.world.works))
        return 3 + len(POTENTIAL)

    def _write_areas(self) -> None:
        """The yearly trend of our fields from the Chinese interface; area names stay English."""
        totals: dict[str, int] = {}
        for (code, _), tally in self._areas.items():
            totals[code] = totals.get(code, 0) + len(tally.cites)
        ranks = {c: n for n, c in enumerate(sorted(totals, key=lambda c: (-totals[c], c)), 1)}
        with (self.folder / "Incites Research Areas.csv").open("w", encoding="utf-8", newline="") as out:
            out.write(f'"{AREAS_ZH[0]}",{",".join(AREAS_ZH[1:])}\n')
            rows = csv.writer(out, lineterminator="\n")
            for code, year in sorted(self._areas, key=lambda k: (ranks[k[0]], k[1])):
                t = self._areas[code, year]
                count = len(t.cites)
                cited = 100 * sum(c > 0 for c in t.cites) / count
                rows.writerow([area(code), ranks[code], year, count, t.cnci / count, sum(t.cites), cited])
            out.write("\nFilter Summary:\nDataset: InCites Dataset\n")
            told = [
                "学科分类体系:  Essential Science Indicators",
                f"出版年:  [{YEARS[0]}, {YEARS[1]}]",
                "文献类型:  [Article, Review]",
                "机构名称:  [Linghai University]",
            ]
            out.write("".join(f'"{line}"\n' for line in told))
            out.write(f'\n"Exported Date  {EXPORTED}. "\n"{_updated()}"\n\n')

    def _write_researchers(self) -> None:
        staff = self.world.roster.staff
        chosen = sorted(self._people.items(), key=lambda kv: (-len(kv[1].cites), kv[0]))
        rows = [_researcher(staff[self.world.roster.positions[i]], t) for i, t in chosen if len(t.cites) >= 3]
        write_entities(self.folder / "Incites Researchers.xlsx", "Incites Researchers", RESEARCHERS, rows)


def _researcher(person: Person, tally: Tally) -> list[Cell]:
    who = (person.name.full(person.style), "Linghai University")
    return [*who, *researcher(tally), person.researcher_id, person.orcid]


def researcher(tally: Tally) -> list[Cell]:
    """The indicators of a researcher's row, in the order of the columns."""
    count = len(tally.cites)
    top1, top10 = (sum(t <= limit for t in tally.top) for limit in (1, 10))
    total = sum(tally.cites)
    return [
        count, total, _percent(sum(c > 0 for c in tally.cites), count), round(tally.cnci / count, 9), round(total / count, 9),
        h_index(tally.cites), tally.highly_cited, top1, top10, _percent(top10, count),
        round(100 - sum(tally.top) / count, 6), round(tally.jnci / count, 9), tally.first, _percent(tally.first, count),
        tally.corresponding, _percent(tally.corresponding, count),
    ]  # fmt: skip


def h_index(cites: Sequence[int]) -> int:
    """h papers with at least h citations."""
    return sum(c >= n for n, c in enumerate(sorted(cites, reverse=True), 1))


def area(code: str) -> str:
    """The field's name as InCites prints it: Social Sciences, General."""
    return citations.fields()[code]["name_en"].title()


def summary(filters: Iterable[str]) -> list[str]:
    """The lines under a CSV, or the second sheet of a workbook."""
    plain = ["Filter Summary:", "Dataset: InCites Dataset", "Schema: Essential Science Indicators"]
    plain += [f"Time Period: [{YEARS[0]}, {YEARS[1]}]", "Include Early Access documents: true"]
    plain += ["Document Type: [Article, Review]", *filters, "", f"Exported date  {EXPORTED}. ", _updated()]
    return plain


def write_entities(
    path: Path, name: str, columns: Sequence[str], rows: Iterable[Sequence[Cell]], *filters: str
) -> None:
    """A table of organisations or researchers with its Result Summary."""
    with Sheet(path, name, creator=esi.CREATOR) as sheet:
        sheet.add(columns)
        for row in rows:
            sheet.add(row)
        told = sheet.beside("Result Summary")
        for line in summary(filters):
            told.add([line])


def write_organizations(path: Path, code: str, part: float, seed: int, ranked: int) -> None:
    """Organisations in one ESI field, from the same invented world as the ESI ranking; we come below its threshold."""
    last = len(PERIODS) - 1
    rows: list[list[Cell]] = []
    for rank, name, country, documents, cites, *_, tops in esi.ranking(code, last, 0, seed, ranked):
        del rank
        rows.append(_organization(name.title(), country, int(documents), int(cites), int(tops)))
    limit = int(str(rows[-1][2])) / AHEAD
    rows.append(_organization("Linghai University", "CHINA MAINLAND", round(limit * part / 11), int(limit * part), 1))
    world: list[Cell] = ["Global Baseline", *(sum(int(str(r[k])) for r in rows) * 9 for k in (1, 2)), 87.1, 1.0, 16.5]
    fields = f"Research Area: [{area(code)}]"
    write_entities(path, "Incites Organizations", ORGANIZATIONS, [world, *rows], fields)


def _organization(name: str, country: str, documents: int, cites: int, tops: int) -> list[Cell]:
    shift = crc32(name.encode()) % 100
    papers, counted = round(documents * 1.012), round(cites * (AHEAD - 0.01 + shift / 5000))
    kind = "Health" if "Medical" in name else "Academic"
    cnci = round(counted / papers / 16.5, 9)
    return [
        name,
        papers,
        counted,
        80 + shift / 8,
        cnci,
        counted / papers,
        country,
        kind,
        int(counted**0.45),
        tops,
        shift // 60,
    ]


def _percent(part: int, whole: int) -> float:
    return round(100 * part / whole, 2)


def _updated() -> str:
    return f"InCites dataset updated  {UPDATED}. Includes Web of Science content indexed through {THROUGH}. "
