"""What is to do in a place, as a list and a picture."""

from __future__ import annotations

import pandas as pd

from placebudget.study.to_do import STATES, UNKNOWN, ToDo, to_do
from placebudget.view.charts import Chart
from placebudget.view.sheet import Grid, text_grid
from placebudget.view.studies.common import MILLION, MOST, StudyView, bars, view_of
from placebudget.view.studies.entry import Flag, Study, Subject
from placebudget.words import count, money, sentence

_DRAWN = 10


def _finding(found: ToDo) -> str:
    if found.table.empty:
        return "Nothing is to do: every figure has a source of this place."
    first = found.things.iloc[0].to_dict()
    rows = count(float(found.table.loc[found.table["state"] != UNKNOWN, "rows"].sum()))
    return (
        f"{rows} rows of figures are not the place’s own; most hangs on {found.called(first)}: "
        f"{money(first['behind'])} a year."
    )


def _view(found: ToDo, key: str) -> StudyView:
    return view_of([_chart(found, key)], [_grid(found, key), _tables(found, key)])


def _chart(found: ToDo, key: str) -> Chart | None:
    rows = found.things[found.things["behind"] > 0].head(_DRAWN)
    drawn = pd.DataFrame(
        {
            "label": [found.called(row) for row in rows.to_dict("records")],
            "value": rows["behind"].to_numpy(float) / MILLION,
            "series": rows["state"].to_numpy(object),
        }
    ).drop_duplicates("label")
    about = "The money behind figures that are not the place’s own, £ million a year."
    states = [state for state in STATES if state in set(drawn["series"])]
    return bars(
        f"{key}-behind",
        _finding(found),
        about,
        drawn,
        "£ million a year",
        list(drawn["label"]),
        states,
    )


def _grid(found: ToDo, key: str) -> Grid:
    hangs = "hangs" in found.things
    rows = [
        (
            found.called(row), row["tables"].replace("_", " "),
            row["state"], count(row["rows"]), money(row["behind"]),
            *([money(row["hangs"])] if hangs else []),
            found.name_of("source", row["source"]),
        )
        for row in found.things.head(MOST).to_dict("records")
    ]  # fmt: skip
    head = ["figures of", "in", "the worst are", "rows", "behind them, a year"]
    head += ["hangs on them"] * hangs
    more = len(found.things) - MOST
    note = " ".join(f"{sentence(state)}: {told}." for state, told in STATES.items())
    if more > 0:
        note = f"{count(more)} more stand in the workbook. {note}"
    caption = "What is to do, most money first"
    return text_grid(f"{key}-list", caption, [*head, "source"], rows, note)


def _tables(found: ToDo, key: str) -> Grid:
    rows = [
        (
            found.name_of("table", row["table"]), row["state"], count(row["rows"]),
            count(row["of"]), money(row["behind"]),
        )
        for row in found.tables["tables"].to_dict("records")
    ]  # fmt: skip
    head = ["table", "rows are", "rows", "of", "most behind one, a year"]
    return text_grid(f"{key}-tables", "By table", head, rows)


def _ask(subject: Subject, *, solve: bool) -> ToDo:
    return to_do(subject.whole(), solve=solve, **subject.watch)


STUDY = Study(
    name="to_do",
    about="which figures are placeholders, borrowed or assumed, by the money that stands behind "
    "them",
    question="Which figures are still to be replaced, and which first?",
    ask=_ask,
    view=_view,
    finding=_finding,
    arguments=(
        Flag(
            name="solve",
            label="By what of the gain hangs on each",
            about="put them in the order of the gain that hangs on each, which takes plans",
            asked=True,
            group="Order",
        ),
    ),
    modelled=False,
    key="todo",
    screen="What is to do",
    answers="Figures that are placeholders, borrowed from elsewhere, without a source or assumed, "
    "those first behind which most money stands.",
    wait="It takes a moment, by the gain that hangs on each some minutes; other screens can be "
    "read meanwhile.",
    again="Ask again",
    more="year-by-year.md",
)
