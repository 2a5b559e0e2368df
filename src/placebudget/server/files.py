"""What goes into a new folder: the files of an example or of a new place."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from placebudget.place import example, examples
from placebudget.place.examples import example_folder
from placebudget.server.starting import starting_option, starting_place
from placebudget.server.wishes import NewPlace
from placebudget.writing import folder_for_a_while


def described_examples() -> list[dict[str, Any]]:
    """Name, title, description and years of each example place."""
    places = [example(name) for name in examples()]
    return [
        {
            "name": place.name,
            "title": place.title,
            "description": place.settings.description,
            "years": list(place.years),
        }
        for place in places
    ]


def files_of_example(name: str) -> dict[str, bytes]:
    """All files of an example place by their path in its folder."""
    with example_folder(name) as folder:
        return _files(folder)


def files_of_new_place(wish: NewPlace) -> dict[str, bytes]:
    """Tables and options of a new place by their path in its folder."""
    with folder_for_a_while("The place") as parent:
        folder = starting_place(wish).write(parent / "place")
        starting_option().save(folder)
        return _files(folder)


def _files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.startswith(".")
    }
