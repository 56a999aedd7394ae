"""The parts that privacy stands on: keyed hashes, objections, screening at the door, answers without a person, terms, the PIA record."""

from __future__ import annotations

import stat
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from pipelines.core import ledger, objections, subjects
from pipelines.core.errors import ConfigError, DataCheckFailed
from pipelines.core.store import Store
from pipelines.ingest.screening import Screen
from pipelines.normalise.objectors import objectors
from pipelines.normalise.retention import kept_until
from pipelines.people.left_out import left_out
from pipelines.privacy import pia


@pytest.fixture
def place(tmp_path: Path) -> Store:
    return Store(tmp_path / "data").prepare()


def said(place: Store, person: str, action: str = objections.OBJECTED, identifiers: str = "") -> None:
    line = {"subject": f"p_{person}", "person_id": person, "identifiers": identifiers or f"person_id:{person}", "action": action,
            "reason": "来信", "who": "馆员", "date": "2026-11-01T00:00:00+00:00"}  # fmt: skip
    ledger.append(place.ledger, objections.STREAM, pl.DataFrame([line]))


def test_the_key_is_made_once_and_is_for_the_running_user_alone(place: Store) -> None:
    key = subjects.secret(place)
    assert len(key) == 32 and subjects.secret(place) == key
    path = place.root / subjects.FOLDER / subjects.FILE
    assert stat.S_IMODE(path.stat().st_mode) == 0o600 and stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert [p.name for p in path.parent.iterdir()] == [subjects.FILE]


def test_hashes_need_the_key_and_the_kind() -> None:
    one, other = b"a" * 32, b"b" * 32
    assert subjects.keyed(one, "person_id", "1001") == subjects.keyed(one, "person_id", " 1001 ")
    assert subjects.keyed(one, "person_id", "1001") != subjects.keyed(other, "person_id", "1001")
    assert subjects.keyed(one, "person_id", "1001") != subjects.keyed(one, "orcid", "1001")
    pseudonym = subjects.pseudonyms(one, ["1001"])["1001"]
    assert pseudonym.startswith("p_") and subjects.keyed(one, "person_id", "1001")[:16] not in pseudonym


def test_the_last_line_of_a_subject_stands(place: Store) -> None:
    said(place, "1001")
    said(place, "1002")
    said(place, "1001", objections.WITHDRAWN)
    found = objectors(ledger.read(place.ledger, objections.STREAM).lazy())
    assert found["person_id"].to_list() == ["1002"]


STAFF = {
    "roster_kind": "staff",
    "staff_id": "1001",
    "student_id": None,
    "name": "甲某",
    "email": "a@x.edu",
    "supervisors": None,
}
CLAIM = {
    "roster_kind": "claims",
    "staff_id": "1001",
    "student_id": None,
    "name": "甲某",
    "email": None,
    "supervisors": None,
}
PUPIL = {
    "roster_kind": "students",
    "staff_id": None,
    "student_id": "2001",
    "name": "丙某",
    "email": None,
    "supervisors": "1001；1002",
}
OTHER = STAFF | {"staff_id": "1002", "name": "乙某"}


def roster(*rows: dict[str, str | None]) -> pl.DataFrame:
    shape = dict.fromkeys(STAFF, pl.String)
    return pl.DataFrame(list(rows), schema=shape).with_row_index("source_row", 2).cast({"source_row": pl.Int64})


def test_of_an_objector_the_roster_keeps_what_knows_him_again_and_claims_nothing(place: Store) -> None:
    said(place, "1001")
    done = Screen(place, "roster")(roster(STAFF, CLAIM, OTHER))
    assert done.rows.select("staff_id", "name", "email").rows() == [("1001", "甲某", None), ("1002", "乙某", "a@x.edu")]
    assert done.reduced == 1 and done.withheld["row"].to_list() == [3]
    assert "异议" in done.withheld["found"][0] and "甲" not in str(done.withheld.to_dicts())


def test_who_was_deleted_does_not_come_in_again(place: Store) -> None:
    key = subjects.secret(place)
    tomb = {"hash": subjects.keyed(key, "person_id", "1001"), "kind": "person", "reason": "", "who": "", "date": ""}
    ledger.append(place.ledger, "tombstones", pl.DataFrame([tomb]))
    done = Screen(place, "roster")(roster(STAFF, OTHER, PUPIL))
    assert done.rows["name"].to_list() == ["乙某", "丙某"] and done.withheld["row"].to_list() == [2]
    assert done.rows["supervisors"].to_list() == [None, "1002"]
    assert "1001" not in (place.ledger / "tombstones").glob("*.parquet").__next__().read_bytes().decode("latin-1")


def test_nothing_is_looked_at_where_nobody_objected(place: Store) -> None:
    rows = roster(STAFF)
    done = Screen(place, "roster")(rows)
    assert done.rows is rows and done.withheld.is_empty()
    assert not (place.root / subjects.FOLDER).exists()
    said(place, "1001")
    assert Screen(place, "wos")(rows).rows is rows


def test_answers_without_a_person_name_nobody_and_give_nothing_to_a_namesake() -> None:
    answers = pl.DataFrame(
        {
            "work_id": ["w1", "w2", "w3"],
            "person_id": ["1001", "1002", None],
            "decision": ["match", "match", "review"],
            "method": ["name", "name", "namesakes"],
            "score": [0.9, 0.9, 0.5],
            "candidate_ids": ["1001;1002", "1002", "1002;1001"],
            "evidence": ["{}", "{}", "{}"],
        }
    )
    gone = left_out(answers, pl.DataFrame({"person_id": ["1001"]}).lazy())
    assert gone["person_id"].to_list() == [None, "1002", None]
    assert gone["decision"].to_list() == ["no_match", "match", "review"]
    assert gone["method"].to_list() == [objections.METHOD, "name", "namesakes"]
    assert gone["candidate_ids"].to_list() == [None, "1002", "1002"]
    assert left_out(answers, None).equals(answers)


def test_a_published_build_that_still_holds_an_objector_holds_reports_back(place: Store) -> None:
    objections.ensure_respected(place, "20260101T000000Z")
    said(place, "1001")
    with pytest.raises(DataCheckFailed, match=r"含人员信息的报告与导出暂缓") as caught:
        objections.ensure_respected(place, "20260101T000000Z")
    assert "1001" not in str(caught.value) and "xueheng build" in str(caught.value)
    table = place.table("20260201T000000Z", objections.TABLE)
    table.mkdir(parents=True)
    objectors(ledger.read(place.ledger, objections.STREAM).lazy()).write_parquet(table / "000.parquet")
    objections.ensure_respected(place, "20260201T000000Z")
    with pytest.raises(DataCheckFailed, match=r"本人已提出异议[\s\S]*来信"):
        objections.ensure_respected(place, "20260201T000000Z", "1001")


def test_terms_come_from_the_dictionary() -> None:
    rows = pl.DataFrame({"delivered_at": ["2026-01-31T08:00:00", None]}).lazy()
    terms = pl.DataFrame({"table": ["people_lists"], "purpose": ["评议"], "months": ["25"]})
    found = kept_until(rows, "people_lists", terms).collect()
    assert found.row(0) == ("2026-01-31T08:00:00", "2026-01-31", "评议", "2028-02-29") and found.row(1)[3] is None
    assert kept_until(rows, "other", terms).collect()["retain_until"].to_list() == [None, None]


def test_lines_of_a_deleted_person_leave_the_ledger_and_others_stay(place: Store) -> None:
    said(place, "1001")
    said(place, "1002")
    before = ledger.snapshot(place.ledger)["objections"]
    assert ledger.forget(place.ledger, "objections", pl.col("person_id") == "1001") == 1
    assert ledger.read(place.ledger, "objections")["person_id"].to_list() == ["1002"]
    assert ledger.snapshot(place.ledger)["objections"] != before


@pytest.mark.parametrize(
    ("text", "today", "current", "reason"),
    [
        ("- 版本：1.0\n- 批准日期：2026-11-30\n", date(2027, 11, 29), True, ""),
        ("- 版本：1.0\n- 批准日期：2026-11-30\n", date(2027, 11, 30), False, "已满 12 个月"),
        ("- 版本：1.0\n- 批准日期：2026-11-30\n", date(2026, 11, 29), False, "在今天之后"),
        ("- 版本：1.0\n- 批准日期：2026-02-30\n", date(2026, 3, 1), False, "不是日期"),
        ("- 版本：0.1\n- 批准日期：待填\n", date(2026, 3, 1), False, "还没有批准"),
        (None, date(2026, 3, 1), False, "没有个人信息保护影响评估记录"),
    ],
)
def test_the_assessment_holds_for_twelve_months(
    tmp_path: Path, text: str | None, today: date, current: bool, reason: str
) -> None:
    record = tmp_path / "pia.md"
    if text is not None:
        record.write_text(text, encoding="utf-8")
    said_ = pia.assessed(today, record)
    assert pia.pia_is_current(today, record) is current and reason in said_.reason
    if not current:
        with pytest.raises(ConfigError, match="不能制作人才画像"):
            pia.ensure_assessed(today, record)


def test_the_record_of_the_project_is_there_and_waits_for_approval() -> None:
    said_ = pia.assessed(date(2026, 12, 1))
    assert said_.version is not None and (said_.approved is not None or "还没有批准" in said_.reason)
