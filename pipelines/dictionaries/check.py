"""`xueheng dictionary check`: contradictions of a university's dictionary in words, with file and line."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from pipelines.affiliations.candidates import KIND_WORDS
from pipelines.affiliations.split import HAN, Words, han_text, words_from
from pipelines.core import dictionaries
from pipelines.dictionaries import lines as book_lines
from pipelines.dictionaries.lines import Book, Finding, Line

INSTITUTION_KINDS = ("own", "neighbour", "partner", "other")
UNIT_KINDS = ("university", "college", "department", "laboratory", "hospital", "campus", "office")
CHANGES = ("renamed", "merged", "split", "closed")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_ALWAYS, _STILL = "0000-00-00", "9999-12-31"


class Named(NamedTuple):
    """An entry that bears a name, and where it is written; `own`: its name, not an alias."""

    entry: str
    line: Line
    own: bool
    name: str


def check(folder: Path, university: str) -> list[Finding]:
    """Findings of one dictionary, errors first, then by file and line; empty when nothing is wrong."""
    book = book_lines.read(folder)
    words = words_from(dictionaries.load("abbreviations", university))
    rules: tuple[Callable[[Book, Words], Iterator[Finding]], ...] = (
        _identifiers,
        _institutions,
        _units,
        _families,
        _dates,
        _institution_names,
        _unit_names,
    )
    found = [*book.findings, *(finding for rule in rules for finding in rule(book, words))]
    return sorted(set(found), key=lambda f: (f.level != "错误", f.file, f.line, f.found))


def _error(line: Line, found: str, next_step: str) -> Finding:
    return Finding("错误", line.file, line.number, found, next_step)


def _notice(line: Line, found: str, next_step: str) -> Finding:
    return Finding("提醒", line.file, line.number, found, next_step)


def _place(line: Line) -> str:
    return f"{line.file} 第 {line.number} 行"


def _identifiers(book: Book, _: Words) -> Iterator[Finding]:
    """Every entry has an id, no id stands twice, and an alias names an entry that exists."""
    for name, key in (("institutions", "institution_id"), ("units", "unit_id")):
        first: dict[str, Line] = {}
        for line in book[name]:
            if not line[key]:
                yield _error(line, f"{key} 是空的", "给它一个没有用过的代码")
            elif line[key] in first:
                yield _error(line, f"{key} {line[key]} 已用在{_place(first[line[key]])}", "换一个代码")
            first.setdefault(line[key], line)
            if not line["name_zh"] and not line["name_en"]:
                yield _error(line, f"{line[key]} 没有名称", "至少写一个中文或英文名称")
    for name, key, entries in (
        ("institution_aliases", "institution_id", "institutions"),
        ("unit_aliases", "unit_id", "units"),
    ):
        known = {line[key] for line in book[entries]}
        for line in book[name]:
            if not line["alias"]:
                yield _error(line, "别名是空的", "写上地址里见到的写法，或删去这一行")
            if line[key] not in known:
                yield _error(
                    line, f"{key} {line[key] or '（空）'} 不在 {entries}.csv", f"改正代码，或先在 {entries}.csv 加一行"
                )


def _institutions(book: Book, _: Words) -> Iterator[Finding]:
    """One institution is ours; every kind is one of those that are known."""
    own = [line for line in book["institutions"] if line["kind"] == "own"]
    if len(own) != 1:
        where = own[1] if own else Line("institutions.csv", 0, {})
        yield _error(where, f"kind 为 own 的机构有 {len(own)} 个", "本校一行写 own，其余写 neighbour 或 other")
    for line in book["institutions"]:
        if line["kind"] not in INSTITUTION_KINDS:
            yield _error(line, f"kind 是 {line['kind'] or '（空）'}", "可用：" + "、".join(INSTITUTION_KINDS))


def _units(book: Book, _: Words) -> Iterator[Finding]:
    """One unit is the university; parents and successors exist; what changed says into what."""
    known = {line["unit_id"]: line for line in book["units"]}
    roots = [line for line in book["units"] if line["unit_kind"] == "university"]
    if len(roots) != 1:
        where = roots[1] if roots else Line("units.csv", 0, {})
        yield _error(where, f"unit_kind 为 university 的单位有 {len(roots)} 个", "学校自己占一行，只占一行")
    for line in book["units"]:
        if line["unit_kind"] not in UNIT_KINDS:
            yield _error(line, f"unit_kind 是 {line['unit_kind'] or '（空）'}", "可用：" + "、".join(UNIT_KINDS))
        if line["unit_kind"] != "university" and not line["parent_id"]:
            yield _error(line, f"{line['unit_id']} 没有上级单位", "parent_id 写上级的代码；直属学校的写学校的代码")
        for column in ("parent_id", "successor_id"):
            if line[column] and line[column] not in known:
                yield _error(line, f"{column} {line[column]} 不在 units.csv", "改正代码，或先加上这个单位")
        yield from _change(line)


def _change(line: Line) -> Iterator[Finding]:
    change, successor = line["change"], line["successor_id"]
    if change and change not in CHANGES:
        yield _error(line, f"change 是 {change}", "可用：" + "、".join(CHANGES))
    if change in ("renamed", "merged") and not successor:
        yield _error(line, f"{line['unit_id']} 已更名或并入，却没有后继单位", "successor_id 写后继单位的代码")
    if change == "split" and successor:
        yield _error(line, "拆分的单位不能按名称归到一个后继", "清空 successor_id；成果按人归到新单位")
    if successor and not change:
        yield _error(line, "有后继单位而没有写变更", "change 写 renamed 或 merged")
    if change and not line["valid_to"]:
        yield _notice(line, f"{line['unit_id']} 已变更，却没有截止日期", "valid_to 写变更前一天，如 2018-06-30")


def _families(book: Book, _: Words) -> Iterator[Finding]:
    """Nobody is their own ancestor or successor."""
    known = {line["unit_id"]: line for line in book["units"]}
    for column, zh in (("parent_id", "上级"), ("successor_id", "后继")):
        links = {unit: line[column] for unit, line in known.items()}
        for unit, line in known.items():
            if _returns(links, unit):
                yield _error(line, f"{unit} 沿{zh}单位走回了自己", f"改正这一圈中的 {column}")


def _returns(links: Mapping[str, str], start: str) -> bool:
    seen: set[str] = set()
    at = links.get(start, "")
    while at and at not in seen:
        if at == start:
            return True
        seen.add(at)
        at = links.get(at, "")
    return False


def _dates(book: Book, _: Words) -> Iterator[Finding]:
    """Dates are dates, in order; an alias is used while its unit stands; a successor stands when the unit has ended."""
    known = {line["unit_id"]: line for line in book["units"]}
    for line in (*book["units"], *book["unit_aliases"]):
        for column in ("valid_from", "valid_to"):
            if line[column] and not _DATE.fullmatch(line[column]):
                yield _error(line, f"{column} 是 {line[column]}", "日期写成 2018-06-30")
        start, end = _span(line)
        if start > end:
            yield _error(line, f"起 {start} 晚于止 {end}", "改正日期")
    for line in book["unit_aliases"]:
        unit = known.get(line["unit_id"])
        if unit and not _overlap(_span(line), _span(unit)):
            yield _error(line, f"别名的有效期与{_place(unit)}的单位没有重叠", "改正日期，或把别名挂到当时的单位")
    for line in book["units"]:
        successor = known.get(line["successor_id"])
        if successor and line["valid_to"] and _span(successor)[1] < line["valid_to"]:
            yield _error(line, f"后继单位 {successor['unit_id']} 在它结束之前已经结束", "写真正接替的单位")


def _span(line: Line) -> tuple[str, str]:
    return line["valid_from"] or _ALWAYS, line["valid_to"] or _STILL


def _overlap(one: tuple[str, str], other: tuple[str, str]) -> bool:
    return one[0] <= other[1] and other[0] <= one[1]


def _key(name: str, words: Words) -> str:
    """Names with one key can be one name to the matcher, see `_same`."""
    return han_text(name).replace(" ", "") if HAN.search(name) else " ".join(words.key(name))


def _same(one: str, other: str, words: Words) -> bool:
    """Whether the matcher reads the two as one name: Elect is electrical and electronic, but electrical is not electronic."""
    if HAN.search(one) or HAN.search(other):
        return _key(one, words) == _key(other, words)
    left, right = words.exact(one), words.exact(other)
    return len(left) == len(right) and all(words.related(a, b) for a, b in zip(left, right, strict=True))


def _printed_alike(one: str, other: str, words: Words) -> bool:
    return _key(one, words) == _key(other, words) and words.exact(one) == words.exact(other)


def _names(book: Book, entries: str, aliases: str, key: str, words: Words) -> dict[str, list[Named]]:
    """Folded name -> entries that bear it, with the line and whether it is the entry's own name."""
    found: dict[str, list[Named]] = defaultdict(list)
    for line in book[entries]:
        for name in filter(None, (line["name_zh"], line["name_en"])):
            found[_key(name, words)].append(Named(line[key], line, True, name))
    for line in book[aliases]:
        found[_key(line["alias"], words)].append(Named(line[key], line, False, line["alias"]))
    found.pop("", None)
    return found


def _institution_names(book: Book, words: Words) -> Iterator[Finding]:
    """A name is one institution's; a name of kind words alone, or of three letters, can be anybody's."""
    kinds = words.families(("university", *KIND_WORDS, "technology", "science", "national"))
    for bearers in _names(book, "institutions", "institution_aliases", "institution_id", words).values():
        yield from _shared(bearers, words)
        yield from _repeated(bearers, words)
    own = {line["institution_id"] for line in book["institutions"] if line["kind"] == "own"}
    for line in book["institution_aliases"]:
        alias = line["alias"]
        vague = not HAN.search(alias) and all(words.word(w) in kinds for w in words.exact(alias))
        if vague or alias in ("大学", "学院", "理工大学", "师范大学", "医科大学"):
            yield _error(line, f"“{alias}”是许多机构共有的名称", "删去，或写全称")
        elif line["institution_id"] in own and not HAN.search(alias) and len(alias) <= 4:
            yield _notice(line, f"缩写“{alias}”别的机构也会用", "可以保留：只有地址里另有校名或城市时才算数")


def _unit_names(book: Book, words: Words) -> Iterator[Finding]:
    """A name is one unit's at a time, and no institution's; below different parents it is asked by the parent."""
    units = {line["unit_id"]: line for line in book["units"]}
    institutions = _names(book, "institutions", "institution_aliases", "institution_id", words)
    own = {line["institution_id"] for line in book["institutions"] if line["kind"] == "own"}
    for key, bearers in _names(book, "units", "unit_aliases", "unit_id", words).items():
        yield from _repeated(bearers, words)
        yield from _shared_units(bearers, units, words)
        for other in institutions.get(key, ()):
            one = bearers[0]
            if other.entry not in own and _same(one.name, other.name, words):
                found = f"{one.entry} 的名称“{one.name}”也是机构 {other.entry} 的（{_place(other.line)}）"
                yield _error(one.line, found, "其中一处写上校名，或删去")


def _shared(bearers: list[Named], words: Words) -> Iterator[Finding]:
    for n, one in enumerate(bearers):
        for before in bearers[:n]:
            if before.entry != one.entry and _same(before.name, one.name, words):
                found = f"“{one.name}”属于两个机构：{before.entry}（{_place(before.line)}）与 {one.entry}"
                yield _error(one.line, found, "只留一个")
                break


def _shared_units(bearers: list[Named], units: Mapping[str, Line], words: Words) -> Iterator[Finding]:
    for n, one in enumerate(bearers):
        for before in bearers[:n]:
            left, right = units.get(before.entry), units.get(one.entry)
            if before.entry == one.entry or left is None or right is None or not _same(before.name, one.name, words):
                continue
            if not _overlap(_both(before.line, left), _both(one.line, right)):
                continue  # one name, one after the other: the year decides
            found = f"“{one.name}”属于两个单位：{before.entry}（{_place(before.line)}，{before.name}）与 {one.entry}"
            follows = left["successor_id"] == one.entry or right["successor_id"] == before.entry
            if follows or left["parent_id"] != right["parent_id"]:
                yield _notice(one.line, found, "有上级单位或后继关系时可以分清；否则会送人工核对")
            else:
                yield _error(one.line, found, "只留一个，或写上两者的起止日期")
            break


def _both(line: Line, unit: Line) -> tuple[str, str]:
    return max(_span(line)[0], _span(unit)[0]), min(_span(line)[1], _span(unit)[1])


def _repeated(bearers: list[Named], words: Words) -> Iterator[Finding]:
    """An alias that says what the entry's name or another alias says already."""
    for n, one in enumerate(bearers):
        for before in bearers[:n]:
            if before.entry == one.entry and not one.own and _printed_alike(before.name, one.name, words):
                yield _notice(one.line, f"别名“{one.name}”与{_place(before.line)}相同", "可以删去")
                break
