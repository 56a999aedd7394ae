"""Inventions of our people: families with members in several countries, and what the offices say of them as time goes by."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from pipelines.sample import names
from pipelines.sample.draw import PATENTS, Draw, Weighted
from pipelines.sample.model import World
from pipelines.sample.names import Name
from pipelines.sample.people import Person
from pipelines.sample.university import OWN, Institution, institutions
from pipelines.sample.vocabulary import Study, Term, disciplines, study

DELIVERIES = ("2026-03-12", "2026-08-20")  # two searches, five months apart
TODAY = date.fromisoformat(DELIVERIES[-1])
LATELY = 0.4  # share of families in which something happened between the searches: more than in life, so that a watch has news
MOST = 1200
YEARS = Weighted(tuple(range(2009, 2027)), (2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 8, 9, 11, 12, 11, 9, 2))
OUTCOMES = Weighted(("granted", "rejected", "withdrawn"), (70, 17, 13))
IPC = {
    "engineering": ("B22F3/105", "F16J15/43", "G05B13/04", "B23Q5/40", "E01C7/18", "H02J3/38", "G06N3/08", "B63B35/44"),
    "science": ("B01J23/42", "C01G23/053", "H01M4/58", "C07D401/12", "G01N21/64", "C02F1/72", "H10K30/50", "C08L23/06"),
    "life": (
        "A61K31/4709",
        "C12N15/113",
        "A61P35/00",
        "A01H5/00",
        "C12Q1/6886",
        "A23L33/135",
        "G01N33/574",
        "A01N63/22",
    ),
}
# What the office prints at each step
STATUS = {
    "published": "公开",
    "examined": "实质审查的生效",
    "granted": "授权",
    "rejected": "驳回",
    "withdrawn": "发明专利申请公布后的视为撤回",
    "lapsed": "未缴年费专利权终止",
    "expired": "专利权有效期届满",
    "transfer": "专利申请权、专利权的转移",
    "licence": "专利实施许可合同备案的生效",
    "pledge": "专利权质押合同登记的生效",
    "invalidated": "专利权全部无效",
}


@dataclass(frozen=True, slots=True)
class Step:
    """Something that happened to an application on a day: a status, or an event that leaves the status as it was."""

    day: date
    kind: str

    @property
    def changes_status(self) -> bool:
        """Transfers, licences and pledges do not."""
        return self.kind not in ("transfer", "licence", "pledge")


@dataclass(slots=True)
class Member:
    """One application of a family with its publications (number with kind code, day) and steps."""

    country: str
    application: str
    filed: date
    kind: str  # invention, utility
    publications: list[tuple[str, date]] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)

    def known(self, until: date) -> list[tuple[str, date]]:
        """Publications up to a day."""
        return [p for p in self.publications if p[1] <= until]

    def status(self, until: date) -> Step | None:
        """The last step up to a day that decides the status."""
        return next((s for s in reversed(self.steps) if s.day <= until and s.changes_status), None)

    def events(self, until: date) -> list[Step]:
        """Every step up to a day."""
        return [s for s in self.steps if s.day <= until]


@dataclass(slots=True)
class Family:
    """One invention. `twin` is the utility model of the same day and content: no member, and counted once with it."""

    number: int
    work: Study
    applicants: list[Institution]
    inventors: list[tuple[Name, Person | None]]
    classes: tuple[str, ...]
    members: list[Member]
    twin: Member | None = None

    @property
    def key(self) -> str:
        """Name of the family in the truth tables."""
        return f"F{self.number:05d}"

    @property
    def title(self) -> Term:
        """English and Chinese title."""
        t = self.work.terms
        if self.members[0].kind == "utility":
            return Term(f"{t['o'].en} device for {t['a'].en}", f"一种用于{t['a'].zh}的{t['o'].zh}装置")
        return Term(
            f"{t['o'].en} for {t['a'].en} and method for making the same",
            f"一种用于{t['a'].zh}的{t['o'].zh}及其制备方法",
        )

    def everything(self) -> list[Member]:
        """Members, and the twin."""
        return [*self.members, *([self.twin] if self.twin else [])]

    def citing(self) -> int:
        """Patents that cite it."""
        return Draw.of(1, PATENTS, self.number).below(4) * (2026 - self.members[0].filed.year) // 3


def families(world: World) -> Iterator[Family]:
    """Inventions of a university of so many works, one to forty works."""
    for number in range(1, min(MOST, max(5, world.works // 40)) + 1):
        yield _family(world, number)


def _family(world: World, number: int) -> Family:
    draw = Draw.of(world.seed, PATENTS, number)
    about = draw.pick([d for d in disciplines().values() if d.group in IPC])
    year = YEARS.draw(draw)
    filed = date(year, 1, 1) + timedelta(days=draw.below(65 if year == 2026 else 365))
    applicants = [institutions()[OWN]]
    if draw.chance(0.14):
        applicants.append(draw.pick([i for i in institutions().values() if i.zh.endswith(("公司", "研究院"))]))
    inventors = _inventors(world, draw, about.units, filed.isoformat())
    classes = tuple(dict.fromkeys((draw.pick(IPC[about.group]), draw.pick(IPC[about.group]))))
    utility = about.group == "engineering" and draw.chance(0.3)
    first = _chinese(draw, number, filed, utility=utility)
    found = Family(number, study(draw, about), applicants, inventors, classes, [first])
    if not utility and draw.chance(0.1):
        found.twin = _chinese(draw, 50_000 + number, filed, utility=True)
    if not utility and draw.chance(0.24):
        found.members += _abroad(draw, number, filed)
    if draw.chance(LATELY):
        _lately(draw, first)
    for member in found.everything():  # what comes after the second search is not known yet
        member.publications = member.known(TODAY)
        member.steps = member.events(TODAY)
    return found


def _inventors(world: World, draw: Draw, colleges: tuple[str, ...], moment: str) -> list[tuple[Name, Person | None]]:
    lead = world.roster.lead(
        draw, draw.pick([c for c in colleges if world.roster.by_college.get(c)] or ["U001"]), moment
    )
    lead = draw.below(len(world.roster.staff)) if lead is None else lead
    team: list[Person] = [world.roster.staff[lead]]
    students = [world.roster.students[s] for s in world.roster.students_of.get(lead, [])]
    team += draw.some([s for s in students if s.active(moment)], draw.between(1, 4))
    found: list[tuple[Name, Person | None]] = [(p.name, p) for p in team]
    if draw.chance(0.2):  # somebody of the partner's, or of ours whom the roster does not hold
        found.append((names.chinese(draw), None))
    return found


def _chinese(draw: Draw, number: int, filed: date, *, utility: bool) -> Member:
    """An application in China: published after half a year to 18 months, examined, decided after two to four years."""
    application = _cn_application(filed.year, 2 if utility else 1, 9_000_000 + number * 7)
    serial = f"{99_000_000 + number * 13:08d}"
    if utility:
        member = Member("CN", application, filed, "utility")
        granted = filed + timedelta(days=draw.between(170, 330))
        member.publications = [(f"CN2{serial}U", granted)]
        member.steps = [Step(granted, "granted"), *_life(draw, filed, granted, 10)]
        return member
    member = Member("CN", application, filed, "invention")
    published = filed + timedelta(days=draw.between(100, 540))
    member.publications = [(f"CN1{serial}A", published)]
    examined = published + timedelta(days=draw.between(14, 60))
    decided = filed + timedelta(days=draw.between(700, 1500))
    member.steps = [Step(published, "published"), Step(examined, "examined")]
    outcome = OUTCOMES.draw(draw)
    member.steps.append(Step(decided, outcome))
    if outcome == "granted":
        member.publications.append((f"CN1{serial}B", decided))
        member.steps += _life(draw, filed, decided, 20)
    return member


def _life(draw: Draw, filed: date, granted: date, years: int) -> list[Step]:
    """What happens to a patent: transfers, licences, pledges; most end for fees not paid, a few are invalidated, the rest expire."""
    found = []
    for kind, share in (("transfer", 0.1), ("licence", 0.05), ("pledge", 0.03)):
        if draw.chance(share):
            found.append(Step(granted + timedelta(days=draw.between(60, 1500)), kind))
    end, kind = _years(filed, years), "expired"
    if draw.chance(0.6):
        end, kind = min(end, granted + timedelta(days=draw.between(400, 2600))), "lapsed"
    elif draw.chance(0.02):
        end, kind = granted + timedelta(days=draw.between(300, 1500)), "invalidated"
    return sorted((s for s in [*found, Step(end, kind)] if s.day <= end), key=lambda s: s.day)


def _lately(draw: Draw, member: Member) -> None:
    """Something in China between the two searches, after which nothing is known."""
    before = date.fromisoformat(DELIVERIES[0])
    day = before + timedelta(days=draw.between(10, 150))
    now = member.status(before)
    if now is None or member.country != "CN" or now.kind not in ("examined", "published", "granted"):
        return
    later = member.known(before)
    if now.kind == "granted":
        kind = draw.pick(("lapsed", "lapsed", "transfer", "transfer", "licence", "pledge", "invalidated"))
    else:
        kind = OUTCOMES.draw(draw)
        later += [(f"{later[0][0][:-1]}B", day)] if kind == "granted" else []
    member.publications = later
    member.steps = [*member.events(before), Step(day, kind)]


def _abroad(draw: Draw, number: int, priority: date) -> list[Member]:
    """The international application and what enters the United States, Europe and Japan from it."""
    filed = priority + timedelta(days=draw.between(330, 365))
    published = priority + timedelta(days=550)
    world = Member("WO", f"PCT/CN{filed.year}/9{number:05d}", filed, "invention")
    world.publications = [(f"WO{published.year}9{number:05d}A1", published)]
    world.steps = [Step(published, "published")]
    found = [world]
    entered = priority + timedelta(days=920)
    for country, share in (("US", 0.75), ("EP", 0.5), ("JP", 0.35)):
        if not draw.chance(share):
            continue
        shown, granted = (entered + timedelta(days=draw.between(*span)) for span in ((60, 250), (600, 1300)))
        member = Member(country, _application(country, number, filed, entered), filed, "invention")
        first, second = _publications(country, number, shown)
        member.publications = [(first, shown)]
        member.steps = [Step(shown, "published")]
        if draw.chance(0.65):
            member.publications.append((second, granted))
            member.steps.append(Step(granted, "granted"))
        found.append(member)
    return found


def _application(country: str, number: int, filed: date, entered: date) -> str:
    if country == "US":
        return f"US{19_000_000 + number}"  # series 19, far ahead of the office's own
    return f"EP{filed:%y}9{number:05d}" if country == "EP" else f"JP{entered.year}9{number:05d}"


def _publications(country: str, number: int, shown: date) -> tuple[str, str]:
    """Numbers of blocks that the offices have not reached."""
    if country == "US":
        return f"US{shown.year}09{number:05d}A1", f"US19{number:06d}B2"
    if country == "EP":
        return f"EP9{number:06d}A1", f"EP9{number:06d}B1"
    return f"JP{shown.year}9{number:05d}A", f"JP9{number:06d}B2"


def _cn_application(year: int, kind: int, serial: int) -> str:
    """CN, year, kind, serial and check digit: CN202319000007.4."""
    digits = f"{year}{kind}{serial:07d}"
    rest = sum(int(d) * w for d, w in zip(digits, (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5), strict=True)) % 11
    return f"CN{digits}.{'X' if rest == 10 else rest}"


def _years(day: date, count: int) -> date:
    return date(day.year + count, day.month, min(day.day, 28))
