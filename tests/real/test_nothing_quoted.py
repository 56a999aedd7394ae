"""Nothing of the real files is quoted: names, numbers, DOIs, e-mail, titles of this project are invented.

Every such text of the project is looked up in the text of `../shared`. What vendors print on every file (headers, labels,
notices), subject categories, journals and organisations are no one's record: they stand in the vocabulary and may agree.
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import fastexcel
import polars as pl
import pytest

from pipelines.core.settings import PROJECT
from pipelines.sources import _text
from tests.conftest import SHARED

pytestmark = pytest.mark.skipif(not SHARED.exists(), reason="../shared (licensed real files) is not here")
FOLDERS = ("pipelines", "tests", "schemas", "dags", "docs", "reports", "warehouse", "dictionaries", ".ci")
PAGES = ("README.md", "CHANGELOG.md", "pyproject.toml", "Makefile")
VOCABULARY = ("schemas/sources", "dictionaries", "pipelines/sample/data")
CODE = {".py", ".yml", ".md", ".sql", ".toml", ".html", ".css", ".j2", ""}
BOOKS = {".xls", ".xlsx"}
SKIPPED = {".png", ".svg", ".lock", ".pyc"}
PATTERNS = {
    "name": re.compile(r"(?<![\w-])[A-Z][^\W\d_]+, [A-Z][^\W\d_]{2,}(?!\w)|(?<![\w-])[A-Z][^\W\d_]{5,}, (?:[A-Z]\.?[ -]?){1,3}(?!\w)"),
    "number": re.compile(
        r"(?:WOS|ISI|CSCD|MEDLINE|SCIELO|INSPEC|DIIDW|KJD|RSCI|BIOSIS|PPRN|ZOOREC):[A-Z0-9-]{7,}|2-s2\.0-\d{6,}"
        r"|10\.\d{4,5}/[^\s\"'<>,;}\]\\]{4,}|\b\d{4}-\d{4}-\d{4}-\d{3}[\dX]\b|\b[A-Z]{1,3}-\d{4}-(?:19|20)\d\d\b"
        r"|[\w.+-]+@[\w-]+\.[\w.-]*\w|\b(?:CN|US|WO|EP|JP|KR|ZL)-?\d{7,}[-.]?[A-Z]?\d?\b|\b20\d{12}\b"
    ),
    "Chinese": re.compile(r"[\u4e00-\u9fff]{9,}"),
}  # fmt: skip
LITERAL = re.compile(r"\"((?:[^\"\\\n]|\\.)+)\"|'((?:[^'\\\n]|\\.)+)'|`([^`\n]+)`")
CELL = re.compile(r"\t|\"|\{|\}|\||^\w\w {1,2}-? ?")
SYLLABLE = re.compile(r"[a-z]+, (?:[bpmfdtnlgkhjqxrzcsyw]|zh|ch|sh)?[aeiouv]{1,3}(?:n|ng|r)?")
# What vendors print on every export, lists' titles, organisations and funders: nobody's record
NOTICE = re.compile(
    r"clarivate|proquest|copyright|版权|citation index|results list|citation rates|science indicators|exporting the|usage policy"
    r"|filter value\(s\)|web of science|journal data filtered|incites dataset|national natural science"
    r"|university - |institute of technology|department of"
    r"|^(?:time period|research area|document type|include early access|% first author|\{reference type\})"
    r"|评价中心$|：综合$|万方数据|期刊分级目录$|^\[no author name|^x25 \("
)
# Names of no one (the third is drawn by the sample from its syllables), and words that only look like a name
EVERYDAY = {"smith, john", "doe, jane", "zhou, yanqiu", "states, europe"}
PLACE = re.compile(
    r"(?:univ|phys|dept|inst|coll|sch|chem|engn|med|hosp|acad|lab)\w*, .*"
)  # the end of a byline's segment, a town


def texts_of_workbook(path: Path) -> Iterator[str]:
    book = fastexcel.read_excel(path)
    for name in book.sheet_names:
        sheet = book.load_sheet(name, header_row=None, dtypes="string").to_polars()
        yield from (cell for column in sheet.iter_columns() for cell in column.drop_nulls().unique().to_list())


def text_of(path: Path) -> str:
    if path.suffix in BOOKS:
        return "\n".join(texts_of_workbook(path))
    if path.suffix == ".gz":
        return gzip.open(path, "rt", encoding="utf-8").read()
    return path.read_bytes().decode(_text.detect(path) or "utf-8", errors="replace")


def folded(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip().lower()


@cache
def real_text() -> str:
    """Text of all real files, without the registry of organisations and our own notes on the files."""
    files = [p for folder in ("exports", "gold") for p in (SHARED / folder).rglob("*") if p.is_file()]
    kept = [p for p in files if p.name not in {"PROVENANCE.tsv", "README.md"} and "registry" not in p.parts]
    return folded("\n".join(text_of(p) for p in sorted(kept)))


def own_files() -> Iterator[Path]:
    inside = [p for folder in FOLDERS for p in sorted((PROJECT / folder).rglob("*")) if p.is_file()]
    for path in [*inside, *(PROJECT / page for page in PAGES)]:
        if path.suffix not in SKIPPED and path != Path(__file__):
            yield path


@cache
def vocabulary() -> str:
    files = [p for p in own_files() if any(p.is_relative_to(PROJECT / folder) for folder in VOCABULARY)]
    return folded("\n".join(text_of(p) for p in files))


def phrases(line: str, code: bool) -> Iterator[str]:
    """Texts of a line that could be a title or part of an abstract: some words, 24 characters."""
    cells = ["".join(found) for found in LITERAL.findall(line)] if code else CELL.split(line)
    for cell in cells:
        yield from (part for part in re.split(r"\\n|\\t|; ", cell) if len(part.strip()) >= 24 and " " in part.strip())


@cache
def own_texts() -> dict[str, tuple[str, str]]:
    """What this project prints, folded, with its kind and the first place."""
    found: dict[str, tuple[str, str]] = {}
    for path in own_files():
        for number, line in enumerate(text_of(path).split("\n"), 1):
            place = f"{path.relative_to(PROJECT)}:{number}"
            for kind, pattern in PATTERNS.items():
                for text in pattern.findall(line):
                    found.setdefault(folded(text.rstrip(".)`")), (kind, place))
            for text in phrases(line, path.suffix in CODE):
                found.setdefault(folded(text.strip(' ,="')), ("text", place))
    return found


def is_common(text: str, kind: str) -> bool:
    """The words are a vendor's or a list's, or a name that thousands bear (one Chinese syllable)."""
    if kind == "name":
        return (
            bool(SYLLABLE.fullmatch(text) or PLACE.fullmatch(text))
            or text in EVERYDAY
            or set(re.split(r"\W+", text)) <= words()
            or is_place(text)
        )
    parts = re.split(r",\s*", text) if kind == "text" else [text]
    return bool(NOTICE.search(text)) or all(part in vocabulary() for part in parts)


def is_place(text: str) -> bool:
    with (PROJECT / "dictionaries/common/countries.csv").open(encoding="utf-8") as lines:
        return text.rsplit(", ", 1)[1] in {word.strip() for line in lines for word in re.split("[,;|]", line.lower())}


@cache
def words() -> frozenset[str]:
    return frozenset(re.split(r"\W+", vocabulary()))


def agreeing(texts: list[str]) -> set[str]:
    """Texts that stand in the real files as whole words."""
    real, step = real_text(), 4_000_000
    pieces = pl.Series([real[at : at + step + 400] for at in range(0, len(real), step)])
    hits = {hit for piece in pieces.str.extract_many(pl.Series([texts]), overlapping=True).to_list() for hit in piece}
    return {hit for hit in hits if stands_alone(hit, real)}


def stands_alone(text: str, real: str) -> bool:
    """The text occurs between other signs than letters and digits (a pattern would take a second for each text)."""
    at = real.find(text)
    while at >= 0:
        if not real[at - 1].isalnum() and not real[at + len(text) : at + len(text) + 1].isalnum():
            return True
        at = real.find(text, at + 1)
    return False


@pytest.mark.parametrize("kind", [*PATTERNS, "text"])
def test_nothing_of_the_real_files_is_quoted(kind: str) -> None:
    own = {text: place for text, (is_kind, place) in own_texts().items() if is_kind == kind}
    assert len(own) > 20
    quoted = {text: own[text] for text in agreeing([text for text in own if not is_common(text, kind)])}
    assert quoted == {}


def test_the_search_finds_what_is_quoted() -> None:
    labels, record, *_ = (SHARED / "exports/wos/baig.txt").read_text(encoding="utf-8-sig").split("\n")
    title = folded(record.split("\t")[labels.split("\t").index("TI")])
    assert agreeing([title, "a title that nobody has ever printed anywhere"]) == {title}
