"""A proposal is tried on a place in one call, says why, and never goes below the law."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import placebudget as pb
from placebudget.errors import InvalidOption, WrongArgument
from placebudget.place.options import stored_options
from placebudget.sector import Proposal
from placebudget.sector.proposal import cheaper

PLACE = pb.example("toy_pooling")
LONGER = pb.example("northvale")
SERVICE = PLACE.services["service"].iloc[0]
WHY = "A quarter of councils pay 10 % less."


def proposal() -> Proposal:
    ends = [cheaper([SERVICE], factor, WHY, "Figures, A ministry, 2014") for factor in (0.95, 0.8)]
    middle = cheaper([SERVICE], 0.9, WHY, "Figures, A ministry, 2014")
    return Proposal(middle, WHY, "5", ("Figures, A ministry, 2014",), *ends)


def test_a_proposal_is_tried_in_one_call_and_changes_the_plan() -> None:
    """With 10 % off its unit cost the same money buys more; at the high end no less."""
    found = proposal().try_on(PLACE, pooling="freed")
    without, within = (plan.objective.value for plan in found.plans)
    assert found.names == ("without", "with")
    assert within > without
    high = proposal().try_on(PLACE, size="high", pooling="freed").plans[1].objective.value
    assert high >= within
    assert pb.example("toy_pooling") == PLACE


def test_its_option_carries_reason_and_source_into_the_file_the_place_and_the_sum(
    tmp_path: Path,
) -> None:
    option = proposal().option
    assert (option.description, option.source) == (WHY, "Figures, A ministry, 2014")
    rows = option.apply(PLACE).offers
    assert set(rows.loc[rows["service"] == SERVICE, "note"]) == {WHY}
    folder = PLACE.write(tmp_path / "place")
    option.save(folder)
    assert list(stored_options(str(folder)).values()) == [option]
    other = pb.Option("more", source="Figures, A ministry, 2014; Notes").scale("funding", 1.1)
    assert (other + option).source.count("Notes") == 1
    assert "Source: Figures" in str(option)


def test_a_proposal_that_would_relax_the_law_is_refused_with_the_rule() -> None:
    rules = pd.DataFrame(
        {"rule": ["duty"], "kind": ["floor"], "subject": [f"service={SERVICE}"],
         "amount": [1000.0], "basis": ["law"]}
    )  # fmt: skip
    bound = PLACE.with_(rules=rules)
    lower = pb.Option("less").scale("rules", 0.5, "amount", rule="duty")
    with pytest.raises(InvalidOption, match="it would relax duty"):
        Proposal(lower, "Others spend less.").try_on(bound)


def test_a_gap_is_closed_over_the_years_that_are_said() -> None:
    """An index of 2 %: with 0.81 over two years each rises by 1.02 x 0.9, the others by 1.02."""
    years = LONGER.years
    index = pd.DataFrame({"index": "pay", "year": years, "rate": 0.02})
    held = LONGER.with_(
        offers=LONGER.offers.assign(index="pay"),
        inflation=pd.concat([LONGER.inflation[LONGER.inflation["index"] != "pay"], index]),
    )
    option = cheaper(["home_care"], 0.81, WHY, "", held, 2)
    changed = option.apply(held)
    own = set(changed.offers.loc[changed.offers["service"] == "home_care", "index"]).pop()
    rates = changed.inflation[changed.inflation["index"] == own].set_index("year")["rate"]
    expected = [0.02, *[1.02 * 0.9 - 1] * 2, *[0.02] * len(years[3:])]
    assert rates[list(years)].tolist() == pytest.approx(expected)


def test_what_is_no_proposal_is_refused() -> None:
    with pytest.raises(WrongArgument) as caught:
        Proposal("cheaper", " ", low=3)  # type: ignore[arg-type]
    said = str(caught.value)
    assert all(part in said for part in ("option", "why is a sentence", "low"))
    with pytest.raises(WrongArgument, match="size is one of"):
        proposal().sized("huge")
