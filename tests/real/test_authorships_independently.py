"""1,000 authorships of real files, read by the readers and by a program apart from them: order, names, links, corresponding."""

from __future__ import annotations

import inspect
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import independent
import polars as pl
import pytest
from independent import Authorship, squeeze

from pipelines.core import dictionaries
from pipelines.ingest.origin import Origin
from pipelines.sources import _recognise, modules

WANTED = 1000


def canonical(path: Path) -> dict[tuple[str, int], tuple[str, frozenset[str], str]]:
    """(accession number, position) -> name, linked addresses, corresponding, as the build's tables have it."""
    found = _recognise.recognise(path)
    module = modules()[found.source]
    origin = Origin("b", 1, path.name, "2026-11-22", {})
    chunks = module.read(path, found, {"path_text": str(path)})
    raw = pl.concat([origin.stamp(chunk.rows, module) for chunk in chunks], how="diagonal").lazy()
    keys = _made(module, "records", raw).select("raw_id", "accession_number")
    authors = _made(module, "authorships", raw).filter(~pl.col("is_group_author").fill_null(False))
    places = _made(module, "addresses", raw).select("raw_id", "address_role", "address_position", "address")
    links = _made(module, "authorship_addresses", raw).filter(pl.col("address_role") == "author")
    held = links.join(places, on=["raw_id", "address_role", "address_position"])
    grouped = held.group_by("raw_id", "author_position").agg(pl.col("address"))
    rows = authors.join(keys, on="raw_id").join(grouped, on=["raw_id", "author_position"], how="left")
    columns = ["accession_number", "author_position", "name", "address", "is_corresponding"]
    return {
        (key, position): (name, frozenset(squeeze(a) for a in addresses or ()), role)
        for key, position, name, addresses, role in rows.select(columns).iter_rows()
    }


def _made(module: ModuleType, table: str, raw: pl.LazyFrame) -> pl.DataFrame:
    """A table of the source, with the dictionaries that its function names."""
    function = getattr(module, f"source_{table}")
    named = [n for n, p in inspect.signature(function).parameters.items() if p.kind is inspect.Parameter.KEYWORD_ONLY]
    made = function(raw, **{n: dictionaries.load(n.removesuffix("_dictionary"), "common") for n in named})
    return made.collect() if isinstance(made, pl.LazyFrame) else made


def some(every: list[Authorship], count: int) -> list[Authorship]:
    """Authorships that the raw text leaves no doubt about, the same at every run."""
    sure = [a for a in every if a.sure]
    return random.Random(20261122).sample(sure, min(count, len(sure)))


FILES: list[tuple[str, Callable[[Path], Iterator[Authorship]], int]] = [
    ("wos/citespace-hw-3-500.txt", independent.wos, 400),
    ("wos/baig.ciw", independent.wos, 400),
    ("wos/metaknowledge-tr-32.txt", independent.wos, 50),
    ("wos/refsplitr-BITR.txt", independent.wos, 50),
    ("wos/bibliometrix-subset-8.txt", independent.wos, 20),
    ("ei/compendex-inspec-detailed-2020.xlsx", independent.ei, 400),
    ("scopus/metaknowledge-2015.csv", independent.scopus, 150),
    ("scopus/agridata-europe.csv", independent.scopus, 100),
]


@pytest.mark.parametrize(("name", "reader", "count"), FILES, ids=[f[0] for f in FILES])
def test_reader_and_raw_text_agree(
    shared: Path, name: str, reader: Callable[[Path], Iterator[Authorship]], count: int
) -> None:
    path = shared / "exports" / name
    chosen = some(list(reader(path)), count)
    read = canonical(path)
    assert chosen, "nothing to compare"
    wrong = [line for author in chosen for line in _differences(author, read, name.startswith("scopus"))]
    assert not wrong, f"{len(wrong)} of {len(chosen)}:\n" + "\n".join(wrong[:10])


def test_a_thousand_are_compared(shared: Path) -> None:
    assert sum(len(some(list(reader(shared / "exports" / name)), count)) for name, reader, count in FILES) >= WANTED


def _differences(
    author: Authorship, read: dict[tuple[str, int], tuple[str, frozenset[str], str]], joined: bool
) -> Iterator[str]:
    """What differs, by place: positions and counts only, no name of a real person."""
    where = f"{author.key}, author {author.position}"
    if (author.key, author.position) not in read:
        yield f"{where}: missing"
        return
    name, addresses, role = read[author.key, author.position]
    # the same name stands with a comma in one cell of Scopus and without it in another
    if squeeze(name.replace(",", " ")) != squeeze(author.name.replace(",", " ")):
        yield f"{where}: name"
    if joined and author.addresses:
        (part,) = author.addresses
        rest = part
        for address in addresses:
            if address not in squeeze(part):
                yield f"{where}: an address that is not in the author's part"
            rest = squeeze(rest).replace(address, "")
        left = [w for w in rest.replace(",", " ").replace(".", " ").split() if len(w) > 3]
        if len(left) > 4:  # the name alone may be left over
            yield f"{where}: {len(left)} words of the author's part belong to no address"
    elif not joined and {a.rstrip(".") for a in addresses} != set(author.addresses):
        yield f"{where}: {len(addresses)} addresses, raw text has {len(author.addresses)}"
    if not joined and role != author.corresponding:
        yield f"{where}: corresponding {role}, raw text says {author.corresponding}"
