"""How much is proved: a sample of each long proof on every change, all of it now and then."""

from __future__ import annotations

import os
from typing import Any

import pytest

import placebudget as pb

ALL = os.environ.get("PLACEBUDGET_PROOF") == "whole"


def elsewhere(held: str) -> pytest.MarkDecorator:
    """A dear test that is left to the whole proof: on every change what it asks is held in small.

    Parameters
    ----------
    held : str
        By which tests.
    """
    return pytest.mark.skipif(not ALL, reason=f"left to make test-all: in small by {held}")


def some_examples() -> list[Any]:
    """Names of the examples, to ask the same of each: of those with every table on each change.

    What is asked of the others as data, above all that they have no errors, is asked of each.
    """
    rest = elsewhere("the same with northvale and toy_pooling")
    return [
        name if name in ("northvale", "toy_pooling") else pytest.param(name, marks=rest)
        for name in pb.examples()
    ]
