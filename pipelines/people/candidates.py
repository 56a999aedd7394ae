"""Which roster persons can an author be? Recall: every written form of a name, and identifiers that are linked to it."""

from __future__ import annotations

import polars as pl

from pipelines.core.names import Surnames, native_key, parse, shows_umlaut, written_forms
from pipelines.people.scope import PLACE

# A name that so many bear is looked up more narrowly: in the colleges of the byline, among staff, among the students of those
# who may be other authors of the work.
CROWD = 40
STUDENTS = ("phd", "master", "undergraduate")
KINDS = ("native", "full", "english", "former", "polyphone", "swapped", "initials", "initial", "identifier")
_STRENGTH = {kind: place for place, kind in enumerate(KINDS)}


def roster_forms(people: pl.DataFrame, surnames: Surnames) -> pl.DataFrame:
    """Every written form of everybody's name.

    Grain: one row per key and person (columns key, person_id, kind).
    """
    names = people.select("person_id", "name_zh", "name_en", "former_names").unique().sort(pl.all())
    rows: dict[tuple[str, str], str] = {}
    for person, zh, en, former in names.iter_rows():
        old = [n.strip() for n in (former or "").split(";") if n.strip()]
        for key, kind in written_forms(zh or "", en, old, surnames).items():
            known = rows.get((key, person), "identifier")
            rows[key, person] = min(known, kind, key=_STRENGTH.__getitem__)
    shape = {"key": pl.String, "person_id": pl.String, "kind": pl.String}
    return pl.DataFrame([(k, p, kind) for (k, p), kind in rows.items() if k], schema=shape, orient="row")


def renamed(roster_forms: pl.LazyFrame) -> pl.DataFrame:
    """The table of written forms with the short column names that matching uses."""
    return roster_forms.collect().rename({"name_key": "key", "form_kind": "kind"})


def roster_persons(people: pl.DataFrame, surnames: Surnames) -> pl.DataFrame:
    """What else can speak for or against a person.

    Grain: one row per person (native = all Han names ever, umlaut = a name holds ü, emails, orcids, person_type).
    """
    former = people.select("person_id", name=pl.col("former_names").str.split(";"))
    names = (
        pl.concat(
            [people.select("person_id", name="name_zh"), former.explode("name", empty_as_null=True, keep_nulls=True)]
        )
        .drop_nulls()
        .unique()
    )
    unique = names.get_column("name").unique().sort().to_list()
    known = pl.DataFrame(
        [(n, native_key(n), parse(n, surnames).has_umlaut) for n in unique],
        schema={"name": pl.String, "native": pl.String, "umlaut": pl.Boolean},
        orient="row",
    )
    shown = (
        names.join(known, on="name")
        .group_by("person_id")
        .agg(pl.col("native").filter(pl.col("native") != "").unique().sort(), pl.col("umlaut").any())
    )
    english = people.get_column("name_en").drop_nulls().unique().sort().to_list()
    dotted = [name for name in english if shows_umlaut(name)]
    contacts = people.group_by("person_id").agg(
        emails=pl.col("email").str.to_lowercase().drop_nulls().unique().sort(),
        orcids=pl.col("orcid").str.to_lowercase().drop_nulls().unique().sort(),
        english_umlaut=pl.col("name_en").drop_nulls().is_in(dotted).any(),
        person_type=pl.col("person_type").sort_by("valid_from", nulls_last=False).last(),
    )
    both = contacts.join(shown, on="person_id", how="left")
    return (
        both.with_columns(umlaut=pl.col("umlaut").fill_null(False) | pl.col("english_umlaut"))
        .drop("english_umlaut")
        .sort("person_id")
    )


def author_names(authors: pl.DataFrame, surnames: Surnames) -> pl.DataFrame:
    """Authors with the key of their fullest form and what its writing shows.

    Grain: one row per author of the input (adds key, native, short, umlaut).
    """
    fullest = pl.coalesce("name_native", "name", "name_short").fill_null("")
    named = authors.with_columns(written=pl.coalesce("name", "name_short").fill_null(""), shown=fullest)
    unique = pl.concat([named["written"], named["shown"]]).unique().sort().to_list()
    parsed = [(n, parse(n, surnames)) for n in unique]
    table = pl.DataFrame(
        [(n, p.key, native_key(n), p.is_initials or not p.given, p.has_umlaut and not p.native) for n, p in parsed],
        schema={"written": pl.String, "key": pl.String, "native": pl.String, "short": pl.Boolean, "umlaut": pl.Boolean},
        orient="row",
    )
    shown = table.select(shown="written", native_shown="native", key_shown="key")
    return (
        named.join(table.drop("native"), on="written", how="left")
        .join(shown, on="shown", how="left")
        .with_columns(native=pl.col("native_shown").replace("", None))
        .drop("native_shown", "written", "shown")
    )


class Forms:
    """Names of the roster, sorted by how many bear them: those that few bear, and three narrower ways to those that many bear."""

    def __init__(
        self, forms: pl.DataFrame, homes: pl.DataFrame, supervisions: pl.DataFrame, students: pl.Series
    ) -> None:
        """forms: key, person_id, kind; homes: person_id, college; supervisions: student_id, supervisor_id."""
        sized = forms.join(forms.group_by("key").agg(namesakes=pl.len()), on="key")
        many = sized.filter(pl.col("namesakes") > CROWD)
        self.few = sized.filter(pl.col("namesakes") <= CROWD)
        self.crowds = many.group_by("key").agg(crowd=pl.len().cast(pl.Int64))
        self.at_home = many.join(homes.drop_nulls().unique(), on="person_id")
        staff = many.filter(pl.col("person_id").is_in(students.implode()).not_())
        self.staff = staff.filter(pl.len().over("key") <= CROWD)
        links = supervisions.select(person_id="student_id", tutor="supervisor_id").unique()
        self.taught = many.join(links, on="person_id")


def candidates(authors: pl.DataFrame, forms: Forms, identified: pl.DataFrame, advisors: pl.DataFrame) -> pl.DataFrame:
    """Roster persons that an author can be.

    identified: work_id, author_position, person_id of authors whose own identifier is a person's.
    advisors: work_id, person_id of those whom the advisors of a thesis can be.
    Grain: one row per work, author position and person (columns kind, namesakes = persons with this written form).
    """
    asked = authors.select(*PLACE, "key", "key_shown", "colleges")
    keys = pl.concat([asked.select(*PLACE, "colleges", key=c) for c in ("key", "key_shown")]).unique(
        [*PLACE, "key"], maintain_order=True
    )
    columns = [*PLACE, "person_id", "kind", "namesakes"]
    few = keys.join(forms.few, on="key").select(columns)
    crowded = keys.join(forms.crowds.select("key"), on="key", how="semi")
    colleges = crowded.explode("colleges", empty_as_null=True, keep_nulls=True).drop_nulls("colleges")
    at_home = colleges.join(forms.at_home, left_on=["key", "colleges"], right_on=["key", "college"]).select(columns)
    staff = crowded.join(forms.staff, on="key").select(columns)
    named = pl.concat([frame.select("work_id", tutor="person_id") for frame in (few, at_home, staff, advisors)])
    tutors = named.unique()
    taught = crowded.join(tutors, on="work_id").join(forms.taught, on=["key", "tutor"]).select(columns)
    by_identifier = identified.select(*PLACE, "person_id", kind=pl.lit("identifier"), namesakes=pl.lit(1, pl.UInt32))
    found = pl.concat([few, at_home, staff, taught, by_identifier])
    strength = pl.col("kind").replace_strict(_STRENGTH, return_dtype=pl.Int32)
    return (
        found.sort(*PLACE, "person_id", strength, "namesakes")
        .unique([*PLACE, "person_id"], keep="first", maintain_order=True)
        .sort(*PLACE, "person_id")
    )


def with_crowds(authors: pl.DataFrame, forms: Forms) -> pl.DataFrame:
    """Adds `crowd`: how many roster persons write the name so, where they were too many to look at each; else 0."""
    return authors.join(forms.crowds, on="key", how="left").with_columns(pl.col("crowd").fill_null(0))
