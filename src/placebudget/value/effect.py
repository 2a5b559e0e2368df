"""The effect chain: how much outcome one unit of a service makes, and when."""

from __future__ import annotations

import numpy as np
import pandas as pd


def effect_per_unit(effects: pd.DataFrame, evidence: pd.DataFrame) -> np.ndarray:
    """Outcome one fully effective unit makes in its first year of working.

    engagement x retention x impact x (1 - deadweight) x attribution
    x (1 - optimism bias of the evidence grade)

    Source: HM Treasury and New Economy, Supporting public service
    transformation: cost benefit analysis guidance for local partnerships, 2014.

    Parameters
    ----------
    effects : DataFrame
        Table ``effects`` with defaults filled in.
    evidence : DataFrame
        Table ``evidence``: grade, optimism_bias. A blank grade is not corrected.

    Returns
    -------
    ndarray
        Outcome units a unit, one a row of ``effects``.

    Examples
    --------
    >>> row = pd.DataFrame({"engagement": [0.5], "retention": [0.8], "impact": [0.25],
    ...     "deadweight": [0.2], "attribution": [1.0], "evidence": ["4"]})
    >>> grades = pd.DataFrame({"grade": ["4"], "optimism_bias": [0.15]})
    >>> float(1000 * effect_per_unit(row, grades)[0])
    68.0
    """
    bias = effects["evidence"].map(
        dict(zip(evidence["grade"], evidence["optimism_bias"], strict=True))
    )
    return np.asarray(
        effects["engagement"]
        * effects["retention"]
        * effects["impact"]
        * (1 - effects["deadweight"])
        * effects["attribution"]
        * (1 - bias.astype(float).fillna(0.0)),
        dtype=float,
    )


def fading(duration: int, drop_off: float) -> np.ndarray:
    """Share of the first year's effect left in each year of working.

    Examples
    --------
    >>> fading(3, 0.1)
    array([1.  , 0.9 , 0.81])
    """
    return (1.0 - drop_off) ** np.arange(duration)
