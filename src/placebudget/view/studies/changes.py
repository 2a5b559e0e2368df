"""What changed since an earlier edition of a place, as a list and a picture."""

from __future__ import annotations

import pandas as pd

from placebudget.errors import CannotAnswer
from placebudget.study.changes import GROUPS, EditionChanges, changes, editions_beside
from placebudget.view.charts import Chart
from placebudget.view.sheet import Grid, text_grid
from placebudget.view.studies.common import MILLION, MOST, StudyView, bars, view_of
from placebudget.view.studies.entry import Choice, Study, Subject
from placebudget.words import count, money, sentence

_DRAWN = 10
_NONE = (
    "No earlier edition of this place stands beside it",
    "Keep the folder of the last papers beside this one, as placebudget next-year does, and open "
    "the board again; or ask placebudget changed OLD NEW.",
)


def _finding(found: EditionChanges) -> str:
    if found.table.empty:
        return "Nothing changed since the last papers."
    first = found.table.iloc[found.table["pounds"].abs().argmax()].to_dict()
    many = len(found.table)
    said = found.said(first).rstrip(".")
    behind = "" if "£" in said else f", with {money(abs(first['pounds']))} a year behind it"
    return f"{count(many)} figure{'s' * (many != 1)} changed; the largest, {said}{behind}."


def _view(found: EditionChanges, key: str) -> StudyView:
    return view_of([_chart(found, key)], [_grid(found, key, group) for group in GROUPS])


def _chart(found: EditionChanges, key: str) -> Chart | None:
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
        f"{key}-changes", _finding(found), about, drawn, "£ million", drawn["label"].tolist()
    )


def _grid(found: EditionChanges, key: str, group: str) -> Grid:
    rows = found.table[found.table["group"] == group]
    texts = [
        (found.called(row), found.said(row).removeprefix(f"{found.called(row)}: "))
        for row in rows.head(MOST).to_dict("records")
    ]
    more = len(rows) - MOST
    note = f"{count(more)} more stand in the workbook." if more > 0 else ""
    caption = f"{sentence(group)}, the largest first"
    return text_grid(f"{key}-{group.split()[0]}", caption, ["what", "how it changed"], texts, note)


def _ask(subject: Subject, *, since: str | None) -> EditionChanges:
    place = subject.whole()
    old = since or next(iter(editions_beside(place)), None)
    if old is None:
        raise CannotAnswer(f"{_NONE[0]}. {_NONE[1]}")
    return changes(old, place)


STUDY = Study(
    name="changes",
    about="what changed in a place since an earlier edition of it, in pounds",
    question="What changed since the last papers?",
    ask=_ask,
    view=_view,
    finding=_finding,
    arguments=(
        Choice(
            name="since",
            label="Since",
            about="the earlier edition: a folder, an .xlsx or .zip",
            group="Which papers were the last",
            asked=True,
            nothing="the latest that stands beside it",
            choices=lambda subject: editions_beside(subject.whole()),
            none=_NONE,
        ),
    ),
    modelled=False,
    key="changed",
    screen="Since the last papers",
    answers="Money, needs, rules, values and costs that are other than in an earlier edition, the "
    "largest first; what was changed here counts too.",
    wait="It takes a moment.",
    again="Ask again",
    more="year-by-year.md",
)
