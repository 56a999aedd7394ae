"""Damaged copies of files: cut, flipped, spliced, repeated, interleaved – what downloads, editors and disks do to them."""

from __future__ import annotations

import random
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

import polars as pl

from pipelines.core.errors import SourceError
from pipelines.sources import _recognise, modules, record_ids

LIMIT = 10  # seconds after which a reader hangs
Mutation = Callable[[bytes, random.Random, bytes], bytes]


def truncate(data: bytes, chance: random.Random, _: bytes) -> bytes:
    return data[: chance.randrange(len(data))]


def behead(data: bytes, chance: random.Random, _: bytes) -> bytes:
    return data[chance.randrange(len(data)) :]


def flip(data: bytes, chance: random.Random, _: bytes) -> bytes:
    damaged = bytearray(data)
    for _number in range(chance.choice((1, 3, 30, 300))):
        damaged[chance.randrange(len(damaged))] = chance.randrange(256)
    return bytes(damaged)


def splice(data: bytes, chance: random.Random, other: bytes) -> bytes:
    at, start = chance.randrange(len(data)), chance.randrange(len(other))
    return data[:at] + other[start : start + chance.choice((10, 1000, 100000))] + data[at:]


def glue(data: bytes, _: random.Random, other: bytes) -> bytes:
    return data + other


def drop(data: bytes, chance: random.Random, _: bytes) -> bytes:
    at = chance.randrange(len(data))
    return data[:at] + data[at + chance.choice((1, 20, 5000)) :]


def repeat(data: bytes, chance: random.Random, _: bytes) -> bytes:
    at = chance.randrange(len(data))
    return data[:at] + data[at : at + chance.choice((5, 500, 50000))] * chance.choice((2, 20)) + data[at:]


def lines(data: bytes, chance: random.Random, _: bytes) -> bytes:
    """Some lines gone, some swapped."""
    rows = data.split(b"\n")
    for _number in range(chance.choice((1, 5, 50))):
        at = chance.randrange(len(rows))
        if chance.random() < 0.5 and len(rows) > 1:
            del rows[at]
        else:
            there = chance.randrange(len(rows))
            rows[at], rows[there] = rows[there], rows[at]
    return b"\n".join(rows)


def recode(data: bytes, chance: random.Random, _: bytes) -> bytes:
    """Saved in another encoding, or with other line ends."""
    text = data.decode("utf-8", "replace")
    kinds = ("utf-16", "utf-16-le", "gb18030", "latin-1", "utf-8-sig")
    if chance.random() < 0.3:
        return data.replace(b"\n", chance.choice((b"\r", b"\r\n", b"\n\n")))
    return text.encode(chance.choice(kinds), "replace")


MUTATIONS: tuple[Mutation, ...] = (truncate, behead, flip, splice, glue, drop, repeat, lines, recode)


@dataclass(frozen=True)
class Outcome:
    """What became of a damaged file: refused in words, or rows that are all accounted for."""

    refused: bool
    accepted: int = 0
    rejected: int = 0


def mutate(path: Path, other: Path, seed: int) -> bytes:
    """One to three damages of a file, the same for the same seed."""
    chance = random.Random(seed)
    data = path.read_bytes()
    for mutation in chance.choices(MUTATIONS, k=chance.choice((1, 1, 2, 3))):
        data = mutation(data, chance, other.read_bytes()) if data else data
    return data


def read(path: Path) -> Outcome:
    """Read a file as ingest does. AssertionError for a row that is lost, doubled or told without words; TimeoutError for a hang."""
    with _limited(LIMIT):
        try:
            found = _recognise.recognise(path)
            return _rows(path, found)
        except SourceError as error:
            assert error.what.strip() and error.parts["下一步"].strip(), f"no words: {error}"
            return Outcome(True)


def _rows(path: Path, found: object) -> Outcome:
    module = modules()[found.source]  # type: ignore[attr-defined]
    accepted, rejected = [], []
    for chunk in module.read(path, found, _recognise.COUNT_ONLY | {"path_text": str(path)}):
        accepted += chunk.rows["source_row"].to_list()
        rejected += chunk.rejected["row"].to_list()
        if chunk.rejected.height:
            told = chunk.rejected.select(
                pl.all_horizontal(pl.col("found", "next_step").str.len_chars() > 0).all()
            ).item()
            assert told, "a row is set aside without words"
        assert record_ids(module, chunk.rows).len() == chunk.rows.height
    numbers = sorted([*accepted, *rejected])
    assert numbers == list(range(1, len(numbers) + 1)), f"rows lost or doubled: {_odd(numbers)}"
    return Outcome(False, len(accepted), len(rejected))


def _odd(numbers: list[int]) -> str:
    twice = sorted({n for n in numbers if numbers.count(n) > 1})[:5] if len(numbers) < 5000 else []
    gone = sorted(set(range(1, (numbers or [0])[-1] + 1)) - set(numbers))[:5]
    return f"doubled {twice}, lost {gone}"


@contextmanager
def _limited(seconds: int) -> Iterator[None]:
    def late(_number: int, _frame: FrameType | None) -> None:
        raise TimeoutError(f"no answer within {seconds} seconds")

    before = signal.signal(signal.SIGPROF, late)
    signal.setitimer(signal.ITIMER_PROF, seconds)  # of the processor, not of the clock: machines are shared
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
