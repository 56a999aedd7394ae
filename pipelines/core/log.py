"""JSON-lines logging: one event per line, no personal data."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime
from typing import IO

_PLAIN = set(vars(logging.makeLogRecord({})))


class JsonLines(logging.Formatter):
    """time, level, event and the `extra` fields of a log record as one JSON object."""

    def format(self, record: logging.LogRecord) -> str:
        event = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "event": record.getMessage(),
        }
        event |= {k: v for k, v in vars(record).items() if k not in _PLAIN and k not in ("message", "taskName")}
        return json.dumps(event, ensure_ascii=False, default=str)


def to_stream(stream: IO[str], level: int = logging.INFO) -> None:
    """Send the project's log events to a stream as JSON lines."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines())
    logger = logging.getLogger("pipelines")
    logger.addHandler(handler)
    logger.setLevel(level)
