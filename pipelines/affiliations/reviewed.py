"""What is asked about an address, and what a librarian's answer makes of it: one answer about a text settles every address with it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from pipelines.affiliations.candidates import KIND_WORDS, Dictionary
from pipelines.affiliations.split import HAN, Words, _singular, han_text
from pipelines.core import decisions
from pipelines.core.decisions import EACH, NOT_OURS, SCHOOL_ONLY, UNIT

# What a text is asked about as: a name that may be the university's, a part of our addresses, an address as a whole.
NAME, PART, WHOLE = "校名", "单位", "地址"
KEY = ("segment", "level")
ONE_BY_ONE = "逐条"  # in the evidence: a text that means one thing here and another there
_NO_HAN_KEY = re.compile(r"[\s,;.。、:()/\-]+")
Row = dict[str, Any]


@dataclass(frozen=True)
class Question:
    """What a row of affiliation_matches leaves open: a text of the address as printed, and the units it may be."""

    level: str
    text: str
    options: tuple[str, ...] = ()


@dataclass(frozen=True)
class Answer:
    """What stands about a text: decision, units, and the words for the evidence."""

    decision: str
    units: tuple[str, ...]
    said: dict[str, str]


def questions(row: Row) -> list[Question]:
    """What one row leaves open; nothing where it is decided. Pieces of one Chinese word are one question."""
    if row["decision"] != "review":
        return []
    evidence = json.loads(row["evidence"])
    if not row["institution_id"]:
        return [Question(NAME, row["matched_text"])] if row["matched_text"] else [Question(WHOLE, row["address"])]
    unclear = [text.rpartition("：") for text in evidence.get("多个可能的单位", ())]
    found = [Question(PART, text, tuple(units.split("、"))) for text, _, units in unclear]
    if ONE_BY_ONE in evidence:
        return [Question(WHOLE, row["address"], tuple(sorted({unit for q in found for unit in q.options})))]
    found += [Question(PART, text) for text in _whole_words(evidence.get("未识别部门", []), row["address"])]
    return found or [Question(WHOLE, row["address"])]


def asked(matches: pl.DataFrame, words: Words) -> pl.DataFrame:
    """All that rows of affiliation_matches leave open.

    Grain: one row per address, level and key (columns address_id, level, key, text as printed, options = unit ids it may be).
    """
    found = [
        (row["address_id"], q.level, question_key(q.level, q.text, words), q.text, list(q.options))
        for row in matches.filter(pl.col("decision") == "review")
        .sort("address_id", "match_position")
        .iter_rows(named=True)
        for q in questions(row)
    ]
    shape = dict.fromkeys(("address_id", "level", "key", "text"), pl.String) | {"options": pl.List(pl.String)}
    return pl.DataFrame(found, schema=shape, orient="row").unique(
        ["address_id", "level", "key"], keep="first", maintain_order=True
    )


def _whole_words(texts: list[str], address: str) -> list[str]:
    """Pieces that stand without a gap in the address were one name, cut where no unit was known."""
    joined: list[str] = []
    for text in texts:
        if joined and HAN.search(text) and joined[-1] + text in address:
            joined[-1] += text
        else:
            joined.append(text)
    return joined


def segment_key(text: str, words: Words) -> str:
    """Texts with one key are one question: case, blanks, plural and abbreviations that can stand for one word only are no difference."""
    if HAN.search(text):
        return _NO_HAN_KEY.sub("", han_text(text)).lower()
    return " ".join(_spelled_out(word, words) for word in words.exact(text))


def question_key(level: str, text: str, words: Words) -> str:
    """Key of a text at its level; a whole address stands for itself."""
    return " ".join(text.lower().split()) if level == WHOLE else segment_key(text, words)


def _spelled_out(word: str, words: Words) -> str:
    meant = words.expansions.get(word, ())
    if words.word(word) in words.families(KIND_WORDS):  # Ctr is center and centre, Inst is institute: no two things
        return words.word(word)
    return next(iter(meant)) if len(meant) == 1 else _singular(word)


def standing(lines: pl.DataFrame, words: Words) -> pl.DataFrame:
    """What stands about texts; two texts of one key with two answers are a conflict.

    Grain: one row per text and level with an answer; see core.decisions (column key added).
    """
    told = decisions.standing(lines, KEY, ("unit_id",))
    keys = [question_key(level, text, words) for text, level in told.select(KEY).iter_rows()]
    keyed = told.with_columns(key=pl.Series(keys, dtype=pl.String))
    decisive = ~pl.col("conflict") & (pl.col("decision") != decisions.UNSURE)
    against = pl.struct("decision", "unit_id").filter(decisive).n_unique().over("level", "key") > 1
    conflict = pl.col("conflict") | (decisive & against)
    return keyed.with_columns(conflict=conflict, decision=pl.when(~conflict).then("decision"))


@dataclass
class Reviewed:
    """The machine's rows with the answers in force."""

    known: Dictionary
    own_names: tuple[str, str]  # Chinese, English: what a text stands for that was said to be our name
    decide: Callable[[str], Iterable[Any]]
    answers: dict[tuple[str, str], Answer] = field(default_factory=dict)

    def learn(self, lines: pl.DataFrame) -> None:
        """Take in the ledger's lines; an answer that names a unit which is gone says nothing."""
        told = standing(lines, self.known.words).filter(pl.col("decision").is_in([UNIT, SCHOOL_ONLY, NOT_OURS, EACH]))
        for row in told.iter_rows(named=True):
            units = tuple(row["unit_id"].split(";")) if row["decision"] == UNIT else ()
            if all(unit in self.known.kinds for unit in units) and (row["decision"] != EACH or row["level"] == PART):
                said = {"人工": row["reviewer"], "日期": row["date"], "文字": row["segment"], "判定": row["history"]}
                self.answers[row["level"], row["key"]] = Answer(row["decision"], units, said)

    def applied(self, machine: pl.DataFrame) -> pl.DataFrame:
        """Rows of the machine, those of answered addresses replaced. Grain: as given, by address and match."""
        if not self.answers:
            return machine
        fresh: dict[str, list[Row]] = {}
        for rows in _by_address(machine):
            made = self._settled(rows)
            if made is not None:
                fresh[rows[0]["address_id"]] = made
        replaced = pl.DataFrame([row for rows in fresh.values() for row in rows], schema=machine.schema, orient="row")
        return pl.concat([machine.filter(~pl.col("address_id").is_in(list(fresh))), replaced])

    def _answer(self, question: Question) -> Answer | None:
        return self.answers.get((question.level, question_key(question.level, question.text, self.known.words)))

    def _settled(self, rows: list[Row]) -> list[Row] | None:
        """The rows of one address with what was said of it; None where nothing was."""
        address = rows[0]["address"]
        whole = self._answer(Question(WHOLE, address))
        if whole:
            return self._replaced(rows, whole, address)
        named = [(q, a) for row in rows for q in questions(row) if q.level == NAME and (a := self._answer(q))]
        if named:
            rows = self._named(rows, *named[0])
        parts = self._parts(rows)
        return self._distinct(parts) if parts is not None else rows if named else None

    def _replaced(self, rows: list[Row], answer: Answer, text: str) -> list[Row]:
        """What was said of the whole address instead of what the machine read as ours."""
        others = [row for row in rows if row["institution_id"] not in (None, self.known.own)]
        return [*self._rows(rows[0], answer, text, nothing=not others), *others]

    def _named(self, rows: list[Row], question: Question, answer: Answer) -> list[Row]:
        """The address read again with our name in the place of a text that was said to be it."""
        if answer.decision == NOT_OURS:
            return self._replaced(rows, answer, question.text)
        address = rows[0]["address"]
        read = [
            {**rows[0], **match._asdict(), "evidence": json.dumps(match.evidence | answer.said, ensure_ascii=False)}
            for match in self.decide(_with_name(address, question.text, self.own_names))
        ]
        ours = [row for row in read if row["institution_id"] == self.known.own]
        others = [row for row in read if row["institution_id"] not in (None, self.known.own)]
        said = self._rows(rows[0], answer, question.text)
        if answer.decision == UNIT or not ours:
            ours = [*said, *(row for row in ours if row["unit_id"])]
        ours = [row | {"method": "reviewer"} if row["decision"] == "match" else row for row in ours]
        return [*ours, *others]

    def _parts(self, rows: list[Row]) -> list[Row] | None:
        """Rows with the answers about their parts; None where there is none."""
        made: list[Row] = []
        touched = False
        for row in rows:
            said = self._part(row)
            touched |= said is not None
            made += [row] if said is None else said
        placed = any(r["institution_id"] == self.known.own and r["unit_id"] for r in made)
        # A unit was said, or is read from the rest: what is still asked of the same address needs no answer.
        if placed and any(r["method"] == "reviewer" for r in made):
            made = [r for r in made if r["institution_id"] != self.known.own or r["unit_id"]]
        return made if touched else None

    def _part(self, row: Row) -> list[Row] | None:
        if row["institution_id"] != self.known.own:
            return None
        asked = questions(row) or [Question(PART, text) for text in _read_text(row)]
        told = [(q, a) for q in asked if (a := self._answer(q))]
        for wanted in (UNIT, NOT_OURS):
            chosen = [(q, a) for q, a in told if a.decision == wanted]
            if chosen:
                return [new for q, a in chosen for new in self._rows(row, a, q.text)]
        each = [(q, a) for q, a in told if a.decision == EACH]
        if each and row["decision"] == "review":
            evidence = json.loads(row["evidence"]) | each[0][1].said | {ONE_BY_ONE: each[0][0].text}
            return [row | {"evidence": json.dumps(evidence, ensure_ascii=False)}]
        if told and len(told) == len(asked) and not each:
            return self._rows(row, told[0][1], told[0][0].text)
        return None

    def _rows(self, like: Row, answer: Answer, text: str, nothing: bool = True) -> list[Row]:
        """The rows an answer makes of one. `nothing`: say no_match where the answer is that it is not ours."""
        before = json.loads(like["evidence"])
        kept = {k: before[k] for k in ("机构", "疑问", "未识别部门", "多个可能的单位") if k in before}
        base = {
            **like,
            "institution_id": self.known.own,
            "matched_text": text,
            "method": "reviewer",
            "score": 1.0,
            "decision": "match",
            "evidence": json.dumps(kept | answer.said, ensure_ascii=False),
        }
        if answer.decision == NOT_OURS:
            return [base | {"institution_id": None, "unit_id": None, "decision": "no_match"}] if nothing else []
        return [base | {"unit_id": unit} for unit in answer.units or (None,)]

    def _distinct(self, rows: list[Row]) -> list[Row]:
        """Each unit once, and none that another one of the address lies in; no 'not ours' beside ours."""
        units = {row["unit_id"] for row in rows if row["unit_id"]}
        above = {a for unit in units for a in self.known.ancestors(unit)}
        found: dict[tuple[str | None, str | None, str], Row] = {}
        for row in rows:
            if row["unit_id"] not in above:
                found.setdefault((row["institution_id"], row["unit_id"], row["decision"]), row)
        some = any(row["institution_id"] for row in found.values())
        return [row for row in found.values() if row["institution_id"] or not some]


def _read_text(row: Row) -> Iterator[str]:
    """The text that a decided row was read from."""
    if row["unit_id"] and row["decision"] == "match":
        unit = json.loads(row["evidence"]).get("单位")
        if isinstance(unit, dict) and unit.get("文字"):
            yield unit["文字"]


def _by_address(machine: pl.DataFrame) -> Iterator[list[Row]]:
    """Rows of one address at a time; they stand together."""
    rows: list[Row] = []
    for row in machine.iter_rows(named=True):
        if rows and rows[0]["address_id"] != row["address_id"]:
            yield rows
            rows = []
        rows.append(row)
    if rows:
        yield rows


def _with_name(address: str, text: str, names: tuple[str, str]) -> str:
    """The address with our name instead of a text; segments of the text may be printed with or without blanks between."""
    parts = [re.escape(part.strip()) for part in text.split(",")]
    name = names[0] if HAN.search(text) and names[0] else names[1]
    return re.sub(r"\s*[,;]\s*".join(parts), lambda _: name, address, flags=re.IGNORECASE)
