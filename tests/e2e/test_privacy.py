"""A person's rights on a whole line: extract, objection that holds reports, a build without him, deletion that lasts, terms."""

from __future__ import annotations

import json
import stat
from datetime import date
from pathlib import Path

import duckdb
import fastexcel
import pytest

from pipelines import exporting, masking, runner
from pipelines.core import ledger, meanings, objections, subjects
from pipelines.core.errors import ConfigError, DataCheckFailed
from pipelines.privacy import deciding, extracting, rawrows, retention


def people_of(settings):
    folder = runner.published(settings).home.current.resolve()
    return duckdb.connect(str(folder / "people.duckdb"), read_only=True)


def prolific(settings) -> tuple[str, int]:
    """The member of staff with the most works and how many."""
    with people_of(settings) as connection:
        return connection.execute(
            "select person_id, count(*) from marts.work_author where person_type = 'staff' group by 1 order by 2 desc, 1 limit 1"
        ).fetchone()


def test_an_objection_and_a_deletion_from_door_to_report(own_line, tmp_path: Path) -> None:
    who, works = prolific(own_line)
    build = runner.published(own_line)
    place = build.home
    made = extracting.extract(build, who, tmp_path / "out", "本人查阅")
    assert made.rows["表 works"] == made.rows["表 person_matches"] == made.rows["人员库 work_author"] == works
    assert any(where.startswith("原始 roster") for where in made.rows)
    assert all(stat.S_IMODE(Path(f).stat().st_mode) == 0o600 for f in made.files)
    told = json.loads(Path(made.files[1]).read_text(encoding="utf-8"))["数据"]
    assert {k: len(v) for k, v in told.items()} == made.rows
    assert {row["person_id"] for row in told["表 people"]} == {who}
    assert len(fastexcel.read_excel(made.files[0]).sheet_names) == len(made.rows) + 1
    line = ledger.read(place.ledger, "access").row(-1, named=True)
    assert line["purpose"] == "本人查阅" and line["scope"].startswith("p_") and who not in str(line)

    with pytest.raises(ConfigError, match="写明理由"):
        deciding.object_(build, who, " ")
    deciding.object_(build, who, "本人来信")
    with pytest.raises(ConfigError, match="已经登记过"):
        deciding.object_(build, who, "再次来信")
    with pytest.raises(DataCheckFailed, match="暂缓"):
        runner.report_targets(own_line, "esi_push", {})
    with pytest.raises(DataCheckFailed, match="暂缓"):
        exporting.one_table(place, place.current / "people.duckdb", build.build_id, exporting.Request())
    with pytest.raises(DataCheckFailed, match="暂缓"):
        runner.review_export(own_line, "people", 5)

    assert runner.build(own_line).build_id is not None  # an objection alone is something new
    with people_of(own_line) as connection:
        for table in ("lake.people", "lake.person_matches", "marts.work_author", "marts.person_indicator"):
            assert connection.execute(f"select count(*) from {table} where person_id = ?", [who]).fetchone() == (0,), (
                table
            )
        left = connection.execute("select count(*) from lake.person_matches where method = 'objection'").fetchone()
        outside = connection.execute(
            "select count(*) from lake.author_clusters join lake.person_matches using (work_id, author_position) where method = 'objection'"
        ).fetchone()
    assert left == (works,) and outside == (0,)
    assert runner.report_targets(own_line, "esi_push", {})

    done = deciding.erase(runner.published(own_line), who, "本人要求")
    assert done.removed["账本 objections"] == 1 and done.removed["原始 roster"] >= 1
    assert not [f for f in rawrows.files(place) if rawrows.named(f, lambda row, ids: f"person_id:{who}" in ids).height]
    assert runner.build(own_line).build_id is not None
    assert [p.name for p in place.builds.iterdir() if p.is_dir()] == [place.current_build()]
    with people_of(own_line) as connection:
        assert connection.execute("select count(*) from lake.objectors").fetchone() == (0,)
    with pytest.raises(ConfigError, match="名册里没有这个人"):
        extracting.extract(runner.published(own_line), who, tmp_path / "again", "")
    assert who not in ledger.read(place.ledger, "tombstones").write_csv()


def test_the_masked_tables_give_nobody_away(line) -> None:
    build = runner.published(line.settings)
    library = build.home.current.resolve() / "library.duckdb"
    with people_of(line.settings) as connection:
        ids = [row[0] for row in connection.execute("select distinct person_id from lake.people").fetchall()]
    with duckdb.connect(str(library), read_only=True) as connection:
        keys = {row[0] for row in connection.execute("select person_key from views.person_year_masked").fetchall()}
        columns = {row[0] for row in connection.execute("select column_name from duckdb_columns()").fetchall()}
        small = connection.execute("select min(persons_count) from views.unit_person_masked").fetchone()
        bands = connection.execute(
            "select min(n) from (select count(*) as n from views.person_year_masked where status = 'ok' "
            "group by person_group, publication_year, works_band)"
        ).fetchone()
        # what is hidden of a year: nobody, or at least five in at least two cells
        hidden = connection.execute(
            """select units.person_group, units.publication_year, totals.persons_count,
                count(*) filter (where units.status = 'suppressed') as cells
            from views.unit_person_masked as units
            join views.unit_person_masked as totals using (person_group, publication_year)
            where units.unit_id <> 'all' and totals.unit_id = 'all' group by all"""
        ).fetchall()
    pseudonyms = set(subjects.pseudonyms(subjects.secret(build.home), ids).values())
    assert keys and keys <= pseudonyms and not keys & set(ids)
    assert not columns & meanings.personal_columns()
    assert small[0] >= 5 and bands[0] >= 5
    assert all(cells != 1 for *_, total, cells in hidden if total is not None)
    assert masking.LAYER == "masked"


def test_values_of_outsiders_go_when_their_time_is_over_and_stay_away(own_line) -> None:
    place = runner.home(own_line)
    assert retention.purge(place, "linghai", date.today(), dry_run=False).rows == {}
    later = date(date.today().year + 3, 1, 1)
    told = retention.purge(place, "linghai", later, dry_run=True)
    assert told.rows["scholars"] >= 1 and not told.done
    assert retention.purge(place, "linghai", later, dry_run=True) == told  # a dry run takes nothing
    done = retention.purge(place, "linghai", later, dry_run=False)
    assert done.rows == told.rows and done.originals >= 1
    assert retention.purge(place, "linghai", later, dry_run=False).rows == {}
    assert set(ledger.read(place.ledger, "tombstones")["kind"]) == {deciding.RETENTION}


def test_withdrawn_objections_no_longer_stand(own_line) -> None:
    who, _ = prolific(own_line)
    build = runner.published(own_line)
    pseudonym = deciding.object_(build, who, "来信")
    assert [o["subject"] for o in deciding.listed(build.home)["objections"]] == [pseudonym]
    assert stat.S_IMODE((build.home.ledger / objections.STREAM).stat().st_mode) == 0o700
    deciding.withdraw(build, who, "当面")
    assert deciding.listed(build.home)["objections"] == []
    objections.ensure_respected(build.home, build.build_id)
    with pytest.raises(ConfigError, match="没有这个人有效的异议"):
        deciding.withdraw(build, who, "当面")
