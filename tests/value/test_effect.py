"""The effect chain: each link by hand, blanks as they are defined, fading year by year."""

from __future__ import annotations

import pandas as pd
import pytest

from placebudget.value import discount_factors, effect_per_unit, fading

GRADES = pd.DataFrame({"grade": ["3", "4"], "optimism_bias": [0.10, 0.15]})
CHAIN = {
    "engagement": 0.5,
    "retention": 0.8,
    "impact": 0.25,
    "deadweight": 0.0,
    "attribution": 1.0,
    "evidence": None,
}


def effect(**links: object) -> float:
    row = pd.DataFrame({name: [value] for name, value in {**CHAIN, **links}.items()})
    row["evidence"] = row["evidence"].astype("str").where(row["evidence"].notna(), None)
    return float(effect_per_unit(row, GRADES)[0])


def test_the_published_chain_from_a_thousand_people_to_pounds() -> None:
    """1,000 x 0.5 x 0.8 x 0.25 = 100; less 20 % deadweight 80; less 15 % optimism bias 68;
    at £2,000 each £136,000; a year later at 3.5 % £131,400.97.
    """
    assert 1_000 * effect() == pytest.approx(100)
    assert 1_000 * effect(deadweight=0.2) == pytest.approx(80)
    made = 1_000 * effect(deadweight=0.2, evidence="4")
    assert made == pytest.approx(68)
    assert made * 2_000 == pytest.approx(136_000)
    discounted = made * 2_000 * discount_factors("green book", 2)[1]
    assert round(discounted, 2) == 131_400.97


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        ({"engagement": 1.0}, 0.2),  # 1 x 0.8 x 0.25
        ({"retention": 0.4}, 0.05),  # 0.5 x 0.4 x 0.25
        ({"impact": 2.0}, 0.8),  # 0.5 x 0.8 x 2: an impact may be above one
        ({"deadweight": 1.0}, 0.0),  # all of it would have happened anyway
        ({"attribution": 0.3}, 0.03),  # 0.1 x 0.3
        ({"evidence": "3"}, 0.09),  # 0.1 x (1 - 0.1)
    ],
)
def test_each_link_multiplies(link: dict[str, object], expected: float) -> None:
    assert effect(**link) == pytest.approx(expected)


def test_a_blank_grade_is_not_corrected() -> None:
    assert effect(evidence=None) == pytest.approx(0.1)


def test_an_effect_fades_by_its_drop_off_each_year_after_the_first() -> None:
    """Duration 3, drop-off 0.1: 1, 0.9, 0.81. Drop-off 0 stays, drop-off 1 ends after a year."""
    assert fading(3, 0.1) == pytest.approx([1, 0.9, 0.81])
    assert list(fading(3, 0.0)) == [1, 1, 1]
    assert list(fading(3, 1.0)) == [1, 0, 0]
    assert list(fading(1, 0.5)) == [1]
