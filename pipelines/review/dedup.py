"""Review of deduplication: pairs of the published build that no rule decides, contradictory answers, what was answered so far."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import polars as pl

from pipelines.builds import Build
from pipelines.core import decisions, dictionaries, evidence, ledger, schema
from pipelines.core.decisions import DIFFERENT, PAIR, SAME, UNSURE
from pipelines.dedup.rules import DECISIVE
from pipelines.intake.sheets import LAYOUTS
from pipelines.review.differences import runs
from pipelines.review.kinds import Case, Column, Group, Kind

FIELDS = {"题名": 36, "作者": 24, "出版物": 18, "年卷期页": 14, "DOI": 18, "来源": 16}
COLOURED = ("题名", "作者", "出版物")
ESI_LISTS = {"highly_cited": "ESI 高被引", "hot": "ESI 热点"}
GONE = "（记录已撤回，或不在当前发布的库中）"
SPLIT = "{}是同一篇（{}），但与各自已归并的记录合在一起就有矛盾，所以没有归并：{}"
CIRCLE = "几条判定连起来互相矛盾（甲与乙同一，乙与丙同一，而甲与丙不同）"
REASONS = {rule.name: rule.zh for rule in DECISIVE}
UNCERTAIN = 0.5  # score in the middle: as near to one work as to two


def groups(build: Build, limit: int) -> tuple[Group, ...]:
    """Sheets of open pairs (worst first), of contradictory answers, of answers so far (newest first)."""
    said = decisions.pairwise(ledger.read(build.home.ledger, LAYOUTS["dedup"].stream))
    waiting = open_pairs(build, said)
    contradictory = said.filter("conflict").sort("by_closure", "date", *PAIR, descending=[False, True, False, False])
    settled = said.filter(~pl.col("conflict") & (pl.col("decision") != UNSURE)).sort(
        "date", *PAIR, descending=[True, False, False]
    )
    sheets = (("待核", _asked, waiting), ("冲突", _answered, contradictory), ("已判", _answered, settled))
    shown = pl.concat([frame.head(limit).select(PAIR) for _, _, frame in sheets])
    records = _records(build, {*shown["left_id"], *shown["right_id"]})
    made = []
    for name, told, frame in sheets:
        cases = tuple(_case(row, told(row), records) for row in frame.head(limit).iter_rows(named=True))
        made.append(Group(name, _note(name, len(cases), frame.height), cases, frame.height))
    return tuple(made)


def open_pairs(build: Build, said: pl.DataFrame) -> pl.DataFrame:
    """Pairs left to people, worst first: ESI papers, own works, least sure; what somebody was unsure of comes last.

    Open is a pair between two works that the rules could not decide or that a conflict kept from joining, and that no answer
    stands about. Two works are asked about once. Grain: one row per pair.
    """
    works = build.scan("clusters").select("record_id", "work_id")
    between = (
        build.scan("pairs")
        .filter(pl.col("decision").is_in(["review", "join"]))
        .join(works.rename({"record_id": "left_id", "work_id": "left_work"}), on="left_id")
        .join(works.rename({"record_id": "right_id", "work_id": "right_work"}), on="right_id")
        .filter(pl.col("left_work") != pl.col("right_work"))
        .with_columns(
            split=pl.col("decision") == "join",
            works=pl.concat_str(
                pl.min_horizontal("left_work", "right_work"), pl.max_horizontal("left_work", "right_work")
            ),
        )
        .collect()
    )
    answers = said.select(*PAIR, "conflict", answer="decision")
    told = between.join(answers, on=PAIR, how="left")
    settled = pl.col("answer").is_in([SAME, DIFFERENT]).fill_null(False) & ~(
        pl.col("split") & (pl.col("rule") == "librarian")
    )
    kept_apart = told.filter(settled & (pl.col("answer") == DIFFERENT)).select("works")
    waiting = told.filter(~settled & ~pl.col("conflict").fill_null(False)).join(kept_apart, on="works", how="anti")
    ranked = _weighed(build, waiting).with_columns(
        unsure=(pl.col("answer") == UNSURE).fill_null(False),
        doubt=pl.when("split").then(0.0).otherwise((pl.col("score") - UNCERTAIN).abs()),
    )
    ordered = ranked.sort("unsure", pl.col("esi") == "", ~pl.col("own"), "doubt", *PAIR)
    return _rivals(build, ordered.unique("works", keep="first", maintain_order=True))


def known(build: Build) -> set[str]:
    """Record ids of the build."""
    return set(build.scan("records").select("record_id").collect()["record_id"])


def _weighed(build: Build, pairs: pl.DataFrame) -> pl.DataFrame:
    """Pairs with what hangs on them: own = a work of ours, esi = the lists one of the works stands on."""
    institutions = dictionaries.load("institutions", build.university)
    ours = institutions.filter(pl.col("kind") == "own")["institution_id"].implode()
    home = build.scan("affiliation_matches").filter(pl.col("institution_id").is_in(ours)).select("address_id")
    own = set(
        build.scan("work_addresses").join(home, on="address_id", how="semi").select("work_id").collect()["work_id"]
    )
    lists = (
        build.scan("esi_documents")
        .filter(pl.col("list_kind").is_in(list(ESI_LISTS)))
        .select("accession_number", "list_kind")
        .unique()
        .join(build.scan("records").select("record_id", "accession_number"), on="accession_number")
        .join(build.scan("clusters").select("record_id", "work_id"), on="record_id")
        .collect()
    )
    named: dict[str, set[str]] = {}
    for work_id, kind in lists.select("work_id", "list_kind").iter_rows():
        named.setdefault(work_id, set()).add(ESI_LISTS[kind])
    sides = list(pairs.select("left_work", "right_work").iter_rows())
    return pairs.with_columns(
        own=pl.Series([a in own or b in own for a, b in sides], dtype=pl.Boolean),
        esi=pl.Series(
            ["、".join(sorted(named.get(a, set()) | named.get(b, set()))) for a, b in sides], dtype=pl.String
        ),
    )


def _rivals(build: Build, pairs: pl.DataFrame) -> pl.DataFrame:
    """What the two works of a split pair would hold twice: numbers of one database, DOIs. Grain: as given."""
    split = pairs.filter("split")
    wanted = {*split["left_work"], *split["right_work"]}
    members = (
        build.scan("clusters")
        .filter(pl.col("work_id").is_in(list(wanted)))
        .join(build.scan("records").select("record_id", "source", "accession_number", "doi"), on="record_id")
        .sort("record_id")
        .collect()
    )
    held: dict[str, dict[str, set[str]]] = {}
    for work_id, source, number, doi in members.select("work_id", "source", "accession_number", "doi").iter_rows():
        kinds = held.setdefault(work_id, {})
        for kind, value in ((schema.source(source).zh, number), ("DOI", doi)):
            kinds.setdefault(kind, set()).update([value] if value else [])
    told = [
        _twice(held[a], held[b]) if s else ""
        for s, a, b in pairs.select("split", "left_work", "right_work").iter_rows()
    ]
    return pairs.with_columns(rivals=pl.Series(told, dtype=pl.String))


def _twice(left: dict[str, set[str]], right: dict[str, set[str]]) -> str:
    """'DOI 10.1/a 与 10.1/b' for every identity of which the two together have more than one."""
    both = {kind: (left[kind], right[kind]) for kind in left if left[kind] and right.get(kind)}
    found = [f"{kind} {'、'.join(sorted(a))} 与 {'、'.join(sorted(b))}" for kind, (a, b) in both.items() if a != b]
    return "；".join(found) or "其中有两条已判为不同"


def _asked(row: dict[str, Any]) -> dict[str, str]:
    """Why a pair is asked about."""
    facts = json.loads(row["evidence"] or "{}")
    reason = str(facts.pop("理由", ""))
    facts.pop("规则原判", None)
    if row["split"]:
        reason = SPLIT.format("馆员判定" if row["rule"] == "librarian" else "规则认为", reason, row["rivals"])
    if row["unsure"]:
        reason = f"{reason}；{facts.pop('馆员', '有人判过不确定')}"
    weight = [row["esi"], "本校成果" if row["own"] else ""]
    return {"为什么问": reason, "比较": evidence.facts(facts), "涉及": "、".join(w for w in weight if w)}


def _answered(row: dict[str, Any]) -> dict[str, str]:
    """What was answered about a pair."""
    if not row["conflict"]:
        return {
            "为什么问": f"已判{row['decision']}（{row['reviewer']}，{row['date']}）；要改判或撤销时填写",
            "比较": row["history"],
        }
    reason = CIRCLE if row["by_closure"] else "同一天有两种判定"
    return {"为什么问": f"{reason}；暂不合并，请再判", "比较": row["history"]}


def _case(row: dict[str, Any], told: dict[str, str], records: dict[str, dict[str, str]]) -> Case:
    keys = (row["left_id"], row["right_id"])
    shown: dict[str, Any] = dict(told)
    left, right = (records.get(record_id, {"题名": GONE}) for record_id in keys)
    for name in FIELDS:
        a, b = left.get(name, ""), right.get(name, "")
        shown[f"{name}甲"], shown[f"{name}乙"] = runs(a, b) if name in COLOURED and GONE not in (a, b) else (a, b)
    return Case(keys, shown)


def _note(sheet: str, shown: int, found: int) -> str:
    rest = f"；另有 {found - shown} 对这次没有列出，答完这些再导出一次即可" if found > shown else ""
    return {
        "待核": f"待核 {found} 对，列出 {shown} 对，最重要、最拿不准的在前{rest}",
        "冲突": f"互相矛盾的判定 {found} 对，暂不合并，请再判一次{rest}",
        "已判": f"已有判定 {found} 对，新的在前；不必再填，只在改判或撤销时填写{rest}",
    }[sheet]


def _records(build: Build, ids: Iterable[str]) -> dict[str, dict[str, str]]:
    """What is shown of each record, by label."""
    wanted = pl.col("record_id").is_in(list(ids))
    signed = build.scan("authorships").filter(wanted).sort("record_id", "author_position").collect()
    authors: dict[str, list[str]] = {}
    for record_id, name, native in signed.select("record_id", "name", "name_native").iter_rows():
        authors.setdefault(record_id, []).append(f"{name}（{native}）" if native and native != name else name or "")
    found = build.scan("records").filter(wanted).collect()
    return {
        row["record_id"]: {
            "题名": " / ".join(t for t in (row["title"], row["title_other"]) if t),
            "作者": "; ".join(authors.get(row["record_id"], [])),
            "出版物": row["venue"] or row["conference"] or "",
            "年卷期页": _place(row),
            "DOI": row["doi"] or "",
            "来源": _origin(row),
        }
        for row in found.iter_rows(named=True)
    }


def _place(row: dict[str, Any]) -> str:
    """'2024，12(3)：45–52', as far as it is known."""
    pages = "–".join(p for p in (row["first_page"], row["last_page"]) if p) or row["article_number"] or ""
    issue = f"{row['volume'] or ''}{'(' + row['issue'] + ')' if row['issue'] else ''}"
    where = "：".join(p for p in (issue, pages) if p)
    year = str(row["publication_year"] or "") + ("（在线优先）" if row["is_early_access"] else "")
    return "，".join(p for p in (year, where) if p)


def _origin(row: dict[str, Any]) -> str:
    kind = row["document_type_raw"] or row["document_type"] or ""
    return "，".join(p for p in (schema.source(row["source"]).zh, row["accession_number"] or "", kind) if p)


def _columns() -> tuple[Column, ...]:
    sides = [Column(f"{name}{side}", width) for name, width in FIELDS.items() for side in "甲乙"]
    return (Column("为什么问", 30), Column("比较", 26), Column("涉及", 10), *sides)


KIND = Kind(
    LAYOUTS["dedup"],
    _columns(),
    groups,
    known,
    "每行一个问题，两边的内容并排，不同之处标红。",
    (
        ("同一", "两条记录是同一篇成果。两个不同的 DOI 也只有这样才会合并。"),
        ("不同", "不是同一篇，以后任何规则都不会把它们合并。"),
        ("不确定", "留待以后再判；下次导出时排在最后。"),
        ("撤销", "收回以前对这一对的判定，重新由规则决定。"),
        ("补充页", "想合并或分开库里任意两条记录时，在“补充”页写下两个记录号（xueheng explain 会列出记录号）。"),
    ),
)
