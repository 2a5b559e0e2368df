"""The modelled potential taken apart: pools, ring-fences and cuts."""

from __future__ import annotations

import pandas as pd

from placebudget.place.names import listed
from placebudget.place.succession import succeeded
from placebudget.study import TITLES, Potential, potential
from placebudget.study.potential.barriers import fence_name, pool_name
from placebudget.study.potential.plans_side_by_side import name_of
from placebudget.view.sheet import Grid, sheet_grid, text_grid
from placebudget.view.studies.common import (
    MILLION,
    StudyView,
    bars,
    change,
    figures,
    pounds,
    share,
    view_of,
)
from placebudget.view.studies.entry import (
    EXECUTOR,
    OBJECTIVE,
    SEED,
    WORKERS,
    Flag,
    Shares,
    Study,
    Subject,
    waiting,
)
from placebudget.view.tables import cashable_savings, who_gains
from placebudget.words import money, percent, plain

_POOL, _REMOVED, _KEPT = "pool alone", "ring-fence removed alone", "ring-fence kept alone"
_GAINS = ["public_value", "cashable", "moved"]
_ALL = "all ring-fences removed"
_MOST = 12
_LEAST = 500.0  # pounds: less is nothing in a sentence


def _finding(found: Potential) -> str:
    """What adds most by itself. No pool or agency is named: figures may be illustrations."""
    parts = found.parts["parts"]
    whole = parts[(parts["cut"] == 0) & (parts["status"] == "reached")]
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
    return f"In the model, {' and '.join(said) or _finding_of_cuts(found)}"


def _finding_of_cuts(found: Potential) -> str:
    """How far pooling still helps with the deepest cut that can be planned."""
    parts = found.parts["parts"]
    rows = parts[(parts["start"] == "aligned") & (parts["name"] == "pooled")]
    kept = rows[rows["status"] == "reached"]
    if kept.empty or not kept["cut"].max():
        first = rows.loc[rows["cut"] > 0, "cut"].min()
        return f"no plan keeps all rules with budgets cut by {percent(first)} or more"
    last = kept.iloc[-1]
    return (
        f"pooling still adds {money(last['public_value'])} to best aligned with budgets cut by "
        f"{percent(last['cut'])}"
    )


def _view(found: Potential, key: str) -> StudyView:
    """Cashable savings in both ways, each pool and ring-fence by itself, and who gains."""
    parts = parts_view(found, key)
    two_ways = cashable_savings(found.titled)
    return StudyView(
        parts.charts,
        (
            *(sheet_grid(sheet, f"{key}-cashable", "cashable savings") for sheet in two_ways),
            *parts.grids,
            *_agencies(found, key),
        ),
    )


def parts_view(found: Potential, key: str) -> StudyView:
    """Each pool and ring-fence beside the plan it is compared with; nothing where not asked."""
    if not found.parts:
        return StudyView((), ())
    parts = found.parts["parts"]
    whole = parts[(parts["cut"] == 0) & (parts["status"] == "reached")]
    return view_of(
        [_chart(found, whole, key), _chart_of_cuts(found, key)],
        [
            _gains(
                whole.assign(name=[pool_name(name, found.place) for name in whole["name"]]),
                _POOL, f"{key}-pools", "With one pool alone, against best aligned",
            ),
            _gains(
                whole, _REMOVED, f"{key}-removed",
                "With one ring-fence ended, the others kept, against best pooled",
            ),
            _gains(
                whole, _KEPT, f"{key}-kept",
                "With one ring-fence kept, the others ended, against all ended",
            ),
            _split(found, key),
            _prices(found, key),
            _cuts(found, key),
        ],
    )  # fmt: skip


def _chart(found: Potential, whole: pd.DataFrame, key: str):  # type: ignore[no-untyped-def]
    rows = whole[whole["part"].isin([_POOL, _REMOVED])].copy()
    if rows.empty:
        return None
    rows["label"] = [
        f"{pool_name(key, found.place)} alone"
        if part == _POOL
        else f"ring-fence on {fence_name(key)} ended"
        for part, key in zip(rows["part"], rows["name"], strict=True)
    ]
    rows["value"] = rows["public_value"] / MILLION
    rows = rows.sort_values("value", ascending=False).head(_MOST)
    first = rows.iloc[0]
    ends = "best aligned" if first["part"] == _POOL else "best pooled"
    gain = money(first["public_value"], signed=True)
    finding = f"The {first['label']} adds most in the model: {gain} of public value against {ends}."
    return bars(
        f"{key}-parts", finding,
        f"Modelled potential in public value, £ million, {found.place.settings.price_base} prices, "
        f"discounted: pools against best aligned, ring-fences against best pooled. Source: model "
        f"of {found.place.title}.",
        rows[["label", "value"]], "£ million", rows["label"].tolist(), gains=True,
    )  # fmt: skip


def _gains(whole: pd.DataFrame, part: str, key: str, caption: str) -> Grid:
    rows = whole[whole["part"] == part].set_index("name").sort_values(
        "public_value", ascending=False
    )  # fmt: skip
    shown = rows[[*_GAINS, "share"]]
    if part != _POOL:
        shown.index = [fence_name(name) for name in shown.index]
    shown.columns = ["public value", "cashable savings", "money that goes elsewhere", "gain, %"]
    note = "Public value and cashable savings are discounted; money is cash, all years."
    return figures(key, caption, "which", shown, [change, change, pounds, share], note)


def _split(found: Potential, key: str) -> Grid:
    table = found.parts["split"]
    rows = table[table["cut"] == 0].set_index("ring_fence")[["share", "standard_error"]]
    rows.columns = ["part of the gain", "standard error"]
    rows.index = [fence_name(name) for name in rows.index]
    note = "Its part is what each adds on average, over all orders of ending them."
    caption = "The gain of ending all ring-fences, split over them"
    return figures(f"{key}-split", caption, "ring-fence", rows, [change, pounds], note)


def _prices(found: Potential, key: str) -> Grid:
    table = found.parts["ring_fence_prices"]
    table = table[table["cut"] == 0]
    names = (
        succeeded(found.place).filled("streams").set_index("stream")["name"].fillna("").to_dict()
    )
    head = ["ring-fenced stream", "year", "moving £1 million out gains", "holds for"]
    rows: list[tuple[str, ...]] = [
        (_streams(row.stream, names), row.year, change(row.relaxing), _holds(row.holds_for))
        for row in table.itertuples()
    ]
    if table["tightening"].notna().any():
        head.append("moving £1 million in loses")
        rows = [(*row, pounds(loss)) for row, loss in zip(rows, table["tightening"], strict=True)]
    note = (
        "Where there is less than £1 million, all of it is moved. "
        "Money moved out may pay for anything, whoever commissions it and whatever pool there is; "
        "so a price may stand where ending the ring-fence alone gains nothing. Streams that are "
        "not listed have the price 0. A price is no advice to end a condition."
    )
    return text_grid(f"{key}-prices", "The price of each ring-fence", head, rows[:40], note)


def _streams(keys: str, names: dict[str, str]) -> str:
    """Streams as they are called."""
    return listed(names.get(key) or plain(key) for key in keys.split(", "))


def _holds(millions: float) -> str:
    return "" if pd.isna(millions) else money(MILLION * millions)


def _agencies(found: Potential, key: str) -> list[Grid]:
    aligned, pooled = found.plans["aligned"], found.plans["pooled"]
    sheets = who_gains(aligned, pooled, name_of("aligned", "pooled"))
    return [sheet_grid(sheet, f"{key}-agencies", "agency") for sheet in sheets]


def _cuts(found: Potential, key: str) -> Grid | None:
    table = found.parts["cuts"]
    if table["cut"].nunique() < 2:
        return None
    value = table[table["measure"] == "public value"]
    wide = value.pivot(index="cut", columns="plan", values="value")
    wide = wide[[name for name in TITLES if name in wide.columns]]
    wide.index = [percent(cut) for cut in wide.index]
    return figures(
        f"{key}-cuts", "Public value as all budgets are cut", "cut", wide, _or_none,
        f"{_none_planned(value)}Amounts in pounds that rules and contributions name stay as they "
        "are.",
    )  # fmt: skip


def _none_planned(value: pd.DataFrame) -> str:
    planned = value.loc[(value["plan"] == "pooled") & value["value"].notna(), "cut"]
    return "" if planned.nunique() > 1 else "With less money no plan keeps all rules. "


def _or_none(value: float) -> str:
    return "no plan keeps all rules" if pd.isna(value) else money(value)


def _chart_of_cuts(found: Potential, key: str):  # type: ignore[no-untyped-def]
    """The plans as budgets are cut, as a picture beside their table."""
    table = found.parts["cuts"]
    table = table[(table["measure"] == "public value") & table["value"].notna()]
    if table.loc[table["plan"] == "pooled", "cut"].nunique() < 2:
        return None
    rows = table.assign(
        label=[percent(cut) for cut in table["cut"]],
        series=table["plan"].map(TITLES),
        value=table["value"] / MILLION,
    )
    order = list(dict.fromkeys(rows["label"]))
    base = found.place.settings.price_base
    return bars(
        f"{key}-by-cut", finding_of_cuts(rows),
        f"As budgets are cut: public value by share taken off them, £ million, {base} prices, "
        f"discounted. "
        f"Source: model of {found.place.title}.",
        rows[["label", "value", "series"]], "£ million", order, list(TITLES.values()),
    )  # fmt: skip


def finding_of_cuts(rows: pd.DataFrame) -> str:
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


def _ask(
    subject: Subject,
    *,
    objective: str,
    pools: bool,
    ring_fences: bool,
    cuts: tuple[float, ...],
    seed: int,
    executor: str,
    workers: int | None,
) -> Potential:
    return potential(
        subject.whole(), objective=objective, pools=pools, ring_fences=ring_fences, cuts=cuts,
        seed=seed, executor=executor, workers=workers, **subject.watch,
    )  # fmt: skip


_GROUP = "What is looked at"
STUDY = Study(
    name="potential",
    about="what working together could gain: today beside plans of each agency for itself "
    "(siloed), of all in step with their own purses (aligned), with the pools there are (pooled), "
    "and without limits on pooling (freed)",
    question="What keeps money apart, and what does it cost?",
    ask=_ask,
    view=_view,
    finding=_finding,
    arguments=(
        OBJECTIVE,
        Flag(
            name="pools",
            label="Each pool by itself",
            about="each pool alone as well",
            first=True,
            asked=True,
            group=_GROUP,
        ),
        Flag(
            name="ring_fences",
            label="Each ring-fence, ended by itself and kept by itself",
            about="each ring-fence alone as well",
            first=True,
            asked=True,
            group=_GROUP,
        ),
        Shares(
            name="cuts",
            label="The same with all budgets cut by 10, 20, 30 and 40%",
            about="shares taken off all budgets, such as 0.1,0.2,0.3,0.4",
            offered=(0.1, 0.2, 0.3, 0.4),
            hint="Takes about five times as long. Without pools and ring-fences it is soon done.",
            asked=True,
            group=_GROUP,
        ),
        SEED,
        EXECUTOR,
        WORKERS,
    ),
    some=("pools", "ring_fences", "cuts"),
    key="barriers",
    screen="What keeps money apart",
    answers="What each pool alone would add to working apart; what ending each ring-fence alone "
    "would add, and keeping each alone would cost; how the gain of ending all is split over them; "
    "the price of each with the range in which it holds; and all of that as budgets are cut.",
    lead=(
        "Every figure is a difference between two plans of the model. What a ring-fence costs is "
        "no advice to end it: most are a condition set by Parliament.",
    ),
    wait=waiting("some seconds to some minutes, the longest for a county"),
    again="Look at other parts",
    more="what-keeps-money-apart.md",
)
