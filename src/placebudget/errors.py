"""The errors placebudget raises, a small tree; and what nobody foresaw, in words.

Everything a user can cause is a :class:`PlaceBudgetError`, whose text says what
is wrong, where, and how to mend it.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any, Self


class PlaceBudgetError(Exception):
    """Anything that went wrong and can be said in words."""


class WrongArgument(PlaceBudgetError, ValueError):
    """A function was given what it cannot work with, or several such things.

    Parameters
    ----------
    message : str
        All problems, as they should be read.
    problems : sequence of str
        The problems, one each; default: the message.
    parts : sequence of (str, str)
        The same where each stands beside what it is about: a column, and what is wrong with it.
    """

    def __init__(
        self, message: str, problems: Sequence[str] = (), parts: Sequence[tuple[str, str]] = ()
    ) -> None:
        super().__init__(message)
        self.problems = tuple(problems) or (message,)
        self.parts = tuple(parts) or tuple(("", each) for each in self.problems)

    @classmethod
    def of(cls, problems: Sequence[str], parts: Sequence[tuple[str, str]] = ()) -> Self:
        """The error that names these problems: alone as it is, several as a list.

        Examples
        --------
        >>> print(WrongArgument.of(["seed is ...", "runs is ..."]))
        2 things that were given cannot be meant:
        - seed is ...
        - runs is ...
        """
        return cls(together(problems), problems, parts)


def together(problems: Sequence[str]) -> str:
    """Problems as one text: one as it is, several as a list."""
    if len(problems) == 1:
        return problems[0]
    head = f"{len(problems)} things that were given cannot be meant:"
    return "\n".join([head, *(f"- {each}" for each in problems)])


class InvalidPlace(PlaceBudgetError):
    """The tables of a place contradict themselves or the schema.

    Parameters
    ----------
    message : str
        All findings, as they should be read.
    findings : sequence
        The findings themselves, where the place could be read at all; those of a check
        still know which of them follow from others.
    """

    def __init__(self, message: str, findings: Sequence[Any] = ()) -> None:
        super().__init__(message)
        self.findings = tuple(findings) if isinstance(findings, list) else findings


class UnreadableTable(WrongArgument):
    """A table that was given contradicts itself, or does not fit what it is about."""


class CannotAnswer(PlaceBudgetError):
    """What is asked has no answer for this plan, place or session, or not with what is at hand.

    The text says why, and what can be done instead.
    """


class CannotWrite(PlaceBudgetError, OSError):
    """The system does not let a file or folder be written where it was asked for."""


class InvalidOption(PlaceBudgetError):
    """An option that cannot be read, does not fit the place, or would relax the law.

    Parameters
    ----------
    message : str
        All problems, as they should be read.
    findings : sequence
        The problems themselves.
    """

    def __init__(self, message: str, findings: Sequence[Any] = ()) -> None:
        super().__init__(message)
        self.findings = tuple(findings)


class Infeasible(PlaceBudgetError):
    """No plan can keep all rules at once.

    Parameters
    ----------
    message : str
        The clash in words, with ways out where there are any.
    conflict : sequence of str
        The rules, limits and balances that cannot all hold, one each.
    rows, columns : sequence of int
        The same by number in the programme.
    repairs : sequence
        Ways out that were tried and work, the cheapest first; none of them
        touches a rule whose basis is law.
    promises, against : sequence of str
        The rules that clash, and the limits that stand against them, as they should
        be read.
    clash : str, optional
        What clashes, without the ways out; default: the message.
    """

    def __init__(
        self,
        message: str,
        conflict: Sequence[str] = (),
        *,
        rows: Sequence[int] = (),
        columns: Sequence[int] = (),
        repairs: Sequence[Any] = (),
        promises: Sequence[str] = (),
        against: Sequence[str] = (),
        clash: str = "",
    ) -> None:
        super().__init__(message)
        self.clash = clash or message
        self.conflict, self.repairs = tuple(conflict), tuple(repairs)
        self.rows, self.columns = tuple(rows), tuple(columns)
        self.promises, self.against = tuple(promises), tuple(against)


class Unbounded(PlaceBudgetError):
    """The objective can grow without end: something is unlimited that should not be."""


class SolverFailed(PlaceBudgetError):
    """The solver gave no answer, or an answer that does not stand up to checking."""


class Stopped(PlaceBudgetError):
    """The run was stopped, or its time ran out, before a plan was reached."""


class UnreadablePlan(PlaceBudgetError):
    """A file that should hold a plan does not, or holds one that contradicts itself.

    Parameters
    ----------
    message : str
        All problems, as they should be read.
    problems : sequence of str
        The problems, one sentence each.
    """

    def __init__(self, message: str, problems: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.problems = tuple(problems)


# What nobody foresaw, met while a page waits: words for its reader, a traceback for the log.


def fault_words(error: BaseException) -> str:
    """What a reader is told of an error; one that has no words of its own goes to the log.

    Parameters
    ----------
    error : BaseException
        What was raised.

    Examples
    --------
    >>> from placebudget.errors import InvalidOption
    >>> fault_words(InvalidOption("there is no option 'more'"))
    "there is no option 'more'"
    """
    if isinstance(error, PlaceBudgetError):
        return str(error)
    _log().error("A fault in placebudget:", exc_info=error)
    if isinstance(error, MemoryError):
        return "There was not enough memory for this. Close other pages, or ask for less."
    return (
        f"A fault in placebudget kept this from being done ({type(error).__name__}). What was "
        "there before stays. The log of the server has the details."
    )


def _log() -> logging.Logger:
    """The log of the kernel or server this runs in: it reaches the terminal past every page."""
    try:
        from traitlets.config import Application
    except ImportError:
        return logging.getLogger("placebudget")
    if Application.initialized():
        log: logging.Logger = Application.instance().log
        return log
    return logging.getLogger("placebudget")
