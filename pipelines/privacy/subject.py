"""Who is meant: a person of the roster by number, ORCID, e-mail or name, or a person on a list; and all that names him."""

from __future__ import annotations

import re
from dataclasses import dataclass

import polars as pl

from pipelines.builds import Build
from pipelines.core import subjects
from pipelines.core.errors import ConfigError

ROW = ("source", "batch_id", "source_file", "source_row")
LISTED = ("list_name", "list_edition", "list_category", "name", "affiliation")
_ORCID = re.compile(r"\d{4}-\d{4}-\d{4}-\d{3}[\dX]")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")


@dataclass(frozen=True)
class Subject:
    """One person. `rows`: raw rows about him (source, batch, file, row); `places`: authorships that are his; `listed`: rows of lists."""

    pseudonym: str
    person_id: str | None
    names: tuple[str, ...]
    identifiers: tuple[str, ...]  # kind:value
    rows: pl.DataFrame
    places: pl.DataFrame
    listed: pl.DataFrame

    def values(self, *kinds: str) -> list[str]:
        """Values of these kinds, or of all."""
        parted = [i.split(":", 1) for i in self.identifiers]
        return [value for kind, value in parted if not kinds or kind in kinds]


def find(build: Build, who: str) -> Subject:
    """The person that a number, ORCID, e-mail or full Chinese name means in the published build.

    Errors: ConfigError when nobody or more than one person is meant; the numbers are told, never the names.
    """
    wanted = who.strip()
    people = build.scan("people").collect()
    orcid = (
        pl.col("orcid").str.to_uppercase().str.ends_with(wanted.upper())
        if _ORCID.search(wanted.upper())
        else pl.lit(False)
    )
    email = pl.col("email").str.to_lowercase() == wanted.casefold()
    by_key = people.filter((pl.col("person_id") == wanted) | orcid | email)
    mine = by_key if by_key.height else people.filter(pl.col("name_zh") == wanted)
    ids = mine["person_id"].unique().sort().to_list()
    if len(ids) > 1:
        raise ConfigError("这个姓名或标识对应名册上的多人", found="、".join(ids), next_step="请写工号或学号")
    if not ids and not (_ORCID.fullmatch(wanted.upper()) or _EMAIL.fullmatch(wanted)):
        raise ConfigError(
            "名册里没有这个人", expected="工号、学号、ORCID、邮箱或中文姓名", next_step="名册之外的人请写 ORCID 或邮箱"
        )
    person = ids[0] if ids else None
    kind = "orcid" if _ORCID.fullmatch(wanted.upper()) else "email"
    known = (
        {f"person_id:{person}"} if person else {f"{kind}:{wanted.upper() if kind == 'orcid' else wanted.casefold()}"}
    )
    known |= {f"orcid:{v.rsplit('/', 1)[-1].upper()}" for v in mine["orcid"].drop_nulls()}
    known |= {f"email:{v.casefold()}" for v in mine["email"].drop_nulls()}
    names = tuple(mine["name_zh"].drop_nulls().unique().sort())
    return _gathered(build, person or wanted, person, names, known, mine)


def _gathered(
    build: Build, key: str, person: str | None, names: tuple[str, ...], known: set[str], mine: pl.DataFrame
) -> Subject:
    matches = build.scan("person_matches").filter(pl.col("person_id") == person, pl.col("decision") == "match")
    places = matches.select("work_id", "author_position").collect()
    decided = build.scan("list_matches").filter(pl.col("person_id") == person, pl.col("decision") == "match")
    lists = build.scan("people_lists").join(decided.select(LISTED), on=LISTED, how="semi", nulls_equal=True).collect()
    orcids = [i.split(":", 1)[1] for i in known if i.startswith("orcid:")]
    seen = build.scan("incites_people").filter(
        pl.col("orcid").str.to_uppercase().str.tail(19).is_in(orcids)
    ).collect()  # fmt: skip
    known |= {f"researcher_id:{v}" for v in seen["researcher_id"].drop_nulls()}
    claimed = build.scan("claimed_works").filter(pl.col("person_id") == person).collect()
    parts = (("roster", mine), ("roster", claimed), ("scholars", lists), ("incites", seen))
    rows = pl.concat(
        [f.select(pl.lit(s).alias("source"), *(pl.col(c) for c in ROW[1:])) for s, f in parts]
    ).unique().sort(ROW)  # fmt: skip
    pseudonym = subjects.pseudonyms(subjects.secret(build.home), [key])[key]
    return Subject(pseudonym, person, names, tuple(sorted(known)), rows, places, lists.select(LISTED))
