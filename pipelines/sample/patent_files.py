"""Writes patents as the platforms deliver them: a Chinese sheet, incoPat, Derwent tagged text, Lens; two searches months apart."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path

from unidecode import unidecode

from pipelines.sample import sheets, tables
from pipelines.sample.draw import PATENTS, Draw
from pipelines.sample.names import Name
from pipelines.sample.patents import DELIVERIES, STATUS, Family, Member
from pipelines.sample.truth import Truth
from pipelines.sample.university import OWN, Institution

CNIPA, INCOPAT, LENS = (tables.listed(f"patents_{name}") for name in ("cnipa", "incopat", "lens"))
ADDRESS, AGENCY = "599000 岭海省岭海市学府路1号", "岭海知识产权代理事务所（普通合伙） 99999"
TYPES = {"A": "发明申请", "B": "发明授权", "U": "实用新型"}
CODES = {
    "published": "pending", "examined": "pending", "granted": "granted_active", "rejected": "rejected", "withdrawn": "withdrawn",
    "lapsed": "lapsed_fee", "expired": "expired", "invalidated": "invalidated",
}  # fmt: skip
VALID = {"pending": "审中", "granted_active": "有效"}
LANGUAGES = {"CN": "Chinese", "JP": "Japanese"}
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def write(folder: Path, found: Iterable[Family], truth: Truth) -> tuple[int, int]:
    """Both deliveries and the truth; returns files and rows."""
    every = list(found)
    files = rows = 0
    for number, delivery in enumerate(DELIVERIES):
        until, home = date.fromisoformat(delivery), folder / delivery[:7]
        home.mkdir(parents=True, exist_ok=True)
        (home / "batch.yml").write_text(f'search_date: "{delivery}"\n', encoding="utf-8")
        known = [f for f in every if f.members[0].known(until)]
        stamp = delivery.replace("-", "")
        rows += sheets.table(home / f"incopat_{stamp}.xlsx", "Sheet1", INCOPAT, _incopat(known, until))
        if number == 0:
            rows += sheets.table(home / f"岭海大学中国专利{stamp}.xlsx", "Sheet1", CNIPA, _cnipa(known, until))
        else:
            abroad = [f for f in known if len(f.members) > 1 or f.number % 3 == 0]
            (home / "savedrecs.txt").write_bytes(derwent(abroad, until))
            rows += len(abroad) + _lens(home / "lens-export.csv", [f for f in abroad if len(f.members) > 1], until)
        files += 2 if number == 0 else 3
    _tell(every, truth)
    return files, rows


def _rows(found: Sequence[Family], until: date) -> Iterator[tuple[Family, Member, str, date]]:
    """Every publication that is known on a day."""
    for f in found:
        for member in f.everything():
            for publication, day in member.known(until):
                yield f, member, publication, day


def _incopat(found: Sequence[Family], until: date) -> Iterator[list[str]]:
    """One row per publication; the status is the application's on the day of the search."""
    for number, (f, member, publication, day) in enumerate(_rows(found, until), 1):
        chinese = member.country == "CN"
        step = member.status(until)
        assert step is not None
        family = [n for m in f.members for n, _ in m.known(until)] if member is not f.twin else [publication]
        first = f.members[0]
        priority = "" if chinese else first.application
        beside = [s.kind for s in member.events(until) if not s.changes_status]
        events = "; ".join(f"{s.day:%Y%m%d} {STATUS[s.kind]}" for s in member.events(until))
        names = [_person(n, chinese) for n, _ in f.inventors]
        homes = [i.zh if chinese else i.en.upper() for i in f.applicants]
        yield [
            str(number), f.title.zh if chinese else f.title.en, "" if chinese else f.title.zh, _abstract(f, chinese), "; ".join(homes),
            "; ".join(names), publication, f"{day:%Y%m%d}", member.application, f"{member.filed:%Y%m%d}",
            TYPES[_kind(publication)[0]],
            member.country, f.classes[0], "; ".join(f.classes), ADDRESS if chinese else "", priority,
            f"{first.filed:%Y%m%d}" if priority else "", "; ".join(family), str(len(family)),
            "; ".join([*(STATUS[k] for k in beside), STATUS[step.kind]]), VALID.get(CODES[step.kind], "失效"),
            f"{step.day:%Y%m%d}", events, str(4 + f.number % 9), str(f.citing()), AGENCY if chinese else "",
        ]  # fmt: skip


def _cnipa(found: Sequence[Family], until: date) -> Iterator[list[str]]:
    """One row per Chinese application with its newest publication; no legal status."""
    for f in found:
        for member in (m for m in f.everything() if m.country == "CN"):
            known = member.known(until)
            if not known:
                continue
            publication, day = known[-1]
            granted = publication[-1] in "BU"
            classes = ";".join(f"{c}(2006.01)I" for c in f.classes)
            cells = {
                "申请号": member.application,
                "公开（公告）号": publication,
                "公开（公告）日": f"{day:%Y.%m.%d}",
                "申请日": f"{member.filed:%Y.%m.%d}",
                "专利号": member.application if granted else "",
                "名称": f.title.zh,
                "主分类号": classes.split(";")[0],
                "分类号": classes,
                "申请（专利权）人": ";".join(i.zh for i in f.applicants),
                "发明（设计）人": ";".join(n.native() for n, _ in f.inventors),
                "地址": ADDRESS,
                "专利代理机构": AGENCY,
                "摘要": _abstract(f, True),
                "主权项": f"{f.title.zh}，其特征在于。",
                "PCT公开": "0",
            }
            yield [cells.get(c, "") for c in CNIPA]


def derwent(found: Sequence[Family], until: date) -> bytes:
    """Derwent Innovations Index, plain text: one record per family, all members in PN."""
    body = "".join("\n".join(_record(f, until)) + "\nER\n\n" for f in found)
    return f"FN Clarivate Analytics Web of Science\nVR 1.0\n{body}EF".encode()


def _record(f: Family, until: date) -> list[str]:
    known = [(m, n, d) for m in f.members for n, d in m.known(until)]
    padded = [_padded(c) for c in f.classes]
    accession = f"{known[0][2].year}9{f.number:04d}{'ABCDEFGHJK'[f.number % 10]}"
    fields = {
        "PN": ["; ".join(_derwent(n) for _, n, _ in known)],
        "TI": [f"{f.title.en[0].upper()}{f.title.en[1:]}"],
        "AU": [unidecode(f"{n.surname()} {' '.join(n.initials())}").upper() for n, _ in f.inventors],
        "AE": [_assignee(i) for i in f.applicants],
        "GA": [accession],
        "AB": [f"   NOVELTY - {f.title.en}.", f"USE - For {f.work.terms['a'].en}."],
        "DC": ["X25 (Industrial Electric Equipment)"],
        "MC": ["X25-F05"],
        "IP": ["; ".join(padded)],
        "PD": [
            f"{_derwent(n)}   {_day(d)}   {padded[0]}   {d.year}{d.isocalendar().week:02d}   Pages: {5 + f.number % 20}"
            f"   {LANGUAGES.get(m.country, 'English')}"
            for m, n, d in known
        ],
        "AD": [f"{_derwent(n)}    {_filed(m)}    {_day(m.filed)}" for m, n, _ in known],
        "PI": [f"{_filed(f.members[0])}    {_day(f.members[0].filed)}"],
        "UT": [f"DIIDW:{accession}"],
    }
    return ["PT P", *(f"{tag} " + "\n   ".join(lines) for tag, lines in fields.items())]


def _lens(path: Path, found: Sequence[Family], until: date) -> int:
    """One row per publication; names in capitals, surname first."""
    count = 0
    with path.open("w", encoding="utf-8", newline="") as out:
        rows = csv.DictWriter(out, LENS, restval="", lineterminator="\r\n")
        rows.writeheader()
        for f, member, publication, day in _rows(found, until):
            count += 1
            kind = _kind(publication)
            priority = f"CN {f.members[0].application[2:-2]} A"
            rows.writerow({
                "#": str(count), "Jurisdiction": member.country, "Kind": kind,
                "Publication Number": _spaced(publication), "Lens ID": f"999-{f.number:03d}-{count:03d}-000-001",
                "Publication Date": day.isoformat(), "Publication Year": str(day.year),
                "Application Number": _lens_application(member), "Application Date": member.filed.isoformat(),
                "Priority Numbers": f"{priority} {f.members[0].filed:%Y%m%d}", "Earliest Priority Date": f.members[0].filed.isoformat(),
                "Title": f.title.en.title(), "Applicants": ";;".join(_assignee(i).partition(" (")[0] for i in f.applicants),
                "Inventors": ";;".join(_person(n, False) for n, _ in f.inventors), "URL": f"https://lens.org/999-{f.number:03d}-{count:03d}-000-001",
                "Type": "Granted Patent" if kind[0] in "BU" else "Patent Application", "Has Full Text": "no",
                "Cites Patent Count": "4", "Cited by Patent Count": str(f.citing()), "Simple Family Size": str(len(f.members)),
                "Extended Family Size": str(len(f.members)), "Sequence Count": "0", "IPCR Classifications": ";;".join(f.classes),
                "NPL Citation Count": "0", "NPL Resolved Citation Count": "0",
            })  # fmt: skip
    return count


def _tell(found: Sequence[Family], truth: Truth) -> None:
    for f in found:
        for position, (name, person) in enumerate(f.inventors, 1):
            truth.add("patent_inventors", f.key, position, name.native(), person.person_id if person else None)
        for member in f.everything():
            relation = "twin" if member is f.twin else "member"
            for publication, day in member.publications:
                truth.add("patents", f.key, publication, member.application, member.country, relation, day.isoformat())
            for step in member.steps:
                seen = next((d for d in DELIVERIES if step.day.isoformat() <= d), None)
                truth.add("patent_events", member.application, step.kind, step.day.isoformat(), seen)
            for delivery in DELIVERIES:
                step_then = member.status(date.fromisoformat(delivery))
                if step_then:
                    code = CODES[step_then.kind]
                    truth.add("patent_status", delivery, member.application, f.key, code, step_then.day.isoformat())


def _abstract(f: Family, chinese: bool) -> str:
    if not chinese:
        return f.work.abstract(Draw.of(0, PATENTS, f.number)).en
    kind = "实用新型" if f.members[0].kind == "utility" else "发明"
    return f"本{kind}公开了{f.title.zh}，可改善{f.work.terms['p'].zh}。"


def _person(name: Name, chinese: bool) -> str:
    return name.native() if chinese else f"{name.surname()} {name.forename()}".upper()


def _assignee(home: Institution) -> str:
    """`UNIV LINGHAI (LING-C)`, cut to forty characters."""
    words = re.sub(r"[^A-Z ]", "", unidecode(home.en).upper()).split()
    if "UNIVERSITY" in words:
        words = ["UNIV", *(w for w in words if w not in ("UNIVERSITY", "OF"))]
    name = " ".join(words)[:40].strip()
    return f"{name} ({''.join(words)[-4:]}-{'C' if home.institution_id == OWN else 'Non-standard'})"


def _kind(publication: str) -> str:
    found = re.search(r"[A-Z]\d?$", publication)
    return found[0] if found else ""


def _derwent(publication: str) -> str:
    """CN199000013-A; a serial of the United States loses its first zero: US2025900001-A1."""
    kind = _kind(publication)
    number = re.sub(r"^(US20\d\d)0", r"\1", publication.removesuffix(kind))
    return f"{number}-{kind}"


def _filed(member: Member) -> str:
    """CN19000007: the kind and the serial, without the year."""
    if member.country == "CN":
        return f"CN{member.application[6:14]}"
    return f"WOCN{member.application[-6:]}" if member.country == "WO" else f"{member.country}{member.application[-6:]}"


def _spaced(publication: str) -> str:
    """`US 2025/0900001 A1`, `CN 199000013 A`."""
    kind, country = _kind(publication), publication[:2]
    number = publication[2:].removesuffix(kind)
    slashed = country == "WO" or (country == "US" and len(number) > 8) or (country == "JP" and len(number) > 7)
    return f"{country} {number[:4]}/{number[4:]} {kind}" if slashed else f"{country} {number} {kind}"


def _lens_application(member: Member) -> str:
    if member.country == "WO":
        return f"CN {member.application[6:10]}{member.application[-6:]} W"
    number = member.application[2:].partition(".")[0]
    return f"{member.country} {number} {'U' if member.kind == 'utility' else 'A'}"


def _padded(code: str) -> str:
    """C12N15/113 is C12N-015/113."""
    return f"{code[:4]}-{code[4:].partition('/')[0]:0>3}/{code.partition('/')[2]}"


def _day(day: date) -> str:
    return f"{day.day:02d} {MONTHS[day.month - 1]} {day.year}"
