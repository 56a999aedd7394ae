"""BLOCKS: which records are worth comparing. A pair is a candidate when any block holds both."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from itertools import combinations

import polars as pl

from pipelines.dedup.prepare import RARE_TOKENS, rare_tokens
from pipelines.dedup.signatures import AUTHOR_MARKS

log = logging.getLogger(__name__)

# A block is compared all with all up to its size limit. In a larger one every record meets its WINDOW neighbours in title
# order, and the block is split by further keys: nothing is dropped, and no block is quadratic.
MAX_BLOCK = 100
LOOSE_BLOCK = 20  # for keys that unlike works share easily
WINDOW = 5
TITLE_BLOCK, TITLE_WINDOW = 8, 2  # for parts of titles: works of one field share them by the thousand
_EVERYONE = 2**64 - 1  # marks of a record without authors: it may be anybody's
NEIGHBOUR_ORDER = ("title_compact", "authors_key", "publication_year", "page_key", "record_id")


@dataclass(frozen=True)
class Block:
    """A name, its Chinese name, and the key or list of keys of a record; records without a key are not in the block."""

    name: str
    zh: str
    keys: pl.Expr
    most: int = MAX_BLOCK
    window: int = WINDOW
    signed: bool = False  # only records with a common author, or without authors: alike titles alone are no reason


def _joined(*columns: str) -> pl.Expr:
    return pl.concat_str([pl.col(c).cast(pl.String) for c in columns], separator="|")


def _each(columns: tuple[str, ...], *others: str) -> pl.Expr:
    return pl.concat_list([_joined(c, *others) for c in columns])


_PLACES = ("journal_id", "issn", "eissn", "venue_key", "venue_pinyin")
# Three of the rarest words in common: two would pair every second title of a narrow field.
_RARE = [pl.col("rare").list.get(i, null_on_oob=True).cast(pl.UInt64) for i in range(RARE_TOKENS)]
_MIX = (
    1,
    0x9E3779B97F4A7C15,
    0xC2B2AE3D27D4EB4F,
)  # odd numbers: products wrap round, equal keys are as good as never by chance
_RARE_TRIPLES = [
    pl.sum_horizontal(
        (word * pl.lit(factor, pl.UInt64) for word, factor in zip(three, _MIX, strict=True)), ignore_nulls=False
    )
    for three in combinations(_RARE, 3)
]

_surnames = pl.col("authors_key").str.count_matches(" ", literal=True) + 1  # two surnames agree by chance too often

BLOCKS: tuple[Block, ...] = (
    Block("doi", "同 DOI", pl.col("doi")),
    Block("title", "同题名", pl.concat_list("title_compact", "other_compact")),
    Block(
        "title_start",
        "题名开头相同",
        pl.concat_list(pl.col("title_compact", "other_compact").str.head(24)),
        TITLE_BLOCK,
        TITLE_WINDOW,
        signed=True,
    ),
    Block("rare_words", "三个罕见词相同", pl.concat_list(_RARE_TRIPLES), TITLE_BLOCK, TITLE_WINDOW, signed=True),
    Block("volume_page", "同刊同卷同页", _each(_PLACES, "volume_key", "page_key")),
    Block("issue_page", "同刊同年同期同页", _each(_PLACES, "publication_year", "issue_key", "page_key")),
    Block("journal_team", "同刊、作者姓与首字母全同", _each(_PLACES, "team"), LOOSE_BLOCK),
    Block("author_page", "同第一作者同年同页", _joined("first_author_key", "publication_year", "page_key")),
    Block("authors", "四位以上作者全同", pl.when(_surnames >= 4).then("authors_key"), LOOSE_BLOCK),
    Block(
        "authors_year",
        "三位作者全同同年",
        pl.when(_surnames == 3).then(_joined("authors_key", "publication_year")),
        LOOSE_BLOCK,
    ),
)
SPLITS = ("publication_year", "first_author_key", "page_key", "volume_key")


Part = tuple[int, int]


def candidates(frame: pl.DataFrame, decided: pl.DataFrame, part: Part = (0, 1)) -> pl.DataFrame:
    """Pairs of row numbers worth comparing, with the blocks that proposed them; pairs a librarian decided are among them.

    part: of how many parts only this one is wanted. A pair belongs to the part of its left record, whatever block proposes it:
    so no pair is in two parts, and each part knows all blocks of its pairs.

    Grain: one row per unordered pair, left < right, sorted.
    """
    here = pl.col("record_id").hash() % part[1] == part[0]
    keyed = frame.join(rare_tokens(frame), on="row", how="left", maintain_order="left").with_columns(here=here)
    by_title = frame.select("row", *NEIGHBOUR_ORDER).sort(NEIGHBOUR_ORDER, nulls_last=True)["row"]
    order = by_title.arg_sort()  # place of each row in the order of titles
    found = [
        _of_block(keyed, order, block).with_columns(bit=pl.lit(1 << i, pl.UInt32)) for i, block in enumerate(BLOCKS)
    ]
    found.append(decided.select("left", "right", bit=pl.lit(1 << len(BLOCKS), pl.UInt32)))
    pairs = pl.concat(found)
    together = (
        pairs.filter(keyed["here"].gather(pairs["left"]))
        .group_by("left", "right")
        .agg(pl.col("bit").sum())
        .sort("left", "right")
    )
    masks = together["bit"].unique()
    names = pl.Series([_names(mask) for mask in masks], dtype=pl.String)
    return together.select("left", "right", blocks=pl.col("bit").replace_strict(masks, names, return_dtype=pl.String))


def _names(mask: int) -> str:
    names = [*(block.name for block in BLOCKS), "librarian"]
    return "+".join(name for i, name in enumerate(names) if mask >> i & 1)


def _of_block(frame: pl.DataFrame, order: pl.Series, block: Block) -> pl.DataFrame:
    """Pairs of one block, each once. Only row numbers and keys travel; what else is asked of a record is looked up by its row."""
    keys = frame.lazy().select("row", key=block.keys)
    if isinstance(keys.collect_schema()["key"], pl.List):
        keys = keys.explode("key")
    hashed = keys.drop_nulls("key").select("row", pl.col("key").hash()).sort("key")
    key = pl.col("key")
    shared = (key == key.shift(1)) | (key == key.shift(-1))  # cheaper than counting keys, most of which are alone
    members = hashed.filter(shared.fill_null(False)).unique().collect()
    size = pl.len().over("key")
    pairs = [_neighbours(members.filter(size > block.most), frame, order, block)]
    for split in (*SPLITS, None):
        pairs.append(_all_with_all(members.filter((size > 1) & (size <= block.most)), frame, block))
        members = members.filter(size > block.most)
        if members.is_empty() or split is None:
            break
        parted = members.with_columns(split=frame[split].gather(members["row"]))
        members = parted.select("row", key=pl.struct("key", "split").hash())
    return pl.concat(pairs).unique()


def _all_with_all(members: pl.DataFrame, frame: pl.DataFrame, block: Block) -> pl.DataFrame:
    marked = _marked(members, frame, block)
    mine = marked.filter(frame["here"].gather(members["row"]))
    joined = mine.lazy().join(marked.lazy(), on="key", suffix="_right")
    fitting = joined.filter(pl.col("row") < pl.col("row_right"), *_common(block))
    return fitting.select(left="row", right="row_right").collect()


def _marked(members: pl.DataFrame, frame: pl.DataFrame, block: Block) -> pl.DataFrame:
    """Members of a signed block with the bits of their authors; comments, replies and corrections name texts of other authors."""
    if not block.signed:
        return members
    told = pl.when(pl.col("notice").is_null()).then(pl.col(*AUTHOR_MARKS)).fill_null(_EVERYONE)
    return members.hstack(frame.select("notice", *AUTHOR_MARKS)[members["row"]].select(told))


def _common(block: Block) -> list[pl.Expr]:
    return [(pl.col(mark) & pl.col(f"{mark}_right")) != 0 for mark in AUTHOR_MARKS if block.signed]


def _neighbours(members: pl.DataFrame, frame: pl.DataFrame, order: pl.Series, block: Block) -> pl.DataFrame:
    """Each record of an oversize block with the next few records in title order."""
    ordered = _marked(members, frame, block).with_columns(place=order.gather(members["row"])).sort("key", "place")
    others = [c for c in ordered.columns if c not in ("key", "place")]
    shifted = [
        ordered.with_columns(pl.col(others).shift(-step).over("key").name.suffix("_right"))
        .drop_nulls("row_right")
        .filter(*_common(block))
        .select("row", "row_right")
        for step in range(1, block.window + 1)
    ]
    pairs = pl.concat(shifted).select(
        left=pl.min_horizontal("row", "row_right"), right=pl.max_horizontal("row", "row_right")
    )
    if not members.is_empty():
        _tell(members, pairs.height, block)
    return pairs


def _tell(members: pl.DataFrame, proposed: int, block: Block) -> None:
    """What the limit of a block cut: how many pairs it could have held, and how many neighbours are compared all the same."""
    sizes = members.group_by("key").agg(size=pl.len().cast(pl.Int64))["size"]
    log.info(
        "large_blocks_split",
        extra={
            "block": block.name,
            "limit": block.most,
            "blocks": sizes.len(),
            "largest": sizes.max(),
            "records": members["row"].n_unique(),
            "pairs_possible": int((sizes * (sizes - 1) // 2).sum()),
            "neighbours": proposed,
        },
    )
