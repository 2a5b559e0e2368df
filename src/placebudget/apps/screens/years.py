"""Over the years: what plans come to when delivery slips and effects are not what was hoped."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from placebudget.apps.asked import Years
from placebudget.apps.asked.years import MOST_RUNS, POOLINGS, WAYS
from placebudget.apps.blocks import Block, Heading, TableBlock, TextBlock
from placebudget.apps.forms import BoardForm, Box, FieldGroup, Tick
from placebudget.apps.meeting import BoardAnswer
from placebudget.apps.screens.screen import Screen
from placebudget.apps.screens.studied import BUTTON, Study, waiting
from placebudget.study import Cycle
from placebudget.view.grid import Grid
from placebudget.view.studies.common import count, figures, pounds
from placebudget.words import money, number

_FEW = 50
_SPREAD = ["planned", "low", "mean", "high"]


def _policy(found: Cycle) -> str:
    """The policy that stands for the others where only one is shown."""
    return next((p for p in found.policies if p.pooling == "pooled"), found.policies[0]).name


def _title(found: Cycle) -> str:
    row = found.spread(_policy(found))
    reached = money(row["low"])
    if found.runs > 1:
        reached += f" to {money(row['high'])}"
    return (
        f"In the model, the plan ({_policy(found)}) is worth {reached} ({found.range_said}), "
        f"where {money(row['planned'])} was planned"
    )


def _first(found: Cycle) -> list[Block]:
    """From how many runs, and what they were drawn from."""
    asked, done = found.run["options"], int(found.run["options"]["runs_done"])
    rough = (
        " So few runs show the range roughly; where it matters, ask for more at the end of this "
        "screen."
        if done < _FEW
        else ""
    )
    return [
        TextBlock(
            f"{number(done)} runs of the years, drawn from seed {asked['seed']}. The same seed "
            f"gives the same runs on any machine.{rough}"
        )
    ]


def _blocks(found: Cycle) -> list[Block]:
    """How far outcomes and savings spread."""
    return [
        Heading("How far outcomes and savings spread"),
        TableBlock(_outcomes(found)),
        TableBlock(_savings(found)),
    ]


def _outcomes(found: Cycle) -> Grid:
    """Outcomes of the last year that is planned: spreads of years cannot be added up."""
    place, policy = found.place, _policy(found)
    rows = found.tables["outcomes"]
    rows = rows[(rows["policy"] == policy) & (rows["year"] == place.years[-1])]
    named = place.filled("outcomes").set_index("outcome")["name"].to_dict()
    labels = [
        f"{_called(named.get(key), key)} ({unit})"
        for key, unit in zip(rows["outcome"], rows["unit"], strict=True)
    ]
    return figures(
        "years-outcomes", f"Outcomes in {place.years[-1]}: {policy}", "outcome",
        _shown(rows, labels), count, f"Between low and high: {found.range_said}.",
    )  # fmt: skip


def _savings(found: Cycle) -> Grid:
    place, policy = found.place, _policy(found)
    rows = found.tables["savings"]
    rows = rows[
        (rows["policy"] == policy)
        & (rows["measure"] == "cashable")
        & (rows["year"] == place.years[-1])
    ]
    named = place.filled("agencies").set_index("agency")["name"].to_dict()
    labels = [_called(named.get(key), key) for key in rows["agency"]]
    return figures(
        "years-savings", f"Cashable savings in {place.years[-1]} by agency: {policy}", "agency",
        _shown(rows, labels), pounds,
        f"{place.settings.price_base} prices. Between low and high: {found.range_said}.",
    )  # fmt: skip


def _shown(rows: pd.DataFrame, labels: Sequence[str]) -> pd.DataFrame:
    return rows[_SPREAD].set_axis(labels, axis=0).rename(columns={"mean": "average of the runs"})


def _called(name: object, key: str) -> str:
    return name if isinstance(name, str) and name != key else key.replace("_", " ")


def _forms(answer: BoardAnswer, found: Cycle | None) -> Sequence[BoardForm]:
    asked = Years() if found is None else Years.of(found)
    drawn = [
        Box(
            "runs", "Number of runs",
            hint=f"From 2 to {MOST_RUNS}. Few are soon done and show the range roughly.",
            value=str(asked.runs),
        ),
        Box(
            "seed", "Seed", hint="What chance is drawn from: the same seed, the same runs.",
            value=str(asked.seed),
        ),
    ]  # fmt: skip
    poolings = [
        Tick(f"pooling-{key}", text, on=key in asked.poolings) for key, text in POOLINGS.items()
    ]
    ways = [Tick(f"way-{key}", text, on=key in asked.ways) for key, (text, *_) in WAYS.items()]
    groups = [
        FieldGroup("What is drawn", drawn),
        FieldGroup("Who pools", poolings),
        FieldGroup("How it is planned", ways),
    ]
    return [BoardForm("years", "years", BUTTON, groups)]


_STUDY = Study(
    "years",
    "What happens over the years has not been asked yet",
    "The years lived through many times: planned, commissioned, delivered with slippage and with "
    "effects as they truly are, evaluated, and planned again with what was learned. How far "
    "outcomes, savings and deficits spread; what was learned; when prevention pays back, and for "
    "whom; and which way of planning does better.",
    _title,
    _blocks,
    (
        "A plan is what is hoped for. Here the same years are lived through many times, with "
        "chance that is the same for every way of planning. How far delivery slips and effects "
        "differ is an illustration, not a finding; the small print at the end of this screen gives "
        "the figures.",
    ),
    wait=waiting("a few seconds to some minutes, by the number of runs"),
    forms=_forms,
    again="Draw again, or compare other ways",
    first=_first,
)
SCREEN = Screen("years", "Over the years", _STUDY.tell, needs=("pooled",))
