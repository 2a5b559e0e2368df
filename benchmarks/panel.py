"""A large panel: 150 authorities, 10 years and 60 measures read, checked and compared."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import process_time
from typing import Any

import numpy as np
import pandas as pd

import placebudget as pb
from benchmarks.studies import Measured
from placebudget.place import Settings
from placebudget.place.settings import years_between
from placebudget.sector import PanelData

AUTHORITIES, YEARS, MEASURES, NEEDS = 150, 10, 60, 5
CHANGES = 9


def large_panel() -> PanelData:
    """A panel of invented figures: prices with volumes, outcomes, and measures of need."""
    chance = np.random.default_rng(0)
    keys = [f"council_{n:03d}" for n in range(AUTHORITIES)]
    years = years_between("2015-16", YEARS)
    needs = [f"need_{n}" for n in range(NEEDS)]
    prices = [f"price_{n}" for n in range(MEASURES - NEEDS)]
    some = AUTHORITIES * YEARS * MEASURES
    rows = pd.DataFrame(
        {
            "authority": np.repeat(keys, YEARS * MEASURES),
            "year": np.tile(np.repeat(years, MEASURES), AUTHORITIES),
            "measure": np.tile([*needs, *prices], AUTHORITIES * YEARS),
            "value": np.exp(chance.normal(3, 0.2, some)).round(4),
        }
    )
    rows["denominator"] = chance.integers(1_000, 50_000, some).astype(float)
    rows["numerator"] = rows["value"] * rows["denominator"]
    measures = [
        {
            "measure": name, "name": name.replace("_", " "), "unit": "pounds an hour",
            "kind": "need" if name in needs else "cost",
            "better": "neither" if name in needs else "less", "price_like": name not in needs,
        }
        for name in (*needs, *prices)
    ]  # fmt: skip
    source = {"source": "invented", "status": "illustrative"}
    return PanelData(
        Settings("large", ()),
        {
            "authorities": pd.DataFrame({"authority": keys, "name": keys, "class": "county"}),
            "measures": pd.DataFrame(measures).assign(**source),
            "observations": rows.assign(**source),
            "sources": pd.DataFrame(
                [{"source": "invented", "title": "Invented", "publisher": "Nobody"}]
            ),
        },
    )


def _took(work: Callable[[], Any]) -> tuple[float, Any]:
    before = process_time()
    found = work()
    return process_time() - before, found


def panel() -> Measured:
    """Processor seconds on one core: read, check, compare; then each change of what is asked."""
    found = Measured(f"A panel of {AUTHORITIES} authorities, {YEARS} years, {MEASURES} measures")
    pb.sector.exchange("Lancashire", "home_care_hours")  # statsmodels is loaded once
    with tempfile.TemporaryDirectory() as folder:
        path = large_panel().write(Path(folder) / "panel")
        reading, held = _took(lambda: pb.sector.panel(path))
    checking, _ = _took(held.check)
    comparing, _ = _took(lambda: pb.sector.benchmark("council_000", "price_0", panel=held))
    found.add("read", reading)
    found.add("checked", checking)
    found.add("compared", comparing)
    found.add("read, checked and compared", reading + checking + comparing)
    near = [
        _took(
            lambda n=n: pb.sector.benchmark(
                f"council_{n:03d}", f"price_{n}", panel=held, nearest=5 + n
            )
        )[0]
        for n in range(CHANGES)
    ]
    seen = [
        _took(
            lambda n=n: pb.sector.exchange(
                f"council_{n:03d}", f"price_{n}", panel=held, cv=0.3 + n / 10
            )
        )[0]
        for n in range(CHANGES)
    ]

    def another(n: int) -> Any:
        """A figure is changed, and its authority compared."""
        panel = held.changed("council_001", "price_1", value=30.0 + n)
        pb.sector.exchange("council_001", "price_1", panel=panel)
        return pb.sector.benchmark("council_001", "price_1", panel=panel)

    other = [_took(lambda n=n: another(n))[0] for n in range(CHANGES)]
    found.add("neighbours and a funnel on a change of a figure", median(other))
    found.add("neighbours on a change", median(near))
    found.add("a funnel on a change", median(seen))
    return found
