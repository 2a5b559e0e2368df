"""Charts of plans as inline pictures: what is shown elsewhere as a table, drawn.

Each chart has its finding as title, and says what it measures, where and when.
They are Vega-Lite specifications drawn to SVG without a browser or a request, by
the optional packages Altair and vl-convert; where these are missing there is no
chart, and the tables say the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pandas as pd

from placebudget.pictures import (
    BLUE,
    GREY,
    WIDER,
    Across,
    Room,
    can_draw,
    colours,
    legend,
    picture,
    pressable,
    rows_chart,
)
from placebudget.plan import Plan
from placebudget.plan.need import AGAIN, EXCHEQUER, cash
from placebudget.texts import listed
from placebudget.view.prices import dearest_of_money, limit_name
from placebudget.view.tables import exchequer_note, money_by, of_it_used_again
from placebudget.words import in_pounds, money, plain, sentence, years_in_words

_MILLION = 1e6
_MOST = 14
_SHOWN = 0.05  # £ million: what a figure with one decimal shows
_BREAK = "|"  # what no name has, between the lines of one over a small panel
_BAR, _PANEL = 16, 190  # pixels: how high a bar, how wide a small panel is
_SHAPES = ["circle", "diamond", "square"]
_INK = "#000000"  # drawn in the colour of the page's text


@dataclass(frozen=True)
class Chart:
    """One chart.

    Parameters
    ----------
    key : str
        Part of ids in the page.
    title : str
        The finding.
    about : str
        Measure, unit, place, years and source.
    svg : str
        The picture, as HTML without script.
    figures : DataFrame
        What is drawn, not rounded.
    """

    key: str
    title: str
    about: str
    svg: str
    figures: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False, compare=False)

    def pressed_for(self, key: str) -> Chart:
        """The same chart, whose points are pressed in a page that hears it."""
        return replace(self, svg=pressable(self.svg, key))


def charts_of(today: Plan, proposed: Plan) -> dict[str, Chart]:
    """Charts of a plan against today, by the section of a report they belong to.

    Parameters
    ----------
    today, proposed : Plan
        Two plans of one place.

    Returns
    -------
    dict of str to Chart
        ``money``, ``savings`` and ``rules``; only what there is something to
        draw for, and nothing where :func:`~placebudget.pictures.can_draw` says no.

    Examples
    --------
    >>> import placebudget as pb
    >>> place = pb.example("toy_pooling")
    >>> drawn = charts_of(pb.simulate(place), pb.optimise(place, pooling="freed"))
    >>> "svg" in drawn["money"].svg
    True
    """
    if not can_draw():
        return {}
    made = {
        "money": money_now_and_proposed(today, proposed),
        "savings": savings_by_agency_and_year(proposed, today),
        "rules": dearest_limits(proposed),
    }
    return {name: chart for name, chart in made.items() if chart is not None}


def money_now_and_proposed(today: Plan, proposed: Plan) -> Chart | None:
    """Money by purpose, now and proposed: the purposes that change most."""
    plans = {"today": today, "proposed": proposed}
    table = money_by(plans, "purpose").figures
    table["change"] = table["proposed"] - table["today"]
    moved = table[table["change"].abs() >= _SHOWN]
    if moved.empty:
        return None
    moved = moved.loc[moved["change"].abs().sort_values(ascending=False).index[:_MOST]]
    moved = moved.sort_values("change", ascending=False)
    finding = _moves(moved["change"])
    names = ["today", "proposed"]
    rows = moved.rename_axis("label").reset_index()
    rows = rows.assign(low=rows[names].min(axis=1), high=rows[names].max(axis=1))
    shown = " The purposes that change most are shown." if len(moved) < len(table) else ""
    return Chart(
        "money",
        finding + ".",
        f"Money by purpose in £ million, cash, {years_in_words(proposed.place['years'])}: today’s "
        f"spending carried on (circle) and {_called(proposed)} (diamond). {_source(proposed)}"
        + shown,
        picture("money", finding, lambda room: marked(room, rows, "£ million, all years", names)),
        rows[["label", *names]],
    )


def savings_by_agency_and_year(plan: Plan, today: Plan | None = None) -> Chart | None:
    """Fiscal savings of each partner by year, the cashable part apart.

    What today saves as well is no gain of the plan: beside today the finding is the change.
    """
    table = plan.savings(["partner", "year"])
    if table.empty or table["fiscal"].sum() <= 0:
        return None
    names, totals = partner_names(plan), _saved_by_partner(plan)
    exchequer = exchequer_note({"": plan}, pd.Index(plan.savings("agency")["agency"]))
    finding = f"{_saved_beside(totals, today, names)}{_saved_in_all(plan, today)}."
    parts = pd.concat(
        [
            table.assign(part="cashable", amount=table["cashable"] / _MILLION),
            table.assign(
                part="not cashable", amount=(table["fiscal"] - table["cashable"]) / _MILLION
            ),
        ]
    )
    parts["partner"] = parts["partner"].map(names).map(sentence)
    order = totals.sort_values(ascending=False, kind="stable").index.map(names).map(sentence)
    kinds = ["cashable", "not cashable"]

    def draw(room: Room) -> Any:
        import altair as alt

        # Names over small panels are no wider than these.
        lines = {name: _BREAK.join(room.panel(name)) for name in order}
        bars = alt.Chart(parts.assign(partner=parts["partner"].map(lines))).mark_bar().encode(
            x=alt.X("year:O", title=None),
            y=alt.Y("amount:Q", title="£ million", axis=alt.Axis(tickCount=2)),
            color=alt.Color("part:N", legend=legend(room, kinds),
                            scale=alt.Scale(domain=kinds, range=colours(kinds))),
            order=alt.Order("part:N"),
        )  # fmt: skip
        header = alt.Header(labelExpr=f"split(datum.label, '{_BREAK}')")
        return bars.properties(width=_PANEL, height=110).facet(
            facet=alt.Facet("partner:N", sort=list(lines.values()), title=None, header=header),
            columns=min(len(order), 3 if room.beside else 1),
        )  # fmt: skip

    return Chart(
        "savings",
        finding,
        f"Fiscal savings by partner and year as they fall, £ million, {plan.place['price_base']} "
        f"prices, not discounted, {_called(plan)}, with what today’s money saves as well; the dark "
        f"part is cashable{of_it_used_again(plan)}.{exchequer} "
        f"{_source(plan)}",
        picture("savings", finding, draw),
        parts[["partner", "year", "part", "amount"]],
    )


def dearest_limits(plan: Plan) -> Chart | None:
    """What the dearest limits cost: one bar a limit, its dearest year."""
    prices = dearest_of_money(plan).head(8)
    if prices.empty or not in_pounds(plan.objective.unit):
        return None
    named = [limit_name(row) for _, row in prices.iterrows()]
    rows = pd.DataFrame({"label": named, "value": prices["relaxing"].to_numpy() / _MILLION})
    rows = rows.drop_duplicates("label")
    unit = f"£ million of {plan.objective.name} for £1 million"
    finding = (
        f"{named[0]} costs most: relaxing it by £1 million would gain "
        f"{money(float(prices['relaxing'].iloc[0]))}."
    )
    return Chart(
        "rules",
        finding,
        f"Gain in {plan.objective.name} from relaxing each limit by £1 million in its dearest "
        f"year, {_called(plan)}. {_source(plan)}",
        picture("rules", finding, lambda room: barred(room, rows, unit)),
        rows,
    )


def barred(
    room: Room,
    rows: pd.DataFrame,
    unit: str,
    order: Sequence[str] = (),
    series: Sequence[str] = (),
    *,
    apart: bool = True,
) -> Any:
    """A row a name, with a bar from nought, or one for each of some series.

    Parameters
    ----------
    room : Room
        Where names go.
    rows : DataFrame
        ``label``, ``value``, and ``series`` where there are several.
    unit : str
        Title of the axis.
    order, series : sequence of str
        Names and series from above; names as they come, where they are blank.
    apart : bool
        Whether each series has a bar of its own in a row; else each row has one bar.
    """
    several = len(series) if series and apart else 1

    def marks(placed: pd.DataFrame, across: Across, down: Across) -> list[Any]:
        import altair as alt

        nth = placed["series"].map(list(series).index) if several > 1 else 0
        top = placed["y"] + (nth - several / 2) * _BAR
        placed = placed.assign(top=top, bottom=top + _BAR, nought=0.0)
        bars = alt.Chart(placed).mark_bar(color=BLUE).encode(
            x=across("value"), x2="nought:Q", y=down("top"), y2="bottom:Q"
        )  # fmt: skip
        if series:
            hue = alt.Scale(domain=list(series), range=colours(series))
            key = legend(room, series) if apart else None
            bars = bars.encode(color=alt.Color("series:N", scale=hue, legend=key))
        return [bars]

    return rows_chart(room, rows, unit, marks, thick=_BAR * several, order=order)


def marked(
    room: Room, rows: pd.DataFrame, unit: str, names: Sequence[str], *, zero: bool = True
) -> Any:
    """A row a name: a line from ``low`` to ``high``, and one or two marks on it.

    Parameters
    ----------
    room : Room
        Where names go.
    rows : DataFrame
        ``label``, ``low``, ``high``, and a column for each mark.
    unit : str
        Title of the axis.
    names : sequence of str
        The marks, a circle and a diamond.
    zero : bool
        Whether the axis begins at nought.
    """

    def marks(placed: pd.DataFrame, across: Across, down: Across) -> list[Any]:
        import altair as alt

        long = placed[["label", "y", *names]].melt(["label", "y"], list(names), "mark", "at")
        long = long.dropna()
        key = legend(room, names)
        hue = alt.Scale(domain=list(names), range=colours(names))
        shape = alt.Scale(domain=list(names), range=_SHAPES[: len(names)])
        line = alt.Chart(placed).mark_rule(color=GREY, strokeWidth=3)
        points = alt.Chart(long).mark_point(filled=True, size=140, opacity=1)
        return [
            line.encode(x=across("low"), x2="high:Q", y=down("y")),
            points.encode(
                x=across("at"), y=down("y"),
                color=alt.Color("mark:N", scale=hue, legend=key),
                shape=alt.Shape("mark:N", scale=shape, legend=key),
            ),
        ]  # fmt: skip

    return rows_chart(room, rows, unit, marks, thick=_BAR, zero=zero)


def traced(
    room: Room, rows: pd.DataFrame, across: str, up: str, *, joined: bool, beside: str = ""
) -> Any:
    """Points with their names, joined by a line where there is one, and one apart from them.

    Parameters
    ----------
    room : Room
        How wide it is.
    rows : DataFrame
        ``label``, ``x``, ``y`` and ``series``, by which points are told apart.
    across, up : str
        Titles of the axes.
    joined : bool
        Whether a line goes through the points of the first series.
    beside : str
        A series of points that have no part in the line; blank: there is none.
    """
    import altair as alt

    names = [name for name in dict.fromkeys(rows["series"]) if name != beside]
    names += [beside] if beside and (rows["series"] == beside).any() else []
    key = legend(room, names)
    x = alt.X("x:Q", scale=alt.Scale(zero=False), axis=alt.Axis(title=room.lines(across),
              tickCount=5 if room.beside else 3))  # fmt: skip
    y = alt.Y("y:Q", scale=alt.Scale(zero=False), axis=alt.Axis(title=None, tickCount=5))
    hue = alt.Scale(domain=names, range=colours(names))
    shape = alt.Scale(domain=names, range=_SHAPES[: len(names)])
    points = alt.Chart(rows).mark_point(filled=True, size=140, opacity=1).encode(
        x=x, y=y, color=alt.Color("series:N", scale=hue, legend=key),
        shape=alt.Shape("series:N", scale=shape, legend=key),
    )  # fmt: skip
    texts = alt.Chart(rows).mark_text(
        align="left", baseline="bottom", dx=7, dy=-4, fontSize=room.font * WIDER, color=_INK
    ).encode(x=x, y=y, text="label:N")  # fmt: skip
    line = rows[rows["series"] == names[0]] if joined else rows.iloc[:0]
    path = alt.Chart(line).mark_line(color=GREY, strokeWidth=2).encode(x=x, y=y)
    title = alt.TitleParams(room.lines(up), anchor="start", fontWeight="normal")
    return alt.layer(path, points, texts).properties(
        width=room.plot, height=round(room.plot * 0.7), title=title
    )


def partner_names(plan: Plan) -> dict[str, str]:
    """What partners are called: as their agency, or as themselves where they are several."""
    return {
        str(partner): str(mine.iloc[0]) if len(mine) == 1 else plain(partner)
        for partner, mine in plan.labels["agencies"].groupby("partner")["name"]
    }


def _saved_by_partner(plan: Plan) -> pd.Series:
    """Savings of all years, £ million."""
    return plan.savings("partner").set_index("partner")["fiscal"] / _MILLION


def _saved_beside(totals: pd.Series, today: Plan | None, names: dict[str, str]) -> str:
    """Who saves most more, and most less, than today; blank where there is no today to ask."""
    if today is None:
        return ""
    change = totals.sub(_saved_by_partner(today), fill_value=0.0)
    change = change[change.abs() >= _SHOWN].sort_values(ascending=False, kind="stable")
    if change.empty:
        return "All save about as much as today. "
    said = [
        f"{names[str(who)]} ({_change(by)})"
        for who, by in {change.index[n]: change.iloc[n] for n in (0, -1)}.items()
    ]
    return f"Beside today savings change most for {' and '.join(said)}. "


def _saved_in_all(plan: Plan, today: Plan | None) -> str:
    """What of all savings is cash of a budget, the Exchequer's, capacity used again or none."""
    parts, whole = cash(plan).sum(), float(plan.savings()["fiscal"].sum())
    told = [
        f"{money(float(parts[part]))} {words}"
        for part, words in (
            ("leaves", "is cash that can leave a budget"), ("exchequer", f"goes {EXCHEQUER}"),
            ("again", f"is {AGAIN}"),
        )
        if part == "leaves" or parts[part] >= _SHOWN * _MILLION
    ]  # fmt: skip
    now = "" if today is None else f" (today {money(float(today.savings()['fiscal'].sum()))})"
    return f"Of {money(whole)} that services save in all{now}, {listed(told)}"


def _moves(change: pd.Series) -> str:
    """Where most is added and most is taken away, of changes in falling order."""
    said = []
    if change.iloc[0] > 0:
        said.append(f"most is added to {change.index[0]} ({_change(change.iloc[0])})")
    if change.iloc[-1] < 0:
        said.append(f"most is taken from {change.index[-1]} ({_change(change.iloc[-1])})")
    return sentence("; ".join(said))


def _change(millions: float) -> str:
    sign = "+" if millions > 0 else "−"
    return f"{sign}\u2060{money(abs(millions) * _MILLION)}"


def _called(plan: Plan) -> str:
    return (
        f"the best {plan.name} plan" if plan.name in ("aligned", "pooled", "freed") else plan.name
    )


def _source(plan: Plan) -> str:
    return f"Source: model of {plan.place['title']}, worked out from the figures of the place."
