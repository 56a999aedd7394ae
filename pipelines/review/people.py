"""Review of author–person cases: one row per group of works that one answer settles, candidates side by side with what speaks for them."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from pipelines.builds import Build
from pipelines.core import ledger
from pipelines.core.decisions import NOBODY, SEVERAL, UNSURE
from pipelines.intake.sheets import LAYOUTS
from pipelines.people.reviewed import GROUP, NAMES, ONE, open_groups, standing
from pipelines.people.scope import PLACE
from pipelines.review.kinds import Case, Column, Group, Kind

LEAD = ["lead_work", "lead_position"]
CANDIDATES, WORKS = 5, 3  # shown at most
TEAM = 12  # names of co-authors shown at most
COLUMNS = (
    Column("为什么问", 26), Column("署名单位", 22), Column("作品数", 7), Column("作品", 46), Column("合著者", 34), Column("邮箱与标识", 24),
    *(Column(f"候选{n}", 34) for n in range(1, CANDIDATES + 1)),
)  # fmt: skip
TYPES = {
    "staff": "教职工",
    "postdoc": "博士后",
    "phd": "博士生",
    "master": "硕士生",
    "undergraduate": "本科生",
    "emeritus": "离退休",
    "visiting": "访问学者",
}


def groups(build: Build, limit: int) -> tuple[Group, ...]:
    """Sheets of open groups, of contradictory answers, of answers so far (newest first)."""
    said = standing(ledger.read(build.home.ledger, LAYOUTS["people"].stream))
    waiting = open_cases(build, said)
    newest = ["date", "record_id", "author_position"]
    conflicts = said.filter("conflict").sort(newest, descending=[True, False, False])
    settled = said.filter(~pl.col("conflict") & (pl.col("decision") != UNSURE)).sort(
        newest, descending=[True, False, False]
    )
    shown = waiting.head(limit)
    dossier = _Dossier(build, shown)
    left = waiting.height - shown.height
    rest = f"；另有 {left} 行这次没有列出，答完这些再导出一次即可" if left else ""
    note = f"待核 {waiting.height} 行，共 {waiting['size'].sum()} 处署名，牵涉作品最多的在前{rest}；含个人信息，限本校内部使用"
    return (
        Group("待核", note, tuple(_asked(row, dossier) for row in shown.iter_rows(named=True)), waiting.height),
        Group(
            "冲突",
            f"互相矛盾的判定 {conflicts.height} 条，暂不采用，请再判一次",
            tuple(_answered(row) for row in conflicts.head(limit).iter_rows(named=True)),
            conflicts.height,
        ),
        Group(
            "已判",
            f"已有判定 {settled.height} 条，新的在前；不必再填，只在改判或撤销时填写",
            tuple(_answered(row) for row in settled.head(limit).iter_rows(named=True)),
            settled.height,
        ),
    )


def open_cases(build: Build, said: pl.DataFrame) -> pl.DataFrame:
    """Groups left to people: those with most works first, then the likeliest; what somebody was unsure of comes last.

    Grain: one row per group (the case that stands for it with its name, places, size, candidates, evidence).
    """
    cases = open_groups(build.scan("person_matches").collect())
    signed = build.scan("work_authorships").select(*PLACE, "record_id", signed_as=pl.coalesce(*NAMES).fill_null(""))
    asked = (
        cases.join(signed.collect(), on=PLACE, how="left")
        .group_by(LEAD)
        .agg(
            pl.col(
                "record_id", "signed_as", "unit_id", "candidates_count", "candidate_ids", "evidence", "score"
            ).first(),
            works=pl.col("work_id"),
            positions=pl.col("author_position"),
            size=pl.len(),
        )
        .rename({"lead_work": "work_id", "lead_position": "author_position"})
        .with_columns(scope=pl.when(pl.col("size") > 1).then(pl.lit(GROUP)).otherwise(pl.lit(ONE)))
    )
    told = said.select(
        "record_id",
        pl.col("author_position").cast(pl.Int64, strict=False),
        "scope",
        "conflict",
        unsure=pl.when(pl.col("decision") == UNSURE).then("history"),
    )
    known = asked.join(told, on=["record_id", "author_position", "scope"], how="left").unique(
        [*PLACE], keep="first", maintain_order=True
    )
    return known.filter(~pl.col("conflict").fill_null(False)).sort(
        pl.col("unsure").is_not_null(), "size", "score", *PLACE, descending=[False, True, True, False, False]
    )


def known(build: Build) -> set[str]:
    """Authors that were matched against the roster: record, position and printed name."""
    signed = build.scan("work_authorships").select(*PLACE, "record_id", *NAMES)
    rows = build.scan("person_matches").select(PLACE).join(signed, on=PLACE).collect()
    return {
        _joined((record, str(position), name))
        for _, position, record, *names in rows.iter_rows()
        for name in names
        if name and record
    }


def strangers(keys: Sequence[str], there: set[str]) -> list[str]:
    """The author of a line when nobody signs so at this place of this work, or a scope that does not exist."""
    wrong = [] if _joined(keys[:3]) in there else ["，".join(keys[:3])]
    return wrong + [scope for scope in keys[3:] if scope not in (GROUP, ONE)]


def choices(build: Build) -> Mapping[str, str]:
    """People of the roster, id -> name."""
    people = build.scan("people").select("person_id", "name_zh").unique().sort("person_id", "name_zh").collect()
    return dict(people.iter_rows())


def _joined(keys: Sequence[str]) -> str:
    return "\x1f".join(keys)


class _Dossier:
    """All that is shown of the listed groups and their candidates."""

    def __init__(self, build: Build, shown: pl.DataFrame) -> None:
        ids = {i for text in shown["candidate_ids"].drop_nulls() for i in text.split(";")}
        works = sorted({work for row in shown["works"] for work in row})
        self.units = dict(build.scan("units").select("unit_id", "name_zh").collect().iter_rows())
        self.people = (
            build.scan("people").filter(pl.col("person_id").is_in(list(ids))).sort("person_id", "valid_from").collect()
        )
        self.titles = {
            work: f"{year or '年份不详'} {title or ''}"
            for work, year, title in build.scan("works")
            .filter(pl.col("work_id").is_in(works))
            .select("work_id", "publication_year", "title")
            .collect()
            .iter_rows()
        }
        self.team = _teams(build, works)
        self.contacts = _contacts(build, works)
        self.kin = _kin(build, ids)
        self.company = _company(build, ids)

    def candidate(self, person: str, works: Sequence[str], positions: Sequence[int]) -> str:
        """What speaks for one candidate, a line per kind of evidence."""
        rows = self.people.filter(pl.col("person_id") == person).to_dicts()
        if not rows:
            return person
        first = rows[0]
        head = " ".join(t for t in (person, first["name_zh"], first["name_en"] or "") if t)
        kind = "，".join(
            t for t in (TYPES.get(first["person_type"] or "", first["person_type"]), first["title_rank"]) if t
        )
        jobs = [f"{self.units.get(r['unit_id'], r['unit_id'] or '')} {_years(r)}".strip() for r in rows]
        contact = "，".join(t for t in (first["email"], first["orcid"]) if t)
        here = {key for w, p in zip(works, positions, strict=True) for q, (key, _) in self.team[w].items() if q != p}
        shared = here & self.company.get(person, set())
        met = f"已认定的作品中与这里的 {len(shared)} 位合著者合作过" if shared else ""
        parts = [head, kind, "；".join(dict.fromkeys(jobs)), contact, self.kin.get(person, ""), met]
        return "\n".join(p for p in parts if p)

    def choice(self, person: str) -> str:
        """The words of the drop-down."""
        names = self.people.filter(pl.col("person_id") == person)["name_zh"].head(1).to_list()
        return " ".join((person, *names))


def _years(row: dict[str, Any]) -> str:
    since, until = ((row[c] or "")[:7] for c in ("valid_from", "valid_to"))
    return f"{since}–{until}" if since or until else ""


def _teams(build: Build, works: list[str]) -> dict[str, dict[int, tuple[str, str]]]:
    """Work -> position -> key and printed name of its authors."""
    found: dict[str, dict[int, tuple[str, str]]] = defaultdict(dict)
    rows = build.scan("work_authorships").filter(pl.col("work_id").is_in(works)).sort(PLACE).collect()
    for work, position, key, name in rows.select(*PLACE, "name_key", pl.coalesce("name_native", "name")).iter_rows():
        found[work][position] = (key or name or "", name or "")
    return found


def _contacts(build: Build, works: list[str]) -> dict[str, list[str]]:
    """Work -> e-mails and ORCIDs that its records print, with the name beside them."""
    found: dict[str, set[str]] = defaultdict(set)
    rows = (
        build.scan("clusters")
        .filter(pl.col("work_id").is_in(works))
        .join(build.scan("author_identifiers"), on="record_id")
        .filter(pl.col("identifier_type").is_in(["email", "orcid"]))
        .select("work_id", "identifier_value", "name")
        .collect()
    )
    for work, value, name in rows.iter_rows():
        found[work].add(f"{value}（{name}）" if name else value)
    return {work: sorted(values) for work, values in found.items()}


def _kin(build: Build, ids: set[str]) -> dict[str, str]:
    """Person -> supervisors and number of students."""
    rows = build.scan("supervisions").select("student_id", "supervisor_id").unique().collect()
    names = choices(build)
    tutors: dict[str, list[str]] = defaultdict(list)
    students: Counter[str] = Counter()
    for student, tutor in rows.sort(pl.all()).iter_rows():
        if student in ids:
            tutors[student].append(names.get(tutor, tutor))
        students[tutor] += 1
    told = {i: [f"导师 {'、'.join(tutors[i])}"] if i in tutors else [] for i in ids}
    return {i: "；".join(told[i] + ([f"指导学生 {students[i]} 人"] if students[i] else [])) for i in ids}


def _company(build: Build, ids: set[str]) -> dict[str, set[str]]:
    """Person -> keys of those who signed works with him that are known to be his."""
    own = build.scan("person_matches").filter(pl.col("decision") == "match", pl.col("person_id").is_in(list(ids)))
    rows = (
        own.select(*PLACE, "person_id")
        .join(build.scan("work_authorships").select("work_id", "name_key", other="author_position"), on="work_id")
        .filter(pl.col("other") != pl.col("author_position"))
        .select("person_id", "name_key")
        .unique()
        .drop_nulls()
        .collect()
    )
    found: dict[str, set[str]] = defaultdict(set)
    for person, key in rows.iter_rows():
        found[person].add(key)
    return found


def _asked(row: dict[str, Any], dossier: _Dossier) -> Case:
    """One group as a line of the sheet."""
    ids = (row["candidate_ids"] or "").split(";") if row["candidate_ids"] else []
    facts = {k: v for k, v in json.loads(row["evidence"]).items() if k not in ("同组", "归属依据")}
    why = "；".join(f"{k} {v}" for k, v in facts.items())
    why = f"{row['candidates_count'] or 0} 位候选人。首位：{why}" if ids else f"没有可列的候选人：{why}"
    works, positions = row["works"], row["positions"]
    here = dict(zip(works, positions, strict=True))
    team = Counter(n for w in works for q, (_, n) in dossier.team[w].items() if q != here[w] and n)
    contacts = dict.fromkeys(c for w in works for c in dossier.contacts.get(w, ()))
    shown = {
        "为什么问": why + (f"（判过不确定：{row['unsure']}）" if row["unsure"] else ""),
        "署名单位": dossier.units.get(row["unit_id"], "只署到学校") if row["unit_id"] else "只署到学校，或不详",
        "作品数": str(row["size"]),
        "作品": "\n".join(dossier.titles.get(w, w) for w in works[:WORKS]),
        "合著者": "; ".join(name for name, _ in team.most_common(TEAM)),
        "邮箱与标识": "\n".join(list(contacts)[:4]),
        **{f"候选{n}": dossier.candidate(i, works, positions) for n, i in enumerate(ids[:CANDIDATES], 1)},
    }
    keys = (row["record_id"], str(row["author_position"]), " ".join(row["signed_as"].split()), row["scope"])
    return Case(keys, shown, tuple(dossier.choice(i) for i in ids[:CANDIDATES]))


def _answered(row: dict[str, Any]) -> Case:
    """What was answered about a case."""
    why = "同一天有不同的判定；暂不采用，请再判"
    if not row["conflict"]:
        why = f"已判{row['person_id'] or row['decision']}（{row['reviewer']}，{row['date']}）；要改判或撤销时填写"
    keys = (row["record_id"], row["author_position"], row["name"], row["scope"])
    return Case(keys, {"为什么问": why, "作品": row["history"]}, (row["person_id"],) if row["person_id"] else ())


KIND = Kind(
    LAYOUTS["people"],
    COLUMNS,
    groups,
    known,
    "每行一个署名：同一写法、同一单位、同样几位候选人的作品合成一行，判一次，各篇都照此处理。含个人信息，限本校内部使用。",
    (
        ("选一位", "这些作品的这个署名就是他（她）。候选人之外的人，可以写工号或学号。"),
        (NOBODY, "不是名册上的任何人。"),
        (SEVERAL, "这一行里混着不同的人；下次导出时逐篇来问。"),
        (UNSURE, "留待以后再判；下次导出时排在最后。"),
        ("撤销", "收回以前的判定，重新由规则决定。"),
        ("补充页", f"规则判错的，在“补充”页写下记录号、作者序、署名（照记录上的写法）与范围（{ONE}），再选判定。"),
    ),
    strangers=strangers,
    choices=choices,
    personal=True,
)
