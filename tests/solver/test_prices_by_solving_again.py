"""Prices of limits against the place planned again with the limit moved."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import placebudget as pb
from placebudget.place import Place
from placebudget.programme import Programme, build, read_pooling
from placebudget.programme.linear import Matrix
from placebudget.solver import (
    BUILD,
    PRICED,
    RELEASE,
    RunLimits,
    given_apart,
    limit_prices,
    solve_kept,
)
from placebudget.solver.backend.highs import LiveHighs
from proof import ALL
from small import MILLION, rule, small


def two_offers(most: float) -> Place:
    """£18 million; two ways to the same, at £1,000 and £2,000 a unit; half works half as well."""
    steps = [
        {"service": "care", "step": 1, "up_to": 0.5, "effectiveness": 1.0},
        {"service": "care", "step": 2, "up_to": 1.0, "effectiveness": 0.5},
    ]
    offers = [
        {"offer": "cheap", "unit_cost": 1_000.0, "capacity": most},
        {"offer": "dear", "unit_cost": 2_000.0, "capacity": 6_000.0},
    ]
    care = {"value": 4.0, "people": None, "offer": offers}
    return small({"tax": {"amount": 18.0}}, {"care": care}, returns=steps)


def test_capacity_in_the_place_of_need_moves_the_steps_as_well() -> None:
    """One unit more at £1,000 widens both steps by half a unit, and all money is used.

    12,000 units for £18 million: 6,000 work in full and 6,000 by half. One more of the
    cheap offer is bought too: half of it works in full, half by half, of £4,000.
    """
    plans = [pb.optimise(two_offers(most), prices="capacity") for most in (6_000, 6_001)]
    gain = plans[1].objective.value - plans[0].objective.value
    found = plans[0].prices().set_index("name").loc["cheap"]
    assert gain > 1_000
    assert found["relaxing"] == pytest.approx(gain, abs=0.01)


def test_the_next_pound_and_the_whole_next_million_are_told_apart() -> None:
    """Care may take £4 million; £400,000 more is needed at £5, and then nothing.

    A pound more of it comes from homes, worth £1; a pound less goes there, for three
    millions, as homes have six and need nine.
    """
    services = {"care": {"value": 5.0, "people": 4_400}, "homes": {"people": 9_000}}
    cap = rule("cap", "service=care", 4 * MILLION, rule="cap")
    prices = pb.optimise(small({"tax": {"amount": 10.0}}, services, rules=[cap])).prices()
    row = prices.set_index("name").loc["cap"]
    assert row["relaxing_rate"] == pytest.approx(4 * MILLION)
    assert row["holds_for"] == pytest.approx(0.4)
    assert row["relaxing"] == pytest.approx(1.6 * MILLION)
    assert row["tightening_rate"] == pytest.approx(4 * MILLION)
    assert row["tightening_holds_for"] == pytest.approx(3.0)
    assert (
        "would gain £1.6 million of public value: £4.00 a pound for the first £400,000"
        in row["sentence"]
    )
    assert "decided" not in row["sentence"]


def test_what_rounds_to_nothing_is_not_in_the_table() -> None:
    """A cap that binds on what is worth nothing."""
    services = {"care": {"value": 0.0, "people": 9_000}, "homes": {"people": 9_000}}
    cap = rule("cap", "service=homes", 4 * MILLION, rule="cap")
    least = rule("floor", "service=care", 0.1, rule="least")
    plan = pb.optimise(small({"tax": {"amount": 10.0}}, services, rules=[cap, least]))
    assert "least" not in set(plan.prices()["name"])


RICH_AND_POOR = {"rich": {"value": 3.0, "people": 9_000}, "poor": {"people": 9_000}}


def held_back(kind: str, amount: float) -> Place:
    """£10 million at £1,000 a unit, some of which must go where it is worth a third."""
    tax = {"tax": {"amount": 10.0}}
    if kind == "contribution minimum":
        paid = {"tax": {"minimum": amount, "maximum": 10 * MILLION}}
        pools = {"joint": {"streams": paid, "purposes": ["poor"]}}
        return small(tax, RICH_AND_POOR, pools=pools)
    about = "outcome=poor_good" if kind == "outcome_floor" else "service=poor"
    return small(tax, RICH_AND_POOR, rules=[rule(kind, about, amount)])


@pytest.mark.parametrize(
    ("kind", "amount", "one", "rate"),
    [
        ("contribution minimum", 2 * MILLION, MILLION, 2 * MILLION),
        ("units_floor", 2_000.0, 1.0, 2_000.0),
        ("outcome_floor", 2_000.0, 1.0, 2_000.0),
    ],
)
def test_what_must_be_done_at_least_has_the_price_that_planning_again_finds(
    kind: str, amount: float, one: float, rate: float
) -> None:
    """£2 a pound until the richer need is met, in another £1 million, and as it is taken away."""
    plan = pb.optimise(held_back(kind, amount), prices=kind)
    (price,) = plan.prices().to_dict("records")

    def gain(by: float) -> float:
        moved = pb.optimise(held_back(kind, amount - by * one), prices=False)
        return moved.objective.value - plan.objective.value

    reach, back = price["holds_for"], price["tightening_holds_for"]
    assert price["relaxing"] == pytest.approx(gain(1.0))
    assert price["tightening"] == pytest.approx(-gain(-1.0))
    assert price["relaxing_rate"] == price["tightening_rate"] == pytest.approx(rate)
    assert reach * one == pytest.approx(max(one, 1_000.0))
    assert gain(reach) == pytest.approx(rate * reach)
    assert gain(1.1 * reach) < 1.05 * rate * reach
    assert back * one == pytest.approx(7 * max(one, 1_000.0))
    assert gain(-back) == pytest.approx(-rate * back)


class Again:
    """A place, its prices, and its programme solved again with a limit moved.

    What moves is found from the place, written down again with another figure, or by what
    variables and constraints are called: not from where prices have it.
    """

    def __init__(self, name: str, dearest: int, kinds: tuple[str, ...] | None) -> None:
        self.place = pb.example(name)
        self.marks = pb.plan.benchmarks(self.place)
        self.given = given_apart(self.place, RunLimits())
        plain = build(
            self.place, read_pooling(self.place, "pooled"), benchmarks=self.marks,
            gave_way=self.given,
        )  # fmt: skip
        plain, solution = solve_kept(plain, tie_break=False)
        self.given = plain.basis.gave_way
        self.prices = limit_prices(plain, solution, RunLimits(), dearest, kinds)
        self.base = self.written(self.place)
        matrix = self.base.matrix
        self.lower, self.upper = matrix.lower.copy(), matrix.upper.copy()
        for block in plain.columns.values():
            if block.integer:
                at = self.base.columns[block.name].numbers
                decided = np.round(plain.take(block.name, solution.values))
                self.lower[at] = self.upper[at] = decided
        none = np.zeros_like(matrix.integer)
        fixed = replace(matrix, lower=self.lower, upper=self.upper, integer=none)
        self.gain_of = self.base.objectives[0].gain
        self.live = LiveHighs(fixed, -self.gain_of)
        self.start = self.live.mark()
        self.named = {
            **{self.base.row_label(n): ("row", n) for n in range(matrix.height)},
            **{self.base.column_label(n): ("column", n) for n in range(matrix.width)},
        }
        self.best = 0.0
        best = self.solved(matrix)
        assert best is not None
        self.best = best

    def written(self, place: Place) -> Programme:
        return build(
            place, read_pooling(place, "pooled"), benchmarks=self.marks, probe=True,
            gave_way=self.given,
        )  # fmt: skip

    def solved(self, matrix: Matrix, year: str = "") -> float | None:
        """Gain with other limits; of what stands in one year alone, if that is given."""
        base = self.base.matrix
        rows = np.flatnonzero(
            (matrix.row_lower != base.row_lower) | (matrix.row_upper != base.row_upper)
        )
        columns = np.flatnonzero((matrix.lower != base.lower) | (matrix.upper != base.upper))
        if year:
            rows = rows[[self.base.row_label(n).endswith(f"{year})") for n in rows.tolist()]]
            labels = map(self.base.column_label, columns.tolist())
            columns = columns[[label.endswith(f"{year})") for label in labels]]
        if (matrix.lower[columns] > matrix.upper[columns]).any():
            return None
        self.live.change_rows(rows, matrix.row_lower[rows], matrix.row_upper[rows])
        self.live.change_columns(columns, matrix.lower[columns], matrix.upper[columns])
        # The largest lot stands beside its decision: as another number in the matrix.
        others = self.set_numbers(matrix, np.flatnonzero(matrix.value != base.value), year)
        values = self.live.run(RunLimits()).values
        self.set_numbers(base, others, year)
        self.live.change_rows(rows, base.row_lower[rows], base.row_upper[rows])
        self.live.change_columns(columns, self.lower[columns], self.upper[columns])
        if values is None:
            return None
        return float(self.gain_of @ values) * self.base.objectives[0].scale - self.best

    def set_numbers(self, matrix: Matrix, at: np.ndarray, year: str) -> np.ndarray:
        rows = np.searchsorted(matrix.start, at, side="right") - 1
        here = np.array([self.base.row_label(n).endswith(f"{year})") for n in rows.tolist()], bool)
        at, rows = at[here], rows[here]
        for n, row in zip(at.tolist(), rows.tolist(), strict=True):
            self.live.model.changeCoeff(row, int(matrix.column[n]), float(matrix.value[n]))
        return at

    def gain(self, row: pd.Series, steps: float) -> float | None:
        """What so many steps of a limit gain."""
        if row["kind"] == "funding":
            return self.solved(self.written(self.funded(row, steps * MILLION)).matrix)
        if row["kind"] == "capacity":
            table = self.place.offers.copy()
            table.loc[table["offer"] == row["name"], "capacity"] += steps
            if (table["capacity"] < 0).any():
                return None
            moved = self.written(self.place.with_(offers=table))
            return self.solved(moved.matrix, row["year"])
        m = self.base.matrix
        moved = replace(
            m, lower=m.lower.copy(), upper=m.upper.copy(), row_lower=m.row_lower.copy(),
            row_upper=m.row_upper.copy(),
        )  # fmt: skip
        scale = self.base.basis.scale
        one = MILLION / scale.money if row["unit"] == "£1 million" else 1 / scale.units
        self.shift(moved, row, steps * one)
        return self.solved(moved)

    def shift(self, moved: Matrix, row: pd.Series, by: float) -> None:
        """A rule, speed, contribution or ring-fence, by what it is called in the programme."""
        kind, name, year = row["kind"], row["name"], row["year"]
        if kind.startswith("contribution"):
            _, n = self.named[f"contribute({self.class_of(row['where'])}, {name}, {year})"]
            if kind.endswith("maximum"):
                moved.upper[n] += by
            else:
                moved.lower[n] -= by
        elif kind == "ring-fence":
            klass, classes = self.class_of(name), self.base.basis.classes
            share = classes.carry_forward[list(self.names("class")).index(klass)]
            for label, amount in ((klass, -by), (str(self.names("class")[classes.free][0]), by)):
                _, n = self.named[f"class_balance({label}, {year})"]
                moved.row_lower[n] += amount
                moved.row_upper[n] += amount
            carried = self.named.get(f"carry({klass}, {year})")
            if carried is not None:
                moved.upper[carried[1]] -= share * by
        else:
            # A rule stands where it holds; an offer's speed is called by the offer alone.
            where = row["where"] if kind not in (RELEASE, BUILD) else ""
            label = f"({', '.join(part for part in (name, where, year) if part)})"
            found = [
                (block.name + label, -1.0 if block.sense == ">=" else 1.0)
                for block in self.base.rows.values()
                if block.name + label in self.named
                and ("rule" in block.index or block.name == kind)
            ]
            assert found, label
            for each, sign in found:
                _, n = self.named[each]
                moved.row_lower[n] += sign * by
                moved.row_upper[n] += sign * by

    def names(self, dimension: str) -> np.ndarray:
        return self.base.draft.names[dimension]

    def class_of(self, streams: str) -> str:
        wanted = tuple(streams.split(", "))
        found = [c for c, each in enumerate(self.base.basis.classes.streams) if each == wanted]
        return str(self.names("class")[found[0]])

    def funded(self, row: pd.Series, pounds: float) -> Place:
        table = self.place.funding.copy()
        mine = (table["stream"] == row["name"]) & (table["year"] == row["year"])
        if not mine.any():  # it brings nothing in that year
            fresh = (
                table[table["stream"] == row["name"]].head(1).assign(year=row["year"], amount=0.0)
            )
            table = pd.concat([table, fresh], ignore_index=True)
            mine = table.index == len(table) - 1
        table.loc[mine, "amount"] += pounds
        return self.place.with_(funding=table)

    def brings(self, row: pd.Series) -> float:
        """What a stream brings in a year, £ million."""
        table = self.place.funding
        mine = (table["stream"] == row["name"]) & (table["year"] == row["year"])
        return float(table.loc[mine, "amount"].sum()) / MILLION


def some_of_each_kind(prices: pd.DataFrame, count: int, seed: int) -> pd.DataFrame:
    mixed = prices.sample(frac=1.0, random_state=seed)
    turn = mixed.groupby(["kind", "unit"]).cumcount()
    return mixed.loc[turn.sort_values(kind="stable").index].head(count)


def check(again: Again, count: int, seed: int) -> None:
    chosen = some_of_each_kind(again.prices, count, seed)
    assert len(chosen) == count
    for _, row in chosen.iterrows():
        for side, sign in (("relaxing", 1.0), ("tightening", -1.0)):
            if sign > 0 or row["kind"] != "ring-fence":  # closing a ring-fence has no price
                check_side(again, row, side, sign)


def check_side(again: Again, row: pd.Series, side: str, sign: float) -> None:
    told = f"{side} {row['kind']} {row['name']} {row['where']} {row['year']}"
    rate = row[f"{side}_rate"]
    reach = row["holds_for"] if sign > 0 else row["tightening_holds_for"]
    if np.isnan(rate):
        assert again.gain(row, sign * 0.001) is None, told
        return
    end = min(reach, 50.0)
    for at in {min(0.001, end), 0.9 * end, max(end - 1e-6, 0.5 * end)}:
        gain = again.gain(row, sign * at)
        assert gain is not None, (told, at)
        assert sign * gain == pytest.approx(rate * at, abs=max(2.0, 1e-5 * rate * at)), (told, at)
    # A stream can be cut down to nothing and no further.
    cut = sign < 0 and row["kind"] == "funding" and reach == pytest.approx(again.brings(row))
    if reach < 50.0 and not cut:
        further = end + max(0.01, 0.01 * end)
        gain = again.gain(row, sign * further)
        assert gain is None or gain < sign * rate * further - 0.01, (told, "end")
    whole = again.gain(row, sign * row["step"] if sign > 0 else sign)
    if not np.isnan(row[side]) and whole is not None:
        assert sign * whole == pytest.approx(row[side], abs=5.0), told


def test_prices_and_their_ranges_are_those_of_the_place_planned_again() -> None:
    """Some of each kind; two hundred of two places where everything is tried."""
    check(Again("northvale", 0, PRICED), 100 if ALL else 10, seed=1)


def test_so_they_are_where_there_are_many_agencies() -> None:
    check(Again("lancashire", 25, PRICED if ALL else None), 100 if ALL else 4, seed=2)
