"""A library's old ESI folders: each file's period is found or the file is listed, and nothing is imported twice."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pipelines import ingest, runner
from pipelines.core.errors import ConfigError
from pipelines.intake import archive, archive_periods
from pipelines.intake.archive import AMBIGUOUS, DONE, KNOWN, OTHER, READY, TWICE
from pipelines.intake.archive_periods import Mapping, decide
from pipelines.sources.esi_release import Said
from tests.conftest import Home
from tests.unit.sources.conftest import write
from tests.unit.sources.test_esi import PAPERS, paper, title

FIELDS = ["", "Research Fields", "Web of Science Documents", "Cites", "Cites/Paper", "Top Papers"]


def papers(
    path: Path, *rows: list[Any], show: str = "Highly Cited Papers", stamp: int = 2020, exported: str = ""
) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    foot = [[f"Copyright © {stamp} Clarivate Analytics"], *([[f"Export Date {exported}"]] if exported else [])]
    write(path, {"Sheet0": [[], title(show), PAPERS, *rows, *foot]})


def thresholds(path: Path, value: int, stamp: int = 2020) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    write(
        path,
        {
            "S": [
                ["THRESHOLD-ESI"],
                ["RESEARCH FIELDS", "AUTHOR", "INSTITUTION"],
                ["CHEMISTRY", 1, value],
                [f"Copyright © {stamp} Clarivate"],
            ]
        },
    )


def fates(report: archive.ArchiveReport) -> dict[str, tuple[str, str]]:
    return {f.file: (f.period, f.fate) for f in report.files}


def test_an_archive_is_imported_by_period_once(home: Home, tmp_path: Path) -> None:
    old = tmp_path / "旧资料"
    papers(old / "2020年5月" / "高被引.xlsx", paper("WOS:000000000000001"))
    papers(old / "202007" / "高被引.xlsx", paper("WOS:000000000000002"))
    papers(old / "202007" / "热点.xlsx", show="Hot Papers")
    papers(
        old / "下载" / "202008" / "顶级.xlsx", paper("WOS:000000000000003"), show="Top Papers", exported="2020-08-20"
    )
    thresholds(old / "阈值" / "20200910.xlsx", 9)
    thresholds(old / "杂" / "阈值.xlsx", 8)
    (old / "说明.txt").write_text("这里是历年的 ESI 数据", encoding="utf-8")
    before = {p: p.read_bytes() for p in old.rglob("*") if p.is_file()}
    dry = runner.import_archive(home.settings, old, dry_run=True)
    assert fates(dry) == {
        "2020年5月/高被引.xlsx": ("2020-05", READY), "202007/高被引.xlsx": ("2020-07", READY), "202007/热点.xlsx": ("2020-07", READY),
        "下载/202008/顶级.xlsx": ("2020-07", READY), "阈值/20200910.xlsx": ("2020-09", READY), "杂/阈值.xlsx": ("", AMBIGUOUS),
        "说明.txt": ("", OTHER),
    }  # fmt: skip
    assert not list(home.place.landing.glob("esi/*")) and "对应表" in dry.words()
    done = runner.import_archive(home.settings, old)
    assert {f: fate for f, (_, fate) in fates(done).items()} == {
        f: DONE if fate == READY else fate for f, (_, fate) in fates(dry).items()
    }
    manifests = ingest.manifests(home.settings, "esi")
    assert sorted((m["hints"]["esi_period"], len(m["files"])) for m in manifests) == [
        ("2020-05", 1),
        ("2020-07", 3),
        ("2020-09", 1),
    ]
    assert {p: p.read_bytes() for p in old.rglob("*") if p.is_file()} == before
    assert not any(p.name.startswith(archive.FOLDER) for p in home.place.inbox.iterdir())
    again = runner.import_archive(home.settings, old)
    assert set(fates(again).values()) == {(p, KNOWN) for p in ("2020-05", "2020-07", "2020-09")} | {
        ("", AMBIGUOUS),
        ("", OTHER),
    }
    assert len(ingest.manifests(home.settings, "esi")) == 3


def test_a_mapping_gives_what_names_do_not(home: Home, tmp_path: Path) -> None:
    old = tmp_path / "esi"
    thresholds(old / "a" / "x.xlsx", 1)
    thresholds(old / "a" / "b" / "y.xlsx", 2)
    thresholds(old / "z.xlsx", 3)
    table = tmp_path / "对应表.csv"
    table.write_bytes("文件,期次\r\na,2020年5月\r\na/b/y.xlsx,202007\r\nz.xlsx,2020-06\r\n".encode("gb18030"))
    report = runner.import_archive(home.settings, old, table, dry_run=True)
    assert fates(report) == {
        "a/b/y.xlsx": ("2020-07", READY),
        "a/x.xlsx": ("2020-05", READY),
        "z.xlsx": ("", AMBIGUOUS),
    }
    assert "单月" in next(f.why for f in report.files if f.fate == AMBIGUOUS)


@pytest.mark.parametrize("line", ["a.xlsx", "a.xlsx,often", "a.xlsx,2020-05\na.xlsx,2020-07", ",2020-05"])
def test_a_mapping_that_cannot_be_understood_stops_the_import(tmp_path: Path, line: str) -> None:
    table = tmp_path / "m.csv"
    table.write_text(line, encoding="utf-8")
    with pytest.raises(ConfigError, match="对应表第"):
        archive_periods.read_mapping(table)


def test_the_same_bytes_in_two_periods_are_believed_in_neither(home: Home, tmp_path: Path) -> None:
    old = tmp_path / "esi"
    for name in ("2020-05/t.xlsx", "2020-07/t.xlsx", "2020-09/u.xlsx", "2020-09/v.xlsx"):
        thresholds(old / name, 5 if "t" in name else 6)
    (old / "2020-07/t.xlsx").write_bytes((old / "2020-05/t.xlsx").read_bytes())
    (old / "2020-09/v.xlsx").write_bytes((old / "2020-09/u.xlsx").read_bytes())
    report = runner.import_archive(home.settings, old)
    assert [f.fate for f in report.files] == [AMBIGUOUS, AMBIGUOUS, DONE, TWICE]
    (old / "2020-11").mkdir()
    (old / "2020-11/w.xlsx").write_bytes((old / "2020-09/u.xlsx").read_bytes())
    (old / "2020-09/u.xlsx").unlink()
    (old / "2020-09/v.xlsx").unlink()
    late = next(f for f in runner.import_archive(home.settings, old).files if f.file == "2020-11/w.xlsx")
    assert late.fate == AMBIGUOUS and "2020-09" in late.why


@pytest.mark.parametrize(
    ("path", "said", "period", "why"),
    [
        ("2020年5月/x.xlsx", Said(), "2020-05", "2020年5"),
        ("2020年/5月/x.xlsx", Said(), "2020-05", ""),
        ("2020-05/x-202006.xlsx", Said(), "2020-05", ""),  # downloaded while the May release was on show
        ("2020-05/x-202008.xlsx", Said(), "", "矛盾"),
        ("2020-05/x-2020-07.xlsx", Said(), "", "矛盾"),
        ("202006/x.xlsx", Said(), "", "下载日期"),
        ("202006/x.xlsx", Said(exported=archive_periods.date(2020, 6, 13)), "2020-05", "相符"),
        ("202008/x.xlsx", Said(exported=archive_periods.date(2020, 6, 13)), "", "下载日期"),
        ("x.xlsx", Said(exported=archive_periods.date(2020, 6, 13)), "2020-05", "导出日期"),
        ("x.xlsx", Said(exported=archive_periods.date(2020, 5, 20)), "", "前后有两期"),
        ("2020-05/x.xlsx", Said(exported=archive_periods.date(2020, 5, 20)), "2020-05", ""),
        ("2020-03/x.xlsx", Said(exported=archive_periods.date(2020, 9, 1)), "", "2020-07"),
        ("2020-05/x.xlsx", Said(stamped=2018), "", "版权年"),
        ("2020-03/x.xlsx", Said(stamped=2019), "2020-03", ""),
        ("2018-11/x.csv", Said(baseline=(2008, 2018)), "2018-11", ""),
        ("2019-03/x.csv", Said(baseline=(2008, 2018)), "2019-03", ""),
        ("2019-05/x.csv", Said(baseline=(2008, 2018)), "", "2009–2019"),
        ("x.csv", Said(baseline=(2008, 2018)), "", "2018-05 至 2019-03"),
        ("2020-05/x.xlsx", Said(papers=(2010, 2022, 40)), "", "出版年"),
        ("ESI2005-5月/x.xlsx", Said(stamped=2020), "2020-05", "不可能是 2005-05"),
        ("ESI2005-5月/x.xlsx", Said(stamped=2005), "2005-05", "不可能是 2020-05"),
        ("ESI2005-5月/x.xlsx", Said(), "", "可读作"),
        ("list-5-2020.xlsx", Said(), "", "第几期"),
        ("x.xlsx", Said(), "", "都没有期次"),
    ],
)  # fmt: skip
def test_how_a_period_is_decided(path: str, said: Said, period: str, why: str) -> None:
    decision = decide(path, said, Mapping())
    assert decision.period == period and why in decision.why


def test_what_cannot_be_read_is_told(home: Home, tmp_path: Path) -> None:
    old = tmp_path / "2020-05"
    old.mkdir()
    write(old / "no title.xlsx", {"S": [PAPERS, paper()]})
    write(
        old / "journals.xlsx",
        {"S": [["Indicators Results List: Journals   Show: Top"], ["", "Journals", "Cites"], ["1", "X", "2"]]},
    )
    report = runner.import_archive(home.settings, old)
    assert {f.fate for f in report.files} == {archive.REFUSED} and all(f.words for f in report.files)
    with pytest.raises(ConfigError, match="没有这个文件夹"):
        runner.import_archive(home.settings, tmp_path / "nowhere")
