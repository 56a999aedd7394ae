"""The committed fixtures are what the sample writes."""

from __future__ import annotations

from pathlib import Path

from pipelines.sample.fixtures import write_fixtures

COMMITTED = Path(__file__).parents[2] / "fixtures" / "landing"


def test_committed_fixtures_are_written_by_the_sample(tmp_path: Path) -> None:
    """After a wanted change: python -c 'from pipelines.sample.fixtures import main; main()'."""
    write_fixtures(tmp_path)
    fresh = {str(p.relative_to(tmp_path)): p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()}
    for name, content in fresh.items():
        assert (COMMITTED / name).read_bytes() == content, name
