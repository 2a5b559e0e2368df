"""An estimate becomes an effect of a place, or it is said why it cannot."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

import placebudget as pb
from placebudget.errors import CannotAnswer, WrongArgument
from placebudget.knowledge.using import improvement
from placebudget.place import Place
from placebudget.place.io.folder import examples
from placebudget.place.io.template import starter

LIBRARY = pb.library()


def place(**tables: Any) -> Place:
    """A toy place whose first service and outcome are counted as exercise against falls is."""
    held = pb.example("toy_pooling")
    services = held.services.assign(unit="person on a programme for a year")
    outcomes = held.outcomes.assign(unit="fall")
    effects = held.effects.iloc[1:]
    given = {name: pd.DataFrame(rows) for name, rows in tables.items()}
    return held.with_(**{"services": services, "outcomes": outcomes, "effects": effects, **given})


TOY = pb.example("toy_pooling")
SERVICE, OUTCOME = str(TOY.effects["service"].iloc[0]), str(TOY.effects["outcome"].iloc[0])


def effect(option: pb.Option, held: Place | None = None) -> dict[str, Any]:
    """The effect that an option sets, in a place that passes its checks."""
    changed = option.apply(held or place())
    assert list(changed.check().errors) == []
    rows = changed.effects
    [row] = rows[(rows["service"] == SERVICE) & (rows["outcome"] == OUTCOME)].to_dict("records")
    return row


def refusal(*args: Any, held: Place | None = None, **given: Any) -> str:
    with pytest.raises(CannotAnswer) as caught:
        LIBRARY.use(held or place(), SERVICE, *args, **given)
    return str(caught.value)


def test_a_ratio_and_the_baseline_of_the_place_make_an_impact() -> None:
    """0.77 of 0.85 falls a year: 0.1955 fewer."""
    option = LIBRARY.use(place(), SERVICE, "falls_exercise_2019", OUTCOME, baseline=0.85)
    row = effect(option)
    assert row["impact"] == pytest.approx(0.1955)
    assert (row["engagement"], row["retention"], row["deadweight"]) == (1, 1, 0)
    assert (row["lag"], row["duration"]) == (0, 1)
    assert (row["source"], row["status"]) == ("cochrane_falls", "derived")
    assert row["estimate"] == "falls_exercise_2019"
    # Found in 25 countries with grade 2: one less certain here.
    assert row["evidence"] == "3"
    # 0.1445 to 0.2465 is 0.133 of 0.1955 each way by chance; being elsewhere adds 0.2^2 - 0.1^2.
    assert row["spread"] == pytest.approx((0.1331**2 + 0.03) ** 0.5, abs=1e-3)
    changed = option.apply(place())
    sources = changed.sources.set_index("source")
    assert sources.at["cochrane_falls", "publisher"] == "Cochrane"
    grades = changed.evidence.set_index("grade")
    assert grades.at["3", "name"] == LIBRARY.grades.set_index("grade").at["3", "name"]


@pytest.mark.parametrize(
    ("measure", "mean", "baseline", "better", "expected"),
    [
        ("difference", 0.077, None, "less", 0.077),
        ("rate ratio", 0.72, 0.85, "less", 0.238),
        ("risk ratio", 0.58, 0.087, "less", 0.03654),
        # Odds of 0.105 are 0.1173; times 2.89 they are a share of 0.2532.
        ("odds ratio", 2.89, 0.105, "more", 0.1482),
        ("hazard ratio", 0.8, 0.04, "less", 0.00787),
        ("rate ratio", 0.72, None, "less", None),
    ],
)
def test_each_measure_becomes_an_improvement(
    measure: str, mean: float, baseline: float | None, better: str, expected: float | None
) -> None:
    found = improvement(measure, mean, baseline, better)
    assert found == (None if expected is None else pytest.approx(expected, abs=5e-5))


def test_the_ends_of_an_interval_make_a_range_of_options() -> None:
    """0.77 (0.71 to 0.83) of 0.85 falls: 0.1445 to 0.2465 fewer."""
    found = [
        effect(LIBRARY.use(place(), SERVICE, "falls_exercise_2019", OUTCOME, baseline=0.85, size=s))
        for s in ("least", "middle", "most")
    ]
    assert [row["impact"] for row in found] == pytest.approx([0.1445, 0.1955, 0.2465])
    assert "least" in found[0]["note"]
    assert ["spread" in row and pd.notna(row["spread"]) for row in found] == [False, True, False]
    said = refusal("care_years_conference_2024", OUTCOME, per_unit=1, size="least")
    assert "No interval of it is known" in said
    wide = LIBRARY.estimates.assign(high=lambda frame: frame["high"].where(frame.index > 0, 1.2))
    library = LIBRARY.with_(estimates=wide)
    option = library.use(place(), SERVICE, "falls_exercise_2019", OUTCOME, baseline=1, size="least")
    assert effect(option)["impact"] == 0


def test_a_ratio_of_shares_needs_a_share() -> None:
    for key in ("fallers_exercise_2019", "quits_patch_2013", "diabetes_referral_2023"):
        assert "is no share of people" in refusal(key, OUTCOME, baseline=1.5, per_unit=1)
    row = effect(LIBRARY.use(place(), SERVICE, "falls_exercise_2019", OUTCOME, baseline=1.5))
    assert row["impact"] == pytest.approx(0.345)


def test_the_grade_stays_only_where_that_is_said() -> None:
    given = {"baseline": 0.85, "per_unit": 1.0}
    here = LIBRARY.use(
        place(), SERVICE, "falls_exercise_2019", OUTCOME, same_place=True, reason="our own", **given
    )
    assert effect(here)["evidence"] == "2"
    assert "our own" in effect(here)["note"]
    last = LIBRARY.use(place(), SERVICE, "quits_four_weeks_2023", OUTCOME, per_unit=1,
                       engagement=0.5, retention=0.8, deadweight=0.4)  # fmt: skip
    assert effect(last)["evidence"] == "5"


def test_what_cannot_be_used_is_said_all_at_once() -> None:
    said = refusal("quits_varenicline_2013", OUTCOME)
    assert "It counts by 'person treated'" in said
    assert "It counts in 'person who has stopped for six months'" in said
    assert "needs the baseline of the place" in said
    assert "It was 0.105 where it was found" in said
    assert "the place has no such outcome" in refusal("falls_exercise_2019", baseline=0.85)
    said = refusal("quits_four_weeks_2023", OUTCOME, per_unit=1)
    assert all(f"give {name}=" in said for name in ("engagement", "retention", "deadweight"))
    assert "What was found is harm" in refusal("admissions_case_management_2012", OUTCOME)
    assert "Its size is not known" in refusal("alcohol_brief_advice_2018", OUTCOME)
    # A trial has a comparison group: what happens anyway is taken off once.
    said = refusal("falls_exercise_2019", OUTCOME, baseline=0.85, deadweight=0.2)
    assert "deadweight=0.2 would count twice" in said


def test_shares_that_the_place_has_stay() -> None:
    row = {"service": SERVICE, "outcome": OUTCOME, "engagement": 0.6, "retention": 0.9,
           "deadweight": 0.3, "attribution": 0.5}  # fmt: skip
    held = place(effects=[row])
    option = LIBRARY.use(held, SERVICE, "recoveries_talking_2025", OUTCOME, per_unit=1)
    found = effect(option, held)
    assert found["impact"] == 0.47
    assert [found[name] for name in row] == list(row.values())


def test_nothing_found_is_an_impact_of_nothing_that_stands_beside_the_others() -> None:
    option = LIBRARY.use(place(), SERVICE, "fractures_screening_2020", OUTCOME)
    assert effect(option)["impact"] == 0
    assert effect(option)["status"] == "published"
    told = LIBRARY.use(place(), SERVICE, "care_homes_hospital_at_home_2021", OUTCOME,
                       baseline=0.087, per_unit=1).description  # fmt: skip
    assert "person living at home after six months, 2021: null" in told
    assert "admission in the next month, 2021: harm" in told


def test_grades_that_mean_something_else_are_not_mixed() -> None:
    evidence = [{"grade": "3", "name": "Something else", "optimism_bias": 0.3}]
    held = place(evidence=evidence)
    given = {"baseline": 0.85}
    said = refusal("falls_exercise_2019", OUTCOME, held=held, **given)
    assert "is 'Something else'" not in said
    assert "'Something else' in the place" in said
    option = LIBRARY.use(held, SERVICE, "falls_exercise_2019", OUTCOME, grade="3", **given)
    assert effect(option, held)["evidence"] == "3"
    with pytest.raises(WrongArgument, match="grade"):
        LIBRARY.use(held, SERVICE, "falls_exercise_2019", OUTCOME, grade="4", **given)


def test_a_source_of_the_place_with_the_same_key_stays_its_own() -> None:
    ours = pd.DataFrame([{"source": "cochrane_falls", "title": "Our own paper"}])
    held = place(sources=pd.concat([TOY.sources, ours]))
    option = LIBRARY.use(held, SERVICE, "falls_exercise_2019", OUTCOME, baseline=0.85)
    assert effect(option, held)["source"] == "library_cochrane_falls"
    titles = option.apply(held).sources.set_index("source")["title"]
    assert titles["cochrane_falls"] == "Our own paper"


def test_an_option_of_the_library_is_like_any_other() -> None:
    option = LIBRARY.use(place(), SERVICE, "falls_exercise_2019", OUTCOME, baseline=0.85)
    again = LIBRARY.use(option.apply(place()), SERVICE, "falls_tai_chi_2020", OUTCOME,
                        baseline=0.85)  # fmt: skip
    both = (option + again).apply(place())
    assert both.effects["estimate"].dropna().tolist() == ["falls_tai_chi_2020"]
    plan = pb.optimise(both, prices=False)
    assert plan.objective.value > 0


def test_a_newer_estimate_is_a_finding_of_a_place_that_uses_the_old_one() -> None:
    option = LIBRARY.use(place(), SERVICE, "falls_tai_chi_2019", OUTCOME, baseline=0.85)
    changed = option.apply(place())
    [finding] = changed.check().of("superseded-estimate")
    assert (finding.table, finding.column, finding.severity) == ("effects", "estimate", "warning")
    assert "'falls_tai_chi_2020' of 2020 (rate ratio 0.77)" in finding.what
    [admitted] = pb.optimise(changed, prices=False).findings().of("superseded-estimate")
    assert admitted.keys == {"service": SERVICE, "outcome": OUTCOME}
    assert (admitted["year"], admitted["newer"]) == (2019, 2020)
    newer = LIBRARY.use(changed, SERVICE, "falls_tai_chi_2020", OUTCOME, baseline=0.85)
    assert not newer.apply(changed).check().of("superseded-estimate")
    # Another library may know of a newer one still.
    row = LIBRARY.estimates[LIBRARY.estimates["estimate"] == "falls_tai_chi_2020"]
    row = row.assign(estimate="ours_2026", supersedes="falls_tai_chi_2020", year=2026)
    ours = LIBRARY.with_(estimates=pd.concat([LIBRARY.estimates, row]))
    assert list(ours.check().errors) == []
    [finding] = ours.findings(changed)
    assert "'ours_2026' of 2026" in finding.what
    assert ours.versions("falls_tai_chi_2020")["estimate"].tolist() == [
        "ours_2026",
        "falls_tai_chi_2020",
        "falls_tai_chi_2019",
    ]


def test_places_word_their_grades_as_the_library_does() -> None:
    names = LIBRARY.grades.set_index("grade")["name"].to_dict()
    held = [starter(), *(pb.example(name) for name in examples())]
    for each in held:
        mine = each.evidence.set_index("grade")["name"].to_dict()
        assert mine == {grade: names[grade] for grade in mine}, each.name
