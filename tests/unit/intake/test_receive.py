"""inbox to landing: what is taken, what is told, what stays."""

from __future__ import annotations

import os
import stat
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor

import polars as pl
import pytest

from pipelines.core import ledger
from pipelines.core.errors import SourceError
from pipelines.ingest import ingest, withdraw
from pipelines.intake import intake, landing


def fates(report):
    return {o.file: o.fate for o in report.outcomes}


def files(home):
    return ledger.read(home.place.ledger, "files")


def test_a_batch_lands_read_only_with_its_account(home, wos):
    home.drop("wos/a.txt", wos(1, 2))
    home.drop("wos/b.txt", wos(3))
    home.drop("wos/batch.yml", "search: OG=(Linghai University)\nhits: 3\noperator: 馆员甲\n")
    seen = []
    report = intake(home.settings, progress=lambda *a: seen.append(a))
    assert report.sources == ("wos",) and report.counts == {"accepted": 2}
    assert seen == [(1, 2, "wos/a.txt"), (2, 2, "wos/b.txt")]
    [(source, batch_id)] = report.batches
    folder = home.place.landing / source / batch_id
    account = landing.read_account(folder)
    assert account.hints == {"search": "OG=(Linghai University)", "hits": 3, "operator": "馆员甲"}
    assert account.operator == "馆员甲" and account.inbox_folder == "wos"
    assert "hits: 3" in account.hints_text
    assert [(f.file_no, f.name, f.original) for f in account.files] == [
        (1, "a.txt", "wos/a.txt"),
        (2, "b.txt", "wos/b.txt"),
    ]
    assert stat.S_IMODE((folder / "a.txt").stat().st_mode) == 0o444
    subprocess.run(["sha256sum", "--check", "--quiet", "--strict", "SHA256SUMS"], cwd=folder, check=True)
    assert list((home.place.inbox / "wos").iterdir()) == []
    assert files(home)["fate"].to_list() == ["accepted", "accepted"]


def test_the_same_bytes_twice_change_nothing(home, wos):
    home.drop("wos/a.txt", wos(1))
    intake(home.settings)
    before = sorted(p.name for p in (home.place.landing / "wos").iterdir())
    home.drop("again (1).txt", wos(1))
    report = intake(home.settings)
    assert fates(report) == {"again (1).txt": "duplicate"} and report.sources == ()
    assert sorted(p.name for p in (home.place.landing / "wos").iterdir()) == before
    assert not list(home.place.inbox.glob("*.txt"))
    assert files(home)["fate"].to_list() == ["accepted", "duplicate"]


def test_two_copies_in_one_drop_are_taken_once(home, wos):
    home.drop("wos/a.txt", wos(1))
    home.drop("wos/a (1).txt", wos(1))
    report = intake(home.settings)
    assert report.counts == {"accepted": 1, "duplicate": 1}
    assert intake(home.settings).outcomes == ()


def test_a_withdrawn_file_may_come_again(home, wos):
    home.drop("wos/a.txt", wos(1))
    [(source, batch_id)] = intake(home.settings).batches
    withdraw(home.settings, source, batch_id, "检索式写错")
    home.drop("wos/a.txt", wos(1))
    assert intake(home.settings).counts == {"accepted": 1}


def test_a_copy_whose_landing_file_is_gone_is_taken(home, wos):
    home.drop("wos/a.txt", wos(1))
    [(source, batch_id)] = intake(home.settings).batches
    (home.place.landing / source / batch_id / "a.txt").unlink()
    home.drop("wos/a.txt", wos(1))
    assert intake(home.settings).counts == {"accepted": 1}


def test_a_file_still_being_copied_is_left(home, wos):
    settings = home.settings.model_copy(update={"settle_seconds": 60.0})
    path = home.drop("wos/a.txt", wos(1))
    home.drop("wos/b.txt.crdownload", wos(2))
    report = intake(settings)
    assert fates(report) == {"wos/a.txt": "copying", "wos/b.txt.crdownload": "copying"}
    assert "仍在复制" in report.outcomes[0].words and path.exists()
    assert fates(intake(home.settings)) == {"wos/a.txt": "accepted", "wos/b.txt.crdownload": "copying"}


def test_a_file_that_changes_while_it_is_read_is_left(home, wos, monkeypatch):
    path = home.drop("wos/a.txt", wos(1))
    from pipelines.intake import receive

    true = receive.recognise

    def meanwhile(seen):
        found = true(seen)
        path.write_text(wos(1, 2))
        return found

    monkeypatch.setattr(receive, "recognise", meanwhile)
    assert fates(intake(home.settings)) == {"wos/a.txt": "copying"}
    assert path.exists()


def test_a_batch_with_hints_waits_for_its_last_file(home, wos):
    home.drop("wos/五月/batch.yml", "hits: 2\n")
    home.drop("wos/五月/a.txt", wos(1))
    coming = home.drop("wos/五月/b.txt.part", "")
    assert fates(intake(home.settings)) == {"wos/五月/a.txt": "copying", "wos/五月/b.txt.part": "copying"}
    coming.unlink()
    home.drop("wos/五月/b.txt", wos(2))
    report = intake(home.settings)
    assert report.counts == {"accepted": 2} and len(report.batches) == 1
    assert not (home.place.inbox / "wos/五月").exists() and (home.place.inbox / "wos").exists()


def test_an_abandoned_download_holds_nothing_back(home, wos):
    home.drop("wos/batch.yml", "hits: 1\n")
    home.drop("wos/a.txt", wos(1))
    stale = home.drop("wos/b.part", "")
    long_ago = time.time() - 7200
    os.utime(stale, (long_ago, long_ago))
    assert fates(intake(home.settings))["wos/a.txt"] == "accepted"
    assert (home.place.inbox / "wos/batch.yml").exists()  # it still speaks for what may become a file


def test_system_files_stay_and_are_told(home, wos):
    home.drop("wos/.DS_Store", "x")
    home.drop("wos/Thumbs.db", "x")
    home.drop("wos/a.txt", wos(1))
    report = intake(home.settings)
    assert report.counts == {"accepted": 1, "ignored": 2}
    assert (home.place.inbox / "wos/Thumbs.db").exists()


def test_links_are_refused_and_not_followed(home, wos, tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text(wos(9))
    (home.place.inbox / "link.txt").symlink_to(secret)
    (home.place.inbox / "folder").symlink_to(tmp_path)
    os.mkfifo(home.place.inbox / "pipe.txt")
    report = intake(home.settings)
    assert report.counts == {"refused": 3} and report.sources == ()
    assert secret.exists() and list(home.place.inbox.iterdir()) == []
    told = [p.read_text() for p in home.place.quarantine.glob("unknown/*/说明.txt")]
    assert any("符号链接，指向" in t and "secret.txt" in t for t in told)


def test_names_of_any_script_are_kept_and_broken_ones_made_safe(home, wos):
    home.drop("wos/检索结果（终稿）🎓.txt", wos(1))
    home.drop("wos/a\nb.txt", wos(2))
    odd = os.fsencode(str(home.place.inbox / "wos")) + b"/\xbc\xec\xcb\xf7.txt"  # 检索 in GBK
    with open(odd, "wb") as handle:  # noqa: PTH123 - a bytes path
        handle.write(wos(3).encode())
    report = intake(home.settings)
    [(source, batch_id)] = report.batches
    account = landing.read_account(home.place.landing / source / batch_id)
    assert {f.name for f in account.files} == {"检索结果（终稿）🎓.txt", "a_b.txt", "检索.txt"}
    assert {f.original for f in account.files} >= {"wos/a%0Ab.txt", "wos/%BC%EC%CB%F7.txt"}
    assert all((home.place.landing / source / batch_id / f.name).exists() for f in account.files)
    assert list((home.place.inbox / "wos").iterdir()) == []


def test_data_files_named_like_our_own_get_another_name(home, wos):
    home.drop("wos/SHA256SUMS", wos(1))
    [(source, batch_id)] = intake(home.settings).batches
    [item] = landing.read_account(home.place.landing / source / batch_id).files
    assert item.name == "SHA256SUMS (2)"


def test_a_hard_linked_file_is_copied(home, wos, tmp_path):
    path = home.drop("wos/a.txt", wos(1))
    os.link(path, tmp_path / "outside.txt")
    [(source, batch_id)] = intake(home.settings).batches
    (tmp_path / "outside.txt").write_text("changed")
    assert (home.place.landing / source / batch_id / "a.txt").read_text() == wos(1)


def test_another_disk_is_copied_and_verified(home, wos, monkeypatch):
    monkeypatch.setattr(landing, "_rename", lambda source, target: False)
    path = home.drop("wos/a.txt", wos(1))
    [(source, batch_id)] = intake(home.settings).batches
    assert (home.place.landing / source / batch_id / "a.txt").read_text() == wos(1) and not path.exists()


def test_refused_files_lie_in_quarantine_with_words(home):
    home.drop("wos/paper.txt", b"%PDF-1.7\n" + bytes(300))
    report = intake(home.settings)
    [outcome] = report.outcomes
    assert outcome.fate == "refused" and outcome.source == "wos"
    folder = home.place.quarantine / "wos" / outcome.batch_id
    words = (folder / "说明.txt").read_text()
    for part in ("位置：wos/paper.txt", f"原文件在 quarantine/wos/{outcome.batch_id}/paper.txt", "下一步："):
        assert part in words
    assert (folder / "verdict.json").exists() and (folder / "paper.txt").exists()


def test_the_trigger_form_gives_hints_and_batch_yml_wins(home, wos):
    home.drop("wos/x/a.txt", wos(1))
    home.drop("wos/x/batch.yml", "hits: 1\n")
    report = intake(home.settings, hints={"hits": 2, "search_date": "2026/5/1"})
    [(source, batch_id)] = report.batches
    assert landing.read_account(home.place.landing / source / batch_id).hints == {
        "hits": 1,
        "search_date": "2026-05-01",
    }
    assert any("以 batch.yml 为准" in w for w in report.warnings)
    with pytest.raises(SourceError, match="esi_period"):
        intake(home.settings, hints={"esi_period": "soon"})


def test_a_lonely_batch_yml_is_told(home):
    home.drop("esi/batch.yml", "esi_period: 2026-05\n")
    assert fates(intake(home.settings)) == {"esi/batch.yml": "held"}


def test_a_reader_bug_on_one_file_keeps_no_other_out(home, wos, monkeypatch):
    from pipelines.intake import receive

    true = receive.recognise

    def buggy(path):
        if path.name == "bad.txt":
            raise ZeroDivisionError
        return true(path)

    monkeypatch.setattr(receive, "recognise", buggy)
    home.drop("wos/bad.txt", wos(1))
    home.drop("wos/good.txt", wos(2))
    assert fates(intake(home.settings)) == {"wos/bad.txt": "held", "wos/good.txt": "accepted"}
    assert (home.place.inbox / "wos/bad.txt").exists()


def test_the_ledger_names_every_file_once(home, wos):
    for n in range(20):
        home.drop(f"wos/{n}.txt", wos(n + 1))
    intake(home.settings)
    lines = files(home)
    assert lines.height == 20 and lines["sha256"].n_unique() == 20
    assert lines.filter(pl.col("date").is_null()).is_empty()


def test_two_intakes_at_once_take_every_file_once(home, wos):
    for n in range(30):
        home.drop(f"wos/{n}.txt", wos(n + 1))
    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(lambda _: intake(home.settings), range(2))
    assert first.counts.get("accepted", 0) + second.counts.get("accepted", 0) == 30
    assert files(home)["fate"].to_list() == ["accepted"] * 30


def test_a_file_taken_away_in_the_middle_is_told_and_the_rest_completes(home, wos, monkeypatch):
    home.drop("wos/a.txt", wos(1))
    home.drop("wos/b.txt", wos(2))

    class Killed(BaseException):
        pass

    def stop(*_):
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(landing, "_bring", stop)
        with pytest.raises(Killed):
            intake(home.settings)
    (home.place.inbox / "wos/b.txt").unlink()
    report = intake(home.settings)
    assert fates(report) == {"wos/a.txt": "accepted", "wos/b.txt": "missing"}
    assert files(home)["fate"].to_list() == ["accepted", "missing"]
    done = ingest(home.settings, "wos", docs=False)
    assert done.accepted == 1 and "不在 landing/ 中" in done.batches[0].refused[0]
    home.drop("wos/b.txt", wos(2))
    assert intake(home.settings).counts == {"accepted": 1}
