"""Every study there is, and one way for all of them: what its page and its panel say.

A further study is an entry here, and its mathematics in ``study``.
"""

from __future__ import annotations

from itertools import count
from typing import Any

from placebudget.arguments import instance
from placebudget.plan.record.record import run_facts
from placebudget.plan.result import Result
from placebudget.plan.workbook_pages import MODEL
from placebudget.view.panels import Panel
from placebudget.view.sheet import text_grid
from placebudget.view.studies import (
    accounts,
    challenge,
    councils,
    cycle,
    evidence,
    fairness,
    frontier,
    market,
    outlook,
    potential,
    priorities,
    residents,
    rests_on,
    risk_share,
    robust,
    settlement,
    sharing,
    to_do,
    trace,
    uncertainty,
)
from placebudget.view.studies.common import StudyView, tables_view
from placebudget.view.studies.entry import Study
from placebudget.words import MAY_NOT_ADD_UP

STUDIES: dict[str, Study] = {
    study.name: study
    for study in (
        outlook.STUDY,
        potential.STUDY,
        rests_on.STUDY,
        rests_on.ALTERNATIVES,
        frontier.STUDY,
        uncertainty.STUDY,
        robust.STUDY,
        sharing.STUDY,
        sharing.JOINING,
        risk_share.STUDY,
        risk_share.LOAN,
        risk_share.CONTRACT,
        accounts.SCHEDULE,
        *evidence.STUDIES,
        settlement.TOP_SLICE,
        settlement.REPORTING,
        settlement.LOOSENING,
        settlement.BURDEN,
        market.TENDER,
        market.MARKET,
        accounts.STUDY,
        trace.STUDY,
        fairness.STUDY,
        fairness.LEVELS,
        fairness.REORGANISATION,
        priorities.STUDY,
        residents.HOUSEHOLD,
        residents.VOTE,
        cycle.STUDY,
        to_do.STUDY,
        to_do.CHANGES,
        *councils.STUDIES,
        *challenge.STUDIES,
    )
}
"""Every study by name, in the order in which they are told of."""


def studies_page() -> str:
    """What each study asks and is asked with, as the page of the documentation."""
    lines = [
        "# The studies",
        "",
        "Questions asked of many plans of a place. Each has a command, a screen on the board, a "
        "page, a panel for notebooks (`pb.widgets.study_view`) and a workbook. This page is made "
        "of their entries (`make docs`).",
        "",
        "| study | what it asks | screen of the board | options of the command | boxes of the "
        "board |",
        "| --- | --- | --- | --- | --- |",
    ]
    for study in STUDIES.values():
        options = [f"`--{each.option}`" for each in study.options]
        boxes = [each.called for each in study.typed]
        more = f" ([more](how-to/{study.more}))" if study.more else ""
        cells = [
            f"`{study.name}`", f"{study.about}{more}", study.screen, ", ".join(options),
            "; ".join(boxes),
        ]  # fmt: skip
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


# What the page and the panel of any study say.

ARITHMETIC = "This is worked out from the figures given; nothing is forecast."
# Several panels stand in one page, and no id may be there twice.
_numbers = count(1)


def study_of(found: Result) -> Study | None:
    """Which study an answer is of."""
    return STUDIES.get(str(found.run.get("study", "")))


def study_view(found: Result, key: str = "study") -> StudyView:
    """Charts and tables of any study; ``key`` begins their ids.

    Raises
    ------
    WrongArgument
        If it is no answer of a study.

    Examples
    --------
    >>> import placebudget as pb
    >>> view = study_view(pb.sharing(pb.example("toy_pooling")))
    >>> view.grids[0].caption
    'Ways to share the gain, pounds, 2025-26 prices, discounted'
    """
    instance("found", found, Result, "the answer of a study, such as pb.potential(place) gives")
    study = study_of(found)
    return (tables_view if study is None else study.view)(found, key)


def study_facts(found: Result) -> dict[str, Any]:
    """Everything the template of a study shows."""
    view, study = study_view(found), study_of(found)
    modelled, said = study is None or study.modelled, found.summarised()
    return {
        "title": found.title,
        "question": "" if study is None else study.question,
        "modelled": said.close or (MODEL if modelled else ARITHMETIC),
        "limits": modelled,
        "chance": study is not None and study.chance,
        "lines": said.paragraphs,
        "view": view,
        "notes": notes_of(found),
        "version": found.run["versions"]["placebudget"],
        "digest": found.run.get("inputs", ""),
        "run": text_grid("run-table", "Run record", ["what", "value"], list(run_facts(found.run))),
    }


def study_panel(found: Result) -> Panel:
    """A study as part of a page, for notebooks and boards.

    Examples
    --------
    >>> import placebudget as pb
    >>> html = study_panel(pb.sharing(pb.example("toy_pooling"))).html()
    >>> "would have no incentive to take part" in html
    True
    """
    view = study_view(found, f"study-{next(_numbers)}")
    said = found.summarised()
    return Panel(
        found.title,
        sentences=view.opening,
        paragraphs=said.paragraphs,
        charts=view.charts,
        grids=view.grids,
        sections=view.sections,
        note=" ".join([*notes_of(found), said.close or MODEL]),
        glossary=True,
    )


def notes_of(found: Result) -> tuple[str, ...]:
    """What an answer rests on, and that its figures are rounded where they are not pennies."""
    study = study_of(found)
    exact = study is not None and not study.modelled
    return found.notes if exact else (*found.notes, MAY_NOT_ADD_UP)
