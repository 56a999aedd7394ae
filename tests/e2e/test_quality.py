"""Quality of the published data: figures kept build after build, the page, and a failing check that leaves yesterday's build."""

from __future__ import annotations

import dataclasses
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from pipelines import publishing, quality, quality_page, runner, warehouse
from pipelines.core import ledger
from pipelines.core.errors import DataCheckFailed
from pipelines.core.store import read_json


def test_figures_of_a_publication_are_kept_and_outlive_the_build(line) -> None:
    build = runner.published(line.settings)
    kept = ledger.read(build.home.ledger, quality.STREAM)
    assert set(kept["build_id"]) == {line.build_id}
    told = read_json(build.home.current / "build.json")
    assert {m: set(parts) for m, parts in told["quality"].items()}.keys() == set(kept["metric"])
    records = told["quality"]["records"]
    assert sum(records.values()) == told["balance"]["records"]
    assert told["quality"]["works"] == {"": told["balance"]["works"]}
    assert all(0 <= v <= 1 for m, parts in told["quality"].items() if m.endswith("_share") for v in parts.values())
    people = [told["quality"][f"people_{d}_share"][""] for d in ("match", "review", "no_match")]
    assert sum(people) == pytest.approx(1)
    later = dataclasses.replace(build)
    later.build_id = line.build_id  # its own lines once, those of other builds as the ledger has them
    assert quality.measured(later).height == kept.height
    quality.keep(build)
    assert ledger.read(build.home.ledger, quality.STREAM).height == kept.height


def test_the_page_draws_every_figure(line) -> None:
    folder = runner.published(line.settings).home.current.resolve()
    html = (folder / quality_page.NAME).read_text(encoding="utf-8")
    drawn = html.count('<svg class="trend"')
    told = read_json(folder / "build.json")["quality"]
    assert drawn == sum(len(parts) for parts in told.values())
    assert "项检查全部通过" in html and "http" not in html.replace("http-equiv", "")


def test_a_failing_check_leaves_yesterdays_build_and_says_why(own_line, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(warehouse, "SQL", tmp_path / "warehouse")
    (tmp_path / "warehouse" / "checks").mkdir(parents=True)
    (tmp_path / "warehouse" / "checks" / "broken.sql").write_text(
        "-- severity: fail\n-- 作品没有来源：请交给维护人员\nselect work_id, '作品 ' || work_id || ' <b>' as words from lake.works limit 1\n",
        encoding="utf-8",
    )
    build = runner.published(own_line)
    today = build.home.build("20990101T000000Z")
    shutil.copytree(build.home.build(build.build_id), today)
    (today / "build.json").unlink()
    yesterday = build.home.current_build()
    with pytest.raises(DataCheckFailed) as caught:
        publishing.check_and_publish(dataclasses.replace(build, build_id=today.name), {}, keep=5)
    words = str(caught.value)
    assert "作品没有来源：请交给维护人员（1 行：作品 w_" in words and "昨日数据仍可用" in words
    assert build.home.current_build() == yesterday and not (today / "build.json").exists()
    page = (today / quality_page.NAME).read_text(encoding="utf-8")
    assert "不能发布" in page and "&lt;b&gt;" in page and re.search("一项不通过就不发布", page)


def test_the_page_in_a_browser(line, tmp_path: Path) -> None:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        pytest.skip("no Chromium here to open the page in")
    page = runner.published(line.settings).home.current.resolve() / quality_page.NAME
    command = [chromium, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path}", "--dump-dom"]
    dom = subprocess.run([*command, page.as_uri()], capture_output=True, text=True, timeout=120, check=True).stdout
    assert "数据质量" in dom and dom.count("<circle") >= 30
