"""Why a file was refused at the door, in words, and the texts that lie beside it in quarantine/."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace

from pipelines.core.errors import PipelineError
from pipelines.core.store import Store, utc_stamp
from pipelines.intake import landing, names
from pipelines.intake.inbox import Entry
from pipelines.validation.verdict import FAIL, Finding, Verdict


def verdict(place: Store, batch: landing.Batch, errors: Mapping[str, PipelineError]) -> Verdict:
    """The verdict on a refused batch, one finding per file. `errors` by the file's path in the inbox."""
    folder = batch.folder(place).relative_to(place.root).as_posix()
    findings = []
    for item in batch.files:
        finding = Finding.of(errors[item.inbox_path])
        safe = "；".join(x for x in (finding.safe, f"其余数据不受影响；原文件在 {folder}/{item.name}") if x)
        step = f"{finding.next_step}；不再需要时可删除 {folder}/ 中的原文件"
        findings.append(replace(finding, where=item.original, safe=safe, next_step=step))
    return Verdict(batch.source, batch.batch_id, tuple(findings))


def refuse_link(place: Store, entry: Entry) -> None:
    """A link or device holds no data of its own: what it was is written down, then it is taken out of the inbox."""
    batch_id = f"{utc_stamp()}-{hashlib.sha256(entry.relative.encode('utf-8', 'surrogateescape')).hexdigest()[:8]}"
    finding = Finding(
        "file_type",
        FAIL,
        "收件箱里放的不是文件本身",
        expected="普通文件",
        found=names.readable(entry.reason),
        where=names.readable(entry.relative),
        safe="所指向的内容没有读取，也没有改动",
        next_step="请把真正的文件放入收件箱",
    )
    folder = place.quarantine / "unknown" / batch_id
    folder.mkdir(parents=True, exist_ok=True)
    Verdict("unknown", batch_id, (finding,)).save(folder)
    landing.record(
        place,
        [
            {
                "sha256": "",
                "file": names.readable(entry.relative),
                "source": "unknown",
                "batch_id": batch_id,
                "fate": landing.REFUSED,
                "reason": finding.what,
            }
        ],
    )
    entry.path.unlink(missing_ok=True)
