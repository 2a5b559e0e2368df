"""Counts of people that may be shown: small ones are hidden, and so is what would give them away.

A table of counts is shown with the totals of every set of its columns. Whoever reads it knows
that counts are not negative and add up, and can work out a range for each that is hidden. A
hidden count is safe where its range holds a value that is not small; the fewest further counts
are hidden until each is.

Which ones is a hitting set. That a range is too narrow is proved by the multipliers of a linear
programme: of the counts with a multiplier one more must be hidden.

What is told beside a table narrows ranges, too: that one total is not below another
(:class:`NoMore`), or how many people are counted in some of its rows (:func:`told_beside`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import product
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from placebudget.arguments import Arguments, instance, sequence, texts, whole
from placebudget.errors import CannotAnswer, UnreadableTable, WrongArgument
from placebudget.texts import shown

SMALLEST_SHOWN = 8
"""Counts from 1 to 7 are small. Source: NHS Digital, disclosure control of hospital episodes."""
ALL = "all"
"""In place of a key: all of them together."""
_NEAR, _MOST_BY = 1e-6, 3
_WITHOUT_END = 3
"""What scipy.optimize.linprog says of a sum that can be as large as one likes."""

Among = tuple[frozenset[str], int]
"""Keys of the last column, and how many people are counted in one of them or more."""


class NoMore(NamedTuple):
    """What anybody knows of two totals: ``less`` is at most ``times`` ``more`` and ``above``.

    Both are keys of the last column; a blank one counts nothing.
    """

    less: str
    times: float
    more: str
    above: float = 0.0


def disclosed(
    counts: pd.DataFrame,
    by: Sequence[str],
    *,
    count: str = "people",
    smallest: int = SMALLEST_SHOWN,
    earlier: Sequence[pd.DataFrame] = (),
    known: Sequence[NoMore] = (),
) -> pd.DataFrame:
    """A table of counts of people with all its totals, as it may be shown to anybody.

    Parameters
    ----------
    counts : DataFrame
        The columns ``by`` and ``count``: whole numbers, a row for each set of keys; what has no
        row is nought.
    by : sequence of str
        One to three columns of keys.
    count : str
        The column of counts.
    smallest : int
        The smallest count that is shown beside nought.
    earlier : sequence of DataFrame
        The counts from which tables were shown before, the first first, when less had been
        counted. What came in between two of them can be had by subtraction, and is a count, too.
    known : sequence of NoMore
        What else anybody knows of the last of them. By itself it must not tell that a count is
        small.

    Returns
    -------
    DataFrame
        The columns ``by``, with ``"all"`` for a total; ``count``, blank where it is hidden; and
        ``hidden``: whether it is. Why is not told: that a count is small is what is kept.

    Raises
    ------
    WrongArgument, UnreadableTable
        If there is no such column, a count is no whole number of nought or more, a key is there
        twice or reads ``all``, or more was counted before.
    CannotAnswer
        If it cannot be proved what may be shown, as where what is known contradicts the counts.

    Examples
    --------
    >>> votes = pd.DataFrame({"ward": ["north", "south"], "people": [3, 20]})
    >>> disclosed(votes, ["ward"]).to_dict("list")["hidden"]
    [True, True, False]
    """
    with Arguments() as asked:
        asked.read(instance, "counts", counts, pd.DataFrame, "a table (a DataFrame)")
        by = asked.read(texts, "by", by, such_as="['area']")
        smallest = asked.read(whole, "smallest", smallest)
        before = asked.read(_in_order, earlier)
    released = _Releases.of([*before, counts], list(by), count, smallest, known)
    return released.shown(count)


def ranges(
    table: pd.DataFrame,
    by: Sequence[str],
    *,
    count: str = "people",
    known: Sequence[NoMore] = (),
    among: Sequence[Among] = (),
) -> pd.DataFrame:
    """What anybody can work out of the counts that a table hides: the least and the most.

    Parameters
    ----------
    table : DataFrame
        As :func:`disclosed` gives it.
    by : sequence of str
        Its columns of keys.
    count : str
        Its column of counts.
    known : sequence of NoMore
        What else anybody knows of its totals.
    among : sequence of Among
        How many people are counted in some of its rows, each in one or more.

    Returns
    -------
    DataFrame
        The columns ``by``, ``least`` and ``most``, a row for each hidden count.

    Examples
    --------
    >>> votes = pd.DataFrame({"ward": ["north", "south"], "people": [3, 20]})
    >>> ranges(disclosed(votes, ["ward"]), ["ward"]).to_dict("list")
    {'ward': ['north', 'south'], 'least': [0.0, 0.0], 'most': [23.0, 23.0]}
    """
    keys, rows, facts = _worked_out(table, list(by), count, known, among)
    held = _sparse(facts)
    told = [[-_most(-row, held)[0] + 0.0, _most(row, held)[0]] for row in rows]
    found = pd.DataFrame(np.round(told, 6).reshape(-1, 2), columns=["least", "most"])
    return pd.concat([keys, found], axis=1)


def told_beside(
    table: pd.DataFrame,
    by: Sequence[str],
    among: Mapping[str, Among],
    *,
    count: str = "people",
    smallest: int = SMALLEST_SHOWN,
    known: Sequence[NoMore] = (),
) -> set[str]:
    """Which counts of people may be told beside a table in whose rows they are counted.

    Parameters
    ----------
    table : DataFrame
        As :func:`disclosed` gives it.
    by : sequence of str
        Its columns of keys.
    among : mapping of str to Among
        What might be told, the first first. Each that may be is known when the next is looked at.
    count, smallest, known
        As for :func:`disclosed`.

    Returns
    -------
    set of str
        Those that are not small, leave no small number of people of a total that is shown, and
        let nobody tell that a hidden count is small.

    Examples
    --------
    >>> votes = pd.DataFrame({"project": ["park", "path"], "people": [17, 17]})
    >>> both = frozenset({"park", "path"})
    >>> told_beside(disclosed(votes, ["project"]), ["project"], {"voters": (both, 20)})
    set()
    """
    *others, last = by
    totals = table[table[others].eq(ALL).all(axis=1)].set_index(last)[count]
    told: dict[str, Among] = {
        f"{ALL} {key}": (frozenset({str(key)}), int(people))
        for key, people in totals.drop(ALL, errors="ignore").dropna().items()
    }
    held: dict[str, Among] = {}
    for name, (keys, people) in among.items():
        again = totals.reindex(sorted(keys), fill_value=0.0).sum(skipna=False) - people
        apart = [abs(people - each) for of, each in told.values() if of <= keys or keys <= of]
        if any(0 < each < smallest for each in (people, again, *apart)):
            continue
        beside = [*held.values(), (keys, people)]
        hidden, rows, facts = _worked_out(table, list(by), count, known, beside)
        of = hidden[last].isin(keys) & hidden[others].eq(ALL).all(axis=1)
        # The last rows: who is among them and not in one of the totals.
        rows = np.vstack([rows, -rows[of.to_numpy()]])
        enough = np.full(len(rows), float(smallest))
        enough[len(hidden) :] -= people
        if not any(True for _ in _below(rows, enough, facts)):
            told[name] = held[name] = keys, people
    return set(held)


def _worked_out(
    table: pd.DataFrame,
    by: list[str],
    count: str,
    known: Sequence[NoMore],
    among: Sequence[Among],
) -> tuple[pd.DataFrame, np.ndarray, _Facts]:
    """The keys of hidden counts, each as a sum of what is not known, and all that is told of it."""
    keys = table[by].astype(str)
    cells = keys[~keys.eq(ALL).any(axis=1)]
    adds_up, values = _adds_up(cells, keys), table[count].to_numpy(float)
    hidden = np.isnan(values)
    people, at_most = _people(cells, among)
    rows = np.pad(adds_up, ((0, 0), (0, people.shape[1] - len(cells))))
    limits, most = _limits(keys, rows, known)
    facts = (
        np.vstack([rows[~hidden], people]),
        np.concatenate([values[~hidden], [float(each) for _, each in among]]),
        np.vstack([limits, at_most]),
        np.concatenate([most, np.zeros(len(at_most))]),
    )
    return keys[hidden].reset_index(drop=True), rows[hidden], facts


def _people(cells: pd.DataFrame, among: Sequence[Among]) -> tuple[np.ndarray, np.ndarray]:
    """Of how many are counted in some rows: what that adds up to, and what is not above nought.

    By the other columns it is a number that is not known, after those of the cells. It is no less
    than each cell of these rows, and above that of other rows by what only these rows hold at most.
    """
    *others, last = cells.columns
    where = (cells.groupby(others).ngroup() if others else cells[last].map(lambda _: 0)).to_numpy()
    holds = np.array([cells[last].isin(keys) for keys, _ in among]).reshape(-1, len(cells))
    places = np.unique(where)
    width = len(cells) + len(among) * len(places)
    nobody = np.zeros(width)

    def among_them(one: int, place: int) -> np.ndarray:
        row = nobody.copy()
        row[len(cells) + one * len(places) + place] = 1.0
        return row

    adds_up, limits = list[np.ndarray](), list[np.ndarray]()
    for one, keys in enumerate(holds):
        numbers = [among_them(one, place) for place in places]
        adds_up.append(np.sum(numbers, axis=0))
        for at in np.flatnonzero(keys):
            limits.append(np.eye(1, width, int(at))[0] - numbers[where[at]])
        for place in places:
            for other in (None, *range(len(holds))):
                beside = nobody if other is None else among_them(other, place)
                only = keys & (where == place) & ~(False if other is None else holds[other])
                limits.append(numbers[place] - beside - np.pad(only, (0, width - len(only))))
    return np.array(adds_up).reshape(-1, width), np.array(limits).reshape(-1, width)


def _limits(
    keys: pd.DataFrame, rows: np.ndarray, known: Sequence[NoMore]
) -> tuple[np.ndarray, np.ndarray]:
    """What is known of totals, as rows that are at most so much."""
    *others, last = keys.columns
    totals = keys[last][keys[others].eq(ALL).all(axis=1)]
    at = {key: n for n, key in zip(np.flatnonzero(keys.index.isin(totals.index)), totals,
                                   strict=True)}  # fmt: skip
    nothing = np.zeros(rows.shape[1])
    held = [
        (
            (rows[at[each.less]] if each.less else nothing)
            - (each.times * rows[at[each.more]] if each.more else nothing),
            each.above,
        )
        for each in known
        if {each.less, each.more} <= {"", *at}
    ]
    left = np.array([row for row, _ in held]).reshape(-1, rows.shape[1])
    return left, np.array([above for _, above in held])


@dataclass(frozen=True)
class _Releases:
    """Tables of one count, released one after another; the last is the one in question.

    What anybody does not know are the counts of the first, and what each later one added.

    Parameters
    ----------
    keys : DataFrame
        Of every count and every total.
    adds_up : ndarray
        By count or total: which counts are in it.
    values : tuple of ndarray
        The counts and totals of each release.
    hidden : tuple of ndarray of bool
        What each hides.
    known : sequence of NoMore
        What else is known of the last.
    """

    keys: pd.DataFrame
    adds_up: np.ndarray
    values: tuple[np.ndarray, ...]
    hidden: tuple[np.ndarray, ...]
    smallest: int
    known: Sequence[NoMore] = ()

    @classmethod
    def of(
        cls,
        tables: Sequence[object],
        by: list[str],
        count: str,
        smallest: int,
        known: Sequence[NoMore],
    ) -> _Releases:
        """Read tables and hide, one after another, what each must not show."""
        read = [_read(table, by, count) for table in tables]
        cells = pd.concat([table[by] for table in read]).drop_duplicates()
        each = [dict.fromkeys(cells[column]) for column in by]
        keys = pd.DataFrame(list(product(*([*held, ALL] for held in each))), columns=by)
        inner = keys[~keys.eq(ALL).any(axis=1)]
        adds_up = _adds_up(inner, keys)
        made = cls(keys, adds_up, (), (), smallest)
        for number, table in enumerate(read, start=1):
            counted = inner.merge(table, on=by, how="left", validate="one_to_one")[count]
            values = adds_up @ counted.fillna(0).to_numpy(float)
            if made.values and (values < made.values[-1]).any():
                raise UnreadableTable(
                    "more was counted earlier than later; give the tables of one count in the "
                    "order in which they were shown"
                )
            nothing = np.zeros(len(keys), bool)
            made = cls(
                keys, adds_up, (*made.values, values), (*made.hidden, nothing), smallest,
                known if number == len(read) else (),
            )  # fmt: skip
            made = replace(made, hidden=(*made.hidden[:-1], made.to_hide()))
        return made

    def shown(self, count: str) -> pd.DataFrame:
        """The last of them as it may be shown."""
        hidden = self.hidden[-1]
        return self.keys.assign(**{count: np.where(hidden, np.nan, self.values[-1])}, hidden=hidden)

    def to_hide(self) -> np.ndarray:
        """The fewest counts of the last release that keep every small one safe."""
        small = self._small(self.values[-1])
        cuts: list[tuple[np.ndarray, int | None]] = []
        hide = small
        while found := list(self._given_away(hide)):
            cuts += found
            hide = self._hitting(small, cuts)
        return hide

    def _small(self, values: np.ndarray) -> np.ndarray:
        small: np.ndarray = (values > 0) & (values < self.smallest)
        return small

    def _given_away(self, hide: np.ndarray) -> Iterator[tuple[np.ndarray, int | None]]:
        """Which shown counts prove too much, of what is to be safe; and of which hidden one."""
        known, values = list[np.ndarray](), list[np.ndarray]()
        for n, (counted, hidden) in enumerate(
            zip(self.values, (*self.hidden[:-1], hide), strict=True)
        ):
            known.append(self._of(n, ~hidden))
            values.append(counted[~hidden])
        mine, rows, right = len(known[-1]), np.vstack(known), np.concatenate(values)
        every = self._of(len(self.values) - 1, np.arange(len(self.keys)))
        facts = (rows, right, *_limits(self.keys, every, self.known))
        at_last = np.flatnonzero(~hide)
        safe = list(self._to_be_safe(hide))
        enough = np.full(len(safe), float(self.smallest))
        for at, proof in _below(np.array([row for row, _ in safe]), enough, facts):
            yield at_last[np.abs(proof[len(rows) - mine :]) > _NEAR], safe[at][1]

    def _to_be_safe(self, hide: np.ndarray) -> Iterator[tuple[np.ndarray, int | None]]:
        """What must not be known to be small, and the hidden nought that alone asks for it."""
        now = len(self.values) - 1
        for at in np.flatnonzero(hide & (self.values[-1] < self.smallest)).tolist():
            asks = None if self.values[-1][at] else at
            yield self._of(now, np.array([at]))[0], asks
        for then in range(now):
            added = self._small(self.values[-1] - self.values[then])
            for at in np.flatnonzero(added).tolist():
                where = np.array([at])
                yield (self._of(now, where) - self._of(then, where))[0], None

    def _of(self, release: int, which: np.ndarray) -> np.ndarray:
        """Counts of a release in what is not known: its own additions and those before it."""
        rows = self.adds_up[which]
        blank = np.zeros_like(rows)
        return np.hstack([rows if n <= release else blank for n in range(len(self.values))])

    def _hitting(self, small: np.ndarray, cuts: Sequence[tuple[np.ndarray, int | None]]) -> Any:
        """The fewest further counts of which each cut holds one; among equals no totals."""
        from scipy.optimize import Bounds, LinearConstraint, milp

        rows = np.zeros((len(cuts), len(small)))
        least = np.ones(len(cuts))
        for n, (of, asks) in enumerate(cuts):
            rows[n, of] = 1.0
            if asks is not None:
                rows[n, asks], least[n] = -1.0, 0.0
        found = milp(
            self._cost,
            integrality=np.ones(len(small)),
            bounds=Bounds(small.astype(float), np.ones(len(small))),
            constraints=[LinearConstraint(rows, least, np.inf)],
        )
        return np.round(found.x).astype(bool)

    @cached_property
    def _cost(self) -> np.ndarray:
        """One each, and a hair more for totals and larger counts."""
        size = self.adds_up.sum(axis=1) * (self.values[-1].max() + 1.0) + self.values[-1]
        order = size.argsort(kind="stable").argsort(kind="stable")
        cost: np.ndarray = 1.0 + order / (len(order) * (len(order) + 1.0))
        return cost


_Facts = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]
"""Rows and what they come to; rows and what they are at most."""


def _below(rows: np.ndarray, enough: np.ndarray, facts: _Facts) -> Iterator[tuple[int, np.ndarray]]:
    """Sums that nobody can take to be enough, and the multiplier of each fact that proves it.

    As many as one solution shows to be enough at once are not looked at one by one.
    """
    held, open_ = _sparse(facts), np.ones(len(rows), bool)
    while open_.any():
        where = _at_once(rows[open_], enough[open_], held)
        met = open_ & (rows @ where >= enough - _NEAR)
        if not met.any():
            break
        open_ &= ~met
    for at in np.flatnonzero(open_).tolist():
        most, proof = _most(rows[at], held)
        if most < enough[at] - _NEAR:
            yield at, proof


def _at_once(
    rows: np.ndarray, enough: np.ndarray, facts: tuple[Any, np.ndarray, Any, np.ndarray]
) -> np.ndarray:
    """Counts at which sums come as near to enough as they can together."""
    from scipy.optimize import linprog
    from scipy.sparse import block_array, csr_array, eye_array

    known, values, limits, at_most = facts
    width, many = known.shape[1], len(rows)
    found = linprog(
        np.repeat([0.0, -1.0], [width, many]),
        A_ub=block_array(
            [[limits, csr_array((len(at_most), many))], [-csr_array(rows), eye_array(many)]]
        ),
        b_ub=np.concatenate([at_most, np.zeros(many)]),
        A_eq=block_array([[known, csr_array((len(values), many))]]),
        b_eq=values,
        bounds=[*[(0.0, None)] * width, *((None, each) for each in enough)],
        method="highs",
    )
    # Without a solution nothing is shown to be enough, and each is looked at by itself.
    at: np.ndarray = found.x[:width] if found.status == 0 else np.full(width, np.nan)
    return at


def _sparse(facts: _Facts) -> tuple[Any, np.ndarray, Any, np.ndarray]:
    from scipy.sparse import csr_array

    equal, right, limits, at_most = facts
    return csr_array(equal), right, csr_array(limits), at_most


def _most(
    row: np.ndarray, facts: tuple[Any, np.ndarray, Any, np.ndarray]
) -> tuple[float, np.ndarray]:
    """The most that a sum of counts can be, and the multiplier of each fact."""
    from scipy.optimize import linprog

    known, values, limits, at_most = facts
    found = linprog(
        -row, A_ub=limits, b_ub=at_most, A_eq=known, b_eq=values, bounds=(0, None), method="highs"
    )
    if found.status == _WITHOUT_END:
        return np.inf, np.zeros(known.shape[0])
    if found.status != 0:
        raise CannotAnswer(
            "what of these counts may be shown could not be proved, and so none is "
            f"({found.message.rstrip('.')}). If you gave what is known besides, see that it is true"
        )
    return -found.fun, found.eqlin.marginals


def _adds_up(cells: pd.DataFrame, keys: pd.DataFrame) -> np.ndarray:
    """By key: which of the cells are in it."""
    held = np.ones((len(keys), len(cells)), bool)
    for column in keys:
        key, cell = keys[column].to_numpy(object)[:, None], cells[column].to_numpy(object)[None, :]
        held &= (key == ALL) | (key == cell)
    return held.astype(float)


def _in_order(given: object) -> list[object]:
    held = sequence(given)
    if held is None:
        raise WrongArgument("earlier is a list of tables, the first first")
    return list(held)


def _read(table: object, by: list[str], count: str) -> pd.DataFrame:
    """Its keys and counts; all that is wrong is named."""
    if not isinstance(table, pd.DataFrame):
        raise WrongArgument("each table of counts is a DataFrame")
    if not 1 <= len(by) <= _MOST_BY:
        raise WrongArgument(f"counts are shown by one to three columns, not by {len(by)}")
    missing = [shown(name) for name in (*by, count) if name not in table]
    if missing:
        raise UnreadableTable(f"the table of counts has no column {', '.join(missing)}")
    read, problems = table[[*by, count]].copy(), []
    for column in by:
        read[column] = read[column].astype(str)
        if (read[column] == ALL).any():
            problems.append(f"{column} holds {ALL!r}, which says a total; leave totals out")
    numbers = pd.to_numeric(read[count], errors="coerce")
    if not (numbers.ge(0) & numbers.mod(1).eq(0)).all():
        problems.append(f"{count} holds what is no whole number of nought or more")
    if read.duplicated(by).any():
        problems.append(f"a row of {', '.join(by)} is there twice; add its counts up")
    if problems:
        raise UnreadableTable.of(problems)
    read[count] = numbers
    return read
