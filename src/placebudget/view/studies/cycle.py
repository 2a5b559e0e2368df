"""Years of commissioning lived through many times."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd

from placebudget.place.names import Names
from placebudget.programme.objectives.value import PUBLIC
from placebudget.study import Cycle, Policy, cycle
from placebudget.study.cycle.owed import ENOUGH
from placebudget.view.sheet import Grid, text_grid
from placebudget.view.studies.common import (
    MILLION,
    StudyView,
    count,
    figures,
    pounds,
    ranges,
    share,
    view_of,
)
from placebudget.view.studies.entry import (
    EXECUTOR,
    OBJECTIVE,
    SEED,
    WORKERS,
    Flag,
    SeveralOf,
    Study,
    Subject,
    Whole,
    waiting,
)
from placebudget.words import money, number

_FEW = 50
_SPREAD = ["planned", "low", "mean", "high"]
_POOLINGS = {
    "aligned": "Aligned: every agency with its own purse",
    "pooled": "Pooled: with the pools and ring-fences of the place",
    "freed": "Freed: one pool without limits or ring-fences (a benchmark only)",
}
_WAYS = {
    "once": "Planned once",
    "replanned": "Planned again each year with what is known by then",
    "evaluated": "Planned again each year, with evaluation bought to learn from",
}


def _finding(found: Cycle) -> str:
    row = found.spread(_policy(found))
    reached = money(row["low"])
    if found.runs > 1:
        reached += f" to {money(row['high'])}"
    return (
        f"In the model, the plan ({_policy(found)}) is worth {reached} ({found.range_said}), "
        f"where {money(row['planned'])} was planned"
    )


def _view(found: Cycle, key: str) -> StudyView:
    """Spread of policies, deficits and savings by agency, what was learned, payback."""
    value = found.table[found.table["measure"] == PUBLIC]
    rows = value.rename(columns={"policy": "label", "mean": "first", "planned": "second"})
    numbers = ["low", "high", "first", "second"]
    rows = rows[["label", *numbers]].assign(**(rows[numbers] / MILLION))
    base = found.place.settings.price_base
    chart = ranges(
        f"{key}-policies", f"{_finding(found)}.",
        f"Public value, £ million, {base} prices, discounted; the line holds {_held(found)}. "
        f"Source: model of {found.place.title}.",
        rows, "£ million", ("average of the runs", "as planned"),
    )  # fmt: skip
    spread = value.set_index("policy")[[*_SPREAD, "share_short"]]
    spread = spread.rename(columns={"share_short": "runs below plan"})
    unpaid = _measure(found, "deficits not paid back")
    return view_of(
        [chart],
        [
            figures(
                f"{key}-spread", "Public value by policy", "policy", spread,
                [pounds, pounds, pounds, pounds, share],
                f"{base} prices, discounted. Between low and high: {found.range_said}.",
            ),
            figures(
                f"{key}-cashable", "Cashable saving by policy", "policy",
                _measure(found, "cashable saving")[_SPREAD], pounds,
                f"{base} prices, as they fall, not discounted.",
            ),
            figures(
                f"{key}-unpaid", "Deficits not paid back, by policy", "policy",
                unpaid[["low", "mean", "high"]], pounds, "Cash.",
            ),
            _deficits(found, key),
            _needs(found, key),
            _savings(found, key),
            _payback(found, key),
            *_market(found, key),
            *_owed(found, key),
            _learned(found, key),
            _last_outcomes(found, key),
            _last_savings(found, key),
        ],
        [_drawn(found)],
    )  # fmt: skip


def _drawn(found: Cycle) -> str:
    """From how many runs, and what they were drawn from."""
    done = int(found.run["options"]["runs_done"])
    rough = " So few runs show the range roughly; where it matters, ask for more."
    return (
        f"{number(done)} runs of the years, drawn from seed {found.run['options']['seed']}. The "
        f"same seed gives the same runs on any machine.{rough if done < _FEW else ''}"
    )


def _last_outcomes(found: Cycle, key: str) -> Grid:
    """Outcomes of the last year that is planned: spreads of years cannot be added up."""
    place, policy, names = found.place, _policy(found), _names(found, "outcomes")
    rows = found.tables["outcomes"]
    rows = rows[(rows["policy"] == policy) & (rows["year"] == place.years[-1])]
    labels = [
        names[key] if pd.isna(unit) else f"{names[key]} ({unit})"
        for key, unit in zip(rows["outcome"], rows["unit"], strict=True)
    ]
    return figures(
        f"{key}-outcomes", f"Outcomes in {place.years[-1]}: {policy}", "outcome",
        _labelled(rows, labels), count, f"Between low and high: {found.range_said}.",
    )  # fmt: skip


def _last_savings(found: Cycle, key: str) -> Grid:
    place, policy, names = found.place, _policy(found), _names(found, "agencies")
    last = place.years[-1]
    rows = found.tables["savings"].query(
        "policy == @policy and measure == 'cashable' and year == @last"
    )
    labels = [names[key] for key in rows["agency"]]
    return figures(
        f"{key}-last-savings", f"Cashable savings in {last} by agency: {policy}", "agency",
        _labelled(rows, labels), pounds,
        f"{place.settings.price_base} prices. Between low and high: {found.range_said}.",
    )  # fmt: skip


def _labelled(rows: pd.DataFrame, labels: list[str]) -> pd.DataFrame:
    return rows[_SPREAD].set_axis(labels, axis=0).rename(columns={"mean": "average of the runs"})


def _held(found: Cycle) -> str:
    """What lies on the line from low to high."""
    return found.range_said if found.runs >= ENOUGH else "all runs"


def _measure(found: Cycle, name: str) -> pd.DataFrame:
    return found.table[found.table["measure"] == name].set_index("policy")


def _names(found: Cycle, table: str) -> dict[str, str]:
    rows = found.place.filled(table)
    keys = rows.iloc[:, 0]
    return dict(zip(keys, rows["name"].fillna(keys), strict=True))


def _policy(found: Cycle) -> str:
    pooled = [policy.name for policy in found.policies if policy.pooling == "pooled"]
    return (pooled or [found.policies[0].name])[0]


def _deficits(found: Cycle, key: str) -> Grid:
    policy = _policy(found)
    rows = found.tables["deficits"].query("policy == @policy")
    wide = rows.pivot(index="agency", columns="year", values="mean").rename(
        index=_names(found, "agencies")
    )
    wide = wide[wide.max(axis=1) > 0.5]
    return figures(
        f"{key}-deficits", f"Deficits by agency and year, average of the runs: {policy}", "agency",
        wide, pounds, "Cash: paid beyond the plan and all money left in the year.",
    )  # fmt: skip


def _needs(found: Cycle, key: str) -> Grid:
    """Need that is not met, and empty capacity, where effects are other than planned."""
    # Several councils have a service of the same name: it is told apart by whose it is.
    policy, called = _policy(found), Names(found.place)
    rows = found.tables["needs"].query("policy == @policy and mean >= 0.5")
    labels = [
        f"{called.of('service', row.service)} ({row.unit}): {row.measure}"
        for row in rows.itertuples(index=False)
    ]
    wide = rows.assign(service=labels).pivot(index="service", columns="year", values="mean")
    return figures(
        f"{key}-needs", f"Need not met and empty capacity, average of the runs: {policy}",
        "service", wide, count, "Services led by need, and those whose need is avoided.",
    )  # fmt: skip


def _savings(found: Cycle, key: str) -> Grid:
    policy = _policy(found)
    rows = found.tables["savings"].query("policy == @policy and measure == 'cashable'")
    sums = rows.groupby("agency")[["planned", "mean"]].sum().rename(index=_names(found, "agencies"))
    sums = sums.rename(columns={"mean": "average of the runs"})
    return figures(
        f"{key}-savings", f"Cashable savings by agency, all years: {policy}", "agency", sums,
        pounds, f"{found.place.settings.price_base} prices, not discounted.",
    )  # fmt: skip


def _payback(found: Cycle, key: str) -> Grid:
    policy, names = _policy(found), _names(found, "agencies")
    rows = [
        (
            names.get(row.agency, row.agency),
            pounds(row.paid),
            pounds(row.fiscal),
            row.year_fiscal or "no",
            pounds(row.cashable),
            row.year_cashable or "no",
        )
        for row in found.tables["payback"].query("policy == @policy").itertuples()
    ]
    head = ["agency", "pays for prevention", "saves", "paid back by", "cashable", "in cash by"]
    caption = f"When prevention pays back, and for whom: {policy}"
    note = "Average of the runs, in the price base; years by which half of the runs have paid back."
    return text_grid(f"{key}-payback", caption, head, rows, note)


def _learned(found: Cycle, key: str) -> Grid | None:
    table = found.tables["learned"]
    if table.empty:
        return None
    policy = table["policy"].iloc[0]
    rows = table[table["policy"] == policy].sort_values("error_before", ascending=False)
    rows = rows.assign(what=rows["service"] + ": " + rows["outcome"]).set_index("what")
    shown = rows[["spread_before", "spread_after", "error_before", "error_after"]]
    return figures(
        f"{key}-learned", f"What was learned of effects: {policy}", "service and outcome",
        shown.head(15), share,
        "Spread: standard deviation of what is believed. Error: average distance from the truth.",
        "The least certain effects are shown",
    )  # fmt: skip


def _market(found: Cycle, key: str) -> list[Grid | None]:
    """Who is there in each year, who comes and goes, and how far services lean on few."""
    if "market" not in found.tables:
        return []
    policy = _policy(found)
    rows = found.tables["market"].query("policy == @policy")
    rows = rows.assign(label=rows["provider"] + ", " + rows["year"]).set_index("label")
    there = rows[["there", "fails", "leaves", "enters", "moving"]]
    held = found.tables["concentration"].query("policy == @policy")
    wide = held.pivot(index="service", columns="year", values="index")
    return [
        figures(
            f"{key}-market", f"Who provides: {policy}", "provider and year",
            there.rename(columns={"moving": "moving its people"}),
            [share, share, share, share, pounds],
            "Shares of the runs; cash, average of the runs.",
        ),
        figures(
            f"{key}-concentration", f"Concentration of services: {policy}", "service",
            wide.rename(index=_names(found, "services")), lambda value: number(value, 2),
            "The sum of squared shares of units, average of the runs; 1: one provider alone.",
        ),
    ]  # fmt: skip


def _owed(found: Cycle, key: str) -> list[Grid | None]:
    """What targets pay and who bears it, what loans cost, and where all money comes and goes."""
    policy = _policy(found)
    grids: list[Grid | None] = []
    if "targets" in found.tables:
        names = _names(found, "targets")
        rows = found.tables["targets"].query("policy == @policy")
        rows = rows.set_index(rows["target"].map(names).rename(None))
        paid = rows[["missed", "whole", "planned", "at_mean", "low", "mean", "high"]]
        heads = {"missed": "pays nothing", "whole": "pays all", "at_mean": "at the mean outcome"}
        grids.append(figures(
            f"{key}-targets", f"Targets and payments for outcomes: {policy}", "target",
            paid.rename(columns=heads | {"mean": "average of the runs"}),
            [share, share, pounds, pounds, pounds, pounds, pounds],
            "Shares of the runs; cash, all instalments. Threshold and cap are steps, so that the "
            "average is not the payment at the mean outcome.",
        ))  # fmt: skip
        invested = rows[["invested", "back", "earned", "loses"]].dropna(subset="invested")
        grids.append(figures(
            f"{key}-investors", f"Investors: {policy}", "target",
            invested.rename(columns={"invested": "puts in", "back": "has back",
                                     "earned": "return a year", "loses": "runs with less back"}),
            [pounds, pounds, share, share],
            "Cash, average of the runs; the return is that of the average payment.",
        ))  # fmt: skip
        who = found.tables["bearers"].query("policy == @policy")
        label = who["target"].map(names) + ", " + who["agency"].replace(_names(found, "agencies"))
        grids.append(figures(
            f"{key}-bearers", f"Who receives it and, below nothing, pays it: {policy}",
            "target and agency",
            who.set_index(label.rename(None))[_SPREAD].rename(
                columns={"mean": "average of the runs"}
            ),
            pounds, "Cash, in the years lived through.",
        ))  # fmt: skip
    if "loans" in found.tables:
        rows = found.tables["loans"].query("policy == @policy")
        label = rows["loan"].map(_names(found, "loans")) + ", " + rows["year"]
        grids.append(figures(
            f"{key}-loans", f"Loans: {policy}", "loan and year",
            rows.set_index(label.rename(None))[["borrowed", "interest", "provision", "left"]],
            pounds, "Cash, average of the runs; left: not provided for at the end of the year.",
        ))  # fmt: skip
    if "sources" in found.tables:
        rows = found.tables["sources"].query("policy == @policy")
        wide = rows.assign(label=rows["side"] + ": " + rows["item"]).pivot_table(
            index="label", columns="year", values="amount", sort=False
        )
        grids.append(figures(
            f"{key}-sources", f"Where money comes from and goes: {policy}", "sources and uses",
            wide[wide.abs().max(axis=1) >= 0.5], pounds,
            "Cash, average of the runs. Sources of a year add up to its uses.",
        ))  # fmt: skip
    return grids


def _ask(
    subject: Subject, *, poolings: tuple[str, ...], ways: tuple[str, ...], **how: Any
) -> Cycle:
    policies = [
        Policy(pooling, way != "once", way == "evaluated")
        for pooling in _POOLINGS
        for way in _WAYS
        if pooling in poolings and way in ways
    ]
    return cycle(subject.whole(), policies=policies, **how, **subject.watch)


_DRAWN = "What is drawn"
STUDY = Study(
    name="cycle",
    about="years of commissioning lived through many times, with delivery that slips and effects "
    "that turn out other than hoped",
    question="What happens over the years, when delivery slips and effects are not what was hoped?",
    ask=_ask,
    view=_view,
    finding=_finding,
    chance=True,
    arguments=(
        OBJECTIVE,
        Whole(
            name="runs",
            label="Number of runs",
            about="how many runs",
            default=100,
            # Few, so that a board has an answer soon.
            first=12,
            least=1,
            span=(2, 200),
            hint="From 2 to 200. Few are soon done and show the range roughly.",
            asked=True,
            group=_DRAWN,
        ),
        replace(SEED, first=1, asked=True, group=_DRAWN),
        SeveralOf(
            name="poolings",
            label="Who pools",
            about="who pools, divided by commas",
            choices=_POOLINGS,
            default=tuple(_POOLINGS),
            first=("aligned", "pooled"),
            asked=True,
            group="Who pools",
        ),
        SeveralOf(
            name="ways",
            label="How it is planned",
            about="how it is planned, divided by commas",
            choices=_WAYS,
            default=tuple(_WAYS),
            asked=True,
            group="How it is planned",
        ),
        Flag(
            name="market",
            label="Providers enter, leave and fail",
            about="providers enter, leave and fail, by the table providers",
            hint="By what the table providers says of them; without it all stay.",
            asked=True,
            group="The market",
        ),
        EXECUTOR,
        WORKERS,
    ),
    key="years",
    screen="Over the years",
    answers="The years lived through many times: planned, commissioned, delivered with slippage "
    "and with effects as they truly are, evaluated, and planned again with what was learned. How "
    "far outcomes, savings and deficits spread; what was learned; when prevention pays back, and "
    "for whom; and which way of planning does better.",
    lead=(
        "A plan is what is hoped for. Here the same years are lived through many times, with "
        "chance that is the same for every way of planning. How far delivery slips and effects "
        "differ is an illustration, not a finding; the small print at the end of this screen gives "
        "the figures.",
    ),
    wait=waiting("a few seconds to some minutes, by the number of runs"),
    again="Draw again, or compare other ways",
    more="live-through-the-years.md",
)
