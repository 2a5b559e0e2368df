"""Progress of long work, with the time left, on a terminal and in a notebook."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from placebudget.errors import WrongArgument

if TYPE_CHECKING:
    from rich.console import Console

Report = Callable[[str, int, int], None]


class Stage(str):
    """What is under way: a text to show, with what it is and of what for those who reword it.

    Parameters
    ----------
    text : str
        What is shown.
    key : str
        What kind of stage it is.
    about : str
        Which one: a plan, a level.

    Examples
    --------
    >>> stage = Stage("first plan, pooled", "first plan", "pooled")
    >>> stage, stage.key, stage.about
    ('first plan, pooled', 'first plan', 'pooled')
    """

    key: str
    about: str

    def __new__(cls, text: str, key: str, about: str) -> Stage:
        """Make one."""
        made = super().__new__(cls, text)
        made.key, made.about = key, about
        return made


@contextmanager
def progress(console: Console | None = None) -> Iterator[Report]:
    """Show how far long work has come.

    Parameters
    ----------
    console : rich.console.Console, optional
        Where to show it; default stderr on a terminal, the cell in a notebook,
        and nowhere else, so that logs and pipes stay clean.

    Yields
    ------
    callable
        To be given as ``progress`` to :func:`placebudget.optimise` and the like:
        takes what is under way, the number of the stage and how many there are.

    Raises
    ------
    WrongArgument
        If the console is none.

    Examples
    --------
    >>> import placebudget as pb
    >>> with pb.progress() as show:
    ...     plan = pb.optimise(pb.example("toy_pooling"), progress=show)
    """
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    if console is not None and not isinstance(console, Console):
        raise WrongArgument(
            f"console is a rich.console.Console, or None, not an object of type "
            f"{type(console).__name__}"
        )
    shown = console or Console(stderr=True)
    if not (shown.is_terminal or shown.is_jupyter):
        yield silent
        return
    columns: list[Any] = [
        TextColumn("{task.description}"),
        BarColumn(),
        TimeElapsedColumn(),
        TextColumn("gone,"),
        TimeRemainingColumn(),
        TextColumn("left"),
    ]
    with Progress(*columns, console=shown, transient=True) as bar:
        task = bar.add_task("", total=None)

        def report(what: str, number: int, total: int) -> None:
            bar.update(task, description=what, completed=number, total=max(total, 1))

        yield report


def silent(what: str, number: int, total: int) -> None:
    """Show nothing."""
