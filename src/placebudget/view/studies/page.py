"""One way for every study: what its page and its panel say."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from placebudget.arguments import instance
from placebudget.plan.record_words import run_facts
from placebudget.study import Accounts, Cycle, Fairness, Potential, RiskShare, Sharing, Trace
from placebudget.study.result import MODELLED, Result
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


class _Shown(NamedTuple):
    """How a study is shown: what it answers, its charts and tables, whether a model made them."""

    question: str
    view: Callable[[Any, str], StudyView]
    modelled: bool = True


_SHOWN: Mapping[type, _Shown] = {
    Accounts: _Shown("Which money pays for what, and who answers for it to whom?", accounts_view),
    Cycle: _Shown(
        "What happens over the years, when delivery slips and effects are not what was hoped?",
        cycle_view,
    ),
    Fairness: _Shown("Is it fair between areas, and what would more fairness cost?", fairness_view),
    Potential: _Shown("What keeps money apart, and what does it cost?", potential_view),
    RiskShare: _Shown("Who pays when the pool overspends?", risk_share_view, modelled=False),
    Sharing: _Shown(
        "Who gains by working together, and how could the gain be shared?", sharing_view
    ),
    Trace: _Shown("Where did the recorded money come from?", trace_view, modelled=False),
}
"""Every study by its answer."""

_ANY = _Shown("", lambda _found, _key: StudyView((), ()))
ARITHMETIC = "This is worked out from the figures given. It says who would pay, not who should."


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
    return _shown(found).view(found, key)


def study_facts(found: Result) -> dict[str, Any]:
    """Everything the template of a study shows."""
    view, shown = study_view(found), _shown(found)
    return {
        "title": found.title,
        "question": shown.question,
        "modelled": MODELLED if shown.modelled else ARITHMETIC,
        "limits": shown.modelled,
        "chance": isinstance(found, Cycle),
        "lines": found.summarised().paragraphs,
        "charts": view.charts,
        "grids": view.grids,
        "notes": notes_of(found),
        "version": found.run["versions"]["placebudget"],
        "digest": found.run.get("inputs", ""),
        "run": _run_grid(found.run),
    }


def notes_of(found: Result) -> tuple[str, ...]:
    """What an answer rests on, and that its figures are rounded where they are not pennies."""
    return (*found.notes, MAY_NOT_ADD_UP) if _shown(found).modelled else found.notes


def _shown(found: Result) -> _Shown:
    return _SHOWN.get(type(found), _ANY)


def _run_grid(run: Mapping[str, Any]) -> Grid:
    return text_grid("run-table", "Run record", ["what", "value"], list(run_facts(run)))
