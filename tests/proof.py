"""How much is proved: a sample of each long proof on every change, all of it now and then."""

from __future__ import annotations

import os

import pytest

ALL = os.environ.get("PLACEBUDGET_PROOF") == "whole"


def elsewhere(held: str) -> pytest.MarkDecorator:
    """A dear test that is left to the whole proof: on every change what it asks is held in small.

    Parameters
    ----------
    held : str
        By which tests.
    """
    return pytest.mark.skipif(not ALL, reason=f"left to make test-all: in small by {held}")
