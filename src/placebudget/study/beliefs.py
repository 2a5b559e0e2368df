"""What is believed of the figures of a place: how far each may be off, and what moves together.

A figure that a plan was made with is multiplied by theta, which is not known:

theta = G(Phi(z)),  z = sqrt(r) Z + sqrt(1 - r) e

Z and e are standard normal, Z one for all figures of a kind and e each figure's own, so that r is
the correlation of any two of a kind; kinds are apart. G belongs to a gamma distribution with mean 1
and the standard deviation that the figure's rows say (``spread``), else that of its grade or
status; rows of one figure move as one, so that their standard deviations add up. Where a source
gives a range, its ends are the tenth and the ninetieth percentile, with straight lines on the scale
of z through them and the figure itself, down to nought. Of inflation 1 + s z multiplies what a
year's prices rise to, for each year that has gone by.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from inspect import signature
from typing import Any

import numpy as np
import pandas as pd

from placebudget.arguments import as_given, is_number, offered, refusal
from placebudget.belief import SPREAD, TENTH, Belief, own_or, spread_of_grades
from placebudget.errors import WrongArgument
from placebudget.place import Place
from placebudget.place.place import DERIVED, ILLUSTRATIVE, PLACEHOLDER, PUBLISHED, UNSTATED
from placebudget.plan.resting import COST, EFFECT, NEED, VALUE, Figure, Origins, figures_of

FUNDING, INFLATION, RELEASE = "funding", "inflation", "release"
KINDS = (EFFECT, VALUE, NEED, COST, FUNDING, INFLATION, RELEASE)
"""What may be off: effects, values, needs, unit costs, funding, prices, how fast capacity goes."""


def _by_status(known: float, derived: float, assumed: float, none: float) -> Mapping[str, float]:
    return {
        PUBLISHED: known, DERIVED: derived, ILLUSTRATIVE: assumed, UNSTATED: assumed,
        PLACEHOLDER: none,
    }  # fmt: skip


SPREADS: Mapping[str, Mapping[str, float]] = {
    EFFECT: SPREAD,
    VALUE: _by_status(0.15, 0.20, 0.30, 0.50),
    NEED: _by_status(0.05, 0.08, 0.15, 0.30),
    COST: _by_status(0.05, 0.08, 0.15, 0.30),
    FUNDING: _by_status(0.02, 0.03, 0.04, 0.10),
    INFLATION: _by_status(0.005, 0.01, 0.01, 0.02),
    RELEASE: _by_status(0.10, 0.15, 0.25, 0.40),
}
"""Standard deviation over the mean, of effects by grade of evidence and else by how a figure is
known; of inflation, of the rise of a year. Assumed, and to be changed."""
CORRELATION: Mapping[str, float] = {
    EFFECT: 0.2, VALUE: 0.2, NEED: 0.5, COST: 0.5, FUNDING: 0.5, INFLATION: 0.5, RELEASE: 0.5,
}  # fmt: skip
"""How any two figures of a kind move together. Assumed, and to be changed: apart they would
make up for one another, and a plan would look surer than it is."""


def read_spread(place: Place, given: Mapping[str, float] | float | None) -> dict[str, float]:
    """Spread of the true effect by grade of evidence; "" stands for effects without a grade.

    Parameters
    ----------
    given : mapping or float, optional
        By grade, or one for all. Left out: as the place says (``evidence.spread``), else
        ``placebudget.belief.SPREAD``. Effects without a grade are as uncertain as the least
        certain grade, unless "" is given.

    Raises
    ------
    WrongArgument
        If it is neither, a grade the place uses has none, or one is negative.
    """
    used = sorted({"" if grade is None else grade for grade in _grades(place)})
    if is_number(given):
        table = dict.fromkeys(used, float(given))
    elif given is not None and not isinstance(given, Mapping):
        raise refusal("spread", "a number or numbers by grade such as {'1': 0.05}, or None", given)
    elif given is None:
        table = spread_of_grades(place)
    else:
        table = {"": max(filter(is_number, given.values()), default=0.0), **given}
    missing = [grade or "(no grade)" for grade in used if grade not in table]
    if missing:
        raise WrongArgument(
            f"no spread is given for evidence of grade {', '.join(missing)}; give spread={{...}}"
        )
    wrong = [grade for grade, value in table.items() if not (is_number(value) and value >= 0)]
    if wrong:
        named = ", ".join(f"{grade or '(no grade)'} ({as_given(table[grade])})" for grade in wrong)
        raise WrongArgument(
            f"the spread of effects is a number of 0 or more, and is not for grade {named}"
        )
    return {grade: float(table[grade]) for grade in used}


def effect_spread(place: Place, spread: Mapping[str, float]) -> np.ndarray:
    """Spread of each effect of a place, in the order of a programme's effects.

    Its own where the place says one, else that of its grade.
    """
    by_grade = [spread["" if grade is None else grade] for grade in _grades(place)]
    return own_or(_effects(place)["spread"], by_grade)


def _effects(place: Place) -> pd.DataFrame:
    return place.filled("effects").sort_values(["service", "outcome"], kind="stable")


def _grades(place: Place) -> list[str | None]:
    table = _effects(place)
    evidence = table["evidence"].astype(object)
    return [
        None if missing else str(g) for g, missing in zip(evidence, evidence.isna(), strict=True)
    ]


@dataclass(frozen=True)
class Uncertain:
    """A figure of a place, and how far it may be off.

    Parameters
    ----------
    figure : Figure
        The figure.
    grade : str
        Grade of evidence of an effect, else how the figure is known.
    spread : float
        Standard deviation over the mean; of inflation, of the rise of a year.
    own : bool
        Whether the place says it of this figure, so that it is not assumed.
    symmetric : bool
        Whether it may be as much above as below, as of a normal distribution.
    """

    figure: Figure
    grade: str
    spread: float
    own: bool = False
    symmetric: bool = False

    @property
    def ranged(self) -> bool:
        """Whether its source gives a range."""
        return self.figure.ends != (1.0, 1.0)

    @property
    def recorded(self) -> bool:
        """Whether the place says how far it may be off, so that nothing is assumed of it."""
        return self.own or self.ranged


def read_spreads(
    place: Place, given: Mapping[str, Mapping[str, float] | float] | float | None
) -> dict[str, dict[str, float]]:
    """How far figures may be off, by kind and by grade or status.

    Parameters
    ----------
    given : mapping or float, optional
        By kind, a number or numbers by grade or status, which take the place of :data:`SPREADS`;
        one number for all kinds. Figures of which the place says it itself keep their own.

    Raises
    ------
    WrongArgument
        If a kind or a status is not known, or a spread is no number of nought or more.
    """
    if is_number(given):
        given = dict.fromkeys(KINDS, float(given))
    given = _by_kind("spread", given, "{'effect': 0.3, 'unit cost': {'published': 0.05}}")
    found = {}
    for kind in KINDS:
        mine = given.get(kind)
        if kind == EFFECT:
            found[kind] = read_spread(place, mine)
            continue
        table = dict(SPREADS[kind])
        if isinstance(mine, Mapping):
            for status in mine:
                if status not in table:
                    said = f"spread knows no status {as_given(status)} of a {kind}"
                    listed = f"{said}; write one of: {', '.join(table)}"
                    raise WrongArgument(offered(listed, status, table))
            table |= mine
        elif mine is not None:
            table = dict.fromkeys(table, mine)
        for status, spread in table.items():
            if not is_number(spread) or spread < 0:
                raise WrongArgument(
                    f"spread is a number of 0 or more, and of a {kind} that is {status} it is "
                    f"{as_given(spread)}"
                )
        found[kind] = {status: float(spread) for status, spread in table.items()}
    return found


def read_correlation(given: Mapping[str, float] | float | None) -> dict[str, float]:
    """How any two figures of a kind move together, by kind.

    Raises
    ------
    WrongArgument
        If a kind is not known, or a correlation is not from 0 to 1.

    Examples
    --------
    >>> read_correlation({"need": 0})["need"], read_correlation(None)["need"]
    (0.0, 0.5)
    """
    if is_number(given):
        given = dict.fromkeys(KINDS, float(given))
    table = {**CORRELATION, **_by_kind("correlation", given, "{'need': 0.5}")}
    for kind, value in table.items():
        if not is_number(value) or not 0 <= value <= 1:
            raise WrongArgument(
                f"correlation is from 0 to 1, and of {kind} it is {as_given(value)}"
            )
    return {kind: float(value) for kind, value in table.items()}


def _by_kind(name: str, given: object, such_as: str) -> Mapping[str, Any]:
    if given is None:
        return {}
    if not isinstance(given, Mapping):
        raise refusal(name, f"a number, or numbers by kind such as {such_as}, or None", given)
    for kind in given:
        if kind not in KINDS:
            said = f"{name} knows no kind {as_given(kind)}; write one of: {', '.join(KINDS)}"
            raise WrongArgument(offered(said, kind, KINDS))
    return given


def uncertain_figures(
    place: Place, spreads: Mapping[str, Mapping[str, float]]
) -> tuple[Uncertain, ...]:
    """Every figure of a place of which it is not certain how far it is off."""
    grades = place.filled("effects")["evidence"].astype(object)
    found = []
    for figure in (*figures_of(place), *_funding(place), *_inflation(place), *_release(place)):
        grade = figure.status
        if figure.kind == EFFECT:
            given = grades.iloc[figure.rows[0]]
            grade = "" if pd.isna(given) else str(given)
        each = Uncertain(figure, grade, *_spread_of(place, figure, spreads[figure.kind][grade]))
        if each.spread > 0 or each.ranged:
            found.append(each)
    return tuple(found)


_SAID = (EFFECT, VALUE, NEED, COST, FUNDING)
"""Kinds of which a place may say how far a figure is off, in a column of its table."""


def _spread_of(place: Place, figure: Figure, otherwise: float) -> tuple[float, bool]:
    """How far a figure may be off, and whether the place says so of any of its rows."""
    table = place.filled(figure.table)
    if figure.kind not in _SAID or "spread" not in table:
        return otherwise, False
    said = table["spread"].to_numpy(float)[figure.rows]
    if np.isnan(said).all():
        return otherwise, False
    amounts = table[figure.column].to_numpy(float)[figure.rows]
    weights = amounts if amounts.sum() > 0 else None
    return float(np.average(own_or(said, otherwise), weights=weights)), True


def _funding(place: Place) -> Iterator[Figure]:
    """What an agency's streams bring in the years of money, as one figure."""
    table, origins = place.filled("funding"), Origins(place, "funding")
    agency = table["stream"].map(place.streams.set_index("stream")["agency"])
    mine = table["year"].isin(place.years)
    for name in sorted(place.agencies["agency"]):
        rows = np.flatnonzero(mine & (agency == name))
        amount = float(table["amount"].iloc[rows].sum())
        if amount > 0:
            yield Figure(
                FUNDING, "funding", "amount", rows, amount, agency=name, **origins.of(rows)
            )


def _inflation(place: Place) -> Iterator[Figure]:
    """What prices of an index rise by, in the years of money."""
    table, origins = place.filled("inflation"), Origins(place, "inflation")
    used = set(place.filled("offers")["index"].dropna())
    for name in sorted(used & set(table["index"])):
        rows = np.flatnonzero((table["index"] == name) & table["year"].isin(place.years))
        if len(rows):
            mean = float(table["rate"].iloc[rows].mean())
            yield Figure(
                INFLATION, "inflation", "rate", rows, mean, part=str(name), **origins.of(rows)
            )


def _release(place: Place) -> Iterator[Figure]:
    """How fast capacity of a service can be given up."""
    table, origins = place.filled("offers"), Origins(place, "offers")
    for name in sorted(table.loc[table["release"] > 0, "service"].unique()):
        rows = np.flatnonzero((table["service"] == name) & (table["release"] > 0))
        mean = float(table["release"].iloc[rows].mean())
        yield Figure(RELEASE, "offers", "release", rows, mean, service=name, **origins.of(rows))


def drawn_scores(
    figures: Sequence[Uncertain], correlation: Mapping[str, float], draws: int, seed: int
) -> np.ndarray:
    """Normal scores, draws x figures, from a scrambled Sobol sequence.

    Draws are a power of 2. Of a kind, the factor that all share comes before what is each
    figure's own, where the sequence is most even.

    Examples
    --------
    Two lines of 60 and 40 with standard deviations of a tenth come to 100, and to more than 110
    in 8.28 % of years where they are apart, and in 12.57 % where their correlation is a half:

    >>> from placebudget.words import number, percent
    >>> lines = [Uncertain(Figure(COST, "", "", np.zeros(0), each), "", 0.1) for each in (60, 40)]
    >>> for r in (0.0, 0.5):
    ...     cost = (drawn_scores(lines, {COST: r}, 2**16, 5) * 0.1 + 1) @ [60, 40]
    ...     print(percent((cost > 110).mean()), number(np.percentile(cost, 90), 1))
    8.3% 109.2
    12.6% 111.2
    """
    return _scores(figures, correlation, draws, seed, 1)[0]


def two_drawn(
    figures: Sequence[Uncertain], correlation: Mapping[str, float], draws: int, seed: int
) -> np.ndarray:
    """Two independent sets of normal scores, from one sequence."""
    return _scores(figures, correlation, draws, seed, 2)


def _scores(
    figures: Sequence[Uncertain],
    correlation: Mapping[str, float],
    draws: int,
    seed: int,
    sets: int,
) -> np.ndarray:
    from scipy.special import ndtri
    from scipy.stats import qmc

    kinds = [kind for kind in KINDS if any(each.figure.kind == kind for each in figures)]
    of = np.array([kinds.index(each.figure.kind) for each in figures], np.int64)
    width = len(kinds) + len(figures)
    # SciPy 1.15 calls rng what it called seed before.
    named = "rng" if "rng" in signature(qmc.Sobol).parameters else "seed"
    sequence = qmc.Sobol(sets * width, scramble=True, **{named: np.random.default_rng(seed)})
    drawn = sequence.random_base2(int(draws).bit_length() - 1)
    normal = ndtri(np.clip(drawn, 1e-9, 1.0 - 1e-9))
    shared = np.array([correlation[kind] for kind in kinds])[of]
    found = []
    for n in range(sets):
        common = normal[:, n * len(kinds) : (n + 1) * len(kinds)]
        first = sets * len(kinds) + n * len(figures)
        own = normal[:, first : first + len(figures)]
        found.append(common[:, of] * np.sqrt(shared) + own * np.sqrt(1.0 - shared))
    return np.array(found)


def factors_of(figures: Sequence[Uncertain], scores: np.ndarray) -> np.ndarray:
    """By what figures are multiplied at normal scores, draws x figures."""
    from scipy.special import ndtr

    spread = np.array([each.spread for each in figures])
    kinds = np.array([each.figure.kind for each in figures], dtype=object)
    ends = np.array([each.figure.ends for each in figures]).reshape(-1, 2)
    gamma = Belief.of(spread).factors(ndtr(scores))
    steps = np.where(scores > 0, ends[:, 1] - 1.0, 1.0 - ends[:, 0]) / TENTH
    ranged = np.maximum(1.0 + steps * scores, 0.0)
    found = np.where((ends != 1.0).any(axis=1), ranged, gamma)
    even = np.array([each.symmetric for each in figures], dtype=bool)
    straight = 1.0 + spread * scores
    found = np.where(even, np.maximum(straight, 0.0), found)
    return np.where(kinds == INFLATION, straight, found)


def ends_of(figures: Sequence[Uncertain]) -> np.ndarray:
    """The tenth and the ninetieth percentile of each figure, as multiples of it: 2 x figures."""
    scores = np.array([[-TENTH], [TENTH]]) * np.ones(len(figures))
    return factors_of(figures, scores)
