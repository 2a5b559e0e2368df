"""What is to do in a place, and what changed in it since an earlier edition."""

from __future__ import annotations

import pandas as pd

from placebudget.errors import CannotAnswer
from placebudget.study.changes import GROUPS, EditionChanges, changes, editions_beside
from placebudget.study.to_do import STATES, UNKNOWN, ToDo, to_do
from placebudget.view.charts import Chart
from placebudget.view.sheet import Grid, text_grid
from placebudget.view.studies.common import MILLION, MOST, StudyView, bars, view_of
from placebudget.view.studies.entry import Choice, Flag, Study, Subject
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


# What changed since an earlier edition of a place.

_NONE = (
    "No earlier edition of this place stands beside it",
    "Keep the folder of the last edition beside this one, as placebudget next-year does, and open "
    "the place again; or ask placebudget changed OLD NEW.",
)


def _change_told(found: EditionChanges) -> str:
    if found.table.empty:
        return "Nothing changed since the last edition."
    first = found.table.iloc[found.table["pounds"].abs().argmax()].to_dict()
    many = len(found.table)
    said = found.said(first).rstrip(".")
    behind = "" if "£" in said else f", with {money(abs(first['pounds']))} a year behind it"
    return f"{count(many)} figure{'s' * (many != 1)} changed; the largest, {said}{behind}."


def _changes_view(found: EditionChanges, key: str) -> StudyView:
    return view_of(
        [_changes_chart(found, key)], [_changes_grid(found, key, group) for group in GROUPS]
    )


def _changes_chart(found: EditionChanges, key: str) -> Chart | None:
    rows = found.table[found.table["pounds"] != 0]
    largest = rows["pounds"].abs().sort_values(ascending=False, kind="stable").index[:_DRAWN]
    rows = rows.loc[largest]
    drawn = pd.DataFrame(
        {
            "label": [found.called(row) for row in rows.to_dict("records")],
            "value": rows["pounds"].to_numpy(float) / MILLION,
        }
    ).drop_duplicates("label")
    about = "What changed, by the money that it is or that stands behind it, £ million."
    return bars(
        f"{key}-changes", _change_told(found), about, drawn, "£ million", drawn["label"].tolist()
    )


def _changes_grid(found: EditionChanges, key: str, group: str) -> Grid:
    rows = found.table[found.table["group"] == group]
    texts = [
        (found.called(row), found.said(row).removeprefix(f"{found.called(row)}: "))
        for row in rows.head(MOST).to_dict("records")
    ]
    more = len(rows) - MOST
    note = f"{count(more)} more stand in the workbook." if more > 0 else ""
    caption = f"{sentence(group)}, the largest first"
    return text_grid(f"{key}-{group.split()[0]}", caption, ["what", "how it changed"], texts, note)


def _ask_changes(subject: Subject, *, since: str | None) -> EditionChanges:
    place = subject.whole()
    old = since or next(iter(editions_beside(place)), None)
    if old is None:
        raise CannotAnswer(f"{_NONE[0]}. {_NONE[1]}")
    return changes(old, place)


CHANGES = Study(
    name="changes",
    about="what changed in a place since an earlier edition of it, in pounds",
    question="What changed since the last edition?",
    ask=_ask_changes,
    view=_changes_view,
    finding=_change_told,
    arguments=(
        Choice(
            name="since",
            label="Since",
            about="the earlier edition: a folder, an .xlsx or .zip",
            group="Which edition was the last",
            asked=True,
            nothing="the latest that stands beside it",
            choices=lambda subject: editions_beside(subject.whole()),
            none=_NONE,
        ),
    ),
    modelled=False,
    key="changed",
    screen="Since the last edition",
    answers="Money, needs, rules, values and costs that are other than in an earlier edition, the "
    "largest first; what was changed here counts too.",
    wait="It takes a moment.",
    again="Ask again",
    more="year-by-year.md",
)
