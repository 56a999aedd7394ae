"""One address -> what it names: institutions and units of ours, with "review" and "no_match" as answers.

An institution counts only when a whole segment (or, in Chinese, a whole name with nothing foreign around it) names it.
`institution_id` is set when the institution is certain; an unknown department of ours is then still `review`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from pipelines.affiliations.abroad import at_home
from pipelines.affiliations.candidates import (
    INSTITUTION_WORDS,
    KIND_WORDS,
    SCORES,
    Candidate,
    Dictionary,
)
from pipelines.affiliations.pieces import ASKED, Kind, Match, Piece
from pipelines.affiliations.places import Places
from pipelines.affiliations.split import HAN, han_text, latin_segments

# A misspelt institution needs support: the word is an everyday one ('Univeristy') or stands right elsewhere in the
# address ('Linghia Univ, …, Linghai'). Spelt the same way elsewhere it is another place ('Linhai Univ, Linhai').
# Anything between is asked. A unit is no support: every university has a School of Physics.
ACRONYM = 6  # letters
_LATIN_WORD = re.compile("[A-Za-z]{3}")
_HAN_BREAK = re.compile(r"[\s,;!。、.:()/\-]")
_HAN_UNIT = re.compile(
    r"[^\s,;!。、.:/]*?(?:大学|学院|学部|书院|系|实验室|研究所|研究院|研究中心|中心|医院|教研室|课题组|科学院|公司|集团"
    r"|研究室|工作站|图书馆|出版社|中学|小学|局|厅|委员会|所(?![有以属])|院(?!士)|部(?![门署队分])|科(?![技学研普大院])|室|省|市|区|县)"
)
_HAN_FOREIGN = ("大学", "科学院", "公司", "集团", "出版社", "中学", "小学", "局", "厅", "委员会")
_HAN_PLACE = ("省", "市", "区", "县")
# 岭海大学城, 岭海大学路 … name a place or another body, not the university.
_HAN_NOT_OURS = re.compile(r"城|路|街|站|出版社|附属中学|附属小学|附中|附小|校友|科技园|产业园")
# 岭海大学设计研究院有限公司 is a company, unless a unit of ours stands between: then two names are glued.
_HAN_COMPANY = re.compile(r"[^\s,;!。、.:()/]{1,30}?(?:公司|集团|厂)(?![^\s,;!。、.:()/])")
_HAN_GOES_ON = {"系": "统列数", "部": "门署队分", "院": "士", "所": "有以"}


@dataclass
class Decider:
    """Decides addresses one by one; remembers every segment it has read."""

    known: Dictionary
    places: Places | None = None
    _read: dict[str, Piece] = field(default_factory=dict)

    def decide(self, address: str) -> list[Match]:
        """All matches of one address, ours first; never empty."""
        return at_home(self._weigh(self._pieces(address)), address, self.known, self.places)

    def _pieces(self, address: str) -> list[Piece]:
        if HAN.search(address):
            pieces = self._han_pieces(address)
            if any(p.institutions for p in pieces) or not _LATIN_WORD.search(address):
                return pieces
        return self._latin_pieces(address)

    # --- Latin

    def _latin_pieces(self, address: str) -> list[Piece]:
        segments = self._with_seat(latin_segments(address))
        pieces: list[Piece] = []
        place = 0
        while place < len(segments):
            width = self._width(segments[place : place + 3])
            text = segments[place] if width == 1 else ", ".join(segments[place : place + width])
            if text not in self._read:
                self._read[text] = self._read_segment(text)
            pieces.append(self._read[text])
            place += width
        return pieces

    def _with_seat(self, segments: list[str]) -> list[str]:
        """'Northland Inst Technol, Dept Phys, Harrow 12345' names Northland Institute of Technology Harrow."""
        seated = self.known.institutions.seated
        bases = [i for i, text in enumerate(segments) if self.known.words.key(text) in seated]
        if not bases:
            return segments
        named = [" ".join(w for w in text.split() if not any(c.isdigit() for c in w)) for text in segments]
        seats = {self.known.words.key(text): text for text in named[1:]}
        found = list(segments)
        for i in bases:
            fitting = seated[self.known.words.key(segments[i])] & set(seats)
            if len(fitting) == 1 and not self.known.institutions.find(segments[i], fuzzy=False):
                found[i] = f"{segments[i]} {seats[min(fitting)]}"
        return found

    def _width(self, segments: list[str]) -> int:
        """How many segments are one institution together: 'Haixi Power Grid Co., Ltd.', 'Linghai Univ, City Coll'."""
        key = self.known.words.key(segments[0])
        wholes = self.known.institutions.spread.get(key, set())
        for width in range(2, len(segments) + 1) if wholes else ():
            key += self.known.words.key(segments[width - 1])
            if key in wholes:
                return width
        return 1

    def _read_segment(self, text: str) -> Piece:
        institutions = tuple(self.known.institutions.find(text))
        units = tuple(self.known.units.find(text))
        if institutions and units:
            return self._institution_or_unit(text, institutions, units)
        if institutions:
            inside = self._inside(text) if self.known.own in {c.id for c in institutions} else None
            units = inside.units if inside else ()
            return Piece("both" if units else "institution", text, institutions, units)
        if units:
            return Piece("unit", text, (), units)
        return self._inside(text) or self._halves(text) or Piece(self._unknown_kind(text), text)

    def _institution_or_unit(
        self, text: str, institutions: tuple[Candidate, ...], units: tuple[Candidate, ...]
    ) -> Piece:
        if self.known.own in {c.id for c in institutions}:
            return Piece("both", text, institutions, units)
        if units[0].score > institutions[0].score:
            return Piece("unit", text, (), units)
        return Piece("institution", text, institutions)

    def _inside(self, text: str) -> Piece | None:
        """Our name and a unit in one segment: 'Linghai Univ Sch Med', 'School of Medicine of Linghai University'."""
        key = self.known.words.key(text)
        for own in self.known.own_keys:
            size = len(own)
            if len(key) <= size or own not in (key[:size], key[-size:]):
                continue
            rest = key[size:] if key[:size] == own else key[:-size]
            institution = (Candidate(self.known.own, "key", SCORES["key"], " ".join(own)),)
            hits = self.known.units.find(" ".join(rest), fuzzy=False)
            if hits:
                return Piece("both", text, institution, tuple(hits))
            kinds = self.known.words.families(KIND_WORDS)
            foreign = self.known.words.families(INSTITUTION_WORDS)
            if (rest[0] in kinds or rest[-1] in kinds) and not foreign & set(rest):
                return Piece("both", text, institution, (), text)
        return None

    def _halves(self, text: str) -> Piece | None:
        """Two units of ours joined by 'and' in one segment."""
        found: list[Candidate] = []
        for joint in re.finditer(r"\s(?:and|&)\s", text):
            left = self.known.units.find(text[: joint.start()], fuzzy=False)
            right = self.known.units.find(text[joint.end() :], fuzzy=False)
            if len(left) == len(right) == 1:
                found = [*left, *right]
        return Piece("unit", text, (), tuple(c._replace(way=f"half:{c.way}") for c in found)) if found else None

    def _unknown_kind(self, text: str) -> Kind:
        words = set(self.known.words.key(text))
        if words & self.known.words.families(INSTITUTION_WORDS):
            return "foreign"
        return "department" if words & self.known.words.families(KIND_WORDS) else "text"

    # --- Chinese

    def _han_pieces(self, address: str) -> list[Piece]:
        text = han_text(address)
        pieces: list[Piece] = []
        place = 0
        while place < len(text):
            if _HAN_BREAK.match(text[place]):
                place += 1
                continue
            end, piece = self._han_piece(text, address, place)
            pieces.append(piece)
            place = end
        return pieces

    def _han_piece(self, text: str, address: str, start: int) -> tuple[int, Piece]:
        end_i, institutions = self.known.institutions_zh.at(text, start)
        end_u, units = self.known.units_zh.at(text, start)
        if units and text[end_u : end_u + 1] and text[end_u] in _HAN_GOES_ON.get(text[end_u - 1], ""):
            end_u, units = start, []
        if institutions and end_i >= end_u and not self._not_ours(text, end_i, institutions):
            both = units if end_u == end_i else []
            return end_i, Piece(
                "both" if both else "institution", address[start:end_i], tuple(institutions), tuple(both)
            )
        if units:
            return end_u, Piece("unit", address[start:end_u], (), tuple(units))
        return self._han_unknown(text, address, start)

    def _not_ours(self, text: str, end: int, institutions: list[Candidate]) -> bool:
        if self.known.own not in {c.id for c in institutions}:
            return False
        company = _HAN_COMPANY.match(text, end) and not self.known.units_zh.at(text, end)[1]
        return bool(company) or _HAN_NOT_OURS.match(text, end) is not None

    def _han_unknown(self, text: str, address: str, start: int) -> tuple[int, Piece]:
        found = _HAN_UNIT.match(text, start)
        if not found:
            stop = _HAN_BREAK.search(text, start + 1)
            end = stop.start() if stop else len(text)
            return end, Piece("text", address[start:end])
        end, name = found.end(), found.group()
        if name.endswith(_HAN_PLACE):
            return end, Piece("text", address[start:end])
        return end, Piece("foreign" if name.endswith(_HAN_FOREIGN) else "department", address[start:end])

    # --- weighing

    def _weigh(self, pieces: list[Piece]) -> list[Match]:
        pieces = self._without_namesakes(pieces)
        own = [i for i, p in enumerate(pieces) if self.known.own in {c.id for c in p.institutions}]
        matches = self._ours(pieces, own) if own else []
        matches += self._others(pieces)
        if matches:
            return matches
        return [self._without_institution(pieces)]

    def _ours(self, pieces: list[Piece], own: list[int]) -> list[Match]:
        best = max((c for i in own for c in pieces[i].institutions if c.id == self.known.own), key=lambda c: c.score)
        text = next(pieces[i].text for i in own if best in pieces[i].institutions)
        rivals = sorted({c.id for i in own for c in pieces[i].institutions if c.score == best.score} - {self.known.own})
        evidence: dict[str, object] = {"机构": {"文字": text, "词条": best.name, "方法": best.way}}
        doubt = "写法也可能指：" + "、".join(rivals) if rivals else ""
        if best.way == "fuzzy" and not self._supported(best, pieces):
            doubt = f"“{best.written}”疑为“{best.meant}”的误写"
        if self._bare_acronym(best, text, pieces):
            doubt = "只有缩写，地址里没有别的字可以印证"
        if doubt:
            evidence["疑问"] = doubt
            return [Match(None, None, text, f"institution:{best.way}", ASKED, "review", evidence)]
        found: dict[tuple[str | None, str], Match] = {}
        for mention in own:
            for match in self._mention(pieces, own, mention, best, evidence):
                found.setdefault((match.unit_id, match.decision), match)
        return list(found.values())

    def _mention(
        self, pieces: list[Piece], own: list[int], mention: int, best: Candidate, evidence: dict[str, object]
    ) -> list[Match]:
        """What one mention of our university names; a glued string may mention it several times."""
        scope = self._scope(pieces, own, mention)
        units, unclear = self._units([pieces[i] for i in scope])
        unplaced = [pieces[i].rest or pieces[i].text for i in scope if pieces[i].kind == "department" or pieces[i].rest]
        said = dict(evidence)
        if unplaced:
            said["未识别部门"] = unplaced
        if unclear:
            said["多个可能的单位"] = unclear
        matches = [self._unit_match(best, piece, unit, said) for piece, unit in units]
        vague = all(self.known.kinds.get(unit.id) in ("campus", "laboratory") for _, unit in units)
        method, text = f"institution:{best.way}", pieces[mention].text
        if vague and (unplaced or unclear):
            matches.append(Match(self.known.own, None, text, method, ASKED, "review", said))
        return matches or [Match(self.known.own, None, text, method, best.score, "match", said)]

    def _unit_match(self, best: Candidate, piece: Piece, unit: Candidate, evidence: dict[str, object]) -> Match:
        said = evidence | {"单位": {"文字": piece.text, "词条": unit.name, "方法": unit.way}}
        method = f"institution:{best.way}+unit:{unit.way}"
        return Match(self.known.own, unit.id, piece.text, method, min(best.score, unit.score), "match", said)

    def _supported(self, best: Candidate, pieces: list[Piece]) -> bool:
        return best.meant in self.known.words.canonical or self._elsewhere(best.meant, pieces)

    def _bare_acronym(self, best: Candidate, text: str, pieces: list[Piece]) -> bool:
        """An acronym ('LMU') is shared by many: it counts where a proper word of the full name stands in the address too."""
        if len(text) > ACRONYM or not text.isascii():
            return False
        proper = self.known.proper_words.get(best.id, frozenset())
        return not any(proper & set(self.known.words.exact(p.text)) for p in pieces if p.text != text)

    def _elsewhere(self, word: str, pieces: list[Piece]) -> bool:
        return any(word in self.known.words.exact(p.text) for p in pieces if not p.institutions)

    def _without_namesakes(self, pieces: list[Piece]) -> list[Piece]:
        """Drop a fuzzy institution whose odd spelling the rest of the address confirms: it is another institution."""
        return [
            p._replace(kind="foreign", institutions=())
            if p.institutions
            and p.institutions[0].way == "fuzzy"
            and self._elsewhere(p.institutions[0].written, pieces)
            else p
            for p in pieces
        ]

    def _scope(self, pieces: list[Piece], own: list[int], mention: int) -> list[int]:
        """Pieces that speak of one mention: after it up to the next institution; before it where the address starts small."""
        walls = {i for i, p in enumerate(pieces) if p.institutions or p.kind == "foreign"}
        small_first = 0 not in walls
        before = _run(pieces, walls, mention, -1) if small_first else []
        after = _run(pieces, walls, mention, 1)
        if before and any(i > mention for i in walls) and any(pieces[i].units for i in before):
            after = []
        return sorted([mention, *before, *after])

    def _units(self, pieces: list[Piece]) -> tuple[list[tuple[Piece, Candidate]], list[str]]:
        """Units of ours named in the scope, the smallest of each line of descent; and texts that fit several."""
        placed: dict[str, tuple[Piece, Candidate]] = {}
        several: list[tuple[Piece, tuple[Candidate, ...]]] = []
        for piece in pieces:
            if len(piece.units) == 1 or all(c.way.startswith("half:") for c in piece.units):
                for unit in piece.units:
                    placed.setdefault(unit.id, (piece, unit))
            elif piece.units:
                several.append((piece, piece.units))
        unclear: list[str] = []
        for piece, choice in several:
            one = self._one_of(choice, set(placed))
            if one:
                placed.setdefault(one.id, (piece, one))
            else:
                unclear.append(f"{piece.text}：" + "、".join(c.id for c in choice))
        if not placed and not unclear:
            bare = [(p, c[0]) for p in pieces if p.kind == "text" and len(c := self.known.units.bare(p.text)) == 1]
            placed = {unit.id: (piece, unit) for piece, unit in bare}
        covered = {a for unit in placed for a in self.known.ancestors(unit)}
        return [pair for unit, pair in placed.items() if unit not in covered], unclear

    def _one_of(self, choice: tuple[Candidate, ...], placed: set[str]) -> Candidate | None:
        """Of several units with one name: the one below a unit already named, else the newest of one line of successors."""
        below = [c for c in choice if placed & set(self.known.ancestors(c.id))]
        if len(below) == 1:
            return below[0]
        newest = {self.known.newest(c.id) for c in choice}
        return next((c for c in choice if c.id in newest), None) if len(newest) == 1 else None

    def _others(self, pieces: list[Piece]) -> list[Match]:
        """Other institutions of the dictionary that the address names, each once."""
        found: dict[str, Match] = {}
        for piece in pieces:
            ids = [c for c in piece.institutions if c.id != self.known.own]
            if len(ids) != 1 or len(piece.institutions) != 1 or ids[0].id in found:
                continue
            best = ids[0]
            if best.way == "fuzzy" and not self._supported(best, pieces):
                continue
            if self._bare_acronym(best, piece.text, pieces):
                continue
            said: dict[str, object] = {"机构": {"文字": piece.text, "词条": best.name, "方法": best.way}}
            found[best.id] = Match(best.id, None, piece.text, f"institution:{best.way}", best.score, "match", said)
        return list(found.values())

    def _without_institution(self, pieces: list[Piece]) -> Match:
        """No institution that we know: no_match, or review when a laboratory or hospital of ours is named alone."""
        foreign = any(p.kind == "foreign" or p.institutions for p in pieces)
        for piece in pieces:
            alone = [c for c in piece.units if self.known.kinds.get(c.id) in ("laboratory", "hospital")]
            if len(alone) == 1 and alone[0].way in ("alias", "key") and not foreign:
                said: dict[str, object] = {"单位": {"文字": piece.text, "词条": alone[0].name, "方法": alone[0].way}}
                said["疑问"] = "只有单位名，没有学校名"
                return Match(None, None, piece.text, f"unit:{alone[0].way}", ASKED, "review", said)
        unknown = [p.text for p in pieces if p.kind == "foreign" or p.institutions]
        longer = [t for t in unknown for own in self.known.own_names_zh if t != own and han_text(t).endswith(own)]
        if longer:
            return Match(None, None, longer[0], "none", ASKED, "review", {"疑问": "校名前还有别的字", "文字": longer})
        return Match(None, None, "", "none", 0.0, "no_match", {"未识别机构": unknown} if unknown else {})


def _run(pieces: list[Piece], walls: set[int], start: int, step: int) -> list[int]:
    """Places next to `start` in one direction up to the next institution."""
    found: list[int] = []
    place = start + step
    while 0 <= place < len(pieces) and place not in walls:
        found.append(place)
        place += step
    return found
