"""The waterfall of an overspend adds up to the penny, whatever the agreement."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from placebudget.errors import UnreadableTable, WrongArgument
from placebudget.study.risk_share import UNFUNDED, RiskShare, risk_share


def lines(*rows: tuple[str, float, float]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["line", "budget", "actual"])


def shares(*rows: tuple[str, float, float | None]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["partner", "share", "cap"])


def steps(found: RiskShare) -> dict[str, float]:
    return dict(zip(found.table["source"], found.table["amount"], strict=True))


def test_each_step_takes_what_the_one_before_left() -> None:
    found = risk_share(
        lines(("beds", 100, 130), ("visits", 50, 46)),
        shares(("council", 40, 5), ("nhs", 60, None)),
        risk_pool=6,
    )
    assert steps(found) == {"visits": 4, "risk pool": 6, "council": 5, "nhs": 12, UNFUNDED: 3}
    assert found.table["left"].tolist() == [26, 20, 15, 3, 3]
    assert found.unfunded == 3
    partners = found.tables["partners"].set_index("partner")
    assert partners.loc["council", ["due", "pays", "above_cap"]].tolist() == [8, 5, 3]


def test_what_lies_above_a_cap_passes_on_only_where_that_was_agreed() -> None:
    over = lines(("beds", 0, 100))
    agreed = shares(("a", 50, 10), ("b", 30, 45), ("c", 20, None))
    assert steps(risk_share(over, agreed)) == {"a": 10, "b": 30, "c": 20, UNFUNDED: 40}
    assert steps(risk_share(over, agreed, pass_on=True)) == {"a": 10, "b": 45, "c": 45}


def test_when_all_are_at_their_caps_the_rest_is_unfunded() -> None:
    agreed = shares(("a", 50, 10), ("b", 50, 20))
    found = risk_share(lines(("beds", 0, 100)), agreed, pass_on=True)
    assert steps(found) == {"a": 10, "b": 20, UNFUNDED: 70}
    assert "unfunded: £70.00" in found.summary()


def test_underspends_that_are_enough_touch_nobody() -> None:
    found = risk_share(
        lines(("beds", 100, 110), ("x", 50, 40), ("y", 50, 20)), shares(("a", 100, None))
    )
    assert steps(found) == {"x": 2.5, "y": 7.5}
    assert found.tables["partners"]["pays"].tolist() == [0]


def test_without_an_overspend_nothing_is_shared() -> None:
    found = risk_share(lines(("beds", 100, 90)), shares(("a", 100, None)), risk_pool=5)
    assert found.table.empty
    assert "nothing is to be shared" in found.summary()


def test_caps_may_be_left_out() -> None:
    found = risk_share(lines(("beds", 0, 10)), shares(("a", 100, None)).drop(columns="cap"))
    assert steps(found) == {"a": 10}


pennies = st.integers(0, 10**7).map(lambda value: value / 100)


@settings(max_examples=60, deadline=None)
@given(
    spent=st.lists(st.tuples(pennies, pennies), min_size=1, max_size=5),
    weights=st.lists(st.integers(1, 9), min_size=1, max_size=5),
    caps=st.lists(st.none() | pennies, min_size=5, max_size=5),
    risk_pool=pennies,
    pass_on=st.booleans(),
)
def test_the_steps_add_up_to_the_overspend_to_the_penny(
    spent: list[tuple[float, float]],
    weights: list[int],
    caps: list[float | None],
    risk_pool: float,
    pass_on: bool,
) -> None:
    whole = sum(weights)
    agreed = shares(*((f"p{n}", 100 * w / whole, caps[n]) for n, w in enumerate(weights)))
    found = risk_share(
        lines(*((f"l{n}", b, a) for n, (b, a) in enumerate(spent))),
        agreed,
        risk_pool=risk_pool,
        pass_on=pass_on,
    )
    over = sum(max(round(a * 100) - round(b * 100), 0) for b, a in spent)
    amounts = [round(amount * 100) for amount in found.table["amount"]]
    assert sum(amounts) == over
    assert all(amount > 0 for amount in amounts)
    for row in found.tables["partners"].itertuples():
        assert pd.isna(row.cap) or row.pays <= row.cap
    assert (found.tables["lines"]["used"] <= found.tables["lines"]["under"]).all()


def test_all_problems_of_an_agreement_are_named_together() -> None:
    wrong = shares(("a", 60, -1), ("a", 60, None))
    with pytest.raises(WrongArgument) as error:
        risk_share(lines(("beds", 1, None)), wrong, risk_pool=-1)  # type: ignore[arg-type]
    text = str(error.value)
    for part in ("actual must be a number", "partner twice", "cap must not be", "risk_pool"):
        assert part in text
    with pytest.raises(UnreadableTable, match="add up to 90 per cent"):
        risk_share(lines(("beds", 1, 2)), shares(("a", 90, None)))
    with pytest.raises(UnreadableTable, match="lacks the column share"):
        risk_share(lines(("beds", 1, 2)), pd.DataFrame({"partner": ["a"]}))
