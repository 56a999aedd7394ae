"""Writes ESI exports of three releases: document lists, thresholds, field baselines, institution rankings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from unidecode import unidecode

from pipelines.sample import citations, tables
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
EXPORTED = {"2026-03": "2026-03-17", "2026-05": "2026-05-19", "2026-07": "2026-07-14"}
PERCENTILES = ("0.01%", "0.10%", "1.00%", "10.00%", "20.00%", "50.00%")
RANKED = 320  # institutions per field in a sample ranking
CREATOR = "Apache POI"


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
            _thresholds(home / f"THRESHOLD-ESI-{period.replace('-', '')}.xlsx", period)
            (home / f"BaselinePercentiles-{period}.csv").write_text(baselines(period), encoding="utf-8")
            fields = [f for f, r in citations.fields().items() if r["rank_share"]]
            for number, code in enumerate(fields, 1):
                name = (
                    citations.fields()[code]["name_en"]
                    .lower()
                    .replace(" & ", "-")
                    .replace("/", "-")
                    .replace(", ", "-")
                    .replace(" ", "-")
                )
                own = sum(p.on("top", n) and p.fields[n] == code for p in self.papers)
                write_ranking(home / f"IndicatorsExport-{number:02d}-{name}.xlsx", code, n, own, seed, ranked)
            count += len(FILES) + 2 + len(fields)
        return count


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
        str(work.year),
    )
    return Paper(work.accession(), cells, tail, story.cites, story.fields, story.listed, story.hot)


def _source(found: Record) -> str:
    work = found.work
    journal = work.journal.en.upper() if work.journal else str(found.fields["SO"])
    pages = f"{work.first_page}-{work.last_page}" if work.first_page else "-"
    issue = f" ({work.issue})" if work.issue else ""
    return f"{journal} {work.volume}{issue}: {pages} {MONTHS[work.month - 1]} {work.year}"


def _documents(path: Path, kind: str, n: int, papers: list[Paper]) -> None:
    listed = sorted((p for p in papers if p.on(kind, n)), key=lambda p: (-p.cites[n], p.accession))
    with Sheet(path, "Sheet0", creator=CREATOR) as sheet:
        sheet.skip(4)
        sheet.add([f"Documents Result List:  Institutions - 'LINGHAI UNIVERSITY' Show - {LISTS[kind]}"])
        sheet.add(DOCUMENT_COLUMNS)
        for p in listed:
            sheet.add([*p.cells, citations.fields()[p.fields[n]]["name_en"], str(p.cites[n]), *p.tail])
        sheet.add(["Copyright © 2026 Clarivate"])
        sheet.add([f"Export Date {EXPORTED[PERIODS[n]]}"])


def _thresholds(path: Path, period: str) -> None:
    n = PERIODS.index(period)
    with Sheet(path, "DJR_2756") as sheet:
        sheet.skip(1)
        sheet.add(["THRESHOLD-ESI"])
        sheet.add(["RESEARCH FIELDS", "AUTHOR", None, "INSTITUTION", "JOURNAL", None, "COUNTRY"])
        for r in citations.fields().values():
            kinds = {k: round(int(r[k]) * _season(n)) for k in ("author", "institution", "journal", "country")}
            sheet.add(
                [r["name_en"], kinds["author"], None, kinds["institution"], kinds["journal"], None, kinds["country"]]
            )
        sheet.add(["Copyright © 2026 Clarivate"])


def _season(n: int) -> float:
    """Thresholds rise through the year and fall in May, when the oldest year leaves."""
    return (1.0, 0.957, 0.978, 1.0)[n % 4]


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


def write_ranking(path: Path, code: str, n: int, own_top: int, seed: int, ranked: int = RANKED) -> None:
    """The ranking of one field in period n."""
    with Sheet(path, "Sheet0", creator=CREATOR) as sheet:
        sheet.skip(4)
        name = citations.fields()[code]["name_en"]
        sheet.add(
            [
                f"Indicators Results List: Institutions   Filter Results By: ResearchFields   Filter Value(s): {name}   Show: Top"
            ]
        )
        sheet.add(["", *RANKING_COLUMNS])
        for row in ranking(code, n, own_top, seed, ranked):
            sheet.add(row)
        sheet.add(["Copyright © 2026 Clarivate"])


def ranking(code: str, n: int, own_top: int, seed: int, ranked: int = RANKED) -> Iterator[tuple[str, ...]]:
    """Rows of a field's ranking: competition ranks, every cell text, the last row's cites close to the threshold."""
    spec = citations.fields()[code]
    number = list(citations.fields()).index(code)
    draw = Draw.of(seed, RANKINGS, 1 + number)
    floor = int(spec["institution"])
    names = draw.some(_world_institutions(seed), ranked - 1)
    entries = []
    for k, (name, country) in enumerate(names):
        base = floor * (ranked / (k + 1)) ** 0.75 * (1 + 0.02 * draw.random())
        entries.append(
            (
                name,
                country,
                int(base * (1 + 0.012 * n * draw.random()) * _season(n)),
                8 + 22 * draw.random(),
                draw.random(),
            )
        )
    at = max(0, int(float(spec["rank_share"]) * ranked) - 1 - n)  # a place or two better each period
    ours = entries[min(at, len(entries) - 1)][2] + 3
    entries.append(("LINGHAI UNIVERSITY", "CHINA MAINLAND", ours, 17.0 + number / 7, -1.0))
    entries.sort(key=lambda e: (-e[2], e[0]))
    rank, last = 0, -1
    for place, (name, country, cites, per_paper, top) in enumerate(entries, 1):
        rank, last = (rank, last) if cites == last else (place, cites)
        documents = max(1, round(cites / per_paper))
        tops = own_top if top < 0 else round(documents * 0.012 * (0.5 + top))
        yield (str(rank), name, country, str(documents), str(cites), f"{cites / documents:.2f}", str(tops))


def _institution(name: str) -> str:
    return _upper(name.replace(" and ", " & ").replace(",", ""))


def _upper(text: str) -> str:
    return re.sub(r"[^\x20-\x7e]", "", unidecode(text)).upper()
