"""A place in a live model, freed for one coalition of partners after another.

The members of a coalition share their money, without limits or ring-fences, and
pay with it for what members commission; everybody else works apart. All of that
stands in the programme, closed by bounds, so that the next coalition changes a few
bounds and is solved from the last basis.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from placebudget.programme import Programme
from placebudget.programme.linear import Matrix
from placebudget.solver.answer import Limits
from placebudget.solver.live_programme import LiveProgramme


class Coalitions(LiveProgramme):
    """The programme of a place for coalitions; nobody works together at first.

    Parameters
    ----------
    programme : Programme
        Built with :func:`placebudget.programme.coalition_pooling`.
    partners : sequence of str
        Partners in order; a coalition is a sum of 2**n over its members.
    partner_of : mapping of str to str
        Partner of each agency.
    limits : Limits, optional
        Time and stop signal of every solve.
    """

    def __init__(
        self,
        programme: Programme,
        partners: Sequence[str],
        partner_of: Mapping[str, str],
        limits: Limits | None = None,
    ) -> None:
        super().__init__(programme, limits)
        basis = programme.basis
        number = {partner: n for n, partner in enumerate(partners)}

        def of(agencies: np.ndarray) -> np.ndarray:
            return np.array([number.get(partner_of.get(a, a), -1) for a in agencies], np.int64)

        self.of_class, self.of_line = of(basis.classes.agency), of(basis.lines.commissioner)
        money, share = programme.columns["money"], programme.columns["share"]
        shared = basis.classes.shared[money.index["class"]]
        self._switched = np.concatenate([money.numbers[shared], share.numbers])
        self._partner = np.concatenate(
            [self.of_line[money.index["line"][shared]], self.of_class[share.index["class"]]]
        )
        self.count = len(partners)

    def form(self, coalition: int) -> None:
        """Let the members of a coalition share their money, and nobody else."""
        inside = np.append((coalition >> np.arange(self.count) & 1).astype(bool), False)
        most = np.where(inside[self._partner], np.inf, 0.0)
        other = most != self._upper[self._switched]
        numbers, most = self._switched[other], most[other]
        self._change_columns(numbers, np.zeros(len(numbers)), most)

    def worth(self, coalition: int) -> float:
        """Value of the best plan of a coalition and those who work apart."""
        self.form(coalition)
        return self.value()

    def matrix(self, coalition: int) -> Matrix:
        """The programme of a coalition, with its bounds as they are now."""
        self.form(coalition)
        now = self._matrix_now()
        return Matrix(**{**vars(now), "lower": now.lower.copy(), "upper": now.upper.copy()})

    @property
    def gain(self) -> np.ndarray:
        """What one more of each variable adds to the objective, scaled."""
        return self._gain

    def owners(self) -> tuple[np.ndarray, np.ndarray]:
        """Who brings each limit: money its agency, all else who commissions the line.

        Returns
        -------
        rows, columns : ndarray
            Partners x constraints and partners x variables: 1 where the limit is
            the partner's. A limit over lines of several partners is nobody's.
        """
        column = self._column_owner()
        matrix, rows = self.programme.matrix, np.full(self.programme.matrix.height, -1)
        # A constraint is somebody's when all its variables are.
        filled = np.flatnonzero(np.diff(matrix.start))
        owner = column[matrix.column]
        first = matrix.start[filled]
        low, high = np.minimum.reduceat(owner, first), np.maximum.reduceat(owner, first)
        rows[filled] = np.where(low == high, low, -1)
        balance = self.programme.rows["class_balance"]
        rows[balance.numbers] = self.of_class[balance.index["class"]]
        each = np.arange(self.count)[:, None]
        return (rows == each).astype(float), (column == each).astype(float)

    def _column_owner(self) -> np.ndarray:
        columns, basis = self.programme.columns, self.programme.basis
        owner = np.full(self.programme.matrix.width, -1)
        by_offer = self.of_line[basis.offers.line]
        for name, dimension, of in (
            ("money", "line", self.of_line),
            ("step_units", "line", self.of_line),
            ("units", "offer", by_offer),
            ("start", "offer", by_offer),
            ("run", "offer", by_offer),
            ("share", "class", self.of_class),
            ("idle", "class", self.of_class),
            ("carry", "class", self.of_class),
        ):
            if name in columns:
                block = columns[name]
                owner[block.numbers] = of[block.index[dimension]]
        return owner
