"""What nobody foresaw, met while a page waits: words for its reader, a traceback for the log."""

from __future__ import annotations

import logging

from placebudget.errors import PlaceBudgetError


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
