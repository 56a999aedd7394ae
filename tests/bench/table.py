"""The figures as Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import dedup
from dedup import Deduplication
from formats import Formats, Read
from institutions import Institutions
from line import Built, Line
from readers import OURS, PEER, PLAIN, Race

SLOWEST = 12
READ = ["", "记录", "MB", "秒", "CPU 秒", "MB/秒", "记录/秒", "内存 MB"]
GB = 2**30


@dataclass(frozen=True)
class Bar:
    """What was asked for and what was found; nothing fails on it."""

    what: str
    wanted: str
    found: str
    reached: bool


def bars(
    races: Mapping[str, Race],
    every: Formats | None,
    line: Line | None,
    dedup: Deduplication | None = None,
    named: Institutions | None = None,
) -> list[Bar]:
    """The bars of the foundation, the readers and deduplication; ratios are of wall time, that of CPU time beside it."""
    found = []
    for name, race in races.items():
        if PEER in race.runs:
            ratio = race.wall(PEER) / race.wall(OURS)
            words = f"{ratio:.1f} 倍（CPU {race.cpu(PEER) / race.cpu(OURS):.1f}）"
            found.append(Bar(f"WoS 文本 → 原始 Parquet，比 bibx 快（{name}）", "≥ 10 倍", words, ratio >= 10))
        ratio = race.wall(OURS) / race.wall(PLAIN)
        words = f"{ratio:.2f} 倍（CPU {race.cpu(OURS) / race.cpu(PLAIN):.2f}）"
        found.append(Bar(f"WoS 文本 → 原始 Parquet，与逐行循环相比（{name}）", "≤ 2 倍", words, ratio <= 2))
        one_core = race.cpu(OURS) / race.cpu(PLAIN)
        found.append(Bar(f"同上，一个核上（CPU 秒之比）（{name}）", "≤ 1 倍", f"{one_core:.2f} 倍", one_core <= 1))
    found += _format_bars(every) if every else []
    return (
        found
        + (_line_bars(line) if line else [])
        + (_dedup_bars(dedup) if dedup else [])
        + (_named_bars(named) if named else [])
    )


def _format_bars(every: Formats) -> list[Bar]:
    ratio = every.pandas.wall / every.excel.wall
    words = f"{ratio:.1f} 倍（CPU {every.pandas.cpu / every.excel.cpu:.1f}）"
    bars = [Bar("WoS Excel，比 pandas + openpyxl 快", "≥ 3 倍", words, ratio >= 3)]
    for grown in every.growing:
        if len(grown) > 2:  # the first step still fills the blocks that every reader holds
            extra = (grown[-1].run.rss - grown[-2].run.rss) / 2**20
            times = grown[-1].size / grown[-2].size
            what = f"{_name(grown[0])} 的内存，文件大 {times:.0f} 倍（{grown[-1].records:,} 条）"
            bars.append(
                Bar(what, "不随文件增长（≤ 20 %）", f"{extra:+.0f} MB", extra <= 0.2 * grown[-2].run.rss / 2**20)
            )
    return bars


def _line_bars(line: Line) -> list[Bar]:
    full, again = line.first.build, line.second.build
    rss, share = full.rss / GB, again.wall / full.wall
    percent = f"{share:.0%}（CPU {again.cpu / full.cpu:.0%}）"
    return [
        Bar(
            f"完整构建（{line.first.records:,} 条记录）",
            "≤ 4 分钟（10 万条）",
            f"{full.wall:.1f} 秒（CPU {full.cpu:.1f}）",
            full.wall <= 240,
        ),
        Bar("完整构建的内存峰值", "≤ 6 GB（10 万条）", f"{rss:.2f} GB", rss <= 6),
        Bar("再来一个文件后的构建，占完整构建的", "≤ 40 %", percent, share <= 0.4),
    ]


def _dedup_bars(found: Deduplication) -> list[Bar]:
    bars = []
    if found.duel:
        ratio, cpu = (found.duel.median(dedup.PEER, f) / found.duel.median(dedup.OURS, f) for f in ("seconds", "cpu"))
        ours, peer = (found.duel.scores[n]["f1"] for n in (dedup.OURS, dedup.PEER))
        words = f"{ratio:.0f} 倍（CPU {cpu:.0f}），F1 {ours:.3f} 对 {peer:.3f}"
        wanted = "≥ 20 倍，F1 更高"
        bars.append(Bar(f"查重比 bib-dedupe 快（{found.duel.name}）", wanted, words, ratio >= 20 and ours > peer))
    records, seconds = found.growth.points[-1]
    peak = found.growth.runs[-1].said["peak_mb"] / 1024
    words = f"{seconds:.0f} 秒，{peak:.1f} GB"
    bars.append(Bar(f"查重 {records:,} 条", "≤ 5 分钟、≤ 8 GB（100 万条）", words, seconds <= 300 and peak <= 8))
    if (exponent := found.growth.exponent(100_000)) is not None:
        words = f"{exponent:.2f}（CPU {found.growth.exponent(100_000, 'cpu'):.2f}）"
        bars.append(Bar("查重时间随规模增长的指数（10⁵ 到 10⁶）", "≤ 1.15", words, exponent <= 1.15))
    return bars


def _named_bars(named: Institutions) -> list[Bar]:
    ours, loop = list(named.scores.values())[1:]
    words = f"{named.ratio:,.0f} 倍（CPU），F1 {ours['f1']:.3f} 对 {loop['f1']:.3f}"
    reached = named.ratio >= 50 and ours["f1"] > loop["f1"]
    fast = Bar(
        "地址里的机构，一个核", "≥ 2,000 条每秒", f"{named.per_second:,.0f} 条每 CPU 秒", named.per_second >= 2000
    )
    return [Bar("同上，比 rapidfuzz.process.extractOne 循环快", "≥ 50 倍，F1 更高", words, reached), fast]


def page(
    races: Mapping[str, Race],
    every: Formats | None,
    line: Line | None,
    found: Deduplication | None,
    machine: list[str],
    judged: bool,
    named: Institutions | None = None,
) -> str:
    """The whole result; small trials are shown and not judged, since fixed costs rule them."""
    parts = ["# 学衡速度对照", "", *(f"- {fact}" for fact in machine), "", "## 要求与结果", ""]
    parts += _bars(bars(races, every, line, found, named), judged) + (
        [] if judged else ["", "小规模试跑：固定开销占大头，不判断是否达到。"]
    )
    for name, race in races.items():
        parts += ["", f"## Web of Science 文本 → 原始 Parquet：{name}", "", *_race(race)]
    if every:
        parts += ["", "## 每种格式的读取", "", *_formats(every), "", "## 读取：文件变大", "", *_growing(every)]
    if line:
        parts += ["", "## 全线", "", *_line(line), "", f"## 最慢的 {SLOWEST} 张表", "", *_slowest(line)]
    if found and found.duel:
        parts += ["", f"## 查重：{found.duel.name}，{found.duel.records:,} 条", "", *_duel(found.duel)]
    if found:
        parts += ["", "## 查重：时间与规模", "", *_growth(found.growth)]
    if named:
        parts += ["", f"## 地址里的机构：{named.addresses:,} 条", "", *_named(named)]
    return "\n".join(parts) + "\n"


def _named(named: Institutions) -> list[str]:
    words = "不含载入名录；extractOne 取对标注最有利的分数线，只量前一部分。"
    rows = [[name, *(f"{s[k]:.4f}" for k in ("precision", "recall", "f1"))] for name, s in named.scores.items()]
    return [words, "", *_table(["", "准确率", "召回率", "F1"], rows, "lrrr")]


def _formats(every: Formats) -> list[str]:
    words = "识别并读到最后一行、全部字段，不写 Parquet；每个文件一个进程，不含启动、导入与读布局；内存含程序本身。"
    rows = [_read(r, _name(r)) for r in [*every.every, every.pandas]]
    rows[-1][0] = f"{_name(every.pandas)}（pandas + openpyxl）"
    return [words, "", *_table(READ, rows, "lrrrrrrr")]


def _growing(every: Formats) -> list[str]:
    words = "同样的记录重复多遍，成为一个文件。"
    return [words, "", *_table(READ, [_read(r, _name(r)) for grown in every.growing for r in grown], "lrrrrrrr")]


def _read(read: Read, name: str) -> list[str]:
    size = read.size / 1e6
    figures = (f"{read.wall:.2f}", f"{read.cpu:.2f}", f"{size / read.wall:.0f}", f"{read.records / read.wall:,.0f}")
    return [name, f"{read.records:,}", f"{size:.1f}", *figures, f"{read.run.rss / 2**20:.0f}"]


def _name(read: Read) -> str:
    return f"{read.source} {read.form}"


def _duel(duel: dedup.Duel) -> list[str]:
    words = "先跑一遍热身，再取三遍的中位数；不含启动、导入与读入，学衡含规范化，bib-dedupe 含其 prep。"
    rows = (
        [
            name,
            f"{duel.median(name):.2f}",
            f"{duel.median(name, 'cpu'):.2f}",
            f"{run.said['peak_mb']:,.0f}",
            *(f"{duel.scores[name][figure]:.4f}" for figure in ("precision", "recall", "f1")),
            f"{1000 * run.said['undecided'] / duel.records:.1f}",
        ]
        for name, run in duel.runs.items()
    )
    return [
        words,
        "",
        *_table(["", "秒", "CPU 秒", "内存 MB", "准确率", "召回率", "F1", "每千条待核"], rows, "lrrrrrrr"),
    ]


def _growth(growth: dedup.Growth) -> list[str]:
    rows = (
        [
            f"{r.said['records']:,}",
            f"{r.said['pairs']:,}",
            f"{r.said['seconds']:.1f}",
            f"{r.said['cpu']:.1f}",
            f"{r.said['cpu'] / r.said['records'] * 1e6:.0f}",
            f"{r.said['peak_mb']:,.0f}",
        ]
        for r in growth.runs
    )
    words = "合成记录（contestants/synthetic.py），从候选对到归并，不含生成与规范化；图在 data/bench/dedup-scale.svg。"
    return [words, "", *_table(["记录", "候选对", "秒", "CPU 秒", "每条 CPU 微秒", "内存 MB"], rows, "rrrrrr")]


def _bars(bars: list[Bar], judged: bool) -> list[str]:
    marks = {True: "✓", False: "✗"} if judged else {}
    rows = ([b.what, b.wanted, b.found, marks.get(b.reached, "")] for b in bars)
    return _table(["项目", "要求", "实测", "达到"], rows, "lrrc")


def _race(race: Race) -> list[str]:
    rounds = len(race.runs[OURS])
    size = f"{race.files} 个文件，{race.size / 1e6:.1f} MB；{rounds} 轮轮流运行，取中位数；不含启动与导入。"
    size += "bibx 读入时就合并它认为相同的记录，所以条数较少。" if PEER in race.runs else ""
    rows = (
        [
            name,
            f"{race.records(name):,}" if race.records(name) else "",
            f"{race.wall(name):.2f}",
            f"{race.cpu(name):.2f}",
            f"{race.size / 1e6 / race.wall(name):.0f}",
            f"{race.rss(name) / 2**20:.0f}",
            f"{race.wall(name) / race.wall(OURS):.2f}",
            f"{race.cpu(name) / race.cpu(OURS):.2f}",
        ]
        for name in race.runs
    )
    heads = ["", "记录", "秒", "CPU 秒", "MB/秒", "内存 MB", "时间之比", "CPU 之比"]
    return [size, "", *_table(heads, rows, "lrrrrrrr")]


def _line(line: Line) -> list[str]:
    first, second = line.first, line.second
    rows = [
        ["读入（收件箱 → 原始库）", *_pair(first.ingest.wall, second.ingest.wall)],
        *([f"构建：{step}", *_pair(s, second.steps.get(step, 0.0))] for step, s in first.steps.items()),
        ["构建：检查、发布、启动", *_pair(_rest(first), _rest(second))],
        ["**构建合计**", *_pair(first.build.wall, second.build.wall)],
        ["构建的 CPU 秒", *_pair(first.build.cpu, second.build.cpu)],
        ["构建的内存峰值 GB", *_pair(first.build.rss / GB, second.build.rss / GB)],
        ["没有新文件时的构建", "", f"{line.idle.wall:.1f}", ""],
    ]
    if line.report:
        rows.append(["一个学院的一份报告", "", f"{line.report.said['wall']:.1f}", ""])
    heads = ["秒", f"全部（{first.records:,} 条）", f"再来一个文件（{second.records:,} 条）", "占"]
    return _table(heads, rows, "lrrr")


def _slowest(line: Line) -> list[str]:
    again = line.second.tables
    ordered = sorted(line.first.tables.items(), key=lambda t: -float(t[1]["cpu"]))[:SLOWEST]
    rows = (
        [
            f"{name}（{t['zh']}）",
            f"{t['rows']:,}",
            *_pair(t["seconds"], again[name]["seconds"]),
            *_pair(t["cpu"], again[name]["cpu"]),
            f"{again[name]['linked']}/{again[name]['parts']}",
        ]
        for name, t in ordered
    )
    heads = ["表", "行", "全部，秒", "再来一个文件，秒", "占", "全部，CPU", "再来一个文件，CPU", "占", "沿用的分区"]
    return _table(heads, rows, "lrrrrrrrr")


def _rest(built: Built) -> float:
    return built.build.wall - sum(built.steps.values())


def _pair(first: float, second: float) -> list[str]:
    return [f"{first:.1f}", f"{second:.1f}", f"{second / first:.0%}" if first >= 0.05 else ""]


def _table(heads: list[str], rows: Iterable[list[str]], sides: str) -> list[str]:
    marks = {"l": ":---", "r": "---:", "c": ":---:"}
    lines = ["| " + " | ".join(heads) + " |", "| " + " | ".join(marks[s] for s in sides) + " |"]
    return lines + ["| " + " | ".join(row) + " |" for row in rows]
