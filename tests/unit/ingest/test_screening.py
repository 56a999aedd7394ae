"""At the door: a roster with somebody who objected, and with somebody who was deleted."""

from __future__ import annotations

import polars as pl

from pipelines.core import ledger, objections, subjects
from pipelines.core.store import read_json
from pipelines.ingest import ingest
from pipelines.intake import intake

STAFF = "工号,姓名,单位代码,职称,邮箱\n1001,甲一,u1,教授,a@x.edu.cn\n1002,乙二,u1,教授,b@x.edu.cn\n1003,丙三,u1,讲师,c@x.edu.cn\n"
CLAIMS = "工号,姓名,论文题目,发表日期\n1001,甲一,An invented title,2024-05\n1002,乙二,Another invented title,2024-05\n"


def arrive(home, text: str):
    home.drop("roster/list.csv", text)
    [(source, batch_id)] = intake(home.settings).batches
    ingest(home.settings, source)
    folder = home.place.raw / source / batch_id
    [entry] = read_json(folder / "manifest.json")["files"]
    return pl.read_parquet(folder / entry["raw"]), entry, home.place.quarantine / source / batch_id


def test_an_objection_and_a_tombstone_at_the_door(home) -> None:
    line = {"subject": "p_1", "person_id": "1001", "identifiers": "person_id:1001", "action": objections.OBJECTED}
    empty = dict.fromkeys(ledger.STREAMS[objections.STREAM], "")
    ledger.append(home.place.ledger, objections.STREAM, pl.DataFrame([empty | line]))
    hashed = subjects.keyed(subjects.secret(home.place), "person_id", "1003")
    tomb = dict.fromkeys(ledger.STREAMS["tombstones"], "") | {"hash": hashed}
    ledger.append(home.place.ledger, "tombstones", pl.DataFrame([tomb]))

    rows, entry, aside = arrive(home, STAFF)
    assert rows.select("staff_id", "name", "title_rank", "email").rows() == [
        ("1001", "甲一", None, None),
        ("1002", "乙二", "教授", "b@x.edu.cn"),
    ]
    assert (entry["read"], entry["accepted"], entry["quarantined"]) == (3, 2, 1)
    assert any("1 行的本人提出过异议" in words for words in entry["warnings"])
    kept = next(aside.glob("*.说明.csv")).read_text(encoding="utf-8-sig")
    assert "已按要求删除" in kept and "丙三" not in kept and "1003" not in kept
    told = pl.read_parquet(next(aside.glob("*.rows.parquet")))
    assert told["text"].to_list() == ["（内容不保留）"] and told["source_row"].to_list() == [3]

    rows, entry, _ = arrive(home, CLAIMS)
    assert rows["staff_id"].to_list() == ["1002"]
    assert (entry["read"], entry["accepted"], entry["quarantined"]) == (2, 1, 1)
