"""What keeps money apart: each pool and each ring-fence by itself, and budgets cut."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from placebudget.apps.asked import Barriers
from placebudget.apps.blocks import Block, Heading, Picture, TextBlock
from placebudget.apps.forms import BoardForm, FieldGroup, Tick
from placebudget.apps.meeting import BoardAnswer
from placebudget.apps.screens.screen import Screen
from placebudget.apps.screens.studied import BUTTON, Study, waiting
from placebudget.study import TITLES, Potential
from placebudget.view.studies.common import MILLION, bars
from placebudget.words import money, percent

_POOL, _REMOVED, _ALL = "pool alone", "ring-fence removed alone", "all ring-fences removed"
_LEAST = 500.0  # pounds: less is nothing in a sentence
_VALUE, _REACHED = "public value", "reached"


def _title(found: Potential) -> str:
    """What adds most by itself. No pool or agency is named: figures may be illustrations."""
    parts = found.parts["parts"]
    whole = parts[(parts["cut"] == 0) & (parts["status"] == _REACHED)]
    said = []
    for part, each, base in (
        (_POOL, "one pool alone adds", "best aligned"),
        (_ALL, "ending all ring-fences adds", "best pooled"),
    ):
        gains = whole.loc[whole["part"] == part, "public_value"]
        if len(gains):
            most = float(gains.max())
            up_to = "at most " if part == _POOL else ""
            gain = f"{up_to}{money(most)}" if most >= _LEAST else "nothing"
            said.append(f"{each} {gain} to {base}")
    return f"In the model, {' and '.join(said) or _title_of_cuts(found)}"


def _title_of_cuts(found: Potential) -> str:
    """How far pooling still helps with the deepest cut that can be planned."""
    parts = found.parts["parts"]
    rows = parts[(parts["start"] == "aligned") & (parts["name"] == "pooled")]
    kept = rows[rows["status"] == _REACHED]
    if kept.empty or not kept["cut"].max():
        first = rows.loc[rows["cut"] > 0, "cut"].min()
        return f"no plan keeps all rules with budgets cut by {percent(first)} or more"
    last = kept.iloc[-1]
    return (
        f"pooling still adds {money(last['public_value'])} to best aligned with budgets cut by "
        f"{percent(last['cut'])}"
    )


def _blocks(found: Potential) -> list[Block]:
    """The four plans as budgets are cut, as a picture beside their table."""
    table = found.parts["cuts"]
    table = table[(table["measure"] == _VALUE) & table["value"].notna()]
    planned = table.loc[table["plan"] == "pooled", "cut"]
    if found.parts["cuts"]["cut"].nunique() < 2:
        return []
    if planned.nunique() < 2:
        text = "With less money no plan keeps all rules; amounts in pounds that rules name stay."
        return [Heading("As budgets are cut"), TextBlock(text)]
    rows = table.assign(
        label=[percent(cut) for cut in table["cut"]],
        series=table["plan"].map(TITLES),
        value=table["value"] / MILLION,
    )
    order = list(dict.fromkeys(rows["label"]))
    base = found.place.settings.price_base
    chart = bars(
        "barriers-by-cut", _finding(rows),
        f"Public value by share taken off all budgets, £ million, {base} prices, discounted. "
        f"Source: model of {found.place.title}.",
        rows[["label", "value", "series"]], "£ million", order, list(TITLES.values()),
    )  # fmt: skip
    beside = TextBlock("The table “Public value as all budgets are cut” holds its figures.")
    return [] if chart is None else [Heading("As budgets are cut"), Picture(chart), beside]


def _finding(rows: pd.DataFrame) -> str:
    """Up to which cut the best pooled plan is worth what today is, and keeps its rules."""
    value = rows.set_index(["plan", "cut"])["value"]
    today, pooled = float(value["today", 0.0]), value["pooled"]
    deep = float(pooled.index[pooled >= today - 1e-9].max())
    if deep > 0:
        said = f"With {percent(deep)} less money the best pooled plan is still worth what today is"
    else:
        first = float(pooled.index[pooled.index > 0].min())
        said = f"With {percent(first)} less money the best pooled plan is worth less than today"
    beyond = value["today"].index[value["today"].index > pooled.index.max()]
    if len(beyond):
        said += f"; with {percent(float(beyond.min()))} less no plan keeps all rules"
    return f"{said}."


def _forms(answer: BoardAnswer, found: Potential | None) -> Sequence[BoardForm]:
    asked = Barriers() if found is None else Barriers.of(found)
    fields = [
        Tick("pools", "Each pool by itself", on=asked.pools),
        Tick("fences", "Each ring-fence, ended by itself and kept by itself", on=asked.fences),
        Tick(
            "cuts",
            "The same with all budgets cut by 10, 20, 30 and 40%",
            "Takes about five times as long. Without pools and ring-fences it is soon done.",
            on=asked.cuts,
        ),
    ]
    return [BoardForm("barriers", "barriers", BUTTON, [FieldGroup("What is looked at", fields)])]


_STUDY = Study(
    "barriers",
    "What each pool and each ring-fence does by itself has not been asked yet",
    "What each pool alone would add to working apart; what ending each ring-fence alone would add, "
    "and keeping each alone would cost; how the gain of ending all is split over them; the price "
    "of each with the range in which it holds; and all of that as budgets are cut.",
    _title,
    _blocks,
    (
        "Every figure is a difference between two plans of the model. What a ring-fence costs is "
        "no advice to end it: most are a condition set by Parliament.",
    ),
    wait=waiting("some seconds to some minutes, the longest for a county"),
    forms=_forms,
    again="Look at other parts",
)
SCREEN = Screen("barriers", "What keeps money apart", _STUDY.tell, needs=("pooled",))
