"""ProQuest's XML: submissions (DISS_submission), MARC records (marcxml), and records whose elements bear the labels of the tables.

Entities are never resolved and nothing is fetched; a document that declares entities is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from lxml import etree

from pipelines.core.errors import SourceError
from pipelines.sources import _rows, _table, pqdt_text
from pipelines.sources.pqdt_text import Read

NEXT = "请重新导出；如果需要，请改选 RIS 或 Excel 格式"
RECORD_TAGS = ("DISS_submission", "record", "RECORD", "Record", "document", "Document", "item")
Element = Any  # lxml's elements have no types
Cells = dict[str, str | int | None]


def records(path: Path, encoding: str) -> Read:
    """Records of an XML file, one element at a time. Errors: SourceError for entities, or XML that breaks off."""
    found: list[Cells] = []
    for row, element in enumerate(_elements(path), 1):
        found.append(_shape(element)(element) | {"source_row": row})
        if len(found) >= pqdt_text.RECORDS:
            yield pqdt_text.frame(found), []
            found = []
    yield pqdt_text.frame(found), []


def _elements(path: Path) -> Iterator[Element]:
    """Record elements of the outermost kind that occurs; each is emptied when the next one comes."""
    events = etree.iterparse(
        str(path), events=("start", "end"), resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    inside: Element = None
    try:
        for event, element in events:
            if event == "start" and inside is None:
                _refuse_entities(element, path)
                if _name(element) in RECORD_TAGS:
                    inside = element
            elif event == "end" and element is inside:
                yield element
                element.clear()
                inside = None
    except etree.XMLSyntaxError as error:
        raise SourceError("XML 文件不完整或写法不对", found=str(error), where=path.name, next_step=NEXT) from error


def _refuse_entities(element: Element, path: Path) -> None:
    document = element.getroottree().docinfo.internalDTD
    if document is not None and any(True for _ in document.iterentities()):
        raise SourceError(
            "XML 文件自行定义了实体，这里不展开",
            expected="不含 <!ENTITY 定义的 XML",
            where=path.name,
            next_step=NEXT,
        )


def _shape(element: Element) -> Callable[[Element], Cells]:
    if _name(element) == "DISS_submission":
        return _submission
    return _marc if any(_name(child) == "datafield" for child in element) else _labelled


def _submission(record: Element) -> Cells:
    """A thesis as the university hands it in to ProQuest."""
    description = next(iter(_all(record, "DISS_description")), record)
    coded = [(_first(c, "DISS_cat_code"), _first(c, "DISS_cat_desc")) for c in _all(record, "DISS_category")]
    keywords = [k.strip() for e in _all(record, "DISS_keyword") for k in (e.text or "").split(",")]
    return {
        "title": _first(record, "DISS_title"),
        "article_type": "Dissertations & Theses",
        "authors": _people(record, "DISS_author"),
        "advisors": _people(record, "DISS_advisor"),
        "committee": _people(record, "DISS_cmte_member"),
        "university": _first(record, "DISS_inst_name"),
        "department": _first(record, "DISS_inst_contact"),
        "school_code": _first(record, "DISS_inst_code"),
        "degree": _first(record, "DISS_degree"),
        "degree_date": _first(record, "DISS_comp_date"),
        "order_number": description.get("external_id"),
        "pages": description.get("page_count"),
        "language": _first(record, "DISS_language"),
        "classification": "; ".join(f"{code} {name}".strip() for code, name in coded) or None,
        "keywords": "; ".join(k for k in keywords if k) or None,
        "abstract": "\n".join("".join(e.itertext()) for e in _all(record, "DISS_para")).strip() or None,
    }


def _marc(record: Element) -> Cells:
    """A MARC record as ProQuest delivers it: 502 and 79x hold degree, advisor and year."""
    fields: dict[str, list[dict[str, str]]] = {}
    for field in record:
        if _name(field) == "datafield":
            parts: dict[str, str] = {}
            for part in field:
                parts.setdefault(part.get("code", ""), (part.text or "").strip())
            fields.setdefault(field.get("tag", ""), []).append(parts)

    def every(tag: str, code: str = "a") -> list[str]:
        return [parts[code].rstrip(" .,/:;") for parts in fields.get(tag, ()) if parts.get(code)]

    def first(tag: str, code: str = "a") -> str | None:
        return next(iter(every(tag, code)), None)

    number = next((c.text or "" for c in record if _name(c) == "controlfield" and c.get("tag") == "001"), "")
    title = " ".join(t for t in (first("245"), first("245", "b")) if t)
    helpers = [
        (p.get("a", "").rstrip(" ,"), p.get("e", "advisor")) for t in ("790", "700", "720") for p in fields.get(t, ())
    ]
    codes = zip(every("690", "a"), [p.get("x", "") for p in fields.get("690", ())], strict=False)
    return {
        "title": title or None,
        "article_type": "Dissertations & Theses",
        "authors": "\n".join(parts["a"].rstrip(" ,") for parts in fields.get("100", ()) if parts.get("a")) or None,
        "advisors": "\n".join(n for n, role in helpers if n and role.lower().startswith(("advis", "superv"))) or None,
        "committee": "\n".join(n for n, role in helpers if n and role.lower().startswith("comm")) or None,
        "university": first("710") or first("502", "c"),
        "department": first("710", "b"),
        "degree": first("791") or first("502", "b"),
        "degree_date": first("792") or first("502", "d"),
        "order_number": number.strip() or None,
        "pages": first("300"),
        "language": first("793") or first("041"),
        "isbn": first("020"),
        "link": first("856", "u"),
        "classification": "; ".join(f"{code} {name}".strip() for name, code in codes) or None,
        "keywords": "; ".join(every("650") + every("653")) or None,
        "abstract": "\n".join(parts["a"] for parts in fields.get("520", ()) if parts.get("a")) or None,
    }


def _labelled(record: Element) -> Cells:
    """Elements named like the columns of the tables; the first filled element of a name stands, people come one per line."""
    known = _table.variants(_rows.columns(pqdt_text.SOURCE))
    cells: Cells = {}
    for element in record.iter():
        text = (element.text or "").strip() if isinstance(element.tag, str) and not len(element) else ""
        column = known.get(_table.label(_name(element)), "") if text else ""
        if column in pqdt_text.LISTS and cells.get(column):
            cells[column] = f"{cells[column]}\n{text}"
        elif column:
            cells.setdefault(column, text)
    return cells


def _people(record: Element, tag: str) -> str | None:
    """`Family, Given Middle`, one per line."""
    names = []
    for person in _all(record, tag):
        family, given, middle, suffix = (_first(person, f"DISS_{p}") for p in ("surname", "fname", "middle", "suffix"))
        rest = " ".join(part for part in (given, middle) if part)
        names.append(", ".join(part for part in (family, rest, suffix) if part))
    return "\n".join(n for n in names if n) or None


def _all(element: Element, tag: str) -> list[Element]:
    return [e for e in element.iter() if _name(e) == tag]


def _first(element: Element, tag: str) -> str | None:
    return next((text for e in _all(element, tag) if (text := "".join(e.itertext()).strip())), None)


def _name(element: Element) -> str:
    """Tag without its namespace; '' for comments and entities."""
    return etree.QName(element).localname if isinstance(element.tag, str) else ""
