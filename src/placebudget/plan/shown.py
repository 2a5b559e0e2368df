"""What every result can do: show itself as one page, which opens from disk."""

from __future__ import annotations

import os
from pathlib import Path

from placebudget.paths import file_to_write
from placebudget.writing import replace_with


class Shown:
    """What has a page: one file that asks for nothing from elsewhere."""

    def to_html(self, path: str | os.PathLike[str] | None = None) -> str | Path:
        """The result as one stand-alone page; written if a path is given.

        Parameters
        ----------
        path : path or str, optional
            The file to write; a reader never finds half of it.

        Returns
        -------
        str or Path
            The page, or where it was written.

        Raises
        ------
        WrongArgument
            If the path is none, or does not end in ``.html``.

        Examples
        --------
        >>> import placebudget as pb
        >>> text = pb.simulate(pb.example("toy_pooling")).to_html()
        >>> "Toyland Council" in text, "The money, drawn" in text
        (True, True)
        """
        from placebudget.view.html import page_of

        goal = None if path is None else file_to_write(path, ".html", ".htm")
        page = page_of(self)
        if goal is None:
            return page
        replace_with(goal, page.encode())
        return goal
