"""Prices of limits as sentences that can be read out."""

from __future__ import annotations

import math
import re

import pandas as pd

from placebudget.place import Place
from placebudget.place.rule_words import amount_words
from placebudget.plan.names import NamesApart, rule_in_words
from placebudget.programme import Objective
from placebudget.words import money, number

DECIDED = (
    "What is a yes or a no (which offers start and run, which steps of returns are filled) is "
    "taken as decided."
)
"""What a price says beside itself where decisions are held."""

_MILLION = "£1 million"
_ROWS = ("contribution maximum", "contribution minimum", "ring-fence", "capacity")


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
    names = NamesApart(place)
    rules = place.filled("rules").set_index("rule", drop=False)
    streams = place.filled("streams").set_index("stream")["name"].fillna("")
    said = [
        _sentence(row, _limit_words(row, rules, streams, names), objective)
        for row in prices.to_dict("records")
    ]
    return prices.assign(sentence=pd.Series(said, index=prices.index, dtype="str"))


_ABOUT = re.compile(r"Relaxing (.+) by .{1,20} would gain|Moving .{1,20} out of (.+) to free money")


def limit_of(sentence: str) -> str:
    """The limit that a sentence on a price is about, as a person reads it.

    Parameters
    ----------
    sentence : str
        As :func:`with_sentences` makes it.

    Returns
    -------
    str
        Blank where the sentence is none of these.

    Examples
    --------
    >>> limit_of("Relaxing the capacity of Acorn Care in 2027-28 by 1 unit would gain £3.")
    'the capacity of Acorn Care in 2027-28'
    """
    found = _ABOUT.match(sentence)
    return "" if found is None else found.group(1) or found.group(2)


def _limit_words(
    row: dict[str, object], rules: pd.DataFrame, streams: pd.Series, names: NamesApart
) -> str:
    kind, name, where = str(row["kind"]), str(row["name"]), str(row["where"])
    year = f" in {row['year']}" if row["year"] else ""
    if kind == "ring-fence":
        return f"the ring-fence on {_streams(name, streams)}{year}"
    if kind in _ROWS[:2]:
        paid = _streams(where, streams)
        least = "least" if kind.endswith("minimum") else "most"
        return f"the {least} that {paid} may pay into {names.of('pool', name)}{year}"
    if kind == "capacity":
        return f"the capacity of {name.replace('_', ' ')}{year}"
    rule = rules.loc[name].copy()
    if year:
        rule["year"] = None
    service, _, area = where.partition(" in ")
    said = names.of("service", service) + (f" in {names.of('area', area)}" if area else "")
    if rule["kind"] == "lock":
        share = 0.0 if pd.isna(rule["amount"]) else float(rule["amount"])
        near = f"within {amount_words('lock', share)} of today" if share else "as it is today"
        return f"the lock that keeps {said} {near}{year}"
    place = f", for {said}" if where else ""
    return f"the rule “{rule_in_words(rule, names)}”{place}{year}"


def _streams(keys: str, streams: pd.Series) -> str:
    said = [str(streams.get(key) or key.replace("_", " ")) for key in keys.split(", ")]
    return said[0] if len(said) == 1 else ", ".join(said[:-1]) + " and " + said[-1]


def _sentence(row: dict[str, object], limit: str, objective: Objective) -> str:
    pounds = objective.unit.startswith("pounds")
    gain, loss = float(row["relaxing"]), float(row["tightening"])  # type: ignore[arg-type]
    unit, reach = str(row["unit"]), float(row["holds_for"])  # type: ignore[arg-type]

    def worth(value: float) -> str:
        return (
            f"{money(value)} of {objective.name}"
            if pounds
            else f"{number(value, 3)} of {objective.name}"
        )

    if row["kind"] == "ring-fence":
        text = f"Moving {unit} out of {limit} to free money would gain {worth(gain)}"
    else:
        text = f"Relaxing {limit} by {unit} would gain {worth(gain)}"
    if gain > 0 and math.isfinite(reach):
        far = money(reach * 1e6) if unit == _MILLION else f"{number(reach)} units"
        text += f"; that holds for the next {far}"
    if row["kind"] != "ring-fence" and not math.isnan(loss):
        text += f"; tightening it by as much would cost {worth(loss)}"
    text += "."
    if row["decisions_fixed"]:
        text += f" {DECIDED}"
    return text
