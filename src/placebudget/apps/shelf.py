"""Plans and studies of the papers, worked out once for all readers of a served board.

The shelf is a folder that only the server and its readers can enter and that ends
with it. What lies there is plain data, with all that it was worked out from: it is taken
only for a place that is the same cell by cell.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from placebudget.faults import fault_words
from placebudget.place import Place
from placebudget.plan import Plan
from placebudget.plan.result import Result
from placebudget.work.packing import packed, unpacked
from placebudget.writing import replace_with


@dataclass(frozen=True)
class Shelf:
    """Plans and studies by the hash of their place and the time they were given.

    Parameters
    ----------
    folder : Path
        A folder of the server's own.
    seconds : float
        Most seconds a plan may take.

    Examples
    --------
    >>> import tempfile
    >>> import placebudget as pb
    >>> place, shelf = pb.example("toy_pooling"), Shelf(Path(tempfile.mkdtemp()), 60.0)
    >>> shelf.plans(place)
    {}
    >>> shelf.keep(place, {"today": pb.simulate(place)})
    >>> list(shelf.plans(place))
    ['today']
    """

    folder: Path
    seconds: float

    def plans(self, place: Place) -> dict[str, Plan]:
        """The plans that are there for a place; none where nobody has made them yet."""
        found: dict[str, Plan] | None = self._read(place, "plans")
        return found or {}

    def keep(self, place: Place, plans: dict[str, Plan]) -> None:
        """Put plans there for the readers that come later."""
        self._write(place, "plans", plans)

    def study(self, place: Place, key: str) -> Result | None:
        """A study of a place; none where nobody has asked for it yet."""
        found: Result | None = self._read(place, key)
        return found

    def keep_study(self, place: Place, key: str, found: Result) -> None:
        """Put a study there for the readers that come later."""
        self._write(place, key, found)

    def _read(self, place: Place, what: str) -> Any:
        try:
            about, _, kept = self._file(place, what).read_text("utf-8").partition("\n")
            return unpacked(kept, place) if about == self._about(place) else None
        except FileNotFoundError:
            return None
        except Exception as error:  # worked out anew then
            fault_words(error)
            return None

    def _write(self, place: Place, what: str, kept: object) -> None:
        """Keep something; where that fails, others work it out anew."""
        try:
            content = f"{self._about(place)}\n{packed(kept, place)}"
            replace_with(self._file(place, what), content.encode())
        except Exception as error:
            fault_words(error)

    def _about(self, place: Place) -> str:
        """All that what is kept was worked out from."""
        return packed([self.seconds, repr(place.settings), dict(place.tables)], place)

    def _file(self, place: Place, what: str) -> Path:
        return self.folder / f"{place.digest}-{self.seconds:g}.{what}"


def own_shelf(variable: str, seconds: float) -> Shelf | None:
    """The shelf an environment variable names, if its folder is nobody else's."""
    folder = Path(os.environ.get(variable, ""))
    if not os.environ.get(variable) or not folder.is_dir():
        return None
    about = folder.stat()
    if hasattr(os, "getuid") and (about.st_uid != os.getuid() or about.st_mode & 0o077):
        return None
    return Shelf(folder, seconds)
