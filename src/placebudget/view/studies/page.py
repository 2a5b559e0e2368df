"""One way for every study: what its page and its panel say."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from placebudget.place.argument_kinds import instance
from placebudget.plan.record_words import run_facts
from placebudget.study import Accounts, Cycle, Fairness, Potential, RiskShare, Sharing, Trace
from placebudget.study.result import MODELLED, Answer
from placebudget.view.grid import Grid, text_grid
from placebudget.view.studies.accounts import accounts_view
from placebudget.view.studies.common import StudyView
from placebudget.view.studies.cycle import cycle_view
from placebudget.view.studies.fairness import fairness_view
from placebudget.view.studies.potential import potential_view
from placebudget.view.studies.risk_share import risk_share_view
from placebudget.view.studies.sharing import sharing_view
from placebudget.view.studies.trace import trace_view
from placebudget.words import MAY_NOT_ADD_UP

_VIEWS: Mapping[type, Callable[[Any, str], StudyView]] = {
    Accounts: accounts_view,
    Cycle: cycle_view,
    Fairness: fairness_view,
    Potential: potential_view,
    RiskShare: risk_share_view,
    Sharing: sharing_view,
    Trace: trace_view,
}


_NO_MODEL = (RiskShare, Trace)
ARITHMETIC = "This is worked out from the figures given. It says who would pay, not who should."


def study_view(found: Answer, key: str = "study") -> StudyView:
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
    instance("found", found, Answer, "the answer of a study, such as pb.potential(place) gives")
    made = _VIEWS.get(type(found))
    return StudyView((), ()) if made is None else made(found, key)


def study_facts(found: Answer) -> dict[str, Any]:
    """Everything the template of a study shows."""
    view = study_view(found)
    return {
        "title": found.title,
        "question": _QUESTIONS.get(type(found), ""),
        "modelled": ARITHMETIC if isinstance(found, _NO_MODEL) else MODELLED,
        "limits": not isinstance(found, _NO_MODEL),
        "chance": isinstance(found, Cycle),
        "lines": found.summarised().paragraphs,
        "charts": view.charts,
        "grids": view.grids,
        "notes": notes_of(found),
        "version": found.run["versions"]["placebudget"],
        "digest": found.run.get("inputs", ""),
        "run": _run_grid(found.run),
    }


def notes_of(found: Answer) -> tuple[str, ...]:
    """What an answer rests on, and that its figures are rounded where they are not pennies."""
    return found.notes if isinstance(found, _NO_MODEL) else (*found.notes, MAY_NOT_ADD_UP)


_QUESTIONS: Mapping[type, str] = {
    Accounts: "Which money pays for what, and who answers for it to whom?",
    Cycle: "What happens over the years, when delivery slips and effects are not what was hoped?",
    Fairness: "Is it fair between areas, and what would more fairness cost?",
    Potential: "What keeps money apart, and what does it cost?",
    RiskShare: "Who pays when the pool overspends?",
    Sharing: "Who gains by working together, and how could the gain be shared?",
    Trace: "Where did the recorded money come from?",
}


def _run_grid(run: Mapping[str, Any]) -> Grid:
    return text_grid("run-table", "Run record", ["what", "value"], list(run_facts(run)))
