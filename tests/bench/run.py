"""`make bench`: Xueheng against its peers and its own bars, in one run, as a table. Nothing fails on a time."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from pathlib import Path

import asking
import corpus
import dedup
import formats
import institutions
import machine
import plot
import table
from formats import Formats
from line import Home, Line, walk
from measure import say
from readers import Race, race

PROJECT = Path(__file__).resolve().parents[2]
PYTHON = PROJECT / ".venv" / "bin" / "python"
PEER = PROJECT / ".tools" / "peers" / "bibx" / "bin" / "python"
DEDUP_PEER = PROJECT / ".tools" / "peers" / "bib-dedupe" / "bin" / "python"
GOLD = PROJECT.parent / "shared" / "gold" / "affiliations"
LABELLED = PROJECT.parent / "shared" / "gold" / "dedup" / "dblp_acm"
SIZES = [10_000, 30_000, 100_000, 300_000, 1_000_000]
CORES = 2


def arguments() -> argparse.Namespace:
    """What the command line says."""
    parser = argparse.ArgumentParser(description="速度对照表：读入对照 bibx 与逐行循环，构建对照自己的上限")
    parser.add_argument("--quick", action="store_true", help="小规模走一遍，一分钟内，供开发时用")
    parser.add_argument(
        "--part",
        choices=("all", "readers", "formats", "line", "dedup", "affiliations", "cookbook"),
        default="all",
        help="只量一部分",
    )
    parser.add_argument("--megabytes", type=int, help="读入对照用的 WoS 文本（默认 200，--quick 时 4）")
    parser.add_argument("--printed", type=int, help="各格式的文件各写多少条（默认 10000，--quick 时 500）")
    parser.add_argument("--records", type=int, help="构建用的样例记录数（默认 100000，--quick 时 3000）")
    parser.add_argument("--rounds", type=int, help="读入对照的轮数，取中位数（默认 3，--quick 时 1）")
    parser.add_argument("--keep", action="store_true", help="保留 data/bench 中的样例与数据，下次不必重写样例")
    parser.add_argument("--no-report", action="store_true", help="不出报告")
    parser.add_argument("--largest", type=int, default=SIZES[-1], help="查重量到多少条合成记录")
    given = parser.parse_args()
    given.megabytes = given.megabytes or (4 if given.quick else 200)
    given.records = given.records or (3000 if given.quick else 100_000)
    given.printed = given.printed or (500 if given.quick else 10_000)
    given.rounds = given.rounds or (1 if given.quick else 3)
    return given


def main() -> None:
    """Measure, print, save; leave nothing behind but the table."""
    given = arguments()
    os.environ["PYTHONPATH"] = str(PROJECT)
    if len(os.sched_getaffinity(0)) > CORES:  # the bars speak of two cores
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:CORES])
    place = PROJECT / "data" / "bench"
    place.mkdir(parents=True, exist_ok=True)
    try:
        text = measured(given, place)
    finally:
        if not given.keep:
            for folder in place.glob("*/"):
                shutil.rmtree(folder)
    (place / "latest.md").write_text(text, encoding="utf-8")
    sys.stdout.write(text)
    say(f"已存到 {place / 'latest.md'}")


def measured(given: argparse.Namespace, place: Path) -> str:
    """All parts as Markdown."""
    if given.part == "cookbook":
        university = corpus.sample(PYTHON, place / "sample-1000", 1000)
        works, rankings = (5_000, 200_000) if given.quick else (1_000_000, 25_000_000)
        return asking.page(
            asking.measured(PYTHON, university.inbox, place / "cookbook", works, rankings, given.rounds + 2)
        )
    races: dict[str, Race] = {}
    line: Line | None = None
    every: Formats | None = None
    if given.part not in ("dedup", "affiliations"):
        races, every, line = _files(given, place)
    found = None
    if given.part in ("all", "dedup"):
        peer = DEDUP_PEER if DEDUP_PEER.exists() and not given.quick else None
        sizes = SIZES[:1] if given.quick else [n for n in SIZES if n <= given.largest]
        found = dedup.measured(PYTHON, peer, LABELLED, sizes, given.rounds)
        (place / "dedup-scale.svg").write_text(
            plot.growth(found.growth.series, "Deduplication: seconds against records"), encoding="utf-8"
        )
    named = None
    if given.part in ("all", "affiliations"):
        named = institutions.measured(PYTHON, GOLD, 20 if given.quick else institutions.LOOPED)
    return table.page(races, every, line, found, machine.facts(PROJECT, PEER), not given.quick, named)


def _files(given: argparse.Namespace, place: Path) -> tuple[dict[str, Race], Formats | None, Line | None]:
    """Reading and the whole line, on files of a sample."""
    records = min(given.records, given.printed) if given.part == "formats" else given.records
    university = corpus.sample(PYTHON, place / f"sample-{records}", records)
    races: dict[str, Race] = {}
    every: Formats | None = None
    if given.part in ("all", "readers", "formats"):
        most = given.printed * (10 if given.quick else 100)
        every = formats.measured(PYTHON, place / "formats", university.inbox, given.printed, most)
    if given.part in ("all", "readers"):
        files = corpus.wos_files(PYTHON, university, given.megabytes)
        one = [corpus.joined(files, place / "readers" / "one.txt")]
        races["按导出的样子，每个文件 500 条"] = race(files, place / "readers", PYTHON, _peer(), given.rounds)
        races["同样的记录，合成一个文件"] = race(one, place / "readers", PYTHON, None, given.rounds)
    line: Line | None = None
    if given.part in ("all", "line"):
        home = place / "line"
        shutil.rmtree(home, ignore_errors=True)
        line = walk(university.inbox, university.tagged()[-1], Home(home, PYTHON), not given.no_report)
    return races, every, line


def _peer() -> Path | None:
    if PEER.exists():
        return PEER
    say("没有安装 bibx（.ci/bench-peers），这一项略去")
    return None


if __name__ == "__main__":
    main()
