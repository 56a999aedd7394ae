"""Writes the lists a library keeps: JCR, 中科院分区, 预警名单, Retraction Watch, highly cited researchers; all of the sample's own journals."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from pipelines.sample import incites, sheets, tables, venues
from pipelines.sample.draw import LISTS, Draw
from pipelines.sample.model import World
from pipelines.sample.record import Record
from pipelines.sample.truth import Truth
from pipelines.sample.venues import Journal
from pipelines.sample.vocabulary import disciplines

JCR, FENQU, RETRACTIONS, RESEARCHERS = (
    tables.listed(f"lists_{name}") for name in ("jcr", "fenqu", "retractions", "researchers")
)
YEARS = (2024, 2025)  # editions of JCR; 分区 and 预警 are those of 2025
ZONES = ((0.05, 1), (0.2, 2), (0.5, 3), (1.01, 4))
AREAS = {
    "AGR": "农林科学", "BIO": "生物学", "CHE": "化学", "CLI": "医学", "COM": "计算机科学", "ECO": "经济学", "ENG": "工程技术",
    "ENV": "环境科学与生态学", "GEO": "地球科学", "MAT": "材料科学", "MOL": "生物学", "MTH": "数学", "MUL": "综合性期刊",
    "PHY": "物理与天体物理",
    "PLA": "生物学", "SOC": "管理学",
}  # fmt: skip
WARNED, CAUSES = 3, ("论文工厂", "引用操纵", "中国作者占比较高")
REASONS = (
    "+Concerns/Issues About Data;+Investigation by Journal/Publisher;",
    "+Duplication of Image;+Unreliable Results;",
)
HIGHLY_CITED = 4  # of our professors on the list of researchers
CATEGORIES = ("Engineering", "Materials Science", "Chemistry", "Cross-Field")


class Lists:
    """Collects retractions while works stream by; everything else follows from the journals and the roster."""

    def __init__(self, folder: Path, world: World, truth: Truth) -> None:
        self.folder, self.world, self.truth = folder, world, truth
        self._retracted: list[list[str]] = []

    def add(self, found: Record) -> None:
        """A record as Web of Science printed it: those it marks as retracted stand in Retraction Watch too."""
        if "Retracted Publication" in str(found.fields.get("DT", "")) and found.work.doi:
            self._retracted.append(_retraction(found, len(self._retracted) + 1))
            self.truth.add("retractions", found.work.key, found.work.doi, self._retracted[-1][10])

    def close(self) -> tuple[int, int]:
        """Every list; returns files and rows."""
        self.folder.mkdir(parents=True, exist_ok=True)
        rows = sum(_jcr(self.folder / f"Linghai_JCR_JournalResults_{year}.csv", year) for year in YEARS)
        rows += _plain(self.folder / "FQBJCR2025.csv", FENQU, _fenqu())
        rows += _plain(self.folder / "GJQKYJMD2025.csv", ("Journal", "预警原因（2025）"), _warned())
        if self._retracted:  # a small sample has none, and a list without rows is refused
            rows += _plain(self.folder / "retraction_watch.csv", RETRACTIONS, self._retracted)
        rows += sheets.table(self.folder / "HCR-2025.xlsx", "HCR 2025", RESEARCHERS, self._researchers())
        return len(YEARS) + 3 + bool(self._retracted), rows

    def _researchers(self) -> Iterator[list[str]]:
        """Given name, family name, field, university: no identifier, so that a namesake fits as well."""
        professors = [p for p in self.world.roster.staff if p.rank == "教授" and not p.history[-1].end]
        for person, field in zip(
            Draw.of(self.world.seed, LISTS, 0).some(professors, HIGHLY_CITED), CATEGORIES, strict=False
        ):
            self.truth.add("people_lists", "HCR", 2025, person.person_id, field)
            yield [
                person.name.forename(person.style),
                person.name.surname(),
                field,
                "Linghai University, China Mainland",
                "",
            ]


@cache
def indexed() -> tuple[Journal, ...]:
    """Journals of Web of Science, each once."""
    every = {j.journal_id: j for found in venues.journals().values() for j in found if j.in_wos}
    return tuple(every.values())


@cache
def _ranked(category: str) -> tuple[str, ...]:
    """Ids of a category's journals by impact factor."""
    inside = [j for j in indexed() if category in _categories(j)]
    return tuple(j.journal_id for j in sorted(inside, key=lambda j: (-incites.jif(j.journal_id), j.journal_id)))


def _categories(journal: Journal) -> list[str]:
    return [c for c in journal.categories.split("; ") if c]


def _jcr(path: Path, year: int) -> int:
    """One row per journal and category; the quote of the last cell closes before its percent sign, as the vendor writes it."""
    title = (
        f"Journal Data Filtered By:  Selected Editions: SCIE;SSCI;ESCI Selected JCR Year: {year} "
        "Selected Category Schema: WOS Indicator: Default"
    )
    lines = [f'"{title}"', "", ",".join(c.replace("{year}", str(year)) for c in JCR)]
    for j in indexed():
        jif = incites.jif(j.journal_id) * (1 if year == YEARS[-1] else 0.94)
        for category in _categories(j):
            place, size = _ranked(category).index(j.journal_id) + 1, len(_ranked(category))
            edition = "ESCI" if j.journal_id.endswith("4") else "SSCI" if j.field in ("SOC", "ECO", "PSY") else "SCIE"
            quartile = min(4, 1 + 4 * (place - 1) // size)
            cells = [
                j.en,
                j.iso.upper().replace(".", ""),
                j.publisher,
                j.issn,
                j.eissn or "N/A",
                category.upper(),
                edition,
            ]
            cells += [f"{int(jif * 1370):,}", f"{jif:.1f}", f"Q{quartile}", f"{jif / 3.1:.2f}"]
            lines.append(",".join(f'"{c}"' for c in cells) + f',"{20 + 60 * j.by_article}.00"%,')
    rows = len(lines) - 3
    lines += ["", "Copyright (c) 2026 Clarivate "]
    lines += ["By exporting the selected data; you agree to the data usage policy set forth in the Terms of Use "]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return rows


def _fenqu() -> Iterator[list[str]]:
    """大类 by ESI field, one 小类 per category; a zone with the rank in the field."""
    for j in indexed():
        same = sorted(
            (k for k in indexed() if AREAS[k.field] == AREAS[j.field]), key=lambda k: -incites.jif(k.journal_id)
        )
        place = same.index(j) + 1
        cells = [
            j.en,
            "2025",
            f"{j.issn}/{j.eissn}",
            "否",
            "否",
            "是" if j.by_article else "否",
            "SCIE",
            "",
            AREAS[j.field],
        ]
        cells += [f"{_zone(place, len(same))} [{place}/{len(same)}]", "是" if _zone(place, len(same)) == 1 else "否"]
        for category in _categories(j):
            at, size = _ranked(category).index(j.journal_id) + 1, len(_ranked(category))
            zh = disciplines()[j.discipline].topics[0].zh if j.discipline in disciplines() else "综合"
            cells += [f" {category.upper()} {zh}", f"{_zone(at, size)} [{at}/{size}]"]
        yield cells + [""] * (len(FENQU) - len(cells))


def _zone(place: int, size: int) -> int:
    return next(zone for share, zone in ZONES if (place - 0.5) / size <= share)


def _warned() -> Iterator[list[str]]:
    for j, cause in zip(Draw.of(1, LISTS, 1).some(indexed(), WARNED), CAUSES, strict=True):
        yield [j.en, cause]


def _retraction(found: Record, number: int) -> list[str]:
    work = found.work
    journal = work.journal
    assert journal is not None
    moment = f"{1 + number % 12}/{1 + number * 7 % 28}/{min(2026, work.year + 2)} 0:00"
    authors = ";".join(f"{a.name.forename(a.style)} {a.name.surname()}" for a in work.authors)
    homes = ";".join(p.printed.text for p in found.addresses if p.role == "author")
    nature = "Expression of concern" if number % 6 == 0 else "Retraction"
    return [
        str(990_000 + number), found.title, f"(PHY) {work.study.discipline.topics[0].en};", homes, journal.en, journal.ei_publisher,
        "China", authors, "", "Research Article;", moment, f"{work.doi}.ret", "0", f"{work.month}/15/{work.year} 0:00", work.doi, "0",
        nature, REASONS[number % 2], "No", "",
    ]  # fmt: skip


def _plain(path: Path, header: tuple[str, ...], rows: list[list[str]] | Iterator[list[str]]) -> int:
    count = 0
    with path.open("w", encoding="utf-8", newline="") as out:
        lines = csv.writer(out, lineterminator="\n")
        lines.writerow(header)
        for row in rows:
            lines.writerow(row)
            count += 1
    return count
