"""How the command line speaks: results on stdout, sheets and JSON, errors in words on stderr."""

from __future__ import annotations

import codecs
import functools
import json
import math
import shlex
import shutil
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import typer
from rich.console import Console
from rich.table import Table as Grid
from rich.text import Text

from placebudget.errors import PlaceBudgetError, UnreadableTable, WrongArgument
from placebudget.view import Sheet
from placebudget.writing import noting_what_is_written
from placebudget_command import NAME, Ended, working
from placebudget_command import STOPPED as NOTHING_WRITTEN

FOUND = 1
WRONG_USE = 2
STOPPED = 130

# Where nobody sets a width (a file, a pipe) lines are as long as the widest table.
_WIDTH_OF_FILES = 120


# Control characters, each as it is written in code; a line may still end.
_ORDERS = {
    sign: ascii(chr(sign))[1:-1]
    for sign in (*range(32), *range(127, 160))
    if chr(sign) not in "\n\t"
}


def in_words(command: Callable[..., Any]) -> Callable[..., Any]:
    """Let a command end with a sentence and an exit code instead of a traceback."""

    @functools.wraps(command)
    def speaking(*args: Any, **kwargs: Any) -> Any:
        written: list[Path] = []
        try:
            with working(), noting_what_is_written() as written:
                return command(*args, **kwargs)
        except BrokenPipeError:
            raise
        except UnreadableTable as error:  # what stands in a file is a finding, not wrong use
            complain(str(error))
            raise typer.Exit(FOUND) from None
        except WrongArgument as error:
            complain(str(error))
            raise typer.Exit(WRONG_USE) from None
        except PlaceBudgetError as error:
            complain(str(error))
            raise typer.Exit(FOUND) from None
        except OSError as error:
            where = f"{error.filename}: " if error.filename else ""
            complain(f"{where}{error.strerror or error}")
            raise typer.Exit(FOUND) from None
        except KeyboardInterrupt as ended:
            complain(stopped_words(written))
            raise typer.Exit(code_of(ended)) from None

    return speaking


def code_of(ended: KeyboardInterrupt) -> int:
    """The exit code of a command that was ended from outside: by Ctrl-C, or as it was asked to."""
    return ended.code if isinstance(ended, Ended) else STOPPED


def stopped_words(written: Sequence[Path]) -> str:
    """What to say where a command was ended before it was done."""
    if not written:
        return NOTHING_WRITTEN
    return f"Stopped. Written before that: {', '.join(map(str, written))}."


class _Console(Console):
    """A console that what is said to it gives no orders: a name may hold signs that would."""

    def render_str(self, text: str, **how: Any) -> Text:
        return super().render_str(text.translate(_ORDERS), **how)


def console_for_results() -> Console:
    """The console for results."""
    width = None if sys.stdout.isatty() else _WIDTH_OF_FILES
    return _Console(width=width, highlight=False, markup=False, emoji=False)


def typed(*words: object) -> str:
    """A command as it can be typed next, by the name that this one answers to.

    Examples
    --------
    >>> typed("check", "my place.xlsx").partition(" ")[2]
    "check 'my place.xlsx'"
    """
    called = Path(sys.argv[0])
    found = shutil.which(NAME)
    name = [NAME]
    if called.name == "__main__.py" and called.parent.name == NAME:
        name = ["python", "-m", NAME]
    elif called.stem == NAME and (found is None or Path(found).resolve() != called.resolve()):
        # The command of an environment that is not on the path: as it was typed.
        name = [str(called)]
    return shlex.join([*name, *map(str, words)])


def complain(text: str) -> None:
    """Say on stderr what went wrong."""
    console = _Console(stderr=True, highlight=False, markup=False, emoji=False, soft_wrap=True)
    console.print(text, style="bold red" if console.is_terminal else None)


def say_json(document: Any) -> None:
    """Write a document as JSON on stdout, with escapes where the encoding lacks signs."""
    escaped = codecs.lookup(sys.stdout.encoding or "utf-8").name != "utf-8"
    typer.echo(json.dumps(document, indent=2, ensure_ascii=escaped, allow_nan=False))


# Sheets of figures on a terminal and as JSON.


def show(sheet: Sheet, console: Console) -> None:
    """Print a sheet: heading, figures right-aligned, note."""
    grid = Grid(box=None, pad_edge=False, header_style="bold")
    texts = sheet.texts()
    grid.add_column("", overflow="fold")
    for name in texts.columns:
        grid.add_column(str(name), justify="right")
    for label, row in zip(texts.index, texts.to_numpy(), strict=True):
        grid.add_row(str(label), *row)
    console.print(f"\n{sheet.heading}", style="bold")
    console.print(grid)
    if sheet.note:
        console.print(sheet.note, style="dim")


def show_texts(title: str, texts: pd.DataFrame, console: Console) -> None:
    """Print a table of texts."""
    grid = Grid(box=None, pad_edge=False, header_style="bold")
    # The first column takes what room is left and may wrap.
    for number, name in enumerate(texts.columns):
        grid.add_column(str(name), no_wrap=number > 0, overflow="fold")
    for row in texts.to_numpy():
        grid.add_row(*row)
    console.print(f"\n{title}", style="bold")
    console.print(grid)


def document(sheet: Sheet) -> dict[str, Any]:
    """A sheet as plain data, with figures as they are, not rounded for reading."""
    rows = [
        {"label": str(label).strip(), **{str(name): plain(value) for name, value in row.items()}}
        for label, row in zip(sheet.figures.index, sheet.figures.to_dict("records"), strict=True)
    ]
    return {"title": sheet.title, "unit": sheet.unit, "rows": rows, "note": sheet.note}


def records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """A table as plain data; what does not exist is null."""
    return [
        {str(name): plain(value) for name, value in row.items()} for row in table.to_dict("records")
    ]


def plain(value: Any) -> Any:
    """A cell as JSON holds it: no NaN, no infinity, no array scalars."""
    value = value.item() if hasattr(value, "item") else value
    return None if isinstance(value, float) and not math.isfinite(value) else value
