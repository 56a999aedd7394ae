"""What rows of the review sheets bring on the sample, its truth being the librarian. The bars are those of real work."""

from __future__ import annotations

from pipelines import asking, runner
from tests.conftest import Line


def test_few_rows_bring_units_and_people_to_99_in_100(line: Line) -> None:
    steps = runner.eval_review(line.settings, line.sample)
    assert [step["rows"] for step in steps] == [0, 100, 200, 500, 1000]
    first, last = steps[0], steps[-1]
    assert first["answered"] == 0 and last["answered"] <= 1000
    for kind in ("units", "people"):
        assert last[kind]["precision"] >= 0.99 and last[kind]["recall"] >= 0.99, kind
        assert last[kind]["recall"] > first[kind]["recall"], kind
    after_200 = next(step for step in steps if step["rows"] == 200)
    assert after_200["addresses_settled"] >= 0.5
    assert first["address_rows"] <= first["addresses_open"] and first["people_rows"] <= first["people_open"]
    assert len(asking.review_curve(steps)) == len(steps)
