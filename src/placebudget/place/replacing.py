"""Files that are whole or not there: written beside their goal, then renamed."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path


def replace_file(goal: Path, write_to: Callable[[Path], None]) -> None:
    """Write a file beside its goal and rename it, so that a reader never finds half of it.

    Parameters
    ----------
    goal : Path
        Where the file is to be; what is there is replaced only by a whole file.
    write_to : callable
        Writes the file at the path it is given.

    Examples
    --------
    >>> folder = Path(tempfile.mkdtemp())
    >>> replace_file(folder / "note.txt", lambda file: print(file.write_text("whole")))
    5
    >>> [path.name for path in folder.iterdir()]
    ['note.txt']
    """
    with tempfile.TemporaryDirectory(prefix=f".{goal.name}.", dir=goal.parent) as beside:
        file = Path(beside) / goal.name
        write_to(file)
        file.replace(goal)
