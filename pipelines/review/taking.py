"""landing/review/ to the ledger: each returned sheet is read once; what cannot be taken is told in quarantine/review/."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

import polars as pl

from pipelines.builds import Build
from pipelines.core import ledger
from pipelines.core.errors import SourceError
from pipelines.core.store import Store
from pipelines.intake import landing, recognise
from pipelines.intake.landing import Batch, Item
from pipelines.intake.locking import exclusive
from pipelines.intake.sheets import SOURCE, ZH
from pipelines.review.answers import Returned, Today, read
from pipelines.review.kinds import Kind
from pipelines.validation.verdict import Finding, Verdict

log = logging.getLogger(__name__)
_ORIGIN = ("source_file", "source_row")


@dataclass(frozen=True)
class Taken:
    """What became of one returned sheet."""

    file: str
    zh: str
    accepted: int
    repeated: int
    rejected: int
    unanswered: int
    gone: int
    told: str

    def words(self) -> str:
        """One line."""
        parts = [f"采用 {self.accepted} 条判定"]
        parts += [f"{self.repeated} 条以前登记过"] if self.repeated else []
        parts += [f"{self.rejected} 行没有采用（逐行说明在 {self.told}）"] if self.rejected else []
        parts += [f"{self.unanswered} 行没有填"] if self.unanswered else []
        parts += [f"其中 {self.gone} 条所指的现在不在库中（判定保留，再来时生效）"] if self.gone else []
        return f"{ZH}（{self.zh}）{self.file}：" + "，".join(parts)


def take(place: Store, kinds: Mapping[str, Kind], published: Build | None) -> tuple[Taken, ...]:
    """Read every landed sheet that was not read yet. A crash between two steps repeats, and repeating adds nothing."""
    taken = []
    with exclusive(place.root / ".review.lock"):
        done = set(ledger.read(place.ledger, "review_sheets")["batch_id"])
        arrived = ledger.read(place.ledger, "files").filter(
            pl.col("source") == SOURCE, pl.col("fate") == landing.ACCEPTED
        )
        for batch_id in sorted(set(arrived["batch_id"]) - done):
            batch = landing.read_account(place.landing / SOURCE / batch_id)
            taken += _take_batch(place, batch, kinds, published)
    return tuple(taken)


def _take_batch(place: Store, batch: Batch, kinds: Mapping[str, Kind], published: Build | None) -> list[Taken]:
    taken: list[Taken] = []
    sheets: list[dict[str, str]] = []
    findings: list[Finding] = []
    for item in batch.files:
        kind_name, one, problems = _take_file(place, batch, item, kinds, published)
        findings += problems
        taken.append(one)
        counts = {c: str(getattr(one, c)) for c in ("accepted", "repeated", "rejected", "unanswered")}
        sheets.append(
            {"batch_id": batch.batch_id, "file": item.name, "kind": kind_name, "date": landing.now_text(), **counts}
        )
    if findings:
        folder = place.quarantine / SOURCE / batch.batch_id
        folder.mkdir(parents=True, exist_ok=True)
        Verdict(SOURCE, batch.batch_id, tuple(findings)).save(folder)
    ledger.append(place.ledger, "review_sheets", pl.DataFrame(sheets))
    log.info("review", extra={"batch": batch.batch_id, "accepted": sum(t.accepted for t in taken)})
    return taken


def _take_file(
    place: Store, batch: Batch, item: Item, kinds: Mapping[str, Kind], published: Build | None
) -> tuple[str, Taken, list[Finding]]:
    told = f"quarantine/{SOURCE}/{batch.batch_id}/说明.txt"
    try:
        found = recognise(place.landing / SOURCE / batch.batch_id / item.name)
        if found.source != SOURCE:
            raise SourceError(f"不再认得这是{ZH}", where=item.original, next_step="请把本条信息交给维护人员")
        kind = kinds[found.kind]
        path = place.landing / SOURCE / batch.batch_id / item.name
        day = date.fromisoformat(batch.arrived_at[:10])
        returned = read(path, found, kind, Today.of(kind, published), day, item.original)
    except SourceError as error:
        nothing = Taken(item.original, "", 0, 0, 1, 0, 0, told)
        return "", nothing, [replace(Finding.of(error), where=item.original)]
    accepted = _remember(place, kind, returned, f"{SOURCE}/{batch.batch_id}/{item.name}")
    counts = (accepted, len(returned.lines) - accepted, len(returned.problems), returned.unanswered, returned.gone)
    return found.kind, Taken(item.original, kind.layout.zh, *counts, told), returned.problems


def _remember(place: Store, kind: Kind, returned: Returned, source_file: str) -> int:
    """Append what was not said before in the same words; returns how many lines that were."""
    stream = kind.layout.stream
    if not returned.lines:
        return 0
    columns = ledger.STREAMS[stream]
    lines = pl.DataFrame([line | {"source_file": source_file} for line in returned.lines]).select(columns)
    words = [c for c in columns if c not in _ORIGIN]
    fresh = lines.unique(words, keep="first", maintain_order=True).join(
        ledger.read(place.ledger, stream), on=words, how="anti", nulls_equal=True, maintain_order="left"
    )
    ledger.append(place.ledger, stream, fresh)
    return fresh.height
