"""What units are worth: effects over the years, and the value of outcomes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from placebudget.place import Place
from placebudget.place.geography import Geography, is_blank
from placebudget.place.settings import own_discount
from placebudget.programme.lines import UnitScale
from placebudget.value import discount_factors, effect_per_unit, in_base_prices


@dataclass(frozen=True)
class Effects:
    """Outcome made by units of services, sorted by service and outcome."""

    service: np.ndarray
    outcome: np.ndarray  # number of the outcome
    coefficient: np.ndarray  # outcome units a unit, first year of working
    lag: np.ndarray
    duration: np.ndarray
    drop_off: np.ndarray

    def __len__(self) -> int:
        return len(self.service)

    def made(self, years: int, horizon: int) -> np.ndarray:
        """Outcome a unit makes: effects x years it is bought in x years up to ``horizon``."""
        working = np.arange(horizon) - np.arange(years)[:, None] - self.lag[:, None, None]
        works = (working >= 0) & (working < self.duration[:, None, None])
        left = (1.0 - self.drop_off[:, None, None]) ** np.where(works, working, 0)
        return np.where(works, self.coefficient[:, None, None] * left, 0.0)


@dataclass(frozen=True)
class Outcomes:
    """Value of outcomes, sorted by key, in money units a unit of outcome."""

    name: np.ndarray
    fiscal: np.ndarray
    transfers: np.ndarray  # of the fiscal value, what others lose as agencies gain it
    cashable: np.ndarray
    economic: np.ndarray
    social: np.ndarray
    weight: np.ndarray
    agency_fiscal: np.ndarray  # outcomes x agencies
    agency_cashable: np.ndarray
    discount: np.ndarray  # of money, by appraisal year
    own_discount: np.ndarray  # of what people gain, outcomes x appraisal years

    def __len__(self) -> int:
        return len(self.name)

    @property
    def public(self) -> np.ndarray:
        """Fiscal value without transfers, economic and social value."""
        return self.resources + self.economic + self.social

    @property
    def resources(self) -> np.ndarray:
        """Fiscal value without transfers."""
        return self.fiscal - self.transfers

    def discounted(self, money: np.ndarray, gain: np.ndarray | None = None) -> np.ndarray:
        """Worth of a unit, outcomes x appraisal years.

        Parameters
        ----------
        money : ndarray
            Worth in money that is saved, discounted as money is.
        gain : ndarray, optional
            Worth to people, discounted as the outcome is.
        """
        worth = np.outer(money, self.discount)
        return worth if gain is None else worth + gain[:, None] * self.own_discount

    @property
    def public_value(self) -> np.ndarray:
        """Public value of a unit, discounted, outcomes x appraisal years."""
        return self.discounted(self.resources, self.economic + self.social)

    @property
    def points(self) -> np.ndarray:
        """Weight of a unit, discounted, outcomes x appraisal years."""
        return self.weight[:, None] * self.own_discount


def read_effects(place: Place, outcomes: np.ndarray) -> Effects:
    """The effects of a place."""
    table = place.filled("effects").sort_values(["service", "outcome"], kind="stable")
    number = {name: n for n, name in enumerate(outcomes)}
    return Effects(
        service=table["service"].to_numpy(dtype=object),
        outcome=np.array([number[name] for name in table["outcome"]], dtype=np.int64),
        coefficient=effect_per_unit(table, place.filled("evidence")),
        lag=table["lag"].to_numpy(np.int64),
        duration=table["duration"].to_numpy(np.int64),
        drop_off=table["drop_off"].to_numpy(float),
    )


def read_outcomes(place: Place, agencies: np.ndarray, scale: UnitScale) -> Outcomes:
    """The outcomes of a place with their savings by agency.

    Outcomes are counted in ``scale.units``, like the units that make them.
    """
    table = in_base_prices(place, "outcomes").sort_values("outcome", kind="stable")
    names = table["outcome"].to_numpy(dtype=object)
    row = {name: n for n, name in enumerate(names)}
    column = {name: n for n, name in enumerate(agencies)}
    savings = in_base_prices(place, "savings")
    fiscal = np.zeros((len(names), len(agencies)))
    cashable, transfers = np.zeros_like(fiscal), np.zeros_like(fiscal)
    at = (
        [row[name] for name in savings["outcome"]],
        [column[name] for name in savings["agency"]],
    )
    per_unit = scale.money / scale.units
    value = savings["value"].to_numpy(float) / per_unit
    np.add.at(fiscal, at, value)
    np.add.at(cashable, at, value * savings["cashable"].to_numpy(float))
    np.add.at(transfers, at, value * savings["transfer"].to_numpy(float))
    return Outcomes(
        name=names,
        fiscal=fiscal.sum(axis=1),
        transfers=transfers.sum(axis=1),
        cashable=cashable.sum(axis=1),
        economic=table["economic_value"].to_numpy(float) / per_unit,
        social=table["social_value"].to_numpy(float) / per_unit,
        weight=table["weight"].to_numpy(float),
        agency_fiscal=fiscal,
        agency_cashable=cashable,
        discount=place_discount(place),
        own_discount=_own_discount(place, table["discount"]),
    )


def _own_discount(place: Place, given: pd.Series) -> np.ndarray:
    length, whole = appraisal_length(place), place.settings.discount
    rates = [whole if is_blank(each) else own_discount(each) for each in given]
    return np.array([discount_factors(rate, length) for rate in rates]).reshape(-1, length)


def read_at_risk(
    place: Place,
    geography: Geography,
    outcomes: np.ndarray,
    appraisal: tuple[str, ...],
    scale: UnitScale,
) -> dict[tuple[int, int, int], float]:
    """Most that counts, by numbers of outcome, area and appraisal year.

    A row of its own year comes before the row with a blank year.
    """
    outcome = {name: n for n, name in enumerate(outcomes)}
    area = {name: n for n, name in enumerate(geography.areas)}
    year = {name: t for t, name in enumerate(appraisal)}
    table = place.filled("at_risk").sort_values("year", na_position="first", kind="stable")
    limits: dict[tuple[int, int, int], float] = {}
    columns = (table[name].tolist() for name in ("outcome", "area", "year", "most"))
    for made, where, when, most in zip(*columns, strict=True):
        key = (outcome[made], area[geography.key(where)])
        for t in range(len(year)) if is_blank(when) else [year[when]]:
            limits[(*key, t)] = most / scale.units
    return dict(sorted(limits.items()))


def appraisal_length(place: Place) -> int:
    """Number of years whose benefits count."""
    if place.settings.appraisal_years is not None:
        return max(int(place.settings.appraisal_years), len(place.years))
    effects = place.filled("effects")
    longest = int((effects["lag"] + effects["duration"]).max()) if len(effects) else 1
    return len(place.years) + max(longest, 1) - 1


def place_discount(place: Place) -> np.ndarray:
    """Discount factors of the appraisal years."""
    return discount_factors(place.settings.discount, appraisal_length(place))
