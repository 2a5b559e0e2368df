"""The address of a choice: what is changed, short enough for a link, and of which papers.

A link holds only what a board has controls for, as an option is written, and the first signs of
the hash of the papers. Where it is opened it is checked like anything a browser sends.
"""

from __future__ import annotations

import base64
import json
import re
import zlib
from contextlib import suppress
from dataclasses import replace
from typing import Any

from placebudget.errors import InvalidOption, WrongArgument
from placebudget.place import Place
from placebudget.place.options.document import option_document, read_document
from placebudget.place.options.stored import named_option
from placebudget.work import Changes
from placebudget.work.asking import InvalidChoice
from placebudget.work.said import OBJECTIVES

_MARK = 12  # signs of the hash of the papers
_LINK = re.compile(rf"([0-9a-f]{{{_MARK}}})\.([A-Za-z0-9_-]{{1,8000}})", re.ASCII)
_LARGEST = 200_000  # bytes that a link unpacks to
_STRANGE = "This link is damaged, or not one of a board: its choice was not made."
_OTHERS = "This link changes what these papers do not have, or no control here is for."


def link_of(changes: Changes, papers: Place) -> str:
    """What a link carries of changes; empty where nothing is changed.

    Examples
    --------
    >>> import placebudget as pb
    >>> place = pb.example("toy_pooling")
    >>> chosen = Changes().switched("fence:nhs_money", False)
    >>> read_link(link_of(chosen, place), place) == (chosen, True)
    True
    """
    if changes == Changes():
        return ""
    made = option_document(replace(changes, start=None).option("link", changes.base(papers)))
    start = "" if changes.start is None else changes.start.name
    said = json.dumps([start, changes.objective, made["changes"]], separators=(",", ":"))
    packing = zlib.compressobj(9, wbits=-15)
    packed = base64.urlsafe_b64encode(packing.compress(said.encode()) + packing.flush())
    return f"{papers.digest[:_MARK]}.{packed.decode().rstrip('=')}"


def read_link(link: str, papers: Place) -> tuple[Changes, bool]:
    """What a link asks for, and whether these are the papers that it was made of.

    Raises
    ------
    InvalidChoice
        If it is none, or does not fit these papers.
    """
    found = _LINK.fullmatch(link)
    said = None if found is None else _unpacked(found[2])
    if found is None or said is None:
        raise InvalidChoice([("choices", _STRANGE)])
    start, objective, made = said
    option = {**option_document(Changes().option("link", papers)), "changes": made}
    try:
        changes = Changes.read(read_document(option, "link"))
        if changes.start is not None:  # there is no control for it
            raise InvalidChoice([("choices", _OTHERS)])
        first = named_option(papers, start) if start else None
        changes = replace(changes, start=first, objective=objective)
        if changes.within(papers) != changes:
            raise InvalidChoice([("choices", _OTHERS)])
        changes.apply(papers)
    except (InvalidOption, WrongArgument) as error:
        raise InvalidChoice([("choices", f"{_OTHERS} {error}")]) from None
    return changes, found[1] == papers.digest[:_MARK]


def _unpacked(packed: str) -> tuple[str, str, Any] | None:
    """What was packed; None where it is nothing that was packed here."""
    with suppress(ValueError, zlib.error, RecursionError):
        opening = zlib.decompressobj(wbits=-15)
        content = base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4))
        text = opening.decompress(content, _LARGEST)
        start, objective, made = json.loads(text)
        if opening.eof and isinstance(start, str) and objective in OBJECTIVES:
            return start, objective, made
    return None
