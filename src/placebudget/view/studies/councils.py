"""Beside other councils: neighbours, prices above the quartile, what need explains, early signs."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pandas as pd

from placebudget import sector
from placebudget.errors import WrongArgument
from placebudget.pictures import (
    BLUE,
    GREY,
    ORANGE,
    Across,
    Room,
    can_draw,
    legend,
    picture,
    rows_chart,
)
from placebudget.place import Place
from placebudget.sector import Benchmarking, EarlyWarning, Exchange, Productivity
from placebudget.sector.compare import in_words
from placebudget.sector.early_warning import NO_RETURN, NOT_PAST, PAST
from placebudget.sector.panel import COST
from placebudget.sector.proposal import SectorResult
from placebudget.view.charts import Chart
from placebudget.view.sheet import Grid, text_grid
from placebudget.view.studies.common import StudyView, bars, view_of
from placebudget.view.studies.entry import Argument, Choice, Rate, Study, Subject, Whole
from placebudget.words import money, number, sentence

_OWN, _NEAR, _REST = "own", "nearest", "others compared"
_COLOURS = {_OWN: ORANGE, _NEAR: BLUE, _REST: GREY}
_WIDE = 250
_MORE = "compare-us-with-others.md"


# --- who is compared -------------------------------------------------------------------------


def _of_place(place: Place | None) -> dict[str, str]:
    """Councils of the panel which a place names among its agencies."""
    if place is None:
        return {}
    agencies = place.agencies
    names = agencies.loc[agencies["sector"] == "council", "name"].dropna().tolist()
    held = sector.panel()
    frame = held.authorities
    frame = frame[frame["authority"].isin(held.observations["authority"])]
    known = dict(zip(frame["authority"], frame["name"], strict=True))
    kinds = dict(zip(frame["authority"], frame["class"], strict=True))

    def first(pair: tuple[str, str]) -> tuple[bool, bool, str]:
        """Counties before others, districts last."""
        return kinds[pair[0]] != "county", kinds[pair[0]] == "district", pair[1]

    found = {}
    for key, name in known.items():
        for each in names:
            rest = each.replace("Council", "").strip()
            if rest == name or rest.startswith(f"{name} "):
                found[key] = f"{name} ({kinds[key]})"
    return dict(sorted(found.items(), key=first))


def _named(subject: Subject) -> dict[str, str]:
    return _of_place(subject.place)


def _has_council(subject: Subject) -> bool:
    return bool(_of_place(subject.place))


def _asked(ask: Callable[..., SectorResult], subject: Subject, **given: Any) -> Any:
    """What a study is asked with, for the council that is named or that the place has."""
    authority = given.pop("authority", None) or next(iter(_of_place(subject.place)), None)
    if authority is None:
        raise WrongArgument("name a council: its key in the panel, or its name (authority).")
    drivers = given.pop("drivers", None)
    if drivers:
        given["drivers"] = [each.strip() for each in drivers.split(",") if each.strip()]
    if "measure" in given:
        given["measure"] = given["measure"] or next(iter(_measures(subject)))
    return ask(authority, place=subject.place, **given)


def _measures(subject: Subject) -> dict[str, str]:
    """Prices of the panel."""
    frame = sector.panel().filled("measures")
    frame = frame[(frame["kind"] == COST) & frame["price_like"].astype(bool)]
    return dict(zip(frame["measure"], frame["name"].map(sentence), strict=True))


_NONE = (
    "No council of this place is in the panel: compare one by the command or in Python, or give "
    "the board a panel of your own"
)
AUTHORITY = Choice(
    name="authority", label="Council", about="the council, by its name or its key in the panel",
    nothing="the first council of the place that the panel has", asked=True, choices=_named,
    none=(_NONE, ""),
)  # fmt: skip
MEASURE = Choice(
    name="measure", label="What it pays for", about="what is compared, by its key in the panel",
    nothing="the first price of the panel", asked=True, choices=_measures,
)  # fmt: skip
PANEL = Argument(
    name="panel",
    about="a panel: a folder, an .xlsx or a .zip",
    nothing="what PLACEBUDGET_PANEL names, or the one that comes along",
)
YEAR = Argument(name="year", about="the year, such as 2013-14", nothing="the last there is")
AMONG = Argument(
    name="among", about="who is compared: own class, all, or a class of the panel",
    nothing="own class; all for prices and need",
)  # fmt: skip


def proposals_grid(found: SectorResult, key: str) -> Grid | None:
    """What may be tried, or nothing."""
    rows = [
        (each.option.name, each.why, each.grade, "; ".join(each.sources))
        for each in found.proposals
    ]
    if not rows:
        return None
    head = ["option", "why", "grade", "source"]
    note = "Nothing is applied: each is tried on a place, and refused where the law asks for more."
    return text_grid(f"{key}-proposals", "What may be tried", head, rows, note)


# --- the nearest -----------------------------------------------------------------------------


def _strip(room: Room, rows: pd.DataFrame, parts: dict[str, str]) -> Any:
    """A strip of points for each of one or two figures, side by side."""
    import altair as alt

    names = list(_COLOURS)
    key = legend(room, names)
    hue = alt.Scale(domain=names, range=list(_COLOURS.values()))
    shape = alt.Scale(domain=names, range=["diamond", "circle", "square"])
    width = _WIDE if room.beside and len(parts) > 1 else room.plot
    made = []
    for name, unit in parts.items():
        axis = alt.Axis(title=room.lines(unit), tickCount=4)
        title = alt.TitleParams(room.lines(name), anchor="start", fontWeight="normal")
        made.append(
            alt.Chart(rows[rows["figure"] == name]).mark_point(filled=True, size=120, opacity=0.8)
            .encode(
                x=alt.X("value:Q", scale=alt.Scale(zero=False), axis=axis),
                y=alt.Y("series:N", sort=names, axis=None),
                color=alt.Color("series:N", scale=hue, legend=key),
                shape=alt.Shape("series:N", scale=shape, legend=key),
            ).properties(width=width, height=90, title=title)
        )  # fmt: skip
    return alt.hconcat(*made) if room.beside else alt.vconcat(*made)


def _benchmark_view(found: Benchmarking, key: str) -> StudyView:
    facts, near = found.facts, found.tables["neighbours"]
    rows = [(facts["called"], _OWN, facts["own"])]
    rows += [(facts["called"], _NEAR, value) for value in near["value"]]
    rows += [(facts["called"], _REST, value) for value in facts["rest"]]
    parts = {facts["called"]: facts["unit"]}
    if facts["outcome_name"] and facts["outcome_own"] is not None:
        name = facts["outcome_name"]
        rows += [(name, _OWN, facts["outcome_own"])]
        rows += [(name, _NEAR, value) for value in near["outcome"].dropna()]
        parts[name] = facts["outcome_unit"]
    drawn = pd.DataFrame(rows, columns=["figure", "series", "value"])
    chart = None
    if can_draw():
        title = f"{found.finding()}."
        about = f"Each mark is a council: {', '.join(f'{n}, {u}' for n, u in parts.items())}."
        svg = picture(f"{key}-strip", title, partial(_strip, rows=drawn, parts=parts))
        chart = Chart(f"{key}-strip", title, about, svg, drawn)
    told = [
        (
            row["name"], in_words(row["value"], facts["unit"]),
            in_words(row["outcome"], facts["outcome_unit"]) if "outcome" in row else "",
            "" if pd.isna(row["distance"]) else number(row["distance"], 2),
        )
        for row in near.to_dict("records")
    ]  # fmt: skip
    head = ["council", facts["called"], facts["outcome_name"] or "outcome", "distance"]
    quartiles = [
        (row["of"], in_words(row["value"], facts["unit"]))
        for row in found.tables["quartiles"].to_dict("records")
    ]
    return view_of(
        [chart],
        [
            text_grid(f"{key}-nearest", "The nearest", head, told),
            text_grid(f"{key}-quartiles", "Of the nearest", ["of", facts["called"]], quartiles),
            proposals_grid(found, key),
        ],
    )


BENCHMARK = Study(
    name="benchmark",
    about="what a council pays for a unit beside its nearest neighbours, with an outcome, and "
    "where it stands among all of its class",
    question="Which costs should we question beside councils like us?",
    ask=partial(_asked, sector.benchmark),
    view=_benchmark_view,
    finding=Benchmarking.finding,
    modelled=False,
    placeless=True,
    arguments=(
        AUTHORITY, MEASURE, PANEL, YEAR, AMONG,
        Whole(
            name="nearest", label="How many neighbours", about="how many neighbours", least=1,
            span=(1, 60), default=10, asked=True,
        ),
    ),
    needs=_has_council, none=f"{_NONE}.", screen="Beside councils like us", sums=True,
    wait="", again="Compare another", more=_MORE,
)  # fmt: skip


# --- prices above the quartile ---------------------------------------------------------------


def _productivity_view(found: Productivity, key: str) -> StudyView:
    gaps = found.tables["gaps"]
    counted = gaps[gaps["counted"]].sort_values("difference", ascending=False)
    rows = pd.DataFrame({"label": counted["name"].map(sentence), "value": counted["difference"]})
    chart = bars(
        f"{key}-gaps", f"{found.finding()}.",
        "What is paid above the quartile at own volumes, pounds a year.", rows, "pounds a year",
        rows["label"].tolist(),
    )  # fmt: skip
    told = [
        (
            sentence(row["name"]), row["year"], in_words(row["own"], row["unit"]),
            in_words(row["price"], row["unit"]), f"{number(row['volume'])} {row['volume_unit']}",
            money(row["difference"]) if row["counted"] else f"{money(row['difference'])}, in parts",
        )
        for row in gaps.to_dict("records")
    ]  # fmt: skip
    people = [
        (sentence(row["name"]), row["year"], in_words(row["own"], row["unit"]),
         in_words(row["median"], row["unit"]))
        for row in found.tables["each_person"].to_dict("records")
    ]  # fmt: skip
    head = ["price", "year", "own", "quartile", "volume", "difference a year"]
    return view_of(
        [chart],
        [
            text_grid(f"{key}-prices", "Prices of a unit", head, told),
            text_grid(
                f"{key}-people", "How much each person gets, which is no price",
                ["measure", "year", "own", "median of all"], people,
            ) if people else None,
            proposals_grid(found, key),
        ],
    )  # fmt: skip


PRODUCTIVITY = Study(
    name="productivity",
    about="where a council pays more for a unit than a quarter of others, in six areas of business",
    question="Where should we look first for a lower price of the same thing?",
    ask=partial(_asked, sector.productivity),
    view=_productivity_view,
    finding=Productivity.finding,
    modelled=False,
    placeless=True,
    arguments=(AUTHORITY, PANEL, YEAR, AMONG),
    needs=_has_council, none=f"{_NONE}.", screen="Prices above the quartile", sums=True,
    wait="", again="Look at another", more=_MORE,
)  # fmt: skip


# --- what need explains ----------------------------------------------------------------------


def _funnel(room: Room, rows: pd.DataFrame, limits: pd.DataFrame, unit: str) -> Any:
    """Ratios by volume, between limits."""
    import altair as alt

    names = [_OWN, _REST]
    key = legend(room, names)
    axis = alt.Axis(title=room.lines(f"{unit}, logarithmic"), tickCount=3, format="~s", grid=False)
    x = alt.X("volume:Q", scale=alt.Scale(type="log", nice=False), axis=axis)

    def y(column: str) -> Any:
        return alt.Y(f"{column}:Q", scale=alt.Scale(type="log", nice=False),
                     axis=alt.Axis(title=None, tickCount=5, grid=False))  # fmt: skip

    lines = [
        alt.Chart(limits).mark_line(color=GREY, strokeWidth=2, strokeDash=dash)
        .encode(x=x, y=y(column))
        for column, dash in (
            ("low", [1, 0]), ("high", [1, 0]), ("lowest", [4, 4]), ("highest", [4, 4]),
        )
    ]  # fmt: skip
    hue = alt.Scale(domain=names, range=[ORANGE, BLUE])
    shape = alt.Scale(domain=names, range=["diamond", "circle"])
    points = alt.Chart(rows).mark_point(filled=True, opacity=0.9).encode(
        x=x, y=y("ratio"), color=alt.Color("series:N", scale=hue, legend=key),
        shape=alt.Shape("series:N", scale=shape, legend=key),
        size=alt.Size("size:Q", scale=None),
    )  # fmt: skip
    title = alt.TitleParams(
        room.lines("own cost over what need would lead to expect"), anchor="start",
        fontWeight="normal",
    )  # fmt: skip
    return alt.layer(*lines, points).properties(
        width=room.plot, height=round(room.plot * 0.7), title=title
    )


def _steps(parts: pd.DataFrame) -> pd.DataFrame:
    """Where each bar begins and ends: totals from nought, parts from where the last ended."""
    amounts = parts["amount"].tolist()
    mean, explained = amounts[0], amounts[0] + amounts[1]
    return pd.DataFrame(
        {
            "label": parts["part"].map(sentence),
            "start": [0.0, mean, explained, 0.0],
            "end": [mean, explained, explained + amounts[2], amounts[3]],
            "kind": ["in all", "part", "part", "in all"],
        }
    )


def _waterfall(room: Room, steps: pd.DataFrame) -> Any:
    """Bars of totals, and between them each part from where the last ended."""

    def marks(placed: pd.DataFrame, across: Across, down: Across) -> list[Any]:
        import altair as alt

        names = ["in all", "part"]
        hue = alt.Scale(domain=names, range=[GREY, BLUE])
        bar = alt.Chart(placed.assign(end=placed["end"] / 1e6, start=placed["start"] / 1e6))
        return [
            bar.mark_bar(size=18).encode(
                x=across("start"), x2="end:Q", y=down("y"),
                color=alt.Color("kind:N", scale=hue, legend=legend(room, names)),
            )
        ]  # fmt: skip

    return rows_chart(room, steps, "£ million a year", marks, thick=18)


def _exchange_view(found: Exchange, key: str) -> StudyView:
    facts, authorities = found.facts, found.tables["authorities"]
    parts = found.tables["parts"]
    waterfall = None
    if can_draw():
        title = f"{found.finding()}."
        about = f"From the mean of {facts['set']} to the own cost, pounds a year, {facts['year']}."
        svg = picture(f"{key}-parts", title, partial(_waterfall, steps=_steps(parts)))
        waterfall = Chart(f"{key}-parts", title, about, svg, parts)
    own = authorities["authority"] == facts["key"]
    rows = authorities.assign(
        series=own.map({True: _OWN, False: _REST}), size=own.map({True: 220, False: 60})
    ).sort_values("size")
    chart = None
    if can_draw():
        title = (
            f"{facts['outside']} of {facts['n']} lie outside what chance and usual differences do."
        )
        about = (
            "Each mark is a council; full lines hold 95% and broken lines 99.8% of them where only "
            "chance and usual differences are at work."
        )
        limits = found.tables["limits"]
        draw = partial(_funnel, rows=rows[["volume", "ratio", "series", "size"]], limits=limits,
                       unit=str(facts["volume_unit"]))  # fmt: skip
        svg = picture(f"{key}-funnel", title, draw)
        chart = Chart(f"{key}-funnel", title, about, svg, rows[["name", "volume", "ratio"]])
    outside = authorities[authorities["outside"]].sort_values("score_between", ascending=False)
    told = [
        (
            row["name"], in_words(row["value"], facts["unit"]),
            in_words(row["expected"], facts["unit"]), number(row["ratio"], 2),
            number(row["score_between"], 2),
        )
        for row in outside.to_dict("records")
    ]  # fmt: skip
    head = ["council", "own", "expected by need", "ratio", "how far out, in standard errors"]
    amounts = [(sentence(row["part"]), money(row["amount"])) for row in parts.to_dict("records")]
    return view_of(
        [waterfall, chart],
        [
            text_grid(f"{key}-waterfall", "From the mean to the own cost", ["part", "£"], amounts),
            text_grid(f"{key}-outside", "Outside the limits", head, told) if told else None,
            proposals_grid(found, key),
        ],
    )


EXCHANGE = Study(
    name="exchange",
    about="what need explains of the difference between a council's cost and others', and what of "
    "the rest may be chance",
    question="What of our cost does need not explain?",
    ask=partial(_asked, sector.exchange),
    view=_exchange_view,
    finding=Exchange.finding,
    modelled=False,
    placeless=True,
    arguments=(
        AUTHORITY, MEASURE, PANEL, YEAR, AMONG,
        Argument(
            name="drivers", about="measures of need that may explain it, divided by commas",
            nothing="the first of the panel",
        ),
        Rate(
            name="cv", label="How costs of units vary",
            about="coefficient of variation of the cost of one unit, from which chance follows",
            default=0.5, asked=True, unit="% of their mean",
        ),
    ),
    needs=_has_council, none=f"{_NONE}.", screen="What need explains", sums=True,
    wait="", again="Ask of another", more=_MORE,
)  # fmt: skip


# --- early warning ---------------------------------------------------------------------------


def _signs(room: Room, rows: pd.DataFrame) -> Any:
    """A grid of signs: a mark where one is past its line."""
    import altair as alt

    names = [PAST, NO_RETURN, NOT_PAST]
    key = legend(room, names)
    hue = alt.Scale(domain=names, range=[ORANGE, BLUE, GREY])
    shape = alt.Scale(domain=names, range=["diamond", "cross", "circle"])
    signs = list(dict.fromkeys(rows["sign"]))
    who = list(dict.fromkeys(rows["authority"]))
    label = alt.Axis(title=None, labelLimit=0, domain=False, ticks=False)
    across = alt.Axis(title=None, labelAngle=-90, labelLimit=0, orient="top", ticks=False)
    return alt.Chart(rows).mark_point(filled=True, size=130, opacity=1).encode(
        x=alt.X("sign:N", sort=signs, axis=across), y=alt.Y("authority:N", sort=who, axis=label),
        color=alt.Color("state:N", scale=hue, legend=key),
        shape=alt.Shape("state:N", scale=shape, legend=key),
    ).properties(width=28 * len(signs), height=26 * len(who))  # fmt: skip


_MOST_SHOWN = 14
_YES = {PAST: "yes", NOT_PAST: "no"}


def _warning_view(found: EarlyWarning, key: str) -> StudyView:
    facts, grid = found.facts, found.tables["grid"]
    others = sorted(set(grid.loc[grid["state"] == PAST, "authority"]) - {facts["name"]})
    who = [facts["name"], *others[: _MOST_SHOWN - 1]]
    rows = grid[grid["authority"].isin(who)].assign(sign=lambda f: f["sign"].str.replace("_", " "))
    rows = rows.sort_values(["authority"], key=lambda names: names.map(who.index), kind="stable")
    chart = None
    if can_draw():
        title = f"{found.finding()}."
        about = (
            f"{facts['name']} and {len(who) - 1} of {len(others)} others of {facts['set']} with a "
            "sign past its line, by name; shares of each pound of net revenue, and £ a resident."
        )
        draw = partial(_signs, rows=rows[["authority", "sign", "state"]])
        chart = Chart(f"{key}-signs", title, about, picture(f"{key}-signs", title, draw), rows)
    told = [
        (sentence(row["indicator"]), _YES.get(row["state"], row["state"]), row["reason"])
        for row in found.own.to_dict("records")
    ]
    blind = [
        (sentence(row["indicator"]), row["worse"], row["does_not_see"])
        for row in found.tables["signs"].to_dict("records")
    ]
    dated = found.tables.get("facts", pd.DataFrame())
    return view_of(
        [chart],
        [
            text_grid(f"{key}-own", "Its signs", ["sign", "past its line", "why"], told),
            text_grid(
                f"{key}-blind", "What each sign does not see",
                ["sign", "what is worse", "does not see"], blind,
            ),
            text_grid(
                f"{key}-facts", "What others said", ["date", "fact", "source"],
                dated.to_numpy().tolist(),
            ) if len(dated) else None,
            proposals_grid(found, key),
        ],
    )  # fmt: skip


EARLY_WARNING = Study(
    name="early_warning",
    about="signs by which a council may want to ask for help, each with its reason and the line "
    "behind it, and no score",
    question="Should we ask for help?",
    ask=partial(_asked, sector.early_warning),
    view=_warning_view,
    finding=EarlyWarning.finding,
    modelled=False,
    placeless=True,
    arguments=(
        AUTHORITY, PANEL, YEAR, AMONG,
        Rate(
            name="worst", label="Which part is flagged",
            about="which part of the class at the worse end is flagged", default=0.05, asked=True,
            unit="% of the class",
        ),
    ),
    needs=_has_council, none=f"{_NONE}.", screen="Early signs", sums=True, wait="",
    again="Look at another", more=_MORE,
)  # fmt: skip
STUDIES = (BENCHMARK, PRODUCTIVITY, EXCHANGE, EARLY_WARNING)
"""Studies of a panel; the place is only where proposals are tried."""
