"""Why a work is what it is: its records, the pairs that joined them, where each field came from, why each author got person and unit."""

from __future__ import annotations

import json
from typing import Any

import polars as pl

from pipelines import history
from pipelines.builds import Build
from pipelines.core import ledger
from pipelines.core.errors import ConfigError


def explain(build: Build, wanted: str) -> dict[str, Any]:
    """Everything the build knows of one work.

    `wanted`: a work id (an old one is followed through work_id_aliases), a record id, an accession number or a DOI.
    Errors: ConfigError when nothing is found, or where a vanished id went to when that is no one work.
    """
    aliases = ledger.read(build.home.ledger, "work_id_aliases")
    work_id = _find(build, wanted, aliases)
    records = _rows(build, "clusters", pl.col("work_id") == work_id, ["record_id"])
    ids = [r["record_id"] for r in records]
    held = ["record_id", "source", "source_file", "source_row", "batch_id", "title", "publication_year", "doi", "venue"]
    held += ["volume", "issue", "first_page"]
    inside = pl.col("left_id").is_in(ids) | pl.col("right_id").is_in(ids)
    pairs = _rows(build, "pairs", inside)
    return {
        "work_id": work_id,
        "work": _rows(build, "works", pl.col("work_id") == work_id)[0],
        "records": _rows(build, "records", pl.col("record_id").is_in(ids), held),
        "joined": [_pair(p) for p in pairs if p["left_id"] in ids and p["right_id"] in ids],
        "not_joined": [_pair(p) for p in pairs if not (p["left_id"] in ids and p["right_id"] in ids)],
        "field_sources": {
            r["field_name"]: r["record_id"] for r in _rows(build, "work_field_sources", pl.col("work_id") == work_id)
        },
        "conflicts": _conflicts(build, work_id),
        "metrics": _rows(build, "metrics", pl.col("record_id").is_in(ids)),
        "authors": _authors(build, work_id),
        "history": aliases.filter(pl.any_horizontal(pl.col("work_id", "old_work_id") == work_id)).to_dicts(),
    }


def _find(build: Build, wanted: str, aliases: pl.DataFrame) -> str:
    text = wanted.strip()
    clusters = build.scan("clusters")
    seen: set[str] = set()
    while text not in seen:  # an alias may itself have been merged later
        if clusters.filter(pl.col("work_id") == text).limit(1).collect().height:
            return text
        seen.add(text)
        went = history.successors(aliases, text)
        if went.height and went["work_id"].to_list() != [text]:
            text = _one_successor(text, went)
    key = text.lower()
    hit = build.scan("records").filter(
        (pl.col("record_id") == text) | (pl.col("accession_number") == text) | (pl.col("doi") == key)
    )
    found = hit.select("record_id").join(clusters, on="record_id").select("work_id").unique().sort("work_id").collect()
    if found.is_empty():
        raise ConfigError(
            f"库中没有 {wanted}",
            expected="作品号（w_…）、记录号、入藏号或 DOI",
            next_step="请核对号码；若是新文件，请先运行 xueheng ingest 与 xueheng build",
        )
    return str(found["work_id"][0])


def _one_successor(old: str, went: pl.DataFrame) -> str:
    """The work a vanished id became. ConfigError with where its records are when that is none or several."""
    ids = sorted(went["work_id"].drop_nulls().unique())
    if len(ids) == 1:
        return str(ids[0])
    date = went["date"][0]
    raise ConfigError(
        f"作品 {old} 已拆成 {len(ids)} 件（{date}）" if ids else f"作品 {old} 的记录都已撤回，现在不在库中（{date}）",
        found="、".join(ids),
        next_step="请查看其中一件" if ids else "记录再次交付后，它会用回原来的作品号",
    )


def _conflicts(build: Build, work_id: str) -> list[dict[str, Any]]:
    """Fields in which the work's records differ: what each record states, and which one the work follows."""
    found: dict[str, list[dict[str, Any]]] = {}
    for row in _rows(build, "work_conflicts", pl.col("work_id") == work_id):
        told = {"record_id": row["record_id"], "value": row["field_value"], "is_kept": row["is_kept"]}
        found.setdefault(row["field_name"], []).append(told)
    return [{"field_name": name, "said": said} for name, said in found.items()]


def _pair(row: dict[str, Any]) -> dict[str, Any]:
    evidence = json.loads(row["evidence"]) if row["evidence"] else {}
    return {k: row[k] for k in ("left_id", "right_id", "decision", "rule", "veto", "score", "blocks")} | {
        "evidence": evidence
    }


def _authors(build: Build, work_id: str) -> list[dict[str, Any]]:
    mine = pl.col("work_id") == work_id
    people = {r["author_position"]: r for r in _rows(build, "person_matches", mine)}
    addresses = build.scan("work_addresses").filter(mine)
    columns = ["address_id", "address", "institution_id", "unit_id", "method", "score", "decision", "evidence"]
    matched = addresses.join(build.scan("affiliation_matches").select(columns), on="address_id").sort(
        "author_position", "record_id", "address_role", "address_position", nulls_last=True
    )
    links: dict[int | None, list[dict[str, Any]]] = {}
    for row in matched.collect().to_dicts():
        kept = (
            "record_id",
            "address_role",
            "link",
            "address",
            "institution_id",
            "unit_id",
            "method",
            "score",
            "decision",
            "evidence",
        )
        links.setdefault(row["author_position"], []).append({k: row[k] for k in kept})
    authors = []
    for author in _rows(build, "work_authorships", mine):
        person = people.get(author["author_position"])
        told = {k: v for k, v in (person or {}).items() if k not in ("work_id", "author_position")} or None
        authors.append(author | {"addresses": links.get(author["author_position"], []), "person": told})
    if None in links:
        authors.append(
            {
                "author_position": None,
                "name": "（来源未说明属于哪位作者的地址）",
                "addresses": links[None],
                "person": None,
            }
        )
    return authors


def _rows(build: Build, table: str, where: pl.Expr, columns: list[str] | None = None) -> list[dict[str, Any]]:
    frame = build.scan(table).filter(where)
    return (frame.select(columns) if columns else frame).collect().to_dicts()
