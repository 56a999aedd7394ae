"""Prints works as CNKI does: RefWorks and NoteExpress text, authors and units as two lists without links."""

from __future__ import annotations

from pipelines.sample import university
from pipelines.sample.draw import Draw
from pipelines.sample.model import Work
from pipelines.sample.record import Addressed, Record, Signed, Value, print_places, signed
from pipelines.sample.university import OWN, ROOT, Printed
from pipelines.sample.vocabulary import cnki_text

GLUED, COMMA_STYLE = 0.05, 0.01


def record(work: Work, draw: Draw) -> Record:
    """The record of a Chinese paper or thesis; CNKI gives no accession number."""
    printed, at = print_places(work, university.cnki, draw)
    truth = [signed(a, printed, at) for a in work.authors]
    title = cnki_text(work.title.zh)
    if draw.chance(0.0 if work.exact else 0.02):
        title = title.replace("——", ":").replace(":", "——", 1)
    fields: dict[str, Value] = {
        "title": title,
        "year": str(work.year),
        "abstract": cnki_text(work.abstract().zh),
    }
    fields["keywords_zh"] = [cnki_text(k.zh) for k in work.study.keywords(4)]
    fields["keywords_en"] = [k.en for k in work.study.keywords(4)] if draw.chance(0.6) else []
    if work.exact and work.kind == "bilingual":
        fields["title_en"] = work.title.en  # only some export formats have a place for it
    fields["authors"] = [a.name.native() for a in work.authors] + ["等"] * work.cut
    truth += [Signed(None, None)] * work.cut
    if work.kind == "thesis":
        fields |= {
            "university": "岭海大学",
            "degree": work.document_type,
            "supervisors": [s.name.zh for s in work.supervisors],
        }
        printed, truth = [], [Signed(t.person_id, (ROOT,)) for t in truth]  # a thesis names the university only
    else:
        wanted = any(p.noise == "glued" for p in work.places) if work.exact else None
        printed = _listed(printed, draw, wanted)
        fields |= _journal(work, draw)
    fields["units"] = [p.text for p in printed]
    if work.kind == "thesis":
        printed = [Printed("岭海大学", OWN, (ROOT,))]
    found = Record("cnki", work, "", title, fields, truth)
    found.addresses = [Addressed("author", n, p) for n, p in enumerate(printed, 1)]
    return found


def _listed(printed: list[Printed], draw: Draw, wanted: bool | None) -> list[Printed]:
    """The list of units as printed: two of ours run together without a separator when wanted, now and then when that is None."""
    for n in range(len(printed) - 1):
        left, right = printed[n], printed[n + 1]
        if left.institution_id == right.institution_id == OWN and (
            draw.chance(GLUED * 3) if wanted is None else wanted
        ):
            units = tuple(dict.fromkeys((*left.units, *right.units)))
            both = Printed(left.text + right.text, OWN, tuple(u for u in units if u != ROOT) or units)
            return [*printed[:n], both, *printed[n + 2 :]]
    return printed


def _journal(work: Work, draw: Draw) -> dict[str, Value]:
    journal = work.journal
    assert journal is not None
    first = work.early_access if work.exact else draw.chance(0.04) and work.year == 2026
    pages = f"{work.first_page}-{work.last_page}"
    if work.first_page and draw.chance(0.03):
        pages += f"+{int(work.last_page) + 9}"
    found: dict[str, Value] = {"journal": journal.zh or journal.en, "issn": journal.issn, "cn": journal.cn}
    if first:  # 网络首发: no issue yet
        found |= {"doi": work.doi} if work.exact and work.doi else {}
        return found | {"pages": f"1-{int(work.last_page) - int(work.first_page) + 1}"}
    found |= {"issue": f"{int(work.issue):02d}", "volume": work.volume if draw.chance(0.6) else "", "pages": pages}
    if work.doi and (work.exact or (work.year >= 2015 and draw.chance(0.4))):
        found["doi"] = work.doi
    return found


def refworks(found: Record) -> str:
    """RefWorks text with CRLF; an empty line stands inside the record after the keywords."""
    f = found.fields
    thesis = "degree" in f
    lines = ["RT Dissertation/Thesis" if thesis else "RT Journal Article", "SR 1"]
    if thesis:
        lines += [
            f"A1 {';'.join(f['authors'])}",
            f"A3 {';'.join(f['supervisors'])}",
            f"PB {f['university']}",
            f"T1 {f['title']}",
            f"CL {f['degree']}",
            f"YR {f['year']}",
        ]
    else:
        lines += [
            f"A1 {';'.join(f['authors'])};",
            f"AD {';'.join(f['units'])};",
            f"T1 {f['title']}",
            f"JF {f['journal']}",
        ]
        lines += [f"YR {f['year']}", f"IS {f['issue']}"] if "issue" in f else []
        lines += [f"vo {f['volume']}"] if f.get("volume") else []
        lines += [f"OP {f['pages']}"]
    lines += [f"K1 {';'.join(f['keywords_zh'])}", f" {';'.join(f['keywords_en'])}", "", f"AB {f['abstract']}"]
    lines += [] if thesis else [f"SN {f['issn']}", f"CN {f['cn']}"]
    lines += ["LA 中文;", "DS CNKI"] + ([f"DO {f['doi']}"] if "doi" in f else [])
    return "\r\n".join(lines) + "\r\n\r\n"


def noteexpress(found: Record) -> str:
    """NoteExpress text; two blank lines between records."""
    f = found.fields
    if "degree" in f:
        pairs = [
            ("Reference Type", "Thesis"), ("Title", f["title"]), ("Author", ";".join(f["authors"])),
            ("Tertiary Author", ";".join(f["supervisors"])), ("Publisher", f["university"]), ("Type of Work", f["degree"]), ("Year", f["year"]),
        ]  # fmt: skip
    else:
        pairs = [
            ("Reference Type", "Journal Article"), ("Title", f["title"]), ("Author", ";".join(f["authors"]) + ";"),
            ("Author Address", ";".join(f["units"]) + ";"), ("Journal", f["journal"]), ("Year", f["year"] if "issue" in f else ""),
            ("Issue", f.get("issue", "")), ("Volume", f.get("volume", "")), ("Pages", f["pages"]),
        ]  # fmt: skip
    if f.get("title_en"):
        pairs.insert(2, ("Translated Title", f["title_en"]))
    pairs += [("Keywords", ";;".join(f["keywords_zh"])), ("Abstract", f["abstract"])]
    if "degree" not in f:
        pairs += [("ISBN/ISSN", f["issn"]), ("Notes", f["cn"])]
    pairs += [("DOI", f.get("doi", "")), ("Database Provider", "CNKI")]
    return "".join(f"{{{key}}}: {value}\n" for key, value in pairs if value) + "\n\n"
