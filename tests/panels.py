"""Small panels for tests: a price, an outcome and a need of a few authorities."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from placebudget.place import Settings
from placebudget.sector import PanelData

YEAR = "2013-14"
MEASURES = (
    {"measure": "price", "name": "an hour of care", "area_of_business": "adult social care",
     "unit": "pounds an hour", "kind": "cost", "better": "less", "price_like": True,
     "volume": "hours"},
    {"measure": "outcome", "name": "quality of life", "area_of_business": "adult social care",
     "unit": "score of 24", "kind": "outcome",
     "better": "more"},
    {"measure": "need", "name": "deprivation", "unit": "score", "kind": "need",
     "better": "neither"},
    {"measure": "more_need", "name": "age", "unit": "per cent", "kind": "need",
     "better": "neither"},
)  # fmt: skip
SOURCES = ({"source": "s", "title": "Figures", "publisher": "A ministry", "year": "2014"},)


def panel_of(
    values: Mapping[str, Sequence[float | None]],
    volumes: Mapping[str, Sequence[float]] | None = None,
    *,
    year: str = YEAR,
    measures: Sequence[Mapping[str, object]] = MEASURES,
    names: Sequence[str] = (),
    **tables: pd.DataFrame,
) -> PanelData:
    """A panel of authorities a, b, c ...: their values by measure, and volumes of some."""
    some = len(next(iter(values.values())))
    keys = list(names) or [f"a{n}" for n in range(1, some + 1)]
    rows = []
    for measure, figures in values.items():
        for key, value, at in zip(keys, figures, range(some), strict=True):
            volume = (volumes or {}).get(measure, [None] * some)[at]
            row = {"authority": key, "year": year, "measure": measure, "value": value}
            if volume is not None:
                row |= {"denominator": float(volume), "numerator": (value or 0) * (volume or 1)}
            rows.append({**row, "source": "s", "status": "illustrative"})
    held = {
        "authorities": pd.DataFrame(
            {"authority": keys, "name": [key.upper() for key in keys], "class": "county"}
        ),
        "measures": pd.DataFrame(
            [
                {"source": "s", "status": "illustrative", **each}
                for each in measures
                if each["measure"] in values
            ]
        ),
        "observations": pd.DataFrame(rows),
        "sources": pd.DataFrame(list(SOURCES)),
    }
    return PanelData(Settings("test", ()), {**held, **tables})
