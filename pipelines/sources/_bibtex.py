"""BibTeX of every vendor, split by bibtexparser; what it is too strict for is mended before and judged after."""

from __future__ import annotations

import logging
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path

from bibtexparser import model
from bibtexparser.splitter import Splitter

from pipelines.sources import _text
from pipelines.sources._entries import Broken, Entry

NEXT = "请在数据库网页上重新导出这条记录（有 RIS、CSV 或 Excel 时优先选它们）；同一文件中的其他记录不受影响"
WHOLE = "记录以 @类型{ 开始、以 } 结束，括号成对"
WINDOW = 1 << 20
_START = re.compile(rb"(?:^|[\n}])[ \t\n]*(@[A-Za-z]+[ \t]*[{(])")
_NO_KEY = re.compile(r"(@[A-Za-z]+[ \t]*\{)(?=\s*[A-Za-z][\w-]*\s*=)")
_REST = re.compile(r"[{}]|^\s*,|^\s*[\w-]+\s*=", re.M)  # text between entries that was part of one
_UNDECODED = re.compile(r"[\udc80-\udcff]")
_MARKED = re.compile(r"[\\{}]|``|''")
_ACCENTS = dict(
    zip(
        "`'^\"~=.uvHckrbd",
        "\u0300\u0301\u0302\u0308\u0303\u0304\u0307\u0306\u030c\u030b\u0327\u0328\u030a\u0331\u0323",
        strict=True,
    )
)
_ACCENT = re.compile(
    r"\\([`'^\"~=.])\s*(?:\{\s*\\?([A-Za-z])\s*\}|\\?([A-Za-z]))|\\([uvHckrbd])(?:\s*\{\s*\\?([A-Za-z])\s*\}|\s+([A-Za-z])\b)"
)
_GREEK = (
    "alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa", "mu", "nu", "xi", "pi", "rho",
    "sigma", "tau", "upsilon", "phi", "chi", "psi", "omega",
)  # fmt: skip
_NAMED = {
    "ss": "ß", "o": "ø", "O": "Ø", "l": "ł", "L": "Ł", "ae": "æ", "AE": "Æ", "oe": "œ", "OE": "Œ", "aa": "å", "AA": "Å", "i": "i",
    "j": "j", "dh": "ð", "DH": "Ð", "th": "þ", "TH": "Þ", "dj": "đ", "DJ": "Đ", "times": "×", "pm": "±", "leq": "≤", "le": "≤",
    "geq": "≥", "ge": "≥", "approx": "≈", "sim": "∼", "infty": "∞", "cdot": "·", "rightarrow": "→", "to": "→", "lambda": "λ",
    "Lambda": "Λ", "varepsilon": "ε", "varphi": "φ", "circ": "°", "degree": "°", "textdegree": "°", "textendash": "–",
    "textemdash": "—", "textquoteleft": "‘", "textquoteright": "’", "textquotedblleft": "“", "textquotedblright": "”",
    "textbackslash": "\\", "textunderscore": "_", "textasciitilde": "~", "ldots": "…", "dots": "…",
    **{name: unicodedata.lookup(f"GREEK SMALL LETTER {name}") for name in _GREEK},
    **{name.title(): unicodedata.lookup(f"GREEK CAPITAL LETTER {name}") for name in _GREEK},
}  # fmt: skip
_COMMAND = re.compile(
    rf"\\({'|'.join(sorted(_NAMED, key=len, reverse=True))})(?![A-Za-z])(?:\{{\}}|[ \t]+(?=[A-Za-z]))?"
)
_STYLE = re.compile(
    r"\\(?:text(?:it|bf|rm|sc|tt|sf|sl|up|md|subscript|superscript)?|emph|math(?:rm|it|bf|sf|cal)|ensuremath|mbox|it|bf|em|rm)(?![A-Za-z])\s*(?=[\s{])"
)
_MATHS = re.compile(r"(?<!\\)\$([^$\n]{1,200}\\[^$\n]{1,200}|\\[^$\n]{1,200})(?<!\\)\$")
logging.getLogger("bibtexparser").setLevel(logging.CRITICAL)  # what it warns of is in the rejected rows


def entries(path: Path, encoding: str) -> Iterator[Entry | Broken]:
    """Records in the order of the file; comments, preambles and free text (`Scopus`, `EXPORT DATE: …`) are no records."""
    row, before = 0, ""
    held: Entry | Broken | None = None  # what stands behind an entry may show that its braces did not match
    for block in _pieces(path, encoding):
        text = _NO_KEY.sub(r"\1,", block.decode("utf-8", "surrogateescape"))
        for part in Splitter(text).split().blocks:
            raw = part.raw or ""
            if isinstance(part, model.DuplicateFieldKeyBlock | model.DuplicateBlockKeyBlock):
                part = part.ignore_error_block or part
            if isinstance(part, model.ImplicitComment) and not _REST.search(raw):
                before = raw
            elif isinstance(part, model.ImplicitComment):
                row += held is None
                held = _broken(row, f"{held.text}\n{raw}" if held else raw, WHOLE, "括号不成对，字段落在记录之外")
            elif isinstance(part, model.Entry | model.ParsingFailedBlock):
                if held:
                    yield held
                row += 1
                held, before = _read(row, part, before), ""
    if held:
        yield held


def plain(text: str) -> str:
    """LaTeX as text: accents, letters, Greek, escaped signs, quotes; braces go. Commands it does not know stay."""
    if not _MARKED.search(text):
        return text
    text = _MATHS.sub(r"\1", text)
    text = _COMMAND.sub(lambda m: _NAMED[m.group(1)], _ACCENT.sub(_accented, text))
    text = re.sub(r"(?<!\\)[{}]", "", _STYLE.sub("", text))
    text = text.replace("``", '"').replace("''", '"')
    return unicodedata.normalize("NFC", re.sub(r"\\([&%$#_{}])", r"\1", text))


def _accented(found: re.Match[str]) -> str:
    sign, letter = found.group(1) or found.group(4), next(g for g in found.group(2, 3, 5, 6) if g)
    return letter + _ACCENTS[sign]


def _pieces(path: Path, encoding: str) -> Iterator[bytes | bytearray]:
    """A file in pieces that begin with an entry, about a megabyte each: the splitter holds all of a piece as objects."""
    for block in _text.blocks(path, encoding, _before_last_entry):
        begin = 0
        while len(block) - begin > 2 * WINDOW and (found := _START.search(block, begin + WINDOW)):
            yield block[begin : found.start(1)]
            begin = found.start(1)
        yield block[begin:]


def _before_last_entry(data: bytearray) -> int:
    """Where the last entry of a block begins; 0 if none does. What stood there before the last read was looked at then."""
    bottom = max(len(data) - _text.BLOCK - WINDOW, 0)
    for high in range(len(data), bottom, -WINDOW):
        starts = [m.start(1) for m in _START.finditer(data, max(high - WINDOW - 80, 0), high)]
        if starts:
            return starts[-1]
    return 0


def _read(row: int, entry: model.Entry | model.ParsingFailedBlock, before: str) -> Entry | Broken:
    """Fields in lower case, values without their braces."""
    text = entry.raw or ""
    if not isinstance(entry, model.Entry):
        return _broken(row, text, WHOLE, "括号不成对，或字段名后没有等号")
    if _UNDECODED.search(text):
        return _broken(row, text, "每个字节都能按文件的编码解读", "含有无法解读的字节")
    fields: dict[str, list[str]] = {}
    for each in entry.fields:
        fields.setdefault(" ".join(each.key.lower().split()), []).append(_bare(each.value))
    return Entry(row, entry.entry_type.lower(), entry.key, fields, text, before)


def _bare(value: str) -> str:
    """A value without the braces or quotes around all of it, however many there are."""
    value = value.strip()
    while len(value) > 1 and (value[0] + value[-1] == '""' or (value[0] + value[-1] == "{}" and _encloses(value))):
        value = value[1:-1].strip()
    return value


def _encloses(value: str) -> bool:
    """Whether the first brace is closed by the last one: true of `{a {b}}`, not of `{a} and {b}`."""
    if "}" not in value[:-1]:
        return True
    depth = 0
    for mark in re.finditer(r"(?<!\\)[{}]", value):
        depth += 1 if mark.group() == "{" else -1
        if depth == 0:
            return mark.end() == len(value)
    return False


def _broken(row: int, text: str, expected: str, found: str) -> Broken:
    clean = text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return Broken(row, clean, expected, found, NEXT)
