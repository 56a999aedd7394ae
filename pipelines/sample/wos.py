"""Prints works as Web of Science does: tagged text and tab-delimited exports."""

from __future__ import annotations

from pipelines.sample import names, tables, university
from pipelines.sample.citations import WOS_EXPORTED
from pipelines.sample.draw import REFERENCES, Draw
from pipelines.sample.model import MONTHS, Author, Work
from pipelines.sample.record import NO_ADDRESS, Addressed, Record, Value, print_places, signed, unaddressed
from pipelines.sample.university import Printed, institutions
from pipelines.sample.venues import ordinal
from pipelines.sample.vocabulary import disciplines, title_case, wos_text

TAGS = tables.listed("wos_tags")
TAB_COLUMNS = tables.listed("wos_tab_columns")
WRAPPED = frozenset(tables.listed("wos_wrapped"))
MARKERS = ("(corresponding author), ", "(corresponding author), ", "(通讯作者)，")  # the vendor's own full-width comma


def references(seed: int, count: int = 2500) -> list[str]:
    """Invented cited references in the vendor's form; records quote stretches of this list."""
    draw = Draw.of(seed, REFERENCES, 0)
    found = []
    for n in range(count):
        name = names.chinese(draw)
        topic = draw.pick(draw.pick(list(disciplines().values())).topics).en.upper().split()
        year = draw.between(1998, 2025)
        text = f"{name.surname()} {name.initials()}, {year}, {' '.join(w[:6] for w in topic)}, V{draw.between(3, 420)}, P{draw.between(1, 9800)}"
        found.append(text if draw.chance(0.1) else f"{text}, DOI 10.5555/ref.{year}.{n:06d}")
    return found


def record(work: Work, draw: Draw, cited: list[str]) -> Record:
    """The record of a work."""
    old = work.year < 2002
    printed, at = print_places(work, (lambda place, _: university.wos_upper(place)) if old else university.wos, draw)
    slips = 0.0 if work.exact else 1.0
    styles = [names.INITIALS if old or draw.chance(0.02 * slips) else a.style for a in work.authors]
    full = [a.name.short(s).upper() if old else a.name.full(s) for a, s in zip(work.authors, styles, strict=True)]
    short = [a.name.short(s).upper() if old else a.name.short(s) for a, s in zip(work.authors, styles, strict=True)]
    title = wos_text(work.title.en)
    title = title.upper() if old else title_case(title) if draw.chance(0.55) else title
    fields: dict[str, Value] = {
        "PT": "C" if work.conference else "J",
        "AU": short,
        "AF": full,
        "TI": title,
        "LA": "English",
    }
    fields |= _c1(work, full, printed, at, old, draw) | _rp(work, short, printed, at)
    fields |= _identifiers(work, full, draw) | _content(work, draw, cited) | _venue(work, draw) | _numbers(work, draw)
    found = Record("wos", work, work.accession(), title, fields, [signed(a, printed, at) for a in work.authors])
    found.addresses = [Addressed("author", n, p) for n, p in enumerate(printed, 1)]
    blocks = [at[work.authors[c].places[0]] for c in work.corresponding if work.authors[c].places]
    found.addresses += [Addressed("reprint", n, printed[b]) for n, b in enumerate(blocks, 1)]
    if draw.chance(NO_ADDRESS):
        unaddressed(found, "C1", "C3", "RP", "EM")
    return found


def _c1(work: Work, full: list[str], printed: list[Printed], at: list[int], old: bool, draw: Draw) -> dict[str, Value]:
    plain = old or (len(full) == 1 and draw.chance(0.7))
    mixed = len(printed) > 1 and draw.chance(0.006)
    lines = []
    for n, place in enumerate(printed):
        here = [full[k] for k, a in enumerate(work.authors) if any(at[p] == n for p in a.places)]
        bare = plain or (mixed and n > 0)
        lines.append(f"{place.text}." if bare else f"[{'; '.join(here)}] {place.text}.")
    homes = dict.fromkeys(institutions()[p.institution_id].en.replace(" and ", " & ") for p in printed)
    return {"C1": lines} | ({} if old else {"C3": "; ".join(homes)})


def _rp(work: Work, short: list[str], printed: list[Printed], at: list[int]) -> dict[str, Value]:
    blocks = []
    for c in work.corresponding:
        if work.authors[c].places:
            blocks.append(f"{short[c]} {{marker}}{printed[at[work.authors[c].places[0]]].text}.")
    return {
        "RP": "; ".join(blocks),
        "EM": "; ".join(dict.fromkeys(email(work, work.authors[c]) for c in work.corresponding)),
    }


def email(work: Work, author: Author) -> str:
    """Invented address of an author (.example domains only); empty for people without one."""
    if author.person:
        return author.person.email
    home = work.places[author.places[0]].institution_id if author.places else "unknown"
    return f"{author.name.initials().lower()}.{author.name.surname().lower().replace(' ', '')}@{home}.example"


def _identifiers(work: Work, full: list[str], draw: Draw) -> dict[str, Value]:
    people = [(name, a.person) for name, a in zip(full, work.authors, strict=True) if a.person and work.year > 2012]
    found: dict[str, Value] = {}
    if not work.corresponding or draw.chance(0.15):
        found["EM"] = ""
    found["RI"] = "; ".join(f"{n}/{p.researcher_id}" for n, p in people if p.researcher_id and draw.chance(0.8))
    found["OI"] = "; ".join(f"{n}/{p.orcid}" for n, p in people if p.orcid and draw.chance(0.75))
    return found


def _content(work: Work, draw: Draw, cited: list[str]) -> dict[str, Value]:
    first, second = draw.below(len(cited) - 60), draw.below(len(cited) - 60)
    quoted = sorted({*cited[first : first + draw.between(8, 32)], *cited[second : second + draw.between(4, 24)]})
    found: dict[str, Value] = {"CR": quoted, "NR": str(len(quoted))}
    if work.year >= 1995 and work.document_type in ("Article", "Review", "Proceedings Paper"):
        words = [wos_text(k.en) for k in work.study.keywords()]
        found["AB"] = wos_text(work.abstract().en)
        found["DE"] = "; ".join(w.capitalize() if w.islower() else w for w in words)
        found["ID"] = "; ".join(w.upper() for w in reversed(words[:3]))
    if draw.chance(0.6) and work.year > 2008:
        grant = f"{draw.between(51000000, 52999999)}"
        found["FU"] = (
            f"National Natural Science Foundation of China [{grant}]; Linghai Provincial Fund [LH{work.year}{draw.below(900)}]"
        )
        found["FX"] = (
            f"This work was supported by the National Natural Science Foundation of China (Grant No. {grant}) and the Linghai Provincial Fund."
        )
    return found


def _venue(work: Work, draw: Draw) -> dict[str, Value]:
    if work.conference:
        meeting = work.conference
        number = ordinal(work.year - meeting.first_year + 1)
        name = f"{number} {meeting.name}"
        areas = work.study.discipline.topics[0].en
        return {
            "SO": f"{work.year} {name.upper()} ({meeting.acronym} {work.year})",
            "CT": f"{name} ({meeting.acronym})",
            "CY": f"{MONTHS[work.month - 1]} 12-15, {work.year}",
            "CL": f"{draw.pick(('Linghai, PEOPLES R CHINA', 'Aokawa, JAPAN', 'Singapore, SINGAPORE', 'Westmark, NETHERLANDS'))}",
            "BN": f"978-7-{work.year}-{meeting.first_year % 900 + 100}-{work.year % 10}",
            "WC": f"Engineering, Multidisciplinary; {areas}",
            "SC": "Engineering",
            "WE": "Conference Proceedings Citation Index - Science (CPCI-S)" if work.year >= 2022 else "",
            "DT": "Proceedings Paper",
        }
    journal = work.journal
    assert journal is not None
    social = work.study.discipline.group == "social"
    edition = "Social Science Citation Index (SSCI)" if social else "Science Citation Index Expanded (SCI-EXPANDED)"
    if journal.journal_id.endswith("4"):
        edition = "Emerging Sources Citation Index (ESCI)"
    kind = work.document_type + ("; Early Access" if work.early_access else "")
    if kind == "Article" and draw.chance(0.004):
        kind = "Article; Retracted Publication"
    return {
        "SO": journal.en.upper(), "LA": "Chinese" if journal.zh else "English", "DT": kind,
        "PU": journal.publisher, "PI": journal.publisher_city, "PA": journal.publisher_address,
        "SN": journal.issn, "EI": journal.eissn, "J9": journal.j9, "JI": journal.iso,
        "WC": journal.categories, "SC": journal.areas, "WE": edition if work.year >= 2022 else "",
    }  # fmt: skip


def _numbers(work: Work, draw: Draw) -> dict[str, Value]:
    tc = work.story.tc if work.story else draw.below(6)
    found: dict[str, Value] = {
        "TC": str(tc), "Z9": str(tc + (tc * draw.below(9)) // 100), "U1": str(draw.below(12)), "U2": str(draw.below(140)),
        "VL": work.volume, "IS": work.issue, "BP": work.first_page, "EP": work.last_page, "AR": work.article_number,
        "PG": str(int(work.last_page) - int(work.first_page) + 1) if work.first_page.isdigit() else str(draw.between(6, 15)),
        "GA": f"{chr(65 + draw.below(26))}{draw.below(10)}{chr(65 + draw.below(26))}{chr(65 + draw.below(26))}{draw.below(10)}",
        "UT": work.accession(), "DA": WOS_EXPORTED,
    }  # fmt: skip
    month = MONTHS[work.month - 1]
    if work.early_access:
        found["EA"] = f"{month} {work.year}"
    else:
        found["PY"] = str(work.year)
        found["PD"] = month if draw.chance(0.8) else f"{month} {draw.between(1, 28)}"
    slips = 0.0 if work.exact else 1.0
    if work.doi and not draw.chance(0.03 * slips):
        glued = draw.chance(0.004 * slips) and work.journal
        found["DI"] = work.doi + (work.journal.issn if glued and work.journal else "")
    if work.study.discipline.group == "life" and draw.chance(0.6):
        found["PM"] = str(90000000 + work.index)
    if draw.chance(0.3):
        found["OA"] = draw.pick(("gold", "Green Submitted", "hybrid"))
    if work.story:
        found["HC"] = "Y" if work.story.listed[-1] else ""
        found["HP"] = "Y" if work.story.hot[-1] else ""
    return found


def tagged(found: Record, marker: str) -> str:
    """The record as tagged text, ER included."""
    lines = []
    for tag in TAGS:
        value = found.fields.get(tag, "")
        if not value:
            continue
        if tag == "RP" and isinstance(value, str):
            value = value.replace("{marker}", marker)
        if tag in WRAPPED and isinstance(value, str):
            value = _wrapped(value)
        lines.append(f"{tag} " + ("\n   ".join(value) if isinstance(value, list) else value))
    lines.append("ER\n\n")
    return "\n".join(lines)


def tabbed(found: Record, marker: str) -> str:
    """The record as one tab-delimited line, no quoting, CRLF."""
    cells = []
    for tag in TAB_COLUMNS:
        value = found.fields.get(tag, "")
        if tag == "C1":
            value = [line.removesuffix(".") for line in value]
        cell = "; ".join(value) if isinstance(value, list) else value
        cells.append(cell.replace("{marker}", marker) if tag == "RP" else cell)
    return "\t".join(cells) + "\r\n"


def _wrapped(text: str, width: int = 75) -> list[str]:
    if len(text) + 3 <= width:
        return [text]
    lines = []
    while len(text) + 3 > width:
        cut = text.rfind(" ", 0, width - 2)
        if cut <= 0:
            break
        lines.append(text[:cut])
        text = text[cut + 1 :]
    lines.append(text)
    return lines
