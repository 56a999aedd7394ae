"""The ESI push of one college, read back from the files that were written."""

from __future__ import annotations

import json
import re
from pathlib import Path

import openpyxl
import pypdf
import pytest
import university
import warehouse_sql
from published_push import BUILD, CONTACT, FONTS, Published, publish

from pipelines.core.errors import ConfigError, DataCheckFailed
from pipelines.reporting import report
from pipelines.reporting.report import ReportFiles


def text_of(pdf: Path) -> str:
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(pdf).pages)


def flat(text: str) -> str:
    return re.sub(r"\s+", "", text)


def numbers(text: str) -> set[str]:
    """Every number of a text, without thousands separators, leading zeros, minus signs."""
    found = re.findall(r"\d[\d,]*(?:\.\d+)?", text)
    return {n.replace(",", "").rstrip(",").lstrip("0") or "0" for n in found}


def test_sentence_and_lists(push: ReportFiles) -> None:
    text = flat(text_of(push.pdf))
    assert "本期数据截至2026年2月28日。化工学院有高被引论文5篇，其中主导5篇" in text
    assert "新增2篇，重新入选1篇，掉出3篇（1篇因出版年移出统计窗口）。热点论文1篇。" in text
    assert "白月岚（一作、学生），Lin,J（待核），何川（通讯）" in text
    assert "被引低于本期阈值" in text and "论文已撤稿" in text and "出版年已移出统计窗口" in text
    assert "另有本校他院作者1人" in text
    assert "2026年7月9日" in text
    assert "构建20260520T020000Z" in text
    for heading in ("新增与重新入选", "掉出", "一步之遥与近阈", "热点论文", "学科位次与本院贡献", "口径、限制与来源"):
        assert heading in text


def test_pdf_is_tagged_titled_and_its_fonts_are_embedded(push: ReportFiles) -> None:
    reader = pypdf.PdfReader(push.pdf)
    assert reader.metadata is not None
    assert reader.metadata.title == "ESI 高被引论文推送 · 化工学院 · 2026年5月期"
    root = reader.root_object
    assert root["/Lang"] == "zh-CN"
    assert root["/MarkInfo"]["/Marked"]
    assert len(reader.outline) > 0
    assert len(reader.pages) == push.pages
    fonts = {
        font["/BaseFont"]: font["/DescendantFonts"][0]["/FontDescriptor"]
        for page in reader.pages
        for font in (f.get_object() for f in page["/Resources"]["/Font"].values())
    }
    assert len(fonts) == 2
    assert all("/FontFile2" in descriptor for descriptor in fonts.values())
    assert "\ufffd" not in text_of(push.pdf)


def test_every_number_of_the_page_stands_in_the_twin(push: ReportFiles) -> None:
    twin = json.loads(push.json.read_text(encoding="utf-8"))
    known = numbers(json.dumps(twin, ensure_ascii=False))

    def values(node: object) -> list[float]:
        if isinstance(node, dict):
            return [v for child in node.values() for v in values(child)]
        if isinstance(node, list):
            return [v for child in node for v in values(child)]
        return [abs(node)] if isinstance(node, int | float) and not isinstance(node, bool) else []

    for value in values(twin["datasets"]):
        known |= numbers(f"{value:,.0f} {value:,.1f} {value:,.3f}")
    for row in twin["datasets"]["positions"]["rows"]:
        if row["share"] is not None:
            known |= numbers(f"{row['share'] * 100:.1f}")
    html = re.sub(
        r"<style>.*?</style>|<head>.*?</head>|<[^>]*>", " ", push.html.read_text(encoding="utf-8"), flags=re.S
    )
    printed = numbers(html)
    assert len(printed) > 40
    assert printed <= known
    pages = {str(n) for n in range(1, push.pages + 1)}
    assert numbers(text_of(push.pdf).replace("\n", " ")) - known - pages == set()


def test_workbook_holds_the_lists_typed_and_the_sources(push: ReportFiles) -> None:
    book = openpyxl.load_workbook(push.xlsx)
    twin = json.loads(push.json.read_text(encoding="utf-8"))
    assert book.sheetnames[0] == "概要" and book.sheetnames[-1] == "说明"
    lists = {d["zh"]: d for d in twin["datasets"].values()}
    sheet = book["掉出"]
    head = [cell.value for cell in sheet[1]]
    assert sheet.max_row - 1 == len(lists["掉出"]["rows"]) == 3
    assert isinstance(sheet.cell(2, head.index("ESI被引频次") + 1).value, int)
    summary = {row[0].value: row[1] for row in book["概要"].iter_rows()}
    assert summary["高被引论文数"].value == 5
    assert summary["数据截止"].is_date
    about = {row[0].value: row[1].value for row in book["说明"].iter_rows()}
    assert about["构建号"] == "20260520T020000Z"
    assert about["查询 掉出"] == "dropped_papers.sql，3 行"


def test_hostile_titles_stay_text(tmp_path: Path) -> None:
    titles = {
        "new": "=HYPERLINK(1)",
        "new_joint": "+cmd",
        "again": "<b>&amp;</b> \"quoted\" 'title'",
        "steady_a": "-1+1",
        "steady_b": "@SUM(A1)",
    }
    files = publish(tmp_path, titles=titles).make(tmp_path / "out")
    sheet = openpyxl.load_workbook(files.xlsx)["本期高被引（全部）"]
    cells = {cell.value: cell.data_type for row in sheet.iter_rows() for cell in row if cell.value in titles.values()}
    assert cells == dict.fromkeys(titles.values(), "s")
    printed = flat(text_of(files.pdf))
    assert all(flat(titles[key]) in printed for key in ("new", "new_joint", "again"))


def test_same_build_same_bytes(push: ReportFiles, published: Published, tmp_path: Path) -> None:
    again = published.make(tmp_path)
    for kind in ("pdf", "html", "xlsx", "json"):
        assert getattr(again, kind).read_bytes() == getattr(push, kind).read_bytes(), kind


def test_college_without_papers_gets_a_page_in_words(published: Published, tmp_path: Path) -> None:
    files = published.make(tmp_path, "U03")
    text = flat(text_of(files.pdf))
    assert files.pages == 1
    assert "外国语学院本期没有高被引论文；与上一归档期相比，没有新增，也没有掉出。本期没有热点论文。" in text
    assert "也没有论文接近入选阈值" in text
    assert "新增与重新入选" not in text


def test_joint_paper_goes_to_both_colleges(published: Published, push: ReportFiles, tmp_path: Path) -> None:
    other = json.loads(published.make(tmp_path, "U02").json.read_text(encoding="utf-8"))
    own = json.loads(push.json.read_text(encoding="utf-8"))
    here, there = ({r["accession_number"] for r in t["datasets"]["new_papers"]["rows"]} for t in (own, other))
    assert here & there == {"WOS:000000000000003"}


def test_first_period_claims_no_change(tmp_path: Path) -> None:
    files = publish(tmp_path, periods=("2026-05",)).make(tmp_path / "out")
    text = flat(text_of(files.pdf))
    assert "本期是档案的第一期，没有可比的上一期" in text
    assert "新增与重新入选" not in text
    twin = json.loads(files.json.read_text(encoding="utf-8"))
    assert twin["datasets"]["summary"]["rows"][0]["new_count"] is None


def test_missing_period_is_named(tmp_path: Path) -> None:
    text = flat(text_of(publish(tmp_path, periods=("2026-01", "2026-05")).make(tmp_path / "out").pdf))
    assert "档案缺2026-03期，本页的增减是2026年5月期与2026年1月期跨期比较的结果" in text


def test_gate_holds_a_period_that_is_not_archived(published: Published, tmp_path: Path) -> None:
    reasons = report.held(published.library, published.people, "esi_push", {"period": "2026-07"})
    assert reasons == ["2026-07 期的高被引名单尚未归档，数据未到，顺延"]
    with pytest.raises(DataCheckFailed, match="暂缓发出"):
        published.make(tmp_path, period="202607")
    assert not list(tmp_path.iterdir())


def test_targets_and_their_refusals(published: Published) -> None:
    found = report.targets(published.library, published.people, "esi_push", {"period": "202605"})
    assert [f["label"] for f in found] == ["化工学院", "材料科学与工程学院", "外国语学院"]
    assert {f["period"] for f in found} == {"2026-05"}
    some = report.targets(published.library, published.people, "esi_push", {"unit_id": "U02,U03"})
    assert [f["unit_id"] for f in some] == ["U02", "U03"]
    with pytest.raises(ConfigError, match="没有这些推送对象"):
        report.targets(published.library, published.people, "esi_push", {"unit_id": "U99"})
    with pytest.raises(ConfigError, match="写法不对"):
        report.targets(published.library, published.people, "esi_push", {"period": "2026-13"})


def test_personal_report_needs_people(published: Published) -> None:
    with pytest.raises(ConfigError, match="people"):
        report.targets(published.library, None, "esi_push", {})


def test_release_that_should_have_come_is_called_overdue(published: Published, tmp_path: Path) -> None:
    params = {"period": "2026-05", "unit_id": "U03"}
    late = BUILD | {"build_id": "20260801T020000Z"}
    files = report.make(published.library, published.people, "esi_push", params, tmp_path, late, FONTS, CONTACT)
    assert "应已于2026年7月9日发布，制作本报告时尚未归档" in flat(text_of(files.pdf))


def test_field_list_of_the_previous_period_must_not_be_missing(published: Published, tmp_path: Path) -> None:
    folder = tmp_path / "gap"
    folder.mkdir()
    tables = university.write(folder)
    rows = (tables / "esi_institutions.csv").read_text(encoding="utf-8").splitlines()
    kept = [row for row in rows if not row.startswith("2026-05,CHE,")]
    (tables / "esi_institutions.csv").write_text("\n".join(kept) + "\n", encoding="utf-8")
    warehouse_sql.build(tables, warehouse_sql.all_relations(), tmp_path).close()
    found = report.held(tmp_path / "library.duckdb", tmp_path / "people.duckdb", "esi_push", {})
    assert found == ["2026-05 期缺上一期已有的学科机构名单：化学"]


def test_an_incomplete_search_marks_the_report(tmp_path: Path) -> None:
    words = "应 6412 条，实得 5912 条，疑缺第 5001–5500 条"
    lacking = {"source": "wos", "database": "WoS", "search_date": "2026-05-02", "is_complete": False}
    files = publish(
        tmp_path,
        searches=[
            lacking | {"batch_ids": "b1", "completeness_words": words, "is_superseded": False},
            lacking | {"batch_ids": "b0", "completeness_words": "旧的", "is_superseded": True},
        ],
    ).make(tmp_path / "out")
    twin = json.loads(files.json.read_text(encoding="utf-8"))
    assert twin["about"]["incomplete"] == [f"Web of Science，WoS，检索日期 2026-05-02：{words}"]
    assert "数据不完整" in (text := flat(text_of(files.pdf)))
    assert flat(words) in text
