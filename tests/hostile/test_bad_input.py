"""Bad input that librarians really meet: nothing is lost, nothing crashes, and the words say what to do."""

from __future__ import annotations

import io
import os
import time
import zipfile
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter

from pipelines.core import ledger
from pipelines.ingest import ingest, manifests
from pipelines.intake import intake

STAFF = [
    "工号",
    "姓名",
    "英文名",
    "单位代码",
    "单位名称",
    "职称",
    "人员类别",
    "入职日期",
    "离职日期",
    "工作邮箱",
    "ORCID",
]


def workbook(headers: list[str], *rows: list[str]) -> bytes:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False}) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate([headers, *rows]):
            sheet.write_row(number, 0, row)
    return buffer.getvalue()


def person(number: int) -> list[str]:
    return [f"T{number:05d}", "林某", "Lin Mou", "U01", "化工学院", "教授", "在职", "2015-09-01", "", "", ""]


def refused(home, file: str) -> str:
    """Words of the refusal of a file; the bytes must lie in quarantine, and nothing of it in landing."""
    report = intake(home.settings)
    [outcome] = [o for o in report.outcomes if o.file == file]
    assert outcome.fate == "refused", outcome
    folder = home.place.quarantine / outcome.source / outcome.batch_id
    assert (folder / Path(file).name).exists() and (folder / "说明.txt").read_text()
    assert not list(home.place.landing.glob("*/*")) and not (home.place.inbox / file).exists()
    assert "下一步：" in outcome.words and "原文件在 quarantine/" in outcome.words
    return outcome.words


def rows_of(home, source="wos") -> pl.DataFrame:
    intake(home.settings)
    ingest(home.settings, source, docs=False)
    return pl.concat([pl.read_parquet(p) for m in manifests(home.settings) for p in m["parquet"]], how="diagonal")


def test_empty_file(home):
    home.drop("wos/a.txt", b"")
    assert "文件是空的" in refused(home, "wos/a.txt")


@pytest.mark.parametrize("blank", [b"   \r\n\t\n", "\ufeff".encode(), b"\n" * 5000])
def test_blank_file(home, blank):
    home.drop("wos/a.txt", blank)
    assert "空" in refused(home, "wos/a.txt")


@pytest.mark.parametrize(
    "content",
    ["FN Clarivate Analytics Web of Science\nVR 1.0\nEF\n", "PT\tAU\tTI\tUT\n"],
)
def test_header_only(home, content):
    home.drop("wos/a.txt", content)
    assert "没有记录" in refused(home, "wos/a.txt")


def test_roster_header_only(home):
    home.drop("roster/staff.xlsx", workbook(STAFF))
    assert "只有表头" in refused(home, "roster/staff.xlsx")


def test_wrong_source_folder(home, wos):
    home.drop("roster/savedrecs.txt", wos(1, 2))
    home.drop("wos/staff.xlsx", workbook(STAFF, person(1)))
    report = intake(home.settings)
    assert report.sources == ("roster", "wos")
    told = "；".join(report.warnings)
    assert "roster 中的 1 个文件内容是Web of Science，不是人员与单位名册；已按内容处理" in told
    assert "wos 中的 1 个文件内容是人员与单位名册" in told
    assert ingest(home.settings, "wos").accepted == 2 and ingest(home.settings, "roster").accepted == 1


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030"])
@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_encodings_and_line_ends(home, wos, encoding, ends):
    text = wos(1, 2, extra="AB 岭海大学的一项研究，关于催化\nC1 [Lin, H] Linghai Univ, Peoples R China\n")
    home.drop("wos/a.txt", text.replace("\n", ends).encode(encoding))
    rows = rows_of(home)
    assert rows["UT"].to_list() == ["WOS:000000000000001", "WOS:000000000000002"]
    assert rows["AB"].unique().to_list() == ["岭海大学的一项研究，关于催化"]


def test_a_file_cut_inside_a_record(home, wos):
    home.drop("wos/a.txt", wos(1, 2, 3)[:-45])
    intake(home.settings)
    report = ingest(home.settings, "wos", docs=False)
    assert (report.read, report.accepted, report.quarantined) == (3, 2, 1)


def test_an_xlsx_cut_short(home):
    home.drop("roster/staff.xlsx", workbook(STAFF, person(1))[:-200])
    refused(home, "roster/staff.xlsx")


def zipped(wos) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("savedrecs.txt", wos(1))
    return buffer.getvalue()


def test_a_zip_renamed(home, wos):
    home.drop("wos/savedrecs.txt", zipped(wos))
    assert "zip 压缩包" in refused(home, "wos/savedrecs.txt")


@pytest.mark.parametrize(
    "content", [b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", bytes(range(256)) * 40, b"\x89PNG\r\n\x1a\n" + bytes(900)]
)
def test_a_pdf_or_other_binary_renamed(home, content):
    home.drop("wos/savedrecs.txt", content)
    refused(home, "wos/savedrecs.txt")


def test_a_web_page_saved_as_a_file(home):
    home.drop("cnki/导出.txt", "<html><body>请登录</body></html>")
    assert "网页" in refused(home, "cnki/导出.txt")


def test_two_rows_with_one_accession_number(home, wos):
    home.drop("wos/a.txt", wos(7, 8, 7))
    intake(home.settings)
    report = ingest(home.settings, "wos")
    assert report.accepted == 3 and any("出现不止一次，共 2 行" in w for w in report.warnings)


def test_a_million_character_field(home, wos):
    home.drop("wos/a.txt", wos(1, extra=f"AB {'催化' * 500_000}\n"))
    assert rows_of(home)["AB"].str.len_chars().to_list() == [1_000_000]


def test_a_roster_with_a_missing_column(home):
    headers = [h for h in STAFF if h != "姓名"]
    home.drop("roster/staff.xlsx", workbook(headers, [c for h, c in zip(STAFF, person(1), strict=True) if h != "姓名"]))
    words = refused(home, "roster/staff.xlsx")
    assert "姓名" in words


@pytest.mark.parametrize("column", ["身份证号", "手机", "家庭住址", "宗教信仰", "民族", "健康状况", "照片"])
def test_a_roster_with_data_that_may_not_be_kept(home, column):
    home.drop("roster/staff.xlsx", workbook([*STAFF, column], [*person(1), "110101199001011234"]))
    words = refused(home, "roster/staff.xlsx")
    assert column in words and "110101199001011234" not in words


def test_id_numbers_under_an_innocent_header_stop_at_the_door(home):
    home.drop("roster/staff.xlsx", workbook([*STAFF, "账号"], [*person(1), "110101199001011234"]))
    words = refused(home, "roster/staff.xlsx")
    assert "身份证号码" in words and "110101199001011234" not in words
    assert not any("110101199001011234" in p.read_text(errors="ignore") for p in home.place.quarantine.rglob("*.txt"))


def test_five_hundred_files_at_once(home, wos, monkeypatch):
    monkeypatch.setattr(os, "fsync", lambda handle: None)  # the disk of a test machine may be slow
    for number in range(500):
        home.drop(f"wos/savedrecs ({number}).txt", wos(number + 1))
    started = time.process_time()
    steps = []
    report = intake(home.settings, progress=lambda *a: steps.append(a))
    assert report.counts == {"accepted": 500} and len(report.batches) == 1
    assert len(steps) == 500 and steps[-1][:2] == (500, 500)
    done = ingest(home.settings, "wos")
    assert (done.files, done.accepted) == (500, 500)
    assert ledger.read(home.place.ledger, "files").height == 500
    assert time.process_time() - started < 60


def test_a_file_still_being_copied(home, wos):
    settings = home.settings.model_copy(update={"settle_seconds": 30.0})
    home.drop("wos/a.txt", wos(1))
    settled = home.drop("wos/b.txt", wos(2))
    long_ago = time.time() - 3600
    os.utime(settled, (long_ago, long_ago))
    assert {o.fate for o in intake(settings).outcomes} == {"copying"}  # b's name is new, its time is not
    assert intake(home.settings).counts == {"accepted": 2}


def test_the_same_bytes_twice(home, wos):
    home.drop("wos/a.txt", wos(1))
    intake(home.settings)
    ingest(home.settings, "wos")
    before = {p: p.stat().st_mtime_ns for p in home.place.raw.rglob("*")}
    home.drop("roster/another name.txt", wos(1))
    assert intake(home.settings).counts == {"duplicate": 1}
    assert ingest(home.settings, "wos").batches == ()
    assert {p: p.stat().st_mtime_ns for p in home.place.raw.rglob("*")} == before


def test_a_malformed_batch_yml_keeps_its_batch_in_the_inbox(home, wos):
    home.drop("wos/x/a.txt", wos(1))
    home.drop("wos/x/batch.yml", "operator: 甲\nesi_period: [2026-05\nhits: 3\n")
    home.drop("wos/y/b.txt", wos(2))
    report = intake(home.settings)
    fates = {o.file: o for o in report.outcomes}
    assert fates["wos/x/a.txt"].fate == "held" and "第 3 行" in fates["wos/x/a.txt"].words
    assert fates["wos/y/b.txt"].fate == "accepted" and (home.place.inbox / "wos/x/a.txt").exists()
    home.drop("wos/x/batch.yml", "hits: 3\n")
    assert intake(home.settings).counts == {"accepted": 1}


def test_a_vendor_formula_does_not_reach_excel(home, wos):
    home.drop("roster/staff.xlsx", workbook(STAFF, person(1), ["1.2E+11", "=cmd|'/c calc'!A1", *person(2)[2:]]))
    [(_, batch_id)] = intake(home.settings).batches
    report = ingest(home.settings, "roster", docs=False)
    assert (report.accepted, report.quarantined) == (1, 1)
    table = (home.place.quarantine / "roster" / batch_id / "staff.xlsx.说明.csv").read_text(encoding="utf-8-sig")
    assert "科学计数法" in table and ",=" not in table


def thresholds() -> bytes:
    fields = ["CHEMISTRY", "2148", "8502", "1434", "2297"], ["PHYSICS", "1", "2", "3", "4"]
    header = ["RESEARCH FIELDS", "AUTHOR", "INSTITUTION", "JOURNAL", "COUNTRY"]
    return workbook(["THRESHOLD-ESI"], header, *fields, ["Copyright © 2026 Clarivate"])


def test_an_esi_table_without_its_period_stops_at_the_door_and_may_come_again(home):
    table = thresholds()  # once: a workbook holds the second it was made in
    home.drop("esi/ESI-thresholds.xlsx", table)
    assert "期" in refused(home, "esi/ESI-thresholds.xlsx")
    home.drop("esi/ESI-thresholds.xlsx", table)
    home.drop("esi/batch.yml", "esi_period: 2026-05\n")
    assert intake(home.settings).counts == {"accepted": 1}
    home.drop("esi/2026-07/ESI-thresholds.xlsx", table)  # equal bytes of another period are another delivery
    home.drop("esi/2026-07/batch.yml", "esi_period: 2026-07\n")
    assert intake(home.settings).counts == {"accepted": 1}
    home.drop("esi/ESI-thresholds (1).xlsx", table)
    assert intake(home.settings, hints={"esi_period": "2026-05"}).counts == {"duplicate": 1}
    assert ingest(home.settings, "esi").accepted == 4


def test_a_file_refused_on_reading_may_come_again(home, wos, monkeypatch):
    import pipelines.sources.wos as module
    from pipelines.core.errors import SourceError

    def old_reader(*_):
        raise SourceError("读不懂的新格式")
        yield

    home.drop("wos/a.txt", wos(1))
    intake(home.settings)
    with monkeypatch.context() as patch:
        patch.setattr(module, "read", old_reader)
        report = ingest(home.settings, "wos", docs=False)
    assert "读不懂的新格式" in report.batches[0].refused[0] and manifests(home.settings) == []
    home.drop("wos/a.txt", wos(1))
    assert intake(home.settings).counts == {"accepted": 1} and ingest(home.settings, "wos").accepted == 1
