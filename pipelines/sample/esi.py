"""Writes ESI exports of eight releases: document lists, thresholds, field baselines, rankings of all 22 fields, own fields."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from pathlib import Path

from unidecode import unidecode

from pipelines.core import dictionaries
from pipelines.sample import citations, sheets, tables, venues
from pipelines.sample.citations import PERIODS
from pipelines.sample.draw import RANKINGS, Draw
from pipelines.sample.model import MONTHS
from pipelines.sample.record import Record
from pipelines.sample.sheets import Cell, Sheet
from pipelines.sample.university import COUNTRIES_ESI, OWN, institutions

DOCUMENT_COLUMNS = tables.listed("esi_document_columns")
RANKING_COLUMNS = tables.listed("esi_ranking_columns")
LISTS = {"highly_cited": "Highly Cited Papers", "hot": "Hot Papers", "top": "Top Papers"}
FILES = {
    "highly_cited": "DocumentsExport_HighlyCited.xlsx",
    "hot": "DocumentsExport_Hot.xlsx",
    "top": "DocumentsExport_Top.xlsx",
}
PERCENTILES = ("0.01%", "0.10%", "1.00%", "10.00%", "20.00%", "50.00%")
OWN_COLUMNS = tables.listed("esi_own_columns")
JOURNAL_COLUMNS = tables.listed("esi_journal_columns")
MEAN = 0.13  # mean citations of a field and year, in units of its top 1 %
RANKED = 320  # institutions per field in a large sample's ranking
SEASON = {"05": 0.933, "07": 0.946, "09": 0.960, "11": 0.973, "01": 0.987, "03": 1.0}  # of the level a full window has
YEARLY = 1.033  # growth of thresholds from one March to the next
CREATOR = "Apache POI"
OWN_NAME = "LINGHAI UNIVERSITY"


def size(works: int) -> int:
    """Institutions in a field's ranking of a sample of so many works."""
    return min(RANKED, max(30, works // 36))


@dataclass(slots=True)
class Paper:
    """A paper of ours that is listed in some period: the cells that stay, and what changes."""

    accession: str
    cells: tuple[Cell, ...]
    tail: tuple[Cell, ...]
    cites: tuple[int, ...]
    fields: tuple[str, ...]
    highly_cited: tuple[bool, ...]
    hot: tuple[bool, ...]

    def on(self, kind: str, n: int) -> bool:
        """Whether the paper stands on a list in period n."""
        return {"highly_cited": self.highly_cited[n], "hot": self.hot[n], "top": self.highly_cited[n] or self.hot[n]}[
            kind
        ]


@dataclass
class Archive:
    """Collects the few listed papers while works stream by."""

    papers: list[Paper] = field(default_factory=list)

    def add(self, found: Record) -> None:
        """Take a printed WoS record whose work is on some list."""
        story = found.work.story
        if story and (any(story.listed) or any(story.hot)):
            self.papers.append(_paper(found, story))

    def write(self, folder: Path, seed: int, ranked: int = RANKED) -> int:
        """Every file of every period; returns the number of files."""
        count = 0
        for n, period in enumerate(PERIODS):
            home = folder / period
            home.mkdir(parents=True, exist_ok=True)
            (home / "batch.yml").write_text(f'esi_period: "{period}"\n', encoding="utf-8")
            for kind, name in FILES.items():
                _documents(home / name, kind, n, self.papers)
            _thresholds(home / f"THRESHOLD-ESI-{period.replace('-', '')}.xlsx", n)
            (home / f"BaselinePercentiles-{period}.csv").write_text(baselines(period), encoding="utf-8")
            count += len(FILES) + 3 + self._rankings(home, n, seed, ranked)
        newest = folder / PERIODS[-1]
        (newest / f"BaselineCitationRates-{PERIODS[-1]}.csv").write_text(citation_rates(PERIODS[-1]), encoding="utf-8")
        sheets.table(newest / "esi-master-journal-list-4-2026.xlsx", "Sheet1", JOURNAL_COLUMNS, _journals())
        return count + 2

    def _rankings(self, home: Path, n: int, seed: int, ranked: int) -> int:
        """Every field's ranking, and the list of our own fields that follows from them."""
        own_rows: list[list[Cell]] = []
        every: list[list[tuple[str, ...]]] = []
        for number, (code, spec) in enumerate(citations.fields().items(), 1):
            own_top = sum(p.on("top", n) and p.fields[n] == code for p in self.papers)
            name = re.sub(r"[^a-z]+", "-", spec["name_en"].lower())
            every.append(list(ranking(code, n, own_top, seed, ranked)))
            filtered = f"ResearchFields   Filter Value(s): {spec['name_en']}"
            found = write_ranking(home / f"IndicatorsExport-{number:02d}-{name}.xlsx", filtered, every[-1])
            if found:
                own_rows.append([spec["name_en"], *(float(c) for c in found[3:])])
        write_ranking(home / "IndicatorsExport-all.xlsx", "Institutions   Filter Value(s): None", overall(every))
        _own_fields(home / "IndicatorsExport.xlsx", own_rows, sum(p.on("top", n) for p in self.papers))
        return len(citations.fields()) + 1


def _paper(found: Record, story: citations.Story) -> Paper:
    f, work = found.fields, found.work
    homes = list(dict.fromkeys(institutions()[a.printed.institution_id] for a in found.addresses if a.role == "author"))
    countries = dict.fromkeys(COUNTRIES_ESI.get(h.country, h.country.upper()) for h in homes)
    where = [_upper(a.printed.text) for a in found.addresses if a.role == "author"]
    medline = f"MEDLINE:{f['PM']}" if f.get("PM") else "NA"
    authors = ";".join(_upper(a) for a in f["AU"])
    cells = (work.accession(), work.doi.upper() or 0, medline, _upper(found.title), authors, _source(found))
    tail = (
        "".join(f"{c};" for c in countries),
        ";".join(where),
        "".join(f"{_institution(h.en)};" for h in homes),
        str(work.numbered_year or work.year),  # ESI goes by the final year, as the citations here do
    )
    return Paper(work.accession(), cells, tail, story.cites, story.fields, story.listed, story.hot)


def _source(found: Record) -> str:
    work = found.work
    journal = work.journal.en.upper() if work.journal else str(found.fields["SO"])
    pages = f"{work.first_page}-{work.last_page}" if work.first_page else "-"
    issue = f" ({work.issue})" if work.issue else ""
    return f"{journal} {work.volume}{issue}: {pages} {MONTHS[work.month - 1]} {work.numbered_year or work.year}"


def _documents(path: Path, kind: str, n: int, papers: list[Paper]) -> None:
    listed = sorted((p for p in papers if p.on(kind, n)), key=lambda p: (-p.cites[n], p.accession))
    with Sheet(path, "Sheet0", creator=CREATOR) as sheet:
        sheet.skip(4)
        sheet.add([f"Documents Result List:  Institutions - 'LINGHAI UNIVERSITY' Show - {LISTS[kind]}"])
        sheet.add(DOCUMENT_COLUMNS)
        for p in listed:
            sheet.add([*p.cells, citations.fields()[p.fields[n]]["name_en"], str(p.cites[n]), *p.tail])
        sheet.add(["Copyright © 2026 Clarivate"])
        sheet.add([f"Export Date {exported(PERIODS[n])}"])


def exported(period: str) -> str:
    """The librarian's day: five days after the release, which is the second Thursday of the month."""
    first = date(int(period[:4]), int(period[5:]), 1)
    return (first + timedelta(days=(3 - first.weekday()) % 7 + 7 + 5)).isoformat()


def _own_fields(path: Path, rows: list[list[Cell]], top: int) -> None:
    """Fields of one institution: numbers as numbers, and a last row of rank 0 for all fields."""
    with Sheet(path, "Sheet0", creator=CREATOR) as sheet:
        sheet.skip(4)
        sheet.add(
            [
                "Indicators Results List: ResearchFields   Filter Results By: Institutions   "
                "Filter Value(s): LINGHAI UNIVERSITY   Show: Top"
            ]
        )
        sheet.add(["", *OWN_COLUMNS])
        rows.sort(key=lambda r: -float(r[2] or 0))
        for number, row in enumerate(rows, 1):
            sheet.add([float(number), *row])
        documents, cites = (sum(float(r[k] or 0) for r in rows) for k in (1, 2))
        sheet.add([0.0, "ALL FIELDS", documents, cites, round(cites / max(documents, 1), 2), float(top)])
        sheet.add(["Copyright © 2026 Clarivate"])


def _thresholds(path: Path, n: int) -> None:
    with Sheet(path, "DJR_2756") as sheet:
        sheet.skip(1)
        sheet.add(["THRESHOLD-ESI"])
        sheet.add(["RESEARCH FIELDS", "AUTHOR", None, "INSTITUTION", "JOURNAL", None, "COUNTRY", None])
        _merged(sheet)
        for r in citations.fields().values():
            kinds = {k: round(int(r[k]) * _season(n)) for k in ("author", "institution", "journal", "country")}
            author, institution, journal, country = kinds.values()
            sheet.add([r["name_en"], author, None, institution, journal, None, country])
            _merged(sheet)
        sheet.add(["Copyright © 2026 Clarivate"])


def _merged(sheet: Sheet) -> None:
    for first in (1, 4, 6):
        sheet.merge(first, first + 1)


def _season(n: int) -> float:
    """Thresholds rise through the year and fall in May, when the oldest year leaves."""
    year, month = PERIODS[n].split("-")
    return SEASON[month] * YEARLY ** (int(year) - 2026 + (month >= "05"))


def baselines(period: str) -> str:
    """Field Baselines, Percentiles, as CSV."""
    seen = citations.window(period)
    years = range(seen.first_year, seen.last_year + 1)
    lines = ["BASELINES-PERCENTILES" + "," * (len(years) + 1), f"RESEARCH FIELDS,{','.join(map(str, years))},ALL YEARS"]
    for r in sorted(citations.fields().values(), key=lambda r: r["name_en"]):
        name = f'"{r["name_en"]}"' if "," in r["name_en"] else r["name_en"]
        lines.append(name + "," * (len(years) + 1))
        for share in PERCENTILES:
            cells = [citations.threshold(r["esi_field"], y, period, share) for y in years]
            cells.append(citations.all_years(r["esi_field"], period, share))
            lines.append(f"{share},{','.join(map(str, cells))}")
    lines.append("Copyright © 2026 Clarivate" + "," * (len(years) + 1))
    return "\n".join(lines) + "\n"


def citation_rates(period: str) -> str:
    """Field Baselines, Citation Rates, as CSV: mean citations per paper."""
    seen = citations.window(period)
    years = range(seen.first_year, seen.last_year + 1)
    lines = [
        "BASELINES-CITATION RATES" + "," * (len(years) + 1),
        f"RESEARCH FIELDS,{','.join(map(str, years))},ALL YEARS",
    ]
    for r in sorted(citations.fields().values(), key=lambda r: r["name_en"]):
        name = f'"{r["name_en"]}"' if "," in r["name_en"] else r["name_en"]
        cells = [citations.threshold(r["esi_field"], y, period) * MEAN for y in years]
        cells.append(citations.all_years(r["esi_field"], period, "1.00%") * MEAN)
        lines.append(f"{name},{','.join(f'{c:.2f}' for c in cells)}")
    return "\n".join([*lines, "Copyright © 2026 Clarivate" + "," * (len(years) + 1)]) + "\n"


def _journals() -> Iterator[tuple[str, ...]]:
    """The master journal list: one field per journal, stars for a missing ISSN."""
    every = {j.journal_id: j for found in venues.journals().values() for j in found if j.in_wos}
    for j in sorted(every.values(), key=lambda j: j.en.upper()):
        field = "Multidisciplinary" if j.field == "MUL" else citations.fields()[j.field]["name_en"]
        yield (j.en.upper(), j.j9[:29], j.j9[:20], j.issn or "****-****", j.eissn or "****-****", field)


@cache
def _world_institutions(seed: int) -> tuple[tuple[str, str], ...]:
    """Names and countries of ranked institutions: the sample's own and invented ones."""
    draw = Draw.of(seed, RANKINGS, 0)
    own = [
        (_institution(i.en), COUNTRIES_ESI.get(i.country, i.country.upper()))
        for i in institutions().values()
        if i.institution_id != OWN and i.kind != "own"
    ]
    starts, ends = tables.listed("place_starts"), tables.listed("place_ends")
    kinds = (
        "UNIVERSITY OF {}",
        "{} UNIVERSITY",
        "{} STATE UNIVERSITY",
        "{} INSTITUTE OF TECHNOLOGY",
        "{} MEDICAL CENTER",
    )
    countries = ("USA", "ENGLAND", "CANADA", "AUSTRALIA", "CHINA MAINLAND", "GERMANY FED REP GER", "JAPAN", "N/A")
    invented = [
        (kinds[(k + n) % 5].format(f"{s}{e}".upper()), draw.pick(countries))
        for k, s in enumerate(starts)
        for n, e in enumerate(ends)
    ]
    more = [
        (kinds[(k + n + 2) % 5].format(f"{s}{e}".upper()), draw.pick(countries))
        for k, s in enumerate(starts)
        for n, e in enumerate(ends)
    ]
    return tuple(dict.fromkeys([*own, *invented, *more]))


def write_ranking(path: Path, filtered: str, rows: list[tuple[str, ...]]) -> tuple[str, ...] | None:
    """One ranking of institutions; returns our row, None where we have not entered."""
    with Sheet(path, "Sheet0", creator=CREATOR) as sheet:
        sheet.skip(4)
        sheet.add([f"Indicators Results List: Institutions   Filter Results By: {filtered}   Show: Top"])
        sheet.add(["", *RANKING_COLUMNS])
        for row in rows:
            sheet.add(row)
        sheet.add(["Copyright © 2026 Clarivate"])
    return next((row for row in rows if row[1] == OWN_NAME), None)


def overall(fields: list[list[tuple[str, ...]]]) -> list[tuple[str, ...]]:
    """The ranking of all fields together: an institution's numbers are the sums of the fields that it has entered."""
    sums: dict[tuple[str, str], list[int]] = {}
    for rows in fields:
        for _, name, country, documents, cites, _, top in rows:
            found = sums.setdefault((name, country), [0, 0, 0])
            for place, value in enumerate((documents, cites, top)):
                found[place] += int(value)
    ordered = sorted(sums.items(), key=lambda entry: (-entry[1][1], entry[0]))
    first: dict[int, int] = {}  # cites -> place of the first who has so many: they share it
    for place, (_, numbers) in enumerate(ordered, 1):
        first.setdefault(numbers[1], place)
    return [
        (
            str(first[numbers[1]]),
            name,
            country,
            *(str(n) for n in numbers[:2]),
            f"{numbers[1] / numbers[0]:.2f}",
            str(numbers[2]),
        )
        for (name, country), numbers in ordered
    ]


@cache
def _growing(code: str, seed: int, ranked: int) -> tuple[tuple[str, str, float, float, float, float], ...]:
    """Name, country, cites at the level of a full window, growth by release, cites a paper and share of top papers."""
    spec = citations.fields()[code]
    draw = Draw.of(seed, RANKINGS, 1 + list(citations.fields()).index(code))
    floor = int(spec["institution"])
    found = []
    world, peers = _world_institutions(seed), _peers()
    rest = draw.some([w for w in world if w[0] not in peers], ranked - 1 - len(peers))
    for peer in (w for w in world if w[0] in peers):  # whom we compare with stands in every list, above the middle
        rest.insert(draw.below(len(rest) // 2), peer)
    for k, (name, country) in enumerate(rest):
        base = floor * (ranked / (k + 1)) ** 0.75 * (1 + 0.02 * draw.random())
        found.append((name, country, base, 0.012 * draw.random(), 8 + 22 * draw.random(), draw.random()))
    return tuple(found)


def ranking(code: str, n: int, own_top: int, seed: int, ranked: int = RANKED) -> Iterator[tuple[str, ...]]:
    """Rows of a field's ranking: competition ranks, every cell text, the last row's cites close to the threshold.

    We stand in the fields that esi_fields.csv gives a place for, and gain some places from release to release.
    """
    spec = citations.fields()[code]
    entries = [
        (name, country, int(base * (1 + growth * n) * _season(n)), per_paper, top)
        for name, country, base, growth, per_paper, top in _growing(code, seed, ranked)
    ]
    if spec["rank_share"]:
        at = max(0, int(float(spec["rank_share"]) * ranked) - 1 - n)
        ours = entries[min(at, len(entries) - 1)][2] + 3
        entries.append((OWN_NAME, "CHINA MAINLAND", ours, 17.0 + list(citations.fields()).index(code) / 7, -1.0))
    entries.sort(key=lambda e: (-e[2], e[0]))
    rank, last = 0, -1
    for place, (name, country, cites, per_paper, top) in enumerate(entries, 1):
        rank, last = (rank, last) if cites == last else (place, cites)
        documents = max(1, round(cites / per_paper))
        tops = own_top if top < 0 else round(documents * 0.012 * (0.5 + top))
        yield (str(rank), name, country, str(documents), str(cites), f"{cites / documents:.2f}", str(tops))


@cache
def _peers() -> frozenset[str]:
    """Names, as ESI prints them, of the institutions of dictionaries/linghai/benchmarks.csv."""
    ids = dictionaries.load("benchmarks", tables.UNIVERSITY)["institution_id"]
    return frozenset(_institution(institutions()[i].en) for i in ids)


def _institution(name: str) -> str:
    return _upper(name.replace(" and ", " & ").replace(",", ""))


def _upper(text: str) -> str:
    return re.sub(r"[^\x20-\x7e]", "", unidecode(text)).upper()
