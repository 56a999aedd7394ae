"""Columns of text cut out of one byte buffer by position, without a loop over values and without copying them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

Bytes = npt.NDArray[np.uint8]
Positions = npt.NDArray[np.int64]
INLINE = 12  # bytes that an Arrow string view holds itself
VIEW = 16
SLICE = 256 << 10


@dataclass(frozen=True)
class Spans:
    """Byte ranges of a buffer, each the value of one cell: start, length, column number, row number."""

    start: Positions
    length: Positions
    column: Positions
    row: Positions

    def where(self, keep: npt.NDArray[np.bool_]) -> Spans:
        """The spans marked in `keep`."""
        return Spans(self.start[keep], self.length[keep], self.column[keep], self.row[keep])


def frame(buffer: bytearray | bytes, spans: Spans, names: list[str], height: int) -> pl.DataFrame:
    """A frame of text whose cells are the spans; cells without a span are null.

    Several spans for one cell are joined by a line feed, in the order given.
    The frame keeps the buffer alive; every span must be valid UTF-8.
    """
    extra = bytearray()
    views = _views(np.frombuffer(buffer, dtype=np.uint8), spans)
    index = np.full((len(names), height), -1, dtype=np.int64)
    index[spans.column, spans.row] = np.arange(len(spans.start))
    if int((index >= 0).sum()) < len(spans.start):
        views = _joined(buffer, spans, views, index, extra)
    data = [pa.py_buffer(buffer), pa.py_buffer(extra)]
    return pl.DataFrame({name: _column(views, index[number], data) for number, name in enumerate(names)})


def places(buffer: Bytes, byte: int) -> Positions:
    """Where a byte occurs. Slices that stay in the cache take half the time of the whole buffer at once."""
    found = [np.flatnonzero(buffer[at : at + SLICE] == byte) + at for at in range(0, len(buffer), SLICE)]
    return np.concatenate(found) if found else np.zeros(0, dtype=np.int64)


def _views(buffer: Bytes, spans: Spans) -> Bytes:
    """Arrow string views (16 bytes each): length, then the text itself if short, else prefix, buffer number, offset."""
    views = np.zeros((len(spans.start), VIEW), dtype=np.uint8)
    if not len(views):
        return views
    words = views.view(np.int32)
    words[:, 0] = spans.length
    tail = len(buffer) - INLINE  # windows must not run over the end of the buffer
    near_end = spans.start > tail
    padded = np.concatenate([buffer[max(tail, 0) :], np.zeros(INLINE, dtype=np.uint8)])
    texts = np.zeros((len(views), INLINE), dtype=np.uint8)
    if tail >= 0:
        windows = np.lib.stride_tricks.sliding_window_view(buffer, INLINE)
        texts[~near_end] = windows[spans.start[~near_end]]
    if near_end.any():
        ends = np.lib.stride_tricks.sliding_window_view(padded, INLINE)
        texts[near_end] = ends[spans.start[near_end] - max(tail, 0)]
    texts[np.arange(INLINE)[None, :] >= spans.length[:, None]] = 0
    views[:, 4:] = texts
    long = spans.length > INLINE
    words[long, 2] = 0
    words[long, 3] = spans.start[long]
    return views


def _joined(buffer: bytearray | bytes, spans: Spans, views: Bytes, index: Positions, extra: bytearray) -> Bytes:
    """Views where the last span of a repeated cell stands for all of its spans. Repeated cells are rare, hence a loop."""
    last = index[spans.column, spans.row]
    repeated = np.flatnonzero(np.bincount(last, minlength=len(last)) > 1)
    views = views.copy()
    words = views.view(np.int32)
    order = np.argsort(last, kind="stable")
    low, high = (np.searchsorted(last[order], repeated, side) for side in ("left", "right"))
    for cell, a, b in zip(repeated, low, high, strict=True):
        members = order[a:b]
        parts = [bytes(buffer[spans.start[m] : spans.start[m] + spans.length[m]]) for m in members]
        text = b"\n".join(parts)
        views[cell] = 0
        words[cell, 0] = len(text)
        views[cell, 4 : 4 + min(len(text), 4 if len(text) > INLINE else INLINE)] = np.frombuffer(
            text[: 4 if len(text) > INLINE else INLINE], dtype=np.uint8
        )
        if len(text) > INLINE:
            words[cell, 2], words[cell, 3] = 1, len(extra)
            extra += text
    return views


def _column(views: Bytes, index: Positions, data: list[pa.Buffer]) -> pl.Series:
    filled = index >= 0
    cells = np.zeros((len(index), VIEW), dtype=np.uint8)
    cells[filled] = views[index[filled]]
    valid = pa.py_buffer(np.packbits(filled, bitorder="little"))
    array = pa.Array.from_buffers(pa.string_view(), len(index), [valid, pa.py_buffer(cells), *data])
    column = pl.from_arrow(array)
    assert isinstance(column, pl.Series)
    return column
