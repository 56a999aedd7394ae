"""Review of addresses: texts that nobody knows, each one row however many addresses hold it, the most unlocking first."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from pipelines.affiliations.candidates import INSTITUTION_WORDS, KIND_WORDS
from pipelines.affiliations.reviewed import NAME, PART, WHOLE, asked, standing
from pipelines.affiliations.split import HAN, Words, words_from
from pipelines.builds import Build
from pipelines.core import dictionaries, ledger, schema
from pipelines.core.decisions import EACH, NOT_OURS, SCHOOL_ONLY, UNIT, UNSURE
from pipelines.intake.sheets import LAYOUTS
from pipelines.review.kinds import Case, Column, Group, Kind

KEY = ["level", "key"]
WHY = {
    NAME: "这是不是本校的名称？",
    PART: "地址是本校的，这一段是哪个单位？",
    WHOLE: "整条地址拿不准，是哪个单位？",
}
EXAMPLES, SUGGESTED = 3, 3
ALIKE = 0.34  # share of words in common from which a unit's name is worth showing
COLUMNS = (
    Column("为什么问", 26), Column("例", 60), Column("建议", 40), Column("地址", 7), Column("作品", 7), Column("作者", 7),
    Column("待核作者", 9), Column("年份", 11), Column("来源", 18), Column("可写入别名词典", 34),
)  # fmt: skip


def groups(build: Build, limit: int) -> tuple[Group, ...]:
    """Sheets of open texts, of contradictory answers, of answers so far (newest first)."""
    words = words_from(dictionaries.load("abbreviations", build.university))
    said = standing(ledger.read(build.home.ledger, LAYOUTS["addresses"].stream), words)
    waiting = open_texts(build, words, said)
    conflicts = said.filter("conflict").sort("date", *KEY, "segment", descending=[True, False, False, False])
    settled = said.filter(~pl.col("conflict") & (pl.col("decision") != UNSURE)).sort(
        "date", *KEY, "segment", descending=[True, False, False, False]
    )
    names = choices(build)
    shown = waiting.head(limit)
    advice = _Advice(build, words, names)
    cases = tuple(_asked(row, advice) for row in shown.iter_rows(named=True))
    left = waiting.height - len(cases)
    rest = f"；另有 {left} 行这次没有列出，答完这些再导出一次即可" if left else ""
    held = waiting["addresses"].sum()
    return (
        Group("待核", f"待核 {waiting.height} 行，涉及 {held} 条地址，牵涉作品最多的在前{rest}", cases, waiting.height),
        Group(
            "冲突",
            f"互相矛盾的判定 {conflicts.height} 条，暂不采用，请再判一次",
            tuple(_answered(row, names) for row in conflicts.head(limit).iter_rows(named=True)),
            conflicts.height,
        ),
        Group(
            "已判",
            f"已有判定 {settled.height} 条，新的在前；不必再填，只在改判或撤销时填写",
            tuple(_answered(row, names) for row in settled.head(limit).iter_rows(named=True)),
            settled.height,
        ),
    )


def open_texts(build: Build, words: Words, said: pl.DataFrame) -> pl.DataFrame:
    """Texts left to people, most unlocking first; what somebody was unsure of comes last, contradictions stand on a sheet of their own.

    Grain: one row per level and key (text as printed most often, address_ids, addresses, works, links, cases, years, sources).
    """
    matches = build.scan("affiliation_matches").filter(pl.col("decision") == "review").collect()
    open_ = asked(matches, words).join(said.filter("conflict").select(KEY).unique(), on=KEY, how="anti")
    used = build.scan("work_addresses").join(open_.lazy().select("address_id").unique(), on="address_id", how="semi")
    used = used.select("work_id", "record_id", "address_id", "author_position").unique().collect().lazy()
    weight = open_.lazy().join(used, on="address_id", how="left")
    facts = build.scan("works").select("work_id", "publication_year")
    origin = build.scan("records").select("record_id", "source")
    cases = build.scan("person_matches").filter(pl.col("decision") == "review").select("work_id", "author_position")
    place = pl.struct("work_id", "author_position")
    counted = (
        weight.join(facts, on="work_id", how="left")
        .join(origin, on="record_id", how="left")
        .join(cases.with_columns(open_case=True), on=["work_id", "author_position"], how="left")
        .group_by(KEY)
        .agg(
            works=pl.col("work_id").drop_nulls().n_unique(),
            links=place.filter(pl.col("author_position").is_not_null()).n_unique(),
            cases=place.filter(pl.col("open_case").fill_null(False)).n_unique(),
            since=pl.col("publication_year").min(),
            until=pl.col("publication_year").max(),
            sources=pl.col("source").drop_nulls().unique().sort(),
        )
        .collect()
    )
    printed = open_.group_by(*KEY, "text").len("times").sort("times", "text", descending=[True, False])
    texts = printed.group_by(KEY, maintain_order=True).agg(pl.col("text").first())
    told = open_.group_by(KEY).agg(
        address_ids=pl.col("address_id").sort(),
        addresses=pl.len(),
        options=pl.col("options").list.explode(keep_nulls=False, empty_as_null=False).unique().sort(),
    )
    unsure = said.filter(pl.col("decision") == UNSURE).group_by(KEY).agg(unsure=pl.col("history").first())
    joined = told.join(texts, on=KEY).join(counted, on=KEY).join(unsure, on=KEY, how="left")
    return joined.sort(
        pl.col("unsure").is_not_null(), "works", "cases", "addresses", *KEY, descending=[False, True, True, True, False, False]
    )  # fmt: skip


def known(build: Build) -> set[str]:
    """Texts that addresses of the build were read from, whole addresses, and the levels."""
    rows = build.scan("affiliation_matches").select("address", "matched_text", "evidence", "decision").collect()
    unit = rows.select(pl.col("evidence").str.json_path_match("$.单位.文字").drop_nulls())
    words = words_from(dictionaries.load("abbreviations", build.university))
    table = build.scan("affiliation_matches").filter(pl.col("decision") == "review").collect()
    texts = [*rows["address"], *rows["matched_text"], *unit["evidence"], *asked(table, words)["text"]]
    return {*WHY, *(" ".join(text.split()) for text in texts if text)}


def choices(build: Build) -> Mapping[str, str]:
    """Units that stand, id -> Chinese name."""
    units = build.scan("units").filter(pl.col("unit_kind") != "university").sort("unit_id").collect()
    return {i: zh or en or i for i, zh, en in units.select("unit_id", "name_zh", "name_en").iter_rows()}


class _Advice:
    """What speaks for a unit: units it was said it may be, where its authors belong, words in common."""

    def __init__(self, build: Build, words: Words, names: Mapping[str, str]) -> None:
        self.build, self.words, self.names = build, words, names
        units = build.scan("units").filter(pl.col("unit_kind") != "university").collect()
        aliases = dictionaries.load("unit_aliases", build.university).select("unit_id", name="alias")
        every = pl.concat([*(units.select("unit_id", name=c) for c in ("name_zh", "name_en")), aliases]).drop_nulls()
        self.keys: dict[str, list[frozenset[str]]] = defaultdict(list)
        for unit, name in every.iter_rows():
            self.keys[unit].append(self._parts(name))
        linked = build.scan("person_matches").filter(pl.col("decision") == "match", pl.col("unit_id").is_not_null())
        self.authors = (
            build.scan("work_addresses")
            .select("work_id", "author_position", "address_id")
            .unique()
            .join(
                linked.select("work_id", "author_position", "person_id", "unit_id"), on=["work_id", "author_position"]
            )
            .select("address_id", "person_id", "unit_id")
            .unique()
            .collect()
        )

    def suggestions(self, text: str, options: Sequence[str], address_ids: Sequence[str]) -> list[tuple[str, str]]:
        """Units, the likeliest first, with what speaks for each."""
        here = self.authors.filter(pl.col("address_id").is_in(list(address_ids))).unique(["person_id", "unit_id"])
        votes = Counter(unit for unit in here["unit_id"] if unit in self.names)
        parts = self._parts(text)
        alike = {unit: max((_jaccard(parts, name) for name in names), default=0.0) for unit, names in self.keys.items()}
        total = sum(votes.values())
        scores: dict[str, float] = {}
        for unit in {*options, *votes, *(u for u, share in alike.items() if share >= ALIKE)}:
            scores[unit] = (unit in options) + votes[unit] / max(total, 1) + alike.get(unit, 0.0)
        best = sorted((u for u in scores if u in self.names), key=lambda u: (-scores[u], u))[:SUGGESTED]
        return [(unit, self._why(unit, options, votes, alike)) for unit in best]

    def _why(self, unit: str, options: Sequence[str], votes: Counter[str], alike: Mapping[str, float]) -> str:
        told = ["写法相符"] if unit in options else []
        told += [f"{votes.total()} 位已认定的作者中 {votes[unit]} 位在此"] if votes[unit] else []
        told += [f"字面 {alike[unit]:.2f}"] if alike.get(unit, 0.0) >= ALIKE else []
        return "，".join(told)

    def _parts(self, text: str) -> frozenset[str]:
        """Words of a text that say what it is about; of Chinese, pairs of characters."""
        if HAN.search(text):
            return frozenset(text[i : i + 2] for i in range(len(text) - 1))
        return frozenset(self.words.key(text)) - self.words.families((*KIND_WORDS, *INSTITUTION_WORDS))


def _jaccard(left: frozenset[str], right: frozenset[str]) -> float:
    return len(left & right) / len(left | right) if left and right else 0.0


def _asked(row: dict[str, Any], advice: _Advice) -> Case:
    """One open text as a line of the sheet."""
    examples = (
        advice.build.scan("affiliation_matches")
        .filter(pl.col("address_id").is_in(row["address_ids"][: 20 * EXAMPLES]))
        .select(pl.col("address").unique().sort())
        .head(EXAMPLES)
        .collect()["address"]
    )
    told = advice.suggestions(row["text"], row["options"], row["address_ids"])
    best = told[0][0] if told else ""
    text = " ".join(row["text"].split())
    shown = {
        "为什么问": WHY[row["level"]] + (f"（判过不确定：{row['unsure']}）" if row["unsure"] else ""),
        "例": "\n".join(examples),
        "建议": "\n".join(f"{unit} {advice.names[unit]}（{why}）" for unit, why in told),
        "地址": str(row["addresses"]),
        "作品": str(row["works"]),
        "作者": str(row["links"]),
        "待核作者": str(row["cases"]),
        "年份": "–".join(str(y) for y in dict.fromkeys((row["since"], row["until"])) if y),
        "来源": "、".join(schema.source(s).zh for s in row["sources"]),
        "可写入别名词典": _alias(text, best) if row["level"] == PART and best else "",
    }
    return Case((text, row["level"]), shown)


def _answered(row: dict[str, Any], names: Mapping[str, str]) -> Case:
    """What was answered about a text."""
    unit = "；".join(f"{u} {names.get(u, '（现在没有这个单位）')}" for u in row["unit_id"].split(";") if u)
    why = "同一天，或对同一段文字的不同写法，有不同的判定；暂不采用，请再判"
    if not row["conflict"]:
        why = f"已判{unit or row['decision']}（{row['reviewer']}，{row['date']}）；要改判或撤销时填写"
    alias = row["decision"] == UNIT and row["level"] == PART and ";" not in row["unit_id"]
    shown = {
        "为什么问": why,
        "例": row["history"],
        "可写入别名词典": _alias(row["segment"], row["unit_id"]) if alias else "",
    }
    return Case((row["segment"], row["level"]), shown)  # fmt: skip


def _alias(text: str, unit: str) -> str:
    """A line for dictionaries/<university>/unit_aliases.csv."""
    quoted = f'"{text}"' if "," in text else text
    return f"{quoted},{unit},{'zh' if HAN.search(text) else 'en'},,,"


KIND = Kind(
    LAYOUTS["addresses"],
    COLUMNS,
    groups,
    known,
    "每行一段认不出的文字，不论有多少条地址里有它；判一次，凡有这段文字的地址（包括以后来的）都照此处理。",
    (
        ("选一个单位", "这段文字指的是这个单位。下拉列表按单位代码排列；也可以写代码，指两个单位时写成“U001；U002”。"),
        (SCHOOL_ONLY, "是本校；这段文字本身不指任何单位，地址里其余的文字照常识别。"),
        (NOT_OURS, "有这段文字的地址不算本校的。"),
        (EACH, "这段文字在不同的地址里指不同的单位；下次导出时逐条地址来问。"),
        (UNSURE, "留待以后再判；下次导出时排在最后。"),
        ("撤销", "收回以前对这段文字的判定，重新由规则决定。"),
        (
            "补充页",
            "规则判错的，在“补充”页写下文字（照地址里的样子，或整条地址）与层次（校名、单位或地址），再选判定。",
        ),
        ("别名词典", "常见的写法可以把“可写入别名词典”一格抄进 unit_aliases.csv，规则就认得它的各种变体。"),
    ),
    choices=choices,
    listed=True,
)
