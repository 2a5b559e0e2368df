"""Impossible rules: what clashes is named, and every way out that is proposed works."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import placebudget as pb
from places import tiny
from proof import ALL
from small import rule, small

FLOORS = (("family_support", 40e6), ("home_care", 50e6), ("policing", 20e6))


def promises(*amounts: tuple[str, float], basis: str = "policy") -> pb.Place:
    rows = [
        {"rule": f"promise_{n}", "kind": "floor", "subject": f"service={service}",
         "amount": amount, "basis": basis}
        for n, (service, amount) in enumerate(amounts)
    ]  # fmt: skip
    return pb.example("toy_pooling").with_(rules=pd.DataFrame(rows))


def test_three_promises_that_are_short_by_ten_million_are_named_with_the_ways_out() -> None:
    """Floors 40, 50 and 20 with 100 to spend are short by 10."""
    with pytest.raises(pb.Infeasible) as caught:
        pb.optimise(promises(*FLOORS), pooling="freed")
    text = str(caught.value)
    assert text.startswith(
        "These promises cannot all be kept: family support at least £40 million (policy), home "
        "care at least £50 million (policy) and policing at least £20 million (policy) need £110 "
        "million; there is £100 million that may pay for them."
    )
    assert "find £10 million" in text
    repairs = caught.value.repairs
    assert [round(way.cost) for way in repairs] == [10_000_000] * 4
    lowered = sorted(way.rules[0][2] for way in repairs if way.rules)
    assert lowered == [10e6, 30e6, 40e6]


def test_a_rule_whose_basis_is_law_is_never_touched() -> None:
    with pytest.raises(pb.Infeasible) as caught:
        pb.optimise(promises(*FLOORS, basis="law"), pooling="freed")
    assert "(law)" in str(caught.value)
    assert [bool(way.funding) for way in caught.value.repairs] == [True]


def test_the_aligned_plan_that_others_are_compared_with_names_its_clash_too() -> None:
    place = pb.example("northvale")
    pledge = {"rule": "pledge", "kind": "floor", "subject": "service=hospital_at_home",
              "amount": 60e6, "basis": "policy"}  # fmt: skip
    clashing = place.with_(rules=pd.concat([place.rules, pd.DataFrame([pledge])]))
    with pytest.raises(pb.Infeasible, match="hospital at home at least £60 million") as caught:
        pb.optimise(clashing, pooling="pooled")
    assert "capacity" in str(caught.value)


def test_no_per_cent_of_nothing_is_proposed_as_a_way_out() -> None:
    """Homes must be for everybody and are locked at nothing; care works a year too late.

    Both rules would have to give way, and the lock cannot: no per cent of nothing is enough.
    """
    services = {
        "care": {"effect": {"lag": 1}, "today": {"tax": 5.0}},
        "homes": {"people": 1_000, "led_by": "need"},
    }
    rules = [
        rule("lock", "service=homes", 10),
        rule("outcome_floor", "outcome=care_good", 10, year="2027-28"),
    ]
    with pytest.raises(pb.Infeasible) as caught:
        pb.optimise(small({"tax": {"amount": 10.0}}, services, years=2, rules=rules), prices=False)
    assert caught.value.repairs == ()


KINDS = ("floor", "cap", "units_floor", "units_cap", "lock", "virement", "share_floor", "pace")


def impossible(seed: int) -> pb.Place:
    """A tiny place with random rules that ask for more than there is."""
    draw = np.random.default_rng(seed)
    rows = []
    for n, kind in enumerate(draw.choice(KINDS, size=3)):
        service = str(draw.choice(["prevention", "treatment"]))
        amount = {
            "floor": draw.uniform(5e6, 30e6),
            "cap": draw.uniform(1e5, 9e6),
            "units_floor": draw.uniform(4e3, 2e4),
            "units_cap": draw.uniform(10, 4e3),
        }.get(str(kind), draw.uniform(0, 90))
        rows.append(
            {"rule": f"rule_{n}", "kind": str(kind), "subject": f"service={service}",
             "amount": float(round(amount, 2)),
             "basis": str(draw.choice(["policy", "agreement", "law"]))}
        )  # fmt: skip
    rows.append({"rule": "too_much", "kind": "floor", "subject": "", "amount": 40e6,
                 "basis": "policy"})  # fmt: skip
    return tiny(rules=rows)


@pytest.mark.parametrize("seed", range(24 if ALL else 4))
def test_every_way_out_of_a_random_clash_leads_to_a_plan_and_keeps_the_law(seed: int) -> None:
    place = impossible(seed)
    with pytest.raises(pb.Infeasible) as caught:
        pb.optimise(place, prices=False)
    law = place.rules[place.rules["basis"] == "law"]
    if not caught.value.repairs:
        # Then the law alone asks for what no money could buy.
        rich = place.with_(rules=law, funding=place.funding.assign(amount=1e9))
        with pytest.raises(pb.Infeasible):
            pb.optimise(rich, prices=False)
    for way in caught.value.repairs:
        repaired = way.apply(place)
        kept = repaired.rules[repaired.rules["basis"] == "law"]
        assert kept.reset_index(drop=True).equals(law.reset_index(drop=True))
        assert pb.optimise(repaired, prices=False).status == "optimal"


def test_a_way_out_lowers_only_the_year_that_needs_it() -> None:
    """£10 million a year of council money; £12 million is promised in the second year only."""
    rules = [
        {"rule": "steady", "kind": "floor", "subject": "service=prevention", "amount": 9e6,
         "basis": "policy"},
        {"rule": "later", "kind": "floor", "subject": "service=prevention", "year": "2028-29",
         "amount": 12e6, "basis": "agreement"},
    ]  # fmt: skip
    with pytest.raises(pb.Infeasible) as caught:
        pb.optimise(tiny(rules=rules), pooling="aligned", prices=False)
    assert "steady" not in " ".join(
        str(change) for way in caught.value.repairs for change in way.rules
    )
    lowered = next(way for way in caught.value.repairs if way.rules)
    assert lowered.rules == (("later", "2028-29", 10e6),)


def test_a_way_out_says_an_amount_that_is_the_same_in_every_year_once() -> None:
    pledge = (
        pb.Option("more")
        .set("rules", "amount", 100_000.0, rule="homes_pledge")
        .set("offers", "build", None, service="homelessness_prevention")
        .scale("funding", 2.0, stream="district_council_tax")
    )
    with pytest.raises(pb.Infeasible) as caught:
        pb.optimise(pb.example("northvale").with_option(pledge), prices=False)
    words = caught.value.repairs[0].words
    assert words.endswith("ask for 123.379 of it each year")
    for year in pb.example("northvale").years:
        assert year not in words
