"""NoteFirst and other XML of the Chinese databases to rows: elements by path, authors with the units written inside them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import polars as pl
from lxml import etree

from pipelines.sources import Chunk, _rows, _tagged, _text

RECORDS = (
    "Bibliography",
    "PeriodicalPaper",
    "ThesisPaper",
    "ConferencePaper",
    "NSTLHYPaper",
    "NSTLQKPaper",
    "OAPaper",
    "Patent",
    "Standard",
)
_NAMES = "|".join(RECORDS)
BEGINS = re.compile(rf"<(?:{_NAMES})[\s>]")
_RECORD = re.compile(rf"<({_NAMES})(?:\s[^<>]*)?>.*?</\1>", re.S)
_OPENING = re.compile(rf"<(?:{_NAMES})(?:\s[^<>]*)?>")
_LOOSE = re.compile(r"<(?=[^A-Za-z/!?])|&(?!#?\w+;)")  # `<正>`, `P<0.05`, `A & B` as CNKI leaves them in the text
_AUTHORS = ("Authors/Author", "Creators/Creator")
EXPECTED = "完整的一条记录（开始与结束标记成对）"


def read(path: Path, encoding: str, source: str, next_step: str) -> Iterator[Chunk]:
    """Records in chunks; a record without an end, or without a title, is set aside."""
    row = 0
    for block in _text.blocks(path, encoding, _after_last):
        text = block.decode("utf-8", "replace")
        rows, aside = [], []
        for whole, part in _parts(text):
            row += 1
            fields = _fields(part, source) if whole else None
            if fields is None:
                aside.append((row, part, EXPECTED, "记录不完整，无法解读", next_step))
            else:
                rows.append({"source_row": row, **fields})
        frame = pl.DataFrame(rows, schema_overrides={"source_row": pl.Int64}, infer_schema_length=None)
        frame = frame if rows else pl.DataFrame(schema={"source_row": pl.Int64})
        frame = frame.with_columns(file_format=pl.lit("notefirst"))
        good, empty = _rows.without_required(frame, _rows.columns(source), next_step)
        yield _rows.chunk(good, source, sorted([*aside, *empty]))


def _after_last(data: bytearray) -> int:
    ends = [at + len(name) + 3 for name in RECORDS if (at := data.rfind(f"</{name}>".encode())) >= 0]
    return max(ends, default=0)


def _parts(text: str) -> Iterator[tuple[bool, str]]:
    """Records of a block, and what begins like one and does not end."""
    at = 0
    while found := _OPENING.search(text, at):
        whole = _RECORD.match(text, found.start())
        following = _OPENING.search(text, found.end())
        if whole and not (
            following and following.start() < whole.end() and text.startswith("<Bibliography", following.start())
        ):
            yield True, whole.group()
            at = whole.end()
        else:
            at = following.start() if following else len(text)
            yield False, text[found.start() : at]


def _fields(record: str, source: str) -> dict[str, str] | None:
    """Column to value; None when the record is no XML even with its loose signs escaped."""
    clean = _LOOSE.sub(lambda sign: "&lt;" if sign.group() == "<" else "&amp;", record)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, recover=True, huge_tree=False)
    try:
        root = etree.fromstring(clean.encode(), parser)
    except etree.XMLSyntaxError:
        return None
    if root is None:
        return None
    known = _tagged.keys(source)
    values: dict[str, list[str]] = {}
    for key, value in [("type", root.tag), *_authors(root), *_leaves(root)]:
        column = next((known[k] for k in _ways(key) if k in known), None)
        if column and value:
            values.setdefault(column, []).append(value)
    # the element Type says more than the name of the record, unless it is a mere number
    values["type"] = [value for value in values.get("type", []) if re.search(r"[^\W\d]", value)][-1:]
    people = values.pop("authors", [])  # two authors may share a name
    once = {column: list(dict.fromkeys(each)) for column, each in values.items()} | {"authors": people}
    return {column: "\n".join(each) for column, each in once.items() if each}


def _ways(key: str) -> Iterator[str]:
    """A path as it may be declared: whole, without its first steps, without its language; never the wrong language."""
    path, _, language = key.partition("@")
    steps = path.split("/")
    for start in range(len(steps)):
        yield ("/".join(steps[start:]) + (f"@{language}" if language else "")).lower()


def _leaves(root: etree._Element) -> Iterator[tuple[str, str]]:
    """Path and text of every element without children, outside authors."""
    for element in root.iter(etree.Element):
        steps = [element.tag, *(parent.tag for parent in element.iterancestors())][
            : -1 if element is not root else None
        ]
        path = "/".join(reversed(steps))
        if (
            len(element)
            or element is root
            or path.startswith(_AUTHORS)
            or (element.tag == "Language" and len(steps) > 1)
        ):
            continue
        responsible = element.getparent().get("Responsibility", "") if element.getparent() is not None else ""
        path = "Supervisor" if responsible.lower() in ("director", "supervisor", "tutor") else path
        yield path + _language(element), _text_of(element)


def _authors(root: etree._Element) -> Iterator[tuple[str, str]]:
    """Names, and units as `[name]unit` where an author of one name holds them."""
    for path in _AUTHORS:
        for author in root.findall(path):
            for info in author.findall("Info") or [author]:
                name = _text_of(next((e for t in ("FullName", "Name") if (e := info.find(t)) is not None), None))
                language = _language(info)
                yield path + language, name
                for unit in info.findall("Organization"):
                    alone = name and not re.search(r"[;；,，]", name)
                    if (text := _text_of(unit)) and not language:
                        yield "Authors/Organization", f"[{name}]{text}" if alone else text


def _language(element: etree._Element) -> str:
    """@en where the element, one above it or a neighbour says so."""
    for each in [element, *element.iterancestors()]:
        said = each.get("Lang") or each.get("lang")
        beside = each.find("Language") if each is not element and each.getparent() is not None else None
        said = said or (_text_of(beside) if beside is not None else "")
        if said:
            return "@en" if said.lower().startswith("en") else ""
    return ""


def _text_of(element: etree._Element | None) -> str:
    return "" if element is None else " ".join("".join(element.itertext()).split())
