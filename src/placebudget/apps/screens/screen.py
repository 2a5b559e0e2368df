"""A screen of a board: a question, the plans it needs, and what it says."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from placebudget.apps.blocks import Block, Glossary, Items, More, TextBlock, Told, rendered
from placebudget.apps.meeting import BoardAnswer, Meeting
from placebudget.apps.sentences import first_words
from placebudget.place import Place
from placebudget.study import TITLES
from placebudget.view import explained
from placebudget.view.plan_facts import money_known
from placebudget.words import MAY_NOT_ADD_UP
from placebudget.work.said import OF_BEFORE, sentence_of, sentences

WAITING = "Being worked out"
LEFT_OUT = (
    "The model plans; it does not monitor. It has no monthly profile and no in-year forecast.",
    "Left out: VAT, the tax base and referendum limits, minimum revenue provision, the schools "
    "grant formula and the housing revenue account.",
    "Savings of DWP benefits go to the Exchequer and cannot be spent by the place.",
    "Of a saving the cashable part is money; the rest is time set free. Of that money only what "
    "leaves a budget can be taken out: what goes to the Exchequer the place cannot spend, and "
    "capacity released is used again.",
)


@dataclass(frozen=True)
class Screen:
    """One screen.

    Parameters
    ----------
    key : str
        Its place in the address of the page.
    name : str
        As the list of screens calls it.
    tell : callable
        Takes the meeting; gives what the screen says.
    needs : tuple of str
        Plans without which it says nothing: today, pooled, aligned, freed.
    basis : bool
        Whether what the figures rest on stands below.
    quick : bool
        Whether it can be told from a first answer already.
    mark : callable, optional
        Takes the meeting; gives what the screen hangs on besides plans and choices.
    """

    key: str
    name: str
    tell: Callable[[Meeting], Told]
    needs: tuple[str, ...] = ()
    basis: bool = True
    quick: bool = False
    mark: Callable[[Meeting], object] | None = None

    def answer(self, meeting: Meeting) -> BoardAnswer | None:
        """The answer this screen is about."""
        return meeting.latest if self.quick else meeting.answer


def told(screen: Screen, meeting: Meeting) -> Told:
    """All that a screen says: its finding, what it shows, and what that rests on.

    Parameters
    ----------
    screen : Screen
        The screen.
    meeting : Meeting
        What stands before the board.
    """
    said = _told(screen, meeting)
    answer = screen.answer(meeting)
    place = meeting.papers if answer is None else answer.place
    opening = [*_first(screen, meeting), *_warning(screen, meeting)]
    blocks = [*opening, *_changed(screen, answer, meeting.papers), *said.blocks]
    basis = [*_basis(place)] if screen.basis else []
    blocks += [*_explained(f"{said.title} {rendered([*blocks, *basis])}"), *basis]
    if screen.basis:
        blocks.append(_record(place, answer))
    return Told(said.title, blocks)


def shown(screen: Screen, meeting: Meeting) -> dict[str, Any]:
    """A screen as a page shows it.

    Parameters
    ----------
    screen : Screen
        The screen.
    meeting : Meeting
        What stands before the board.

    Returns
    -------
    dict
        ``screen`` (its key), ``name``, ``title`` (the finding), ``html``, and ``waiting``
        (whether there is more to come).
    """
    said = told(screen, meeting)
    return {
        "screen": screen.key,
        "name": screen.name,
        "title": said.title,
        "html": rendered(said.blocks),
        "waiting": said.title == WAITING,
    }


_LAST_GOOD = (
    "What was last chosen does not add up. These figures are those of the last choices that did."
)
_OLDER = (
    "The link by which this was chosen was made of other papers: they have changed since. The "
    "figures are those of these papers, and may differ from those that were sent with it."
)
_NONE_GOOD = "The figures of this place do not add up, so it has no plan."


def _told(screen: Screen, meeting: Meeting) -> Told:
    answer = screen.answer(meeting)
    plans = {} if answer is None else answer.plans
    absent = [name for name in screen.needs if name not in plans]
    reasons = {} if answer is None else answer.missing
    without = [name for name in absent if name in reasons]
    if without:
        said = [TextBlock(f"{TITLES[name]}: {reasons[name]}") for name in without]
        names = " and ".join(TITLES[name].lower() for name in without)
        return Told(f"There is no plan {names}, so nothing can be compared", said)
    if answer is None and meeting.trouble is not None and absent:
        return Told("There is no plan yet", [TextBlock("See the screen “It does not add up”.")])
    if absent:
        names = ", ".join(TITLES[name].lower() for name in absent)
        if meeting.stopped:
            text = f"The work was stopped before this was there: {names}. Press Recalculate."
            return Told("Not worked out", [TextBlock(text)])
        return Told(WAITING, [TextBlock(f"Still to come: {names}. This screen fills by itself.")])
    return screen.tell(meeting)


def _warning(screen: Screen, meeting: Meeting) -> Iterator[Block]:
    if meeting.trouble is not None and screen.key != "clash":
        shown = _LAST_GOOD if meeting.answer is not None else _NONE_GOOD
        yield TextBlock(
            f"{shown} The screen “It does not add up” says why, and what would help.", "warning"
        )
    if meeting.older:
        yield TextBlock(_OLDER, "warning")


def _first(screen: Screen, meeting: Meeting) -> Iterator[Block]:
    """What the first answer says, and what is still open about it."""
    if meeting.first is None or screen.key == "clash":
        return
    said = first_words(meeting.first, meeting.answer)
    below = (
        "The figures on this screen are those of this first answer." if screen.quick else OF_BEFORE
    )
    yield TextBlock(
        f"First answer, being completed. {said} It keeps every rule and its sums "
        "were checked. Which of several equally good plans it becomes is being settled, and the "
        f"plans to compare it with follow. {below}",
        "warning",
    )


def _changed(screen: Screen, answer: BoardAnswer | None, papers: Place) -> Iterator[Block]:
    """What the figures shown were changed by, against the papers, and what of it does nothing."""
    said = [] if answer is None else sentences(answer.changes, papers)
    if not said or answer is None or screen.key == "clash":
        return
    yield TextBlock(f"Changed against the papers. {' '.join(said)}", "changed")
    for control, text in answer.unmoved.items():
        about = sentence_of(control, answer.changes, papers)
        yield TextBlock(f"{about} {text}", "moot")


def _explained(html: str) -> Iterator[Block]:
    """The words of the field that a screen uses, with what they mean."""
    found = explained(html)
    if found:
        yield More("What words on this screen mean", [Glossary(found)])


def _record(place: Place, answer: BoardAnswer | None) -> TextBlock:
    """By what the figures can be found again."""
    text = f"Hash of the inputs: {place.digest}."
    if answer is not None and "pooled" in answer.plans:
        run = answer.plans["pooled"].run
        text += f" Made with placebudget {run['versions']['placebudget']}, solver {run['solver']}."
    return TextBlock(text, "record")


def _basis(place: Place) -> Iterator[Block]:
    """What the figures rest on: years, prices, how they are known, what is left out."""
    yield TextBlock(
        "This is a model. It ranks options using the figures of these papers; the board decides. "
        f"{basis_words(place)}",
        "basis",
    )
    yield More("What is left out", [Items(LEFT_OUT)])


def basis_words(place: Place) -> str:
    """Price base, real or cash, and how the money is known."""
    settings, years = place.settings, years_of(place)
    return (
        f"Money is cash of its year, {years}. Values of outcomes are real, in "
        f"{settings.price_base} prices, discounted to {place.years[0]}. {MAY_NOT_ADD_UP} "
        f"{money_known(place)}"
    )


def years_of(place: Place) -> str:
    """The years of a place in words."""
    first, last = place.years[0], place.years[-1]
    return first if first == last else f"{first} to {last}"
