"""Roster rows to people, supervisions, units, recipients."""

from __future__ import annotations

import polars as pl

from pipelines.core import identifiers
from pipelines.sources import _values
from pipelines.sources._values import unwrap
from pipelines.sources.roster_values import coded, dated

_WHEN = ("valid_from", "valid_to")


def people(raw: _values.Table) -> pl.DataFrame:
    """source_people.

    Grain: one row per staff or student row.
    """
    columns = (
        "staff_id",
        "student_id",
        "name",
        "english_name",
        "former_names",
        "unit_id",
        "title_rank",
        "staff_kind",
        "status",
        "level",
    )
    frame = _kind(raw, ("staff", "students"), *columns, "email", "orcid", *_WHEN)
    # 在编 says less than 退休, wherever that stands
    frame = frame.with_columns(staff_kind=pl.concat_str("staff_kind", "status", separator=" ", ignore_nulls=True))
    staff = pl.col("roster_kind") == "staff"
    # an unusual word for a kind of staff is still staff: the sheet says so
    kind = pl.when(staff).then(pl.coalesce(coded("staff_kind"), pl.lit("staff"))).otherwise(coded("level"))
    frame = frame.with_columns(
        person_id=pl.coalesce("staff_id", "student_id").str.strip_chars(),
        person_type=kind,
        name_zh=_name(pl.col("name")),
        name_en=unwrap(pl.col("english_name")),
        former_names=_values.items(_semicolons("former_names"), ";").list.eval(_name(pl.element())).list.join(";"),
        email=_email(),
        orcid=identifiers.orcid(pl.col("orcid")),
        valid_from=dated("valid_from"),
        valid_to=dated("valid_to"),
    )
    return _values.conform(frame, "source_people")


def supervisions(raw: _values.Table) -> pl.DataFrame:
    """source_supervisions.

    Grain: one row per student row and supervisor.
    """
    frame = _kind(raw, ("students",), "student_id", "supervisors", "supervisors_second", *_WHEN)
    named = pl.concat_str(
        [_semicolons("supervisors"), _semicolons("supervisors_second")], separator=";", ignore_nulls=True
    )
    frame = frame.with_columns(supervisor_id=_values.items(named, ";")).explode("supervisor_id")
    frame = frame.drop_nulls("supervisor_id").with_columns(dated("valid_from"), dated("valid_to"))
    return _values.conform(frame, "source_supervisions").unique(["raw_id", "supervisor_id"], maintain_order=True)


def units(raw: _values.Table) -> pl.DataFrame:
    """source_units.

    Grain: one row per unit row.
    """
    frame = _kind(
        raw,
        ("units",),
        "unit_id",
        "unit_name",
        "name_en",
        "english_name",
        "unit_kind",
        "parent_id",
        "change",
        "successor_id",
        *_WHEN,
    )
    frame = frame.with_columns(
        name_zh=_name(pl.col("unit_name")),
        name_en=unwrap(pl.coalesce("name_en", "english_name")),
        unit_kind=coded("unit_kind"),
        change=coded("change"),
        valid_from=dated("valid_from"),
        valid_to=dated("valid_to"),
    )
    return _values.conform(frame, "source_units")


def recipients(raw: _values.Table) -> pl.DataFrame:
    """source_recipients.

    Grain: one row per recipient row.
    """
    frame = _kind(raw, ("recipients",), "unit_id", "report", "edition", "recipient", "email", *_WHEN)
    frame = frame.with_columns(
        edition=coded("edition"),
        name_zh=_name(pl.col("recipient")),
        email=_email(),
        valid_from=dated("valid_from"),
        valid_to=dated("valid_to"),
    )
    return _values.conform(frame, "source_recipients")


def _kind(raw: _values.Table, kinds: tuple[str, ...], *columns: str) -> pl.DataFrame:
    """Rows of some kinds of roster with their delivery columns."""
    frame = _values.take(raw, "roster_kind", *columns, *_values.DELIVERY)
    return frame.filter(pl.col("roster_kind").is_in(kinds))


def _name(name: pl.Expr) -> pl.Expr:
    """White space folded; blanks inside a Chinese name (`王 磊`, set apart for print) taken out."""
    folded = unwrap(name)
    chinese = folded.str.contains(r"^[\p{Han}\s·•]+$")
    return pl.when(chinese).then(folded.str.replace_all(r"\s", "")).otherwise(folded)


def _semicolons(column: str) -> pl.Expr:
    return unwrap(pl.col(column)).str.replace_all("[；,，、/]", ";")


def _email() -> pl.Expr:
    address = pl.col("email").str.strip_chars().str.to_lowercase()
    return pl.when(address.str.contains("@", literal=True)).then(address)
