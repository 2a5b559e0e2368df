"""Words for what was given, shown, listed, the nearest; and words that may be said otherwise."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable
from difflib import get_close_matches
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jinja2 import Environment


_LONGEST_HINTED = 200
_PLACES = re.compile(r"%(\d)")


class Phrase(str):
    """A text that is English as it stands, and can be said in the language of a page.

    It keeps its words apart from the values in them, as a translator takes them: ``%1`` stands
    for the first. Joined with other text or formatted it is English alone, like any text.

    Parameters
    ----------
    words : str
        What is said, the same whatever the values are.
    *values : object
        What stands in it; phrases are said in that language, too.

    Examples
    --------
    >>> said = Phrase("%1 pays into no pool.", "Northvale Police")
    >>> said
    'Northvale Police pays into no pool.'
    >>> said.words, said.values
    ('%1 pays into no pool.', ('Northvale Police',))
    """

    words: str
    values: tuple[object, ...]

    def __new__(cls, words: str, *values: object) -> Phrase:
        filled = _PLACES.sub(lambda at: str(values[int(at[1]) - 1]), words) if values else words
        made = super().__new__(cls, filled)
        made.words, made.values = words, values
        return made

    def __getnewargs__(self) -> tuple[Any, ...]:
        return self.words, *self.values


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A hint at the nearest known word, or an empty text.

    Examples
    --------
    >>> did_you_mean("burnly", ["burnley", "preston"])
    'Did you mean burnley?'
    >>> did_you_mean("x", ["burnley"])
    ''
    """
    near = nearest(word, known)
    return f"Did you mean {near}?" if near else ""


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word most like another, where one is like it.

    Examples
    --------
    >>> nearest("burnly", ["burnley", "preston"])
    'burnley'
    """
    if len(word) > _LONGEST_HINTED:
        return None
    plain = {_plain(candidate): candidate for candidate in known}
    near = get_close_matches(_plain(word), list(plain), 1, cutoff=0.6)
    return plain[near[0]] if near else None


def listed(words: Iterable[str], most: int = 8) -> str:
    """The first few words, and how many more there are.

    Examples
    --------
    >>> listed(["a", "b", "c"], most=2)
    'a, b and 1 more'
    """
    words = list(words)
    shown = ", ".join(words[:most])
    return f"{shown} and {len(words) - most} more" if len(words) > most else shown


def shown(value: object, most: int = 60, *, quoted: bool = True) -> str:
    r"""A value as it is written in a file, in quotation marks, and cut where it is long.

    The one way in which messages quote what somebody has to find and mend. It is no
    Python: marks within stay as they are, and what cannot be seen is told by its number.

    Examples
    --------
    >>> print(shown("burnley"), shown("St Anne's"), shown("a\u00a0b"), shown("x" * 99, most=10))
    'burnley' 'St Anne's' 'a<U+00A0>b' 'xxxxxxx...'
    """
    text = json.dumps(value) if isinstance(value, bool | list | dict | type(None)) else str(value)
    text = text if len(text) <= most else f"{text[: most - 3]}..."
    seen = "".join(each if each.isprintable() else f"<U+{ord(each):04X}>" for each in text)
    return f"'{seen}'" if quoted else seen


def _plain(word: str) -> str:
    return word.strip().lower().replace(" ", "_").replace("-", "_")


def key_of(name: str, otherwise: str) -> str:
    """A short key for a name: lower-case letters, digits and underscores.

    Examples
    --------
    >>> key_of("Exampleton & Vale Council", "agency"), key_of("§", "agency")
    ('exampleton_vale_council', 'agency')
    """
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    words = "".join(letter if letter.isalnum() else " " for letter in plain).split()
    return "_".join(words)[:40].strip("_") or otherwise


# Templates of pages: every text that is filled in is escaped.


@cache
def templates(*packages: str) -> Environment:
    """The templates of some packages; where two have one name, the first package's.

    Parameters
    ----------
    *packages : str
        Names of packages, each with a folder ``templates``.

    Examples
    --------
    >>> templates("placebudget.view").from_string("<p>{{ text }}</p>").render(text="Care & health")
    '<p>Care &amp; health</p>'
    """
    from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined

    return Environment(
        loader=ChoiceLoader([PackageLoader(package) for package in packages]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
