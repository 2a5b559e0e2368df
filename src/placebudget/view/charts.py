"""Charts of plans as inline pictures: what is shown elsewhere as a table, drawn.

Each chart has its finding as title, and says what it measures, where and when.
They are Vega-Lite specifications drawn to SVG without a browser or a request, by
the optional packages Altair and vl-convert; where these are missing there is no
chart, and the tables say the same.

Colours: UK Government Analysis Function, Data visualisation: colours, 2022.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from importlib.util import find_spec
from textwrap import wrap
from typing import Any

import pandas as pd

from placebudget.plan import Plan
from placebudget.view.prices import limit_name, own_limit
from placebudget.view.sheet import TOTAL
from placebudget.view.tables import money_by, savings
from placebudget.words import percent, plain, sentence, spoken

BLUE, ORANGE, GREY = "#12436D", "#F46A25", "#3D3D3D"
_MILLION = 1e6
_MOST = 14
_SHOWN = 0.05  # £ million: what a figure with one decimal shows
_FONT = "sans-serif"
# Names over small panels: letters in a line, and what no name has between lines.
_PANEL, BREAK = 28, "|"
_LABEL = 46  # letters in a line of a limit's name


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
        The picture.
    """

    key: str
    title: str
    about: str
    svg: str


def can_draw() -> bool:
    """Whether what draws charts is installed (the extra ``report``)."""
    return all(find_spec(name) is not None for name in ("altair", "vl_convert"))


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
        draw for, and nothing where :func:`can_draw` says no.

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
        "savings": savings_by_agency_and_year(proposed),
        "rules": dearest_limits(proposed),
    }
    return {name: chart for name, chart in made.items() if chart is not None}


def money_now_and_proposed(today: Plan, proposed: Plan) -> Chart | None:
    """Money by purpose, now and proposed: the purposes that change most."""
    plans = {"today": today, "proposed": proposed}
    # The figures of the table beside it, so that both say the same.
    sheet = money_by(plans, "purpose")
    table = sheet.rounded().drop(TOTAL)
    table["change"] = (table["proposed"] - table["today"]).round(1)
    # A difference in the last figure may come of rounding alone.
    apart = (sheet.figures["proposed"] - sheet.figures["today"]).abs()
    moved = table[(table["change"] != 0) & (apart >= _SHOWN).reindex(table.index)]
    if moved.empty:
        return None
    moved = moved.loc[moved["change"].abs().sort_values(ascending=False).index[:_MOST]]
    moved = moved.sort_values("change", ascending=False)
    finding = _moves(moved["change"])
    import altair as alt

    rows = moved.rename_axis("purpose").reset_index()
    long = rows.melt("purpose", ["today", "proposed"], "plan", "money")
    order = list(moved.index)
    y = alt.Y("purpose:N", sort=order, title=None)
    scale = alt.Scale(domain=["today", "proposed"], range=[ORANGE, BLUE])
    lines = alt.Chart(rows).mark_rule(color=GREY, strokeWidth=2).encode(
        x=alt.X("today:Q", title="£ million, all years"), x2="proposed:Q", y=y
    )  # fmt: skip
    points = alt.Chart(long).mark_point(filled=True, size=110, opacity=1).encode(
        x="money:Q",
        y=y,
        color=alt.Color("plan:N", scale=scale, title=None),
        shape=alt.Shape(
            "plan:N",
            scale=alt.Scale(domain=["today", "proposed"], range=["circle", "diamond"]),
            title=None,
        ),
    )  # fmt: skip
    drawn = (lines + points).properties(width=460, height=24 * len(order))
    shown = " The purposes that change most are shown." if len(moved) < len(table) else ""
    return Chart(
        "money",
        finding + ".",
        f"Money by purpose in £ million, cash, {_years(proposed)}: today’s spending carried on "
        f"(circle) and {_called(proposed)} (diamond). {_source(proposed)}{shown}",
        svg_of(drawn, "money", finding),
    )


def savings_by_agency_and_year(plan: Plan) -> Chart | None:
    """Fiscal savings of each partner by year, the cashable part apart."""
    table = plan.savings(["partner", "year"])
    if table.empty or table["fiscal"].sum() <= 0:
        return None
    names, totals = partner_names(plan), _saved_by_partner(plan)
    share = table["cashable"].sum() / table["fiscal"].sum()
    finding = (
        f"Most is saved by {names[totals.idxmax()]} ({spoken(totals.max() * _MILLION)}); "
        f"{percent(share)} of all savings is cashable."
    )
    parts = pd.concat(
        [
            table.assign(part="cashable", amount=table["cashable"] / _MILLION),
            table.assign(
                part="not cashable", amount=(table["fiscal"] - table["cashable"]) / _MILLION
            ),
        ]
    )
    lines = {key: BREAK.join(wrap(sentence(name), _PANEL)) for key, name in names.items()}
    parts["partner"] = parts["partner"].map(lines)
    order = totals.sort_values(ascending=False, kind="stable").index.map(lines)
    import altair as alt

    scale = alt.Scale(domain=["cashable", "not cashable"], range=[BLUE, "#7A93AB"])
    bars = alt.Chart(parts[["partner", "year", "part", "amount"]]).mark_bar().encode(
        x=alt.X("year:O", title=None),
        y=alt.Y("amount:Q", title="£ million"),
        color=alt.Color("part:N", scale=scale, title=None),
        order=alt.Order("part:N"),
    )  # fmt: skip
    columns = min(3, len(order))
    drawn = bars.properties(width=190, height=110).facet(
        facet=alt.Facet("partner:N", sort=list(order), title=None, header=alt.Header(
            labelExpr=f"split(datum.label, '{BREAK}')")), columns=columns
    )  # fmt: skip
    return Chart(
        "savings",
        finding,
        f"Fiscal savings by partner and year as they fall, £ million, {plan.place['price_base']} "
        f"prices, not discounted, {_called(plan)}; the dark part is cashable. {_source(plan)}",
        svg_of(drawn, "savings", finding),
    )


def dearest_limits(plan: Plan) -> Chart | None:
    """What the dearest limits cost: one bar a limit, its dearest year."""
    prices = plan.prices()
    prices = prices[(prices["relaxing"] > 0) & (prices["unit"] == "£1 million")]
    if prices.empty or not plan.objective.unit.startswith("pounds"):
        return None
    prices = prices.assign(own=own_limit(prices)).sort_values("relaxing", ascending=False)
    prices = prices.drop_duplicates(["kind", "name", "own"]).head(8)
    named = [limit_name(row) for _, row in prices.iterrows()]
    # A limit is named in full, in as many lines as that takes.
    lines = [BREAK.join(wrap(name, _LABEL)) for name in named]
    rows = pd.DataFrame({"limit": lines, "gain": prices["relaxing"].to_numpy() / _MILLION})
    rows = rows.drop_duplicates("limit")
    import altair as alt

    axis = alt.Axis(labelLimit=360, labelExpr=f"split(datum.label, '{BREAK}')")
    deepest = 1 + max(line.count(BREAK) for line in lines)
    drawn = alt.Chart(rows).mark_bar(color=BLUE, height=14).encode(
        x=alt.X("gain:Q", title=f"£ million of {plan.objective.name} for £1 million"),
        y=alt.Y("limit:N", sort=lines, title=None, axis=axis),
    ).properties(width=380, height=(10 + 16 * deepest) * len(rows))  # fmt: skip
    finding = (
        f"{named[0]} costs most: relaxing it by £1 million would gain "
        f"{spoken(float(prices['relaxing'].iloc[0]))}."
    )
    return Chart(
        "rules",
        finding,
        f"Gain in {plan.objective.name} from relaxing each limit by £1 million in its dearest "
        f"year, {_called(plan)}. {_source(plan)}",
        svg_of(drawn, "rules", finding),
    )


def svg_of(chart: Any, key: str, title: str) -> str:
    """Draw a chart as a picture; ids are made its own, as several stand in one page.

    Parameters
    ----------
    chart : altair chart
        What to draw.
    key : str
        Unique in its page.
    title : str
        The finding, as the picture's name.
    """
    import vl_convert

    config = {
        "font": _FONT,
        "background": "transparent",
        "view": {"stroke": None},
        "axis": {"labelFontSize": 13, "titleFontSize": 13, "labelLimit": 320, "domainColor": GREY},
        "axisQuantitative": {"labelFlush": False, "labelSeparation": 8},
        "legend": {"labelFontSize": 13, "orient": "top", "symbolSize": 110},
        "header": {"labelFontSize": 13, "labelFontWeight": "bold"},
    }
    spec = chart.configure(**config).to_dict()
    svg: str = vl_convert.vegalite_to_svg(spec)
    svg = svg.replace('id="', f'id="{key}-').replace("url(#", f"url(#{key}-")
    named = f'<svg role="img" aria-label="{escape(title)}" focusable="false" '
    return svg.replace("<svg ", named, 1)


def partner_names(plan: Plan) -> dict[str, str]:
    """What partners are called: as their agency, or as themselves where they are several."""
    return {
        str(partner): str(mine.iloc[0]) if len(mine) == 1 else plain(partner)
        for partner, mine in plan.labels["agencies"].groupby("partner")["name"]
    }


def _saved_by_partner(plan: Plan) -> pd.Series:
    """Savings of all years, £ million: the printed totals of the agencies, so that they agree."""
    (sheet,) = savings({"": plan})
    printed = sheet.rounded().drop(TOTAL)[TOTAL]
    agencies = plan.labels["agencies"].drop_duplicates("name").set_index("name")
    return printed.groupby(printed.index.map(agencies["partner"])).sum()


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
    return f"{sign}\u2060{spoken(abs(millions) * _MILLION)}"


def _years(plan: Plan) -> str:
    years = plan.place["years"]
    return f"{years[0]} to {years[-1]}" if len(years) > 1 else str(years[0])


def _called(plan: Plan) -> str:
    return f"the best {plan.name} plan" if plan.name in ("siloed", "pooled", "freed") else plan.name


def _source(plan: Plan) -> str:
    return f"Source: model of {plan.place['title']}, worked out from the figures of the place."
