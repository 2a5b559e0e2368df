"""Prices of limits as sentences that can be read out."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import pandas as pd

from placebudget.place import Place
from placebudget.place.conditions import rules_in_force
from placebudget.place.names import Names, line_words, only_level_assumed, rule_words
from placebudget.place.succession import succeeded
from placebudget.plan.plan import ObjectiveValue
from placebudget.programme import Objective
from placebudget.solver import (
    BUILD,
    CAPACITY,
    FUNDING,
    LOAN,
    MAXIMUM,
    MILLION,
    MINIMUM,
    NEED,
    RELEASE,
    RING_FENCE,
)
from placebudget.words import count, in_pounds, in_unit, money, pence, plain, rounded, sentence

# Below this, a rate in pounds has its pence.
_PENCE = 100.0


def with_sentences(prices: pd.DataFrame, place: Place, objective: Objective) -> pd.DataFrame:
    """The table of prices with a sentence for each.

    Parameters
    ----------
    prices : DataFrame
        What :func:`placebudget.solver.limit_prices` gives.
    place : Place
        The place, for names.
    objective : Objective
        What the prices are counted in.
    """
    names = Names(place)
    rules = rules_in_force(place).set_index("rule", drop=False)
    streams = succeeded(place).filled("streams").set_index("stream")["name"].fillna("")
    rows, pays = prices.to_dict("records"), len(place.targets) > 0
    limits = [_limit_words(row, rules, streams, names) for row in rows]
    told = [{**row, "limit": limit} for row, limit in zip(rows, limits, strict=True)]
    said = [
        " ".join(filter(None, (sentence_on(row, objective), decided(row, pays)))) for row in told
    ]
    return prices.assign(
        limit=pd.Series(limits, index=prices.index, dtype="str"),
        sentence=pd.Series(said, index=prices.index, dtype="str"),
    )


def decided(price: Mapping[Any, Any], targets: bool = False) -> str:
    """What a price takes as decided, as a sentence; blank where there is nothing to decide.

    Parameters
    ----------
    price : mapping
        A row of the table of prices.
    targets : bool
        Whether the place has targets that pay a reward.

    Examples
    --------
    >>> decided({"offers_held": True, "steps_held": False})
    'Which offers start and run is taken as decided.'
    """
    held = [
        words
        for name, words in (
            ("offers_held", "which offers start and run"),
            ("offers_held", "which targets pay" if targets else ""),
            ("steps_held", "which steps of returns are full"),
        )
        if price[name] and words
    ]
    said = " and ".join(held)
    return f"{sentence(said)} is taken as decided." if held else ""


def gain_words(price: Mapping[Any, Any], objective: Objective | ObjectiveValue) -> str:
    """What relaxing a limit gains, as the beginning of a sentence.

    Parameters
    ----------
    price : mapping
        A row of the table of prices.
    objective : Objective or ObjectiveValue
        What is gained.
    """
    gain, step, limit = _worth(price["relaxing"], objective), step_of(price), price["limit"]
    if price["kind"] == RING_FENCE:
        return f"Moving {step} out of {limit} to free money would gain {gain}"
    if price["kind"] == FUNDING:
        return f"{step} more of {limit} would gain {gain}"
    if price["kind"] == NEED:
        return f"{step} less of {limit} in each year would gain {gain}"
    return f"Relaxing {limit} by {step} would gain {gain}"


def sentence_on(price: Mapping[Any, Any], objective: Objective | ObjectiveValue) -> str:
    """What a limit costs on each side, and how far that goes, as a sentence.

    Parameters
    ----------
    price : mapping
        A row of the table of prices.
    objective : Objective or ObjectiveValue
        What is gained.
    """
    rate, reach, loss = (
        float(price[name]) for name in ("relaxing_rate", "holds_for", "tightening")
    )
    text, unit = gain_words(price, objective), str(price["unit"])
    if reach < price["step"] and _tells(rate, reach, unit):
        text += f": {each(rate, unit, objective)} for the first {far(reach, unit)}, "
        text += "and less after that"
    elif 1 <= reach < math.inf and rate > 0:
        text += f"; that holds for the next {far(reach, unit)}"
    if not math.isnan(loss):
        amount = "as much" if price["step"] >= 1 else unit
        other = {FUNDING: f"{unit} less", NEED: f"{unit} more"}
        less = other.get(price["kind"], f"tightening it by {amount}")
        text += f"; {less} would cost {_worth(loss, objective)}"
    elif price["kind"] == NEED and math.isnan(float(price["tightening_rate"])):
        text += "; there is no money for more of it"
    return f"{text}."


def each(
    rate: float, unit: str, objective: Objective | ObjectiveValue, *, signed: bool = False
) -> str:
    """A rate of the table of prices for one pound, or one unit, of the limit.

    Examples
    --------
    >>> import placebudget as pb
    >>> value = pb.simulate(pb.example("toy_pooling")).objective
    >>> each(4e6, "£1 million", value), each(250.0, "1 unit", value)
    ('£4.00 a pound', '£250 a unit')
    """
    of = _of_one(rate, unit)
    pounds = in_pounds(objective.unit)
    if pounds and rate > 0 and not rounded(of, 2):
        said = "less than a penny"
    elif pounds and abs(of) < _PENCE:
        said = pence(of, signed=signed)
    else:
        said = in_unit(of, objective.unit, signed=signed)
    return f"{said} a {'pound' if unit == MILLION else _one(unit)}"


def _one(unit: str) -> str:
    """What one of a limit is called: a unit of whatever, or a post."""
    return unit.split()[1]


def step_of(price: Mapping[Any, Any]) -> str:
    """By how much a limit is relaxed: by its unit, or by all there is where that is less.

    Examples
    --------
    >>> step_of({"unit": "£1 million", "step": 1.0}), step_of({"unit": "£1 million", "step": 0.4})
    ('£1 million', '£400,000')
    """
    return str(price["unit"]) if price["step"] >= 1 else far(price["step"], price["unit"])


def far(reach: float, unit: str) -> str:
    """How far a price holds: "£400,000", "12 units"."""
    if unit == MILLION:
        return money(reach * 1e6)
    return f"{count(reach)} {_one(unit)}{'' if reach == 1 else 's'}"


def _of_one(amount: float, unit: str) -> float:
    return amount / 1e6 if unit == MILLION else amount


def _worth(value: float, objective: Objective | ObjectiveValue) -> str:
    return ObjectiveValue(objective.name, objective.unit, value).amount


def _tells(rate: float, reach: float, unit: str) -> bool:
    """Whether a rate and its range round to anything."""
    goes = rounded(reach * 1e6) if unit == MILLION else rounded(reach, 2)
    return bool(goes and rounded(_of_one(rate, unit), 2))


def _limit_words(
    row: dict[str, object], rules: pd.DataFrame, streams: pd.Series, names: Names
) -> str:
    kind, name, where = str(row["kind"]), str(row["name"]), str(row["where"])
    year = f" in {row['year']}" if row["year"] else ""
    if kind == FUNDING:
        return f"{_streams(name, streams)}{year}"
    if kind == RING_FENCE:
        return f"the ring-fence on {_streams(name, streams)}{year}"
    if kind in (MAXIMUM, MINIMUM):
        paid = _streams(where, streams)
        least = "least" if kind == MINIMUM else "most"
        return f"the {least} that {paid} may pay into {names.of('pool', name)}{year}"
    if kind == LOAN:
        return f"the most that can be borrowed of {plain(name)}{year}"
    if kind == CAPACITY:
        return f"the capacity of {name.replace('_', ' ')}{year}"
    if kind in (RELEASE, BUILD):
        most = "built up" if kind == BUILD else "given up"
        return f"how much of {name.replace('_', ' ')} can be {most}{year}"
    service, _, area = where.partition(" in ")
    said = names.of("service", service) + (f" in {names.of('area', area)}" if area else "")
    if kind == NEED:
        return f"the need for {said}"
    rule = rules.loc[name].copy()
    if year:
        rule["year"] = None
    # The table's basis says who asks for it: of how much of it this is the only word.
    level = " (its level is an assumption)" * only_level_assumed(rule)
    if asked := line_words(rule, names, said):
        return f"{asked}{level}{year}"
    place = f", for {said}" if where else ""
    return f"the rule “{rule_words(rule, names)}”{level}{place}{year}"


def _streams(keys: str, streams: pd.Series) -> str:
    said = [str(streams.get(key) or key.replace("_", " ")) for key in keys.split(", ")]
    return said[0] if len(said) == 1 else ", ".join(said[:-1]) + " and " + said[-1]
