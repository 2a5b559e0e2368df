"""Parts of a page on one question each, for notebooks and boards: escaped HTML, no script."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import count as counted

import pandas as pd

from placebudget.errors import CannotAnswer
from placebudget.knowledge import size_of
from placebudget.pictures import STYLE
from placebudget.pictures import can_draw as can_draw_charts
from placebudget.plan import Comparison, Explanation, Plan
from placebudget.plan.need import unmet_words
from placebudget.plan.summary import Paragraph, unmet_said
from placebudget.texts import listed
from placebudget.view import tables
from placebudget.view.charts import Chart, money_now_and_proposed, savings_by_agency_and_year
from placebudget.view.plan_facts import (
    NOT_LOOKED_FOR,
    dearest_sentences,
    known,
    not_kept,
    prices_and_years,
    taken_as_decided,
    worst_first,
)
from placebudget.view.prices import COLUMNS, dearest_rules
from placebudget.view.rendering import rendered
from placebudget.view.sheet import Grid, Section, Sheet, sheet_grid, text_grid
from placebudget.words import MAY_NOT_ADD_UP, count, sentence

# Several panels stand in one page, and no id may be there twice.
_numbers = counted(1)

ADMITTED = "What this plan must admit"
LIBRARY = "The library of evidence"
FOUND = {"benefit": "it helped", "null": "no effect", "harm": "harm", "mixed": "good and bad"}
ONE_LOWER = "What was found elsewhere is one grade less certain here. Grade 1 is the best."
NO_PRICES = (
    "This plan has no prices. They are found by a full solve: how much more could be reached if "
    "a limit gave way by one step."
)


UNMET_HAS_NO_PRICES = (
    "This plan has no prices: need that must be met is not all met, and more money or a looser "
    "limit would meet more of it first, whatever else it could bring."
)


@dataclass(frozen=True)
class Panel:
    """What a panel shows.

    Parameters
    ----------
    title : str
        Its heading.
    warning : str
        What must be read first.
    sentences, points : sequence of str
        Paragraphs, and a list.
    paragraphs : sequence of Paragraph
        Paragraphs of which each has a list of its own.
    charts : sequence of Chart
        Pictures.
    grids : sequence of Grid
        Tables.
    sections : sequence of Section
        What stands below them under headings of its own.
    note : str
        Small print.
    glossary : bool
        Whether words of the field that it uses are explained at its end.
    """

    title: str = ""
    warning: str = ""
    sentences: Sequence[str] = ()
    points: Sequence[str] = ()
    paragraphs: Sequence[Paragraph] = ()
    charts: Sequence[Chart] = ()
    grids: Sequence[Grid] = field(default_factory=tuple)
    sections: Sequence[Section] = ()
    note: str = ""
    glossary: bool = False

    def html(self) -> str:
        """The panel as HTML in which every text is escaped."""
        return rendered("panel.html", vars(self))


def panel_styles() -> str:
    """How panels and their charts look, for a page that takes no styles out of them.

    Examples
    --------
    >>> [name in panel_styles() for name in (".pb-panel", ".pb-chart")]
    [True, True]
    """
    return rendered("panel.css", {}) + STYLE


def _key(name: str) -> str:
    return f"panel-{next(_numbers)}-{name}"


def _grid(sheet: Sheet, name: str, head: str) -> Grid:
    return sheet_grid(sheet, _key(name), head)


def money_panel(plans: Mapping[str, Plan]) -> Panel:
    """Money and value of plans side by side, today first.

    Examples
    --------
    >>> import placebudget as pb
    >>> place = pb.example("toy_pooling")
    >>> plans = {"Today": pb.simulate(place), "Proposed": pb.optimise(place, prices=False)}
    >>> "Money by purpose" in money_panel(plans).html()
    True
    """
    shown = list(plans.values())
    chart = None
    if len(shown) == 2 and can_draw_charts():
        chart = money_now_and_proposed(*shown)
    return Panel(
        "Money now and proposed",
        sentences=[
            *(each.text for each in unmet_said(plans)),
            known(shown[-1].place["figures"]),
        ],
        charts=[] if chart is None else [_apart(chart)],
        grids=[
            _grid(tables.public_value(plans), "value", "part of the value"),
            *(_grid(sheet, "needs", "need") for sheet in tables.needs(plans)),
            _grid(tables.money(plans), "money", "use of the money"),
            _grid(tables.money_by(plans, "purpose"), "purpose", "purpose"),
            _grid(tables.money_by(plans, "agency"), "agency", "agency"),
            _grid(tables.outcomes(plans), "outcomes", "outcome"),
        ],
        note=prices_and_years(shown[-1]),
    )


def findings_panel(plan: Plan, today: Plan | None = None) -> Panel:
    """What a plan must admit, the worst first, kind by kind.

    Examples
    --------
    >>> import placebudget as pb
    >>> panel = findings_panel(pb.optimise(pb.example("toy_pooling"), prices=False))
    >>> [section.title for section in panel.sections][:2]
    ['Need of other services that is not met', 'Large changes of money']
    """
    if today is not None and today.place["digest"] != plan.place["digest"]:
        # Figures were changed: today is looked at under them.
        today = None
    try:
        found = plan.findings(today)
    except CannotAnswer:
        return Panel(ADMITTED, sentences=[NOT_LOOKED_FOR])
    sections = [Section(title, list(worst_first(texts))) for title, texts in found.by_kind.items()]
    return Panel(ADMITTED, sentences=[] if found else [str(found)], sections=sections)


def library_panel(found: pd.DataFrame) -> Panel:
    """Estimates that were found in the library, those of one outcome together.

    Parameters
    ----------
    found : DataFrame
        As :meth:`placebudget.knowledge.Library.search` gives them.

    Examples
    --------
    >>> import placebudget as pb
    >>> library_panel(pb.library().search("reablement")).sentences
    ['1 estimate was found, of which 1 of no effect.']
    """
    if found.empty:
        return blank("Nothing was found. Fewer words find more.")
    nothing, harm = (int((found["direction"] == each).sum()) for each in ("null", "harm"))
    many = len(found) != 1
    said = f"{count(len(found))} {'estimates were' if many else 'estimate was'} found"
    beside = [f"{count(nothing)} of no effect"] * bool(nothing) + [f"{count(harm)} of harm"] * bool(
        harm
    )
    said += f", of which {listed(beside)}." if beside else "."
    rows = [
        (
            row["intervention"], row["counted"], FOUND[row["direction"]], size_of(row),
            row["grade"], f"{row['place']}, {row['year']}", row["publisher"],
            "" if pd.isna(row["superseded_by"]) else "superseded",
        )
        for row in found.to_dict("records")
    ]  # fmt: skip
    head = ["what was done", "counted", "found", "size", "grade", "where, when", "by", "edition"]
    grid = text_grid(_key("library"), "What was found, the best grade first", head, rows)
    return Panel(LIBRARY, sentences=[said], grids=[grid], note=ONE_LOWER)


def price_panel(plan: Plan, most: int = 15) -> Panel:
    """What each rule and limit of a plan costs, the dearest first."""
    table = dearest_rules(plan, most)
    if table.empty:
        if plan.status == "simulated":
            words = "Prices are known for plans that were optimised; this one was simulated."
        elif "need_unmet" in plan.run:
            words = UNMET_HAS_NO_PRICES
        elif plan.run.get("options", {}).get("prices"):
            words = "No limit binds: relaxing any of them would gain nothing."
        else:
            words = NO_PRICES
        return Panel("What each rule costs", sentences=[words])
    grid = text_grid(
        _key("prices"),
        f"What rules cost, in {plan.objective.name}",
        list(COLUMNS),
        table.to_numpy().tolist(),
        "Relaxed: gained by one step less. At first: gained by the next pound or unit of it. "
        "Up to: how far that goes on. Tightened: lost by one step more.",
    )
    return Panel(
        "What each rule costs",
        points=dearest_sentences(plan)[:most],
        grids=[grid],
        note=taken_as_decided(plan),
    )


def savings_panel(plan: Plan, today: Plan | None = None) -> Panel:
    """Who saves, when, and what of it is cashable: a chart where it can be drawn, and its table."""
    chart = savings_by_agency_and_year(plan, today) if can_draw_charts() else None
    plans = {sentence(plan.name): plan}
    two_ways, sheets = tables.cashable_savings(plans), tables.savings(plans)
    return Panel(
        "Who saves, and when",
        sentences=[] if sheets else ["No outcome of this plan saves an agency any money."],
        charts=[] if chart is None else [_apart(chart)],
        grids=[
            *(_grid(sheet, "cashable", "cashable savings") for sheet in two_ways),
            *(_grid(sheet, "savings", "agency") for sheet in sheets),
        ],
        note=MAY_NOT_ADD_UP if sheets else "",
    )


def why_panel(explanation: Explanation, warning: str = "") -> Panel:
    """Why a service gets what it gets."""
    return Panel(explanation.title, warning, sentences=explanation.sentences)


def change_panel(found: Comparison) -> Panel:
    """What differs between the first of some plans and the others, and what differed going in."""
    plans = dict(zip(found.names, found.plans, strict=True))
    inputs = found.inputs
    grids = []
    if len(inputs):
        rows = [["" if cell is None else cell for cell in row] for row in inputs.to_numpy()]
        head = [str(name) for name in inputs.columns]
        grids = [text_grid(_key("inputs"), "What went in differently", head, rows)]
    return Panel(
        " and ".join(found.names),
        sentences=found.summarised().lines,
        grids=[
            _grid(tables.public_value(plans), "value", "part of the value"),
            _grid(tables.money_by(plans, "purpose"), "purpose", "purpose"),
            _grid(tables.money_by(plans, "agency"), "agency", "agency"),
            _grid(tables.outcomes(plans), "outcomes", "outcome"),
            *grids,
        ],
        note=MAY_NOT_ADD_UP,
    )


def plan_panel(plan: Plan) -> Panel:
    """What a plan reaches and what to know about it, in a few lines."""
    return Panel(
        sentences=[f"In the model, this plan {plan.objective.said}."],
        points=[
            *([plan.picked] if plan.picked else []),
            *(f"{each}." for each in unmet_words(plan)[1]),
            *plan.run.get("quick", ()),
            *not_kept(plan),
        ],
    )


def _apart(chart: Chart) -> Chart:
    """A chart whose ids are its own in the page."""
    key = _key(chart.key)
    svg = chart.svg.replace(f'id="{chart.key}-', f'id="{key}-')
    svg = svg.replace(f"url(#{chart.key}-", f"url(#{key}-")
    return replace(chart, key=key, svg=svg)


def blank(words: str) -> Panel:
    """A panel that says one thing."""
    return Panel(sentences=[words])
