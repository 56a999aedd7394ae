"""What an ingest did, batch by batch, in figures and words."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class BatchReport:
    """One batch. Rows: read = accepted + quarantined; `warnings` quote no cell of a file."""

    source: str
    batch_id: str
    files: int
    read: int
    accepted: int
    quarantined: int
    refused: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    seconds: float = 0.0
    docs: str = ""

    def words(self) -> str:
        """One line."""
        line = f"批次 {self.batch_id}：{self.files} 个文件，读取 {self.read} 行，接受 {self.accepted} 行"
        line += f"，另存 {self.quarantined} 行" if self.quarantined else ""
        return line + (f"，未接受的文件 {len(self.refused)} 个（{'；'.join(self.refused)}）" if self.refused else "")


@dataclass(frozen=True)
class IngestReport:
    """New batches of one source."""

    source: str
    batches: tuple[BatchReport, ...] = ()

    @property
    def read(self) -> int:
        return sum(b.read for b in self.batches)

    @property
    def accepted(self) -> int:
        return sum(b.accepted for b in self.batches)

    @property
    def quarantined(self) -> int:
        return sum(b.quarantined for b in self.batches)

    @property
    def files(self) -> int:
        return sum(b.files for b in self.batches)

    @property
    def warnings(self) -> tuple[str, ...]:
        """Everything that should be told, once."""
        return tuple(dict.fromkeys(w for b in self.batches for w in b.warnings))

    def as_dict(self) -> dict[str, Any]:
        """For `--json`."""
        totals = {k: getattr(self, k) for k in ("files", "read", "accepted", "quarantined")}
        return {"source": self.source, **totals, "batches": [asdict(b) for b in self.batches]}

    def words(self) -> str:
        """Lines for a terminal."""
        if not self.batches:
            return f"{self.source}：没有新的批次"
        return "\n".join([*(b.words() for b in self.batches), *self.warnings])
