"""One changed amount of one stream: a live session, bare HiGHS live, PuLP afresh."""

from __future__ import annotations

import numpy as np

from benchmarks.contenders import OPTIONS, plain_pulp, programme_of, solved
from benchmarks.timing import Timed, in_turn
from placebudget.place import Place
from placebudget.solver import Session

import highspy  # isort: skip

ROUNDS = 20


class Live:
    """A stream's funding of one year that rises and falls by a twentieth."""

    def __init__(self, place: Place) -> None:
        self.place, self.session = place, Session(place)
        funding = place.funding.sort_values("amount")
        row = funding.iloc[len(funding) // 2]
        self.stream, self.year, self.amount = row["stream"], row["year"], float(row["amount"])
        self.factor = {"session": 1.0, "bare": 1.0}
        self.session.value()
        self.model = self._bare()

    def _next(self, who: str) -> float:
        self.factor[who] = 1.05 if self.factor[who] == 1.0 else 1.0
        return self.amount * self.factor[who]

    def in_session(self) -> float:
        """Change and solve again in the live session."""
        self.session.set_funding(self.stream, self.year, self._next("session"))
        return self.session.value()

    def _bare(self) -> highspy.Highs:
        """The session's model as it stands, in a HiGHS of its own."""
        session, model = self.session, highspy.Highs()
        model.setOptionValue("output_flag", False)
        for name, value in OPTIONS.items():
            model.setOptionValue(name, value)
        matrix = session.programme_now.matrix
        self.cost = -session._gain
        model.passModel(
            matrix.width, matrix.height, len(matrix.value),
            int(highspy.MatrixFormat.kRowwise), int(highspy.ObjSense.kMinimize), 0.0, self.cost,
            matrix.lower, matrix.upper, matrix.row_lower, matrix.row_upper,
            matrix.start, matrix.column, matrix.value, matrix.integer.astype(np.int32),
        )  # fmt: skip
        basis, programme = session.programme.basis, session.programme
        klass = next(c for c, names in enumerate(basis.classes.streams) if self.stream in names)
        year = self.place.years.index(self.year)
        first = programme.rows["class_balance"].first
        self.row = np.array([first + klass * len(basis.years) + year], np.int32)
        self.others = float(matrix.row_lower[self.row[0]]) - self.amount / basis.scale.money
        carry = programme.columns["carry"]
        mine = (carry.index["class"] == klass) & (carry.index["year"] == year)
        self.carry = carry.numbers[mine].astype(np.int32)
        self.share = float(basis.classes.carry_forward[klass])
        self.money, self.scale = basis.scale.money, programme.objectives[0].scale
        solved(model)
        return model

    def bare(self) -> float:
        """Change the same numbers in HiGHS and run it again from its last basis."""
        right = np.array([self.others + self._next("bare") / self.money])
        self.model.changeRowsBounds(1, self.row, right, right)
        if len(self.carry):
            zero = np.zeros(len(self.carry))
            self.model.changeColsBounds(
                len(self.carry), self.carry, zero, zero + self.share * right
            )
        values, _ = solved(self.model)
        return float(-self.cost @ values) * self.scale


def measure_hot(place: Place, rounds: int = ROUNDS) -> Timed:
    """Seconds for one change, in turn."""
    live = Live(place)
    return in_turn({"session": live.in_session, "bare HiGHS, live": live.bare}, rounds)


def afresh(place: Place) -> float:
    """What the change costs without a session: the problem written and solved again."""
    return plain_pulp(programme_of(place))
