"""RIS and BibTeX entries: nothing raises, nothing is lost, every record has its number."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.sources import _bibtex, _entries, _ris, _text
from pipelines.sources._entries import Broken, Entry

FEW = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
WORDS = st.text(alphabet=st.characters(categories=("L", "N", "P", "Zs"), exclude_characters="{}\\@\"#='"), max_size=40)
RIS_LINES = [
    "TY  - JOUR",
    "TY - JOUR",
    "ER  -",
    "ER  - ",
    "AU  - Wang, L.",
    "AB  -",
    "text - x",
    "",
    "\ufeff",
    "TY",
    "N1  - a TY  - JOUR",
]
BIB_LINES = [
    "@article{k,",
    "@ARTICLE{",
    "title = {a},",
    "title = {{a}},",
    "}",
    "{",
    '"',
    ",",
    "x = ",
    "@",
    "Scopus",
    "=",
    "}@misc{b,",
]


def ris(tmp_path: Path, content: str | bytes, encoding: str = "utf-8") -> list[Entry | Broken]:
    path = tmp_path / "a.ris"
    path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
    return list(_ris.entries(path, encoding))


def bib(tmp_path: Path, content: str | bytes) -> list[Entry | Broken]:
    path = tmp_path / "a.bib"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return list(_bibtex.entries(path, "utf-8"))


def only(found: list[Entry | Broken]) -> Entry:
    assert len(found) == 1 and isinstance(found[0], Entry), found
    return found[0]


def kinds(found: list[Entry | Broken]) -> list[str]:
    assert [one.row for one in found] == list(range(1, len(found) + 1))
    return [one.kind if isinstance(one, Entry) else "broken" for one in found]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=["LF", "CRLF", "CR"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "gb18030"])
def test_ris_values_in_order_and_continued_lines(tmp_path: Path, end: str, encoding: str) -> None:
    lines = [
        "TY  - JOUR",
        "AU  - 王磊",
        "AU  - Liu, H.",
        "AB  - one",
        "two",
        "IR - three",
        "N1  -",
        "  four",
        "ER  - ",
        "",
        "",
    ]
    entry = only(ris(tmp_path, end.join(lines), encoding))
    assert entry.kind == "jour"
    assert entry.fields["AU"] == ["王磊", "Liu, H."]
    assert entry.fields["AB"] == ["one\ntwo\nIR - three"]
    assert entry.fields["N1"] == ["\nfour"]
    assert entry.first("XX", "AU") == "王磊" and entry.joined("; ", "AU", "XX") == "王磊; Liu, H."


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("TY  - JOUR\nTI  - a\nER  -\nTY  - CONF\nTI  - b\nER  -", ["jour", "conf"]),
        ("TY  - JOUR\nTI  - a\n\nTY  - CONF\nTI  - b\nER  - \n", ["jour", "conf"]),
        ("TY  - JOUR\nTI  - a\nER  - \n\nTY  - CONF\nTI  - b\n", ["jour", "conf"]),
        ("TY  - JOUR\nTI  - a", ["jour"]),
        ("TY  - JOUR\nTI  - a\nER  - \nTY  - CONF\nTI  - half a ti", ["jour", "broken"]),
        ("of a title\nPY  - 2020\nER  - \nTY  - CONF\nTI  - b\nER  - \n", ["broken", "conf"]),
        ("Provider: x\nContent: text\n\nTY  - CONF\nTI  - b\nER  - \n", ["conf"]),
        ("TY  - JOUR\nTI  - half a TY  - CONF\nTI  - b\nER  - \n", ["jour", "conf"]),
        ("\ufeffTY - JOUR\nTI - a\nER -\n", ["jour"]),
        ("", []),
        ("no record at all", []),
    ],
    ids=[
        "no blank",
        "next TY ends",
        "file ends",
        "no ER at all",
        "cut",
        "no TY",
        "header",
        "glued",
        "one blank",
        "empty",
        "text",
    ],
)
def test_ris_ends_and_beginnings(tmp_path: Path, content: str, expected: list[str]) -> None:
    assert kinds(ris(tmp_path, content)) == expected


def test_ris_bytes_that_are_no_text(tmp_path: Path) -> None:
    found = ris(tmp_path, b"TY  - JOUR\nTI  - \xff\xfe\nER  - \nTY  - BOOK\nTI  - b\nER  - \n")
    assert kinds(found) == ["broken", "book"]
    found[0].text.encode()  # no lone surrogate gets out


@FEW
@given(lines=st.lists(st.sampled_from(RIS_LINES), max_size=25))
def test_ris_loses_no_tagged_line(tmp_path: Path, lines: list[str]) -> None:
    found = ris(tmp_path, "\n".join(lines))
    kinds(found)
    assert "\n".join(one.text for one in found).count("AU  - Wang, L.") == lines.count("AU  - Wang, L.")


@FEW
@given(records=st.lists(st.lists(WORDS, max_size=3), min_size=1, max_size=5))
def test_ris_round_trip(tmp_path: Path, records: list[list[str]]) -> None:
    text = "".join(f"TY  - JOUR\n{''.join(f'KW  - {w}{chr(10)}' for w in words)}ER  - \n\n" for words in records)
    found = [one for one in ris(tmp_path, text) if isinstance(one, Entry)]
    assert [e.fields.get("KW", []) for e in found] == [[w.strip() for w in words] for words in records]


def test_ris_of_many_blocks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_text, "BLOCK", 64)
    monkeypatch.setattr(_ris, "LONGEST", 40)
    text = "".join(f"TY  - JOUR\r\nTI  - {n}\r\nER  - \r\n" for n in range(50)) + "TY  - JOUR\n" + "KW  - x\n" * 90
    found = ris(tmp_path, text)
    assert [e.fields["TI"] for e in found[:50] if isinstance(e, Entry)] == [[str(n)] for n in range(50)]
    assert kinds(found)[50:] == ["broken", "broken", "broken"]  # no record has ten thousand lines: memory stays bounded


def test_bibtex_as_vendors_write_it(tmp_path: Path) -> None:
    found = bib(
        tmp_path,
        "Scopus\nEXPORT DATE: 27 November 2023\n\n"
        "@ARTICLE{Łu2022,\n\tauthor = {Łu, A.},\n\tTitle={{Über {CO}2}},\n}@ARTICLE{D’Ug o2020,\ntitle={b}}\n\n"
        "@inproceedings{2005389368722 ,\ncopyright = {Copyright 2017},\ncopyright = {Compendex},\ntitle = {c},\n}\n\n\n"
        '@phdthesis{\n  author={Wang, L.},\n  mail = {a@b.c\nd@e.f},\n  month = jan,\n  note = "x {"} y",\n}\n@comment{z}',
    )
    assert kinds(found) == ["article", "article", "inproceedings", "phdthesis"]
    one, two, three, four = (e for e in found if isinstance(e, Entry))
    assert (one.key, one.fields) == ("Łu2022", {"author": ["Łu, A."], "title": ["Über {CO}2"]})
    assert (two.key, two.fields) == ("D’Ug o2020", {"title": ["b"]})
    assert three.fields["copyright"] == ["Copyright 2017", "Compendex"]
    assert four.fields == {"author": ["Wang, L."], "mail": ["a@b.c\nd@e.f"], "month": ["jan"], "note": ['x {"} y']}


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("@article{a,\ntitle={x {y},\n}\n\n@book{b,\ntitle={z}\n}\n", ["broken", "book"]),
        ("@article{a,\ntitle={x} y},\nyear={2020},\n}\n\n@book{b,\ntitle={z}\n}\n", ["broken", "book"]),
        ("year={2020},\n}\n\n@book{b,\ntitle={z}\n}\n", ["broken", "book"]),
        ("@book{b,\ntitle={z}\n}\n\n@article{a,\ntitle={half a ti", ["book", "broken"]),
        ("@article{a, title={x}}@article{a, title={y}}", ["article", "article"]),
        ("@article{a,\n}\n", ["article"]),
        ("Scopus", []),
    ],
    ids=["open", "closed too early", "no beginning", "cut", "same key", "empty", "text"],
)
def test_bibtex_braces(tmp_path: Path, content: str, expected: list[str]) -> None:
    assert kinds(bib(tmp_path, content)) == expected


def test_bibtex_bytes_that_are_no_text(tmp_path: Path) -> None:
    found = bib(tmp_path, b"@article{a,\ntitle={\xff}\n}\n@book{b,\ntitle={z}\n}\n")
    assert kinds(found) == ["broken", "book"]
    found[0].text.encode()


@FEW
@given(lines=st.lists(st.sampled_from(BIB_LINES), max_size=25))
def test_bibtex_never_raises_and_loses_no_field(tmp_path: Path, lines: list[str]) -> None:
    found = bib(tmp_path, "\n".join(lines))
    kinds(found)
    kept = "".join("".join(one.text for one in found).split())  # a broken entry may be put together of two pieces
    assert kept.count("title={a},") == lines.count("title = {a},")


@FEW
@given(records=st.lists(WORDS, min_size=1, max_size=5), indent=st.sampled_from(["", "\t", "  "]))
def test_bibtex_round_trip(tmp_path: Path, records: list[str], indent: str) -> None:
    text = "".join(f"@ARTICLE{{k,\n{indent}title = {{{words}}},\n}}\n\n" for words in records)
    found = [one for one in bib(tmp_path, text) if isinstance(one, Entry)]
    assert [e.fields["title"] for e in found] == [[words.strip()] for words in records]


def test_bibtex_of_many_blocks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_text, "BLOCK", 64)
    monkeypatch.setattr(_bibtex, "WINDOW", 64)
    text = "".join(f"@ARTICLE{{k{n},\r\ntitle={{{'long ' * 30}{n}}},\r\n}}\r\n\r\n" for n in range(40))
    found = bib(tmp_path, text)
    assert [e.key for e in found if isinstance(e, Entry)] == [f"k{n}" for n in range(40)]


@pytest.mark.parametrize(
    ("latex", "expected"),
    [
        (r"{\"U}ber {\'{\i}} {\v{S}}u\v{c} \c{c}", "Über í Šuč ç"),
        (r"Stra{\ss}e, {\AA}ngstr{\"o}m, {\O}", "Straße, Ångström, Ø"),
        (r"A \& B, 50\% {[}x{]} a\_b", "A & B, 50% [x] a_b"),
        (r"``imaginary{''} of $\alpha$-Fe", '"imaginary" of α-Fe'),
        (r"\textit{E. coli} and {CO}2", "E. coli and CO2"),
        (r"C:\unknown\stays, 5 $ or $6", r"C:\unknown\stays, 5 $ or $6"),
        ("plain text stays", "plain text stays"),
    ],
)
def test_latex_becomes_text(latex: str, expected: str) -> None:
    assert _bibtex.plain(latex) == expected


def test_batches_are_bounded_and_there_is_always_one() -> None:
    rows = [Entry(n, "", "") if n % 3 else Broken(n, "", "", "", "") for n in range(1, 8)]
    assert [(len(b.entries), len(b.broken)) for b in _entries.batches(rows, 3)] == [(2, 1), (2, 1), (1, 0)]
    assert [(len(b.entries), len(b.broken)) for b in _entries.batches([], 3)] == [(0, 0)]
