"""CNKI: RefWorks, NoteExpress, EndNote, 知网研学 (E-Study), 自定义 text, NoteFirst, and tables (HTML named .xls, and workbooks)."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from io import BytesIO

from pipelines.sample import cnki
from pipelines.sample.record import Record, Value
from pipelines.sample.sheets import Sheet

CUSTOM = (
    "SrcDatabase-来源库", "Title-题名", "Author-作者", "Organ-单位", "Source-文献来源", "Keyword-关键词", "Summary-摘要",
    "PubTime-发表时间", "FirstDuty-第一责任人", "Fund-基金", "Year-年", "Volume-卷", "Period-期", "PageCount-页码",
    "CLC-中图分类号", "ISSN-国际标准刊号", "URL-网址", "DOI-DOI",
)  # fmt: skip


def refworks(records: Sequence[Record]) -> bytes:
    """CRLF, opens with an empty line."""
    return ("\r\n" + "".join(cnki.refworks(r) for r in records)).encode()


def noteexpress(records: Sequence[Record]) -> bytes:
    """.net, two empty lines between records."""
    return "".join(cnki.noteexpress(r) for r in records).encode()


def endnote(records: Sequence[Record]) -> bytes:
    """.enw: one %A per author, CRLF, an empty line between records."""
    return "\r\n\r\n".join("\r\n".join(f"{tag} {text}" for tag, text in _endnote(r)) for r in records).encode()


def _endnote(found: Record) -> list[tuple[str, str]]:
    f = found.fields
    thesis = "degree" in f
    pairs: list[tuple[str, Value]] = [
        ("%0", "Thesis" if thesis else "Journal Article"),
        *(("%A", a) for a in f["authors"]),
    ]
    if thesis:
        pairs += [("%Y", ";".join(f["supervisors"])), ("%T", f["title"]), ("%I", f["university"]), ("%9", f["degree"])]
        pairs += [("%D", f["year"])]
    else:
        pairs += [("%+", f"{';'.join(f['units'])};"), ("%T", f["title"]), ("%J", f["journal"])]
        pairs += [("%D", f["year"] if "issue" in f else ""), ("%V", f.get("volume", "")), ("%N", f.get("issue", ""))]
    pairs += [("%K", ";;".join(f["keywords_zh"])), ("%X", f["abstract"])]
    pairs += [] if thesis else [("%P", f["pages"]), ("%@", f["issn"]), ("%L", f["cn"])]
    pairs += [("%R", f.get("doi", "")), ("%W", "CNKI")]
    return [(tag, str(text)) for tag, text in pairs if text]


def estudy(records: Sequence[Record]) -> bytes:
    """Lines `Key-中文: value` without an empty line between records."""
    return "".join(f"{key}: {text}\n" for r in records for key, text in _estudy(r)).encode()


def _estudy(found: Record) -> list[tuple[str, str]]:
    f = found.fields
    thesis = "degree" in f
    authors = ";".join(f["authors"])
    pairs: list[tuple[str, Value]] = [
        ("DataType", "2" if thesis else "1"),
        ("Title-题名", f["title"]),
        ("Author-作者", f"{authors};"),
    ]
    if thesis:
        pairs += [("Source-学位授予单位", f["university"]), ("Tutor-导师", f"{';'.join(f['supervisors'])};")]
        pairs += [("Degree-学位", f["degree"]), ("Year-年", f["year"])]
    else:
        pairs += [("Source-刊名", f["journal"]), ("Year-年", f["year"] if "issue" in f else "")]
    pairs += [("Keyword-关键词", ";".join(f["keywords_zh"])), ("Summary-摘要", f["abstract"])]
    if not thesis:
        pairs += [("Period-期", f.get("issue", "")), ("Roll-卷", f.get("volume", "")), ("Page-页码", f["pages"])]
    pairs += [("SrcDatabase-来源库", _base(found))]
    pairs += [] if thesis else [("Organ-机构", f"{';'.join(f['units'])};")]
    return [(key, str(text)) for key, text in pairs if text]


def custom(records: Sequence[Record]) -> bytes:
    """自定义: every label that has a value, an empty line after a record."""
    blocks = ("".join(f"{key}: {text}\n" for key, text in _custom(r).items() if text) for r in records)
    return "\n".join(blocks).encode()


def html(records: Sequence[Record]) -> bytes:
    """The 自定义 columns as an HTML table."""
    head = "".join(f"<td>{key}</td>" for key in CUSTOM)
    rows = "".join(f"<tr>{''.join(f'<td>{escape(_custom(r)[k])}</td>' for k in CUSTOM)}</tr>\r\n" for r in records)
    style = '<html><head><meta http-equiv="Content-Type" content="text/html; charset=utf-8"></head><body>'
    return f'{style}<table border="1">\r\n<tr>{head}</tr>\r\n{rows}</table></body></html>'.encode()


def xlsx(records: Sequence[Record]) -> bytes:
    """The same table saved as a workbook."""
    target = BytesIO()
    with Sheet(target, "Sheet1") as sheet:
        sheet.add(CUSTOM)
        for r in records:
            sheet.add(_custom(r)[k] for k in CUSTOM)
    return target.getvalue()


def notefirst(records: Sequence[Record]) -> bytes:
    """NoteFirst's XML, one <Bibliography> per record; no place for the degree's kind but its word."""
    body = "".join(f"<Bibliography>{_notefirst(r)}</Bibliography>\n" for r in records)
    count = f"<BibliographiesCount>{len(records)}</BibliographiesCount>"
    return f"<?xml version='1.0' encoding='utf-8'?><Bibliographies>{count}{body}</Bibliographies>".encode()


def _notefirst(found: Record) -> str:
    f = {
        k: [escape(v) for v in value] if isinstance(value, list) else escape(value) for k, value in found.fields.items()
    }
    thesis = "degree" in f
    people = "".join(f"<Author><Info Lang='chi'><FullName>{n}</FullName></Info></Author>" for n in f["authors"])
    tutors = "".join(
        f"<SecondaryResponsibility Responsibility='Director'><Name>{n}</Name></SecondaryResponsibility>"
        for n in f.get("supervisors", ())
    )
    words = "".join(f"<Keyword Lang='chi'>{k}</Keyword>" for k in f["keywords_zh"])
    units = "" if thesis else f"{';'.join(f['units'])};"
    year = f["year"] if thesis or "issue" in f else ""
    parts = [
        f"<Type>{'Thesis' if thesis else 'JournalArticle'}</Type>",
        f"<PrimaryTitle><Title Lang='chi'>{f['title']}</Title></PrimaryTitle>",
        f"<Authors>{people}</Authors><Organization>{units}</Organization><Responsible>{tutors}</Responsible>",
        f"<Medium><Media Lang='chi'>{f.get('journal') or f.get('university', '')}</Media></Medium>",
        f"<Year>{year}</Year><Volume>{f.get('volume', '')}</Volume><Issue>{f.get('issue', '')}</Issue>",
        f"<Keywords>{words}</Keywords><Abstracts><Abstract Lang='chi'>{f['abstract']}</Abstract></Abstracts>",
        f"<PageScope>{f.get('pages', '')}</PageScope><ISSN>{f.get('issn', '')}</ISSN><DOI>{f.get('doi', '')}</DOI>",
        f"<Degree>{f.get('degree', '')}</Degree><SrcDatabase>{_base(found)}</SrcDatabase>",
        "<DatabaseProvider>CNKI</DatabaseProvider>",
    ]
    return "".join(parts)


def _custom(found: Record) -> dict[str, str]:
    f = found.fields
    cells = dict.fromkeys(CUSTOM, "")
    thesis = "degree" in f
    cells |= {
        "SrcDatabase-来源库": _base(found),
        "Title-题名": str(f["title"]),
        "Author-作者": f"{';'.join(f['authors'])};",
        "Organ-单位": str(f["university"]) if thesis else f"{';'.join(f['units'])};",
        "Source-文献来源": str(f.get("journal") or f.get("university", "")),
        "Keyword-关键词": ";".join(f["keywords_zh"]),
        "Summary-摘要": str(f["abstract"]),
        "FirstDuty-第一责任人": str(f["authors"][0]),
        "Year-年": str(f["year"]) if thesis or "issue" in f else "",
        "Volume-卷": str(f.get("volume", "")),
        "Period-期": str(f.get("issue", "")),
        "PageCount-页码": str(f.get("pages", "")),
        "ISSN-国际标准刊号": str(f.get("issn", "")),
        "DOI-DOI": str(f.get("doi", "")),
    }
    return cells


def _base(found: Record) -> str:
    degree = found.fields.get("degree")
    return {"博士": "博士", "硕士": "硕士"}.get(str(degree), "期刊")
