"""The Data Docs page of a batch: made by the rules, opens without a network, shows no cell."""

from __future__ import annotations

import re

import polars as pl

from pipelines.validation.verdict import Finding, Verdict


def entry(file, **figures):
    return {"file": file, "kind": "core", "format": "tagged", "reason": "", "refused": False, **figures}


def test_a_page_in_chinese_for_a_batch_with_bad_rows(tmp_path):
    from pipelines.validation import gx

    finding = Finding(
        "rows_set_aside", "warn", "1 行未被接受，已另存", where="<b>.txt，第 2 行", safe="原文件在 landing/"
    )
    verdict = Verdict("wos", "20260501T000000Z-0a1b2c3d", (finding,))
    sample = pl.DataFrame(
        {"source_row": [1, 2], "UT": ["WOS:SECRET", None], "TI": ["t", "t"], "source_file": ["<b>.txt", "<b>.txt"]}
    )
    page = gx.data_docs(tmp_path, verdict, [entry("<b>.txt", read=2, accepted=1, quarantined=1)], sample)
    text = page.read_text()
    assert page == tmp_path / "wos" / "20260501T000000Z-0a1b2c3d.html"
    for words in (
        "入藏号（UT） 不能为空",
        "抽查 2 行，1 行不符合",
        "没有另存的行",
        "读取 = 接受 + 另存",
        "1 行未被接受，已另存",
    ):
        assert words in text
    assert not re.search(r"https?://|<script|src=", text)
    assert "WOS:SECRET" not in text and "<b>.txt" not in text and "&lt;b&gt;.txt" in text
    assert "Expectation<" not in text and "unexpected values" not in text
    assert 'href="wos/20260501T000000Z-0a1b2c3d.html"' in (tmp_path / "index.html").read_text()


def test_every_declared_rule_has_its_expectation():
    from pipelines.core import catalog, schema
    from pipelines.validation import checks, gx

    for name in catalog.source_names():
        declared = schema.source(name)
        rules = [r for r in checks.rules(declared) if r.check != "row_count_drop"]
        assert len(gx._suite(rules, declared)) == sum(gx._width(r) for r in rules)
