"""The statistics of the spend exchange: what need explains, and what chance may do.

statsmodels does both; it comes with the extra ``sector`` and is loaded when it is asked for.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import Any

import numpy as np
import pandas as pd

from placebudget.belief import by_precision
from placebudget.errors import CannotAnswer

ALARM, WARN = 3.09, 1.96
"""Standard errors from the middle: one in a thousand lies above by chance, or one in forty."""


@dataclass(frozen=True)
class Explained:
    """What need drivers make of a cost.

    Parameters
    ----------
    fitted : Series
        What need would lead to expect of each.
    mean : float
        The mean of all, by volume.
    coefficients : DataFrame
        driver, coefficient, standard_error.
    share : float
        Part of the spread that the drivers explain.
    """

    fitted: pd.Series
    mean: float
    coefficients: pd.DataFrame
    share: float


def explained_by(
    cost: pd.Series, drivers: pd.DataFrame, volume: pd.Series, *, log: bool = True
) -> Explained:
    """A weighted regression of a cost, or its logarithm, on need drivers.

    What is expected of all together is what all pay: of logarithms it is scaled to be so (Duan,
    Smearing estimate: a nonparametric retransformation method, 1983, in its simplest form).

    Parameters
    ----------
    cost : Series
        Cost of a unit.
    drivers : DataFrame
        A column a driver.
    volume : Series
        Weights.
    log : bool
        Whether the logarithm of the cost is explained.

    Examples
    --------
    >>> cost, driver = pd.Series([10.0, 12, 15, 15]), pd.DataFrame({"x": [1.0, 2, 3, 4]})
    >>> found = explained_by(cost, driver, pd.Series([1000.0] * 4), log=False)
    >>> round(float((cost - found.fitted).iloc[2]), 4)
    1.1
    """
    model = statsmodels("regression.linear_model").WLS
    design = np.column_stack([np.ones(len(drivers)), drivers.to_numpy(float)])
    told = np.log(cost) if log else cost
    fit = model(told.to_numpy(float), design, weights=volume.to_numpy(float)).fit()
    fitted = pd.Series(fit.fittedvalues, index=cost.index)
    coefficients = pd.DataFrame(
        {
            "driver": ["", *drivers.columns],
            "coefficient": fit.params,
            "standard_error": fit.bse,
        }
    )
    mean = float(np.average(cost, weights=volume))
    if log:
        # Back from logarithms what is expected of all together falls short of what they pay;
        # scaled so that it does not, nothing is left over or lacking of all of them.
        fitted = np.exp(fitted)
        fitted *= mean / float(np.average(fitted, weights=volume))
    return Explained(
        fitted,
        mean,
        coefficients,
        float(fit.rsquared),
    )


@dataclass(frozen=True)
class Funnel:
    """Ratios against their middle, with limits by volume.

    Parameters
    ----------
    theta : float
        The middle, a logarithm.
    heterogeneity : float
        Cochran's Q.
    tau2 : float
        Variance between authorities beyond chance (DerSimonian and Laird).
    table : DataFrame
        ratio, volume, score (standard errors from the middle by chance alone), score_between
        (with the variance between authorities), shrunk (what is believed of it when chance is
        allowed for, a logarithm) and shrunk_error (its standard deviation).
    cv : float
        Coefficient of variation of one unit.
    """

    theta: float
    heterogeneity: float
    tau2: float
    table: pd.DataFrame
    cv: float

    def limits(
        self, volume: float, errors: float = WARN, *, between: bool = True
    ) -> tuple[float, float]:
        """Lower and upper limit of the ratio at a volume.

        Examples
        --------
        >>> ratios = pd.Series([1.10, 0.95, 1.30, 0.80, 1.02])
        >>> found = funnel(ratios, pd.Series([400.0, 900, 100, 400, 1600]), cv=0.5)
        >>> [round(each, 3) for each in found.limits(100, between=False)]
        [0.896, 1.09]
        """
        spread = np.sqrt(self.cv**2 / volume + (self.tau2 if between else 0.0))
        return tuple(np.exp(self.theta + np.array([-errors, errors]) * spread).tolist())


def funnel(ratios: pd.Series, volume: pd.Series, *, cv: float, winsorised: float = 0.0) -> Funnel:
    """A funnel on the logarithmic scale.

    Parameters
    ----------
    ratios : Series
        Own over expected.
    volume : Series
        Units on which each rests.
    cv : float
        Coefficient of variation of one unit: the variance by chance is cv squared over volume.
    winsorised : float
        Share of the scores at each end that is drawn in to the next before the variance
        between authorities is worked out.

    Examples
    --------
    >>> ratios = pd.Series([1.10, 0.95, 1.30, 0.80, 1.02])
    >>> found = funnel(ratios, pd.Series([400.0, 900, 100, 400, 1600]), cv=0.5)
    >>> round(found.theta, 6), round(found.heterogeneity, 4), round(found.tau2, 7)
    (-0.011581, 131.8945, 0.0138308)
    """
    logs = np.log(ratios)
    chance = cv**2 / volume
    combine = statsmodels("stats.meta_analysis").combine_effects
    told = logs
    if winsorised:
        theta = float(np.average(logs, weights=1 / chance))
        score = (logs - theta) / np.sqrt(chance)
        score = score.clip(score.quantile(winsorised), score.quantile(1 - winsorised))
        told = theta + score * np.sqrt(chance)
    found = combine(told.to_numpy(float), chance.to_numpy(float), method_re="dl")
    theta, tau2 = float(found.mean_effect_fe), max(0.0, float(found.tau2))
    apart = logs - theta
    shrunk, error, _ = by_precision(0.0, np.sqrt(tau2), apart, np.sqrt(chance))
    table = pd.DataFrame(
        {
            "ratio": ratios,
            "volume": volume,
            "score": apart / np.sqrt(chance),
            "score_between": apart / np.sqrt(chance + tau2),
            "shrunk": shrunk,
            "shrunk_error": error,
        }
    )
    return Funnel(theta, float(found.q), tau2, table, cv)


def statsmodels(part: str) -> Any:
    """A part of statsmodels, loaded now; or what to install."""
    try:
        return import_module(f"statsmodels.{part}")
    except ImportError:
        raise CannotAnswer(
            "this needs statsmodels, which is not installed: pip install 'placebudget[sector]'"
        ) from None
