"""Live sessions of a place with need that must be met, and what clashes there, in words."""

from __future__ import annotations

from typing import Any

import pytest

import placebudget as pb
from placebudget.place import Place
from placebudget.plan.live import quick_plan
from placebudget.plan.need import meet_alike
from placebudget.plan.repairs import clash_said
from proof import ALL
from worked_place import worked

BEDS = {"rule": "beds", "kind": "floor", "subject": "service=emergency", "amount": 90e6}
READ = {"rule": "read", "kind": "cap", "subject": "service=libraries", "amount": 9e6}


def with_amounts(place: Place, table: str, key: str, **amounts: float) -> Place:
    """A place with other amounts in the rows named."""
    frame = place.tables[table].copy()
    frame["amount"] = frame[key].map(amounts).fillna(frame["amount"])
    return place.with_(**{table: frame})


CHANGES: tuple[dict[str, Any], ...] = (
    {}, {"appraisal_years": 5, "family_today": 2e6}, {"nursing": False, "family_value": 3000.0},
)  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "pooling"),
    # In turn; where all is proved, each place under both.
    [
        (changes, pooling)
        for number, changes in enumerate(CHANGES)
        for pooling in (("aligned", "freed") if ALL else (("aligned", "freed")[number % 2],))
    ],
    ids=str,
)
def test_a_session_says_after_every_change_what_a_plan_made_anew_says(
    changes: dict[str, Any], pooling: str
) -> None:
    place = worked(rules=[BEDS, READ], **changes)
    live = pb.session(place, pooling=pooling)

    def anew(now: Place) -> float:
        return pb.optimise(now, pooling=pooling, prices=False).objective.value

    assert live.value() == pytest.approx(anew(place), abs=1.0)
    for year in place.years:
        live.set_funding("grant", year, 101e6)
    place = with_amounts(place, "funding", "stream", grant=101e6)
    assert live.value() == pytest.approx(anew(place), abs=1.0)
    live.set_limit("beds", 98e6)
    place = with_amounts(place, "rules", "rule", beds=98e6)
    assert live.value() == pytest.approx(anew(place), abs=1.0)
    live.set_limit("read", 4e6)
    place = with_amounts(place, "rules", "rule", read=4e6)
    assert live.value() == pytest.approx(anew(place), abs=1.0)


def test_a_plan_read_from_a_session_says_who_is_served() -> None:
    place = worked(appraisal_years=4)
    live = pb.session(place, pooling="aligned")
    quick = quick_plan(live, live.values(), place)
    assert quick.objective.value == pytest.approx(414_420_833.33, abs=1.0)
    needs = quick.tables["needs"]
    assert (needs["served"] + needs["avoided"]).tolist() == pytest.approx([100_000] * 4)


def test_a_session_in_which_need_cannot_be_met_leaves_the_least_of_it_unmet() -> None:
    """£10 million short: 90,000 attendances of 100,000, each worth £1,200 and the rest nothing.

    Libraries keep £10 million a year; 360 + 30 less 12 million is left. With the money back, all
    need is met again.
    """
    place = worked(release=None, nursing=False)
    live = pb.session(place, pooling="aligned")
    first = place.years[0]
    live.set_funding("grant", first, 90e6)
    short = live.solve()
    assert (short.need_unmet, short.capacity_dropped) == (10e6, 0.0)
    assert short.value == pytest.approx(378e6, abs=1.0)
    cut = worked(release=None, nursing=False, nhs=(90e6, 100e6, 100e6))
    quick = quick_plan(live, live.values(), cut)
    anew = pb.optimise(cut, pooling="aligned")
    assert meet_alike(quick, anew)
    assert quick.run["need_unmet"] == anew.run["need_unmet"] == 10e6
    assert quick.objective.value == pytest.approx(anew.objective.value, abs=1.0)
    live.set_funding("grant", first, 100e6)
    assert live.value() == pytest.approx(360e6 + 30e6, abs=1.0)
    assert live.need_unmet == 0.0


def test_capacity_is_given_up_too_fast_before_need_goes_unmet() -> None:
    """£90 million from the second year on: 5,000 of 95,000 places that must stay have to go.

    Nobody is left untreated: family support for £6.667 and then £9.667 million avoids 10,000 and
    14,500 attendances. Nursing gets £4.5 million in the third year, when 85,500 places stay, and
    libraries 3.333, 0.333 and 10: 360 + 2 x 4.5 + 13.667 in all.
    """
    nhs = (100e6, 90e6, 90e6)
    live = pb.session(worked(), pooling="aligned")
    for year, amount in zip(live.place.years, nhs, strict=True):
        live.set_funding("grant", year, amount)
    short = live.solve()
    assert (short.need_unmet, short.capacity_dropped) == (0, 5e6)
    assert short.value == pytest.approx(382_666_667, abs=1.0)
    anew = pb.optimise(worked(nhs=nhs), pooling="aligned", prices=False)
    assert anew.run["capacity_dropped"] == 5e6
    assert short.value == pytest.approx(anew.objective.value, abs=1.0)


def test_what_clashes_whatever_need_goes_unmet_is_named_in_a_session() -> None:
    live = pb.session(worked(release=None, rules=[BEDS, READ]), pooling="aligned")
    live.set_funding("grant", live.place.years[0], 80e6)
    with pytest.raises(pb.Infeasible) as found:
        live.value()
    said = clash_said(live.programme_now, found.value, live.open_pools_now, live.limits)
    assert "emergency" in said


def test_cuts_that_leave_need_unmet_say_how_much_is_missing() -> None:
    """£30 million short in the first year; £7 million for families then avoids 10,500 a year.

    So 30, 19.5 and 19.5 are missing.
    """
    found = pb.scenarios(worked(release=None), [0.7, 1.0], pooling="aligned")
    assert found.table["need_unmet"].tolist() == [69e6, 0.0]
    assert str(found.summary()) == (
        "worked: the best plan in other scenarios\n"
        "2 of 2 scenarios have a plan that keeps all rules; 1 of them leaves need unmet that "
        "must be met; with all of it met, best plans come to £430 million (pounds, 2027-28 prices, "
        "discounted).\n"
        "- scenario 0: to meet all need that must be met would cost £69 million more; value is not "
        "compared between plans that leave different need unmet"
    )
