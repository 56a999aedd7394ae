"""Which institutions of a registry an address names. What decides: whole segments, rare words, and the place stated.

A name counts where nothing but a unit, a place or a link stands beside it in its segment; a name of general words (Institute
of Physics) only where its city is stated too; an institution of another country than the address never. Several that fit
equally are asked. Of institutions in one address the university is named, and what belongs to another is left to it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from pipelines.affiliations.belonging import Mention, is_above, weighed
from pipelines.affiliations.places import STATE_CODES
from pipelines.affiliations.reading import Text, read
from pipelines.affiliations.registry import AND, FEW, Entry, Holder, Key, Registry
from pipelines.affiliations.split import HAN, han_text

SCORES = {"name": 0.97, "inside": 0.95, "bag": 0.93, "part": 0.92, "school": 0.88, "near": 0.85}
# Sums of rarity (natural logarithms), fitted on springer2023_rest and s2aff_train.
GENERAL = 13.0  # general words that no place supports must be as rare together as one word in 400,000 institutions
ONLY = 9.5  # the same for the only university of the name
PART = 12.0  # a name without a word for its kind, beside other words
NEAR = 0.8  # share of rarity that text and name have in common
CLEAR = 0.03  # lead over the second
ELSEWHERE = 0.3  # a word of the name that stands in another segment lacks so much
_GOES_ON = re.compile("城(?!市)|城市学院|路|街|站|报社")  # 大学城, 大学路: places that are called after a university
CROWD = 400  # names that share a word: more are not looked through


class Fit(NamedTuple):
    """How well an institution fits the place and the name; compared from the left."""

    country: float  # 1 stated, 0 no country stated, -1 another country is stated
    city: bool
    active: bool
    main: bool
    teaches: bool


class Finder:
    """Finds the institutions of a registry in addresses."""

    def __init__(self, registry: Registry) -> None:
        self.known = registry

    def find(self, address: str) -> list[Mention]:
        """Institutions named, in the order of the text; a mention with rivals is a question."""
        chinese = self._chinese(address) if HAN.search(address) else []
        return chinese or self._latin(address)

    def _chinese(self, address: str) -> list[Mention]:
        """The longest Chinese names, wherever they stand; a name inside another word (大学城) is none."""
        text, place = han_text(address), 0
        found: list[Mention] = []
        while place < len(text):
            end, candidates = self.known.han.at(text, place)
            if candidates and not _GOES_ON.match(text, end):
                best, *others = (c.id for c in candidates)
                found.append(Mention(best, place, end, address[place:end], "name", candidates[0].name, tuple(others)))
            place = max(end, place + 1)
        return weighed(self.known, found)

    def _latin(self, address: str) -> list[Mention]:
        text = read(self.known, address)
        if not text.words:
            return []
        taken = [False] * len(text.words)
        found: list[Mention] = []
        spans = self._spans(text)
        for start, end, holders in spans:
            if any(taken[start:end]):
                continue
            mention = self._named(text, start, end, holders)
            if mention:
                taken[start:end] = [True] * (end - start)
                found.append(mention)
                found += self._above(text, mention, spans)
        for start, end in text.bounds.values():
            while start < end and taken[start]:
                start += 1
            while start < end and taken[end - 1]:
                end -= 1
            if end - start > 1 and not any(taken[start:end]):
                mention = self._rewritten(text, start, end) or self._described(text, start, end)
                found += [mention] if mention else []
        return weighed(self.known, sorted(found, key=lambda m: (m.start, m.end)))

    def _spans(self, text: Text) -> list[tuple[int, int, dict[str, Holder]]]:
        """Where names stand, longest first; a name may span segments only as a whole."""
        found: list[tuple[int, int, dict[str, Holder]]] = []
        for start in range(len(text.words)):
            node, end = self.known.trie, start
            while end < len(text.words) and text.words[end] in node:
                node = node[text.words[end]]
                end += 1
                holders = {i: h for i, h in node.get("", {}).items() if h.seat <= text.all}
                if holders and (text.segment[start] == text.segment[end - 1] or text.is_whole(start, end)):
                    found.append((start, end, holders))
        return sorted(found, key=lambda s: (s[0] - s[1], s[0]))

    # --- a name as it is

    def _named(self, text: Text, start: int, end: int, holders: dict[str, Holder]) -> Mention | None:
        ranked = self._ranked(text, holders)
        fit, best = ranked[0]
        key, whole = tuple(text.words[start:end]), text.is_whole(start, end)
        if len(key) > 1 and holders[best].acronym and text.printed[start] not in text.capitals:
            return None
        if len(key) == 1:
            one = self._single(text, start, whole, holders, ranked)
            return self._mention(text, start, end, one, "name", holders) if one else None
        rivals = tuple(i for f, i in ranked[1:] if f == fit)
        if rivals and (top := self._top((best, *rivals))):
            best, rivals = top, ()
        if rivals:
            return (
                self._mention(text, start, end, best, "name", holders, rivals) if whole and fit.country >= 0 else None
            )
        if fit.country < 0:
            return None
        best = self._campus(text, key, best)
        entry = self.known.entries[best]
        only = fit.main and entry.teaches and (len(ranked) == 1 or ranked[1][0].country < fit.country)
        if whole and not self._is_placed(key, fit, entry, only):
            return None
        if not whole and not self._stands_apart(text, start, end, entry):
            return None
        return self._mention(text, start, end, self._above_school(best, key), "name" if whole else "part", holders)

    def _ranked(self, text: Text, holders: dict[str, Holder]) -> list[tuple[Fit, str]]:
        ranked = [(self._fit(text, self.known.entries[i], h), i) for i, h in holders.items()]
        return sorted(ranked, key=lambda r: (r[0], r[1]), reverse=True)

    def _fit(self, text: Text, entry: Entry, holder: Holder) -> Fit:
        country = 0.0 if not text.countries else 1.0 if entry.country in text.countries else -1.0
        if country < 0 and "CN" in text.countries and entry.country in ("HK", "MO", "TW"):
            country = 1.0
        city = bool(entry.city) and entry.city <= text.all
        return Fit(country, city, entry.status == "active", holder.main and not holder.acronym, entry.teaches)

    def _single(
        self, text: Text, start: int, whole: bool, holders: dict[str, Holder], ranked: list[tuple[Fit, str]]
    ) -> str | None:
        """A name of one word: CERN, Fermilab. An acronym must be printed as one and needs its place or a namesake-free name."""
        known, word = self.known, text.words[start]
        fit, best = ranked[0]
        entry, holder = known.entries[best], holders[best]
        if fit.country < 0 or len(word) < 3 or word in STATE_CODES or word.isdigit():
            return None
        if word in known.kinds or word in known.place_words or word in entry.city:
            return None
        if "company" in entry.kind and known.towns[word, entry.country] >= FEW:
            return None
        if known.word(text.printed[start]) != word:  # mended: a slip in the only word is another word
            return None
        if holder.acronym and (text.printed[start] not in text.capitals or self._abbreviates(text, start)):
            return None
        if not whole and not self._leads(text, start, entry, holder, fit, alone=len(ranked) == 1):
            return None
        if fit.country > 0 or fit.city:
            return best
        return self._unplaced(text, word, holders) if len(word) > 3 and word not in known.common else None

    def _unplaced(self, text: Text, word: str, holders: dict[str, Holder]) -> str | None:
        """Whose the word is where no place is stated: its only holder, or the one above all that bear it as their name."""
        if len(text.bounds) > 1 and all(h.acronym and not h.main for h in holders.values()):
            return None
        if len(holders) == 1 and (self.known.rarity[word] > 9.5 or len(word) > 4):
            return next(iter(holders))
        return self._top(i for i, h in holders.items() if h.main)

    def _top(self, ids: Iterable[str]) -> str | None:
        """The one institution that is above all others of one name; a system of universities leaves open which one."""
        own = sorted(ids)
        top = [i for i in own if all(i == other or i in self.known.entries[other].parents for other in own)]
        return top[0] if len(top) == 1 and "System" not in self.known.entries[top[0]].name else None

    def _abbreviates(self, text: Text, start: int) -> bool:
        """Whether an acronym only repeats the segment before it: Institute of Network Technology (INT)."""
        before = text.bounds.get(text.segment[start] - 1)
        if before is None:
            return False
        initials = "".join(w[0] for w in text.printed[before[0] : before[1]])
        return len(initials) > 1 and initials.endswith(text.printed[start])

    def _leads(self, text: Text, start: int, entry: Entry, holder: Holder, fit: Fit, alone: bool) -> bool:
        """Whether a single word begins its segment and what follows is a place, or it is a company's or a sure acronym."""
        first, last = text.bounds[text.segment[start]]
        if start != first:
            return False
        rest = text.printed[start + 1 : last]
        if all(w[0].isdigit() or w in entry.city or w in self.known.place_words for w in rest):
            return True
        word = text.words[start]
        sure = holder.acronym and fit.country > 0 and len(word) > 3 and alone
        return sure or (holder.main and "company" in entry.kind and word not in self.known.common)

    def _campus(self, text: Text, key: Key, best: str) -> str:
        """University of California, …, San Diego: the longer name whose other words are the city that is stated."""
        others = text.all - set(key)
        for rest, other in self.known.longer.get(key, ()):
            entry = self.known.entries[other]
            here = not text.countries or entry.country in text.countries
            if other != best and here and rest <= others and rest <= entry.city:
                return other
        return best

    def _is_placed(self, key: Key, fit: Fit, entry: Entry, only: bool) -> bool:
        """A whole segment of general words needs the city; that of an authority or a long one its country."""
        if not self.known.is_general(key) or fit.city:
            return True
        rare = self.known.weight(key) > (ONLY if only and not fit.country and self.known.university in key else GENERAL)
        public = "government" in entry.kind or "funder" in entry.kind or only
        return (fit.country > 0 and (public or rare)) or (fit.country == 0 and (rare or bool(entry.city & set(key))))

    def _stands_apart(self, text: Text, start: int, end: int, entry: Entry) -> bool:
        """Whether the words beside the name in its segment are a unit's or a place's, not part of a longer name."""
        known, key = self.known, text.words[start:end]
        if known.is_general(key) and known.weight(key) < GENERAL + 1:
            return False
        if not any(w in known.institution_kinds for w in key) and known.weight(key) < PART:
            return False
        first, last = text.bounds[text.segment[start]][0], text.bounds[text.segment[end - 1]][1]
        return self._may_follow(text, end, last, entry) and self._may_precede(text, first, start)

    def _may_follow(self, text: Text, end: int, last: int, entry: Entry) -> bool:
        if end >= last:
            return True
        known, word, printed = self.known, text.words[end], text.printed[end]
        if text.links[end] and word not in entry.city:
            return word in known.kinds or (
                text.links[end] in AND and any(w in known.kinds for w in text.words[end:last])
            )
        unit = word in known.kinds or any(w in known.kinds for w in text.words[end:last])
        place = printed[0].isdigit() or word in entry.city or word in known.place_words
        return unit or place or printed in text.capitals or text.printed[last - 1] in known.place_words

    def _may_precede(self, text: Text, first: int, start: int) -> bool:
        if start == first or text.links[start]:
            return True
        known, word = self.known, text.words[start - 1]
        unit = word in known.kinds or any(w in known.unit_kinds for w in text.words[first:start])
        return unit or known.weight((word,)) > 6.5

    # --- what belongs to what

    def _above_school(self, best: str, key: Key) -> str:
        """A university's school under the university's own name is the university: Indiana University School of Medicine."""
        entry = self.known.entries[best]
        for parent in sorted(entry.parents) if entry.teaches else ():
            above = self.known.entries.get(parent)
            if above and above.teaches:
                name = self.known.key(above.name)
                rest = key[len(name) :]
                if rest and key[: len(name)] == name and any(w in self.known.school_kinds for w in rest):
                    return parent
        return best

    def _above(self, text: Text, mention: Mention, spans: list[tuple[int, int, dict[str, Holder]]]) -> list[Mention]:
        """Institute of Psychology, Chinese Academy of Sciences as one name: the last segment names what is above it."""
        if text.segment[mention.start] == text.segment[mention.end - 1]:
            return []
        entry = self.known.entries[mention.id]
        found: list[Mention] = []
        for start, end, holders in spans:
            if mention.start < start and end == mention.end and text.is_whole(start, end):
                above = [i for i in sorted(holders) if is_above(self.known, i, entry)]
                found += [self._mention(text, start, end, i, "inside", holders) for i in above]
        return found

    # --- a name not quite as it is

    def _rewritten(self, text: Text, start: int, end: int) -> Mention | None:
        """A name inside a segment with a blank more or less (Peng Cheng, Pengcheng), or as Harrow University for University of Harrow."""
        known = self.known
        for first in range(start, end):
            for last in range(end, first + 1, -1):
                words = tuple(text.words[first:last])
                if not known.institution_kinds.intersection(words):
                    continue
                name = known.joined.get("".join(words))
                turned = known.university in (words[0], words[-1]) and not any(text.links[first + 1 : last])
                turned = turned and (last == end or text.words[last] not in known.seated_kinds)
                holders = known.names[name] if name else known.bags.get(tuple(sorted(words)), {}) if turned else {}
                if holders and (mention := self._named(text, first, last, holders)):
                    return mention._replace(way="bag")
        return None

    def _described(self, text: Text, start: int, end: int) -> Mention | None:
        """A segment without a name as it is: the same words in another order, a school of a university, most of its words."""
        key = tuple(text.words[start:end])
        school = self._school_of(text, key) if text.is_whole(start, end) else None
        if not any(w in self.known.institution_kinds for w in key):
            return self._mention(text, start, end, school, "school", {}) if school else None
        holders = self.known.bags.get(tuple(sorted(key)), {})
        if holders:
            ranked = self._ranked(text, holders)
            alone = len(ranked) == 1 or ranked[0][0] != ranked[1][0]
            if alone and ranked[0][0].country >= 0 and (ranked[0][0].city or not self.known.is_general(key)):
                return self._mention(text, start, end, self._above_school(ranked[0][1], key), "bag", holders)
        if not text.is_whole(start, end):
            return None
        if school:
            return self._mention(text, start, end, school, "school", {})
        return self._near(text, start, end)

    def _school_of(self, text: Text, key: Key) -> str | None:
        """Yale School of Medicine: a university's name without that word, and a place that bears it out."""
        if not any(w in self.known.school_kinds for w in key):
            return None
        for size in range(min(3, len(key) - 1), 0, -1):
            bearers = self.known.headless.get(key[:size])
            if bearers:
                ranked = self._ranked(text, {i: Holder(True, False, "") for i in sorted(bearers)})
                fit = ranked[0][0]
                placed = fit.country > 0 or (fit.country == 0 and fit.city)
                return ranked[0][1] if placed and (len(ranked) == 1 or fit > ranked[1][0]) else None
        return None

    def _near(self, text: Text, start: int, end: int) -> Mention | None:
        """The institution whose name shares most of the rarity of the words, where it leads clearly."""
        said = frozenset(text.words[start:end])
        best: dict[str, tuple[float, Key]] = {}
        for key in self._sharing(said):
            for entry in self.known.names[key]:
                share = self._shared(text, said, frozenset(key), self.known.entries[entry])
                if share > best.get(entry, (0.0, ()))[0]:
                    best[entry] = (share, key)
        ranked = sorted(best.items(), key=lambda b: (-b[1][0], b[0]))
        if not ranked or ranked[0][1][0] < NEAR or (len(ranked) > 1 and ranked[1][1][0] > ranked[0][1][0] - CLEAR):
            return None
        entry, (_, key) = ranked[0]
        return self._mention(text, start, end, self._above_school(entry, key), "near", self.known.names[key])

    def _sharing(self, said: frozenset[str]) -> set[Key]:
        rare = sorted((w for w in said if w in self.known.rarity), key=lambda w: (-self.known.rarity[w], w))[:3]
        crowds = (self.known.by_word.get(w, []) for w in rare)
        return {key for crowd in crowds if len(crowd) < CROWD for key in crowd if len(key) > 1}

    def _shared(self, text: Text, said: frozenset[str], name: frozenset[str], entry: Entry) -> float:
        """Share of the rarity that segment and name have in common; the place, which is printed or left out at will, aside."""
        known = self.known
        both = said & name
        if (text.countries and entry.country not in text.countries) or known.is_general(both):
            return 0.0
        common = known.weight(both)
        lacking = sum(known.rarity[w] * (ELSEWHERE if w in text.all else 1.0) for w in name - said)
        if common < NEAR * (common + lacking):
            return 0.0
        more = known.weight(w for w in said - name if w not in entry.city and w not in known.place_words)
        placed = 0.05 if entry.city and entry.city <= text.all else 0.0
        return common / (common + lacking + more) + placed + (0.02 if entry.status == "active" else 0.0)

    def _mention(
        self,
        text: Text,
        start: int,
        end: int,
        found: str,
        way: str,
        holders: dict[str, Holder],
        rivals: tuple[str, ...] = (),
    ) -> Mention:
        name = holders[found].name if found in holders else self.known.entries[found].name
        return Mention(found, start, end, text.written(start, end), way, name, rivals)
