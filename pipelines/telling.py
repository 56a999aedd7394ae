"""Words for the terminal: what `explain` and `status` found, as Chinese lines."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from pipelines import asking
from pipelines.core import evidence, schema

DECISIONS = {
    "join": "同一作品",
    "apart": "不同作品",
    "related": "相关但不同",
    "review": "待人工判定",
    "match": "已判定",
    "no_match": "不属于本校名册",
}
CAUSES = {"merged": "并入", "split": "拆出到", "withdrawn": "撤回", "restored": "恢复"}
REASONS = {
    "librarian": "馆员判定",
    "new_record": "新到的记录",
    "changed_record": "记录有新的交付",
    "rules": "规则或词典有改动",
    "conflict": "合在一起有矛盾，或矛盾消失",
    "withdrawal": "批次撤回",
    "reading": "文件读法有改动，或由别的交付代替",
}
CONFLICTS = {"corresponding_author": "通讯作者", "author_address_link": "作者与地址的对应"}
NEAR, SHOWN = 0.75, 10  # likeness of titles from which a refused pair is worth reading; how many are read
LANGUAGES = {"en": "英文界面", "zh": "中文界面", "pt": "葡萄牙文界面", "es": "西班牙文界面"}
TABLES = {"pairs": "候选对", "affiliation_matches": "地址", "person_matches": "作者"}


STATES = {"present": "有", "absent": "缺", "undeclared": "未登记"}


def inspected(told: dict[str, Any]) -> Iterator[str]:
    """Lines for one file: what it is and why, how much it holds, what it lacks and what that costs."""
    kind = f"，{told['kind_zh']}" if told["kind_zh"] else ""
    yield f"{told['file']}：{told['source_zh']}，{told['format_zh']}{kind}"
    more = [told["era"], LANGUAGES.get(told["language"], told["language"]), told["encoding_zh"]]
    yield "  " + "，".join(text for text in more if text)
    yield f"  可读记录 {told['records']:,} 条" + (f"，会另存 {told['rejected']:,} 条" if told["rejected"] else "")
    for reason in told["reasons"]:
        yield f"  依据：{reason}"
    for problem in told["problems"]:
        place = f"第 {problem['row']} 条" if isinstance(problem["row"], int) else problem["row"]
        yield f"  {place}：{problem['found']}（应为：{problem['expected']}）"
    for field in told["missing"]:
        yield f"  缺 {field['field']}" + (f"：{field['cost']}" if field["cost"] else "")
    for note in told["notes"]:
        yield f"  {note}"
    if (told["missing"] or told["notes"]) and told["export_advice"]:
        yield f"  下次导出：{told['export_advice']}"


def layout(told: dict[str, Any]) -> Iterator[str]:
    """Lines for one file against the declared layout of its source."""
    head = "" if told["recognised"] else "没有认出来源；最接近的是 "
    yield f"{head}{told['source_zh']} {told['format']} {told['kind']}".rstrip()
    if told["error"]:
        yield told["error"]
    for row in sorted(told["columns"], key=lambda r: (list(STATES).index(r["state"]), r["need"] == "")):
        names = f"{row['column']}（{row['zh']}）" if row["zh"] else row["column"]
        need = f"，{row['need']}" if row["need"] else ""
        note = f"：{row['note']}" if row["note"] else ""
        yield f"  {STATES[row['state']]}{need}  {names}{note}"


def explanation(told: dict[str, Any]) -> Iterator[str]:
    """Lines for one work."""
    work = told["work"]
    yield f"作品 {told['work_id']}：{work['title']}"
    other = {work["title_zh"], work["title_en"]} - {work["title"], None}
    yield from (f"  又名 {title}" for title in sorted(other))
    yield f"  {work['venue'] or '出版物不详'}，{work['publication_year'] or '年份不详'}；来源库 {work['sources']}"
    yield f"由 {len(told['records'])} 条记录合成："
    for record in told["records"]:
        yield f"  {record['record_id']}  {_printed(record)}"
        yield f"    {record['source_file']} 第 {record['source_row']} 条（批次 {record['batch_id']}）"
    yield from _pairs("归并依据", told["joined"])
    yield from _others(told["not_joined"], {record["record_id"] for record in told["records"]})
    yield "字段取自："
    for record_id, names in _fields(told["field_sources"]):
        yield f"  {record_id}：{'、'.join(names)}"
    yield "作者："
    for author in told["authors"]:
        yield from _author(author)
    yield from _conflicts(told)
    for line in told["history"]:
        yield f"沿革：{_became(line)}"


def _conflicts(told: dict[str, Any]) -> Iterator[str]:
    """Where the work's records say different things, field by field, and which the work follows."""
    if told["conflicts"]:
        yield "各库说法不一："
    sources = {record["record_id"]: record["source"] for record in told["records"]}
    known = schema.fields()
    for conflict in told["conflicts"]:
        name = conflict["field_name"]
        yield f"  {CONFLICTS.get(name) or (known[name].zh if name in known else name)}："
        for said in conflict["said"]:
            value = _link(said["value"]) if name == "author_address_link" else said["value"]
            kept = "（采用）" if said["is_kept"] else ""
            yield f"    {schema.source(sources[said['record_id']]).zh}（{said['record_id']}）：{value}{kept}"


def _link(value: str) -> str:
    """'5/5' or '0/4' in words: a record that ties no author to an address contradicts none that does."""
    tied, authors = (int(n) for n in value.split("/"))
    return f"{authors} 位作者中 {tied} 位有明确的地址" if tied else f"没有说明 {authors} 位作者各属哪个地址"


def _became(line: dict[str, Any]) -> str:
    from pipelines.dedup.rules import DECISIVE

    rules = {rule.name: rule.zh for rule in DECISIVE}
    cause = CAUSES.get(line["cause"], line["cause"])
    went = f" {cause} {line['work_id']}" if line["work_id"] not in (None, line["old_work_id"]) else f" {cause}"
    why = [REASONS.get(line["because"] or "", ""), rules.get(line["rule"] or "", "")]
    told = "；".join(w for w in why if w)
    return f"{line['date']} {line['old_work_id']}{went}" + (f"（{told}）" if told else "")


def _printed(record: dict[str, Any]) -> str:
    """What a record prints: title, venue, year, volume, issue and page, DOI, as far as it has them."""
    issue = f"{record['volume'] or ''}{'(' + record['issue'] + ')' if record['issue'] else ''}"
    where = "：".join(p for p in (issue, record["first_page"]) if p)
    place = "，".join(str(p) for p in (record["venue"], record["publication_year"], where) if p)
    return "；".join(p for p in (record["title"], place, f"DOI {record['doi']}" if record["doi"] else "") if p)


def _fields(sources: dict[str, str]) -> list[tuple[str, list[str]]]:
    """Fields by the record they come from, by their Chinese names; the record that gives most comes first."""
    known = schema.fields()
    given: dict[str, list[str]] = {}
    for name, record_id in sorted(sources.items()):
        given.setdefault(record_id, []).append(known[name].zh if name in known else name)
    return sorted(given.items(), key=lambda item: (-len(item[1]), item[0]))


def _others(pairs: list[dict[str, Any]], inside: set[str]) -> Iterator[str]:
    """Records that came near and stayed outside: each with the pair that says most, plainly different ones only counted."""
    nearest: dict[str, dict[str, Any]] = {}
    for pair in sorted(pairs, key=_likeness, reverse=True):
        stranger = pair["right_id"] if pair["left_id"] in inside else pair["left_id"]
        nearest.setdefault(stranger, pair)
    near = [p for p in nearest.values() if p["decision"] != "apart" or _likeness(p)[1] >= NEAR]
    yield from _pairs("没有归并的相近记录", near[:SHOWN], apart=True)
    if left := len(nearest) - len(near[:SHOWN]):
        yield f"另有 {left} 条比较过的记录{'' if len(near) > SHOWN else '明显不同'}，没有列出（--json 列出全部）"


def _likeness(pair: dict[str, Any]) -> tuple[bool, float]:
    """Questions and relations before plain differences, then by likeness of titles."""
    return pair["decision"] != "apart", pair["evidence"].get("题名相似") or 0.0


def _pairs(title: str, pairs: list[dict[str, Any]], apart: bool = False) -> Iterator[str]:
    if not pairs:
        return
    from pipelines.dedup.blocking import BLOCKS
    from pipelines.dedup.rules import DECISIVE

    blocks = {block.name: block.zh for block in BLOCKS}
    rules = {rule.name: rule.zh for rule in DECISIVE}
    yield f"{title}："
    for pair in pairs:
        facts = dict(pair["evidence"])
        reason = facts.pop("理由", "") or rules.get(pair["rule"] or pair["veto"] or "", "没有规则命中")
        name = pair["rule"] or pair["veto"]
        if apart and pair["decision"] == "join":  # the conflict test of clusters stands above a single pair
            reason += "；但与各自已归并的记录合在一起会有矛盾，所以没有归并"
        yield f"  {pair['left_id']} ↔ {pair['right_id']}：{DECISIONS[pair['decision']]}"
        yield f"    理由：{reason}{f'［{name}］' if name else ''}"
        if before := facts.get("规则原判"):
            facts["规则原判"] = rules.get(before, before)
        yield f"    比较：{evidence.facts(facts)}"
        came = [blocks.get(b, b) for b in (pair["blocks"] or "").split("+") if b]
        yield f"    因何相比：{'；'.join(came) or '馆员指定'}"


def _said(value: Any) -> str:
    """A compared value as a person says it; what one side lacks cannot be compared."""
    if value is None:
        return "不可比"
    return ("是" if value else "否") if isinstance(value, bool) else str(value)


def _author(author: dict[str, Any]) -> Iterator[str]:
    marks = [
        m
        for m, on in (("第一作者", author.get("is_first")), ("通讯作者", author.get("is_corresponding") == "yes"))
        if on
    ]
    place = author["author_position"] if author["author_position"] is not None else "–"
    yield f"  {place} {author['name']}{'（' + '、'.join(marks) + '）' if marks else ''}"
    person = author["person"]
    if person:
        facts = "，".join(f"{key} {_said(value)}" for key, value in json.loads(person["evidence"] or "{}").items())
        yield f"    人员：{DECISIONS[person['decision']]} {person['person_id'] or ''}，依据 {person['method']}：{facts}"
    yield from dict.fromkeys(_address(address) for address in author["addresses"])  # several records print the same


def _address(address: dict[str, Any]) -> str:
    where = address["unit_id"] or address["institution_id"] or ""
    return f"    地址：{DECISIONS[address['decision']]} {where}，{address['method']} ← {address['address']}"


FIGURES = {
    "precision": "准确率",
    "recall": "召回率",
    "f1": "F1",
    "block_recall": "候选召回",
    "undecided_per_1000": "每千条待核",
    "seconds": "秒",
    "peak_mb": "内存 MB",
}
WRONG = {"false_merge": "误并", "miss": "漏并"}


def dedup_figures(figures: dict[str, Any]) -> list[dict[str, Any]]:
    """A row for us and one for each peer; what was not measured stays empty."""
    rows = {"学衡": figures, **figures.get("peers", {})}
    return [{"": name, **{zh: _figure(key, row.get(key)) for key, zh in FIGURES.items()}} for name, row in rows.items()]


def _figure(key: str, value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:.4f}" if key in ("precision", "recall", "f1", "block_recall") else f"{value:,.1f}"


def dedup_causes(causes: dict[str, dict[str, int]]) -> list[dict[str, Any]]:
    """A row for each cause of errors: the rule or veto, or that the pair was not compared, or came by closure."""
    return [{"": WRONG[kind], "缘由": name, "对": n} for kind, found in causes.items() for name, n in found.items()]


def dedup_errors(errors: list[dict[str, Any]]) -> Iterator[str]:
    """Lines for false merges and misses, with what was compared."""
    for wrong in errors:
        facts = dict(wrong["evidence"])
        yield f"{WRONG[wrong['kind']]}：{wrong['left_id']} ↔ {wrong['right_id']}（{wrong['cause']}）{facts.pop('理由', '')}"
        for side in ("left", "right"):
            yield "  " + " | ".join(str(v) for v in wrong[side].values() if v is not None)
        yield f"  {evidence.facts(facts)}"


BECAME = {
    "merged": "由几件合并而成",
    "split": "拆成了几件",
    "renumbered": "记录没变而换了号",
    "grown": "增加了记录",
    "shrunk": "减少了记录",
    "new": "新增",
    "gone": "不再有",
}


STATE = {"published": "正在发布", "kept": "保留，可退回", "unfinished": "没有做完"}


def build_list(builds: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """A row per build, oldest first."""
    names = {"build_id": "构建", "state": "状态", "records": "记录", "works": "作品", "merged": "归并"}
    return [{zh: STATE.get(b[k], b[k]) if k == "state" else b[k] for k, zh in names.items()} for b in builds]


def build_difference(told: dict[str, Any]) -> Iterator[str]:
    """Lines for two builds: files, program, works."""
    yield f"构建 {told['old']} → {told['new']}"
    for kind, zh in (("came", "新到"), ("left", "不再有")):
        files = told["files"][kind]
        yield f"{zh}的文件：{len(files) or '没有'}" + (" 个" if files else "")
        for f in files[:SHOWN]:
            yield f"  {f['zh']}  {f['file']}（{f['accepted']} 条，批次 {f['batch_id']}）"
    yield from _circumstances(told["circumstances"])
    works = told["works"]
    yield f"作品：{works['unchanged']:,} 件的记录与编号都没有变"
    for kind, zh in BECAME.items():
        if found := works.get(kind, {"works": 0})["works"]:
            yield f"  {zh}：{found:,} 件"
            for example in works[kind]["examples"]:
                others = next(ids for name, ids in example.items() if name != "work_id")
                yield (
                    f"    {example['work_id']}"
                    + (f" ← {'、'.join(others)}" if kind == "merged" else "")
                    + (f" → {'、'.join(others)}" if kind in ("split", "renumbered") else "")
                )
    yield f"完全相同的表：{told['tables_equal']} 张"


def _circumstances(told: dict[str, Any]) -> Iterator[str]:
    """What besides files may have changed a result."""
    if not told:
        return
    old, new = (told[f"program_{side}"] for side in ("old", "new"))
    dirty = "，有未登记的改动" if old["dirty"] or new["dirty"] else ""
    same = old["commit"] == new["commit"]
    yield f"程序：{'相同' if same else '有改动'}（{_commit(old)}{'' if same else f' → {_commit(new)}'}{dirty}）"
    yield from (f"  {name} {was} → {now}" for name, (was, now) in told["versions"].items())
    if "decisions_dedup" in told["ledger"]:
        yield "其间有新的查重判定"
    if "withdrawn_batches" in told["ledger"]:
        yield "其间有批次撤回"


def _commit(git: dict[str, Any]) -> str:
    return (git["commit"] or "版本不详")[:8]


def table_differences(tables: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """A row per table that differs; the columns that differ most, by their Chinese names."""
    known = schema.fields()
    return [
        {
            "表": f"{t['zh']}（{t['table']}）",
            "原有": t["rows_old"],
            "现有": t["rows_new"],
            "增加": t["added"],
            "去掉": t["removed"],
            "改动": t["changed"],
            "改动的列": "、".join(f"{known[c].zh} {n}" for c, n in list(t.get("columns", {}).items())[:5]),
        }
        for t in tables
    ]


def difference_examples(tables: list[dict[str, Any]]) -> Iterator[str]:
    """Lines for the examples of one table: keys of rows added and removed, both values of rows changed."""
    for kind, zh in (("added", "增加"), ("removed", "去掉"), ("changed", "改动")):
        for row in [row for t in tables for row in t.get("examples", {}).get(kind, [])]:
            told = [f"{k} {v[0]} → {v[1]}" if isinstance(v, list) else str(v) for k, v in row.items()]
            yield f"{zh}：{'；'.join(told)}"


def status(now: dict[str, Any]) -> Iterator[str]:
    """Lines for the balance sheet."""
    published = now["published"]
    yield f"收件箱中还有 {now['inbox_files']} 个文件。" if now["inbox_files"] else "收件箱是空的。"
    if published is None:
        yield "还没有发布过构建。"
        return
    balance = published["balance"]
    yield f"已发布构建 {published['build_id']}：记录 {balance['records']} 条，作品 {balance['works']} 件，归并 {balance['merged']} 条。"
    for name, size in (published["sizes"] or {}).items():
        times = f"，为同样内容 Parquet 的 {size['times']} 倍" if size["times"] else ""
        yield f"  {name}.duckdb {size['database_bytes'] / 1e6:,.1f} MB{times}"
    for table, counts in now["decisions"].items():
        yield f"  {TABLES[table]}：" + "，".join(f"{DECISIONS[d]} {n}" for d, n in counts.items())
    yield from _cut_blocks(now["cut_blocks"])
    for review in now["review"].values():
        yield from asking.waiting(review)
    yield f"ESI 期：{'、'.join(now['esi_periods']) or '没有'}"
    for item in now["quarantine"]:
        yield f"隔离：{item['source']}/{item['batch_id']}（说明见同名文件夹中的 说明.txt）"


def _cut_blocks(blocks: list[dict[str, Any]]) -> Iterator[str]:
    """Groups of records too large to compare all with all, and what was compared of them."""
    if not blocks:
        return
    from pipelines.dedup.blocking import BLOCKS

    names = {block.name: block.zh for block in BLOCKS}
    told = "；".join(
        f"{names.get(b['block'], b['block'])} {b['blocks']:,} 组（最大 {b['largest']:,} 条，{b['pairs_possible']:,} 对中比较了"
        f" {b['pairs_compared']:,} 对）"
        for b in blocks
    )
    yield f"  太大而没有逐对比较的组：{told}；改为比较题名相邻的与再细分后的，明细在 cut_blocks"
