"""Text as downloads, editors and people leave it: every row is read or set aside in words, in bounded time and memory."""

from __future__ import annotations

import resource
import time
from pathlib import Path

import polars as pl
import pytest

from pipelines.core.errors import SourceError
from pipelines.core.settings import PROJECT
from pipelines.ingest import ingest, manifests
from pipelines.ingest.writing import LIVE, plain_cells
from pipelines.intake import intake, landing, names
from pipelines.sources import _recognise, _sheets, modules

FIXTURES = PROJECT / "tests" / "fixtures" / "landing"
SCOPUS = FIXTURES / "scopus" / "scopus.csv"


def taken(home, source: str = "wos") -> tuple[pl.DataFrame, str]:
    """Raw rows and words after intake and ingest."""
    arrived = intake(home.settings)
    assert arrived.sources == (source,), [o.words for o in arrived.outcomes]
    report = ingest(home.settings, source, docs=False)
    assert report.read == report.accepted + report.quarantined
    parts = [pl.read_parquet(p) for m in manifests(home.settings) for p in m["parquet"]]
    words = (*report.warnings, *(r for b in report.batches for r in b.refused))
    return pl.concat(parts, how="diagonal") if parts else pl.DataFrame(), "\n".join(words)


def listing(home, source: str) -> str:
    [path] = (home.place.quarantine / source).rglob("*.说明.csv")
    return path.read_text(encoding="utf-8-sig")


def peak() -> int:
    """Peak memory of this process, bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss << 10


# --- tagged text


def test_no_end_mark(home, wos):
    home.drop("wos/a.txt", wos(1, 2).removesuffix("EF\n"))
    rows, words = taken(home)
    assert rows.height == 2 and "未被接受" not in words


def test_tags_that_stand_twice(home, wos):
    home.drop("wos/a.txt", wos(1, extra="TI Another title\nDI 10.1/a\nDI 10.1/b\n"))
    rows, _ = taken(home)
    assert rows["TI"].to_list() == ["An invented title 1\nAnother title"] and rows["DI"].to_list() == ["10.1/a\n10.1/b"]


def test_a_second_number_in_one_record(home, wos):
    """Two records whose border is lost are one record with two numbers: it must not stand for the first of them."""
    home.drop("wos/a.txt", wos(1, 2, 3).replace("UT WOS:000000000000001\nER\n\nPT J\n", "UT WOS:000000000000001\n"))
    rows, words = taken(home)
    assert "WOS:000000000000003" in rows["UT"].to_list()
    assert rows.height == 1 and "1 行未被接受" in words and "两个入藏号" in listing(home, "wos")


def test_three_thousand_authors(home, wos):
    authors = "AU " + "\n   ".join(f"Lin, A{n}" for n in range(3000)) + "\n"
    full = "AF " + "\n   ".join(f"Lin, Mou {n}" for n in range(3000)) + "\n"
    address = "C1 " + "\n   ".join(
        f"[Lin, Mou {n}] Linghai Univ, Sch {n}, Linghai, Peoples R China." for n in range(3000)
    )
    home.drop("wos/a.txt", wos(1).replace("AU Lin, H\n", authors + full + address + "\n"))
    started = time.process_time()
    raw, _ = taken(home)
    read = modules()["wos"].source_authorships(raw.lazy())
    assert pl.DataFrame(read.collect() if isinstance(read, pl.LazyFrame) else read).height == 3000
    links = modules()["wos"].source_authorship_addresses(raw.lazy())
    assert links.height == 3000 and time.process_time() - started < 20


@pytest.mark.parametrize("mark", ["\ufeff", "\x00", "\x1a", "\u2028", "\x85", "\x0b", "\x0c"])
def test_strange_characters_between_records(home, wos, mark):
    text = wos(1, 2).replace(
        "ER\n\nPT J\nAU Lin, H\nTI An invented title 2", f"ER\n{mark}\nPT J\nAU Lin, H\nTI An invented title 2"
    )
    home.drop("wos/a.txt", text)
    rows, _ = taken(home)
    assert rows["UT"].to_list() == ["WOS:000000000000001", "WOS:000000000000002"]


@pytest.mark.parametrize("mark", ["\ufeff", "\x00", "\u2028", "\x0b"])
def test_strange_characters_inside_a_value(home, wos, mark):
    home.drop("wos/a.txt", wos(1).replace("invented title", f"invented{mark} title"))
    rows, _ = taken(home)
    assert rows["TI"].to_list() == [f"An invented{mark} title 1"]


def test_files_with_a_bom_joined(home, wos):
    home.drop("wos/a.txt", ("\ufeff" + wos(1) + "\ufeff" + wos(2)).encode())
    rows, _ = taken(home)
    assert rows["UT"].to_list() == ["WOS:000000000000001", "WOS:000000000000002"]


def test_mixed_line_ends(home, wos):
    lines = wos(*range(1, 30)).split("\n")
    ends = ["\n", "\r\n", "\r"]
    home.drop("wos/a.txt", "".join(line + ends[n % 3] for n, line in enumerate(lines)))
    rows, _ = taken(home)
    assert rows["UT"].n_unique() == 29 and rows["TI"].to_list()[28] == "An invented title 29"


# --- delimited text


@pytest.mark.parametrize("at", [200, 6000, -300])
def test_a_quotation_mark_without_a_partner(home, at):
    data = SCOPUS.read_bytes()
    whole = _recognise.inspect(SCOPUS)["records"]
    head = data.index(b"\n") + 1
    place = data.index(b",", head + at) if at > 0 else data.rindex(b",", 0, len(data) + at)
    home.drop("scopus/a.csv", data[: place + 1] + b'"' + data[place + 1 :])
    rows, words = taken(home, "scopus")
    assert rows.height >= whole - 2, words  # the row itself, at most its neighbour
    [manifest] = manifests(home.settings)
    assert manifest["read"] == manifest["accepted"] + manifest["quarantined"] >= whole - 1


def test_a_quotation_mark_without_a_partner_in_a_roster(home):
    head = "工号,姓名,单位代码,单位名称,职称,人员类别,入职日期\n"
    people = [f"T{n:05d},林某{n},U01,化工学院,教授,在职,2015-09-01\n" for n in range(9)]
    people[3] = people[3].replace("化工学院", '"化工学院')
    home.drop("roster/a.csv", head + "".join(people))
    rows, _ = taken(home, "roster")
    assert rows["staff_id"].to_list() == [f"T{n:05d}" for n in range(9) if n != 3] and "引号" in listing(home, "roster")


@pytest.mark.parametrize("at", [3, 8])
def test_a_quotation_mark_without_a_partner_in_a_grid(tmp_path, at):
    lines = [f'{n},"name {n}",x' for n in range(9)]
    lines[at] = f'{at},"name {at},x'
    path = tmp_path / "a.csv"
    path.write_text("\n".join(lines) + "\n")
    with pytest.raises(SourceError, match="引号没有配对") as told:
        _sheets.csv_grid(path, "utf-8")
    assert f"第 {at + 1} 行" in told.value.parts["位置"]


@pytest.mark.parametrize("fill", ["x", "x,", '"', "x\t", "<b>", "=", "催"])
def test_one_line_of_a_hundred_megabytes(tmp_path, fill):
    """Nothing hangs on it, whatever it is made of."""
    path = tmp_path / "a.txt"
    size = 20 << 20 if fill == "催" else 100 << 20
    path.write_bytes((fill * (size // len(fill))).encode())
    started, before = time.process_time(), peak()
    assert _fate(path) == "refused"
    assert time.process_time() - started < 10 and peak() - before < 1 << 30


@pytest.mark.parametrize("name", ["wos/savedrecs.txt", "scopus/scopus.csv", "cnki/CNKI-20260828101561237.txt"])
def test_a_true_beginning_and_then_a_line_of_thirty_megabytes(tmp_path, name):
    data = (FIXTURES / name).read_bytes()
    path = tmp_path / "a"
    path.write_bytes(data + b"AB " + b"x " * (15 << 20))
    whole = _recognise.inspect(FIXTURES / name)
    started, before = time.process_time(), peak()
    told = _recognise.inspect(path)
    assert told["records"] + told["rejected"] >= whole["records"]
    assert time.process_time() - started < 20 and peak() - before < 2 << 30


def _fate(path: Path) -> str:
    try:
        _recognise.inspect(path)
    except SourceError as error:
        assert error.what and error.parts["下一步"]
        return "refused"
    return "read"


# --- XML

LAUGHS = '<!DOCTYPE x [<!ENTITY a "ha">' + "".join(
    f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefghi", "bcdefghij", strict=True)
)
PQDT = "{}<records><record><GOID>1{}</GOID><Title>ProQuest &{};</Title></record></records>"


@pytest.mark.parametrize(
    ("head", "name"),
    [
        (LAUGHS + "]>", "j"),
        ('<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]>', "f"),
        ('<!DOCTYPE x SYSTEM "http://127.0.0.1:1/x.dtd">', "f"),
    ],
    ids=["laughs", "file", "network"],
)
@pytest.mark.parametrize("kind", ["pqdt", "cnki", "sheet"])
def test_entities(tmp_path, head, name, kind):
    text = {
        "pqdt": f'<?xml version="1.0"?>{head}<DISS_submission><DISS_title>&{name};</DISS_title><GOID>1</GOID></DISS_submission>',
        "cnki": f'<?xml version="1.0"?>{head}<NoteFirst><Bibliography><PrimaryTitle><Title>&{name};</Title></PrimaryTitle>'
        "<SrcDatabase>中国知网</SrcDatabase><Link>http://kns.cnki.net/x</Link></Bibliography></NoteFirst>",
        "sheet": f"{head}<html><table><tr><th>题名</th><th>作者</th><th>来源</th><th>链接</th></tr>"
        f"<tr><td>&{name};</td><td>林某</td><td>刊</td><td>https://kns.cnki.net/x</td></tr></table></html>",
    }[kind]
    path = tmp_path / "a.xml"
    path.write_text(text)
    started, before = time.process_time(), peak()
    assert _fate(path) in ("read", "refused")
    assert time.process_time() - started < 5 and peak() - before < 200 << 20
    if _fate(path) == "read":
        found = _recognise.recognise(path)
        for chunk in modules()[found.source].read(path, found, {}):
            cells = "".join(str(cell) for row in chunk.rows.rows() for cell in row)
            assert "root:" not in cells and "hahaha" not in cells


# --- names

NAMES = [
    "..txt", "...", "....txt", "a\\..\\..\\b.txt", "C:\\Users\\a.txt", "CON.txt", "nul", "LPT1.csv", "a:b.txt", "a?.txt", "a*|<>.txt",
    "a.txt.", "a.txt ", "检" * 83 + ".txt", "x" * 250 + ".txt", "a\nb.txt", "a\x1b[31m.txt", "a\u202etxt.exe", "-rf.txt", "$(x).txt",
    "%00.txt", "batch.yml.txt", "SHA256SUMS", "verdict.json", "说明.txt", "=cmd.txt", "\ufeffa.txt",
]  # fmt: skip


def test_tricks_in_names(home, wos):
    for number, name in enumerate(NAMES, 1):
        home.drop(f"wos/{name}", wos(number))
    before = {p for p in home.place.root.parent.rglob("*") if home.place.root not in p.parents}
    report = intake(home.settings)
    hidden = [n for n in NAMES if n.startswith(".")]
    assert report.counts == {"accepted": len(NAMES) - len(hidden), "ignored": len(hidden)}
    [folder] = (home.place.landing / "wos").iterdir()
    stored = [p.name for p in folder.iterdir() if p.name not in ("batch.yml", "SHA256SUMS")]
    assert len(stored) == len(NAMES) - len(hidden)
    for name in stored:
        assert (
            len(name.encode()) <= names.LONGEST
            and not set(name) & set('<>:"\\|?*\n\x1b\u202e')
            and name == name.rstrip(". ")
        )
        assert name.split(".")[0].upper() not in ("CON", "NUL", "LPT1")
    done = ingest(home.settings, "wos", docs=False)
    assert done.accepted == len(stored)
    assert {p for p in home.place.root.parent.rglob("*") if home.place.root not in p.parents} == before


# --- what lies in the inbox and changes


def test_a_folder_named_like_a_file(home, wos):
    home.drop("wos/x.txt/a.txt", wos(1))
    (home.place.inbox / "wos" / "empty.txt").mkdir()
    rows, _ = taken(home)
    assert rows.height == 1


def test_a_link_is_not_followed(home, wos, tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text(wos(9))
    home.drop("wos/a.txt", wos(1))
    (home.place.inbox / "wos" / "link.txt").symlink_to(secret)
    (home.place.inbox / "wos" / "loop").symlink_to(home.place.inbox)
    fates = {o.file: o.fate for o in intake(home.settings).outcomes}
    assert fates == {"wos/a.txt": "accepted", "wos/link.txt": "refused", "wos/loop": "refused"}
    assert secret.read_text() == wos(9)


def test_a_file_that_vanishes_while_it_is_read(home, wos, monkeypatch):
    home.drop("wos/a.txt", wos(1))
    gone = home.drop("wos/b.txt", wos(2))
    look = _recognise.look

    def vanishing(path):
        if path.name == "b.txt":
            gone.unlink(missing_ok=True)
        return look(path)

    monkeypatch.setattr(_recognise, "look", vanishing)
    report = intake(home.settings)
    assert report.counts == {"accepted": 1}
    assert ingest(home.settings, "wos", docs=False).accepted == 1


def test_a_file_that_vanishes_before_it_is_moved(home, wos, monkeypatch):
    home.drop("wos/a.txt", wos(1))
    gone = home.drop("wos/b.txt", wos(2))
    create = landing.create

    def late(*args):
        gone.unlink()
        return create(*args)

    monkeypatch.setattr(landing, "create", late)
    intake(home.settings)
    monkeypatch.undo()
    report = ingest(home.settings, "wos", docs=False)
    assert report.accepted == 1 and "不在 landing/ 中" in report.batches[0].refused[0]
    home.drop("wos/b.txt", wos(2))
    assert intake(home.settings).counts == {"accepted": 1} and ingest(home.settings, "wos", docs=False).accepted == 1


def test_a_file_that_grows_while_it_is_read(home, wos, monkeypatch):
    path = home.drop("wos/a.txt", wos(1))
    look = _recognise.look

    def growing(seen):
        with path.open("a") as handle:
            handle.write(" ")
        return look(seen)

    with monkeypatch.context() as patch:
        patch.setattr(_recognise, "look", growing)
        assert intake(home.settings).counts == {"copying": 1}
    assert path.exists() and intake(home.settings).counts == {"accepted": 1}


def test_a_file_that_is_changed_in_landing(home, wos):
    home.drop("wos/a.txt", wos(1))
    home.drop("wos/b.txt", wos(2))
    intake(home.settings)
    [path] = home.place.landing.rglob("a.txt")
    path.chmod(0o644)
    path.write_text(wos(1, 3))
    report = ingest(home.settings, "wos", docs=False)
    assert report.accepted == 1 and "内容变了" in report.batches[0].refused[0]


def test_a_file_removed_from_landing_while_it_is_read(home, wos, monkeypatch):
    home.drop("wos/a.txt", wos(1))
    home.drop("wos/b.txt", wos(2))
    intake(home.settings)
    read = modules()["wos"].read

    def vanishing(path, *more):
        if path.name == "a.txt":
            path.unlink()
        return read(path, *more)

    monkeypatch.setattr(modules()["wos"], "read", vanishing)
    report = ingest(home.settings, "wos", docs=False)
    assert report.accepted == 1 and "不在 landing/ 中" in report.batches[0].refused[0]


# --- what is written for people


@pytest.mark.parametrize("mark", LIVE)
def test_no_cell_of_a_listing_is_live(mark):
    assert plain_cells([f"{mark}1+1", "a=1", None, 3]) == [f"'{mark}1+1", "a=1", "", "3"]


@pytest.mark.parametrize("formula", ["=HYPERLINK(1)", "+1+cmd", "-2+3", "@SUM(1)"])
def test_a_formula_in_a_row_set_aside(home, wos, formula):
    text = wos(1) + f"PT J\nTI {formula}\nER\n"
    home.drop(f"wos/{formula}.txt", text)
    _, _words = taken(home)
    cells = [cell for line in listing(home, "wos").splitlines()[1:] for cell in line.split(",")]
    assert cells and not any(cell.strip('"').startswith(LIVE) for cell in cells)
